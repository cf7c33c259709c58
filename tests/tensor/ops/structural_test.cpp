// Ops on whole arrays: their gradients against differences, their gradients of gradients, and what they refuse.
#include "autograd/tensor/ops/structural.h"

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/dual.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/softmax.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/naive.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace structural_test {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("structural: gradients and gradients of gradients agree with differences", "[structural]") {
  Numbers numbers(12);
  const Array a = random_array(numbers, {2, 3}, DType::float64, -1, 1);
  const Array b = random_array(numbers, {3, 4}, DType::float64, -1, 1);
  const Array cube = random_array(numbers, {2, 3, 4}, DType::float64, -1, 1);
  using X = const std::vector<Tensor>&;
  SECTION("matmul") {
    check_twice([](X x) { return weighted(matmul(x[0], x[1])); }, {a, b});
  }
  SECTION("matmul of transposes") {
    check_twice([](X x) { return weighted(matmul(transpose(x[1]), transpose(x[0]))); }, {a, b});
  }
  SECTION("matmul of a matrix with itself") {
    check_twice([](X x) { return weighted(matmul(x[0], transpose(x[0]))); }, {a});
  }
  SECTION("sum over axes") {
    check_twice([](X x) { return weighted(sum(x[0], {0, 2})); }, {cube});
    check_twice([](X x) { return weighted(sum(x[0], 1, true) * x[0]); }, {cube});
  }
  SECTION("mean over axes") {
    check_twice([](X x) { return weighted(mean(x[0], {1, 2})); }, {cube});
    check_twice([](X x) { return weighted(x[0] - mean(x[0], -1, true)); }, {cube});
  }
  SECTION("logsumexp over axes") {
    check_twice([](X x) { return weighted(logsumexp(x[0], 1)); }, {cube});
    check_twice([](X x) { return weighted(x[0] - logsumexp(x[0], {0, 2}, true)); }, {cube});
  }
  SECTION("reshape") {
    check_twice([](X x) { return weighted(reshape(x[0], {4, 6})); }, {cube});
  }
  SECTION("permute") {
    check_twice([](X x) { return weighted(permute(x[0], std::vector<int>{2, 0, 1})); }, {cube});
  }
  SECTION("broadcast") {
    check_twice([](X x) { return weighted(broadcast_to(x[0], {5, 2, 3})); }, {a});
  }
  SECTION("broadcasting between operands") {
    check_twice([](X x) { return weighted(x[0] * x[1] + x[0] / (2 + x[1])); },
                {random_array(numbers, {3, 1}, DType::float64, -1, 1),
                 random_array(numbers, {2, 1, 4}, DType::float64, -1, 1)});
  }
}

TEST_CASE("structural: the gradient penalty of a two-layer network", "[structural]") {
  const Tensor x(Array({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}));
  const Tensor target(Array({4, 1}, {0, 1, 1, 0}));
  const Array w1({2, 3}, {.5, -.3, .8, .1, .7, -.6});
  const Array w2({3, 1}, {.4, -.9, .2});
  check_twice(
      [&](const std::vector<Tensor>& w) {
        const Tensor error = matmul(tanh(matmul(x, w[0])), w[1]) - target;
        return sum(error * error);
      },
      {w1, w2});
}

TEST_CASE("structural: a tanh of a tanh, differentiated twice, is what Dual<Dual> gives", "[structural]") {
  using D = Dual<Dual<double>>;
  const std::vector<double> points{-1.5, -0.2, 0.0, 0.7, 2.0};
  const Tensor x = variable(Array({5}, points));
  const Tensor g = recorded_grad(sum(tanh(tanh(x))), {x})[0];
  const std::vector<double> second = grad(sum(g), {x})[0].to_vector();
  for (std::size_t k = 0; k < points.size(); ++k) {
    const D y = tanh(tanh(D(Dual(points[k], 1.0), Dual(1.0, 0.0))));
    CHECK(ulp_distance(g.to_vector()[k], y.dot.v) <= 8);
    CHECK(ulp_distance(second[k], y.dot.dot) <= 16);
  }
}

TEST_CASE("structural: a mean is the sum divided by the count", "[structural]") {
  const Tensor x = variable(Array({2, 3}, {1, 2, 3, 4, 5, 9}));
  CHECK(mean(x).item() == 4.0);
  CHECK(mean(x, 0).to_vector() == std::vector<double>{2.5, 3.5, 6.0});
  CHECK(mean(x, 1, true).shape() == Shape{2, 1});
  CHECK(grad(mean(x), {x})[0].to_vector() == std::vector<double>(6, 1.0 / 6.0));
  const Tensor wide(Array::full({10'000'000}, 0.1, DType::float32));
  CHECK(ulp_distance(static_cast<float>(mean(wide).item()), 0.1F) <= 1);
}

TEST_CASE("structural: logsumexp neither overflows nor loses the small", "[structural]") {
  const auto value = [](std::initializer_list<double> x) {
    return logsumexp(Tensor(Array({static_cast<std::int64_t>(x.size())}, x))).item();
  };
  CHECK(value({1e4, 1e4}) == test::Approx(1e4 + std::log(2.0)).epsilon(1e-15));
  CHECK(value({-1e4, -1e4}) == test::Approx(-1e4 + std::log(2.0)).epsilon(1e-15));
  CHECK(value({1e308, -1e308}) == 1e308);
  CHECK(value({-inf, 0.0}) == 0.0);
  CHECK(value({-inf, -inf}) == -inf);
  CHECK(value({inf, 1.0}) == inf);
  CHECK(std::isnan(value({1.0, std::nan("")})));
}

TEST_CASE("structural: the gradient of logsumexp is a share of 1, at infinity too", "[structural]") {
  const auto shares = [](std::initializer_list<double> numbers) {
    const Tensor x = variable(Array({static_cast<std::int64_t>(numbers.size())}, numbers));
    return grad(logsumexp(x), {x})[0].to_vector();
  };
  CHECK(shares({0, 0}) == std::vector<double>{0.5, 0.5});
  CHECK(shares({-inf, 3}) == std::vector<double>{0, 1});
  CHECK(shares({inf, 3}) == std::vector<double>{1, 0});
  CHECK(shares({inf, 0, inf}) == std::vector<double>{0.5, 0, 0.5});
  CHECK(shares({1e6, 1e6, 1e6, 1e6}) == std::vector<double>(4, 0.25));
}

TEST_CASE("structural: what needs no change makes no record", "[structural]") {
  const Tensor x = variable(Array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(reshape(x, {2, 3}).record().get() == x.record().get());
  CHECK(broadcast_to(x, {2, 3}).record().get() == x.record().get());
  CHECK(cast(x, DType::float64).record().get() == x.record().get());
}

TEST_CASE("structural: messages name the op and the shapes", "[structural]") {
  const Tensor x = variable(Array::zeros({2, 3, 4}));
  CHECK_THROWS_MATCHES(sum(x, 3), ShapeError, test::Message("[sum] axis 3 is out of range for 3 axes"));
  CHECK_THROWS_MATCHES(mean(x, {0, -3}), ShapeError, test::Message("[mean] axis -3 is given twice"));
  CHECK_THROWS_MATCHES(matmul(x, x), ShapeError, test::Message("[matmul] inner sizes differ: [2, 3, 4] by [2, 3, 4]"));
  CHECK_THROWS_MATCHES(reshape(x, {5}), ShapeError,
                       test::Message("[reshape] sizes differ: [2, 3, 4] has 24 elements, [5] has 5"));
  CHECK_THROWS_MATCHES(permute(x, std::vector<int>{0, 1}), ShapeError,
                       test::Message("[permute] 2 axes are given for [2, 3, 4]"));
  CHECK_THROWS_MATCHES(permute(x, std::vector<int>{0, 1, 1}), ShapeError,
                       test::Message("[permute] axis 1 is given twice"));
  CHECK_THROWS_AS(permute(x, std::vector<int>(20, 0)), ShapeError);
  CHECK_THROWS_MATCHES(broadcast_to(x, {2, 3}), ShapeError,
                       test::Message("[broadcast_to] [2, 3, 4] does not broadcast to [2, 3]"));
  CHECK(logsumexp(variable(Array::zeros({2, 0})), 1).to_vector() ==
        std::vector<double>(2, -std::numeric_limits<double>::infinity()));
}

}  // namespace structural_test
