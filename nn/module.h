// Module: a part of a model, with its parameters and the parts it is made of.
#pragma once
#include <concepts>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "../autograd/differentiate/tensor_args.h"
#include "../autograd/tensor/stand_in.h"
#include "../autograd/tensor/tensor.h"

namespace gradus::nn {

struct NamedParameter {
  std::string name;  // the path from the model down: "layer1.weight"
  Tensor tensor;
};

/// A function with parameters.  Calling it runs forward() and marks what is recorded as belonging to this module, which
/// is how a drawing knows its boxes.  Modules are not copied: a copy would share its parameters.  Several threads may
/// call one module at once, as far as its forward() allows it.
class GRADUS_API Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module();

  /// forward(x).  A module is called through a const reference too, so that it passes for a function; what it remembers
  /// of a call (statistics, say) may change all the same.
  Tensor operator()(const Tensor& x) const;

  /// "Linear": the kind of module, as drawings and messages say it.
  [[nodiscard]] virtual std::string kind() const = 0;
  /// "2 → 16, 48 parameters": what a drawing says beside the name; may be empty.
  [[nodiscard]] virtual std::string note() const;
  /// What it was called by the module that it was first made a part of; empty for a whole model.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Its own parameters, then those of its parts, in the order they were added.  One that stands in several places is
  /// listed once, under the first of its names.
  [[nodiscard]] std::vector<NamedParameter> named_parameters() const;
  [[nodiscard]] std::vector<Tensor> parameters() const;
  /// How many numbers there are to learn.
  [[nodiscard]] std::int64_t parameter_count() const;
  void zero_grad();

 protected:
  /// What the module computes.  Throws GraphError where it is not overridden: such a module is called in a way of its
  /// own, by a function that uses called().
  virtual Tensor forward(const Tensor& x);
  /// f(), recorded as belonging to this module: for one that is called with several tensors, or that returns several.
  template <std::invocable F>
  decltype(auto) called(F&& f) const {
    const ScopeGuard scope(shown_name(), kind(), scope_note());
    return f();
  }
  /// Adds a parameter and returns it.  Throws ValueError for a name that is empty, has a dot or is taken.
  Tensor add_parameter(std::string name, Array value);
  /// Counts a parameter of a helper as its own.  Throws as add_parameter does.
  void adopt_parameter(const NamedParameter& parameter);
  /// Adds a part, before the module is first called, and tells it its name.  One part may stand in several places, as
  /// weights that are tied.  Throws ValueError for a name that is empty, has a dot or is taken, for no part at all, and
  /// for a part that this module is itself a part of.
  void add_part(std::string name, std::shared_ptr<Module> part);
  /// Runs the parts one after the other.
  Tensor run_parts(const Tensor& x);

 private:
  struct Part {
    std::string name;
    std::shared_ptr<Module> module;
  };
  Tensor call(const std::string& name, const Tensor& x) const;
  [[nodiscard]] std::string shown_name() const { return name_.empty() ? kind() : name_; }
  [[nodiscard]] std::string scope_note() const;
  void check_name(const std::string& name) const;
  [[nodiscard]] bool has_inside(const Module& other) const;

  std::string name_;
  std::vector<NamedParameter> own_;
  std::vector<Part> parts_;
  mutable std::mutex scope_note_lock_;             // several threads may call one module
  mutable std::optional<std::string> scope_note_;  // note(), once asked for: counting at each call would cost more
};

/// Runs its parts one after the other.
class GRADUS_API Sequential : public Module {
 public:
  Sequential() = default;
  /// Parts that are called by their numbers, from 0.  Throws as add() does.
  explicit Sequential(std::vector<std::shared_ptr<Module>> parts);
  /// Appends a part.  Returns itself.  Throws ValueError as add_part() does.
  Sequential& add(std::string name, std::shared_ptr<Module> part);
  /// The same, called by its number, from 0.
  Sequential& add(std::shared_ptr<Module> part);
  [[nodiscard]] std::string kind() const override { return "Sequential"; }

 protected:
  Tensor forward(const Tensor& x) override { return run_parts(x); }

 private:
  std::int64_t count_ = 0;
};

/// f() while the model has these parameters in the place of its own: `parameters` are as model.parameters() lists them,
/// of the same shapes.  What f computes hangs on the tensors given, not on the model's leaves, and f may differentiate:
/// so that derivatives by a model's parameters are those of a function of tensors.
///     hessian([&](TensorList p) { return functional_call(model, p, [&] { return mse(model(x), y); }); },
///             model.parameters())
/// One thread at a time: others must not use the model meanwhile.  Throws GraphError for another number of tensors and
/// ShapeError for one of another shape.
template <std::invocable F>
auto functional_call(const Module& model, TensorArgs parameters, F&& f) {
  const std::vector<Tensor> own = model.parameters();
  const detail::StandIns in(own, TensorList(parameters), "functional_call");
  return f();
}
/// model(x) with these parameters.
[[nodiscard]] inline Tensor functional_call(const Module& model, TensorArgs parameters, const Tensor& x) {
  return functional_call(model, parameters, [&] { return model(x); });
}

}  // namespace gradus::nn
