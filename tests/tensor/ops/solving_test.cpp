// Systems of linear equations, inverses and determinants: values, shapes, errors.  Derivatives: every_op_test.cpp.
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "tests/catch.h"
#include "tests/reference/naive.h"
#include "tests/reference/wide_matrices.h"

using namespace gradus;
using namespace gradus::reference;

namespace solving_test {

namespace {

auto says(const std::string& message) { return test::Message(message); }

double unit(DType dtype) { return dtype == DType::float32 ? 0x1p-23 : 0x1p-52; }

Tensor part(const Tensor& x, std::int64_t k) { return ops::slice(x, {Slice(k)}); }

/// Whether f of a batch is f of its parts, to the last bit.
void check_one_by_one(const std::function<Tensor(const std::vector<Tensor>&)>& f, const std::vector<Tensor>& batches) {
  const Tensor all = f(batches);
  for (std::int64_t k = 0; k < all.shape()[0]; ++k) {
    std::vector<Tensor> parts;
    for (const Tensor& batch : batches) parts.push_back(part(batch, k));
    CHECK(f(parts).to_vector() == part(all, k).to_vector());
  }
}

}  // namespace

TEST_CASE("inv: times the matrix it is 1, in quad precision", "[solving]") {
  Numbers numbers(5);
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const std::int64_t n : {1, 2, 3, 7, 40}) {
      const Array a = regular_matrices(numbers, {2, n, n}, dtype);
      const Array y = inv(Tensor(a)).value();
      CHECK(y.dtype() == dtype);
      for (std::int64_t k = 0; k < 2; ++k) {
        CHECK(distance(wide_matrix(a, k) * wide_matrix(y, k), identity_matrix(n)) < 20 * unit(dtype));
      }
    }
  }
}

TEST_CASE("solve: what it gives solves the system, and inv times the right side is the same", "[solving]") {
  Numbers numbers(6);
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const std::int64_t n : {1, 2, 5, 33}) {
      const Array a = regular_matrices(numbers, {n, n}, dtype);
      const Array b = random_array(numbers, {n, 3}, dtype);
      const Array x = solve(Tensor(a), Tensor(b)).value();
      CHECK(distance(wide_matrix(a) * wide_matrix(x), wide_matrix(b)) < 50 * unit(dtype));
      const Array lower = solve_triangular(Tensor(a), Tensor(b), {.lower = true}).value();
      CHECK(distance(wide_matrix(tril(Tensor(a)).value()) * wide_matrix(lower), wide_matrix(b)) < 50 * unit(dtype));
      const Array upper = solve_triangular(Tensor(a), Tensor(b)).value();
      CHECK(distance(wide_matrix(triu(Tensor(a)).value()) * wide_matrix(upper), wide_matrix(b)) < 50 * unit(dtype));
    }
  }
}

TEST_CASE("solve: views are read as they lie, and shapes are NumPy's", "[solving]") {
  Numbers numbers(7);
  const Tensor a{regular_matrices(numbers, {2, 3, 3})};
  const Tensor b{random_array(numbers, {3})};
  CHECK(solve(a, b).shape() == Shape{2, 3});
  CHECK(solve(part(a, 0), Tensor(random_array(numbers, {4, 3, 2}))).shape() == Shape{4, 3, 2});
  CHECK(solve(a, Tensor(random_array(numbers, {4, 1, 3, 2}))).shape() == Shape{4, 2, 3, 2});
  CHECK(solve(transpose(part(a, 0)), b).to_vector() ==
        solve(Tensor(transpose(part(a, 0)).value().packed()), b).to_vector());
  // One matrix for many right sides is decomposed once; the numbers are those of any of them.
  const Tensor many{random_array(numbers, {5, 3, 1})};
  const Tensor one = part(a, 1);
  check_one_by_one([&](const std::vector<Tensor>& x) { return solve(one, x[0]); }, {many});
  CHECK(solve(cast(one, DType::float32), b).dtype() == DType::float64);
}

TEST_CASE("batches: each matrix gives the bits it gives alone", "[solving]") {
  Numbers numbers(8);
  const Tensor a{regular_matrices(numbers, {3, 4, 4})};
  const Tensor b{random_array(numbers, {3, 4, 2})};
  using X = const std::vector<Tensor>&;
  check_one_by_one([](X x) { return cholesky(matmul(x[0], transpose(x[0], -1, -2))); }, {a});
  check_one_by_one([](X x) { return solve(x[0], x[1]); }, {a, b});
  check_one_by_one([](X x) { return solve_triangular(x[0], x[1], {.lower = true}); }, {a, b});
  check_one_by_one([](X x) { return inv(x[0]); }, {a});
  check_one_by_one([](X x) { return det(x[0]); }, {a});
  check_one_by_one([](X x) { return slogdet(x[0]).logabsdet; }, {a});
  check_one_by_one([](X x) { return slogdet(x[0]).sign; }, {a});
}

TEST_CASE("cholesky: L times its transpose is the matrix", "[solving]") {
  Numbers numbers(9);
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const std::int64_t n : {1, 2, 6, 50}) {
      const Tensor half{random_array(numbers, {n, n}, dtype)};
      const Tensor a = matmul(half, transpose(half)) + diag(Tensor(Array::full({n}, 1.0, dtype)));
      const Array l = cholesky(a).value();
      CHECK(l.dtype() == dtype);
      const WideMatrix wide = wide_matrix(l);
      CHECK(distance(wide * transposed(wide), wide_matrix(a.value())) <
            10 * unit(dtype) * largest(wide_matrix(a.value())));
      for (std::int64_t i = 0; i < n; ++i) {
        for (std::int64_t j = i + 1; j < n; ++j) CHECK(wide.at(i, j) == 0);
      }
    }
  }
  // Of the symmetric part, even where a sum of two numbers would overflow.
  CHECK(cholesky(Tensor(Array({2, 2}, {4, 1, 3, 5}))).to_vector() == std::vector<double>{2, 0, 1, 2});
  const double huge = 0x1p1022;
  CHECK(cholesky(Tensor(Array({2, 2}, {2 * huge, huge, 0.5 * huge, 2 * huge}))).to_vector()[3] < 0x1p512);
}

TEST_CASE("det: known determinants", "[solving]") {
  CHECK(det(Tensor(Array({2, 2}, {1, 2, 3, 4}))).item() == -2.0);
  CHECK(det(Tensor(Array({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}))).item() == 0.0);
  CHECK(det(Tensor(Array({3, 3}, {2, -1, 0, -1, 2, -1, 0, -1, 2}))).item() == 4.0);
  CHECK(det(Tensor(Array({1, 1}, {-7}))).item() == -7.0);
  CHECK(det(Tensor(Array({4, 4}, {0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0}))).item() == 1.0);
  // Hilbert's: 1/12, 1/2160, 1/6048000, 1/266716800000 (OEIS A005249).
  CHECK(det(Tensor(hilbert(2))).item() == test::Approx(1.0 / 12).epsilon(1e-15));
  CHECK(det(Tensor(hilbert(3))).item() == test::Approx(1.0 / 2160).epsilon(1e-14));
  CHECK(det(Tensor(hilbert(4))).item() == test::Approx(1.0 / 6048000).epsilon(1e-12));
  CHECK(det(Tensor(hilbert(5))).item() == test::Approx(1.0 / 266716800000).epsilon(1e-11));
  // Vandermonde's: the product of the differences.
  const Array powers({4, 4}, {1, 2, 4, 8, 1, 3, 9, 27, 1, 5, 25, 125, 1, -1, 1, -1});
  CHECK(det(Tensor(powers)).item() == test::Approx(1.0 * 3 * -3 * 2 * -4 * -6).epsilon(1e-14));
  // Neither overflows on the way.
  CHECK(det(Tensor(Array({4, 4}, {1e-200, 0, 0, 0, 0, 1e-200, 0, 0, 0, 0, 1e200, 0, 0, 0, 0, 1e200}))).item() ==
        test::Approx(1.0).epsilon(1e-13));
  CHECK(det(Tensor(Array({3, 3}, {1e200, 0, 0, 0, 1e200, 0, 0, 0, 1e-300}))).item() ==
        test::Approx(1e100).epsilon(1e-13));
  CHECK(std::isnan(det(Tensor(Array({2, 2}, {1, NAN, 3, 4}))).item()));
}

TEST_CASE("slogdet: sign and logarithm", "[solving]") {
  const auto [sign, logabsdet] = slogdet(Tensor(Array({2, 2, 2}, {1, 2, 3, 4, 3, 0, 0, 2})));
  CHECK(sign.to_vector() == std::vector<double>{-1, 1});
  CHECK(logabsdet.to_vector()[0] == test::Approx(std::log(2.0)).epsilon(1e-15));
  CHECK(logabsdet.to_vector()[1] == test::Approx(std::log(6.0)).epsilon(1e-15));
  const auto singular = slogdet(Tensor(Array({2, 2}, {1, 2, 2, 4})));
  CHECK(singular.sign.item() == 0.0);
  CHECK_FALSE(std::signbit(singular.sign.item()));
  CHECK(singular.logabsdet.item() == -std::numeric_limits<double>::infinity());
  const Array large = Array::full({300}, 1e200);
  CHECK(slogdet(diag(Tensor(large))).logabsdet.item() == test::Approx(300 * 200 * std::log(10.0)).epsilon(1e-14));
  CHECK(std::isnan(slogdet(Tensor(Array({2, 2}, {1, NAN, 3, 4}))).sign.item()));
}

TEST_CASE("inv: the inverse of a Hilbert matrix is one of whole numbers", "[solving]") {
  // Choi, "Tricks or treats with the Hilbert matrix", 1983.
  const std::vector<double> expected{25,     -300,   1050,   -1400,  630,     -300,   4800,  -18900, 26880,
                                     -12600, 1050,   -18900, 79380,  -117600, 56700,  -1400, 26880,  -117600,
                                     179200, -88200, 630,    -12600, 56700,   -88200, 44100};
  const std::vector<double> found = inv(Tensor(hilbert(5))).to_vector();
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == test::Approx(expected[i]).epsilon(1e-10));
}

TEST_CASE("det: the gradient of a singular matrix is its cofactors", "[solving]") {
  const Tensor a = variable(Array({3, 3}, {1, 2, 3, 2, 4, 6, 1, 0, 1}));
  CHECK(grad(det(a), {a})[0].to_vector() == std::vector<double>{4, 4, -4, -2, -2, 2, 0, 0, 0});
  const Tensor zero = variable(Array::zeros({4, 4}));
  CHECK(grad(det(zero), {zero})[0].to_vector() == std::vector<double>(16, 0.0));
  // Rank 3 of 4: the cofactors are an outer product of the two null vectors.
  const Tensor b = variable(Array({4, 4}, {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0}));
  const std::vector<double> g = grad(det(b), {b})[0].to_vector();
  for (std::size_t i = 0; i < 16; ++i) CHECK(g[i] == test::Approx(i == 15 ? 6.0 : 0.0).margin(1e-14));
}

TEST_CASE("empty matrices, and batches without any", "[solving]") {
  const Tensor none{Array::zeros({0, 0})};
  CHECK(det(none).item() == 1.0);
  CHECK(slogdet(none).sign.item() == 1.0);
  CHECK(slogdet(none).logabsdet.item() == 0.0);
  CHECK(inv(none).shape() == Shape{0, 0});
  CHECK(cholesky(none).shape() == Shape{0, 0});
  CHECK(solve(none, Tensor(Array::zeros({0, 3}))).shape() == Shape{0, 3});
  CHECK(solve(Tensor(hilbert(2)), Tensor(Array::zeros({2, 0}))).shape() == Shape{2, 0});
  CHECK(det(Tensor(Array::zeros({2, 0, 0}))).to_vector() == std::vector<double>{1, 1});
  CHECK(det(Tensor(Array::zeros({0, 3, 3}))).shape() == Shape{0});
  CHECK(inv(Tensor(Array::zeros({0, 3, 3}))).shape() == Shape{0, 3, 3});
  const Tensor x = variable(Array::zeros({0, 0}));
  CHECK(grad(det(x), {x})[0].shape() == Shape{0, 0});
}

TEST_CASE("what does not fit is refused", "[solving]") {
  const Tensor wide{Array::zeros({2, 3})};
  const Tensor square{hilbert(3)};
  CHECK_THROWS_MATCHES(inv(wide), ShapeError, says("[inv] a square matrix is needed: [2, 3]"));
  CHECK_THROWS_MATCHES(det(Tensor(1.0)), ShapeError, says("[det] a square matrix is needed: []"));
  CHECK_THROWS_MATCHES(cholesky(wide), ShapeError, says("[cholesky] a square matrix is needed: [2, 3]"));
  CHECK_THROWS_MATCHES(slogdet(wide), ShapeError, says("[slogdet] a square matrix is needed: [2, 3]"));
  CHECK_THROWS_MATCHES(solve(wide, wide), ShapeError, says("[solve] a square matrix is needed: [2, 3]"));
  CHECK_THROWS_MATCHES(solve(square, wide), ShapeError,
                       says("[solve] as many rows on both sides are needed: [3, 3] and [2, 3]"));
  CHECK_THROWS_MATCHES(solve_triangular(square, Tensor(1.0)), ShapeError,
                       says("[solve_triangular] as many rows on both sides are needed: [3, 3] and []"));
  CHECK_THROWS_AS(solve(Tensor(Array::zeros({2, 3, 3})), Tensor(Array::zeros({3, 3, 1}))), ShapeError);

  const Tensor singular{Array({2, 2}, {1, 2, 2, 4})};
  CHECK_THROWS_MATCHES(inv(singular), ValueError, says("[inv] the matrix is singular: pivot 2 is 0: [2, 2]"));
  CHECK_THROWS_MATCHES(solve(singular, Tensor(Array({2}, {1, 2}))), ValueError,
                       says("[solve] the matrix is singular: pivot 2 is 0: [2, 2]"));
  const Tensor batch{Array({1, 2, 2, 2}, {1, 2, 3, 4, 0, 1, 0, 1})};
  CHECK_THROWS_MATCHES(inv(batch), ValueError, says("[inv] matrix [0, 1] is singular: pivot 1 is 0: [1, 2, 2, 2]"));
  CHECK_THROWS_MATCHES(
      solve_triangular(batch, batch), ValueError,
      says("[solve_triangular] matrix [0, 1] is singular: number 1 of the diagonal is 0: [1, 2, 2, 2]"));
  CHECK_THROWS_MATCHES(
      cholesky(Tensor(Array({2, 2}, {1, 2, 2, 1}))), ValueError,
      says("[cholesky] the matrix is not positive definite: its leading minor of order 2 is not: [2, 2]"));
  // A logarithm of 0 has no derivative.
  const Tensor x = variable(singular.value());
  CHECK_THROWS_AS(slogdet(x).logabsdet.backward(), ValueError);
}

}  // namespace solving_test
