#include "autograd/derive/derivation_numbers.h"

#include "autograd/array/print.h"
#include "autograd/derive/derivation.h"

namespace gradus::detail {

std::string numbers_of(const Array& a, int digits) {
  if (!a) return "not computed";
  if (a.size() == 0) return "[]";
  if (a.size() == 1) return derivation_number(a.item(), digits);
  return text::nested(a, [&](double x) { return derivation_number(x, digits); });
}

Formula put_in(double x, int digits) { return Formula::put_in(derivation_number(x, digits), x); }

}  // namespace gradus::detail
