// A derivation to be filled in, and the answers.
#pragma once
#include <cstdint>
#include <string_view>

#include "../base/export.h"
#include "derivation.h"

namespace gradus {

/// What is left out of an equation, and with it all that stands right of it.
enum class QuizLevel : std::uint8_t {
  number,      // the numbers
  derivative,  // what the local derivative is: ∂L/∂q·∂q/∂x stays, g·(1 − y²) does not
  step,        // the whole step: only what is asked for stays, ∂L/∂x
};

/// "number", "derivative", "step".
constexpr std::string_view name_of(QuizLevel level) {
  constexpr std::string_view names[] = {"number", "derivative", "step"};
  return names[static_cast<int>(level)];
}

struct Quiz {
  Derivation questions;  // the rules in symbols, with a numbered blank for what the level leaves out; no closing tables
  Derivation answers;    // the whole derivation, the same equations with the same numbers
  int blanks = 0;
};

/// What is given (the leaves, the seed of 1, the learning rate) stays; what is to be computed becomes a blank.  An array of
/// which a derivation tells the shape alone has none.  Written by to_text(), to_markdown(), to_latex() and to_html().
[[nodiscard]] GRADUS_API Quiz quiz_of(Derivation derivation, QuizLevel level = QuizLevel::number);

}  // namespace gradus
