// Writes the whole of Rule for any op struct.  Included by the files that compile the rules of the library's own ops, and
// by whoever defines an op of their own.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "autograd/array/elementwise.h"
#include "autograd/math/composites.h"
#include "autograd/math/formula.h"
#include "autograd/math/pullback.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

template <class Op>
constexpr std::string_view symbol_of() {
  if constexpr (requires { Op::symbol; }) {
    return Op::symbol;
  } else {
    return Op::name;
  }
}

// f(x[0], x[1], …) for the op's number of arguments; f(x) where that is not fixed.
template <class Op, class V, class F>
decltype(auto) spread(std::span<const V> x, F&& f) {
  if constexpr (Variadic<Op>) {
    return f(x);
  } else {
    return [&]<std::size_t... K>(std::index_sequence<K...>)->decltype(auto) { return f(x[K]...); }
    (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
  }
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

// f(x...) with argument I replaced by t.
template <int I, class V, class F, class... X>
V with_argument(const F& f, const V& t, const X&... x) {
  const auto all = std::tie(x...);
  const auto pick = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) -> const V& {
    if constexpr (K == static_cast<std::size_t>(I)) {
      return t;
    } else {
      return std::get<K>(all);
    }
  };
  return [&]<std::size_t... K>(std::index_sequence<K...>) {
    return f(pick(std::integral_constant<std::size_t, K>{})...);
  }
  (std::index_sequence_for<X...>{});
}

/// The one forward rule: the tangent of the result when argument I moves along t.
template <int I, class Op, class V, class... X>
V push_one(const Op& op, const V& t, const V& y, const X&... x) {
  if constexpr (Multilinear<Op>) {
    return with_argument<I>([&](const auto&... a) { return apply(op, a...); }, t, x...);
  } else if constexpr (Structural<Op>) {
    return op.jvp(wrt<I>{}, t, x..., y);
  } else if constexpr (is_pullback<Op> && I == 0) {
    return with_argument<I>([&](const auto&... a) { return V::interpret(op, a...); }, t, x...);
  } else {
    // An elementwise op scales a tangent by the same derivative as a cotangent.
    V moving = t;
    return pull_elementwise<I>(op, moving, false, y, x...);
  }
}

template <class Op, int I, class... X>
concept StatesJvp = requires(const Op& op, const Array& t, const X&... x) {
  op.jvp(wrt<I>{}, t, x..., t);
};

/// Whether forward mode knows how to go through the op.
template <class Op>
inline constexpr bool has_forward_mode = []<std::size_t... I>(std::index_sequence<I...>) {
  if constexpr (!Structural<Op> || Multilinear<Op> || Variadic<Op>) {
    return true;
  } else {
    constexpr auto stated = []<int J>(wrt<J>) {
      return StatesJvp<Op, J, std::tuple_element_t<I, std::array<Array, sizeof...(I)>>...>;
    };
    return (stated(wrt<static_cast<int>(I)>{}) && ...);
  }
}
(std::make_index_sequence<static_cast<std::size_t>(std::max(Op::arity, 0))>{});

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

template <class Op>
constexpr const std::uint32_t* keep_table() {
  if constexpr (Variadic<Op>) {
    return nullptr;
  } else {
    return keep_for<Op>.data();
  }
}

// The op that a pullback belongs to; of any other op itself.
template <class Op>
struct SlopedOp {
  using type = Op;
};
template <class Op>
struct SlopedOp<Pullback<Op, 0>> {
  using type = Op;
};

/// Whether two ops of one type compute the same, told from their attributes: numbers bit by bit, so that 0 is not −0 and
/// a NaN is itself.  False when in doubt.
template <class Op>
bool same_attributes(const Op& a, const Op& b) {
  if constexpr (std::is_empty_v<Op>) {
    return true;
  } else if constexpr (is_pullback<Op>) {
    return same_attributes(a.op, b.op);
  } else if constexpr (requires { requires Op::attributes.size() * sizeof(double) == sizeof(Op); }) {
    return std::ranges::all_of(Op::attributes, [&](const auto& attribute) {
      return std::bit_cast<std::uint64_t>(a.*attribute.member) == std::bit_cast<std::uint64_t>(b.*attribute.member);
    });
  } else if constexpr (requires { Op::fields; }) {
    return same_fields(a, b);
  } else {
    return false;
  }
}

/// Whether people are told the derivative: not of an op that serves others, nor of a function of the user's, which may not
/// take formulas.
template <class Op>
inline constexpr bool is_taught = false;
template <class Op>
requires is_listed<Op>
inline constexpr bool is_taught<Op> = !Op::internal;

/// What people are shown as a derivative where that is stated, else what is computed.
template <int I, class Op, class... X>
Formula shown_derivative(const Op& op, const Formula& y, const X&... x) {
  const auto number = [](std::string_view, double value) { return Formula(value); };
  if constexpr (!std::same_as<decltype(slope_of<I>(op, number, x...)), NotStated>) {
    return slope_of<I>(op, number, x...);
  } else if constexpr (requires { op.shown(wrt<I>{}, x..., y); }) {
    return as<Formula>(op.shown(wrt<I>{}, x..., y));
  } else {
    return as<Formula>(partial<I>(op, x..., y));
  }
}

template <class Op>
class BoxedRule : public Rule {
  static_assert(has_forward_mode<Op>,
                "a structural op is `static constexpr bool multilinear = true` or states jvp(wrt<I>, t, x..., y)");

 public:
  explicit BoxedRule(Op op) : Rule(keep_table<Op>()), op_(std::move(op)) {}
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
  [[nodiscard]] Formula derivative(std::size_t k, std::span<const Formula> x, const Formula& y) const override {
    if constexpr (!is_taught<Op>) {
      return Rule::derivative(k, x, y);
    } else {
      Formula result = y;
      spread<Op>(x, [&](const auto&... a) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
          ((I == k ? void(result = shown_derivative<static_cast<int>(I)>(op_, y, a...)) : void()), ...);
        }
        (std::index_sequence_for<decltype(a)...>{});
      });
      return result;
    }
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
  [[nodiscard]] Array push(std::span<const Array> t, std::span<const Array> x, const Array& y) const override {
    return push_all(t, x, y);
  }
  [[nodiscard]] Tensor push(std::span<const Tensor> t, std::span<const Tensor> x, const Tensor& y) const override {
    return push_all(t, x, y);
  }
  [[nodiscard]] AnyOp op_struct() const override { return {&typeid(Op), &op_}; }
  [[nodiscard]] ElementwiseLoop elementwise() const override {
    if constexpr (Structural<Op>) {
      return {};
    } else {
      ElementwiseLoop loop{&op_, &KernelsOf<Op>::get()};
      using Base = typename SlopedOp<Op>::type;
      if constexpr (has_slopes<Base>) {
        loop.slopes = &kernels().slopes[index_of<Base>];
        loop.attribute_bytes = std::is_empty_v<Base> ? 0 : sizeof(Base);
        loop.pullback_reads = is_pullback<Op> ? reads<Base, 0> : 0U;
      }
      return loop;
    }
  }
  [[nodiscard]] bool same_as(const Rule& other) const override {
    const auto* same_op = dynamic_cast<const BoxedRule*>(&other);
    return same_op != nullptr && same_attributes(op_, same_op->op_);
  }
  [[nodiscard]] std::unique_ptr<Rule> clone() const override { return std::make_unique<BoxedRule>(op_); }

 private:
  template <class V>
  void pull_all(V& g, std::span<const V> x, const V& y, std::uint32_t wanted, V* out) const requires(Variadic<Op>) {
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (((wanted >> k) & 1U) != 0) out[k] = op_.vjp(k, std::as_const(g), x, y);
    }
  }
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

  template <class V>
  V push_all(std::span<const V> t, std::span<const V> x, const V& y) const requires(Variadic<Op>) {
    V sum;
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (t[k]) add_to(sum, op_.jvp(k, t[k], x, y));
    }
    return sum;
  }
  template <class V>
  V push_all(std::span<const V> t, std::span<const V> x, const V& y) const {
    V sum;
    spread<Op>(x, [&](const auto&... a) {
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((t[I] ? add_to(sum, push_one<static_cast<int>(I)>(op_, t[I], y, a...)) : void()), ...);
      }
      (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
    });
    return sum;
  }

  Op op_;
};

template <class Op>
RuleEntry rule_entry() {
  if constexpr (std::is_empty_v<Op>) {
    static const BoxedRule<Op> rule{Op{}};
    return {&rule, nullptr};
  } else {
    return {nullptr, [](const void* op) -> std::unique_ptr<Rule> {
              return std::make_unique<BoxedRule<Op>>(*static_cast<const Op*>(op));
            }};
  }
}

template <class Op>
const RuleEntry& unlisted_rule() {
  static const RuleEntry entry = rule_entry<Op>();
  return entry;
}

}  // namespace gradus::detail
