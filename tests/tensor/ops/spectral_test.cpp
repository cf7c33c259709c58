// Decompositions of matrices: values, shapes, errors.  Derivatives: every_op_test.cpp.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "tests/catch.h"
#include "tests/reference/wide_matrices.h"

using namespace gradus;
using namespace gradus::reference;

namespace spectral_test {

namespace {

auto says(const std::string& message) { return test::Message(message); }

double unit(DType dtype) { return dtype == DType::float32 ? 0x1p-23 : 0x1p-52; }

Tensor part(const Tensor& x, std::int64_t k) { return ops::slice(x, {Slice(k)}); }

WideMatrix wide(const Tensor& x) { return wide_matrix(x.value()); }

WideMatrix on_diagonal(const Tensor& numbers) { return wide(diag(numbers)); }

double off_orthonormal(const Tensor& q) {
  return distance(transposed(wide(q)) * wide(q), identity_matrix(q.shape()[1]));
}

/// Shapes to decompose: square, tall, wide, single numbers.
const std::vector<Shape> shapes{{1, 1}, {2, 2}, {5, 5}, {7, 3}, {3, 7}, {1, 4}, {4, 1}, {30, 20}};

}  // namespace

TEST_CASE("qr: orthonormal times triangular is the matrix", "[spectral]") {
  Numbers numbers(11);
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const Shape& shape : shapes) {
      const Tensor a{random_array(numbers, shape, dtype)};
      const auto [q, r] = qr(a);
      const std::int64_t k = std::min(shape[0], shape[1]);
      CHECK(q.shape() == Shape{shape[0], k});
      CHECK(r.shape() == Shape{k, shape[1]});
      CHECK(q.dtype() == dtype);
      CHECK(off_orthonormal(q) < 20 * unit(dtype));
      CHECK(distance(wide(q) * wide(r), wide(a)) < 40 * unit(dtype));
      CHECK(tril(r, -1).to_vector() == Tensor(Array::zeros(r.shape(), dtype)).to_vector());
    }
  }
}

TEST_CASE("eigh: the matrix on its eigenvectors", "[spectral]") {
  Numbers numbers(12);
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const std::int64_t n : {1, 2, 3, 6, 30}) {
      const Tensor x{random_array(numbers, {n, n}, dtype)};
      const Tensor a = x + transpose(x);
      const auto [values, vectors] = eigh(a);
      CHECK(values.shape() == Shape{n});
      CHECK(values.dtype() == dtype);
      const std::vector<double> ascending = values.to_vector();
      CHECK(std::ranges::is_sorted(ascending));
      CHECK(off_orthonormal(vectors) < 20 * unit(dtype));
      CHECK(distance(wide(a) * wide(vectors), wide(vectors) * on_diagonal(values)) <
            60 * unit(dtype) * static_cast<double>(n));
      CHECK(eigvalsh(a).to_vector() == ascending);
      // Of what is not symmetric, the symmetric part.
      CHECK(eigvalsh(x + x).to_vector() == eigvalsh((x + x + transpose(x + x)) * 0.5).to_vector());
    }
  }
}

TEST_CASE("eigh: known eigenvalues", "[spectral]") {
  // The second difference: 2 − 2 cos(kπ/(n + 1)).
  const Tensor differences = diag(Tensor(Array::full({6}, 2.0))) - diag(Tensor(Array::full({5}, 1.0)), 1) -
                             diag(Tensor(Array::full({5}, 1.0)), -1);
  const std::vector<double> values = eigvalsh(differences).to_vector();
  for (int k = 1; k <= 6; ++k) {
    CHECK(values[static_cast<std::size_t>(k - 1)] == test::Approx(2 - 2 * std::cos(k * M_PI / 7)).epsilon(1e-14));
  }
  // Of the Hilbert matrix of order 3: 0.0026873403557735, 0.12232706585391, 1.4083189271237 (Gregory, Karney 1969).
  const std::vector<double> of_hilbert = eigvalsh(Tensor(hilbert(3))).to_vector();
  CHECK(of_hilbert[0] == test::Approx(0.0026873403557735).epsilon(1e-12));
  CHECK(of_hilbert[1] == test::Approx(0.12232706585391).epsilon(1e-12));
  CHECK(of_hilbert[2] == test::Approx(1.4083189271237).epsilon(1e-12));
}

TEST_CASE("svd: the singular values between orthonormal columns give the matrix", "[spectral]") {
  Numbers numbers(13);
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const Shape& shape : shapes) {
      const Tensor a{random_array(numbers, shape, dtype)};
      const auto [u, s, vh] = svd(a);
      const std::int64_t k = std::min(shape[0], shape[1]);
      CHECK(u.shape() == Shape{shape[0], k});
      CHECK(s.shape() == Shape{k});
      CHECK(vh.shape() == Shape{k, shape[1]});
      CHECK(off_orthonormal(u) < 20 * unit(dtype));
      CHECK(off_orthonormal(transpose(vh)) < 20 * unit(dtype));
      CHECK(distance(wide(u) * on_diagonal(s) * wide(vh), wide(a)) < 60 * unit(dtype));
      CHECK(std::ranges::is_sorted(s.to_vector(), std::greater<>()));
      CHECK(svdvals(a).to_vector() == s.to_vector());
    }
  }
}

TEST_CASE("pinv: Penrose's four conditions", "[spectral]") {
  Numbers numbers(14);
  std::vector<Array> matrices{Array::zeros({2, 3}), Array({4, 3}, {1, 2, 3, 2, 4, 6, 1, 0, 1, 3, 2, 5})};
  for (const Shape& shape : shapes) {
    if (shape[0] < 30) matrices.push_back(random_array(numbers, shape));
  }
  for (const Array& a : matrices) {
    const Tensor p = pinv(Tensor(a));
    const WideMatrix x = wide_matrix(a);
    const WideMatrix y = wide(p);
    const double scale = 1e-13 * (1.0 + largest(y)) * (1.0 + largest(y));
    CHECK(distance(x * y * x, x) < scale);
    CHECK(distance(y * x * y, y) < scale);
    CHECK(distance(transposed(x * y), x * y) < scale);
    CHECK(distance(transposed(y * x), y * x) < scale);
  }
  CHECK(pinv(Tensor(Array({2, 2}, {4, 0, 0, 1})), 0.5).to_vector() == std::vector<double>{0.25, 0, 0, 0});
  // What is left out and not 0 is taken for 0 by the derivative, which is said.
  CHECK_FALSE(conventions(sum(pinv(variable(Array({2, 2}, {4, 0, 0, 1})), 0.5))).empty());
  CHECK(conventions(sum(pinv(variable(Array({2, 2}, {4, 0, 0, 0})), 0.5))).empty());
  CHECK(pinv(Tensor(Array({1, 2}, {0, 2})), 0.0).to_vector() == std::vector<double>{0, 0.5});
}

TEST_CASE("lstsq: a line through points, and what NumPy gives beside it", "[spectral]") {
  // The example of numpy.linalg.lstsq: y = x − 0.95.
  const Tensor a{Array({4, 2}, {0, 1, 1, 1, 2, 1, 3, 1})};
  const auto [x, residuals, rank, singular_values] = lstsq(a, Tensor(Array({4}, {-1, 0.2, 0.9, 2.1})));
  CHECK(x.to_vector()[0] == test::Approx(1.0).epsilon(1e-14));
  CHECK(x.to_vector()[1] == test::Approx(-0.95).epsilon(1e-14));
  CHECK(residuals.item() == test::Approx(0.05).epsilon(1e-13));
  CHECK(rank.item() == 2.0);
  CHECK(singular_values.to_vector()[0] == test::Approx(4.10003045).epsilon(1e-8));
  CHECK(singular_values.to_vector()[1] == test::Approx(1.09075677).epsilon(1e-8));
  // Of several that fit, the shortest.
  const LstsqResult shortest = lstsq(Tensor(Array({1, 2}, {1, 1})), Tensor(Array({1, 1}, {2})));
  CHECK(shortest.x.to_vector()[0] == test::Approx(1.0).epsilon(1e-15));
  CHECK(lstsq(Tensor(Array({3, 2}, {1, 2, 2, 4, 3, 6})), Tensor(Array({3}, {1, 2, 3}))).rank.item() == 1.0);
  CHECK(lstsq(Tensor(Array::zeros({2, 3, 2})), Tensor(Array::zeros({2, 3, 4}))).rank.to_vector() ==
        std::vector<double>{0, 0});
}

TEST_CASE("decompositions of batches: each matrix gives the bits it gives alone", "[spectral]") {
  Numbers numbers(15);
  const Tensor a{random_array(numbers, {3, 4, 4})};
  const Tensor tall{random_array(numbers, {3, 5, 2})};
  const std::vector<std::function<Tensor(const Tensor&)>> functions{
      [](const Tensor& x) { return qr(x).Q; },         [](const Tensor& x) { return qr(x).R; },
      [](const Tensor& x) { return svd(x).U; },        [](const Tensor& x) { return svd(x).S; },
      [](const Tensor& x) { return svd(x).Vh; },       [](const Tensor& x) { return pinv(x); },
      [](const Tensor& x) { return lstsq(x, x).rank; }};
  for (const Tensor& x : {a, tall}) {
    for (const auto& f : functions) {
      const Tensor all = f(x);
      for (std::int64_t k = 0; k < 3; ++k) CHECK(f(part(x, k)).to_vector() == part(all, k).to_vector());
    }
  }
  for (std::int64_t k = 0; k < 3; ++k) {
    CHECK(eigh(part(a, k)).eigenvalues.to_vector() == part(eigh(a).eigenvalues, k).to_vector());
    CHECK(eigh(part(a, k)).eigenvectors.to_vector() == part(eigh(a).eigenvectors, k).to_vector());
  }
}

TEST_CASE("equal eigenvalues: what does not need their vectors is right", "[spectral]") {
  // tr f(A) is smooth: its gradient is f′(A).
  const Tensor x = variable(Array({3, 3}, {2, 0, 0, 0, 2, 0, 0, 0, 5}));
  const Tensor values = eigvalsh(x);
  CHECK(grad(sum(values * values), {x})[0].to_vector() == std::vector<double>{4, 0, 0, 0, 4, 0, 0, 0, 10});
  const Tensor vectors = eigh(x).eigenvectors;
  CHECK(grad(sum(eigh(x).eigenvalues) + 0.0 * sum(vectors), {x})[0].to_vector() ==
        std::vector<double>{1, 0, 0, 0, 1, 0, 0, 0, 1});
  // What depends on the vectors themselves is not finite, and what decided is said.
  Array weights({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 10});
  const std::vector<double> g = grad(sum(vectors * Tensor(weights)), {x})[0].to_vector();
  CHECK(std::ranges::any_of(g, [](double v) { return !std::isfinite(v); }));
  CHECK_FALSE(conventions(sum(values)).empty());
  CHECK(conventions(sum(eigvalsh(variable(Array({2, 2}, {1, 0, 0, 2}))))).empty());
  // And the singular values of an orthogonal matrix: the sum of them moves with U Vᵀ.
  const Tensor q = variable(Array({2, 2}, {0, -1, 1, 0}));
  const std::vector<double> of_nuclear = grad(sum(svdvals(q)), {q})[0].to_vector();
  const std::vector<double> expected{0, -1, 1, 0};
  for (std::size_t i = 0; i < 4; ++i) CHECK(of_nuclear[i] == test::Approx(expected[i]).margin(1e-15));
}

TEST_CASE("decompositions of empty matrices", "[spectral]") {
  CHECK(qr(Tensor(Array::zeros({3, 0}))).Q.shape() == Shape{3, 0});
  CHECK(qr(Tensor(Array::zeros({0, 3}))).R.shape() == Shape{0, 3});
  CHECK(eigh(Tensor(Array::zeros({0, 0}))).eigenvalues.shape() == Shape{0});
  CHECK(svd(Tensor(Array::zeros({2, 0, 3}))).Vh.shape() == Shape{2, 0, 3});
  CHECK(svdvals(Tensor(Array::zeros({0, 3, 2}))).shape() == Shape{0, 2});
  CHECK(pinv(Tensor(Array::zeros({0, 3}))).shape() == Shape{3, 0});
  CHECK(lstsq(Tensor(Array::zeros({2, 0})), Tensor(Array::zeros({2}))).x.shape() == Shape{0});
}

TEST_CASE("what cannot be decomposed is refused", "[spectral]") {
  const Tensor vector{Array::zeros({3})};
  const Tensor tall{Array::zeros({3, 2})};
  CHECK_THROWS_MATCHES(qr(vector), ShapeError, says("[qr] a matrix is needed, or more axes: [3]"));
  CHECK_THROWS_MATCHES(svd(vector), ShapeError, says("[svd] a matrix is needed, or more axes: [3]"));
  CHECK_THROWS_MATCHES(svdvals(vector), ShapeError, says("[svdvals] a matrix is needed, or more axes: [3]"));
  CHECK_THROWS_MATCHES(pinv(vector), ShapeError, says("[pinv] a matrix is needed, or more axes: [3]"));
  CHECK_THROWS_MATCHES(pinv(tall, -1.0), ValueError, says("[pinv] rcond is at least 0, and not -1"));
  CHECK_THROWS_MATCHES(eigh(tall), ShapeError, says("[eigh] a square matrix is needed: [3, 2]"));
  CHECK_THROWS_MATCHES(eigvalsh(tall), ShapeError, says("[eigvalsh] a square matrix is needed: [3, 2]"));
  CHECK_THROWS_MATCHES(lstsq(tall, Tensor(Array::zeros({2}))), ShapeError,
                       says("[lstsq] as many rows on both sides are needed: [3, 2] and [2]"));
  const Tensor infinite{Array({1, 2, 2}, {1, 2, std::numeric_limits<double>::infinity(), 4})};
  CHECK_THROWS_MATCHES(svd(infinite), ValueError,
                       says("[svd] matrix [0] has a number that is not finite, inf: [1, 2, 2]"));
  CHECK_THROWS_MATCHES(eigh(Tensor(Array({1, 1}, {NAN}))), ValueError,
                       says("[eigh] the matrix has a number that is not finite, nan: [1, 1]"));
  // R cannot be inverted where columns depend on each other.
  const Tensor x = variable(Array::zeros({3, 2}));
  CHECK_THROWS_AS(sum(qr(x).Q).backward(), ValueError);
}

}  // namespace spectral_test
