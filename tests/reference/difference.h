// Derivatives without any derivative formula: differences of the value.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "autograd/array/array.h"
#include "autograd/math/ops.h"
#include "tests/reference/quad.h"

namespace gradus::reference {

/// A derivative and how far it may be off.
struct Slope {
  Quad value;
  Quad uncertainty;
};

/// f′(x) from central differences in quad precision, extrapolated once, at the step that leaves the least uncertainty.
/// `f` must be smooth within a thousandth of |x| around x.
template <class F>
Slope quad_slope(const F& f, Quad x) {
  const auto extrapolated = [&](Quad h) {
    const Quad wide = (f(x + h) - f(x - h)) / (h + h);
    const Quad half = h * 0.5;
    const Quad narrow = (f(x + half) - f(x - half)) / h;
    return (narrow * 4.0 - wide) / 3.0;
  };
  const Quad noise = abs(f(x)) * (8.0 * quad_rounding);
  Slope best{Quad(0.0), Quad(1e300) * Quad(1e300)};
  for (const Quad scale : {abs(x), Quad(1.0)}) {
    if (scale == Quad(0.0)) continue;
    for (const double part : {0x1p-20, 0x1p-12, 0x1p-28, 0x1p-36}) {
      const Quad h = scale * part;
      const Quad coarse = extrapolated(h);
      const Quad fine = extrapolated(h * 0.5);
      const Quad uncertainty = abs(fine - coarse) + noise / h;
      if (uncertainty < best.uncertainty) best = {fine, uncertainty};
      if (best.uncertainty <= abs(best.value) * 0x1p-60) return best;
    }
  }
  return best;
}

/// The gradient of a number computed from arrays, by central differences in double precision: one array for each
/// input.  Good for about 1e-9 of the size of f when f is smooth over `step`.
template <class F>
std::vector<std::vector<double>> numeric_gradient(const F& f, const std::vector<Array>& inputs, double step = 1e-5) {
  std::vector<std::vector<double>> out;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    std::vector<double> gradient;
    for (std::size_t i = 0; i < static_cast<std::size_t>(inputs[k].size()); ++i) {
      const auto moved = [&](double by) {
        std::vector<double> numbers = inputs[k].to_vector();
        numbers[i] += by;
        std::vector<Array> all = inputs;
        all[k] = Array(inputs[k].shape(), numbers);
        return f(all);
      };
      // Two steps extrapolated: the error is of the order of step to the fourth.
      const double wide = (moved(2 * step) - moved(-2 * step)) / (4 * step);
      const double narrow = (moved(step) - moved(-step)) / (2 * step);
      gradient.push_back((4 * narrow - wide) / 3);
    }
    out.push_back(std::move(gradient));
  }
  return out;
}

}  // namespace gradus::reference
