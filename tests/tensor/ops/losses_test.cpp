// Losses of elements: values against their definitions in quad precision, gradients against differences, reductions, and
// what they refuse.
#include "autograd/tensor/ops/losses.h"

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/reductions.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/groups.h"

using namespace gradus;
using namespace gradus::reference;

namespace losses_test {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

/// A loss, its definition, and prediction and target to test it at, away from its corners.
struct Case {
  std::string name;
  std::function<Tensor(const Tensor&, const Tensor&, Reduction)> loss;
  std::function<Quad(Quad, Quad)> exact;
  std::function<void(Numbers&, double&, double&)> draw;
};

void errors_of_any_size(Numbers& numbers, double& p, double& t) {
  t = numbers.real(-2.0, 2.0);
  p = t + numbers.real(0.05, 0.55) * (numbers.chance(0.5) ? 1.0 : -1.0) * (numbers.chance(0.5) ? 1.0 : 3.0);
}
void probabilities(Numbers& numbers, double& p, double& t) {
  p = numbers.real(0.25, 0.75);  // where differences are good
  t = numbers.real(0.0, 1.0);
}
void logits(Numbers& numbers, double& p, double& t) {
  p = numbers.real(-2.0, 2.0);
  t = numbers.real(0.0, 1.0);
}
void logarithms(Numbers& numbers, double& p, double& t) {
  p = -numbers.real(1.0, 3.0);
  t = -numbers.real(0.1, 0.7);
}

Quad huber_of(Quad e, double threshold) {
  return abs(e) <= Quad(threshold) ? 0.5 * e * e : threshold * (abs(e) - 0.5 * threshold);
}
Quad softplus(Quad x) { return log1p(exp(x)); }

std::vector<Case> cases() {
  using T = const Tensor&;
  using R = Reduction;
  return {
      {"mse", [](T p, T t, R r) { return mse(p, t, r); }, [](Quad p, Quad t) { return (p - t) * (p - t); },
       errors_of_any_size},
      {"mae", [](T p, T t, R r) { return mae(p, t, r); }, [](Quad p, Quad t) { return abs(p - t); },
       errors_of_any_size},
      {"huber", [](T p, T t, R r) { return huber(p, t, 0.75, r); },
       [](Quad p, Quad t) { return huber_of(p - t, 0.75); }, errors_of_any_size},
      {"smooth_l1", [](T p, T t, R r) { return smooth_l1(p, t, 0.75, r); },
       [](Quad p, Quad t) { return huber_of(p - t, 0.75) / 0.75; }, errors_of_any_size},
      {"smooth_l1 of 0", [](T p, T t, R r) { return smooth_l1(p, t, 0.0, r); },
       [](Quad p, Quad t) { return abs(p - t); }, errors_of_any_size},
      {"hinge", [](T p, T t, R r) { return hinge(p, t, 1.0, r); },
       [](Quad p, Quad t) { return p * t < Quad(1.0) ? 1.0 - p * t : Quad(0.0); },
       [](Numbers& numbers, double& p, double& t) {
         t = numbers.chance(0.5) ? 1.0 : -1.0;
         p = t * (numbers.chance(0.5) ? numbers.real(-2.0, 0.9) : numbers.real(1.1, 3.0));
       }},
      {"bce", [](T p, T t, R r) { return bce(p, t, r); },
       [](Quad p, Quad t) { return -(t * log(p)) - (1.0 - t) * log1p(-p); }, probabilities},
      {"bce_with_logits", [](T p, T t, R r) { return bce_with_logits(p, t, r); },
       [](Quad p, Quad t) { return t * softplus(-p) + (1.0 - t) * softplus(p); }, logits},
      {"bce_with_logits, weighed", [](T p, T t, R r) { return bce_with_logits(p, t, constant_like(p, 2.5), r); },
       [](Quad p, Quad t) { return 2.5 * t * softplus(-p) + (1.0 - t) * softplus(p); }, logits},
      {"kl_div", [](T p, T t, R r) { return kl_div(p, t, false, r); }, [](Quad p, Quad t) { return t * (log(t) - p); },
       [](Numbers& numbers, double& p, double& t) {
         p = -numbers.real(1.0, 3.0);
         t = numbers.real(0.5, 1.0);
       }},
      {"kl_div of logarithms", [](T p, T t, R r) { return kl_div(p, t, true, r); },
       [](Quad p, Quad t) { return exp(t) * (t - p); }, logarithms},
  };
}

struct Arguments {
  Array prediction;
  Array target;

  Arguments(const Case& c, Numbers& numbers, const Shape& shape, DType dtype) {
    std::vector<double> p(static_cast<std::size_t>(shape.size()));
    std::vector<double> t(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) c.draw(numbers, p[i], t[i]);
    prediction = Array(shape, p).to(dtype);
    target = shuffled_in_memory(numbers, Array(shape, t).to(dtype));
  }
};

}  // namespace

TEST_CASE("losses: values of elements, their sums and means", "[losses]") {
  Numbers numbers(71);
  for (const Case& c : cases()) {
    for (int round = 0; round < 30; ++round) {
      const Shape shape = random_shape(numbers, 5, 4);
      const DType dtype = round % 2 == 0 ? DType::float32 : DType::float64;
      const Arguments at(c, numbers, shape, dtype);
      const Tensor p(at.prediction);
      const Tensor t(at.target);
      INFO(c.name << " of " << to_string(shape));
      const Tensor each = c.loss(p, t, Reduction::none);
      REQUIRE(each.shape() == shape);
      CHECK(each.dtype() == dtype);
      const std::vector<double> ps = elements(at.prediction);
      const std::vector<double> ts = elements(at.target);
      const std::vector<double> got = each.to_vector();
      Quad total(0.0);
      for (std::size_t i = 0; i < got.size(); ++i) {
        const Quad exact = c.exact(Quad(ps[i]), Quad(ts[i]));
        total = total + exact;
        CHECK(ulps_of(dtype, got[i], exact) <= 4.0);
      }
      CHECK(ulps_of(dtype, c.loss(p, t, Reduction::sum).item(), total) <= 8.0);
      const auto n = static_cast<double>(shape.size());
      CHECK(ulps_of(dtype, c.loss(p, t, Reduction::mean).item(), n == 0.0 ? Quad(NaN) : total / n) <= 8.0);
      if (shape.rank() == 0 || shape[0] == 0) continue;
      const auto rows = static_cast<double>(shape[0]);
      CHECK(ulps_of(dtype, c.loss(p, t, Reduction::batch_mean).item(), total / rows) <= 8.0);
    }
  }
}

TEST_CASE("losses: gradients by prediction and target, to second order", "[losses]") {
  Numbers numbers(72);
  for (const Case& c : cases()) {
    for (const Shape& shape : {Shape{}, Shape{3}, Shape{2, 1, 2}}) {
      const Arguments at(c, numbers, shape, DType::float64);
      INFO(c.name << " of " << to_string(shape));
      check_twice([&](const std::vector<Tensor>& x) { return weighted(c.loss(x[0], x[1], Reduction::none)); },
                  {at.prediction, at.target});
      check_gradient([&](const std::vector<Tensor>& x) { return c.loss(x[0], x[1], Reduction::mean); },
                     {at.prediction, at.target});
    }
  }
}

TEST_CASE("losses: shapes that only broadcast are refused", "[losses]") {
  const Tensor column(Array::full({3, 1}, 0.5));
  const Tensor row(Array::full({3}, 0.5));
  for (const Case& c : cases()) {
    INFO(c.name);
    const std::string op = c.name.substr(0, c.name.find_first_of(" ,"));
    CHECK_THROWS_AS(c.loss(row, column, Reduction::mean), ShapeError);
    try {
      c.loss(row, column, Reduction::none);
    } catch (const ShapeError& e) {
      const std::string message = e.what();
      CHECK(message.starts_with("[" + op + "] shapes differ: "));
      CHECK(message.ends_with(" [3], target [3, 1]"));
    }
    CHECK_THROWS_AS(c.loss(Tensor(0.5), row, Reduction::mean), ShapeError);
  }
  CHECK_THROWS_MATCHES(cosine_similarity(row, column, 0), ShapeError,
                       test::Message("[cosine_similarity] shapes differ: first [3], second [3, 1]"));
}

TEST_CASE("losses: values that are refused", "[losses]") {
  const Tensor x(Array({2}, {0.5, 1.5}));
  const Tensor t(Array({2}, {0, 1}));
  CHECK_THROWS_MATCHES(huber(x, t, 0.0), ValueError, test::Message("[huber] delta must be a positive number: 0"));
  CHECK_THROWS_AS(huber(x, t, NaN), ValueError);
  CHECK_THROWS_AS(huber(x, t, inf), ValueError);
  CHECK_THROWS_MATCHES(smooth_l1(x, t, -1.0), ValueError,
                       test::Message("[smooth_l1] beta must be 0 or a positive number: -1"));
  CHECK_THROWS_MATCHES(bce(x, t), ValueError, test::Message("[bce] a prediction outside [0, 1]: 1.5"));
  CHECK_THROWS_AS(bce(Tensor(Array({2}, {-1e-9, 0.5})), t), ValueError);
  CHECK(std::isnan(bce(Tensor(Array({2}, {NaN, 0.5})), t).item()));
  CHECK_THROWS_MATCHES(bce_with_logits(x, t, Tensor(Array::zeros({3}))), ShapeError,
                       test::Message("[bce_with_logits] positive_weight [3] does not broadcast to the logits [2]"));
  CHECK_THROWS_AS(bce_with_logits(x, t, Tensor(Array::zeros({2, 2}))), ShapeError);
}

TEST_CASE("losses: gradients at their corners", "[losses]") {
  const Tensor x = variable(Array({3}, {1, -2, 0}));
  const Tensor zero(Array::zeros({3}));
  CHECK(grad(mae(x, zero, Reduction::sum), {x})[0].to_vector() == std::vector<double>{1, -1, 0});
  CHECK(grad(huber(x, zero, 2.0, Reduction::sum), {x})[0].to_vector() == std::vector<double>{1, -2, 0});
  const Tensor ones(Array::full({3}, 1.0));
  CHECK(grad(hinge(x, ones, 1.0, Reduction::sum), {x})[0].to_vector() == std::vector<double>{0, -1, -1});
}

TEST_CASE("losses: a weight for each class of a binary cross-entropy", "[losses]") {
  const Tensor x = variable(Array({2, 2}, {100, -100, 1, -1}));
  const Tensor t(Array({2, 2}, {1, 1, 0, 0.5}));
  const Tensor weight(Array({2}, {3, 1e6}));
  const std::vector<double> got = bce_with_logits(x, t, weight, Reduction::none).to_vector();
  CHECK(ulps_of(DType::float64, got[0], 3.0 * log1p(exp(Quad(-100)))) <= 4.0);
  CHECK(ulps_of(DType::float64, got[1], 1e6 * log1p(exp(Quad(100)))) <= 4.0);
  CHECK(ulps_of(DType::float64, got[2], log1p(exp(Quad(1)))) <= 4.0);
  CHECK(ulps_of(DType::float64, got[3], 5e5 * log1p(exp(Quad(1))) + 0.5 * log1p(exp(Quad(-1)))) <= 4.0);
  const std::vector<double> g = grad(bce_with_logits(x, t, weight, Reduction::sum), {x})[0].to_vector();
  CHECK(ulps_of(DType::float64, g[0], Quad(-3) / (1.0 + exp(Quad(100)))) <= 8.0);
  check_twice(
      [](const std::vector<Tensor>& in) { return weighted(bce_with_logits(in[0], in[1], in[2], Reduction::none)); },
      {Array({2, 2}, {1, -1, 0.5, 2}), Array({2, 2}, {0.3, 0.7, 0, 1}), Array({2}, {2, 0.5})});
}

TEST_CASE("losses: infinite logits and impossible events", "[losses]") {
  const Tensor x = variable(Array({2}, {inf, -inf}));
  const Tensor t(Array({2}, {1, 0}));
  CHECK(bce_with_logits(x, t, Reduction::sum).item() == 0.0);
  CHECK(bce_with_logits(x, t, Tensor(2.0), Reduction::sum).item() == 0.0);
  for (const double g : grad(bce_with_logits(x, t, Reduction::sum), {x})[0].to_vector()) CHECK(g == 0.0);
  // A class that neither has: 0 · (log 0 − log 0).
  const Tensor log_p = variable(Array({2}, {0, -inf}));
  CHECK(kl_div(log_p, Tensor(Array({2}, {1, 0}))).item() == 0.0);
  const Tensor log_t = variable(Array({2}, {0, -inf}));
  const Tensor divergence = kl_div(log_p, log_t, true);
  CHECK(divergence.item() == 0.0);
  CHECK(grad(divergence, {log_p, log_t})[0].to_vector() == std::vector<double>{-0.5, 0});
  CHECK(grad(divergence, {log_p, log_t})[1].to_vector() == std::vector<double>{0.5, 0});
}

TEST_CASE("losses: kl_div at a target whose logarithm is −∞ has the limits, in every derivative", "[losses]") {
  for (const double x : {-1.0, 0.0, -inf}) {
    const Tensor log_p = variable(Array({1}, {x}));
    const Tensor log_t = variable(Array({1}, {-inf}));
    const Tensor loss = kl_div(log_p, log_t, true, Reduction::sum);
    INFO("log_prediction " << x);
    CHECK(loss.item() == 0.0);
    const std::vector<Tensor> first = recorded_grad(loss, {log_p, log_t});
    CHECK(first[0].item() == 0.0);
    CHECK(first[1].item() == 0.0);
    CHECK(grad(first[1], {log_p, log_t})[0].item() == 0.0);
    CHECK(grad(first[1], {log_p, log_t})[1].item() == 0.0);
  }
  CHECK(std::isnan(kl_div(Tensor(NaN), Tensor(-inf), true).item()));
  CHECK(std::isnan(kl_div(Tensor(-1.0), Tensor(NaN), true).item()));
}

TEST_CASE("losses: cosine similarity along an axis", "[losses]") {
  const Tensor a = variable(Array({2, 3}, {1, 2, 2, 0, 0, 0}));
  const Tensor b = variable(Array({2, 3}, {2, 4, 4, 1, 2, 3}));
  const Tensor y = cosine_similarity(a, b);
  CHECK(y.shape() == Shape{2});
  CHECK(ulp_distance(y.to_vector()[0], 1.0) <= 2);
  CHECK(y.to_vector()[1] == 0.0);  // no direction at all
  for (const Tensor& g : grad(sum(y), {a, b})) {
    for (const double v : g.to_vector()) CHECK(std::isfinite(v));
  }
  CHECK(cosine_similarity(a, -1 * a, -1).to_vector()[0] == test::Approx(-1.0).epsilon(1e-15));
  const Array huge({2}, {3e200, 4e200});
  const Array tiny({2}, {4e-200, 3e-200});
  CHECK(cosine_similarity(Tensor(huge), Tensor(tiny), 0, 0.0).item() == test::Approx(0.96).epsilon(1e-15));
  CHECK_THROWS_AS(cosine_similarity(a, b, 2), ShapeError);
  Numbers numbers(73);
  const Array p = random_array(numbers, {2, 3, 2});
  const Array q = random_array(numbers, {2, 3, 2});
  for (const int axis : {0, 1, -1}) {
    check_twice([&](const std::vector<Tensor>& x) { return weighted(cosine_similarity(x[0], x[1], axis)); }, {p, q});
    check_twice([&](const std::vector<Tensor>& x) { return weighted(cosine_similarity(x[0], x[1], axis, 1e3)); },
                {p, q});
  }
}

TEST_CASE("losses: dtypes promote as everywhere", "[losses]") {
  const Tensor narrow = variable(Array({2}, {0.25, 0.5}).to(DType::float32));
  const Tensor wide(Array({2}, {0, 1}));
  for (const Case& c : cases()) {
    INFO(c.name);
    const Tensor loss = c.loss(narrow, wide, Reduction::mean);
    CHECK(loss.dtype() == DType::float64);
    CHECK(grad(loss, {narrow})[0].dtype() == DType::float32);
    CHECK(c.loss(narrow, Tensor(wide.value().to(DType::float32)), Reduction::none).dtype() == DType::float32);
  }
}

}  // namespace losses_test
