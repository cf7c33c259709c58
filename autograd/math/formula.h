// Formulas as people read them: the same op structs, run on text.
#pragma once
#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include "autograd/math/functions.h"

namespace gradus {

/// Text with the strength of its outermost operator, so that parentheses stand only where they are needed.
struct Formula {
  using interpreted = void;
  // How tightly a formula holds together.
  static constexpr int sum_level = 1, product_level = 2, sign_level = 3, power_level = 4, atom_level = 5;

  std::string text;
  int precedence = atom_level;

  explicit Formula(std::string name) : text(std::move(name)) {}
  Formula(std::string written, int level) : text(std::move(written)), precedence(level) {}
  explicit Formula(double c) : text(fmt::format("{}", c)), precedence(atom_level) {
    if (text.front() == '-') text.replace(0, 1, "−"), precedence = sign_level;
  }

  explicit Formula(const Irrational& c)
      : text(c.name), precedence(c.name.find('/') < c.name.size() ? product_level : atom_level) {}

  /// The text, in parentheses when it holds together less tightly than `level`.
  [[nodiscard]] std::string at(int level) const { return precedence < level ? "(" + text + ")" : text; }

  template <class Op, class... X>
  static Formula interpret(const Op& op, const X&... x) {
    if constexpr (std::same_as<Op, Power>) {
      return power(op, x...);
    } else if constexpr (std::same_as<Op, Neg>) {
      return negative(x...);
    } else if constexpr (requires { op.written(x...); }) {
      return op.written(x...);
    } else if constexpr (requires { Op::prefix; }) {
      return {std::string(Op::prefix) + (x.at(atom_level) + ...), power_level};
    } else if constexpr (requires { Op::left; }) {
      return Formula(fmt::format("{}{}{}", Op::left, x.text..., Op::right));
    } else if constexpr (requires { Op::infix; }) {
      return infix<Op>(x...);
    } else {
      std::string arguments;
      ((arguments += (arguments.empty() ? "" : ", ") + x.text), ...);
      return Formula(fmt::format("{}({})", Op::name, arguments));
    }
  }

 private:
  template <class Op>
  static Formula infix(const Formula& a, const Formula& b) {
    constexpr bool product = Op::precedence == product_level;
    if (product && std::string_view(Op::infix) == "·") {
      if (a.text == "1") return b;
      if (b.text == "1") return a;
    }
    // The right side of − and / needs parentheses around its equals: a − (b − c).
    const bool strict = std::same_as<Op, Sub> || std::same_as<Op, Div>;
    const int right = b.precedence == sign_level ? atom_level : Op::precedence + (strict ? 1 : 0);
    return {a.at(Op::precedence) + std::string(Op::infix) + b.at(right), Op::precedence};
  }
  static Formula negative(const Formula& x) { return {"−" + x.at(sign_level + 1), sign_level}; }
  static Formula power(const Power& op, const Formula& x) {
    if (op.coefficient == 0.0) return Formula(0.0);
    const Formula factor(op.coefficient);
    const Formula base = op.exponent == 0.0 ? Formula(1.0)
                         : op.exponent == 1.0
                             ? x
                             : Formula(x.at(power_level + 1) + "^" + Formula(op.exponent).at(atom_level), power_level);
    if (op.coefficient == 1.0) return base;
    if (op.coefficient == -1.0) return negative(base);
    return infix<Mul>(factor, base);
  }
};

}  // namespace gradus
