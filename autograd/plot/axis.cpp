#include "autograd/plot/axis.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/derive/derivation.h"

namespace gradus::plot {

namespace {

std::vector<double> even_ticks(const Range& range, int most) {
  const double least = (range.high - range.low) / most;
  double step = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (factor * step >= least) {
      step *= factor;
      break;
    }
  }
  std::vector<double> out;
  for (double k = std::ceil(range.low / step - 1e-9); k * step <= range.high + 1e-9 * step && out.size() < 100; ++k) {
    out.push_back(k == 0.0 ? 0.0 : k * step);
  }
  return out;
}

}  // namespace

Range range_of(std::span<const double> numbers, double margin) {
  Range range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const double x : numbers) {
    if (!std::isfinite(x)) continue;
    range.low = std::min(range.low, x);
    range.high = std::max(range.high, x);
  }
  if (range.low > range.high) return {};
  const double reach = std::max(std::fabs(range.low), std::fabs(range.high));
  double wider = margin * (range.high - range.low);
  if (range.high - range.low <= 1e-9 * reach || reach == 0.0) wider = reach == 0.0 ? 1.0 : 0.5 * reach;
  return {range.low - wider, range.high + wider};
}

double along(const Range& range, double number) {
  if (range.logarithmic) return (std::log(number) - std::log(range.low)) / (std::log(range.high) - std::log(range.low));
  return number / (range.high - range.low) - range.low / (range.high - range.low);
}

std::vector<double> ticks(const Range& range, int most) {
  if (!range.logarithmic) return even_ticks(range, most);
  const double first = std::ceil(std::log10(range.low) - 1e-9), last = std::floor(std::log10(range.high) + 1e-9);
  // Within one power of ten there is no or one power of it: as if even.
  if (last - first < 1.0) {
    std::vector<double> out = even_ticks(range, most);
    std::erase_if(out, [](double t) { return t <= 0.0; });
    return out;
  }
  const double step = std::max(1.0, std::ceil((last - first + 1) / most));
  std::vector<double> out;
  for (double k = first; k <= last; k += step) out.push_back(std::pow(10.0, k));
  return out;
}

std::string tick_text(double number) { return derivation_number(number, 6); }

}  // namespace gradus::plot
