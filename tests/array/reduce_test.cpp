// Reductions over any axes of any layout, against one-by-one sums in long double.
#include "autograd/array/reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "autograd/array/elementwise.h"
#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/naive.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

/// Folds the numbers that share the indices of the kept axes.
template <class T, class F>
std::vector<T> folded(const Array& x, std::uint32_t mask, T start, const F& f) {
  std::map<Index, T> groups;
  const Shape kept = reduced(x.shape(), mask, true);
  for_each_index(kept, [&](const Index& index) { groups.emplace(index, start); });
  for_each_index(x.shape(), [&](Index index) {
    const double v = element(x, index);
    for (std::size_t k = 0; k < index.size(); ++k) {
      if (((mask >> k) & 1U) != 0) index[k] = 0;
    }
    T& group = groups.at(index);
    group = f(group, v);
  });
  std::vector<T> out;
  for (const auto& [index, value] : groups) out.push_back(value);
  return out;
}

Array random_layout(Numbers& numbers, const Shape& shape, DType dtype) {
  const Array a = random_array(numbers, shape, dtype);
  return numbers.chance(0.5) ? shuffled_in_memory(numbers, a) : a;
}

}  // namespace

TEST_CASE("reduce: a sum over any axes has the error of a pairwise sum", "[reduce]") {
  Numbers numbers(3);
  for (int round = 0; round < 1000; ++round) {
    const DType dtype = round % 2 == 0 ? DType::float32 : DType::float64;
    const Shape shape = random_shape(numbers, 6, round % 10 == 0 ? 40 : 5);
    if (shape.size() > 100000) continue;
    const Array x = random_layout(numbers, shape, dtype);
    const auto mask = static_cast<std::uint32_t>(numbers.bits()) & ((1U << shape.rank()) - 1);
    const auto exact = folded(x, mask, 0.0L, [](long double s, double v) { return s + v; });
    const auto size = folded(x, mask, 0.0L, [](long double s, double v) { return s + std::abs(v); });
    const Array got = sum_axes(x, mask, false);
    INFO("sum of " << to_string(shape) << " over axes " << mask);
    REQUIRE(got.shape() == reduced(shape, mask, false));
    CHECK(got.dtype() == dtype);
    CHECK(sum_axes(x, mask, true).shape() == reduced(shape, mask, true));
    const std::vector<double> numbers_got = elements(got);
    REQUIRE(numbers_got.size() == exact.size());
    // Higham: |error| <= log2(n) eps Σ|x| for pairwise sums, plus the depth of a block that is added in order.
    const double eps = dtype == DType::float32 ? 0x1p-24 : 0x1p-53;
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const auto error = static_cast<double>(std::abs(numbers_got[i] - exact[i]));
      CHECK(error <= 64 * eps * static_cast<double>(size[i]));
    }
  }
}

TEST_CASE("reduce: ten million float32 numbers add up to the last digit", "[reduce]") {
  const Json c = torture_cases().at("acc-sum-1e7-f32");
  const double exact = number_of(c.at("expected").at("exact_sum"));
  const Array x = Array::full({10'000'000}, 0.1, DType::float32);
  CHECK(std::abs(sum_axes(x, 0b1, false).item() - exact) <= 0.0625);
  const Array columns = x.reshape({2'500'000, 4});
  CHECK(difference(sum_axes(columns, 0b01, false), Array::full({4}, exact / 4, DType::float32), 1).empty());
}

TEST_CASE("reduce: the largest number along any axes", "[reduce]") {
  Numbers numbers(4);
  for (int round = 0; round < 500; ++round) {
    const DType dtype = round % 2 == 0 ? DType::float32 : DType::float64;
    const Shape shape = random_shape(numbers, 5, 6);
    if (shape.size() == 0) continue;
    const Array x = random_layout(numbers, shape, dtype);
    const auto mask = static_cast<std::uint32_t>(numbers.bits()) & ((1U << shape.rank()) - 1);
    const auto exact =
        folded(x, mask, -std::numeric_limits<double>::infinity(), [](double m, double v) { return std::max(m, v); });
    const std::string wrong = difference(elements(max(x, mask, false, "max")), exact);
    INFO("max of " << to_string(shape) << " over axes " << mask << ": " << wrong);
    CHECK(wrong.empty());
  }
}

TEST_CASE("reduce: a NaN anywhere is the largest number", "[reduce]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t place = 0; place < 5; ++place) {
    std::vector<double> numbers{1, 2, 3, 2, 1};
    numbers[place] = nan;
    CHECK(std::isnan(max(Array({5}, numbers), 1, false, "max").item()));
    CHECK(std::isnan(sum_axes(Array({5}, numbers), 1, false).item()));
  }
}

TEST_CASE("reduce: nothing adds up to 0 and has no largest number", "[reduce]") {
  CHECK(sum_axes(Array::zeros({0}), 1, false).item() == 0.0);
  CHECK(sum_axes(Array::zeros({0, 3}), 0b01, false).to_vector() == std::vector<double>{0, 0, 0});
  CHECK(sum_axes(Array::zeros({0, 3}), 0b10, false).size() == 0);
  CHECK_THROWS_MATCHES(max(Array::zeros({0}), 1, false, "max"), ShapeError,
                       test::Message("[max] nothing to reduce along axis 0 of [0]"));
  CHECK(max(Array::zeros({0, 3}), 0b10, false, "max").shape() == Shape{0});
}

TEST_CASE("reduce: no axes leave the array as it is", "[reduce]") {
  const Array x({2, 2}, {1, 2, 3, 4});
  CHECK(sum_axes(x, 0, false).to_vector() == x.to_vector());
  CHECK(sum_axes(Array(3.0), 0, false).item() == 3.0);
}

TEST_CASE("reduce: summing down undoes a broadcast", "[reduce]") {
  Numbers numbers(5);
  for (int round = 0; round < 300; ++round) {
    const Shape shape = random_shape(numbers, 5, 4);
    const Array narrow = random_operand(numbers, shape, DType::float64);
    if (narrow.size() == 0) continue;
    const Array ones = Array::full(narrow.shape(), 1.0).broadcast_to(shape);
    const Array down = sum_to(ones, narrow.shape());
    INFO(to_string(shape) << " down to " << to_string(narrow.shape()));
    CHECK(down.shape() == narrow.shape());
    const double repeats = static_cast<double>(shape.size()) / static_cast<double>(narrow.size());
    CHECK(difference(down, Array::full(narrow.shape(), repeats)).empty());
  }
}
