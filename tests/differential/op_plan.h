// How the reference computes one step: in quad precision, element by element, and without any of Gradus' own machinery
// but the formulas of the elementwise ops, whose derivatives other tests compare with differences of the values.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "autograd/math/ops.h"
#include "tests/differential/random_program.h"
#include "tests/reference/quad.h"
#include "tests/reference/sample.h"

namespace gradus::differential {

using reference::Numbers;
using reference::Quad;

using Column = std::vector<Quad>;
using Arguments = std::vector<const Column*>;

/// What happens to each computed number.  By default nothing.  With a seed: a random relative error of up to an ulp of
/// the engines' arithmetic, which makes the evaluation a sample of how programs of this kind go wrong by rounding.
class Rounding {
 public:
  Rounding() = default;
  Rounding(bool single, std::uint64_t seed)
      : ulp_(single ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon()),
        least_(single ? static_cast<double>(std::numeric_limits<float>::denorm_min())
                      : std::numeric_limits<double>::denorm_min()),
        numbers_(seed) {}

  Quad operator()(Quad x, double ulps = 1.0) { return x + error(static_cast<double>(x) * ulps); }
  /// sum + x, where adding to nothing is exact.  The order in which an engine adds is its own: what cancels here, to the
  /// last digit, may meet something else there.  So the larger of the two makes the error.
  Quad add(Quad sum, Quad x) {
    if (sum == Quad(0.0)) return x;
    return sum + x + error(std::max(std::abs(static_cast<double>(sum)), std::abs(static_cast<double>(x))));
  }

 private:
  /// An ulp of a number this large, more or less.
  Quad error(double size) {
    if (ulp_ == 0.0 || size == 0.0) return Quad(0.0);
    return Quad((size * ulp_ + least_) * numbers_.real(-1.0, 1.0));
  }

  double ulp_ = 0.0;
  double least_ = 0.0;
  Numbers numbers_{0};
};

class Plan {
 public:
  Plan() = default;
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  virtual ~Plan() = default;

  [[nodiscard]] virtual Column value(const Arguments& x, Rounding& round) const = 0;
  /// Adds to to[k] the cotangent of argument k, where y is the value and g its cotangent; to[k] may be null.
  virtual void pull(const Arguments& x, const Column& y, const Column& g, const std::vector<Column*>& to,
                    Rounding& round) const = 0;
  /// Whether the engines can be compared here: inside the domain, and away from kinks, jumps and ties.
  [[nodiscard]] virtual bool suitable(const Arguments&) const { return true; }
};

/// The plan of a step whose arguments have these shapes.
std::unique_ptr<Plan> plan(const Step& step, const std::vector<Sizes>& arguments);

}  // namespace gradus::differential
