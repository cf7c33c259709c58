// The training itself.
#pragma once
#include <memory>
#include <optional>

#include "tools/gradus/commands/training_task.h"
#include "tools/gradus/page/training_record.h"

namespace gradus::command {

struct Learned {
  std::shared_ptr<nn::Module> model;
  std::unique_ptr<nn::Optimizer> optimizer;
  bool interrupted = false;
};

/// Gradient descent over all rows, with a line for some of the epochs, which `record` looks at where there is one.
/// Throws ValueError where nothing is learned.
[[nodiscard]] Learned learn_plainly(TrainingTask& task, std::optional<TrainingRecord>& record, bool recorded);

/// Batch after batch, with what was asked for.  Ctrl-C ends it after the last whole epoch.
[[nodiscard]] Learned learn(TrainingTask& task, const TrainOptions& options);

/// The part of the rows whose class scores highest; 0 where there are no classes.
[[nodiscard]] double accuracy_of(TrainingLoss loss, const nn::Dataset& data, const Tensor& scores);

}  // namespace gradus::command
