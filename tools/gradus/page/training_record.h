// What a page on a training run is made of: the state of a model at some epochs, evenly chosen, those among them that
// the command prints a line for.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "autograd/array/array.h"
#include "autograd/tensor/tensor.h"
#include "nn/module.h"

namespace gradus::command {

/// One number of a parameter.
struct WatchedNumber {
  std::string name;   // "w", "w2", "W1[0,1]": of the tensor, and where in it
  std::string title;  // the same as one reads it: "w₂", "W₁[0,1]"
  std::size_t parameter = 0;
  std::size_t index = 0;
};

/// The model after `epoch` updates.
struct TrainingState {
  std::int64_t epoch = 0;
  double loss = 0.0;
  double accuracy = 0.0;           // of a classifier, from 0 to 1
  double gradient_length = 0.0;    // √Σ of the squares of all its numbers, watched or not
  std::vector<double> values;      // of the watched numbers
  std::vector<double> gradients;   // of the same
  std::vector<double> velocities;  // what the optimizer has gathered, this gradient included; empty without momentum
  std::vector<double> outputs;     // for the samples: what the model says, row by row
  // Where examples are shown in the network:
  std::vector<double> all_values, all_gradients;  // of all parameters
  std::vector<std::vector<double>> units;         // of each example: its numbers, then what each layer makes of it
};

class TrainingRecord {
 public:
  static constexpr std::int64_t most_states = 61;
  static constexpr std::size_t most_watched = 24;
  static constexpr std::int64_t most_losses = 600;

  /// For a run of `epochs` updates, at least one.  `samples` are inputs for the model, or null; `examples` those that are
  /// shown in the network, whose layers are the parts of the model.
  TrainingRecord(std::int64_t epochs, nn::Module& model, double momentum, const Array& samples,
                 const Array& examples = {});

  /// Looks at the model after `epoch` updates, when backward() has left the gradients of `loss`.  To be called for every
  /// epoch from 0 to `epochs`, in this order.
  void look(std::int64_t epoch, double loss, double accuracy);

  [[nodiscard]] std::int64_t epochs() const noexcept { return epochs_; }
  [[nodiscard]] const std::vector<TrainingState>& states() const noexcept { return states_; }
  [[nodiscard]] const std::vector<WatchedNumber>& watched() const noexcept { return watched_; }
  /// How many numbers are learned, watched or not.
  [[nodiscard]] std::int64_t parameter_count() const noexcept { return parameter_count_; }
  /// Epochs and their losses, for the curve; both ends among them.
  [[nodiscard]] const std::vector<double>& loss_epochs() const noexcept { return loss_epochs_; }
  [[nodiscard]] const std::vector<double>& losses() const noexcept { return losses_; }

 private:
  void choose_watched();
  void gather_velocities();
  [[nodiscard]] double gradient_length() const;
  [[nodiscard]] std::vector<double> pick(bool gradients) const;
  void look_into(TrainingState& state) const;

  std::int64_t epochs_;
  nn::Module& model_;
  double momentum_;
  Tensor samples_;
  Tensor examples_;
  std::vector<Tensor> parameters_;
  std::int64_t parameter_count_ = 0;
  std::vector<WatchedNumber> watched_;
  std::vector<double> velocities_;
  std::vector<TrainingState> states_;
  std::vector<double> loss_epochs_, losses_;
};

/// Whether the model is recorded after `epoch` of `epochs` updates: after each that a line is printed for, at the end, and
/// a few times between two lines, evenly and where that is possible at whole fractions.
[[nodiscard]] bool is_recorded(std::int64_t epoch, std::int64_t epochs);

/// Number k of `most` numbers spread evenly from 0 to `last`, or of all last + 1 of them when they are fewer.
[[nodiscard]] std::int64_t spread(std::int64_t k, std::int64_t last, std::int64_t most);

}  // namespace gradus::command
