// What gradus train was asked to learn: the options, and the table with everything that is settled before the training.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nn/nn.h"
#include "tools/gradus/commands/draw_options.h"
#include "tools/gradus/commands/trained_model.h"

namespace gradus::command {

/// How a table is read.
struct TableOptions {
  std::string separator, decimal, header = "auto";
};

struct TrainOptions {
  std::string data;
  TableOptions table;
  std::string target;
  std::vector<std::string> features, ignored;
  std::string missing = "drop";
  bool no_standardise = false;
  std::string hidden_text;
  std::string activation;
  std::string loss;
  std::string optimizer;
  std::string schedule;
  std::int64_t epochs = 200;
  std::optional<double> rate;
  double momentum = 0.0;
  double l2 = 0.0;
  std::optional<std::int64_t> batch;
  std::optional<double> validation;
  std::optional<std::int64_t> stop_early;
  std::string seed_text = "0";
  std::string draw, lesson, plot, save, resume;
  std::optional<std::int64_t> derive_row;
  DrawingOptions drawing;
};

/// Reads a table as the options say.  Throws as nn::read_data_frame() does, and UsageError.
[[nodiscard]] nn::DataFrame read_table(const std::string& file, const TableOptions& options);

struct TrainingTask {
  nn::DataFrame frame;
  nn::TableSelection selection;
  nn::Encoding encoding;
  nn::Dataset training;
  std::optional<nn::Dataset> held_out;
  ModelPlan plan;
  TrainingRun run;
  SafeTensors resumed;  // where the training goes on from
  /// As in a first lesson: gradient descent over all rows as they are, nothing held out.
  bool plain = false;

  [[nodiscard]] bool has_classes() const { return is_of_classes(plan.loss); }
};

/// Settles what the options leave open.  Throws UsageError for options that make no sense, and what reading, selecting and
/// encoding throw.
[[nodiscard]] TrainingTask training_task(const TrainOptions& options);

/// The names that --optimizer and --schedule take.
[[nodiscard]] const std::vector<std::string>& optimizer_names();
[[nodiscard]] const std::vector<std::string>& schedule_names();

/// The loss of predictions; of a batch its mean.
[[nodiscard]] Tensor loss_of(TrainingLoss loss, const Tensor& prediction, const nn::Dataset& data);

}  // namespace gradus::command
