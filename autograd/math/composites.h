// What ops mean in terms of simpler ones: what a drawing unfolds, what the table of functions prints.  One body serves
// every number type; an op's own attributes come as arguments behind its operands, so that they can be names.  A test
// compares each with its op.
//
// Two operands that both compute are named one after the other: compilers evaluate operands in different orders, and
// what a graph shows is the order of computation.
#pragma once
#include <array>
#include <concepts>
#include <string>
#include <tuple>

#include "autograd/math/formula.h"
#include "autograd/math/ops.h"

namespace gradus {

namespace detail {

/// A constant: the number, and in formulas as people write it.
template <class X>
auto written_constant(double value, const char* text) {
  if constexpr (std::same_as<X, Formula>) {
    static_cast<void>(value);
    return Formula(std::string(text));
  } else {
    static_cast<void>(text);
    return value;
  }
}

/// yes where x > 0, else no.
template <class X>
auto where_positive(const X& x, const X& yes, const X& no) {
  return bind(Where{}, bind(Greater{}, x, 0.0), yes, no);
}

}  // namespace detail

// clang-format off
template <class X> auto composed(const Rsqrt&, const X& x) { return bind(Reciprocal{}, bind(Sqrt{}, x)); }
template <class X> auto composed(const Exp2&, const X& x) { return bind(Exp{}, x * detail::written_constant<X>(0.6931471805599453, "log(2)")); }
template <class X> auto composed(const Expm1&, const X& x) { return bind(Exp{}, x) - 1.0; }
template <class X> auto composed(const Log2&, const X& x) { return bind(Log{}, x) / detail::written_constant<X>(0.6931471805599453, "log(2)"); }
template <class X> auto composed(const Log10&, const X& x) { return bind(Log{}, x) / detail::written_constant<X>(2.302585092994046, "log(10)"); }
template <class X> auto composed(const Log1p&, const X& x) { return bind(Log{}, 1.0 + x); }
template <class X> auto composed(const Tan&, const X& x) {
  const auto sine = bind(Sin{}, x);
  return sine / bind(Cos{}, x);
}
template <class X> auto composed(const Sinh&, const X& x) {
  const auto rising = bind(Exp{}, x);
  return (rising - bind(Exp{}, -x)) / 2.0;
}
template <class X> auto composed(const Cosh&, const X& x) {
  const auto rising = bind(Exp{}, x);
  return (rising + bind(Exp{}, -x)) / 2.0;
}
template <class X> auto composed(const Tanh&, const X& x) {
  const auto e = bind(Exp{}, 2.0 * x);
  const auto less = e - 1.0;
  return less / (e + 1.0);
}
template <class X> auto composed(const Asinh&, const X& x) { return bind(Log{}, x + bind(Sqrt{}, bind(Square{}, x) + 1.0)); }
template <class X> auto composed(const Acosh&, const X& x) { return bind(Log{}, x + bind(Sqrt{}, bind(Square{}, x) - 1.0)); }
template <class X> auto composed(const Atanh&, const X& x) {
  const auto more = 1.0 + x;
  return bind(Log{}, more / (1.0 - x)) / 2.0;
}
template <class X> auto composed(const Erfc&, const X& x) { return 1.0 - bind(Erf{}, x); }

template <class X> auto composed(const Sign&, const X& x) {
  const auto positive = bind(Greater{}, x, 0.0);
  return positive - bind(Less{}, x, 0.0);
}
// For formulas alone: where two are equal, a choice between them has other derivatives.
inline Formula composed(const Maximum&, const Formula& a, const Formula& b) { return bind(Where{}, bind(Greater{}, a, b), a, b); }
inline Formula composed(const Minimum&, const Formula& a, const Formula& b) { return bind(Where{}, bind(Less{}, a, b), a, b); }
inline Formula composed(const Clamp&, const Formula& x, const Formula& low, const Formula& high) {
  return bind(Minimum{}, bind(Maximum{}, x, low), high);
}
template <class X> auto composed(const Hypot&, const X& a, const X& b) {
  const auto first = bind(Square{}, a);
  return bind(Sqrt{}, first + bind(Square{}, b));
}
template <class X> auto composed(const LogAddExp&, const X& a, const X& b) {
  const auto first = bind(Exp{}, a);
  return bind(Log{}, first + bind(Exp{}, b));
}
template <class X> auto composed(const XLogY&, const X& a, const X& b) { return a * bind(Log{}, b); }

template <class X> auto composed(const Step&, const X& x) { return bind(Greater{}, x, 0.0); }
inline Formula composed(const Relu&, const Formula& x) { return bind(Maximum{}, x, 0.0); }
inline Formula composed(const Relu6&, const Formula& x) { return bind(Clamp{}, x, 0.0, 6.0); }
template <class X> auto composed(const Relu&, const X& x) { return bind(Where{}, bind(Greater{}, x, 0.0), x, 0.0); }
template <class X> auto composed(const Relu6&, const X& x) {
  const auto capped = bind(Where{}, bind(Less{}, x, 6.0), x, 6.0);
  return bind(Where{}, bind(Greater{}, x, 0.0), capped, 0.0);
}
template <class X> auto composed(const Sigmoid&, const X& x) { return bind(Reciprocal{}, 1.0 + bind(Exp{}, -x)); }
template <class X> auto composed(const LeakyRelu&, const X& x, const auto& slope) {
  return detail::where_positive(x, x, slope * x);
}
template <class X> auto composed(const Elu&, const X& x, const auto& alpha) {
  return detail::where_positive(x, x, alpha * bind(Expm1{}, x));
}
template <class X> auto composed(const Selu&, const X& x) {
  return 1.0507009873554805 * detail::where_positive(x, x, 1.6732632423543772 * bind(Expm1{}, x));
}
template <class X> auto composed(const Celu&, const X& x, const auto& alpha) {
  return detail::where_positive(x, x, alpha * bind(Expm1{}, x / alpha));
}
template <class X> auto composed(const Softsign&, const X& x) { return x / (1.0 + bind(Abs{}, x)); }
template <class X> auto composed(const HardSigmoid&, const X& x) { return bind(Relu6{}, x + 3.0) / 6.0; }
template <class X> auto composed(const HardTanh&, const X& x, const auto& low, const auto& high) {
  return bind(Clamp{}, x, low, high);
}
template <class X> auto composed(const HardSwish&, const X& x) { return x * bind(HardSigmoid{}, x); }
template <class X> auto composed(const Softplus&, const X& x, const auto& beta) {
  return bind(Log{}, 1.0 + bind(Exp{}, beta * x)) / beta;
}
template <class X> auto composed(const LogSigmoid&, const X& x) { return bind(Log{}, bind(Sigmoid{}, x)); }
template <class X> auto composed(const Silu&, const X& x) { return x * bind(Sigmoid{}, x); }
template <class X> auto composed(const Mish&, const X& x) { return x * bind(Tanh{}, bind(Softplus{}, x)); }
template <class X> auto composed(const Gelu&, const X& x) {
  return x * (1.0 + bind(Erf{}, x / detail::written_constant<X>(1.4142135623730951, "√2"))) / 2.0;
}
template <class X> auto composed(const GeluTanh&, const X& x) {
  const auto scale = detail::written_constant<X>(0.7978845608028654, "√(2/π)");
  return x * (1.0 + bind(Tanh{}, scale * (x + 0.044715 * bind(Power{{}, 3.0, 1.0}, x)))) / 2.0;
}

// The same for derivatives whose own form is made of helper ops.
inline Formula slope(const LeakyRelu&, wrt<0>, const Formula& x, const Formula& slope) { return bind(Where{}, bind(Greater{}, x, 0.0), Formula(1.0), slope); }
inline Formula slope(const Relu6&, wrt<0>, const Formula& x) { return bind(Step{}, x) * bind(Step{}, 6.0 - x); }
inline Formula slope(const Elu&, wrt<0>, const Formula& x, const Formula& alpha) {
  return bind(Where{}, bind(Greater{}, x, 0.0), Formula(1.0), alpha * bind(Exp{}, x));
}
inline Formula slope(const Celu&, wrt<0>, const Formula& x, const Formula& alpha) {
  return bind(Where{}, bind(Greater{}, x, 0.0), Formula(1.0), bind(Exp{}, x / alpha));
}
inline Formula slope(const Softplus&, wrt<0>, const Formula& x, const Formula& beta) { return bind(Sigmoid{}, beta * x); }
inline Formula slope(const Softsign&, wrt<0>, const Formula& x) { return 1.0 / bind(Square{}, 1.0 + bind(Abs{}, x)); }
inline Formula slope(const HardSigmoid&, wrt<0>, const Formula& x) { return bind(Step{}, x + 3.0) * bind(Step{}, 3.0 - x) / 6.0; }
inline Formula slope(const HardTanh&, wrt<0>, const Formula& x, const Formula& low, const Formula& high) {
  return bind(LessEqual{}, low, x) * bind(LessEqual{}, x, high);
}
inline Formula slope(const Gelu&, wrt<0>, const Formula& x) {
  return (1.0 + bind(Erf{}, x / Formula("√2"))) / 2.0 + x * bind(Exp{}, -bind(Square{}, x) / 2.0) / Formula("√(2·π)");
}
inline Formula slope(const GeluTanh&, wrt<0>, const Formula& x) {
  const Formula scale("√(2/π)");
  const Formula t = bind(Tanh{}, scale * (x + 0.044715 * bind(Power{{}, 3.0, 1.0}, x)));
  return (1.0 + t) / 2.0 + x * (1.0 - bind(Square{}, t)) * scale * (0.5 + 0.0670725 * bind(Square{}, x));
}
inline Formula slope(const Mish&, wrt<0>, const Formula& x) {
  const Formula t = bind(Tanh{}, bind(Softplus{}, x));
  return t + x * (1.0 - bind(Square{}, t)) * bind(Sigmoid{}, x);
}
inline Formula slope(const Maximum&, wrt<0>, const Formula& a, const Formula& b) { return bind(Greater{}, a, b) + bind(Equal{}, a, b) / 2.0; }
inline Formula slope(const Maximum&, wrt<1>, const Formula& a, const Formula& b) { return bind(Less{}, a, b) + bind(Equal{}, a, b) / 2.0; }
inline Formula slope(const Minimum&, wrt<0>, const Formula& a, const Formula& b) { return bind(Less{}, a, b) + bind(Equal{}, a, b) / 2.0; }
inline Formula slope(const Minimum&, wrt<1>, const Formula& a, const Formula& b) { return bind(Greater{}, a, b) + bind(Equal{}, a, b) / 2.0; }
inline Formula slope(const Clamp&, wrt<0>, const Formula& x, const Formula& low, const Formula& high) {
  return bind(LessEqual{}, low, x) * bind(LessEqual{}, x, high);
}
inline Formula slope(const Clamp&, wrt<1>, const Formula& x, const Formula& low, const Formula&) { return bind(Less{}, x, low); }
inline Formula slope(const Clamp&, wrt<2>, const Formula& x, const Formula&, const Formula& high) { return bind(Greater{}, x, high); }
inline Formula slope(const LogAddExp&, wrt<0>, const Formula& a, const Formula& b) { return bind(Sigmoid{}, a - b); }
inline Formula slope(const LogAddExp&, wrt<1>, const Formula& a, const Formula& b) { return bind(Sigmoid{}, b - a); }
// clang-format on

/// What an op has no formula of.
struct NotStated {};

/// The attributes of an op, each made by `as` from its name and its number.
template <class Op, class As>
auto attributes_of(const Op& op, const As& as) {
  if constexpr (requires { Op::fields; }) {
    return std::apply(
        [&](const auto&... attribute) { return std::tuple(as(attribute.name, op.*(attribute.member))...); },
        Op::fields);
  } else {
    return std::tuple();
  }
}

/// composed(op, x…, attributes…) where that is stated, else NotStated.
template <class Op, class As, class... X>
auto composed_of(const Op& op, const As& as, const X&... x) {
  return std::apply(
      [&op](const auto&... argument) {
        if constexpr (requires { composed(op, argument...); }) {
          return composed(op, argument...);
        } else {
          static_cast<void>(op);
          return NotStated{};
        }
      },
      std::tuple_cat(std::tuple<const X&...>(x...), attributes_of(op, as)));
}

/// slope(op, wrt<I>{}, x…, attributes…) where that is stated, else NotStated.
template <int I, class Op, class As, class... X>
auto slope_of(const Op& op, const As& as, const X&... x) {
  return std::apply(
      [&op](const auto&... argument) {
        if constexpr (requires { slope(op, wrt<I>{}, argument...); }) {
          return slope(op, wrt<I>{}, argument...);
        } else {
          static_cast<void>(op);
          return NotStated{};
        }
      },
      std::tuple_cat(std::tuple<const X&...>(x...), attributes_of(op, as)));
}

}  // namespace gradus
