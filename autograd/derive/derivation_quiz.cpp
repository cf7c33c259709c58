#include "autograd/derive/derivation_quiz.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace gradus {

namespace {

/// How many sides of an equation a level leaves.
std::size_t sides_left(const Equation& equation, QuizLevel level) {
  constexpr std::size_t chain = 2;  // ∂L/∂x = ∂L/∂q·∂q/∂x
  switch (level) {
    case QuizLevel::number:
      return equation.symbolic;
    case QuizLevel::derivative:
      return std::min(equation.symbolic, chain);
    case QuizLevel::step:
      return 1;
  }
  return equation.symbolic;
}

}  // namespace

Quiz quiz_of(Derivation derivation, QuizLevel level) {
  Quiz quiz;
  for (DerivationStep& step : derivation.steps) {
    const bool is_given = step.edges.empty() && step.phase != Phase::update;
    if (is_given) continue;
    for (Equation& equation : step.equations) {
      if (equation.sides.size() > equation.symbolic) equation.blank = ++quiz.blanks;
    }
  }
  quiz.answers = derivation;
  for (DerivationStep& step : derivation.steps) {
    for (Equation& equation : step.equations) {
      if (equation.blank == 0) continue;
      const std::size_t left = sides_left(equation, level);
      equation.sides.erase(equation.sides.begin() + static_cast<std::ptrdiff_t>(left), equation.sides.end());
      equation.symbolic = std::min(equation.symbolic, left);
      equation.hidden = true;
    }
  }
  derivation.checks.clear();
  derivation.answer = {};
  derivation.update.reset();
  derivation.order.reset();
  quiz.questions = std::move(derivation);
  return quiz;
}

}  // namespace gradus
