// Whether the derivatives of a function are right: against differences of its values, and one mode against the other.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "../base/export.h"
#include "transforms.h"

namespace gradus {

/// What check_gradients found: the element whose derivative is furthest from the difference quotient, in units of what
/// is allowed there.
struct GRADUS_API GradientReport {
  bool ok = true;            ///< every element of every order is within the tolerance, and both modes agree
  int order = 1;             ///< 1: first derivatives; 2: derivatives of these; …
  std::size_t input = 0;     ///< which argument
  std::int64_t element = 0;  ///< its element, row-major
  double computed = 0.0;     ///< by reverse mode
  double expected = 0.0;     ///< by differences
  double uncertainty = 0.0;  ///< how far off the difference may be itself
  double ulps = 0.0;         ///< |computed − expected| in ulps of `computed` (of the input's dtype)
  double relative = 0.0;     ///< the same, relative to the larger of the two
  double modes = 0.0;        ///< the largest |forward − reverse| mode, relative to the size of what was added up
  [[nodiscard]] std::string to_string() const;
};

struct CheckOptions {
  int order = 1;           ///< up to which derivative
  double tolerance = 0.0;  ///< relative; 0: 1e-7 for float64, 1e-3 for float32 (their differences know no more)
  double modes = 0.0;      ///< how far the modes may be apart, relative; 0: 1e-12 for float64, 1e-4 for float32
  std::uint64_t seed = 0;  ///< of the random weights
};

namespace detail {

GRADUS_API GradientReport check_gradients(const Function& f, TensorList x, const CheckOptions& options);

}  // namespace detail

/// Checks the derivatives of f at x up to an order.  A function of several numbers is reduced to one by random weights,
/// and so is each derivative before the next is taken.  Differences are central, extrapolated with shrinking steps
/// (Ridders 1982) until they are sure; they are taken of values computed in float64.  An element is right when it is
/// within the tolerance, relative to the larger of the two numbers and to the largest of the derivative, plus the
/// difference's own uncertainty and 16 eps·Σ|f|/|x|, |x| at least 0.1: what cancels is 0 up to the rounding of its parts.
/// f must be smooth around x (a tenth of |x|, at least 0.01) and give the same for the same x.
/// Throws GraphError when x is empty or order < 1, and what f throws.
template <TensorFunction F>
[[nodiscard]] GradientReport check_gradients(const F& f, TensorArgs x, const CheckOptions& options = {}) {
  return detail::check_gradients(detail::function(std::cref(f), "check_gradients"), x, options);
}
template <TensorFunction F>
[[nodiscard]] GradientReport check_gradients(const F& f, TensorArgs x, int order) {
  return check_gradients(f, x, CheckOptions{order});
}

}  // namespace gradus
