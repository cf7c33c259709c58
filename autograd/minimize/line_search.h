// How far to go along a direction.
#pragma once
#include <limits>
#include <span>
#include <vector>

#include "../base/error.h"
#include "minimize.h"

namespace gradus::detail {

/// A place on the way, with the function and its gradient there.
struct Visited {
  std::vector<double> x;
  double value = 0.0;
  std::vector<double> gradient;
};

/// Counts how often the function is asked.
class Evaluations {
 public:
  explicit Evaluations(const Objective& f) : f_(f) {}
  [[nodiscard]] Visited at(std::vector<double> x) const {
    Visited place{std::move(x), 0.0, {}};
    place.gradient.resize(place.x.size());
    try {
      place.value = f_.value_and_gradient(place.x, place.gradient);
    } catch (const ValueError&) {
      if (count_ == 0) throw;
      place.value = std::numeric_limits<double>::quiet_NaN();  // a place where f has no value, as of log(-1)
    }
    ++count_;
    return place;
  }
  [[nodiscard]] int count() const noexcept { return count_; }

 private:
  const Objective& f_;
  mutable int count_ = 0;
};

/// A place along a direction that fulfils the strong Wolfe conditions, found from a first step on; `from` itself where
/// there is none that lowers the value.
[[nodiscard]] Visited search(const Evaluations& f, const Visited& from, std::span<const double> direction,
                             double first);

[[nodiscard]] double dot_of(std::span<const double> a, std::span<const double> b);
[[nodiscard]] double largest(std::span<const double> a);

}  // namespace gradus::detail
