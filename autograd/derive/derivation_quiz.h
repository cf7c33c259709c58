// A derivation to be filled in, and the answers.
#pragma once
#include "autograd/base/export.h"
#include "autograd/derive/derivation.h"

namespace gradus {

struct Quiz {
  Derivation questions;  // the rules in symbols, with a numbered blank where their numbers would be; no closing tables
  Derivation answers;    // the whole derivation, the same equations with the same numbers
  int blanks = 0;
};

/// What is given (the leaves, the seed of 1, the learning rate) stays; what is to be computed becomes a blank.  An array of
/// which a derivation tells the shape alone has none.  Written by to_text(), to_markdown(), to_latex() and to_html().
[[nodiscard]] GRADUS_API Quiz quiz_of(Derivation derivation);

}  // namespace gradus
