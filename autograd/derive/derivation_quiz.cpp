#include "autograd/derive/derivation_quiz.h"

#include <cstddef>
#include <utility>

namespace gradus {

Quiz quiz_of(Derivation derivation) {
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
      equation.sides.erase(equation.sides.begin() + static_cast<std::ptrdiff_t>(equation.symbolic),
                           equation.sides.end());
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
