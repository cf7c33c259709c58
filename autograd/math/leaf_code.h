// A leaf number that notes down what is computed: the formula of an op as a small tree over sums, products, comparisons,
// the functions of <cmath> and those of special_values.h, for readers that have no engine.
#pragma once
#include <array>
#include <cmath>
#include <memory>
#include <string_view>
#include <utility>

#include "number.h"
#include "special_values.h"

namespace gradus {

/// A number of a formula: an argument, a constant, or a function of others.  Formulas have no branches, so whatever the
/// arguments are, this is what is computed.  Trees are as deep as an op's formula, and shared where it reuses a number.
struct LeafCode {
  /// What is done with up to three numbers: its name, for other languages, and the function itself.
  struct Function {
    std::string_view name{};  // "add", "exp", "where", …
    double (*compute)(double, double, double) = nullptr;
  };
  struct Node {
    Function function;  // of a constant and of an argument, none
    double constant = 0.0;
    int argument = -1;
    std::array<std::shared_ptr<const Node>, 3> x{};
  };
  /// What a comparison gives: the first argument of `where`.
  struct Mask {
    using selects = LeafCode;
    std::shared_ptr<const Node> node;
  };
  /// Formulas ask for the precision of a leaf number's elements.
  struct Batch {
    using value_type = double;
  };

  std::shared_ptr<const Node> node;

  explicit LeafCode(double c) : node(std::make_shared<const Node>(Node{{}, c})) {}
  static LeafCode argument(int k) { return LeafCode(Node{{}, 0.0, k}); }

  friend LeafCode operator+(const LeafCode& a, const LeafCode& b) {
    return of({"add", [](double p, double q, double) { return p + q; }}, a, b);
  }
  friend LeafCode operator-(const LeafCode& a, const LeafCode& b) {
    return of({"sub", [](double p, double q, double) { return p - q; }}, a, b);
  }
  friend LeafCode operator*(const LeafCode& a, const LeafCode& b) {
    return of({"mul", [](double p, double q, double) { return p * q; }}, a, b);
  }
  friend LeafCode operator/(const LeafCode& a, const LeafCode& b) {
    return of({"div", [](double p, double q, double) { return p / q; }}, a, b);
  }
  friend LeafCode operator-(const LeafCode& a) {
    return of({"neg", [](double p, double, double) { return -p; }}, a);
  }
  friend LeafCode operator+(double a, const LeafCode& b) { return LeafCode(a) + b; }
  friend LeafCode operator-(double a, const LeafCode& b) { return LeafCode(a) - b; }
  friend LeafCode operator*(double a, const LeafCode& b) { return LeafCode(a) * b; }
  friend LeafCode operator/(double a, const LeafCode& b) { return LeafCode(a) / b; }
  friend LeafCode operator+(const LeafCode& a, double b) { return a + LeafCode(b); }
  friend LeafCode operator-(const LeafCode& a, double b) { return a - LeafCode(b); }
  friend LeafCode operator*(const LeafCode& a, double b) { return a * LeafCode(b); }
  friend LeafCode operator/(const LeafCode& a, double b) { return a / LeafCode(b); }

  friend Mask operator<(const LeafCode& a, const LeafCode& b) {
    return {of({"lt", [](double p, double q, double) { return p < q ? 1.0 : 0.0; }}, a, b).node};
  }
  friend Mask operator>(const LeafCode& a, const LeafCode& b) { return b < a; }
  friend Mask operator<=(const LeafCode& a, const LeafCode& b) {
    return {of({"le", [](double p, double q, double) { return p <= q ? 1.0 : 0.0; }}, a, b).node};
  }
  friend Mask operator>=(const LeafCode& a, const LeafCode& b) { return b <= a; }
  friend Mask operator==(const LeafCode& a, const LeafCode& b) {
    return {of({"eq", [](double p, double q, double) { return p == q ? 1.0 : 0.0; }}, a, b).node};
  }
  friend Mask operator!=(const LeafCode& a, const LeafCode& b) {
    return {where(a == b, LeafCode(0.0), LeafCode(1.0)).node};
  }
  friend LeafCode where(const Mask& m, const LeafCode& a, const LeafCode& b) {
    return LeafCode(Node{
        {"where", [](double c, double p, double q) { return c != 0.0 ? p : q; }}, 0.0, -1, {m.node, a.node, b.node}});
  }

  friend LeafCode abs(const LeafCode& x) {
    return of({"abs", [](double p, double, double) { return std::abs(p); }}, x);
  }
  friend LeafCode sqrt(const LeafCode& x) {
    return of({"sqrt", [](double p, double, double) { return std::sqrt(p); }}, x);
  }
  friend LeafCode cbrt(const LeafCode& x) {
    return of({"cbrt", [](double p, double, double) { return std::cbrt(p); }}, x);
  }
  friend LeafCode exp(const LeafCode& x) {
    return of({"exp", [](double p, double, double) { return std::exp(p); }}, x);
  }
  friend LeafCode exp2(const LeafCode& x) {
    return of({"exp2", [](double p, double, double) { return std::exp2(p); }}, x);
  }
  friend LeafCode expm1(const LeafCode& x) {
    return of({"expm1", [](double p, double, double) { return std::expm1(p); }}, x);
  }
  friend LeafCode log(const LeafCode& x) {
    return of({"log", [](double p, double, double) { return std::log(p); }}, x);
  }
  friend LeafCode log2(const LeafCode& x) {
    return of({"log2", [](double p, double, double) { return std::log2(p); }}, x);
  }
  friend LeafCode log10(const LeafCode& x) {
    return of({"log10", [](double p, double, double) { return std::log10(p); }}, x);
  }
  friend LeafCode log1p(const LeafCode& x) {
    return of({"log1p", [](double p, double, double) { return std::log1p(p); }}, x);
  }
  friend LeafCode pow(const LeafCode& x, const LeafCode& y) {
    return of({"pow", [](double p, double q, double) { return std::pow(p, q); }}, x, y);
  }
  friend LeafCode power(const LeafCode& x, double exponent) { return pow(x, LeafCode(exponent)); }
  friend LeafCode fmod(const LeafCode& x, const LeafCode& y) {
    return of({"fmod", [](double p, double q, double) { return std::fmod(p, q); }}, x, y);
  }
  friend LeafCode hypot(const LeafCode& x, const LeafCode& y) {
    return of({"hypot", [](double p, double q, double) { return std::hypot(p, q); }}, x, y);
  }
  friend LeafCode sin(const LeafCode& x) {
    return of({"sin", [](double p, double, double) { return std::sin(p); }}, x);
  }
  friend LeafCode cos(const LeafCode& x) {
    return of({"cos", [](double p, double, double) { return std::cos(p); }}, x);
  }
  friend LeafCode tan(const LeafCode& x) {
    return of({"tan", [](double p, double, double) { return std::tan(p); }}, x);
  }
  friend LeafCode asin(const LeafCode& x) {
    return of({"asin", [](double p, double, double) { return std::asin(p); }}, x);
  }
  friend LeafCode acos(const LeafCode& x) {
    return of({"acos", [](double p, double, double) { return std::acos(p); }}, x);
  }
  friend LeafCode atan(const LeafCode& x) {
    return of({"atan", [](double p, double, double) { return std::atan(p); }}, x);
  }
  friend LeafCode atan2(const LeafCode& y, const LeafCode& x) {
    return of({"atan2", [](double p, double q, double) { return std::atan2(p, q); }}, y, x);
  }
  friend LeafCode sinh(const LeafCode& x) {
    return of({"sinh", [](double p, double, double) { return std::sinh(p); }}, x);
  }
  friend LeafCode cosh(const LeafCode& x) {
    return of({"cosh", [](double p, double, double) { return std::cosh(p); }}, x);
  }
  friend LeafCode tanh(const LeafCode& x) {
    return of({"tanh", [](double p, double, double) { return std::tanh(p); }}, x);
  }
  friend LeafCode asinh(const LeafCode& x) {
    return of({"asinh", [](double p, double, double) { return std::asinh(p); }}, x);
  }
  friend LeafCode acosh(const LeafCode& x) {
    return of({"acosh", [](double p, double, double) { return std::acosh(p); }}, x);
  }
  friend LeafCode atanh(const LeafCode& x) {
    return of({"atanh", [](double p, double, double) { return std::atanh(p); }}, x);
  }
  friend LeafCode erf(const LeafCode& x) {
    return of({"erf", [](double p, double, double) { return std::erf(p); }}, x);
  }
  friend LeafCode erfc(const LeafCode& x) {
    return of({"erfc", [](double p, double, double) { return std::erfc(p); }}, x);
  }
  friend LeafCode lgamma(const LeafCode& x) {
    return of({"lgamma", [](double p, double, double) { return detail::log_gamma(p); }}, x);
  }
  friend LeafCode tgamma(const LeafCode& x) {
    return of({"tgamma", [](double p, double, double) { return detail::gamma(p); }}, x);
  }
  friend LeafCode polygamma(double order, const LeafCode& x) {
    return of({"polygamma", [](double p, double q, double) { return detail::poly_gamma(p, q); }}, LeafCode(order), x);
  }
  friend LeafCode bessel_ratio(double order, const LeafCode& x) {
    return of({"bessel_ratio", [](double p, double q, double) { return detail::bessel_ratio(p, q); }}, LeafCode(order),
              x);
  }
  friend LeafCode floor(const LeafCode& x) {
    return of({"floor", [](double p, double, double) { return std::floor(p); }}, x);
  }
  friend LeafCode ceil(const LeafCode& x) {
    return of({"ceil", [](double p, double, double) { return std::ceil(p); }}, x);
  }
  friend LeafCode rint(const LeafCode& x) {
    return of({"rint", [](double p, double, double) { return std::rint(p); }}, x);
  }
  friend LeafCode copysign(const LeafCode& x, const LeafCode& s) {
    return of({"copysign", [](double p, double q, double) { return std::copysign(p, q); }}, x, s);
  }

 private:
  explicit LeafCode(Node made) : node(std::make_shared<const Node>(std::move(made))) {}
  static LeafCode of(const Function& function, const LeafCode& x) {
    return LeafCode(Node{function, 0.0, -1, {x.node}});
  }
  static LeafCode of(const Function& function, const LeafCode& x, const LeafCode& y) {
    return LeafCode(Node{function, 0.0, -1, {x.node, y.node}});
  }
};

}  // namespace gradus
