// Powers and exponentials of matrices, and NumPy's other products: values, shapes, errors.
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

namespace matrix_functions_test {

namespace {

auto says(const std::string& message) { return test::Message(message); }

/// Σ aᵏ/k! in wide numbers.
WideMatrix series(const WideMatrix& a) {
  WideMatrix sum = identity_matrix(a.rows);
  WideMatrix term = sum;
  for (int k = 1; k < 400; ++k) {
    term = term * a;
    for (Wide& x : term.numbers) x = x / static_cast<Wide>(k);
    for (std::size_t i = 0; i < sum.numbers.size(); ++i) sum.numbers[i] = sum.numbers[i] + term.numbers[i];
  }
  return sum;
}

}  // namespace

TEST_CASE("expm: its power series in quad precision, for small and large matrices", "[matrix_functions]") {
  Numbers numbers(21);
  for (const double size :
       {1e-8, 1e-2, 0.1, 0.5, 1.5, 4.0, 9.0}) {  // one for each approximant, and some that are scaled
    for (const std::int64_t n : {1, 2, 5}) {
      const Array a = random_array(numbers, {n, n}, DType::float64, -size, size);
      const WideMatrix expected = series(wide_matrix(a));
      CHECK(distance(wide_matrix(expm(Tensor(a)).value()), expected) <
            1e-13 * (1.0 + largest(expected)) * (1.0 + size));
      const Array single = a.to(DType::float32);
      const WideMatrix of_single = series(wide_matrix(single));
      const Array found = expm(Tensor(single)).value();
      CHECK(found.dtype() == DType::float32);
      CHECK(distance(wide_matrix(found), of_single) < 0x1p-23 * largest(of_single));
    }
  }
}

TEST_CASE("expm: closed forms", "[matrix_functions]") {
  const double angle = 2.5;
  const std::vector<double> turn = expm(Tensor(Array({2, 2}, {0, -angle, angle, 0}))).to_vector();
  CHECK(turn[0] == test::Approx(std::cos(angle)).epsilon(1e-14));
  CHECK(turn[2] == test::Approx(std::sin(angle)).epsilon(1e-14));
  // Nilpotent: 1 + a + a²/2.
  CHECK(expm(Tensor(Array({3, 3}, {0, 2, 6, 0, 0, 4, 0, 0, 0}))).to_vector() ==
        std::vector<double>{1, 2, 10, 0, 1, 4, 0, 0, 1});
  CHECK(expm(Tensor(Array::zeros({2, 2}))).to_vector() == std::vector<double>{1, 0, 0, 1});
  CHECK(expm(Tensor(Array::zeros({0, 0}))).shape() == Shape{0, 0});
  CHECK(std::isnan(expm(Tensor(Array({1, 1}, {NAN}))).item()));
  // Moler and Van Loan's example 1 (1978): e^[[−49, 24], [−64, 31]].
  const std::vector<double> loan = expm(Tensor(Array({2, 2}, {-49, 24, -64, 31}))).to_vector();
  CHECK(loan[0] == test::Approx(-0.735759).epsilon(1e-6));
  CHECK(loan[1] == test::Approx(0.551819).epsilon(1e-6));
  CHECK(loan[2] == test::Approx(-1.471518).epsilon(1e-6));
  CHECK(loan[3] == test::Approx(1.103638).epsilon(1e-6));
  Numbers numbers(22);
  const Tensor a{random_array(numbers, {3, 4, 4})};
  for (std::int64_t k = 0; k < 3; ++k) {
    CHECK(expm(ops::slice(a, {Slice(k)})).to_vector() == ops::slice(expm(a), {Slice(k)}).to_vector());
  }
}

TEST_CASE("matrix_power: Fibonacci's numbers, and powers below 0", "[matrix_functions]") {
  const Tensor a{Array({2, 2}, {1, 1, 1, 0})};
  CHECK(matrix_power(a, 50).to_vector()[1] == 12586269025.0);
  CHECK(matrix_power(a, 1).to_vector() == a.to_vector());
  CHECK(matrix_power(a, 0).to_vector() == std::vector<double>{1, 0, 0, 1});
  CHECK(matrix_power(a, -1).to_vector() == std::vector<double>{0, 1, 1, -1});
  CHECK(matrix_power(a, -5).to_vector()[0] == -3.0);
  CHECK(matrix_power(Tensor(Array({1, 1}, {-1})), std::numeric_limits<std::int64_t>::min()).item() == 1.0);
  CHECK(matrix_power(Tensor(Array::zeros({2, 3, 3})), 2).shape() == Shape{2, 3, 3});
  CHECK(matrix_power(Tensor(Array::full({1, 1}, 2.0, DType::float32)), 0).dtype() == DType::float32);
}

TEST_CASE("kron: blocks", "[matrix_functions]") {
  const Tensor a{Array({2, 2}, {1, 2, 3, 4})};
  const Tensor b{Array({1, 2}, {0, 5})};
  CHECK(kron(a, b).shape() == Shape{2, 4});
  CHECK(kron(a, b).to_vector() == std::vector<double>{0, 5, 0, 10, 0, 15, 0, 20});
  CHECK(kron(Tensor(Array({2}, {1, 10})), Tensor(Array({3}, {5, 6, 7}))).to_vector() ==
        std::vector<double>{5, 6, 7, 50, 60, 70});
  CHECK(kron(Tensor(2.0), a).to_vector() == std::vector<double>{2, 4, 6, 8});
  CHECK(kron(Tensor(Array::zeros({2})), Tensor(Array::zeros({3, 4, 5}))).shape() == Shape{3, 4, 10});
  // det(A ⊗ B) = det(A)ⁿ det(B)ᵐ
  const Tensor c{Array({3, 3}, {2, 0, 1, 1, 3, 0, 0, 1, 1})};
  CHECK(det(kron(a, c)).item() == test::Approx(std::pow(-2.0, 3) * std::pow(det(c).item(), 2)).epsilon(1e-13));
}

TEST_CASE("tensordot: NumPy's sums over pairs of axes", "[matrix_functions]") {
  Numbers numbers(23);
  const Tensor a{random_array(numbers, {3, 4, 5})};
  const Tensor b{random_array(numbers, {4, 3, 2})};
  const auto near = [](const Tensor& x, const Tensor& y) {
    CHECK(x.shape() == y.shape());
    const std::vector<double> p = x.to_vector();
    const std::vector<double> q = y.to_vector();
    for (std::size_t i = 0; i < p.size(); ++i) CHECK(p[i] == test::Approx(q[i]).epsilon(1e-13).margin(1e-13));
  };
  near(tensordot(a, b, {1, 0}, {0, 1}), einsum("jik,ijl->kl", {a, b}));
  near(tensordot(a, b, {-3}, {1}), einsum("jik,mjl->ikml", {a, b}));
  near(tensordot(a, reshape(a, {4, 5, 3})), einsum("aij,ijb->ab", {a, reshape(a, {4, 5, 3})}));
  near(tensordot(a, b, std::vector<int>{1}, std::vector<int>{0}), einsum("jik,iml->jkml", {a, b}));
  CHECK(tensordot(a, b, 0).shape() == Shape{3, 4, 5, 4, 3, 2});
  CHECK(tensordot(Tensor(Array({2}, {1, 2})), Tensor(Array({2}, {3, 4})), 1).item() == 11.0);
}

TEST_CASE("cross: perpendicular to both, as NumPy broadcasts it", "[matrix_functions]") {
  const Tensor x{Array({3}, {1, 2, 3})};
  const Tensor y{Array({3}, {4, 5, 6})};
  CHECK(cross(x, y).to_vector() == std::vector<double>{-3, 6, -3});
  CHECK(cross(y, x).to_vector() == std::vector<double>{3, -6, 3});
  CHECK(cross(Tensor(Array({2, 3}, {1, 2, 3, 0, 0, 1})), y).to_vector() == std::vector<double>{-3, 6, -3, -5, 4, 0});
  CHECK(cross(Tensor(Array({3, 2}, {1, 0, 2, 0, 3, 1})), reshape(y, {3, 1}), 0).to_vector() ==
        std::vector<double>{-3, -5, 6, 4, -3, 0});
}

TEST_CASE("powers and products that do not fit are refused", "[matrix_functions]") {
  const Tensor a{Array::zeros({2, 3})};
  CHECK_THROWS_MATCHES(expm(a), ShapeError, says("[expm] a square matrix is needed: [2, 3]"));
  CHECK_THROWS_MATCHES(matrix_power(a, 2), ShapeError, says("[matrix_power] a square matrix is needed: [2, 3]"));
  CHECK_THROWS_MATCHES(matrix_power(Tensor(Array::zeros({1, 1})), -1), ValueError,
                       says("[inv] the matrix is singular: pivot 1 is 0: [1, 1]"));
  CHECK_THROWS_MATCHES(kron(Tensor(Array::zeros(Shape(std::vector<std::int64_t>(9, 1)))), a), ShapeError,
                       says("[kron] too many axes: [1, 1, 1, 1, 1, 1, 1, 1, 1] and [2, 3]"));
  CHECK_THROWS_MATCHES(tensordot(a, a, 3), ShapeError,
                       says("[tensordot] there are no 3 axes on both sides: [2, 3] and [2, 3]"));
  CHECK_THROWS_MATCHES(tensordot(a, a, {0, 1}, {0}), ShapeError,
                       says("[tensordot] as many axes of both are needed: [2, 3] and [2, 3]"));
  CHECK_THROWS_MATCHES(
      tensordot(a, a, {0}, {1}), ShapeError,
      says("[tensordot] axis 0 of the first is not as long as axis 1 of the second: [2, 3] and [2, 3]"));
  CHECK_THROWS_MATCHES(tensordot(a, a, {0, -2}, {0, 1}), ShapeError,
                       says("[tensordot] axis -2 is given twice for [2, 3]"));
  CHECK_THROWS_MATCHES(cross(a, a, 0), ShapeError,
                       says("[cross] vectors of three numbers are needed: [2, 3] and [2, 3]"));
}

}  // namespace matrix_functions_test
