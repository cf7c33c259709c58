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
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "../array/elementwise.h"
#include "../math/formula.h"
#include "../math/ops.h"
#include "../math/pullback.h"
#include "../math/readable_forms.h"
#include "elementwise_rule.h"
#include "fields.h"
#include "op_sequence.h"
#include "op_traits.h"
#include "rule.h"

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

/// The tangent of the result of a structural op when argument I moves along t.
template <int I, class Op, class V, class... X>
V push_one(const Op& op, const V& t, const V& y, const X&... x) {
  if constexpr (Multilinear<Op>) {
    return with_argument<I>([&](const auto&... a) { return apply(op, a...); }, t, x...);
  } else {
    return op.jvp(wrt<I>{}, t, x..., y);
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
  } else if constexpr (requires { Op::fields; }) {
    return same_fields(a, b);
  } else {
    return false;
  }
}

template <class Op, std::size_t... K>
constexpr bool states_shown(std::index_sequence<K...>) {
  return requires(const Op& op, const Formula& f) { op.shown(wrt<0>{}, ((void)K, f)...); };
}

/// Whether people are told the derivative: of the ops that users call, and of others that state how it is written.  Not of
/// a function of the user's, which may not take formulas.
template <class Op>
inline constexpr bool is_taught =
    !Structural<Op> && states_shown<Op>(std::make_index_sequence<static_cast<std::size_t>(Op::arity) + 1>{});
template <class Op>
requires is_listed<Op>
inline constexpr bool is_taught<Op> =
    !Op::internal || states_shown<Op>(std::make_index_sequence<static_cast<std::size_t>(Op::arity) + 1>{});

// ------------------------------------------------------------------------------- what is known of an elementwise op

template <class Op>
const RuleEntry& boxed_entry();

template <class Op>
ElementwiseOp describe();

template <class Op>
const ElementwiseOp& described_elementwise() {
  static const ElementwiseOp type = describe<Op>();
  return type;
}

/// A pullback is described where its op is; a listed op is so once, in the library.
template <class Op>
const ElementwiseOp& described() {
  if constexpr (is_pullback<Op>) {
    return described_elementwise<Op>();
  } else {
    return elementwise_op<Op>();
  }
}

template <class Op, std::size_t... K>
constexpr SingleKernel single_kernel_of(auto zero, std::index_sequence<K...>) {
  using T = decltype(zero);
  return [](const void* op, const void* const* in, void* out) {
    *static_cast<T*>(out) = static_cast<T>(static_cast<const Op*>(op)->value(*static_cast<const T*>(in[K])...));
  };
}

/// A pullback's own derivative, written out in ordinary ops, which ends the tower.
template <class P>
const OpSequence& slope_in_ops(const void* op, std::size_t k, std::unique_ptr<OpSequence>& own) {
  using Sequences = std::array<OpSequence (*)(const P&), static_cast<std::size_t>(P::arity)>;
  static constexpr Sequences make = []<std::size_t... I>(std::index_sequence<I...>) {
    return Sequences{&sequence_along<P, static_cast<int>(I)>...};
  }
  (std::make_index_sequence<static_cast<std::size_t>(P::arity)>{});
  if constexpr (std::is_empty_v<P>) {
    static const auto all = []<std::size_t... I>(std::index_sequence<I...>) { return std::array{make[I](P{})...}; }
    (std::make_index_sequence<static_cast<std::size_t>(P::arity)>{});
    return all[k];
  } else {
    own = std::make_unique<OpSequence>(make[k](*static_cast<const P*>(op)));
    return *own;
  }
}

template <class Op, int I>
void describe_slope(ElementwiseOp::Slope& slope) {
  constexpr unsigned read = reads<Op, I>;
  for (std::uint8_t j = 0; j <= Op::arity; ++j) {
    if (((read >> j) & 1U) != 0) slope.read[slope.read_count++] = j;
  }
  const auto value = []<std::size_t... K>(std::index_sequence<K...>) {
    return std::type_identity<decltype(partial<I>(std::declval<const Op&>(), Reads::argument(K)...))>{};
  };
  using Derivative =
      typename decltype(value(std::make_index_sequence<static_cast<std::size_t>(Op::arity) + 1>{}))::type;
  slope.is_one = std::same_as<Derivative, One>;
  if (!slope.is_one) slope.pullback = &described_elementwise<Pullback<Op, I>>();
}

template <class Op>
ElementwiseOp describe() {
  using Base = typename SlopedOp<Op>::type;
  ElementwiseOp type;
  type.name = Op::name;
  type.arity = Op::arity;
  type.keep = keep_table<Op>();
  type.rule = &boxed_entry<Op>;
  type.kernels = &KernelsOf<Op>::get();
  if constexpr (Op::exact) {
    constexpr std::make_index_sequence<static_cast<std::size_t>(Op::arity)> all;
    type.single = {single_kernel_of<Op>(0.0F, all), single_kernel_of<Op>(0.0, all)};
  }
  if constexpr (is_pullback<Op>) {
    type.slope_in_ops = &slope_in_ops<Op>;
  } else {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (describe_slope<Op, static_cast<int>(I)>(type.slopes[I]), ...); }
    (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
  }
  if constexpr (has_slopes<Base>) {
    type.has_slope_loop = true;
    type.index = static_cast<std::uint32_t>(index_of<Base>);
    type.attribute_bytes = std::is_empty_v<Base> ? 0 : sizeof(Base);
    type.pullback_reads = is_pullback<Op> ? reads<Base, 0> : 0U;
  }
  return type;
}

// ----------------------------------------------------------------------------------------------------------- the rule

/// What computes and differentiates a structural op.
template <class Op>
class StructuralRule : public Rule {
  static_assert(has_forward_mode<Op>,
                "a structural op is `static constexpr bool multilinear = true` or states jvp(wrt<I>, t, x..., y)");

 public:
  [[nodiscard]] Array evaluate(std::span<const Array> x) const override {
    return spread<Op>(x, [&](const auto&... a) { return op_.value(a...); });
  }
  void pull(Array&& g, std::span<const Array> x, const Array& y, std::uint32_t wanted, Array* out) const override {
    pull_all(std::as_const(g), x, y, wanted, out);
  }
  void pull(Tensor&& g, std::span<const Tensor> x, const Tensor& y, std::uint32_t wanted, Tensor* out) const override {
    pull_all(std::as_const(g), x, y, wanted, out);
  }
  [[nodiscard]] Array push(std::span<const Array> t, std::span<const Array> x, const Array& y) const override {
    return push_all(t, x, y);
  }
  [[nodiscard]] Tensor push(std::span<const Tensor> t, std::span<const Tensor> x, const Tensor& y) const override {
    return push_all(t, x, y);
  }

 protected:
  explicit StructuralRule(Op op) : Rule(keep_table<Op>()), op_(std::move(op)) {}
  Op op_;

 private:
  template <class V>
  void pull_all(const V& g, std::span<const V> x, const V& y, std::uint32_t wanted, V* out) const {
    const auto is_wanted = [wanted](std::size_t k) { return ((wanted >> k) & 1U) != 0; };
    if constexpr (Variadic<Op>) {
      for (std::size_t k = 0; k < x.size(); ++k) {
        if (is_wanted(k)) out[k] = op_.vjp(k, g, x, y);
      }
    } else {
      spread<Op>(x, [&](const auto&... a) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
          ((is_wanted(I) ? void(out[I] = op_.vjp(wrt<static_cast<int>(I)>{}, g, a..., y)) : void()), ...);
        }
        (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
      });
    }
  }
  template <class V>
  V push_all(std::span<const V> t, std::span<const V> x, const V& y) const {
    V sum;
    if constexpr (Variadic<Op>) {
      for (std::size_t k = 0; k < x.size(); ++k) {
        if (t[k].defined()) add_to(sum, op_.jvp(k, t[k], x, y));
      }
    } else {
      spread<Op>(x, [&](const auto&... a) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
          ((t[I].defined() ? add_to(sum, push_one<static_cast<int>(I)>(op_, t[I], y, a...)) : void()), ...);
        }
        (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
      });
    }
    return sum;
  }
};

/// The rule of an elementwise op with the op that it belongs to.
template <class Op>
class OwnElementwiseRule : public ElementwiseRule {
 protected:
  explicit OwnElementwiseRule(Op op) : ElementwiseRule(described<Op>(), &op_), op_(std::move(op)) {}
  Op op_;
};

template <class Op>
using RuleOf = std::conditional_t<Structural<Op>, StructuralRule<Op>, OwnElementwiseRule<Op>>;

template <class Op>
auto axes_of(const Op& op) {
  if constexpr (requires { op.axes; }) {
    return op.axes;
  }
}

/// A structural op on arguments with one more axis in front: as it states, or with its `axes` moved on.
template <class Op>
std::optional<Op> batched_op(const Op& op, std::int64_t count, std::span<const int> ranks) {
  if constexpr (requires { op.batched(count, ranks); }) {
    return op.batched(count, ranks);
  } else if constexpr (requires { op.batched(count); }) {
    return op.batched(count);
  } else if constexpr (std::same_as<decltype(axes_of(op)), std::uint32_t>) {
    Op moved = op;
    moved.axes <<= 1U;
    return moved;
  } else {
    return {};
  }
}

/// A rule that says of its op what the op's struct states.
template <class Op>
class BoxedRule : public RuleOf<Op> {
 public:
  explicit BoxedRule(Op op) : RuleOf<Op>(std::move(op)) {}
  [[nodiscard]] const Op& op() const noexcept { return this->op_; }
  [[nodiscard]] std::string_view name() const override { return Op::name; }
  [[nodiscard]] std::string_view symbol() const override { return symbol_of<Op>(); }
  [[nodiscard]] OpKind kind() const override { return Op::kind; }
  [[nodiscard]] Formula formula(std::span<const Formula> x) const override {
    return spread<Op>(x, [&](const auto&... a) {
      if constexpr (is_pullback<Op>) {
        return Formula::call(Op::called, std::array<Formula, sizeof...(a)>{a...}, &typeid(Op));
      } else if constexpr (requires { this->op_.formula(a...); }) {
        return this->op_.formula(a...);
      } else {
        return Formula::interpret(this->op_, a...);
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
          ((I == k ? void(result =
                              as<Formula>(shown_derivative<static_cast<int>(I)>(this->op_, attribute_number, a..., y)))
                   : void()),
           ...);
        }
        (std::index_sequence_for<decltype(a)...>{});
      });
      return result;
    }
  }
  [[nodiscard]] AnyOp op_struct() const override { return {&typeid(Op), &this->op_, &op_traits<Op>}; }
  [[nodiscard]] bool same_as(const Rule& other) const override {
    const auto* same_op = dynamic_cast<const BoxedRule*>(&other);
    return same_op != nullptr && same_attributes(this->op_, same_op->op());
  }
  [[nodiscard]] std::unique_ptr<Rule> clone() const override { return std::make_unique<BoxedRule>(this->op_); }
  [[nodiscard]] BatchedRule batched(std::int64_t count, std::span<const int> ranks) const override {
    if constexpr (Structural<Op>) {
      if (std::optional<Op> op = batched_op(this->op_, count, ranks)) {
        return {std::make_unique<BoxedRule>(*std::move(op)), requires {Op::aligned;
      }
    };
  }
} return {};
}  // namespace gradus::detail
}
;

template <class Op>
RuleEntry make_entry() {
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
const RuleEntry& boxed_entry() {
  static const RuleEntry entry = make_entry<Op>();
  return entry;
}

template <class Op>
const RuleEntry& unlisted_rule() {
  return boxed_entry<Op>();
}

template <class Op>
const ElementwiseOp& unlisted_op() {
  return described_elementwise<Op>();
}

}  // namespace gradus::detail
