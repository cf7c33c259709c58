// Module: a part of a model, with its parameters and the parts it is made of.
#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include "../autograd/array/random.h"
#include "../autograd/base/error.h"
#include "../autograd/differentiate/tensor_args.h"
#include "../autograd/tensor/stand_in.h"
#include "../autograd/tensor/tensor.h"

namespace gradus::nn {

class Module;
template <class Self>
class Cloneable;

struct NamedTensor {
  std::string name;  // the path from the model down: "layer1.weight"
  Tensor tensor;
};
using NamedParameter = NamedTensor;
struct NamedModule {
  std::string name;  // the path from the model down; empty for the model itself
  Module* module;
};
/// The random numbers of one module: the key they come from, and how many have been drawn.
struct NamedStream {
  std::string name;
  Key key;
  std::uint64_t drawn;
};
/// What load_state() did not find where it looked for it.
struct StateDifference {
  std::vector<std::string> missing;     // of the model, not in the state
  std::vector<std::string> unexpected;  // in the state, not of the model
};

/// A function with parameters.  Calling it runs forward() and marks what is recorded as belonging to this module, which
/// is how a drawing knows its boxes.  Several threads may call one module at once, as far as its forward() allows it.
/// What has the name of a function in PyTorch does what it does there.  Modules that derive from Cloneable are copied by
/// clone(), others not: a copy would share their parameters.
class GRADUS_API Module {
 public:
  Module() = default;
  Module& operator=(const Module&) = delete;
  virtual ~Module();

  /// forward(x).  A module is called through a const reference too, so that it passes for a function; what it remembers
  /// of a call (statistics, say) may change all the same.  A ShapeError says which layer: "… (in Linear 'hidden.0')".
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
  /// Those that require a gradient: what an optimizer is given.
  [[nodiscard]] std::vector<Tensor> trainable_parameters() const;
  /// Tensors that belong to the model and are not learned, such as running statistics, in the order of the parameters.
  [[nodiscard]] std::vector<NamedTensor> named_buffers() const;
  /// This module and all in it, each once, in the order of the parameters.
  [[nodiscard]] std::vector<NamedModule> named_modules();
  /// The module inside this one that a path names: "layer1", "encoder.norm".  Throws ValueError when there is none.
  [[nodiscard]] Module& part(std::string_view path);
  void zero_grad();

  /// Whether it is being trained, as it is at first: dropout and batch normalisation then do something else.
  [[nodiscard]] bool training() const noexcept { return training_; }
  Module& train(bool on = true);
  Module& eval() { return train(false); }
  /// Gives every parameter and buffer this dtype, and its gradient.  Throws GraphError while a function is traced.
  Module& to(DType dtype);
  /// false freezes all parameters: they are constants to what is computed from now on, until true.  An optimizer is given
  /// trainable_parameters().  Throws GraphError while a function is traced.
  Module& requires_grad(bool on);
  /// f(module) for every module in this one, then for itself.
  Module& apply(const std::function<void(Module&)>& f);
  /// Lets the random numbers of every module in this one begin again, at a part of this key.
  Module& seed(const Key& key);

  /// A model of its own with the same numbers under the same names; what is tied stays tied.  Throws GraphError for a
  /// module that is not Cloneable, and for one that holds on to what belongs to the original.
  [[nodiscard]] std::shared_ptr<Module> clone() const;

  /// The numbers of all parameters and buffers as they are now, by the names that PyTorch's state_dict gives them; what
  /// is tied stands there once, under the first of its names.  Later training does not change what was returned.
  [[nodiscard]] std::vector<NamedTensor> state() const;
  /// Takes the numbers over, keeping the model's dtype; what is tied may stand there under any of its names.  When one
  /// of the numbers cannot be taken, none is.  Throws ShapeError for another shape, and unless `strict` is false
  /// ValueError when the names are not those of this model.
  StateDifference load_state(std::span<const NamedTensor> state, bool strict = true);
  /// Where the random numbers of every module that draws some are, so that a run may be gone on with bit for bit.
  [[nodiscard]] std::vector<NamedStream> streams() const;
  /// Throws ValueError for a name that is not one of streams().
  void load_streams(std::span<const NamedStream> streams);

 protected:
  /// What the module computes.  Throws GraphError where it is not overridden: such a module is called in a way of its
  /// own, by a function that uses called().
  virtual Tensor forward(const Tensor& x);
  /// f(), recorded as belonging to this module: for one that is called with several tensors, or that returns several.
  /// What summary() shows is what f returns, or its member `output`.
  template <std::invocable F>
  decltype(auto) called(F&& f) const {
    const ScopeGuard scope(shown_name(), kind(), scope_note());
    try {
      decltype(auto) result = f();
      if constexpr (std::convertible_to<decltype(result), const Tensor&>) {
        gave(result);
      } else if constexpr (requires { gave(result.output); }) {
        gave(result.output);
      }
      return result;
    } catch (const ShapeError& error) {
      throw_from_here(error, shown_name());
    }
  }
  /// What note() says before the number of parameters: "2 → 16".
  void set_sizes(std::string sizes) { sizes_ = std::move(sizes); }
  /// Adds a parameter and returns it.  Throws ValueError for a name that is empty, has a dot or is taken.
  Tensor add_parameter(std::string name, Array value);
  /// The same; what drawings and derivations call it is another name.
  Tensor add_parameter(std::string name, Array value, std::string shown);
  /// Adds a tensor that is not learned and returns it.  Throws as add_parameter does.
  Tensor add_buffer(std::string name, Array value);
  /// Its own parameter or buffer of this name, empty when there is none.
  [[nodiscard]] const Tensor& tensor(std::string_view name) const;
  /// Gives a buffer of its own new numbers.  Throws as Tensor::set_value does.
  void set_buffer(std::string_view name, const Tensor& value);
  /// Where its random numbers come from, before it draws any.
  void draw_from(const Key& key) { key_ = key; }
  /// A key for the random numbers of this call, another each time.  Throws GraphError while a function is traced: its
  /// later runs would draw the same numbers.
  [[nodiscard]] Key next_key() const;
  /// Counts a parameter of a helper as its own.  Throws as add_parameter does.
  void adopt_parameter(const NamedParameter& parameter);
  /// Adds a part, before the module is first called, and tells it its name.  One part may stand in several places, as
  /// weights that are tied.  Throws ValueError for a name that is empty, has a dot or is taken, for no part at all, and
  /// for a part that this module is itself a part of.
  void add_part(std::string name, std::shared_ptr<Module> part);
  /// Runs the parts one after the other.
  Tensor run_parts(const Tensor& x);
  /// A part of its own that was added as an M.
  template <class M>
  [[nodiscard]] M& part_as(std::string_view name) const {
    return static_cast<M&>(own_part(name));
  }
  /// x through one of its own parts, by name.
  [[nodiscard]] Tensor run(std::string_view part, const Tensor& x) const { return own_part(part)(x); }
  /// A copy of the whole object; Cloneable makes it.
  [[nodiscard]] virtual std::shared_ptr<Module> copied() const;

 private:
  template <class Self>
  friend class Cloneable;
  struct Part {
    std::string name;
    std::shared_ptr<Module> module;
  };
  Module(const Module& other);
  void gave(const Tensor& output) const;
  /// Throws the same error with the layer that it came from.
  [[noreturn]] void throw_from_here(const ShapeError& error, const std::string& name) const;
  [[nodiscard]] Module& own_part(std::string_view name) const;
  [[nodiscard]] std::vector<NamedTensor> listed(std::span<std::vector<NamedTensor> Module::*const> kinds) const;
  [[nodiscard]] const Tensor* found(std::string_view path) const;
  [[nodiscard]] Module* find_part(std::string_view path) const;
  Tensor call(const std::string& name, const Tensor& x) const;
  [[nodiscard]] std::string shown_name() const { return name_.empty() ? kind() : name_; }
  [[nodiscard]] std::string scope_note() const;
  void check_name(const std::string& name) const;
  [[nodiscard]] bool has_inside(const Module& other) const;

  std::string name_;
  std::string sizes_;
  std::vector<NamedTensor> own_;
  std::vector<NamedTensor> buffers_;
  std::vector<Part> parts_;
  bool training_ = true;
  mutable std::mutex lock_;                        // several threads may call one module
  mutable std::optional<std::string> scope_note_;  // note(), once asked for: counting at each call would cost more
  std::optional<Key> key_;                         // of its random numbers, when it draws some
  mutable std::uint64_t drawn_ = 0;                // how many keys were given out
};

/// What a module derives from to be copied: class Linear : public Cloneable<Linear>.  It reaches its parameters, buffers
/// and parts by their names, tensor("weight") and part_as<Linear>("up"), and holds no tensors or pointers to parts of its
/// own: those would still be the original's.  A copy by constructor is what clone() gives.
template <class Self>
class Cloneable : public Module {
 public:
  Cloneable() = default;
  Cloneable(const Cloneable&) = default;
  /// As Module::clone.
  [[nodiscard]] std::shared_ptr<Self> clone() const { return std::static_pointer_cast<Self>(Module::clone()); }

 protected:
  [[nodiscard]] std::shared_ptr<Module> copied() const override {
    if (typeid(*this) != typeid(Self)) return Module::copied();  // a class derived from Self is more than a Self
    return std::make_shared<Self>(static_cast<const Self&>(*this));
  }
};

/// What a Sequential is made of: a module that is copied, or one that is shared.
template <class M>
concept SequentialPart = std::derived_from<M, Cloneable<M>> || std::convertible_to<const M&, std::shared_ptr<Module>>;

/// Runs its parts one after the other.
class GRADUS_API Sequential : public Cloneable<Sequential> {
 public:
  Sequential() = default;
  /// Sequential(nn::Linear(3, 4), nn::ReLU(), shared): parts that are called by their numbers, from 0.  A shared_ptr is the
  /// part itself; what is no shared_ptr is copied.  Throws as add() does.
  template <class... Parts>
  requires(sizeof...(Parts) > 0 && (SequentialPart<Parts> && ...)) explicit Sequential(const Parts&... parts) {
    (add(as_part(parts)), ...);
  }
  /// The same of a list.
  explicit Sequential(std::vector<std::shared_ptr<Module>> parts);
  explicit Sequential(std::initializer_list<std::shared_ptr<Module>> parts)
      : Sequential(std::vector<std::shared_ptr<Module>>(parts)) {}
  /// Appends a part.  Returns itself.  Throws ValueError as add_part() does.
  Sequential& add(std::string name, std::shared_ptr<Module> part);
  /// The same, called by its number, from 0.
  Sequential& add(std::shared_ptr<Module> part);
  [[nodiscard]] std::string kind() const override { return "Sequential"; }

 protected:
  Tensor forward(const Tensor& x) override { return run_parts(x); }

 private:
  template <class M>
  static std::shared_ptr<Module> as_part(const M& part) {
    if constexpr (std::convertible_to<const M&, std::shared_ptr<Module>>) {
      return part;
    } else {
      return std::make_shared<M>(part);
    }
  }
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
