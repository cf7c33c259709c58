// What all optimizers are: parameters in groups, what is kept beside each, a step, and a state that can be saved.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../../autograd/tensor/tensor.h"

namespace gradus::nn {

/// Parameters that are moved alike.
struct ParameterGroup {
  std::vector<Tensor> parameters;
  double rate_scale = 1.0;                            // their rate is the optimizer's times this
  std::optional<double> weight_decay = std::nullopt;  // in the place of the optimizer's
};

/// What an optimizer moves: a list of parameters, or of groups of them.
///     Adam(model.parameters());   Adam({w, b}, 0.01);   Adam({{.parameters = {w}, .weight_decay = 0.1}, {.parameters = {b}}})
class ParameterGroups {
 public:
  ParameterGroups() = default;
  ParameterGroups(std::vector<Tensor> parameters) : groups_{{std::move(parameters)}} {}   // NOLINT
  ParameterGroups(std::initializer_list<Tensor> parameters) : groups_{{{parameters}}} {}  // NOLINT
  ParameterGroups(std::vector<ParameterGroup> groups) : groups_(std::move(groups)) {}     // NOLINT
  ParameterGroups(std::initializer_list<ParameterGroup> groups) : groups_(groups) {}      // NOLINT
  [[nodiscard]] const std::vector<ParameterGroup>& groups() const noexcept { return groups_; }

 private:
  std::vector<ParameterGroup> groups_;
};

/// An array of an optimizer's state, named by the number of its parameter: "3.exp_avg".
struct NamedArray {
  std::string name;
  Array array;
};

/// Moves parameters along their gradients.  A copy goes on from the same state, and moves the same parameters.
class GRADUS_API Optimizer {
 public:
  virtual ~Optimizer();

  /// One update, in place, from the gradients that backward() has left in the parameters; one that has none stays where
  /// it is.  Throws GraphError inside a function that is being compiled.
  void step();
  /// A step down a loss, which is computed and differentiated here, from gradients that are forgotten first.  Returns what
  /// the loss was.  Throws as step() and backward() do, and what the loss throws.
  virtual double step(const std::function<Tensor()>& loss);
  /// Whether one gradient is not enough for a step: such an optimizer takes the loss, as L-BFGS does.
  [[nodiscard]] virtual bool asks_again() const noexcept { return false; }
  /// Forgets the gradients.
  void zero_grad();

  [[nodiscard]] double rate() const noexcept { return rate_; }
  /// Throws ValueError unless finite and >= 0.
  void set_rate(double rate);

  /// "adam": what messages and files call it.
  [[nodiscard]] std::string_view kind() const noexcept { return setup_.kind; }
  /// The parameters, group by group.
  [[nodiscard]] std::vector<Tensor> parameters() const;

  /// All that the next steps depend on but the parameters themselves and the options: the rate, and for each parameter by
  /// its number how often it was moved and what is kept beside it.
  [[nodiscard]] virtual std::vector<NamedArray> state() const;
  /// Goes on from such a state.  Throws ValueError where a name is lacking or unknown and ShapeError where an array is not
  /// of its parameter's shape; then nothing has changed.
  virtual void load_state(std::span<const NamedArray> state);

 protected:
  static constexpr std::size_t most_states = 3;

  /// What an optimizer says of itself.
  struct Setup {
    std::string_view kind;
    double weight_decay = 0.0;
    bool decoupled = false;  // the decay shrinks the parameter itself, instead of adding to its gradient
    std::vector<std::string_view> state =
        {};                        // what is kept beside each parameter: arrays of its shape, at first `fill`
    std::string_view number = {};  // a number that is kept beside each parameter, at first 1; may be none
    double fill = 0.0;
  };
  /// One parameter and what is kept beside it.
  struct Slot {
    Tensor parameter;
    double rate = 0.0;  // in this step
    double rate_scale = 1.0;
    double weight_decay = 0.0;
    std::int64_t steps = 0;  // how often it was moved, this time included
    double number = 1.0;
    std::array<Array, most_states> state{};
  };

  /// Throws ValueError unless the rate and the decay are finite and >= 0, when a parameter is no leaf that is
  /// differentiated, and when one is listed twice.
  Optimizer(const ParameterGroups& parameters, double rate, Setup setup);
  Optimizer(const Optimizer&) = default;
  Optimizer(Optimizer&&) = default;
  Optimizer& operator=(const Optimizer&) = default;
  Optimizer& operator=(Optimizer&&) = default;

  /// Moves one parameter that has a gradient.
  virtual void update(Slot& slot) = 0;
  /// Moves it by a rule of update_rules.h; update.h defines it.
  template <class Rule, int states>
  void apply(Slot& slot, const Rule& rule);

  [[nodiscard]] std::span<Slot> slots() noexcept { return slots_; }
  [[nodiscard]] std::span<const Slot> slots() const noexcept { return slots_; }
  /// Throws ValueError unless value is at least 0 and below 1.
  void require_fraction(std::string_view name, double value) const;
  /// Throws ValueError unless value is finite and at least 0.
  void require_not_negative(std::string_view name, double value) const;

 private:
  void add(const ParameterGroup& group);
  [[nodiscard]] std::vector<NamedArray> arrays_of(const Slot& slot, std::size_t number) const;

  Setup setup_;
  double rate_ = 0.0;
  std::vector<Slot> slots_;
};

}  // namespace gradus::nn
