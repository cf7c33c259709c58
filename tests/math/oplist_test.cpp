// The self-test of every op: its formulas against each other and against quad precision.  An op that joins the list is
// tested without a line being added here.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/dtype.h"
#include "autograd/math/functions.h"
#include "autograd/math/loss_ops.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/op_errors.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

constexpr std::size_t some = 2000;  // the kernels are tested at many more points

void check(const WorstSeen& worst, double bound) {
  INFO(worst.where);
  CHECK(worst.ulps <= bound);
}

}  // namespace

TEST_CASE("ops: the table holds every op of the list", "[ops]") { CHECK(op_cases().size() >= Elementwise::size); }

TEMPLATE_TEST_CASE("ops: a value formula is right to the ulps that the op states", "[ops]", float, double) {
  for (const auto& op : op_cases()) check(value_error(*op, points<TestType>(*op, some)), op->worst.value);
}

TEMPLATE_TEST_CASE("ops: a derivative formula is right to the ulps that the op states", "[ops]", float, double) {
  for (const auto& op : op_cases()) {
    for (std::size_t i = 0; i < op->arity; ++i) {
      check(partial_error(*op, i, points<TestType>(*op, some)), op->worst.derivative);
    }
  }
}

TEST_CASE("ops: a derivative is the slope of the value", "[ops]") {
  for (const auto& op : op_cases()) {
    for (std::size_t i = 0; i < op->arity; ++i) {
      std::size_t judged = 0;
      const auto rows = inner_points<double>(*op, 300);
      for (const Point<double>& row : rows) {
        const Point<Quad> x = widened<Quad>(row);
        const Quad stated = op->partial(i, x, op->value(x));
        const Slope slope = slope_along([&](const Point<Quad>& at) { return op->value(at); }, x, i);
        if (!(slope.uncertainty <= abs(slope.value) * 1e-15 + Quad(1e-25))) continue;
        ++judged;
        const Quad difference = abs(stated - slope.value);
        INFO("∂/∂x" << i << " of " << op->label << " at (" << row[0] << ", " << row[1] << ", " << row[2]
                    << "): " << static_cast<double>(stated) << ", slope " << static_cast<double>(slope.value));
        if (!(difference <= slope.uncertainty * 16.0 + abs(slope.value) * 1e-20 + Quad(1e-25))) CHECK(false);
      }
      INFO(op->label << ": points whose slope is sure");
      CHECK(judged > rows.size() / 2);
    }
  }
}

TEMPLATE_TEST_CASE("ops: a second derivative is the slope of the first", "[ops]", float, double) {
  for (const auto& op : op_cases()) {
    for (std::size_t i = 0; i < op->arity; ++i) {
      for (std::size_t j = 0; j < op->arity; ++j) {
        check(second_error(*op, i, j, inner_points<TestType>(*op, 200)), second_bound);
      }
    }
  }
}

// What an op does not state is computed, which other tests compare with the slope of the value.  What it states is compared
// here, on its whole domain: at kinks, where two are equal, and far away.
TEST_CASE("ops: a derivative that is shown is the one that is computed", "[ops]") {
  const auto finite = [](Quad x) { return std::isfinite(static_cast<double>(x)); };
  // 0/0 and 0·∞ as they are written; what is computed there is a convention (K5, K6).
  const std::set<std::string_view> has_conventions{"pow", "atan2", "hypot", "xlogy", "i1", "sinc"};
  const std::set<std::string_view> divides{"i1", "sinc"};
  std::set<std::string_view> compared;
  for (const auto& op : op_cases()) {
    for (std::size_t i = 0; i < op->arity; ++i) {
      for (const Point<double>& row : points<double>(*op, some)) {
        const Point<Quad> x = widened<Quad>(row);
        const Quad y = op->value(x);
        const std::optional<Quad> stated = op->shown(i, x, y);
        if (!stated) break;
        const Quad computed = op->partial(i, x, y);
        const bool inside = std::ranges::all_of(row, [](double c) { return std::isfinite(c); });
        if (!inside || !finite(y) || !finite(computed)) continue;
        if (!finite(*stated) && has_conventions.contains(op->name)) continue;
        compared.insert(op->name);
        // Where a form subtracts, as 1 − tanh² does, its parts are of the size of x.
        double size = std::max({1.0, std::min(std::abs(row[0]), 100.0), std::abs(static_cast<double>(computed))});
        if (divides.contains(op->name)) size /= std::min(1.0, std::abs(row[0]));  // a difference, divided by x
        const double difference = static_cast<double>(abs(*stated - computed));
        // An exponential is off by a rounding for each unit of its exponent.
        const double exponent =
            computed == Quad(0.0) ? 0.0 : std::abs(std::log(std::abs(static_cast<double>(computed))));
        if (difference <= (64 + exponent) * quad_rounding * size) continue;
        FAIL_CHECK(fmt::format("∂/∂x{} of {} at ({}, {}, {}): {} is shown, {} is computed, {} apart", i, op->label,
                               row[0], row[1], row[2], static_cast<double>(*stated), static_cast<double>(computed),
                               difference));
        break;
      }
    }
  }
  for (const char* name :
       {"tanh", "softplus", "leaky_relu", "relu6", "elu", "celu", "softsign", "hard_sigmoid", "hard_tanh", "gelu",
        "gelu_tanh", "mish", "max", "min", "clamp", "logaddexp", "pow", "hypot"}) {
    INFO(name);
    CHECK(compared.contains(name));
  }
}

namespace {

template <class Op>
void check_shown_loss(const Op& op, double low, double high) {
  Numbers numbers(7);
  for (int n = 0; n < 2000; ++n) {
    const std::array<Quad, 2> x{Quad(numbers.real(low, high)), Quad(numbers.real(0.0, 1.0))};
    const auto compare = [&](auto w, const auto&... a) {
      const Quad y = op.value(a...);
      const auto difference = static_cast<double>(abs(as<Quad>(op.shown(w, a..., y)) - as<Quad>(op.d(w, a..., y))));
      INFO(Op::name << " at " << static_cast<double>(x[0]) << ", " << static_cast<double>(x[1]));
      CHECK(difference <= 1e-28);
    };
    if constexpr (Op::arity == 1) {
      compare(wrt<0>{}, x[0]);
    } else {
      compare(wrt<0>{}, x[0], x[1]);
      compare(wrt<1>{}, x[0], x[1]);
    }
  }
}

}  // namespace

TEST_CASE("ops: a derivative of a loss that is shown is the one that is computed", "[ops]") {
  check_shown_loss(Huber{}, -3.0, 3.0);
  check_shown_loss(Huber{{}, 0.5, 2.0}, -3.0, 3.0);
  check_shown_loss(BceWithLogits{}, -20.0, 20.0);
  check_shown_loss(Bce{}, 0.001, 0.999);
  check_shown_loss(KlTerm{}, -5.0, 0.0);
  check_shown_loss(KlLogTerm{}, -5.0, 0.0);
}

TEST_CASE("ops: an argument that a derivative does not read never changes it", "[ops]") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& op : op_cases()) {
    for (std::size_t i = 0; i < op->arity; ++i) {
      for (const Point<double>& x : inner_points<double>(*op, 20)) {
        Point<double> unread_spoiled = x;
        for (std::size_t k = 0; k < op->arity; ++k) {
          if (((op->reads[i] >> k) & 1U) == 0) unread_spoiled[k] = nan;
        }
        const double y = op->value(x);
        const bool reads_value = ((op->reads[i] >> op->arity) & 1U) != 0;
        INFO("∂/∂x" << i << " of " << op->label);
        CHECK(op->partial(i, unread_spoiled, reads_value ? y : nan) == op->partial(i, x, y));
      }
    }
  }
}

TEST_CASE("ops: forward mode carries the derivatives along", "[ops]") {
  Numbers numbers(3);
  for (const auto& op : op_cases()) {
    for (const Point<double>& x : inner_points<double>(*op, 50)) {
      Point<double> v{};
      double expected = 0.0;
      double size = 0.0;
      for (std::size_t k = 0; k < op->arity; ++k) {
        v[k] = numbers.real(-1.0, 1.0);
        const double part = v[k] * op->partial(k, x, op->value(x));
        expected += part;
        size += std::abs(part);
      }
      INFO(op->label << " at " << x[0] << ", " << x[1]);
      CHECK(std::abs(op->tangent(x, v) - expected) <= 4 * 0x1p-53 * size);
    }
  }
}

TEST_CASE("ops: each has a name of its own, and what it states is no weaker than the bars", "[ops]") {
  std::vector<std::pair<std::string_view, int>> names;  // pow takes a fixed exponent, or two arguments
  for_each_op(Elementwise{}, [&](const auto& op) { names.emplace_back(op.name, op.arity); });
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  for (const auto& op : op_cases()) {
    INFO(op->label);
    const bool exception = op->name == "gelu_tanh";  // see its comment
    CHECK(op->worst.value <= (op->internal ? second_bound : exception ? 4.6 : value_bound));
    CHECK(op->worst.derivative <= (op->internal ? second_bound : partial_bound));
  }
}

// Prints the worst errors: run with the tag [measure].
TEMPLATE_TEST_CASE("ops: measured errors", "[.][measure]", float, double) {
  for (const auto& op : op_cases()) {
    const auto rows = points<TestType>(*op, some);
    fmt::print("{:8} {:24} value {:5.2f}", name_of(dtype_of<TestType>), op->label, value_error(*op, rows).ulps);
    for (std::size_t i = 0; i < op->arity; ++i) {
      fmt::print("  ∂x{} {:5.2f}", i, partial_error(*op, i, rows).ulps);
      for (std::size_t j = 0; j < op->arity; ++j) {
        fmt::print("  ∂²x{}x{} {:5.2f}", i, j, second_error(*op, i, j, inner_points<TestType>(*op, 200)).ulps);
      }
    }
    fmt::print("\n");
  }
}

TEST_CASE("exp_difference overflows to infinity, whatever rounding took from the difference") {
  CHECK(bind(ExpDifference{}, 9007199254740994.0, -1.0) == std::numeric_limits<double>::infinity());
  CHECK(bind(ExpDifference{}, 700.0, -20.0) == std::numeric_limits<double>::infinity());
}
