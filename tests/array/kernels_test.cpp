// The compiled loops.  One run tests one instruction set, the one that
// GRADUS_ISA asks for.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/catch.h"
#include "tests/reference/kernel_errors.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

void check(const Worst& worst, double bound) {
  INFO(kernels().isa << ": " << worst.where);
  CHECK(worst.ulps <= bound);
}

/// Calls f(kernel, op, operands) for the value kernel and each pullback kernel
/// of each op, with `n` elements.
template <class T, class F>
void for_each_kernel(std::size_t n, F&& f) {
  for_each_setting([&](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    auto rows = points<T, Op>(n);
    rows.resize(n);
    f(value_kernel<Op>(), op, columns_of(rows));
    for_each_argument<Op>([&](auto i) {
      Numbers numbers(7);
      std::vector<T> g(n);
      for (T& v : g) v = static_cast<T>(numbers.real(-1.0, 1.0));
      f(pullback_kernel<i(), Op>(), Pullback<Op, i()>{op}, pullback_operands<i()>(op, rows, std::move(g)));
    });
  });
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](T x, T y) {
           return ulp_distance(x, y) == 0 && std::signbit(x) == std::signbit(y);
         });
}

}  // namespace

TEMPLATE_TEST_CASE("kernels: values are right to a few ulps", "[kernels]", float, double) {
  for_each_setting([](const auto& op) { check(kernel_value_error<TestType>(op), value_bound); });
}

TEMPLATE_TEST_CASE("kernels: a pullback gives the slope of the value", "[kernels]", float, double) {
  for_each_setting([](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    for_each_argument<Op>([&](auto i) { check(kernel_partial_error<TestType, i()>(op), partial_bound); });
  });
}

TEMPLATE_TEST_CASE("kernels: an element's result does not depend on how many there are", "[kernels]", float, double) {
  for (const std::size_t n : std::initializer_list<std::size_t>{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100}) {
    for_each_kernel<TestType>(n, [&](const auto& kernel, const auto& op, const auto& in) {
      std::vector<TestType> alone;
      for (std::size_t i = 0; i < n; ++i) {
        std::vector<std::vector<TestType>> single;
        for (const auto& column : in) single.push_back({column[i]});
        alone.push_back(run_kernel(kernel, op, single, 1).front());
      }
      INFO(op.name << ", " << n << " elements");
      CHECK(same_bits(run_kernel(kernel, op, in, n), alone));
    });
  }
}

TEMPLATE_TEST_CASE("kernels: one number can serve every element", "[kernels]", float, double) {
  constexpr std::size_t n = 37;
  for_each_kernel<TestType>(n, [&](const auto& kernel, const auto& op, const auto& in) {
    for (unsigned shared = 1; shared < (1U << in.size()); ++shared) {
      auto repeated = in;
      for (std::size_t k = 0; k < in.size(); ++k) {
        if (((shared >> k) & 1U) != 0) repeated[k].assign(n, in[k].front());
      }
      INFO(op.name << ", shared operands " << shared);
      CHECK(same_bits(run_kernel(kernel, op, in, n, shared), run_kernel(kernel, op, repeated, n)));
    }
  });
}

TEMPLATE_TEST_CASE("kernels: the result may be written over an operand", "[kernels]", float, double) {
  constexpr std::size_t n = 37;
  for_each_kernel<TestType>(n, [&](const auto& kernel, const auto& op, const auto& in) {
    const auto expected = run_kernel(kernel, op, in, n);
    for (std::size_t over = 0; over < in.size(); ++over) {
      auto columns = in;
      std::array<const void*, KernelTable::max_arity> from{};
      std::array<std::int64_t, KernelTable::max_arity> step{};
      for (std::size_t k = 0; k < in.size(); ++k) from[k] = columns[k].data(), step[k] = 1;
      kernel[static_cast<std::size_t>(dtype_of<TestType>)](&op, n, from.data(), step.data(), columns[over].data());
      INFO(op.name << ", over operand " << over);
      CHECK(same_bits(columns[over], expected));
    }
  });
}

TEMPLATE_TEST_CASE("kernels: a tail neither reads nor writes beyond its end", "[kernels]", float, double) {
  for (const std::size_t n : std::initializer_list<std::size_t>{1, 3, 7, 13, 31}) {
    for_each_kernel<TestType>(n, [&](const auto& kernel, const auto& op, const auto& in) {
      auto longer = in;
      for (auto& column : longer) column.resize(n + 40, std::numeric_limits<TestType>::signaling_NaN());
      std::array<const void*, KernelTable::max_arity> from{};
      std::array<std::int64_t, KernelTable::max_arity> step{};
      for (std::size_t k = 0; k < in.size(); ++k) from[k] = longer[k].data(), step[k] = 1;
      std::vector<TestType> out(n + 40, TestType(-77));
      kernel[static_cast<std::size_t>(dtype_of<TestType>)](&op, static_cast<std::int64_t>(n), from.data(), step.data(),
                                                           out.data());
      INFO(op.name << ", " << n << " elements");
      CHECK(std::all_of(out.begin() + static_cast<std::ptrdiff_t>(n), out.end(),
                        [](TestType v) { return v == TestType(-77); }));
      out.resize(n);
      CHECK(same_bits(out, run_kernel(kernel, op, in, n)));
    });
  }
}

namespace {

/// Compares the value kernels with the formulas at every combination of some
/// numbers.
template <class T>
void check_against_formulas(const std::vector<T>& numbers) {
  for_each_setting([&](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    std::vector<Point<Op, T>> rows;
    for (const T a : numbers) {
      if constexpr (Op::arity == 1) {
        rows.push_back({a});
      } else {
        for (const T b : numbers) rows.push_back({a, b});
      }
    }
    const auto got = run_kernel(value_kernel<Op>(), op, columns_of(rows), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const T expected = value_at(op, rows[i]);
      INFO(kernels().isa << ": " << label(op)
                         << fmt::format("({}): got {}, expected {}", fmt::join(rows[i], ", "), got[i], expected));
      CHECK(ulp_distance(got[i], expected) <= static_cast<std::uint64_t>(value_bound));
    }
  });
}

}  // namespace

TEMPLATE_TEST_CASE("kernels: special numbers go where the formula sends them", "[kernels]", float, double) {
  using Limits = std::numeric_limits<TestType>;
  const TestType inf = Limits::infinity();
  check_against_formulas<TestType>({TestType(0), -TestType(0), TestType(1), TestType(-1), inf, -inf,
                                    Limits::quiet_NaN(), Limits::max(), Limits::lowest(), Limits::min(),
                                    -Limits::min()});
}

TEMPLATE_TEST_CASE("kernels: subnormal arguments are numbers like any other", "[kernels]", float, double) {
  using Limits = std::numeric_limits<TestType>;
  check_against_formulas<TestType>(
      {Limits::denorm_min(), -Limits::denorm_min(), Limits::min() / 2, Limits::min() / 1000});
}

TEMPLATE_TEST_CASE("kernels: the whole range is used, from subnormal results to the largest", "[kernels]", float,
                   double) {
  using Limits = std::numeric_limits<TestType>;
  const TestType top = std::log(Limits::max());
  const TestType bottom = std::log(Limits::min());
  check_against_formulas<TestType>({top * TestType(0.9999), bottom * TestType(1.0001), bottom * TestType(1.01),
                                    std::log(Limits::denorm_min()), top * TestType(1.01)});
}

TEST_CASE("kernels: the table is that of the instruction set asked for", "[kernels]") {
  const char* asked = std::getenv("GRADUS_ISA");
  if (asked != nullptr) CHECK(std::string(kernels().isa) == asked);
}

// Prints the worst errors: run with the tag [measure].
TEMPLATE_TEST_CASE("kernels: measured errors", "[.][measure]", float, double) {
  for_each_setting([](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    fmt::print("{:9} {:8} {:16} value {:5.2f}", kernels().isa, name_of(dtype_of<TestType>), label(op),
               kernel_value_error<TestType>(op).ulps);
    for_each_argument<Op>(
        [&](auto i) { fmt::print("  ∂x{} {:5.2f}", i(), kernel_partial_error<TestType, i()>(op).ulps); });
    fmt::print("\n");
  });
}
