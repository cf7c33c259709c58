// Matrix products of any layout, against sums in long double.
#include "autograd/array/matmul.h"

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "autograd/array/blas_core.h"
#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/naive.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

/// A matrix in one of the ways that it can lie in memory.
Array matrix(Numbers& numbers, std::int64_t rows, std::int64_t columns, DType dtype) {
  switch (numbers.whole(4)) {
    case 0:
      return random_array(numbers, {rows, columns}, dtype);
    case 1:
      return random_array(numbers, {columns, rows}, dtype).permute(std::vector<int>{1, 0});
    case 2:
      return random_array(numbers, {1, columns}, dtype).broadcast_to({rows, columns});
    default:
      return random_array(numbers, {rows, 1}, dtype).broadcast_to({rows, columns});
  }
}

/// Checks a·b, each transposed or not, element by element: rounding may cost n ε Σ|a||b| and no more.
void check_product(const Array& a, const Array& b, bool transpose_a, bool transpose_b) {
  const Array got = matmul(a, b, transpose_a, transpose_b);
  const auto left = [&](std::int64_t i, std::int64_t k) { return element(a, transpose_a ? Index{k, i} : Index{i, k}); };
  const auto right = [&](std::int64_t k, std::int64_t j) {
    return element(b, transpose_b ? Index{j, k} : Index{k, j});
  };
  const std::int64_t inner = a.sizes()[transpose_a ? 0 : 1];
  const Shape shape{a.sizes()[transpose_a ? 1 : 0], b.sizes()[transpose_b ? 0 : 1]};
  INFO(to_string(a.shape()) << (transpose_a ? "ᵀ" : "") << " by " << to_string(b.shape()) << (transpose_b ? "ᵀ" : ""));
  REQUIRE(got.shape() == shape);
  CHECK(got.dtype() == promote(a.dtype(), b.dtype()));
  const double eps = got.dtype() == DType::float32 ? 0x1p-24 : 0x1p-53;
  double worst = 0.0;
  for_each_index(shape, [&](const Index& index) {
    long double exact = 0.0L;
    long double size = 0.0L;
    for (std::int64_t k = 0; k < inner; ++k) {
      const auto product = static_cast<long double>(left(index[0], k)) * right(k, index[1]);
      exact += product;
      size += std::abs(product);
    }
    const auto error = static_cast<double>(std::abs(element(got, index) - exact));
    const double allowed = static_cast<double>(inner + 1) * eps * static_cast<double>(size);
    worst = std::max(worst, error == 0.0 ? 0.0 : error / allowed);
  });
  CHECK(worst <= 1.0);
}

}  // namespace

TEST_CASE("matmul: all sizes, layouts and transposes", "[matmul]") {
  Numbers numbers(6);
  const DType types[] = {DType::float32, DType::float64};
  for (int round = 0; round < 600; ++round) {
    const std::int64_t most = round % 20 == 0 ? 70 : 9;
    const std::int64_t m = numbers.whole(most) + (round % 7 == 0 ? 0 : 1);
    const std::int64_t n = numbers.whole(most) + (round % 5 == 0 ? 0 : 1);
    const std::int64_t k = numbers.whole(most) + (round % 3 == 0 ? 0 : 1);
    const bool ta = numbers.chance(0.5);
    const bool tb = numbers.chance(0.5);
    const Array a = matrix(numbers, ta ? k : m, ta ? m : k, types[numbers.whole(2)]);
    const Array b = matrix(numbers, tb ? n : k, tb ? k : n, types[numbers.whole(2)]);
    check_product(a, b, ta, tb);
  }
}

TEST_CASE("matmul: vectors as matrices with one row or one column", "[matmul]") {
  Numbers numbers(7);
  for (const DType dtype : {DType::float32, DType::float64}) {
    const Array row = random_array(numbers, {1, 300}, dtype);
    const Array column = random_array(numbers, {300, 1}, dtype);
    check_product(row, column, false, false);
    check_product(column, row, false, false);
    check_product(row, row, false, true);
    check_product(column, column, true, false);
  }
}

TEST_CASE("matmul: nothing in between adds up to zeros", "[matmul]") {
  const Array c = matmul(Array::zeros({2, 0}), Array::zeros({0, 3}));
  CHECK(difference(c, Array::zeros({2, 3})).empty());
  CHECK(matmul(Array::zeros({0, 4}), Array::zeros({4, 3})).shape() == Shape{0, 3});
  CHECK(matmul(Array::zeros({4, 0}), Array::zeros({3, 0}), false, true).shape() == Shape{4, 3});
}

TEST_CASE("matmul: infinities and NaN follow the arithmetic at every size", "[matmul]") {
  for (const std::int64_t n : {2, 40}) {
    std::vector<double> numbers(static_cast<std::size_t>(n), 0.0);
    numbers[1] = 1.0;
    const Array a({1, n}, numbers);
    numbers.assign(static_cast<std::size_t>(n), 1.0);
    numbers[0] = std::numeric_limits<double>::infinity();
    const Array b({n, 1}, numbers);
    CHECK(std::isnan(matmul(a, b).item()));
    CHECK(std::isinf(matmul(b, b, true, false).item()));
  }
}

TEST_CASE("matmul: what does not fit is named", "[matmul]") {
  CHECK_THROWS_MATCHES(matmul(Array::zeros({64, 784}), Array::zeros({128, 10})), ShapeError,
                       test::Message("[matmul] inner sizes differ: [64, 784] by [128, 10]"));
  CHECK_THROWS_MATCHES(matmul(Array::zeros({3, 2}), Array::zeros({2, 5}), true, false), ShapeError,
                       test::Message("[matmul] inner sizes differ: [2, 3] by [2, 5]"));
  CHECK_THROWS_MATCHES(matmul(Array(1.0), Array::zeros({2, 2})), ShapeError,
                       test::Message("[matmul] two matrices are needed: [] by [2, 2]"));
  CHECK_THROWS_AS(matmul(Array::zeros({2}), Array::zeros({2, 2})), ShapeError);
  CHECK_THROWS_MATCHES(matmul(Array::zeros({2, 3, 4}), Array::zeros({3, 4, 5})), ShapeError,
                       test::Message("[matmul] the batch axes do not broadcast: [2, 3, 4] by [3, 4, 5]"));
  CHECK_THROWS_MATCHES(matmul(Array::zeros({2, 4, 3}), Array::zeros({5, 2}), true, false), ShapeError,
                       test::Message("[matmul] inner sizes differ: [2, 3, 4] by [5, 2]"));
}

TEST_CASE("matmul: threads of the caller's own get the same numbers as one alone", "[matmul]") {
  Numbers numbers(71);
  for (const DType dtype : {DType::float32, DType::float64}) {
    const Array a = random_array(numbers, {20, 14}, dtype);
    const Array b = random_array(numbers, {40, 14}, dtype).permute(std::vector<int>{1, 0});
    const std::vector<double> expected = matmul(a, b).to_vector();
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int k = 0; k < 4; ++k) {
      threads.emplace_back([&] {
        for (int round = 0; round < 20000; ++round) {
          const Array y = matmul(a, b);
          for (std::int64_t i = 0; i < y.size(); ++i) {
            const auto at = static_cast<std::size_t>(i);
            const double got = dispatch(dtype, [&](auto zero) { return double{y.data<decltype(zero)>()[i]}; });
            if (got != expected[at]) ++wrong;
          }
        }
      });
    }
    for (std::thread& t : threads) t.join();
    CHECK(wrong == 0);
  }
}

TEST_CASE("OpenBLAS computes with kernels for this processor", "[matmul]") {
  // On a processor that is younger than itself it would take those of 2004, at a fifth of the speed.
  const std::string core = blas_core();
  if (const char* asked = std::getenv("OPENBLAS_CORETYPE"); asked != nullptr) {
    CHECK(core == asked);
    return;
  }
  std::ifstream file("/proc/cpuinfo");
  const std::string facts((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (facts.find(" avx512bw") != std::string::npos) CHECK(core == "SkylakeX");
  CHECK(core != "Prescott");
}
