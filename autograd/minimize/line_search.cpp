#include "autograd/minimize/line_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace gradus::detail {

double dot_of(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double largest(std::span<const double> a) {
  double out = 0.0;
  for (const double x : a) out = std::isnan(x) ? x : std::max(out, std::abs(x));
  return out;
}

namespace {

constexpr double enough_decrease = 1e-4;  // c₁ and c₂ of the strong Wolfe conditions
constexpr double flat_enough = 0.9;
constexpr int most_trials = 40;

struct Trial {
  double step = 0.0;
  double value = 0.0;
  double slope = 0.0;
  Visited place;
};

/// The minimum of the cubic through two values and slopes; NaN where it has none.
double cubic_minimum(const Trial& a, const Trial& b) {
  const double d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.step - b.step);
  const double root = d1 * d1 - a.slope * b.slope;
  if (!(root >= 0.0)) return std::numeric_limits<double>::quiet_NaN();
  const double d2 = std::copysign(std::sqrt(root), b.step - a.step);
  return b.step - (b.step - a.step) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2));
}

class Line {
 public:
  Line(const Evaluations& f, const Visited& from, std::span<const double> direction)
      : f_(f), from_(from), direction_(direction) {
    start_ = {0.0, from.value, dot_of(from.gradient, direction), from};
  }

  Visited search(double step) {
    Trial before = start_;
    for (int k = 0; k < most_trials; ++k) {
      Trial now = at(step);
      if (!std::isfinite(now.value) || !std::isfinite(now.slope)) {
        step = before.step + 0.1 * (step - before.step);
        continue;
      }
      if (!falls_enough(now) || (k > 0 && now.value >= before.value)) return between(before, std::move(now));
      if (is_flat(now)) return std::move(now.place);
      if (now.slope >= 0.0) return between(now, before);
      before = std::move(now);
      step *= 4.0;
    }
    return before.place;
  }

 private:
  Trial at(double step) const {
    std::vector<double> x = from_.x;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += step * direction_[i];
    Visited place = f_.at(std::move(x));
    const double slope = dot_of(place.gradient, direction_);
    return {step, place.value, slope, std::move(place)};
  }
  bool falls_enough(const Trial& t) const { return t.value <= start_.value + enough_decrease * t.step * start_.slope; }
  bool is_flat(const Trial& t) const { return std::abs(t.slope) <= -flat_enough * start_.slope; }

  // `low` is the lowest place so far that falls enough; a place that fulfils the conditions lies between.
  Visited between(Trial low, Trial high) const {
    for (int k = 0; k < most_trials; ++k) {
      const double width = high.step - low.step;
      double step = cubic_minimum(low, high);
      // Not too near an end: the bracket must shrink.
      const double a = low.step + 0.1 * width, b = low.step + 0.9 * width;
      if (!(step >= std::min(a, b) && step <= std::max(a, b))) step = low.step + 0.5 * width;
      if (step == low.step || step == high.step) break;
      Trial now = at(step);
      if (!std::isfinite(now.value) || !falls_enough(now) || now.value >= low.value) {
        if (!std::isfinite(now.value)) now.slope = std::numeric_limits<double>::quiet_NaN();
        high = std::move(now);
        continue;
      }
      if (is_flat(now)) return std::move(now.place);
      if (now.slope * width >= 0.0) high = low;
      low = std::move(now);
    }
    return low.place;
  }

  const Evaluations& f_;
  const Visited& from_;
  std::span<const double> direction_;
  Trial start_;
};

}  // namespace

Visited search(const Evaluations& f, const Visited& from, std::span<const double> direction, double first) {
  return Line(f, from, direction).search(first);
}

}  // namespace gradus::detail
