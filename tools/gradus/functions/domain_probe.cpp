#include "tools/gradus/functions/domain_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace gradus::command {

namespace {

// Doubles in order are whole numbers in order: −0 and 0 are neighbours.
std::int64_t rank_of(double x) {
  const auto bits = std::bit_cast<std::int64_t>(x);
  return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits - 1 : bits;
}
double number_at(std::int64_t rank) {
  return std::bit_cast<double>(rank < 0 ? std::numeric_limits<std::int64_t>::min() - rank - 1 : rank);
}

/// From a number where f is defined towards one where it is not: the last that is defined.
double last_defined(const std::function<double(double)>& f, double inside, double outside) {
  std::int64_t in = rank_of(inside);
  std::int64_t out = rank_of(outside);
  while (std::max(in, out) - std::min(in, out) > 1) {
    const std::int64_t middle = in / 2 + out / 2 + (in % 2 + out % 2) / 2;
    (std::isnan(f(number_at(middle))) ? out : in) = middle;
  }
  return number_at(in) + 0.0;  // and never −0
}

std::string written(double x) { return x < 0 ? fmt::format("−{}", -x) : fmt::format("{}", x); }

std::string interval(const std::function<double(double)>& f, const double* low, const double* high) {
  const auto sign = [&](const double* end) { return std::isinf(f(*end)); };
  if (low != nullptr && high != nullptr) {
    return fmt::format("{} {} x {} {}", written(*low), sign(low) ? "<" : "≤", sign(high) ? "<" : "≤", written(*high));
  }
  if (low != nullptr) return fmt::format("x {} {}", sign(low) ? ">" : "≥", written(*low));
  if (high != nullptr) return fmt::format("x {} {}", sign(high) ? "<" : "≤", written(*high));
  const bool pole = !std::isfinite(f(0.0)) && std::isfinite(f(0.5)) && std::isfinite(f(-0.5));
  return pole ? "x ≠ 0" : "all reals";
}

}  // namespace

std::string defined_where(const std::function<double(double)>& f) {
  std::vector<double> points;
  for (double x = 1e300; x > 1e-300; x /= 1.25) points.insert(points.end(), {x, -x});
  std::sort(points.begin(), points.end());
  const auto defined = [&](double x) { return !std::isnan(f(x)); };
  const auto first = std::find_if(points.begin(), points.end(), defined);
  if (first == points.end()) return "nowhere";
  const auto last = std::find_if(points.rbegin(), points.rend(), defined).base() - 1;
  double low = 0.0;
  double high = 0.0;
  if (first != points.begin()) low = last_defined(f, *first, *(first - 1));
  if (last + 1 != points.end()) high = last_defined(f, *last, *(last + 1));
  return interval(f, first == points.begin() ? nullptr : &low, last + 1 == points.end() ? nullptr : &high);
}

bool breaks_at(const std::function<double(double)>& f, const std::function<double(double)>& slope, double x) {
  const double step = x == 0.0 ? 1e-15 : 8.0 * std::numeric_limits<double>::epsilon() * std::fabs(x);
  const auto breaks = [&](const std::function<double(double)>& g) {
    const double left = g(x - step);
    const double right = g(x + step);
    const double gap = std::fabs(right - left);
    if (!std::isfinite(gap) || !(gap > 1e-6 * std::max(std::fabs(left), std::fabs(right)))) return false;
    // As large as that next to it too: then it is no steep slope.
    const double bend = std::max(std::fabs(g(x - 2.0 * step) - left), std::fabs(g(x + 2.0 * step) - right));
    return bend <= 1e-3 * gap;
  };
  return std::isfinite(f(x)) && (breaks(f) || breaks(slope));
}

std::string breaks_where(const std::function<double(double)>& f, const std::function<double(double)>& slope) {
  constexpr int most = 16;
  std::string list;
  int whole = 0;
  int between = 0;
  for (int twice = -most; twice <= most; ++twice) {
    const double x = 0.5 * twice;
    if (!breaks_at(f, slope, x)) continue;
    ++(twice % 2 == 0 ? whole : between);
    list += (list.empty() ? "x = " : ", ") + written(x);
  }
  if (whole > most) return "whole x";
  if (whole == most && between == 0 && !breaks_at(f, slope, 0.0)) return "whole x ≠ 0";
  return between == most && whole == 0 ? "x halfway between whole numbers" : list;
}

}  // namespace gradus::command
