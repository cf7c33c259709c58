// THE TABLE, part 3: comparing and selecting.
#pragma once
#include <array>
#include <concepts>
#include <limits>
#include <string_view>
#include <type_traits>

#include "arithmetic.h"

namespace gradus {

/// What a comparison passes on to its arguments: nothing.
inline constexpr Gate<double> no_derivative{0.0};

namespace detail {

/// The derivative of what is made of level pieces: nothing passes, but where the value y is NaN so is the derivative (K8).
constexpr auto level(const auto& y) { return Gate{0.0 * y}; }

}  // namespace detail

// ------------------------------------------------------------------------------------------------------ comparisons

/// 1 where the relation holds, else 0; NaN compares as in IEEE.  The derivative is 0.
struct Comparison : Binary {
  static constexpr OpWords words{"Compare {0} with {1}", "the comparison",
                                 "A comparison is flat but for its jump: nothing is passed on."};
  static constexpr bool exact = true;
  static constexpr int precedence = 0;
  static constexpr Gate<double> d(wrt<0>, const auto&, const auto&, const auto&) { return no_derivative; }
  static constexpr Gate<double> d(wrt<1>, const auto&, const auto&, const auto&) { return no_derivative; }
  static constexpr std::string_view convention(double a, double b) {
    return a == b ? "a comparison jumps where its sides are equal: 0 is taken for its derivative" : "";
  }

 protected:
  template <class X>
  static constexpr X number(auto holds) {
    return where(holds, X(1.0), X(0.0));
  }
};

/// a < b
struct Less : Comparison {
  static constexpr std::string_view name = "less", symbol = "<", infix = " < ";
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto a, auto b) { return number<decltype(a)>(a < b); }
};

/// a ≤ b
struct LessEqual : Comparison {
  static constexpr std::string_view name = "less_equal", symbol = "≤", infix = " ≤ ";
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto a, auto b) { return number<decltype(a)>(a <= b); }
};

/// a > b
struct Greater : Comparison {
  static constexpr std::string_view name = "greater", symbol = ">", infix = " > ";
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto a, auto b) { return number<decltype(a)>(a > b); }
};

/// a ≥ b
struct GreaterEqual : Comparison {
  static constexpr std::string_view name = "greater_equal", symbol = "≥", infix = " ≥ ";
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto a, auto b) { return number<decltype(a)>(a >= b); }
};

/// a = b
struct Equal : Comparison {
  static constexpr std::string_view name = "equal", symbol = "=", infix = " = ";
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto a, auto b) { return number<decltype(a)>(a == b); }
};

/// a ≠ b, which holds where either is NaN.
struct NotEqual : Comparison {
  static constexpr std::string_view name = "not_equal", symbol = "≠", infix = " ≠ ";
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto a, auto b) {
    using X = decltype(a);
    return where(a == b, X(0.0), X(1.0));
  }
};

// -------------------------------------------------------------------------------------------------------- selection

/// a where c is not 0, else b.  Only the argument that was taken gets a gradient, so that an infinite derivative of the
/// other cannot poison it (K7).  Where c is NaN, so are the value and the derivatives (K8).
struct Where : Ternary {
  static constexpr std::string_view name = "where", meaning = "a if c ≠ 0, else b";
  static constexpr OpWords words{"Choose {1} where {0} is not 0, else {2}", "the choice",
                                 "Only what was chosen receives the gradient."};
  static constexpr Worst worst{0.0, 0.0};
  static constexpr std::array<std::string_view, 3> arguments{"c", "a", "b"};
  static constexpr bool exact = true;
  static constexpr auto value(auto c, auto a, auto b) {
    using X = decltype(c);
    return where(c == X(0.0), b, where(c == c, a, c));
  }
  static constexpr Gate<double> d(wrt<0>, const auto&, const auto&, const auto&, const auto&) { return no_derivative; }
  static constexpr auto d(wrt<1>, const auto& c, const auto&, const auto&, const auto&) {
    return Gate{bind(Where{}, c, 1.0, 0.0)};
  }
  static constexpr auto d(wrt<2>, const auto& c, const auto&, const auto&, const auto&) {
    return Gate{bind(Where{}, c, 0.0, 1.0)};
  }
};

/// The share of a in max(a, b): 1 where a > b, ½ where they are equal (K3), 0 where a < b; NaN where either is (K8).
/// Derivative 0.
struct GreaterShare : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "greater_share";
  static constexpr Worst worst{0.0, 0.0};
  static constexpr bool exact = true;
  static constexpr auto value(auto a, auto b) {
    using X = decltype(a);
    return where(a > b, X(1.0), where(a < b, X(0.0), where(a == b, X(0.5), a + b)));
  }
  static constexpr auto d(wrt<0>, const auto&, const auto&, const auto& y) { return detail::level(y); }
  static constexpr auto d(wrt<1>, const auto&, const auto&, const auto& y) { return detail::level(y); }
  static constexpr auto shown(wrt<0>, const auto&, const auto&, const auto&) { return 0.0; }
  static constexpr auto shown(wrt<1>, const auto&, const auto&, const auto&) { return 0.0; }
};

/// The larger of a and b; +0 is larger than −0.  Equal numbers share the gradient (K3).  NaN in either gives NaN value
/// and gradients (K8).
struct Maximum : Binary {
  static constexpr std::string_view name = "max", key = "maximum", meaning = "where(a > b, a, b)";
  static constexpr OpWords words{"Take the larger of {0} and {1}", "the maximum",
                                 "The larger argument receives the whole gradient; equal ones share it."};
  static constexpr Worst worst{0.0, 0.0};
  static constexpr bool exact = true;
  static constexpr auto value(auto a, auto b) {
    using X = decltype(a);
    const X equal = where(a == X(0.0), a + b, a);  // the sum of zeros is −0 only when both are
    return where(a > b, a, where(a < b, b, where(a == b, equal, a + b)));
  }
  static constexpr auto d(wrt<0>, const auto& a, const auto& b, const auto&) {
    return Gate{bind(GreaterShare{}, a, b)};
  }
  static constexpr auto d(wrt<1>, const auto& a, const auto& b, const auto&) {
    return Gate{bind(GreaterShare{}, b, a)};
  }
  static constexpr auto shown(wrt<0>, const auto& a, const auto& b, const auto&) {
    return bind(Greater{}, a, b) + bind(Equal{}, a, b) / 2.0;
  }
  static constexpr auto shown(wrt<1>, const auto& a, const auto& b, const auto&) {
    return bind(Less{}, a, b) + bind(Equal{}, a, b) / 2.0;
  }
  static constexpr std::string_view convention(double a, double b) {
    return a == b ? "the larger of two has no derivative where they are equal: they share it" : "";
  }
};

/// The smaller of a and b; −0 is smaller than +0.  Ties and NaN as for max.
struct Minimum : Binary {
  static constexpr std::string_view name = "min", key = "minimum", meaning = "where(a < b, a, b)";
  static constexpr OpWords words{"Take the smaller of {0} and {1}", "the minimum",
                                 "The smaller argument receives the whole gradient; equal ones share it."};
  static constexpr Worst worst{0.0, 0.0};
  static constexpr bool exact = true;
  static constexpr auto value(auto a, auto b) { return -Maximum::value(-a, -b); }
  static constexpr auto d(wrt<0>, const auto& a, const auto& b, const auto&) {
    return Gate{bind(GreaterShare{}, b, a)};
  }
  static constexpr auto d(wrt<1>, const auto& a, const auto& b, const auto&) {
    return Gate{bind(GreaterShare{}, a, b)};
  }
  static constexpr auto shown(wrt<0>, const auto& a, const auto& b, const auto&) {
    return bind(Less{}, a, b) + bind(Equal{}, a, b) / 2.0;
  }
  static constexpr auto shown(wrt<1>, const auto& a, const auto& b, const auto&) {
    return bind(Greater{}, a, b) + bind(Equal{}, a, b) / 2.0;
  }
  static constexpr std::string_view convention(double a, double b) {
    return a == b ? "the smaller of two has no derivative where they are equal: they share it" : "";
  }
};

/// 1 where low ≤ x ≤ high, else 0; NaN where any of the three is.  Derivative 0.
struct Between : Ternary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "between";
  static constexpr Worst worst{0.0, 0.0};
  static constexpr bool exact = true;
  static constexpr auto value(auto x, auto low, auto high) {
    using X = decltype(x);
    const X inside = where(x >= low, where(x <= high, X(1.0), X(0.0)), X(0.0));
    return where(x == x, where(low == low, where(high == high, inside, high), low), x);
  }
  static constexpr auto d(wrt<0>, const auto&, const auto&, const auto&, const auto& y) { return detail::level(y); }
  static constexpr auto d(wrt<1>, const auto&, const auto&, const auto&, const auto& y) { return detail::level(y); }
  static constexpr auto d(wrt<2>, const auto&, const auto&, const auto&, const auto& y) { return detail::level(y); }
};

/// x where low ≤ x ≤ high, else the bound it passes; `high` where the bounds are out of order.  x has the gradient on the
/// closed interval (K4), elsewhere the bound that was taken has it.  NaN in any argument gives NaN (K8).
struct Clamp : Ternary {
  static constexpr std::string_view name = "clamp", meaning = "min(max(x, low), high)";
  static constexpr OpWords words{"Keep {0} between {1} and {2}", "the bounds",
                                 "Between the bounds the gradient passes; outside, the bound that was taken receives "
                                 "it."};
  static constexpr Worst worst{0.0, 0.0};
  static constexpr std::array<std::string_view, 3> arguments{"x", "low", "high"};
  static constexpr bool exact = true;
  static constexpr auto value(auto x, auto low, auto high) {
    using X = decltype(x);
    const X raised = where(x < low, low, x);
    const X y = where(raised > high, high, raised);
    return where(low == low, where(high == high, where(x == x, y, x), high), low);
  }
  static constexpr auto d(wrt<0>, const auto& x, const auto& low, const auto& high, const auto&) {
    return Gate{bind(Between{}, x, low, high)};
  }
  static constexpr auto d(wrt<1>, const auto& x, const auto& low, const auto& high, const auto&) {
    return Gate{raised(x, low, high)};
  }
  static constexpr auto d(wrt<2>, const auto& x, const auto& low, const auto& high, const auto&) {
    return Gate{(1.0 - bind(Between{}, x, low, high)) - raised(x, low, high)};
  }
  static constexpr auto shown(wrt<0>, const auto& x, const auto& low, const auto& high, const auto&) {
    return bind(LessEqual{}, low, x) * bind(LessEqual{}, x, high);
  }
  // `high` is taken also where the bounds are out of order.
  static constexpr auto shown(wrt<1>, const auto& x, const auto& low, const auto& high, const auto&) {
    return bind(Less{}, x, low) * bind(LessEqual{}, low, high);
  }
  static constexpr auto shown(wrt<2>, const auto& x, const auto& low, const auto& high, const auto&) {
    return bind(Greater{}, bind(Maximum{}, x, low), high);
  }
  static constexpr std::string_view convention(wrt<0>, double x, double low, double high) {
    return low < high && (x == low || x == high) ? at_bound : "";
  }
  static constexpr std::string_view convention(wrt<1>, double x, double low, double high) {
    return x < high && (low == x || low == high) ? at_bound : "";
  }
  static constexpr std::string_view convention(wrt<2>, double x, double low, double high) {
    return high == (x > low ? x : low) ? at_bound : "";
  }

 private:
  static constexpr std::string_view at_bound = "clamp has no derivative at its bounds: that of the inside is taken";
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  // 1 where x < low ≤ high.
  static constexpr auto raised(const auto& x, const auto& low, const auto& high) {
    return (1.0 - bind(Between{}, x, low, infinity)) * bind(Between{}, low, -infinity, high);
  }
};

namespace ops {

template <detail::Deduced = detail::Deduced(), class A, class B>
requires detail::Operands<A, B>
constexpr auto less(const A& a, const B& b) { return bind(Less{}, a, b); }
template <detail::Deduced = detail::Deduced(), class A, class B>
requires detail::Operands<A, B>
constexpr auto less_equal(const A& a, const B& b) { return bind(LessEqual{}, a, b); }
template <detail::Deduced = detail::Deduced(), class A, class B>
requires detail::Operands<A, B>
constexpr auto greater(const A& a, const B& b) { return bind(Greater{}, a, b); }
template <detail::Deduced = detail::Deduced(), class A, class B>
requires detail::Operands<A, B>
constexpr auto greater_equal(const A& a, const B& b) { return bind(GreaterEqual{}, a, b); }

}  // namespace ops

template <detail::Deduced = detail::Deduced(), class A, class B>
requires detail::Operands<A, B>
constexpr auto equal(const A& a, const B& b) { return bind(Equal{}, a, b); }
template <detail::Deduced = detail::Deduced(), class A, class B>
requires detail::Operands<A, B>
constexpr auto not_equal(const A& a, const B& b) { return bind(NotEqual{}, a, b); }
template <detail::Deduced = detail::Deduced(), class A, class B>
requires detail::Operands<A, B>
constexpr auto maximum(const A& a, const B& b) { return bind(Maximum{}, a, b); }
template <detail::Deduced = detail::Deduced(), class A, class B>
requires detail::Operands<A, B>
constexpr auto minimum(const A& a, const B& b) { return bind(Minimum{}, a, b); }

/// The larger of two.  A C++ number as the second argument would read as an axis: that is maximum(a, 2.0).
/// Found by argument, and the same template as std::max but for its constraint, so that this is meant beside std::max too.
template <Interpreted A>
constexpr auto max(const A& a, const A& b) {
  return bind(Maximum{}, a, b);
}
template <Interpreted A>
constexpr auto min(const A& a, const A& b) {
  return bind(Minimum{}, a, b);
}

template <detail::Deduced, class C, class A, class B>
requires(Interpreted<number<C, A, B>> && !SelectsLanes<C>) constexpr auto where(const C& c, const A& a, const B& b) {
  return bind(Where{}, c, a, b);
}
template <detail::Deduced, class C, class A, class B>
requires(detail::LeafPair<A, B> && (detail::LeafPair<C, number<A, B>> ||
                                    SelectsLanes<C>)) constexpr auto where(const C& c, const A& a, const B& b) {
  if constexpr (SelectsLanes<C>) {
    using X = typename Selected<C>::type;
    return where(c, as<X>(a), as<X>(b));
  } else if constexpr (std::same_as<C, bool> && std::is_arithmetic_v<number<A, B>>) {
    return c ? as<number<A, B>>(a) : as<number<A, B>>(b);
  } else {
    return bind(Where{}, c, a, b);
  }
}

// Formulas may compare with the usual signs.  Numbers that stand for others (notes, formulas, arrays) give the op's value
// there; registers beside C++ numbers, what registers give.

/// A number type whose comparisons with signs are the ops: it says so by `using compared_by_ops = void`.
template <class X>
concept ComparedByOps = Interpreted<X> && requires {
  typename X::compared_by_ops;
};

namespace detail {

template <class A, class B>
concept ComparedPair = (Infix<A, B> && ComparedByOps<number<A, B>>) || RegisterAndConstant<A, B>;

template <class Op, class A, class B, class Compare>
constexpr auto compared(const Op& op, const A& a, const B& b, const Compare& compare) {
  using N = number<A, B>;
  if constexpr (Interpreted<N>) {
    return bind(op, a, b);
  } else {
    return compare(as<N>(a), as<N>(b));
  }
}

}  // namespace detail

template <class A, class B>
requires detail::ComparedPair<A, B>
constexpr auto operator<(const A& a, const B& b) {
  return detail::compared(Less{}, a, b, [](const auto& x, const auto& y) { return x < y; });
}
template <class A, class B>
requires detail::ComparedPair<A, B>
constexpr auto operator<=(const A& a, const B& b) {
  return detail::compared(LessEqual{}, a, b, [](const auto& x, const auto& y) { return x <= y; });
}
template <class A, class B>
requires detail::ComparedPair<A, B>
constexpr auto operator>(const A& a, const B& b) {
  return detail::compared(Greater{}, a, b, [](const auto& x, const auto& y) { return x > y; });
}
template <class A, class B>
requires detail::ComparedPair<A, B>
constexpr auto operator>=(const A& a, const B& b) {
  return detail::compared(GreaterEqual{}, a, b, [](const auto& x, const auto& y) { return x >= y; });
}
template <class A, class B>
requires detail::ComparedPair<A, B>
constexpr auto operator==(const A& a, const B& b) {
  return detail::compared(Equal{}, a, b, [](const auto& x, const auto& y) { return x == y; });
}
template <class A, class B>
requires detail::ComparedPair<A, B>
constexpr auto operator!=(const A& a, const B& b) {
  return detail::compared(NotEqual{}, a, b, [](const auto& x, const auto& y) { return x != y; });
}

/// x kept between two bounds, which may be C++ numbers.
template <detail::Deduced = detail::Deduced(), class X, class A, class B>
requires(Interpreted<number<X, A, B>> || (detail::LeafPair<X, A> && detail::LeafPair<X, B> &&
                                          detail::LeafPair<A, B>)) constexpr auto clamp(const X& x, const A& low,
                                                                                        const B& high) {
  return bind(Clamp{}, x, low, high);
}

/// x kept at or above a bound.
template <detail::Deduced = detail::Deduced(), class X, class A>
requires detail::Operands<X, A>
constexpr auto clamp_min(const X& x, const A& low) {
  return bind(Clamp{}, x, low, std::numeric_limits<double>::infinity());
}

}  // namespace gradus
