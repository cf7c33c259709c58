#include "tests/differential/elementwise_plan.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "autograd/math/ops.h"
#include "tests/differential/shapes.h"
#include "tests/reference/op_table.h"

namespace gradus::differential {

namespace {

using reference::OpCase;
using reference::Point;

// The ulps an op is allowed, against the default, widen the noise.
double widening(double allowed, double usual) { return std::max(1.0, allowed / usual); }

/// Whether op behaves like its tangent within a thousandth of x: no kink, no jump and no pole nearby.  `k` moves.
bool smooth_along(const OpCase& op, const Point<double>& x, std::size_t k) {
  const double y = op.value(x);
  const double slope = op.partial(k, x, y);
  if (!(std::abs(slope) <= 1e6)) return false;
  const double step = 1e-3 * std::max(std::abs(x[k]), 1e-3);
  for (const double by : {step, -step}) {
    Point<double> moved = x;
    moved[k] += by;
    const double there = op.value(moved);
    const double slope_there = op.partial(k, moved, there);
    const double steepest = std::max(std::abs(slope), std::abs(slope_there));
    if (!(std::abs(slope_there - slope) <= 0.02 + 0.1 * steepest)) return false;
    if (!(std::abs(there - y) <= 2.0 * steepest * step + 1e-9 * (1.0 + std::abs(y)))) return false;
  }
  return true;
}

class ElementwisePlan : public Plan {
 public:
  ElementwisePlan(const Step& step, const std::vector<Sizes>& arguments)
      : op_(*reference::op_cases()[static_cast<std::size_t>(step.setting)]),
        size_(static_cast<std::size_t>(size_of(step.shape))) {
    for (const Sizes& a : arguments) places_.push_back(broadcast_places(a, step.shape));
  }

  [[nodiscard]] Column value(const Arguments& x, Rounding& round) const override {
    Column y(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      y[i] = round(op_.value(point(x, i, round)), widening(op_.worst.value, Worst{}.value));
    }
    return y;
  }

  void pull(const Arguments& x, const Column& y, const Column& g, const std::vector<Column*>& to,
            Rounding& round) const override {
    for (std::size_t i = 0; i < size_; ++i) {
      if (g[i] == Quad(0.0)) continue;
      for (std::size_t k = 0; k < op_.arity; ++k) {
        if (to[k] == nullptr) continue;
        const Quad slope =
            round(op_.partial(k, point(x, i, round), y[i]), widening(op_.worst.derivative, Worst{}.derivative));
        Quad& sum = (*to[k])[places_[k][i]];
        sum = round.add(sum, round(g[i] * slope));
      }
    }
  }

  [[nodiscard]] bool suitable(const Arguments& x) const override {
    for (std::size_t i = 0; i < size_; ++i) {
      Point<double> at{};
      for (std::size_t k = 0; k < op_.arity; ++k) at[k] = static_cast<double>((*x[k])[places_[k][i]]);
      for (std::size_t k = 0; k < op_.arity; ++k) {
        // A condition is 0 or 1: it stays what it is.
        if (op_.name == "where" && k == 0) continue;
        if (!smooth_along(op_, at, k)) return false;
      }
    }
    return op_.name != "where" || chooses(*x[0]);
  }

 private:
  // An op that cannot keep its digits near its roots is measured by what an ulp of its arguments changes too.
  [[nodiscard]] Point<Quad> point(const Arguments& x, std::size_t i, Rounding& round) const {
    Point<Quad> at{};
    for (std::size_t k = 0; k < op_.arity; ++k) {
      const Quad number = (*x[k])[places_[k][i]];
      at[k] = op_.worst.roots ? round(number) : number;
    }
    return at;
  }
  // A condition computed as a number would be true almost everywhere.
  static bool chooses(const Column& condition) {
    return std::all_of(condition.begin(), condition.end(), [](Quad c) { return c == Quad(0.0) || c == Quad(1.0); });
  }

  const OpCase& op_;
  std::size_t size_;
  std::vector<std::vector<std::size_t>> places_;
};

}  // namespace

std::unique_ptr<Plan> elementwise_plan(const Step& step, const std::vector<Sizes>& arguments) {
  return std::make_unique<ElementwisePlan>(step, arguments);
}

}  // namespace gradus::differential
