// Dijkstra's shunting yard: operators wait here for their right operand, brackets for their other half.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tools/gradus/language/expression.h"

namespace gradus::command {

/// What an open bracket belongs to: ( ), a call, an array.
enum class Bracket : std::uint8_t { group, call, list };

class OperatorStack {
 public:
  void push_sign(std::size_t offset) { pending_.push_back({Kind::sign, {}, offset, sign_precedence}); }
  /// An operator whose left operand is complete: what binds as tightly goes out.  False for a comparison of a comparison.
  [[nodiscard]] bool push(BinaryOperator op, std::size_t offset, std::vector<Instruction>& out);

  void open(Bracket bracket, std::size_t offset);
  /// Closes the innermost bracket, inside which nothing waits any more.
  void close();
  [[nodiscard]] bool bracket_is_open() const noexcept { return open_brackets_ > 0; }
  /// What the bracket on top is, if one is.
  [[nodiscard]] std::optional<Bracket> bracket() const noexcept;
  [[nodiscard]] std::size_t bracket_offset() const noexcept { return pending_.back().offset; }

  /// Emits the waiting operators down to the innermost open bracket.
  void emit_to_bracket(std::vector<Instruction>& out) { emit_above(bracket_precedence, out); }

 private:
  static constexpr int bracket_precedence = 0;  // lower than every operator

  enum class Kind : std::uint8_t { binary, sign, bracket };
  struct Pending {
    Kind kind;
    BinaryOperator op;
    std::size_t offset;
    int precedence;
    Bracket bracket = Bracket::group;
  };

  void emit_above(int precedence, std::vector<Instruction>& out);

  std::vector<Pending> pending_;
  std::size_t open_brackets_ = 0;
};

}  // namespace gradus::command
