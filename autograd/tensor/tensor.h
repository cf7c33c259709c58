// Tensor: an array that remembers how it was computed.
// Higher floors define: Tensor::backward, detail::cast_to, detail::broadcast_for.
//
// Array and Tensor.  A Tensor is what is computed with; an Array is numbers alone, what .value() and .grad() give.  An Array
// is taken wherever a constant Tensor is: it converts by itself, and an op on both gives a Tensor, so that
// norm(p.grad()) and x * p.grad() read as they should.  There is no way back but value(), for what is recorded would be
// lost without a word.
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

#include "../array/array.h"
#include "../array/nested.h"
#include "../base/export.h"
#include "../math/arithmetic.h"
#include "elementwise_op.h"
#include "hook.h"
#include "record.h"

namespace gradus {

// tensor/ops/parts.h, which defines what takes them.
class IndexEntry;
class Selection;
template <class... I>
concept IndexEntries = sizeof...(I) > 0 && (std::convertible_to<const I&, IndexEntry> && ...);

/// A handle to a value and to the record of how it came about.  Copies are the same tensor.  A 0-d tensor is what other
/// teaching engines call a Value.
///
/// Different threads may build and differentiate graphs at once, share parts of them, and add to one leaf's gradient.
/// What changes a leaf otherwise (set_value, descend, zero_grad) while another thread uses it is the user's lock to take.
class GRADUS_API Tensor {
 public:
  using interpreted = void;
  using compared_by_ops = void;
  static constexpr bool keeps_constants = true;

  /// No tensor: defined() is false, and using it is a GraphError.
  Tensor() noexcept = default;
  /// A constant: takes part in computations, is not differentiated.
  Tensor(Array value, std::string name = {});  // NOLINT: an Array is taken where a constant is
  /// A single number, of rank 0: float32 for a float, else float64.
  template <detail::ListedNumber T>
  explicit Tensor(T value, std::string name = {})
      : Tensor(Array::scalar(static_cast<double>(value), std::same_as<T, float> ? DType::float32 : DType::float64),
               std::move(name)) {}
  /// Numbers in braces, nested as deep as there are axes: Tensor{{1, 2}, {3, 4}}.  {2.0} is a list of one number.
  /// float32 when all numbers with a point are floats, else float64.  Throws ShapeError when the lists differ in length.
  Tensor(std::initializer_list<detail::NestedNumbers> list);
  /// The numbers of a vector, array or span: rank 1, float32 for floats, else float64.
  template <NumberList List>
  explicit Tensor(const List& list, std::string name = {})
      : Tensor(Shape{static_cast<std::int64_t>(std::size(list))}, list, std::move(name)) {}
  /// Rows of numbers: a vector of vectors.  Throws ShapeError when they differ in length.
  template <NumberRows Rows>
  explicit Tensor(const Rows& rows, std::string name = {}) : Tensor(detail::array_of_rows(rows), std::move(name)) {}
  /// Row-major numbers under a shape.  Throws ShapeError when their count does not match the shape.
  template <NumberList List>
  Tensor(const Shape& shape, const List& list, std::string name = {})
      : Tensor(detail::array_of(shape, std::span<const detail::ListElement<List>>(list)), std::move(name)) {}
  Tensor(const Shape& shape, std::initializer_list<double> list, std::string name = {})
      : Tensor(Array(shape, list), std::move(name)) {}

  /// A value already computed and its record (or none).  For the engine itself.
  Tensor(Array value, Counted<detail::Record> record) noexcept : value_(std::move(value)), record_(std::move(record)) {}

  // A name for what is computed: assigning to what a function gives, x[0] = y, would be lost.  at() assigns to a part.
  Tensor(const Tensor&) = default;
  Tensor(Tensor&&) noexcept = default;
  Tensor& operator=(const Tensor&) & = default;
  Tensor& operator=(Tensor&&) & noexcept = default;
  void operator=(const Tensor&) && = delete;  // x[0] = y would be lost: x.at(0) = y
  ~Tensor() = default;

  /// Whether there is a tensor.
  [[nodiscard]] bool defined() const noexcept { return value_.defined() || static_cast<bool>(record_); }
  explicit operator bool() const =
      delete;  // a comparison gives a tensor: item() is its number, defined() if there is one
  /// The numbers now.  Throws GraphError for an empty tensor.
  [[nodiscard]] const Array& value() const {
    if (value_.defined()) return value_;
    if (record_) return record_->result;
    throw_empty();
  }
  [[nodiscard]] Shape shape() const { return value().shape(); }
  [[nodiscard]] int rank() const { return value().rank(); }
  /// How many numbers there are.
  [[nodiscard]] std::int64_t size() const { return value().size(); }
  /// The size of one axis, counted from the end when negative.  Throws ShapeError when there is no such axis.
  [[nodiscard]] std::int64_t size(Axis axis) const { return value().size(axis); }
  [[nodiscard]] DType dtype() const { return value().dtype(); }
  /// The number of a one-element tensor.  Throws ShapeError for any other.
  [[nodiscard]] double item() const;
  /// All numbers in row-major order, as float, double, int or std::int64_t.  Throws ValueError for a number that is not
  /// one of that type.
  template <class T = double>
  [[nodiscard]] std::vector<T> to_vector() const {
    refuse_to_look("to_vector()");
    return value().template to_vector<T>();
  }
  /// The numbers where they lie, while the tensor lives.  Throws ValueError when they are not of type T, and when a view
  /// does not have them in row-major order.
  template <Element T>
  [[nodiscard]] std::span<const T> span() const& {
    refuse_to_look("span()");
    return value().template span<T>();
  }
  template <Element T>
  void span() && = delete;  // the numbers go with the tensor

  /// x[i], row by row along the first axis; also a range, a mask, Indices (tensor/ops/parts.h).
  [[nodiscard]] Tensor operator[](const IndexEntry& index) const;
  /// x(i, j, …) as x[i, j, …] in NumPy: numbers, all, range(a, b, step), ellipsis, newaxis, masks and Indices.
  template <class... I>
  requires IndexEntries<I...>
  [[nodiscard]] Tensor operator()(const I&... index) const;
  /// A part that can be given new values: x.at(1, all) = v makes x a tensor with them, x.at(1, all).set(v) gives one.
  template <class... I>
  requires IndexEntries<I...>
  [[nodiscard]] Selection at(const I&... index) &;
  template <class... I>
  requires IndexEntries<I...>
  [[nodiscard]] const Selection at(const I&... index) const&;

  // x += y is x = x + y: what was recorded of x before keeps its value.  A leaf that is differentiated is not changed so
  // while recording is on (GraphError), for it would be a leaf no more; inside a NoGrad it gets a new value, as by
  // set_value().  The argument of a function that is differentiated is the function's own, and changed as any other tensor.
  // The dtype stays; the shape too, or it is a ShapeError.
  Tensor& operator+=(const Tensor& other) &;
  Tensor& operator-=(const Tensor& other) &;
  Tensor& operator*=(const Tensor& other) &;
  Tensor& operator/=(const Tensor& other) &;
  Tensor& operator+=(double other) & { return *this += constant_of_type(other); }
  Tensor& operator-=(double other) & { return *this -= constant_of_type(other); }
  Tensor& operator*=(double other) & { return *this *= constant_of_type(other); }
  Tensor& operator/=(double other) & { return *this /= constant_of_type(other); }

  [[nodiscard]] bool requires_grad() const noexcept { return record_ && record_->requires_grad; }
  [[nodiscard]] bool is_leaf() const noexcept { return record_ && record_->rule == nullptr; }

  /// The name shown in drawings and derivations; empty when there is none.
  [[nodiscard]] std::string name() const;
  /// Names a leaf or a recorded result.  Returns itself.  Throws GraphError for a value that has no record.
  Tensor& set_name(std::string name);

  /// Gives a leaf a new value; whatever was recorded keeps the old one.  The dtype stays.
  /// Throws GraphError unless this is a leaf, ShapeError when the shape differs.
  void set_value(const Array& value);
  void set_value(const std::same_as<Tensor> auto& value) { set_value(value.value()); }
  /// Takes rate · direction away from a leaf: a step of gradient descent, in place where nothing else holds the old
  /// value.  Throws as set_value does.
  void descend(double rate, const Array& direction);
  void descend(double rate, const std::same_as<Tensor> auto& direction) { descend(rate, direction.value()); }
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
  void backward(const std::same_as<Tensor> auto& seed) const { backward(seed.value()); }
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
    static_assert(std::is_invocable_v<F&, const Tensor&>,
                  "a hook takes const Tensor&, and returns nothing or the Tensor to go on with");
    if constexpr (!std::is_invocable_v<F&, const Tensor&>) {
      return {};
    } else if constexpr (std::is_void_v<std::invoke_result_t<F&, const Tensor&>>) {
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
  friend class Selection;
  [[noreturn]] static void throw_empty();
  void refuse_to_look(std::string_view what) const;
  [[nodiscard]] Tensor constant_of_type(double x) const;
  /// What an assignment by an operator does with the result.
  Tensor& assign(Tensor result, std::string_view op) &;
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
/// The same with the numbers of a tensor; what computed them has no part in it.
GRADUS_API Tensor variable(const Tensor& value, std::string name = {});
GRADUS_API Tensor parameter(const Tensor& value, std::string name = {});

/// An op on a Tensor and an Array works on tensors.
template <>
inline constexpr bool takes_as_constant<Tensor, Array> = true;

/// The 0-d constant c of the reference's dtype.
inline Tensor constant_like(const Tensor& reference, double c) {
  return Tensor(Array::scalar(c, reference.dtype()), Counted<detail::Record>());
}

/// Its numbers, as to_string() writes an array.
GRADUS_API std::string to_string(const Tensor& tensor);

namespace detail {

template <class X>
const X& as_tensor_argument(const X& x) {
  return x;
}
inline Tensor as_tensor_argument(const Array& x) { return Tensor(x); }

}  // namespace detail

template <class Op, class... X>
Tensor Tensor::interpret(const Op& op, const X&... x) {
  const detail::ElementwiseOp& type = detail::elementwise_op<Op>();
  if constexpr ((std::same_as<X, Array> || ...)) {
    return interpret(op, detail::as_tensor_argument(x)...);
  } else if constexpr (sizeof...(X) <= 2 && (std::same_as<X, Tensor> && ...)) {
    return detail::apply_elementwise(type, &op, x...);
  } else {
    const detail::TensorArgument arguments[] = {detail::TensorArgument(x)...};
    return detail::apply_elementwise(type, &op, arguments);
  }
}

}  // namespace gradus
