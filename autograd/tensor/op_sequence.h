// A derivative written out as ops, so that it can be computed on arrays and recorded on tensors by one interpreter.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "../array/array.h"
#include "../math/arithmetic.h"
#include "../math/dual.h"
#include "elementwise_op.h"
#include "tensor.h"

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
  /// What the sequence computes.
  void set_result(const Operand& result) { result_ = result; }

  [[nodiscard]] Array apply(std::span<const Array* const> arguments) const;
  [[nodiscard]] Tensor apply(std::span<const Tensor* const> arguments) const;

 private:
  struct Step {
    const ElementwiseOp* type;  // null: the number of the second operand in the dtype of the first
    std::shared_ptr<const void> op;
    std::vector<Operand> operands;
  };
  template <class V>
  V run(std::span<const V* const> arguments) const;

  int values_;
  std::vector<Step> steps_;
  Operand result_;
};

}  // namespace detail

/// The number type that writes down what is applied to it.
class GRADUS_API Written {
 public:
  using interpreted = void;
  using compared_by_ops = void;
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

/// How a pullback's value moves with argument I, as a sequence of ops of the tangent and the arguments.
template <class P, int I>
OpSequence sequence_along(const P& pullback) {
  OpSequence sequence(static_cast<std::size_t>(P::arity) + 1);
  [&]<std::size_t... K>(std::index_sequence<K...>) {
    const Written t(sequence, 0);
    sequence.set_result(pullback.template along<I>(t, Written(sequence, static_cast<int>(K) + 1)...).operand());
  }
  (std::make_index_sequence<static_cast<std::size_t>(P::arity)>{});
  return sequence;
}

}  // namespace detail

}  // namespace gradus
