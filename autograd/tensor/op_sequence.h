// A derivative written out as ops, so that it can be computed on arrays and recorded on tensors by one interpreter.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "autograd/array/array.h"
#include "autograd/math/arithmetic.h"
#include "autograd/math/dual.h"
#include "autograd/tensor/elementwise_op.h"
#include "autograd/tensor/tensor.h"

namespace gradus {

namespace detail {

/// Elementwise ops in the order they are applied.  Values are numbered: the arguments first, then the results.
class GRADUS_API OpSequence {
 public:
  /// A value, or a C++ number.
  struct Operand {
    int value = -1;  // -1: the number
    double number = 0.0;
  };

  explicit OpSequence(std::size_t arguments) : values_(static_cast<int>(arguments)) {}

  /// op applied to operands, at least one of them a value.  `op` is kept alive, and null for an op without attributes.
  int append(const ElementwiseOp& type, std::shared_ptr<const void> op, std::span<const Operand> operands);
  /// The number c in the dtype of a value.
  int append_constant(int like, double c);
  /// What the sequence computes.  `weight`: where it is 0 nothing passes (Gate).  `one`: an exact 1.
  void set_result(Operand result, bool weight) {
    result_ = result;
    is_weight_ = weight;
  }
  void set_one() { is_one_ = true; }

  /// The chain rule's product of a cotangent (or tangent) and the result for these arguments.
  [[nodiscard]] Array times(const Array& g, std::span<const Array* const> arguments) const;
  [[nodiscard]] Tensor times(const Tensor& g, std::span<const Tensor* const> arguments) const;

 private:
  struct Step {
    const ElementwiseOp* type;  // null: the number of the second operand in the dtype of the first
    std::shared_ptr<const void> op;
    std::vector<Operand> operands;
  };
  template <class V>
  V product(const V& g, std::span<const V* const> arguments) const;

  int values_;
  std::vector<Step> steps_;
  Operand result_;
  bool is_weight_ = false;
  bool is_one_ = false;
};

}  // namespace detail

/// The number type that writes down what is applied to it.
class GRADUS_API Written {
 public:
  using interpreted = void;
  static constexpr bool keeps_constants = true;

  explicit Written(double number) : operand_{-1, number} {}
  Written(detail::OpSequence& sequence, int value) : sequence_(&sequence), operand_{value, 0.0} {}

  [[nodiscard]] const detail::OpSequence::Operand& operand() const noexcept { return operand_; }
  [[nodiscard]] detail::OpSequence* sequence() const noexcept { return sequence_; }

  template <class Op, class... X>
  static Written interpret(const Op& op, const X&... x) {
    detail::OpSequence* sequence = nullptr;
    const detail::OpSequence::Operand operands[] = {taken(x, sequence)...};
    std::shared_ptr<const void> attributes;
    if constexpr (!std::is_empty_v<Op>) attributes = std::make_shared<const Op>(op);
    return applied(sequence, detail::elementwise_op<Op>(), std::move(attributes), operands);
  }

 private:
  template <class X>
  static detail::OpSequence::Operand taken(const X& x, detail::OpSequence*& sequence) {
    if constexpr (std::is_same_v<X, Written>) {
      if (x.sequence_ != nullptr) sequence = x.sequence_;
      return x.operand_;
    } else {
      return {-1, static_cast<double>(x)};
    }
  }
  static Written applied(detail::OpSequence* sequence, const detail::ElementwiseOp& type,
                         std::shared_ptr<const void> op, std::span<const detail::OpSequence::Operand> operands);

  detail::OpSequence* sequence_ = nullptr;  // null: a number
  detail::OpSequence::Operand operand_;
};

inline Written constant_like(const Written& reference, double c) {
  if (reference.sequence() == nullptr) return Written(c);
  return {*reference.sequence(), reference.sequence()->append_constant(reference.operand().value, c)};
}

namespace detail {

/// ∂Op/∂x_I as a sequence of ops of the arguments and the result.
template <class Op, int I>
OpSequence sequence_of_slope(const Op& op) {
  OpSequence sequence(static_cast<std::size_t>(Op::arity) + 1);
  [&]<std::size_t... K>(std::index_sequence<K...>) {
    const auto slope = partial<I>(op, Written(sequence, static_cast<int>(K))...);
    using D = std::remove_cvref_t<decltype(slope)>;
    if constexpr (std::is_same_v<D, One>) {
      sequence.set_one();
    } else if constexpr (is_gate<D>) {
      sequence.set_result(as<Written>(slope.weight).operand(), true);
    } else {
      sequence.set_result(as<Written>(slope).operand(), false);
    }
  }
  (std::make_index_sequence<static_cast<std::size_t>(Op::arity) + 1>{});
  return sequence;
}

}  // namespace detail

}  // namespace gradus
