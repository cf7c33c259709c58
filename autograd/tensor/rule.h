// Rule: all that a graph knows of an op.  ElementwiseRule and StructuralRule write it, whole, for every op struct.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "autograd/array/elementwise.h"
#include "autograd/math/formula.h"
#include "autograd/math/pullback.h"
#include "autograd/tensor/tensor.h"

namespace gradus {

class GRADUS_API Rule {
 public:
  Rule() = default;
  Rule(const Rule&) = delete;
  Rule& operator=(const Rule&) = delete;
  virtual ~Rule();
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// What stands on the op's badge in a drawing: "×", "tanh".
  [[nodiscard]] virtual std::string_view symbol() const = 0;
  [[nodiscard]] virtual OpKind kind() const = 0;
  [[nodiscard]] virtual Formula formula(std::span<const Formula> x) const = 0;
  [[nodiscard]] virtual Array evaluate(std::span<const Array> x) const = 0;
  /// out[i] = the cotangent of argument i, for every bit i in `wanted`, given that of the result.  Arguments the rule
  /// does not read may be without numbers.  The cotangent is given away: its memory may be written over.
  virtual void pull(Array&& cotangent, std::span<const Array> x, const Array& y, std::uint32_t wanted,
                    Array* out) const = 0;
  /// The same, recorded.
  virtual void pull(Tensor&& cotangent, std::span<const Tensor> x, const Tensor& y, std::uint32_t wanted,
                    Tensor* out) const = 0;
};

/// Ops with attributes that rearrange or combine whole arrays.  Each has `value` on Array and `vjp`, a template on V
/// that runs on Array (fast) and on Tensor (recorded) alike.
template <class Op>
concept Structural = requires {
  Op::structural;
};

namespace detail {

template <class Op>
constexpr std::string_view symbol_of() {
  if constexpr (requires { Op::symbol; }) {
    return Op::symbol;
  } else {
    return Op::name;
  }
}

// f(x[0], x[1], …) for the op's number of arguments.
template <class Op, class V, class F>
decltype(auto) spread(std::span<const V> x, F&& f) {
  return [&]<std::size_t... K>(std::index_sequence<K...>)->decltype(auto) { return f(x[K]...); }
  (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
}

// A fused pullback applied to what it reads: over the cotangent's memory when this is its last use.
template <class P, class... K>
Array apply_pullback(const P& pullback, Array& g, bool last, const K&... kept) {
  const std::array<const Array*, 1 + sizeof...(K)> in{&g, &kept...};
  return last ? run_op_over(pullback, std::move(g), in) : run_op(pullback, in);
}
template <class P, class... K>
Tensor apply_pullback(const P& pullback, Tensor& g, bool, const K&... kept) {
  return Tensor::interpret(pullback, g, kept...);
}

/// The one reverse rule of all elementwise ops, for values and for recorded gradients.
template <int I, class Op, class V, class... X>
V pull_elementwise(const Op& op, V& g, bool last, const V& y, const X&... x) {
  if constexpr (is_pullback<Op>) {
    // A pullback's own derivative is written out in ordinary ops, which ends the tower.
    return chain_product(std::as_const(g), partial<I>(op, x..., y));
  } else if constexpr (std::same_as<decltype(partial<I>(op, x..., y)), One>) {
    return g;
  } else {
    constexpr unsigned mask = reads<Op, I>;
    constexpr auto positions = [] {
      std::array<std::size_t, std::popcount(mask) + 1> p{};
      std::size_t n = 0;
      for (std::size_t k = 0; k <= static_cast<std::size_t>(Op::arity); ++k) {
        if (((mask >> k) & 1U) != 0) p[n++] = k;
      }
      return p;
    }();
    const auto all = std::tie(x..., y);
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      return apply_pullback(Pullback<Op, I>{op}, g, last, std::get<positions[K]>(all)...);
    }
    (std::make_index_sequence<static_cast<std::size_t>(std::popcount(mask))>{});
  }
}

template <class Op>
class BoxedRule : public Rule {
 public:
  explicit BoxedRule(Op op) : op_(std::move(op)) {}
  [[nodiscard]] const Op& op() const noexcept { return op_; }
  [[nodiscard]] std::string_view name() const override { return Op::name; }
  [[nodiscard]] std::string_view symbol() const override { return symbol_of<Op>(); }
  [[nodiscard]] OpKind kind() const override { return Op::kind; }
  [[nodiscard]] Formula formula(std::span<const Formula> x) const override {
    return spread<Op>(x, [&](const auto&... a) {
      if constexpr (requires { op_.formula(a...); }) {
        return op_.formula(a...);
      } else {
        return Formula::interpret(op_, a...);
      }
    });
  }
  [[nodiscard]] Array evaluate(std::span<const Array> x) const override {
    return spread<Op>(x, [&](const auto&... a) {
      if constexpr (Structural<Op>) {
        return op_.value(a...);
      } else {
        return Array::interpret(op_, a...);
      }
    });
  }
  void pull(Array&& g, std::span<const Array> x, const Array& y, std::uint32_t wanted, Array* out) const override {
    pull_all(g, x, y, wanted, out);
  }
  void pull(Tensor&& g, std::span<const Tensor> x, const Tensor& y, std::uint32_t wanted, Tensor* out) const override {
    pull_all(g, x, y, wanted, out);
  }

 private:
  template <class V>
  void pull_all(V& g, std::span<const V> x, const V& y, std::uint32_t wanted, V* out) const {
    spread<Op>(x, [&](const auto&... a) {
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((((wanted >> I) & 1U) != 0 ? void(out[I] = pull_one<static_cast<int>(I)>(g, (wanted >> I) == 1U, y, a...))
                                    : void()),
         ...);
      }
      (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
    });
  }
  template <int I, class V, class... X>
  V pull_one(V& g, [[maybe_unused]] bool last, const V& y, const X&... x) const {
    if constexpr (Structural<Op>) {
      return op_.vjp(wrt<I>{}, std::as_const(g), x..., y);
    } else {
      return pull_elementwise<I>(op_, g, last, y, x...);
    }
  }

  Op op_;
};

/// Which arguments (bit k) and whether the result (bit arity) the rule reads to reach argument I.
template <class Op, int I>
constexpr std::uint32_t reads_of() {
  if constexpr (Structural<Op>) {
    return Op::reads(wrt<I>{});
  } else if constexpr (is_pullback<Op>) {
    return (1U << Op::arity) - 1U;  // written out, it may look at anything it was given
  } else {
    return reads<Op, I>;
  }
}

// What to keep for each set of arguments that require a gradient.
template <class Op>
inline constexpr auto keep_for = [] {
  std::array<std::uint32_t, std::size_t{1} << static_cast<unsigned>(Op::arity)> keep{};
  for (std::uint32_t tracked = 0; tracked < keep.size(); ++tracked) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((keep[tracked] |= ((tracked >> I) & 1U) != 0 ? reads_of<Op, static_cast<int>(I)>() : 0U), ...);
    }
    (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
  }
  return keep;
}();

/// The result of an op, recorded when an argument requires a gradient and this thread records.
template <class Op>
Tensor finish(const Op& op, std::span<const Operand> arguments, Array result) {
  std::uint32_t tracked = 0;
  for (std::size_t k = 0; k < arguments.size(); ++k) {
    const Record* record = arguments[k].record;
    if (record != nullptr && record->requires_grad) tracked |= 1U << k;
  }
  if (tracked == 0 || !recording()) return Tensor(std::move(result), Counted<Record>());
  Record* record = nullptr;
  if constexpr (std::is_empty_v<Op>) {
    static const BoxedRule<Op> shared{Op{}};
    record = make_record(&shared, false, arguments, result, keep_for<Op>[tracked]);
  } else {
    auto rule = std::make_unique<BoxedRule<Op>>(op);
    record = make_record(rule.get(), true, arguments, result, keep_for<Op>[tracked]);
    static_cast<void>(rule.release());
  }
  return Tensor(std::move(result), Counted<Record>::adopt(record));
}

/// A tensor as another dtype, recorded (structural.h).
GRADUS_API Tensor cast_to(const Tensor& x, DType dtype);
/// A tensor broadcast to a shape, recorded (structural.h).
GRADUS_API Tensor broadcast_for(const Tensor& x, const Array& result);

/// One argument of an op: a tensor, cast to the op's dtype if need be, or a C++ number.
class TensorOperand {
 public:
  TensorOperand(const Tensor& x, DType dtype) : operand_{&x.value(), x.record().get()} {
    if (operand_.value->dtype() != dtype) replace(cast_to(x, dtype));
  }
  template <Constant C>
  TensorOperand(const C& c, DType dtype)
      : own_(Array::scalar(static_cast<double>(c), dtype), Counted<Record>()), operand_{&own_.value(), nullptr} {}
  TensorOperand(const TensorOperand&) = delete;
  TensorOperand& operator=(const TensorOperand&) = delete;

  [[nodiscard]] const Operand& get() const noexcept { return operand_; }
  [[nodiscard]] bool requires_grad() const noexcept {
    return operand_.record != nullptr && operand_.record->requires_grad;
  }

  /// Implicit in the API, explicit in the graph: no rule ever sees an argument that was broadcast.
  void broadcast_like(const Array& result) {
    if (!requires_grad() || operand_.value->same_shape(result)) return;
    const Tensor narrow(*operand_.value, Counted<Record>::share(operand_.record));
    replace(broadcast_for(narrow, result));
  }

 private:
  void replace(Tensor t) {
    own_ = std::move(t);
    operand_ = {&own_.value(), own_.record().get()};
  }
  Tensor own_;  // keeps alive what is not the caller's
  Operand operand_{};
};

}  // namespace detail

namespace detail {

// Single numbers of one dtype need no conversion and no broadcasting.
template <class... X>
bool all_single(const X&... x) {
  if constexpr ((std::same_as<X, Tensor> && ...)) {
    const Array* const in[] = {&x.value()...};
    bool single = true;
    for (const Array* a : in) single = single && a->rank() == 0 && a->dtype() == in[0]->dtype();
    return single;
  } else {
    return false;
  }
}

}  // namespace detail

template <class Op, class... X>
Tensor Tensor::interpret(const Op& op, const X&... x) {
  constexpr std::size_t arity = sizeof...(X);
  if (detail::all_single(x...)) {
    if constexpr ((std::same_as<X, Tensor> && ...)) {
      const std::array<detail::Operand, arity> operands{detail::Operand{&x.value(), x.record().get()}...};
      const std::array<const Array*, arity> in{&x.value()...};
      return detail::finish(op, operands, detail::run_op(op, in));
    }
  }
  const DType dtype = detail::common_dtype(x...);
  detail::TensorOperand arguments[arity] = {{x, dtype}...};
  std::array<const Array*, arity> in{};
  for (std::size_t k = 0; k < arity; ++k) in[k] = arguments[k].get().value;
  Array result = detail::run_op(op, in);
  std::array<detail::Operand, arity> operands{};
  for (std::size_t k = 0; k < arity; ++k) {
    if (result.rank() != 0) arguments[k].broadcast_like(result);
    operands[k] = arguments[k].get();
  }
  return detail::finish(op, operands, std::move(result));
}

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

}  // namespace gradus
