#include "autograd/derive/derivation_numbers.h"

#include <algorithm>
#include <cmath>

#include "autograd/array/print.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/formula_value.h"

namespace gradus::detail {

std::string numbers_of(const Array& a, int digits) {
  if (!a.defined()) return "not computed";
  if (a.size() == 0) return "[]";
  if (a.size() == 1) return derivation_number(a.item(), digits);
  return text::nested(a, [&](double x) { return derivation_number(x, digits); });
}

bool is_rounded(const Array& a, int digits) {
  return std::ranges::any_of(a.to_vector(), [&](double x) {
    const auto printed = static_cast<double>(read_number(derivation_number(x, digits)).value_or(0.0L));
    return a.dtype() == DType::float32 ? static_cast<float>(printed) != static_cast<float>(x)
                                       : printed != x && !std::isnan(x);
  });
}

Formula put_in(double x, int digits) { return Formula::put_in(derivation_number(x, digits), x); }

}  // namespace gradus::detail
