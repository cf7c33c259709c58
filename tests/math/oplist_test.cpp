// The self-test of every op: its formulas against quad precision and against each other.  An op that joins the list is
// tested without a line being added here.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include "autograd/base/dtype.h"
#include "autograd/math/reads.h"
#include "tests/catch.h"
#include "tests/reference/op_errors.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

void check(const Worst& worst, double bound) {
  INFO(worst.where);
  CHECK(worst.ulps <= bound);
  INFO("points where the reference is not sure enough; see up_to_a_constant()");
  CHECK(worst.unjudged == 0);
}

}  // namespace

TEMPLATE_TEST_CASE("ops: a value formula is right to a few ulps", "[ops]", float, double) {
  for_each_setting([](const auto& op) { check(value_error<TestType>(op), value_bound); });
}

TEMPLATE_TEST_CASE("ops: a derivative is the slope of the value", "[ops]", float, double) {
  for_each_setting([](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    for_each_argument<Op>([&](auto i) { check(partial_error<TestType, i()>(op), partial_bound); });
  });
}

TEMPLATE_TEST_CASE("ops: a second derivative is the slope of the first", "[ops]", float, double) {
  for_each_setting([](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    for_each_argument<Op>([&](auto i) {
      for_each_argument<Op>([&](auto j) { check(second_error<TestType, i(), j()>(op), second_bound); });
    });
  });
}

TEST_CASE("ops: a derivative that is shown is the one that is computed", "[ops]") {
  std::size_t shown = 0;
  for_each_setting([&](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    for_each_argument<Op>([&](auto i) {
      for (const auto& x : points<double, Op>(200)) {
        const auto at = widened(x);
        const Quad y = value_at(op, at);
        std::apply(
            [&](const auto&... a) {
              if constexpr (requires { op.shown(i, a..., y); }) {
                ++shown;
                const Quad difference = as<Quad>(op.shown(i, a..., y)) - partial_at<i()>(op, at, y);
                INFO(label(op) << " at " << x[0]);
                CHECK(static_cast<double>(abs(difference)) <= 16 * quad_rounding);
              }
            },
            at);
      }
    });
  });
  CHECK(shown > 0);
}

TEST_CASE("ops: an argument that a derivative does not read never changes it", "[ops]") {
  for_each_setting([](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    for_each_argument<Op>([&](auto i) {
      constexpr unsigned mask = reads<Op, i()>;
      for (const auto& x : points<double, Op>(20)) {
        auto unread_spoiled = x;
        for (std::size_t k = 0; k < x.size(); ++k) {
          if (((mask >> k) & 1U) == 0) unread_spoiled[k] = std::numeric_limits<double>::quiet_NaN();
        }
        const double y = value_at(op, x);
        const bool reads_value = ((mask >> Op::arity) & 1U) != 0;
        INFO(partial_label<i()>(op));
        CHECK(partial_at<i()>(op, unread_spoiled, reads_value ? y : std::numeric_limits<double>::quiet_NaN()) ==
              partial_at<i()>(op, x, y));
      }
    });
  });
}

TEST_CASE("ops: each has a name of its own", "[ops]") {
  std::vector<std::string_view> names;
  for_each_op(Elementwise{}, [&](const auto& op) { names.push_back(op.name); });
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

// Prints the worst errors: run with the tag [measure].
TEMPLATE_TEST_CASE("ops: measured errors", "[.][measure]", float, double) {
  for_each_setting([](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    fmt::print("{:8} {:16} value {:5.2f}", name_of(dtype_of<TestType>), label(op), value_error<TestType>(op).ulps);
    for_each_argument<Op>([&](auto i) {
      fmt::print("  ∂x{} {:5.2f}", i(), partial_error<TestType, i()>(op).ulps);
      for_each_argument<Op>(
          [&](auto j) { fmt::print("  ∂²x{}x{} {:5.2f}", i(), j(), second_error<TestType, i(), j()>(op).ulps); });
    });
    fmt::print("\n");
  });
}

TEST_CASE("exp_difference overflows to infinity, whatever rounding took from the difference") {
  CHECK(bind(ExpDifference{}, 9007199254740994.0, -1.0) == std::numeric_limits<double>::infinity());
  CHECK(bind(ExpDifference{}, 700.0, -20.0) == std::numeric_limits<double>::infinity());
}
