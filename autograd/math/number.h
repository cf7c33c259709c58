// Where the two lists of Gradus meet.
//
//   An OP is mathematics written once:   name, arity, value(x...), and d(wrt<i>, x..., y) with y = value(x...).
//   A NUMBER TYPE is one capability:     it says once, in interpret(), what applying *any* op means to it.
//   bind(op, x...) applies one to the other: N ops + M number types are N + M pieces of code, not N * M.
#pragma once
#include <array>
#include <cmath>
#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

#include "shared_names.h"
#include "standard_functions.h"

namespace gradus {

/// Functions that are found by name alone: as gradus::bind or after a using, and not by the type of their arguments, since
/// lookup by argument passes over using-directives.  They are those that are called with explicit template arguments, and
/// whose names users' templates may have too.
namespace by_name {}
using namespace by_name;

namespace detail {

// Functions that <cmath> does not have stand back where a user's template has the same name, although both are found by
// the type of the argument.  Which way depends on whether they are passed on, as relu<Tensor>.

/// First parameter of most: clamp<T>(x, a, b) can only mean a user's template, since T is no value of this type.
enum class Deduced {};

/// Constraint of a last parameter pack, which so is empty: relu<T>(x) is ours where there is no other, and otherwise the
/// template without a pack, which is the more specialized.
template <class T>
concept Nothing = false;

}  // namespace detail

/// Names one argument: d(wrt<0>, a, b, y) is the derivative with respect to a.
template <int I>
using wrt = std::integral_constant<int, I>;

/// An exact 1.  A derivative that is One costs nothing: no multiplication, no node.
struct One {
  constexpr explicit operator double() const { return 1.0; }
};

/// A derivative that is a weight.  Where it is zero nothing passes, neither infinity nor NaN: an argument that was not
/// selected gets exactly nothing.
template <class X>
struct Gate {
  X weight;
};
template <class X>
Gate(X) -> Gate<X>;

template <class D>
inline constexpr bool is_gate = false;
template <class X>
inline constexpr bool is_gate<Gate<X>> = true;

/// A constant that no double is equal to: its name and the two doubles it is nearly the sum of.  A number type that can
/// do more with it than with a double says so by a constructor.
struct Irrational {
  std::string_view name;
  double high;
  double low;
  constexpr explicit operator double() const { return high; }
};

/// Stands for an argument that a formula does not look at.
struct Unread {};

/// The part of the real line an op is defined on, and the self-tests sample.
struct Domain {
  double low;
  double high;
};

/// Bounds of the errors of the value and of the first derivatives, in ulps of the result: what was seen in float32 and
/// float64 on every instruction set and over the whole domain, with a margin.  The tests assert them.  The bars are 4 and
/// 8; an op that serves derivatives alone may state more.  A function that crosses zero has no digits left next to its
/// roots: with `roots`, what one ulp of the arguments changes in it is added to the ulp.
struct Worst {
  double value = 4.0;
  double derivative = 8.0;
  bool roots = false;
};

/// What an op is to the reader of a drawing.  Layout ops only repeat numbers along an axis, and may be left out.
enum class OpKind { function, activation, layout };

/// What a derivation says in words of an op.  {0}, {1} and {2} are its arguments; of a power the second is its exponent,
/// and of an op that takes any number of arguments the first is all of them.
struct OpWords {
  std::string_view title;     // "Multiply {0} by {1}"
  std::string_view noun;      // "the product"
  std::string_view backward;  // why the gradients of the arguments are what they are, in a sentence; may be empty
  /// The same where only one of two arguments receives a gradient; where that is empty, `backward`.
  std::array<std::string_view, 2> alone{};
};

// An op may also state, for people to be told:
//
//   convention(x…)         at a point where it has no derivative, why, and what is taken instead (K1–K13, K16); else "".
//                          The second derivative there is that of what is taken.  convention(wrt<I>, x…) where that
//                          is so for argument I alone.
//   second_convention(x…)  the same where it is only the second derivative that does not exist
//   squared(x…)            its square in ops that are smooth at such a point, which a recorded gradient of the square
//                          then goes through: so the second derivative of |x|² is right at 0, on tensors

/// How people write an attribute in a call of its op.
enum class InCalls : unsigned char {
  by_name,     // slope=0.2, unless that is the default; axes, places and windows in their own notation
  as_widths,   // a window as the padding around it: (1, 1)
  not_at_all,  // what the op works with, and people neither give nor need to know
};

/// An attribute of an op: its name in files, where it stands in the struct, and how people write it.
template <class Op, class T>
struct Field {
  std::string_view name;
  T Op::*member;
  InCalls written;
  std::string_view word;
};

/// An op with attributes lists them once: `static constexpr auto fields = std::array{field("slope", &LeakyRelu::slope)};`,
/// a field_list where their types differ.  What reads, writes, compares and names attributes goes by that.
template <class Op, class T>
constexpr Field<Op, T> field(std::string_view name, T Op::*member, InCalls written = InCalls::by_name,
                             std::string_view word = {}) {
  return {name, member, written, word.empty() ? name : word};
}

namespace by_name {

/// Attributes of several types.  A std::tuple would do as well, and take a compiler longer than all that the op says.
template <class... Fields>
constexpr auto field_list(const Fields&... fields) {
  return [fields...](const auto& use) -> decltype(auto) { return use(fields...); };
}

/// use(field…) with all attributes of an op.
template <class Op, class F>
constexpr decltype(auto) with_fields(const F& use) {
  if constexpr (requires { Op::fields(use); }) {
    return Op::fields(use);
  } else {
    using List = std::remove_cvref_t<decltype(Op::fields)>;
    return [&]<std::size_t... K>(std::index_sequence<K...>)->decltype(auto) { return use(get<K>(Op::fields)...); }
    (std::make_index_sequence<std::tuple_size_v<List>>{});
  }
}

}  // namespace by_name

struct Unary {
  static constexpr int arity = 1;
  /// Whether the value is one operation of IEEE arithmetic, which gives the same bits in a register of any width.
  static constexpr bool exact = false;
  /// Whether the op only serves the derivatives of others: no function of the command, no line in its table.
  static constexpr bool internal = false;
  static constexpr OpKind kind = OpKind::function;
  static constexpr Domain domain{-6.0, 6.0};
  static constexpr Worst worst{};
};

struct Binary {
  static constexpr int arity = 2;
  static constexpr bool exact = false;
  static constexpr bool internal = false;
  static constexpr OpKind kind = OpKind::function;
  static constexpr Domain domain{-6.0, 6.0};
  static constexpr Worst worst{};
};

struct Ternary {
  static constexpr int arity = 3;
  static constexpr bool exact = false;
  static constexpr bool internal = false;
  static constexpr OpKind kind = OpKind::function;
  static constexpr Domain domain{-6.0, 6.0};
  static constexpr Worst worst{};
};

struct ActivationOp : Unary {
  static constexpr OpKind kind = OpKind::activation;
};

/// A number type that defines `interpret`: Dual, Reads, Formula, Array, Tensor, …  The others (float, double, a SIMD
/// pack) are leaf numbers: an op applied to them is just its value formula.
template <class X>
concept Interpreted = requires {
  typename X::interpreted;
};

template <class X>
concept Constant = std::is_arithmetic_v<X> || std::same_as<X, One> || std::same_as<X, Irrational>;

/// A leaf number whose ops are its own operators, lane by lane or as notes: a SIMD pack, LeafCode.
template <class X>
concept LeafRegister = !Interpreted<X> && requires {
  typename X::Batch;
};

/// The register that a comparison of registers selects from, as `type`; none for what is no comparison.
template <class Mask>
struct Selected {};
template <class Mask>
requires requires { typename Mask::selects; }
struct Selected<Mask> {
  using type = typename Mask::selects;
};

/// What a comparison of registers gives: no number, but what `where` takes.
template <class X>
concept SelectsLanes = requires {
  typename Selected<X>::type;
};

namespace detail {

/// What is a number by itself: no op needs to interpret it.
template <class X>
concept LeafNumber = std::is_arithmetic_v<X> || LeafRegister<X>;

/// Leaf numbers that a formula may put together: all of one register type, beside C++ numbers.
template <class A, class B>
concept LeafPair = LeafNumber<A> && LeafNumber<B> &&
    (std::same_as<A, B> || std::is_arithmetic_v<A> || std::is_arithmetic_v<B>);

/// A register and a C++ number.
template <class A, class B>
concept RegisterPair = LeafPair<A, B> &&(LeafRegister<A> || LeafRegister<B>);
template <class A, class B>
concept RegisterAndConstant = RegisterPair<A, B> && !std::same_as<A, B>;

}  // namespace detail

/// How many times a number type wraps another: Dual<Dual<T>> is 2.  A wrapper takes numbers of the wrapped type as
/// constants.
template <class X>
inline constexpr int nesting = 0;

/// Whether an op on an A and a B works on A's, with B's as constants.
template <class A, class B>
inline constexpr bool takes_as_constant = nesting<B> < nesting<A>;

namespace detail {

template <class A, class B>
constexpr auto wider() {
  if constexpr (Constant<A> && Constant<B>) {
    return std::type_identity<std::conditional_t<std::same_as<A, float> && std::same_as<B, float>, float, double>>{};
  } else if constexpr (Constant<A> || (!Constant<B> && takes_as_constant<B, A>)) {
    return std::type_identity<B>{};
  } else {
    return std::type_identity<A>{};
  }
}

template <class A, class... R>
struct NumberOf {
  using type = A;
};
template <class A, class B, class... R>
struct NumberOf<A, B, R...> : NumberOf<typename decltype(wider<A, B>())::type, R...> {};

}  // namespace detail

/// The type an op on these arguments works in: the most nested, no constant; for constants alone, float or double.
template <class... X>
using number = typename detail::NumberOf<X...>::type;

namespace by_name {

/// A constant or a number, as a number of type N.
template <class N, class X>
constexpr N as(const X& x) {
  if constexpr (std::same_as<X, N>) {
    return x;
  } else if constexpr (is_gate<X>) {
    return as<N>(x.weight);
  } else if constexpr (std::same_as<X, One>) {
    return N(1.0);
  } else if constexpr (std::same_as<X, Irrational> && std::constructible_from<N, X>) {
    return N(x);
  } else if constexpr (std::same_as<X, Irrational>) {
    return as<N>(x.high);
  } else if constexpr (std::is_arithmetic_v<N>) {
    return static_cast<N>(x);
  } else {
    return N(static_cast<double>(x));
  }
}

/// Applies an op.  A number type with `keeps_constants` is handed C++ numbers as they are; for every other type they
/// become numbers of that type first.
template <class Op, class... X>
requires requires { Op::arity; }
constexpr auto bind(const Op& op, const X&... x) {
  using N = number<X...>;
  if constexpr (!Interpreted<N>) {
    using T = std::conditional_t<Constant<N> && !std::same_as<N, float>, double, N>;
    return as<T>(op.value(as<T>(x)...));
  } else if constexpr (requires { N::keeps_constants; }) {
    return N::interpret(op, x...);
  } else {
    return N::interpret(op, as<N>(x)...);
  }
}

}  // namespace by_name

template <class X>
requires(!Interpreted<X> && (std::is_arithmetic_v<X> || !Constant<X>)) constexpr X operator*(const Irrational& c,
                                                                                             const X& x) {
  return as<X>(c) * x;
}
template <class X>
requires(!Interpreted<X> && (std::is_arithmetic_v<X> || !Constant<X>)) constexpr X operator/(const Irrational& c,
                                                                                             const X& x) {
  return as<X>(c) / x;
}
template <class X>
requires(!Interpreted<X> && (std::is_arithmetic_v<X> || !Constant<X>)) constexpr X operator*(const X& x,
                                                                                             const Irrational& c) {
  return x * as<X>(c);
}
template <class X>
requires(!Interpreted<X> && (std::is_arithmetic_v<X> || !Constant<X>)) constexpr X operator/(const X& x,
                                                                                             const Irrational& c) {
  return x / as<X>(c);
}

// What leaf numbers need besides the functions of <cmath>; a SIMD pack brings its own, found by argument-dependent
// lookup.
template <std::floating_point T>
constexpr T where(bool condition, T a, T b) {
  return condition ? a : b;
}
/// a where c is not 0, else b; any of the three may be a C++ number.  (The op: selection.h.)
template <detail::Deduced = detail::Deduced(), class C, class A, class B>
requires(Interpreted<number<C, A, B>> && !SelectsLanes<C>) constexpr auto where(const C& c, const A& a, const B& b);
/// The same of leaf numbers: c is a comparison, or a number.
template <detail::Deduced = detail::Deduced(), class C, class A, class B>
requires(detail::LeafPair<A, B> && (detail::LeafPair<C, number<A, B>> ||
                                    SelectsLanes<C>)) constexpr auto where(const C& c, const A& a, const B& b);

/// x to the power of one fixed number.
template <std::floating_point T>
T power(T x, double exponent) {
  return static_cast<T>(std::pow(x, static_cast<T>(exponent)));
}

}  // namespace gradus
