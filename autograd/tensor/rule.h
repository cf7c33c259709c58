// Rule: all that a graph knows of an op.  boxed_rule.h writes it, whole, for every op struct.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "../array/array.h"
#include "../array/kernels.h"
#include "../math/formula.h"
#include "elementwise_op.h"
#include "tensor.h"

namespace gradus {

namespace detail {
struct OpTraits;
}

// How an op on whole arrays states its rule for people (taught_rule.h).
struct TaughtRule;
struct TaughtStep;

/// The kernels of an elementwise op and the struct they are handed.
struct ElementwiseLoop {
  const void* op = nullptr;
  const PerType<ElementwiseKernel>* kernels = nullptr;
  /// Of an op in WithSlopes, and of its pullback, whose op starts with the other's attributes.
  const PerType<SlopeKernel>* slopes = nullptr;
  std::size_t attribute_bytes = 0;
  unsigned pullback_reads = 0;  // of a pullback: bit 0 the argument, bit 1 the result; else 0
};

/// The op struct behind a rule: for who knows its type, and what it says of itself (op_traits.h).
struct AnyOp {
  const std::type_info* type = nullptr;  // null: a function of the user's
  const void* op = nullptr;
  const detail::OpTraits* traits = nullptr;
};

/// A rule on arguments that all have one more axis in front: what it does to each of many arrays at once.
struct BatchedRule;

class GRADUS_API Rule {
 public:
  /// What a recording must keep when the arguments in `tracked` require a gradient: bit k for argument k, bit `arity`
  /// for the result.
  [[nodiscard]] std::uint32_t keep(std::uint32_t tracked) const { return keep_ == nullptr ? 0 : keep_[tracked]; }
  Rule(const Rule&) = delete;
  Rule& operator=(const Rule&) = delete;
  virtual ~Rule();
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// What stands on the op's badge in a drawing: "×", "tanh".
  [[nodiscard]] virtual std::string_view symbol() const = 0;
  [[nodiscard]] virtual OpKind kind() const = 0;
  [[nodiscard]] virtual Formula formula(std::span<const Formula> x) const = 0;
  /// ∂y/∂x[k] as people write it, where the op works number by number; ∂y/∂x[k] as a symbol for the others.
  [[nodiscard]] virtual Formula derivative(std::size_t k, std::span<const Formula> x, const Formula& y) const {
    return Formula::partial(y, x[k]);
  }
  [[nodiscard]] virtual Array evaluate(std::span<const Array> x) const = 0;
  /// out[i] = the cotangent of argument i, for every bit i in `wanted`, given that of the result.  Arguments the rule
  /// does not read may be without numbers.  The cotangent is given away: its memory may be written over.
  virtual void pull(Array&& cotangent, std::span<const Array> x, const Array& y, std::uint32_t wanted,
                    Array* out) const = 0;
  /// The same, recorded.
  virtual void pull(Tensor&& cotangent, std::span<const Tensor> x, const Tensor& y, std::uint32_t wanted,
                    Tensor* out) const = 0;
  /// The tangent of the result when every argument k whose tangents[k] is not empty moves along it.  Reads what pull()
  /// reads for those arguments, and no more.
  [[nodiscard]] virtual Array push(std::span<const Array> tangents, std::span<const Array> x, const Array& y) const = 0;
  /// The same, recorded.
  [[nodiscard]] virtual Tensor push(std::span<const Tensor> tangents, std::span<const Tensor> x,
                                    const Tensor& y) const = 0;

  [[nodiscard]] virtual AnyOp op_struct() const { return {}; }
  /// Whether the op only serves the derivatives of others.
  [[nodiscard]] bool internal() const;
  /// Whether the value is affine in each argument separately: sums of products of the arguments' elements.
  [[nodiscard]] bool is_affine() const;
  /// The op on arguments of these ranks with one more axis in front, of size `count`; nothing where the op does not say
  /// what that is, and for elementwise ops, to which axes mean nothing.
  [[nodiscard]] virtual BatchedRule batched(std::int64_t count, std::span<const int> ranks) const;
  /// The loops of an elementwise op; nothing for the others.
  [[nodiscard]] virtual ElementwiseLoop elementwise() const { return {}; }
  /// Whether another rule gives the same bits for the same arguments.
  [[nodiscard]] virtual bool same_as(const Rule& other) const { return this == &other; }
  /// A rule like this one that owes nothing to a record.  Null when its numbers come from more than the arguments, from
  /// functions of the user's: then what was recorded cannot be run again.
  [[nodiscard]] virtual std::unique_ptr<Rule> clone() const { return nullptr; }

 protected:
  /// `keep` has an entry for each set of tracked arguments, and lives as long as the program.  Null: nothing is kept.
  explicit Rule(const std::uint32_t* keep) : keep_(keep) {}

 private:
  const std::uint32_t* keep_;
};

struct BatchedRule {
  std::unique_ptr<Rule> rule;
  bool aligned = false;  // arguments of fewer axes than the result get axes of size 1 behind the one in front
};

namespace detail {

/// The op of a rule, if it is of this type; else null.  It lives as long as the rule.  This is how an op is recognised: a
/// user's op may have the name of one of ours.
template <class Op>
[[nodiscard]] const Op* op_of(const Rule& rule) {
  const AnyOp any = rule.op_struct();
  return any.type != nullptr && *any.type == typeid(Op) ? static_cast<const Op*>(any.op) : nullptr;
}

/// Whether the op of a rule is one of these.
template <class... Op>
[[nodiscard]] bool is_op(const Rule& rule) {
  const std::type_info* type = rule.op_struct().type;
  return type != nullptr && ((*type == typeid(Op)) || ...);
}

}  // namespace detail

/// Ops with attributes that rearrange or combine whole arrays.  Each has `value` on Array and `vjp`, a template on V
/// that runs on Array (fast) and on Tensor (recorded) alike.  For forward mode it either is `multilinear` or has a `jvp`.
template <class Op>
concept Structural = requires {
  Op::structural;
};

/// Structural ops whose value is linear in each argument separately: the tangent is the value with the argument that
/// moves replaced by its tangent.
template <class Op>
concept Multilinear = Structural<Op> && requires {
  requires Op::multilinear;
};

/// The arity of a structural op that takes any number of arguments, up to most_arguments.  It is given them together,
/// and reads none: `value(std::span<const Array>)`, `formula(std::span<const Formula>)`,
/// `vjp(std::size_t k, const V& g, std::span<const V> x, const V& y)` and, with the tangent t of argument k for g, `jvp`.
inline constexpr int variadic = -1;
/// So that a bit for each argument and one for the result fit a mask.
inline constexpr std::size_t most_arguments = 31;

template <class Op>
concept Variadic = Structural<Op> && Op::arity == variadic;

namespace detail {

/// Adds a part to a sum that starts out empty.
inline void add_to(Array& sum, Array&& part) {
  if (!sum.defined()) {
    sum = std::move(part);
  } else {
    accumulate(sum, part);
  }
}
GRADUS_API void add_to(Tensor& sum, Tensor&& part);

/// The entry of an op that is not elementwise.  Whoever defines one includes boxed_rule.h.
template <class Op>
const RuleEntry& unlisted_rule();

template <class Op>
const RuleEntry& rule_of() {
  if constexpr (Structural<Op>) {
    return unlisted_rule<Op>();
  } else {
    return elementwise_op<Op>().rule();
  }
}

/// The result of an op, recorded when an argument requires a gradient and this thread records.
GRADUS_API Tensor finish(std::string_view name, const RuleEntry& (*rule)(), const void* op,
                         std::span<const Operand> arguments, Array result);

template <class Op>
Tensor finish(const Op& op, std::span<const Operand> arguments, Array result) {
  return finish(Op::name, &rule_of<Op>, &op, arguments, std::move(result));
}

/// A tensor as another dtype, recorded (structural.h).
GRADUS_API Tensor cast_to(const Tensor& x, DType dtype);
/// A tensor broadcast to a shape, recorded (structural.h).
GRADUS_API Tensor broadcast_for(const Tensor& x, const Array& result);

}  // namespace detail

/// Applies a structural op to arrays or, recorded, to tensors.
template <Structural Op, class V, class... W>
V apply(const Op& op, const V& x, const W&... more) {
  if constexpr (std::same_as<V, Array>) {
    return op.value(x, more...);
  } else {
    const std::array<detail::Operand, 1 + sizeof...(W)> operands{
        detail::Operand{&x.value(), x.record().get()}, detail::Operand{&more.value(), more.record().get()}...};
    return detail::finish(op, operands, op.value(x.value(), more.value()...));
  }
}

/// The same for an op that takes any number of arguments, here up to most_arguments.
template <Variadic Op, class V>
V apply(const Op& op, std::span<const V> x) {
  if constexpr (std::same_as<V, Array>) {
    return op.value(x);
  } else {
    std::array<Array, most_arguments> values;
    std::array<detail::Operand, most_arguments> operands{};
    for (std::size_t k = 0; k < x.size(); ++k) {
      values[k] = x[k].value();
      operands[k] = {&x[k].value(), x[k].record().get()};
    }
    return detail::finish(op, std::span<const detail::Operand>(operands).first(x.size()),
                          op.value(std::span<const Array>(values).first(x.size())));
  }
}

}  // namespace gradus
