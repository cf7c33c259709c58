// The operators of the expression language and how tightly they bind.
#pragma once
#include <optional>
#include <string_view>

#include "tools/gradus/language/lexer.h"

namespace gradus::command {

enum class BinaryOperator {
  add,
  subtract,
  multiply,
  divide,
  modulo,
  matmul,
  power,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal
};

struct OperatorEntry {
  std::string_view symbol;
  std::string_view function;  ///< the name of the function it stands for
  int precedence;             ///< the higher, the tighter
};

inline constexpr int comparison_precedence = 1;
inline constexpr int sign_precedence = 4;  // above a product, below a power

/// One for each BinaryOperator, in that order.
inline constexpr OperatorEntry operators[] = {
    {"+", "add", 2},
    {"-", "sub", 2},
    {"*", "mul", 3},
    {"/", "div", 3},
    {"%", "mod", 3},
    {"@", "matmul", 3},
    {"^", "pow", 5},
    {"<", "less", comparison_precedence},
    {"<=", "less_equal", comparison_precedence},
    {">", "greater", comparison_precedence},
    {">=", "greater_equal", comparison_precedence},
    {"==", "equal", comparison_precedence},
    {"!=", "not_equal", comparison_precedence},
};

[[nodiscard]] constexpr const OperatorEntry& entry_of(BinaryOperator op) noexcept {
  return operators[static_cast<int>(op)];
}

/// The operator a token is, if it is one.
[[nodiscard]] inline std::optional<BinaryOperator> binary_operator(const Token& token) noexcept {
  if (token.kind != TokenKind::symbol) return std::nullopt;
  const char first = token.text.front();
  for (const OperatorEntry& entry : operators) {
    if (entry.symbol[0] == first && entry.symbol == token.text) {
      return static_cast<BinaryOperator>(&entry - operators);
    }
  }
  return std::nullopt;
}

}  // namespace gradus::command
