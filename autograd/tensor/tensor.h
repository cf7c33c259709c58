// Tensor: an array that remembers how it was computed.
// Higher floors define: Tensor::backward, detail::cast_to, detail::broadcast_for.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/array/array.h"
#include "autograd/base/export.h"
#include "autograd/math/arithmetic.h"
#include "autograd/tensor/elementwise_op.h"
#include "autograd/tensor/hook.h"
#include "autograd/tensor/record.h"

namespace gradus {

/// A handle to a value and to the record of how it came about.  Copies are the same tensor.  A 0-d tensor is what other
/// teaching engines call a Value.
///
/// Different threads may build and differentiate graphs of their own at once and share leaves read-only.  One graph is
/// walked by one thread at a time; adding to one leaf's gradient from two threads is the user's lock to take.
class GRADUS_API Tensor {
 public:
  using interpreted = void;
  static constexpr bool keeps_constants = true;

  /// No tensor: using it is a GraphError.
  Tensor() noexcept = default;
  /// A constant: takes part in computations, is not differentiated.  float64 unless the array says otherwise.
  explicit Tensor(Array value, std::string name = {});
  explicit Tensor(double value, std::string name = {}) : Tensor(Array(value), std::move(name)) {}

  /// A value already computed and its record (or none).  For the engine itself.
  Tensor(Array value, Counted<detail::Record> record) noexcept : value_(std::move(value)), record_(std::move(record)) {}

  explicit operator bool() const noexcept { return static_cast<bool>(value_) || static_cast<bool>(record_); }
  /// The numbers now.  Throws GraphError for an empty tensor.
  [[nodiscard]] const Array& value() const {
    if (value_) return value_;
    if (record_) return record_->result;
    throw_empty();
  }
  [[nodiscard]] Shape shape() const { return value().shape(); }
  [[nodiscard]] int rank() const { return value().rank(); }
  [[nodiscard]] std::int64_t size() const { return value().size(); }
  [[nodiscard]] DType dtype() const { return value().dtype(); }
  /// The number of a one-element tensor.  Throws ShapeError for any other.
  [[nodiscard]] double item() const;
  [[nodiscard]] std::vector<double> to_vector() const;

  [[nodiscard]] bool requires_grad() const noexcept { return record_ && record_->requires_grad; }
  [[nodiscard]] bool is_leaf() const noexcept { return record_ && record_->rule == nullptr; }

  /// The name shown in drawings and derivations; empty when there is none.
  [[nodiscard]] std::string name() const;
  /// Names a leaf or a recorded result.  Returns itself.  Throws GraphError for a value that has no record.
  Tensor& set_name(std::string name);

  /// Gives a leaf a new value; whatever was recorded keeps the old one.  The dtype stays.
  /// Throws GraphError unless this is a leaf, ShapeError when the shape differs.
  void set_value(const Array& value);
  /// Takes rate · direction away from a leaf: a step of gradient descent, in place where nothing else holds the old
  /// value.  Throws as set_value does.
  void descend(double rate, const Array& direction);
  /// The gradient that backward() has added up in this leaf: zeros when none has arrived.  Throws GraphError unless
  /// this is a leaf that requires a gradient.
  [[nodiscard]] Array grad() const;
  [[nodiscard]] bool has_grad() const noexcept;
  /// Forgets the gradient.
  void zero_grad();

  /// Adds the gradient of this tensor to every leaf it was computed from.  Throws GraphError unless it has one element
  /// and was recorded; leaves are changed only when the whole walk has succeeded.
  void backward() const&;
  /// The same for Σ seed · this.  Throws ShapeError when the seed's shape is not this tensor's.
  void backward(const Array& seed) const;
  /// The same for a loss that is given away: std::move(loss).backward().  What was recorded for it is freed as the walk
  /// goes, unless something else holds it, so that a step needs less memory; the tensor is empty afterwards.
  void backward() &&;

  /// The same numbers, cut off from what computed them.
  [[nodiscard]] Tensor detach() const;

  /// Has f(const Tensor& g) run in every backward pass that this tensor takes part in, when its gradient g is complete:
  /// f looks at it, or returns another to go on with (an empty tensor leaves it as it is).  Leaves, intermediate
  /// results and the root of the walk all may have hooks; those of one tensor run in the order they were registered,
  /// before the gradient reaches .grad(), what grad() returns and the arguments.  g is recorded where the gradient is.
  /// f may remove hooks, its own too, walk any graph, and throw: then the walk ends there and no leaf is changed.
  /// The tensor keeps f until the handle's remove(): an f that captures this tensor, or one computed from it, keeps both
  /// alive for ever, a leak.  What f needs of them it captures as detach() or as numbers.
  /// Throws GraphError unless this tensor requires a gradient.
  template <class F>
  HookHandle register_hook(F f) const {
    if constexpr (std::is_void_v<std::invoke_result_t<F&, const Tensor&>>) {
      return add_hook([look = std::move(f)](const Tensor& g) mutable {
        look(g);
        return Tensor();
      });
    } else {
      return add_hook(std::move(f));
    }
  }

  [[nodiscard]] const Counted<detail::Record>& record() const noexcept { return record_; }

  /// Any elementwise op.  One that is not in the list needs boxed_rule.h.
  template <class Op, class... X>
  static Tensor interpret(const Op& op, const X&... x);

 private:
  [[noreturn]] static void throw_empty();
  [[nodiscard]] detail::Leaf& leaf(std::string_view what) const;
  [[nodiscard]] detail::Leaf& leaf_like(const Array& value, std::string_view what) const;
  [[nodiscard]] HookHandle add_hook(detail::HookFunction run) const;

  Array value_;  // null in the handles of a leaf, which read its current value
  Counted<detail::Record> record_;
};

/// The same numbers, as a constant: no gradient passes.  What Tensor::detach does, as a function.
[[nodiscard]] inline Tensor stop_gradient(const Tensor& x) { return x.detach(); }

/// A leaf that is differentiated and drawn as an input.
GRADUS_API Tensor variable(Array value, std::string name = {});
/// A leaf that is differentiated and drawn as a parameter; optimizers update it.
GRADUS_API Tensor parameter(Array value, std::string name = {});
inline Tensor variable(double value, std::string name = {}) { return variable(Array(value), std::move(name)); }
inline Tensor parameter(double value, std::string name = {}) { return parameter(Array(value), std::move(name)); }

/// The 0-d constant c of the reference's dtype.
inline Tensor constant_like(const Tensor& reference, double c) {
  return Tensor(Array::scalar(c, reference.dtype()), Counted<detail::Record>());
}

/// Its numbers, as to_string() writes an array.
GRADUS_API std::string to_string(const Tensor& tensor);

template <class Op, class... X>
Tensor Tensor::interpret(const Op& op, const X&... x) {
  const detail::ElementwiseOp& type = detail::elementwise_op<Op>();
  if constexpr (sizeof...(X) <= 2 && (std::same_as<X, Tensor> && ...)) {
    return detail::apply_elementwise(type, &op, x...);
  } else {
    const detail::TensorArgument arguments[] = {detail::TensorArgument(x)...};
    return detail::apply_elementwise(type, &op, arguments);
  }
}

}  // namespace gradus
