// THE TABLE, part 1: arithmetic.  Value and derivatives of each op side by side; y stands for the value.
#pragma once
#include <array>
#include <concepts>
#include <string_view>

#include "number.h"

namespace gradus {

/// a + b
struct Add : Binary {
  static constexpr bool exact = true;
  static constexpr std::string_view name = "add", symbol = "+", infix = " + ";
  static constexpr OpWords words{"Add {0} and {1}",
                                 "the sum",
                                 "A sum hands its gradient unchanged to each of its terms.",
                                 {"A sum hands its gradient on unchanged.", "A sum hands its gradient on unchanged."}};
  static constexpr Worst worst{0.5, 0.0};
  static constexpr int precedence = 1;
  static constexpr auto value(auto a, auto b) { return a + b; }
  static constexpr auto d(wrt<0>, auto, auto, auto) { return One{}; }
  static constexpr auto d(wrt<1>, auto, auto, auto) { return One{}; }
};

/// a − b
struct Sub : Binary {
  static constexpr bool exact = true;
  static constexpr std::string_view name = "sub", symbol = "−", infix = " − ";
  static constexpr OpWords words{"Subtract {1} from {0}",
                                 "the difference",
                                 "The first term receives the gradient as it is, the second with the opposite sign.",
                                 {"The first term receives the gradient as it is.",
                                  "What is subtracted receives the gradient with the opposite sign."}};
  static constexpr Worst worst{0.5, 0.0};
  static constexpr int precedence = 1;
  static constexpr auto value(auto a, auto b) { return a - b; }
  static constexpr auto d(wrt<0>, auto, auto, auto) { return One{}; }
  static constexpr auto d(wrt<1>, auto, auto, auto) { return -1.0; }
};

/// a · b
struct Mul : Binary {
  static constexpr bool exact = true;
  static constexpr std::string_view name = "mul", symbol = "×", infix = "·";
  static constexpr OpWords words{"Multiply {0} by {1}",
                                 "the product",
                                 "Each factor receives the gradient times the other factor.",
                                 {"A factor receives the gradient times the other factor.",
                                  "A factor receives the gradient times the other factor."}};
  static constexpr Worst worst{0.5, 0.0};
  static constexpr int precedence = 2;
  static constexpr auto value(auto a, auto b) { return a * b; }
  static constexpr auto d(wrt<0>, auto, auto b, auto) { return b; }
  static constexpr auto d(wrt<1>, auto a, auto, auto) { return a; }
};

/// a / b.  ∂/∂b is −(a/b)/b and not −a/b², which overflows for large b.
struct Div : Binary {
  static constexpr bool exact = true;
  static constexpr std::string_view name = "div", symbol = "÷", infix = "/", defined = "b ≠ 0";
  static constexpr OpWords words{"Divide {0} by {1}",
                                 "the quotient",
                                 "The numerator receives the gradient divided by the denominator; the denominator, the "
                                 "gradient times minus the quotient, divided by the denominator.",
                                 {"The numerator receives the gradient divided by the denominator.",
                                  "The denominator receives the gradient times minus the quotient, divided by the "
                                  "denominator."}};
  static constexpr Worst worst{0.5, 2.0};
  static constexpr int precedence = 2;
  static constexpr auto value(auto a, auto b) { return a / b; }
  static constexpr auto d(wrt<0>, auto, auto b, auto) {
    if constexpr (std::same_as<decltype(b), float>) {
      return 1.0F / b;  // without a warning of promotion to double where users ask for those
    } else {
      return 1.0 / b;
    }
  }
  static constexpr auto d(wrt<1>, auto, auto b, auto y) { return -(y / b); }
};

/// −x
struct Neg : Unary {
  static constexpr bool exact = true;
  static constexpr std::string_view name = "neg", symbol = "−";
  static constexpr OpWords words{"Change the sign of {0}", "the sign", "The gradient changes its sign too."};
  static constexpr Worst worst{0.0, 0.0};
  static constexpr auto value(auto x) { return -x; }
  static constexpr auto d(wrt<0>, auto, auto) { return -1.0; }
};

/// x − scale·y, in one pass over memory: a step of gradient descent.
struct ScaledDifference : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "scaled_difference", symbol = "−";
  static constexpr Worst worst{1.6, 0.6, true};  // x and scale·y may nearly be equal
  double scale = 0.75;
  static constexpr auto fields = std::array{field("scale", &ScaledDifference::scale)};
  [[nodiscard]] constexpr auto value(auto x, auto y) const {
    using X = decltype(x);
    return x - as<X>(scale) * y;
  }
  static constexpr One d(wrt<0>, auto, auto, auto) { return {}; }
  template <class X>
  [[nodiscard]] constexpr auto d(wrt<1>, const X&, const auto&, const auto&) const {
    return -scale;
  }
};

/// The chain rule's product: cotangent · derivative, with 0 · anything = 0 (convention K7), so that a derivative that
/// is infinite where no gradient arrives does not turn into NaN.  So the cotangent is a weight of the derivative.
struct ChainProduct : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "chain_product", called = "mul", symbol = "·", infix = "·";
  static constexpr OpWords words = Mul::words;
  static constexpr Worst worst{0.5, 0.0};
  static constexpr int precedence = 2;
  static constexpr bool exact = true;
  static constexpr auto value(auto g, auto d) { return where(g == zero(g), zero(g), g * d); }
  static constexpr auto d(wrt<0>, auto, auto d, auto) { return d; }
  static constexpr auto d(wrt<1>, auto g, auto, auto) { return Gate{g}; }
  static constexpr auto shown(wrt<0>, const auto&, const auto& d, const auto&) { return d; }
  static constexpr auto shown(wrt<1>, const auto& g, const auto&, const auto&) { return g; }

 private:
  template <class T>
  static constexpr T zero(const T&) {
    return T(0.0);
  }
};

/// The chain rule's product with a weight (see Gate): zero where either is zero.
struct GateProduct : Binary {
  static constexpr bool internal = true;
  static constexpr std::string_view name = "gate_product", called = "mul", symbol = "·", infix = "·";
  static constexpr Worst worst{0.5, 0.0};
  static constexpr int precedence = 2;
  static constexpr bool exact = true;
  static constexpr auto value(auto g, auto weight) {
    using X = decltype(g);
    return where(g == X(0.0), X(0.0), where(weight == X(0.0), X(0.0), g * weight));
  }
  static constexpr auto d(wrt<0>, auto, auto weight, auto) { return Gate{weight}; }
  static constexpr auto d(wrt<1>, auto g, auto, auto) { return Gate{g}; }
};

// Infix notation for every number type that is interpreted, with C++ numbers on either side.
template <class A, class B>
concept InfixWith = Interpreted<A> &&
    (std::same_as<A, B> || Constant<B> || ((Interpreted<B> || LeafRegister<B>)&&takes_as_constant<A, B>));
template <class A, class B>
concept Infix = InfixWith<A, B> || InfixWith<B, A>;

namespace detail {

/// Numbers that a function of two takes: those of Infix, and leaf numbers, which the formula of an op is run on.
template <class A, class B>
concept Operands = Infix<A, B> || LeafPair<A, B>;

}  // namespace detail

template <class A, class B>
requires Infix<A, B>
constexpr auto operator+(const A& a, const B& b) { return bind(Add{}, a, b); }
template <class A, class B>
requires Infix<A, B>
constexpr auto operator-(const A& a, const B& b) { return bind(Sub{}, a, b); }
template <class A, class B>
requires(Infix<A, B> && !std::same_as<A, One> && !std::same_as<B, One>) constexpr auto operator*(const A& a,
                                                                                                 const B& b) {
  return bind(Mul{}, a, b);
}
template <class A, class B>
requires Infix<A, B>
constexpr auto operator/(const A& a, const B& b) { return bind(Div{}, a, b); }
template <Interpreted A>
constexpr auto operator-(const A& a) {
  return bind(Neg{}, a);
}
template <Interpreted A>
constexpr A operator+(const A& a) {
  return a;
}

namespace by_name {

/// Cotangent times local derivative; a derivative of One passes the cotangent through untouched.
template <class G, class D>
constexpr auto chain_product(const G& g, const D& d) {
  return bind(ChainProduct{}, g, d);
}
template <class G>
constexpr G chain_product(const G& g, One) {
  return g;
}
template <class G, class X>
constexpr auto chain_product(const G& g, const Gate<X>& gate) {
  return bind(GateProduct{}, g, gate.weight);
}

}  // namespace by_name

}  // namespace gradus
