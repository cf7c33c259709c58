// How the table of functions words what an op means, where a formula of simpler ops (composites.h) would not say it best.
#pragma once
#include "autograd/math/composites.h"
#include "autograd/math/formula.h"
#include "autograd/math/ops.h"

namespace gradus::command {

inline Formula wording(const Exp2&, const Formula& x) { return Formula("2^" + x.text()); }
inline Formula wording(const Where&, const Formula& c, const Formula& a, const Formula& b) {
  return Formula(a.text() + " if " + c.text() + " ≠ 0, else " + b.text());
}
inline Formula wording(const Pow&, const Formula& a, const Formula& b) { return Formula(a.text() + "^" + b.text()); }
inline Formula wording(const Identity&, const Formula& x) { return x; }

}  // namespace gradus::command
