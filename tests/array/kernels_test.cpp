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

#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/kernel_errors.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

/// How many random points each kernel is tested at: 10,000 unless GRADUS_TEST_POINTS says otherwise.  Most of the time of the
/// default run goes into their quad precision.
std::size_t point_count() {
  const char* asked = std::getenv("GRADUS_TEST_POINTS");
  return asked == nullptr ? 10000 : std::strtoull(asked, nullptr, 10);
}

/// Calls f(points) for chunks of all the points; the first holds the hard ones.
template <class T, class F>
void for_each_chunk(const OpCase& op, F&& f) {
  constexpr std::size_t chunk = 100000;
  const std::size_t all = point_count();
  for (std::size_t done = 0; done < all; done += chunk) {
    f(points<T>(op, std::min(chunk, all - done), done / chunk));
  }
}

void check(const WorstSeen& worst, double bound) {
  INFO(kernels().isa << ": " << worst.where);
  CHECK(worst.ulps <= bound);
}

/// Calls f(kernel, label, operands) for the value kernel and each pullback kernel of each op, with `n` elements.
template <class T, class F>
void for_each_kernel(std::size_t n, F&& f) {
  for (const auto& op : op_cases()) {
    const auto rows = inner_points<T>(*op, n);
    f(op->value_kernel(), op->label, columns_of(*op, rows));
    for (std::size_t i = 0; i < op->arity; ++i) {
      Numbers numbers(7);
      std::vector<T> g(n);
      for (T& v : g) v = static_cast<T>(numbers.real(-1.0, 1.0));
      f(op->pullback_kernel(i), op->label, pullback_operands(*op, i, rows, std::move(g)));
    }
  }
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](T x, T y) {
           return ulp_distance(x, y) == 0 && std::signbit(x) == std::signbit(y);
         });
}

}  // namespace

TEMPLATE_TEST_CASE("kernels: values are right to the ulps that the op states", "[kernels][accuracy]", float, double) {
  for (const auto& op : op_cases()) {
    for_each_chunk<TestType>(*op, [&](const auto& rows) { check(kernel_value_error(*op, rows), op->worst.value); });
  }
}

TEMPLATE_TEST_CASE("kernels: a pullback is right to the ulps that the op states", "[kernels][accuracy]", float,
                   double) {
  for (const auto& op : op_cases()) {
    for (std::size_t i = 0; i < op->arity; ++i) {
      for_each_chunk<TestType>(
          *op, [&](const auto& rows) { check(kernel_partial_error(*op, i, rows), op->worst.derivative); });
    }
  }
}

TEMPLATE_TEST_CASE("kernels: an element's result does not depend on how many there are", "[kernels]", float, double) {
  for (const std::size_t n : std::initializer_list<std::size_t>{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100}) {
    for_each_kernel<TestType>(n, [&](const KernelCase& kernel, const std::string& label, const auto& in) {
      std::vector<TestType> alone;
      for (std::size_t i = 0; i < n; ++i) {
        std::vector<std::vector<TestType>> single;
        for (const auto& column : in) single.push_back({column[i]});
        alone.push_back(run_kernel(kernel, single, 1).front());
      }
      INFO(label << ", " << n << " elements");
      CHECK(same_bits(run_kernel(kernel, in, n), alone));
    });
  }
}

TEMPLATE_TEST_CASE("kernels: one number can serve every element", "[kernels]", float, double) {
  constexpr std::size_t n = 37;
  for_each_kernel<TestType>(n, [&](const KernelCase& kernel, const std::string& label, const auto& in) {
    for (unsigned shared = 1; shared < (1U << in.size()); ++shared) {
      auto repeated = in;
      for (std::size_t k = 0; k < in.size(); ++k) {
        if (((shared >> k) & 1U) != 0) repeated[k].assign(n, in[k].front());
      }
      INFO(label << ", shared operands " << shared);
      CHECK(same_bits(run_kernel(kernel, in, n, shared), run_kernel(kernel, repeated, n)));
    }
  });
}

TEMPLATE_TEST_CASE("kernels: the result may be written over an operand", "[kernels]", float, double) {
  constexpr std::size_t n = 37;
  for_each_kernel<TestType>(n, [&](const KernelCase& kernel, const std::string& label, const auto& in) {
    const auto expected = run_kernel(kernel, in, n);
    for (std::size_t over = 0; over < in.size(); ++over) {
      auto columns = in;
      std::array<const void*, gradus::detail::max_operands> from{};
      std::array<std::int64_t, gradus::detail::max_operands> step{};
      for (std::size_t k = 0; k < in.size(); ++k) from[k] = columns[k].data(), step[k] = 1;
      (*kernel.kernel)[static_cast<std::size_t>(dtype_of<TestType>)](kernel.op, n, from.data(), step.data(),
                                                                     columns[over].data());
      INFO(label << ", over operand " << over);
      CHECK(same_bits(columns[over], expected));
    }
  });
}

TEMPLATE_TEST_CASE("kernels: a tail neither reads nor writes beyond its end", "[kernels]", float, double) {
  for (const std::size_t n : std::initializer_list<std::size_t>{1, 3, 7, 13, 31}) {
    for_each_kernel<TestType>(n, [&](const KernelCase& kernel, const std::string& label, const auto& in) {
      auto longer = in;
      for (auto& column : longer) column.resize(n + 40, std::numeric_limits<TestType>::signaling_NaN());
      std::array<const void*, gradus::detail::max_operands> from{};
      std::array<std::int64_t, gradus::detail::max_operands> step{};
      for (std::size_t k = 0; k < in.size(); ++k) from[k] = longer[k].data(), step[k] = 1;
      std::vector<TestType> out(n + 40, TestType(-77));
      (*kernel.kernel)[static_cast<std::size_t>(dtype_of<TestType>)](kernel.op, static_cast<std::int64_t>(n),
                                                                     from.data(), step.data(), out.data());
      INFO(label << ", " << n << " elements");
      CHECK(std::all_of(out.begin() + static_cast<std::ptrdiff_t>(n), out.end(),
                        [](TestType v) { return v == TestType(-77); }));
      out.resize(n);
      CHECK(same_bits(out, run_kernel(kernel, in, n)));
    });
  }
}

namespace {

/// Compares the value kernels with the formulas at every combination of some numbers.
template <class T>
void check_against_formulas(const std::vector<T>& numbers) {
  for (const auto& op : op_cases()) {
    std::vector<Point<T>> rows{Point<T>{}};
    for (std::size_t k = 0; k < op->arity; ++k) {
      std::vector<Point<T>> longer;
      for (const Point<T>& row : rows) {
        for (const T v : numbers) {
          longer.push_back(row);
          longer.back()[k] = v;
        }
      }
      rows = std::move(longer);
    }
    const auto got = run_kernel(op->value_kernel(), columns_of(*op, rows), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const T expected = op->value(rows[i]);
      INFO(kernels().isa << ": " << op->label
                         << fmt::format("({}): got {}, expected {}", fmt::join(rows[i], ", "), got[i], expected));
      CHECK(ulp_distance(got[i], expected) <= 2 * static_cast<std::uint64_t>(value_bound));
    }
  }
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
  for (const auto& op : op_cases()) {
    const auto rows = points<TestType>(*op, point_count());
    fmt::print("{:9} {:8} {:24} value {:5.2f}", kernels().isa, name_of(dtype_of<TestType>), op->label,
               kernel_value_error(*op, rows).ulps);
    for (std::size_t i = 0; i < op->arity; ++i) {
      fmt::print("  ∂x{} {:5.2f}", i, kernel_partial_error(*op, i, rows).ulps);
    }
    fmt::print("\n");
  }
}
