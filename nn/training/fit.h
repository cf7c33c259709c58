// Training: fit() runs a model over its examples until it has learned, evaluate() says how well, predict() uses it.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "../data/dataset.h"
#include "../model_file.h"
#include "../module.h"
#include "../optimize/optimizer.h"
#include "../optimize/schedule.h"
#include "training_progress.h"

namespace gradus::nn {

/// How wrong a prediction is; of a batch, its mean.
using LossFunction = std::function<Tensor(const Tensor& prediction, const Dataset& batch)>;

/// Cross-entropy where there are classes: of logits [rows, classes], or of one logit [rows, 1] of two classes; the mean
/// squared error where there are numbers.
[[nodiscard]] GRADUS_API Tensor default_loss(const Tensor& prediction, const Dataset& batch);

/// A number that is shown beside the loss, of all rows at once.
struct Metric {
  std::string name;
  std::function<double(const Tensor& prediction, const Dataset& rows)> value;
};

/// By scikit-learn's names: accuracy, f1 (of two classes, else macro), roc_auc, mean_absolute_error,
/// root_mean_squared_error, r2.  Classes are predicted by the largest of several numbers, or a number above `threshold`.
/// Throws ValueError for another name, with the nearest.
[[nodiscard]] GRADUS_API Metric metric(std::string_view name, double threshold = 0.0);

/// The loss, the mean over all rows, and the metrics in their order.
struct Scores {
  double loss = 0.0;
  std::vector<double> metrics = {};
};

/// What an epoch came to.
struct Epoch {
  std::int64_t number = 0;  // from 1
  std::int64_t steps = 0;   // of the optimizer, from the beginning of the training
  double rate = 0.0;        // of its last step
  double seconds = 0.0;
  Scores training = {};  // as the model was while it learned, in the epoch's course
  std::optional<Scores> validation = std::nullopt;
};

/// Why a training came to its end.
enum class Ending { all_epochs, early, callback, interrupted };

/// What a training came to.
struct History {
  std::vector<std::string> metrics = {};  // their names
  std::vector<Epoch> epochs = {};
  Ending ending = Ending::all_epochs;
  std::int64_t best_epoch = 0;   // the one with the least validation loss; 0: there was no validation
  std::int64_t model_epoch = 0;  // the one after which model and optimizer were as they are in the end
  SafeTensors best = {};         // model and optimizer after the best one, where the training is stopped early
  std::vector<std::string> warnings = {};  // that nothing was learned, that the loss grew, that a parameter is not used
};

struct EarlyStopping {
  std::int64_t patience = 10;   // how many epochs without progress are borne
  double least_progress = 0.0;  // progress is a validation loss more than this below the best
};

struct FitOptions {
  std::int64_t epochs = 100;
  std::int64_t batch_size = 32;  // 0: all rows at once
  Key key = {};                  // the order of the batches
  LossFunction loss = default_loss;
  std::vector<Metric> metrics = {};
  std::optional<Dataset> validation = std::nullopt;
  /// Ends the training when the validation loss has stopped falling.  Model and optimizer are then as they were after the
  /// best epoch, and so they are when all epochs have been run.
  std::optional<EarlyStopping> stop_early = std::nullopt;
  /// The rate of each step, counted from the beginning of the training; empty: the optimizer's own.
  Schedule schedule = {};
  /// Lowers the rate after an epoch whose loss (of the validation, where there is one) has stopped falling.
  std::optional<ReduceOnPlateau> plateau = std::nullopt;
  double clip_norm = 0.0;  // the largest norm of all gradients together; 0: any
  /// Run after each epoch, in turn; one that returns false ends the training.
  std::vector<std::function<bool(const Epoch&)>> callbacks = {};
  /// Asked after each step: true ends the training at once, and puts model and optimizer back to the last whole epoch.
  std::function<bool()> stop = {};
  /// The history of an earlier run, which this one goes on from: model and optimizer are as they were at its end.  It is
  /// as if there had been no end: of a run that has gone back to its best epoch, the epochs behind that are run again.
  const History* resume = nullptr;
  ProgressOptions progress = {};
};

/// Trains the model: for each epoch, over batches in an order that the key decides, one step of the optimizer each.  The
/// model is in training mode meanwhile, and in evaluation mode for the validation; afterwards in the mode it was in.
/// L-BFGS takes the loss of each batch as often as it asks for it.
/// The same key gives the same weights, bit for bit, whatever the number of threads.
/// Throws ValueError when there are no rows, when an option makes no sense, when the loss depends on no parameter, and
/// when the loss or a gradient is not finite: the message names the parameter and the step, and the model is as it was
/// before that step.  Throws ShapeError unless the loss is one number.
GRADUS_API History fit(Module& model, const Dataset& data, Optimizer& optimizer, const FitOptions& options = {});
/// The same with Adam at its usual rate.
GRADUS_API History fit(Module& model, const Dataset& data, const FitOptions& options = {});

/// model(x) in evaluation mode, a batch at a time; nothing is recorded.
[[nodiscard]] GRADUS_API Tensor predict(Module& model, const Tensor& x, std::int64_t batch_size = 1024);

/// The scores in evaluation mode.
[[nodiscard]] GRADUS_API Scores evaluate(Module& model, const Dataset& data, const LossFunction& loss = default_loss,
                                         const std::vector<Metric>& metrics = {}, std::int64_t batch_size = 1024);

}  // namespace gradus::nn
