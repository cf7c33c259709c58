// What gradus train keeps in a file, and predict and show read: a model, how its inputs are made, how it was trained.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nn/nn.h"

namespace gradus::command {

/// What a training makes small.
enum class TrainingLoss : std::uint8_t { mse, mae, huber, bce, cross_entropy };
/// What --loss takes and files say, in that order.
[[nodiscard]] const std::vector<std::string>& loss_names();
[[nodiscard]] const std::string& loss_name(TrainingLoss loss);
[[nodiscard]] std::optional<TrainingLoss> loss_named(std::string_view name);
[[nodiscard]] bool is_of_classes(TrainingLoss loss);

/// The structure of a model: a perceptron, or a multilayer perceptron.
struct ModelPlan {
  std::int64_t inputs = 1;
  std::vector<std::int64_t> hidden;  // widths
  std::int64_t outputs = 1;
  std::string activation;                 // of the perceptron or of the hidden layers
  TrainingLoss loss = TrainingLoss::mse;  // what it was trained for: decides what its outputs mean

  [[nodiscard]] bool is_linear() const;
};

/// The model of a plan with the first weights of a key.
[[nodiscard]] std::shared_ptr<nn::Module> model_of(const ModelPlan& plan, const Key& key);

/// How far a training came, and with what.
struct TrainingRun {
  std::string optimizer = {};
  double rate = 0.0;
  double momentum = 0.0;
  double l2 = 0.0;
  std::string schedule = {};
  std::int64_t batch = 0;
  std::uint64_t seed = 0;
  double held_out = 0.0;
  std::int64_t planned_epochs = 0;  // what the schedule was made for
  nn::History history = {};
};

struct TrainedModel {
  ModelPlan plan;
  nn::Encoding encoding;
  TrainingRun training;
  SafeTensors content;  // the file's tensors
  std::shared_ptr<nn::Module> module;
};

/// Writes a model, and with its optimizer what the training goes on from.
void save_trained(const std::string& path, const ModelPlan& plan, const nn::Encoding& encoding,
                  const TrainingRun& training, const nn::Module& module, const nn::Optimizer& optimizer);

/// Reads one.  Throws FileError for what is none.
[[nodiscard]] TrainedModel read_trained(const std::string& path);

/// Rows [rows, classes] of probabilities, of logits or of one logit for the second of two classes.
[[nodiscard]] Tensor probabilities_of(const ModelPlan& plan, const Tensor& scores);

/// Numbers that a model says of a standardised target, in the units of the table.
[[nodiscard]] Tensor in_units(const nn::Encoding& encoding, const Tensor& numbers);

/// The whole way from rows of a table, numbers as they are and words as ones and zeros, to numbers in its units or to
/// probabilities.  The rows are those that a missing value would be filled in from: the means, the most frequent words.
[[nodiscard]] Tensor whole_model(const TrainedModel& model, std::int64_t rows);

/// Throws UsageError when a file for a model is called something else: "x.json".
void check_model_name(const std::string& option, const std::string& file);

}  // namespace gradus::command
