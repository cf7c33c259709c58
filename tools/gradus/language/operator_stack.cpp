#include "tools/gradus/language/operator_stack.h"

namespace gradus::command {

bool OperatorStack::push(BinaryOperator op, std::size_t offset, std::vector<Instruction>& out) {
  const int precedence = entry_of(op).precedence;
  const bool to_the_right = op == BinaryOperator::power;
  const bool compares = precedence == comparison_precedence;
  emit_above(to_the_right || compares ? precedence : precedence - 1, out);
  if (compares && !pending_.empty() && pending_.back().precedence == comparison_precedence) return false;
  pending_.push_back({Kind::binary, op, offset, precedence});
  return true;
}

void OperatorStack::open(Bracket bracket, std::size_t offset) {
  pending_.push_back({Kind::bracket, {}, offset, bracket_precedence, bracket});
  ++open_brackets_;
}

void OperatorStack::close() {
  pending_.pop_back();
  --open_brackets_;
}

std::optional<Bracket> OperatorStack::bracket() const noexcept {
  if (pending_.empty() || pending_.back().kind != Kind::bracket) return std::nullopt;
  return pending_.back().bracket;
}

void OperatorStack::emit_above(int precedence, std::vector<Instruction>& out) {
  while (!pending_.empty() && pending_.back().kind != Kind::bracket && pending_.back().precedence > precedence) {
    const Pending& top = pending_.back();
    if (top.kind == Kind::sign) {
      out.push_back({Negate{}, top.offset});
    } else {
      out.push_back({Binary{top.op}, top.offset});
    }
    pending_.pop_back();
  }
}

}  // namespace gradus::command
