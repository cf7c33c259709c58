// Losses on classes: labels and probabilities, weights, smoothing, ignored rows, and scores of every rank.
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/losses.h"
#include "autograd/tensor/ops/softmax.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/groups.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace class_losses_test {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

/// −log softmax of a row.
std::vector<Quad> surprises(const Group& x) {
  Quad sum(0.0);
  for (const double v : x) sum = sum + exp(Quad(v));
  std::vector<Quad> out;
  for (const double v : x) out.push_back(log(sum) - Quad(v));
  return out;
}

Quad dot(const std::vector<Quad>& a, const Group& b) {
  Quad sum(0.0);
  for (std::size_t k = 0; k < a.size(); ++k) sum = sum + a[k] * b[k];
  return sum;
}

const Group logits{1, -0.5, 2, 0.25, 3, -1, 0.75, 0, -2, 1.5, 0.5, 1};
const Array matrix({4, 3}, logits);
const Group weights{0.5, 2, 1.25};
const std::vector<std::int64_t> labels{2, 0, 1, 2};

Group row(std::size_t i) {
  return Group(logits.begin() + static_cast<long>(3 * i), logits.begin() + static_cast<long>(3 * i) + 3);
}

/// What a label stands for under weights and smoothing.
Group target_of(std::int64_t label, double smoothing, const Group& w) {
  Group out;
  for (std::size_t c = 0; c < 3; ++c) {
    const double sure = c == static_cast<std::size_t>(label) ? 1.0 - smoothing : 0.0;
    out.push_back(w[c] * (sure + smoothing / 3.0));
  }
  return out;
}

}  // namespace

TEST_CASE("class losses: labels with weights and smoothing", "[losses]") {
  for (const bool weighed : {false, true}) {
    for (const double smoothing : {0.0, 0.1, 1.0}) {
      const Group w = weighed ? weights : Group{1, 1, 1};
      ClassOptions options{Reduction::none, weighed ? Array({3}, weights) : Array(), -100, smoothing};
      INFO((weighed ? "weighed, " : "") << "smoothing " << smoothing);
      const Group each = cross_entropy(Tensor(matrix), Indices(labels), options).to_vector();
      Quad total(0.0);
      Quad weight(0.0);
      for (std::size_t i = 0; i < labels.size(); ++i) {
        const Quad exact = dot(surprises(row(i)), target_of(labels[i], smoothing, w));
        CHECK(ulps_of(DType::float64, each[i], exact) <= 4.0);
        total = total + exact;
        weight = weight + Quad(w[static_cast<std::size_t>(labels[i])]);
      }
      options.reduction = Reduction::sum;
      CHECK(ulps_of(DType::float64, cross_entropy(Tensor(matrix), Indices(labels), options).item(), total) <= 8.0);
      options.reduction = Reduction::mean;
      CHECK(ulps_of(DType::float64, cross_entropy(Tensor(matrix), labels, options).item(), total / weight) <= 8.0);
      check_twice([&](const std::vector<Tensor>& x) { return cross_entropy(x[0], labels, options); }, {matrix});
    }
  }
}

TEST_CASE("class losses: probabilities as targets", "[losses]") {
  const Group q{0.2, 0.3, 0.5, 1, 0, 0, 0.1, 0.1, 0.8, 0, 0.5, 0.5};
  const Array target({4, 3}, q);
  for (const bool weighed : {false, true}) {
    for (const double smoothing : {0.0, 0.2}) {
      const Group w = weighed ? weights : Group{1, 1, 1};
      ClassOptions options{Reduction::mean, weighed ? Array({3}, weights) : Array(), -100, smoothing};
      INFO((weighed ? "weighed, " : "") << "smoothing " << smoothing);
      Quad total(0.0);
      for (std::size_t i = 0; i < 4; ++i) {
        Group t;
        for (std::size_t c = 0; c < 3; ++c) t.push_back(w[c] * (q[3 * i + c] * (1.0 - smoothing) + smoothing / 3.0));
        total = total + dot(surprises(row(i)), t);
      }
      const Tensor loss = cross_entropy(Tensor(matrix), Tensor(target), options);
      CHECK(ulps_of(DType::float64, loss.item(), total / 4.0) <= 8.0);
      options.reduction = Reduction::none;
      CHECK(cross_entropy(Tensor(matrix), Tensor(target), options).shape() == Shape{4});
      check_twice([&](const std::vector<Tensor>& x) { return weighted(cross_entropy(x[0], x[1], options)); },
                  {matrix * 0.25, Array({4, 3}, {0.2, 0.3, 0.5, 0.9, 0.05, 0.05, 0.1, 0.1, 0.8, 0.3, 0.3, 0.4})});
    }
  }
  // One-hot probabilities are labels.
  const Array one_hot({4, 3}, {0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1});
  const Tensor x = variable(matrix);
  const Tensor by_label = cross_entropy(x, labels);
  const Tensor by_target = cross_entropy(x, Tensor(one_hot));
  CHECK(ulp_distance(by_label.item(), by_target.item()) <= 4);
  CHECK(far_apart(grad(by_label, {x})[0].to_vector(), grad(by_target, {x})[0].to_vector(), 1e-15) == "");
}

TEST_CASE("class losses: a sure prediction keeps the digits of its gradient, also for soft targets", "[losses]") {
  const Tensor x = variable(Array({1, 3}, {30, 0, -5}));
  const Tensor loss = cross_entropy(x, Tensor(Array({1, 3}, {1, 0, 0})));
  const Quad others = exp(Quad(-30)) + exp(Quad(-35));
  CHECK(ulps_of(DType::float64, loss.item(), log1p(others)) <= 4.0);
  const Group g = grad(loss, {x})[0].to_vector();
  CHECK(ulps_of(DType::float64, g[0], -others / (1.0 + others)) <= 8.0);
  CHECK(ulps_of(DType::float64, g[1], exp(Quad(-30)) / (1.0 + others)) <= 8.0);
  CHECK(ulps_of(DType::float64, g[2], exp(Quad(-35)) / (1.0 + others)) <= 8.0);
}

TEST_CASE("class losses: a class without a part in the target counts for nothing", "[losses]") {
  const Tensor x = variable(Array({1, 3}, {1, -inf, 2}));
  const Tensor loss = cross_entropy(x, Tensor(Array({1, 3}, {0.5, 0, 0.5})));
  CHECK(loss.item() == test::Approx(std::log1p(std::exp(1.0)) - 0.5).epsilon(1e-15));
  CHECK(grad(loss, {x})[0].to_vector()[1] == 0.0);
}

TEST_CASE("class losses: ignored rows count for nothing, whatever they hold", "[losses]") {
  const Group spoiled{1, -0.5, 2, NaN, inf, -inf, 0.75, 0, -2};
  const Tensor x = variable(Array({3, 3}, spoiled));
  const Tensor clean = variable(Array({2, 3}, {1, -0.5, 2, 0.75, 0, -2}));
  for (const double smoothing : {0.0, 0.1}) {
    const ClassOptions options{Reduction::mean, Array({3}, weights), -100, smoothing};
    const Tensor loss = cross_entropy(x, Indices{2, -100, 1}, options);
    const Tensor expected = cross_entropy(clean, Indices{2, 1}, options);
    INFO("smoothing " << smoothing);
    CHECK(loss.item() == expected.item());
    Group g = grad(loss, {x})[0].to_vector();
    CHECK(Group(g.begin() + 3, g.begin() + 6) == Group{0, 0, 0});
    g.erase(g.begin() + 3, g.begin() + 6);
    CHECK(g == grad(expected, {clean})[0].to_vector());
  }
  const Tensor log_p = variable(Array({2, 2}, {-0.5, -1, NaN, -inf}));
  const ClassOptions second{Reduction::mean, Array(), 7, 0.0};
  CHECK(nll(log_p, Indices{1, 7}, second).item() == 1.0);
  CHECK(grad(nll(log_p, Indices{1, 7}, second), {log_p})[0].to_vector() == Group{0, -1, 0, 0});
  CHECK(std::isnan(nll(log_p, Indices{7, 7}, second).item()));  // the mean of nothing
}

namespace {

// A loss where nothing counts: NaN for the mean, else 0, and gradient 0 either way.
void check_nothing(const Tensor& loss, const Tensor& x, Reduction reduction) {
  CHECK((reduction == Reduction::mean ? std::isnan(loss.item()) : loss.item() == 0.0));
  CHECK(grad(loss, {x})[0].to_vector() == Group(6, 0.0));
}

}  // namespace

TEST_CASE("class losses: where every row is ignored the mean is NaN and every gradient 0", "[losses]") {
  const Indices nothing{-100, -100};
  for (const Group& rows : {Group{1, -0.5, 2, 0.25, 3, -1}, Group{1, -0.5, 2, NaN, inf, -inf}}) {
    const Tensor x = variable(Array({2, 3}, rows));
    for (const Array& class_weights : {Array(), Array({3}, weights)}) {
      for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::batch_mean}) {
        check_nothing(cross_entropy(x, nothing, {reduction, class_weights, -100, 0.0}), x, reduction);
        check_nothing(cross_entropy(x, nothing, {reduction, class_weights, -100, 0.1}), x, reduction);
        check_nothing(nll(x, nothing, {reduction, class_weights, -100, 0.0}), x, reduction);
      }
    }
  }
  const Tensor x = variable(matrix);
  const Tensor first = recorded_grad(cross_entropy(x, Indices{-100, -100, -100, -100}), {x})[0];
  CHECK(grad(sum(first * x), {x})[0].to_vector() == Group(12, 0.0));
}

TEST_CASE("class losses: labels whose classes weigh nothing are like ignored ones", "[losses]") {
  const Tensor x = variable(Array({2, 3}, {1, -0.5, 2, 0.25, 3, -1}));
  for (const double smoothing : {0.0, 0.1}) {
    const ClassOptions options{Reduction::mean, Array({3}, {1, 2, 0}), -100, smoothing};
    check_nothing(cross_entropy(x, Indices{2, -100}, options), x, Reduction::mean);
    if (smoothing == 0.0) check_nothing(nll(x, Indices{2, 2}, options), x, Reduction::mean);
  }
}

TEST_CASE("class losses: a row of −∞ alone ranks no class", "[losses]") {
  const Tensor x = variable(Array({2, 2}, {-inf, -inf, 1, 1}));
  const ClassOptions each{Reduction::none, Array(), -100, 0.0};
  const Array sure({2, 2}, {1, 0, 1, 0});
  for (const Tensor& losses : {cross_entropy(x, Indices{0, 0}, each), cross_entropy(x, Tensor(sure), each)}) {
    CHECK(std::isnan(losses.to_vector()[0]));
    CHECK(losses.to_vector()[1] == test::Approx(std::log(2.0)).epsilon(1e-15));
    const Group g = grad(sum(losses), {x})[0].to_vector();
    CHECK(std::isnan(g[0]));
    CHECK(std::isnan(g[1]));
    CHECK(Group(g.begin() + 2, g.end()) == Group{-0.5, 0.5});
  }
  for (const Tensor& ignored :
       {cross_entropy(x, Indices{-100, 0}, each), cross_entropy(x, Tensor(Array({2, 2}, {0, 0, 1, 0})), each)}) {
    CHECK(ignored.to_vector()[0] == 0.0);
    CHECK(grad(sum(ignored), {x})[0].to_vector() == Group{0, 0, -0.5, 0.5});
  }
}

TEST_CASE("class losses: negative log-likelihood", "[losses]") {
  const Tensor log_p = log_softmax(Tensor(matrix), 1);
  CHECK(ulp_distance(nll(log_p, Indices(labels)).item(), cross_entropy(Tensor(matrix), labels).item()) <= 4);
  ClassOptions options{Reduction::mean, Array({3}, weights), -100, 0.0};
  CHECK(ulp_distance(nll(log_p, Indices(labels), options).item(),
                     cross_entropy(Tensor(matrix), labels, options).item()) <= 4);
  check_twice([&](const std::vector<Tensor>& x) { return nll(x[0] * x[0], Indices(labels), options); }, {matrix});
  options.reduction = Reduction::none;
  CHECK(nll(log_p, Indices(labels), options).shape() == Shape{4});
}

TEST_CASE("class losses: scores of every rank", "[losses]") {
  Numbers numbers(81);
  const Array scores = random_array(numbers, {2, 3, 2, 2});
  const Indices places(Shape{2, 2, 2}, {0, 1, 2, 0, 2, 2, 1, 0});
  const ClassOptions each{Reduction::none, Array(), -100, 0.0};
  const Tensor losses = cross_entropy(Tensor(scores), places, each);
  CHECK(losses.shape() == Shape{2, 2, 2});
  std::size_t k = 0;
  const std::vector<Group> groups = groups_of(scores, 0b0010);
  for (const double loss : losses.to_vector()) {
    const Quad exact = surprises(groups[k])[static_cast<std::size_t>(places[static_cast<std::int64_t>(k)])];
    CHECK(ulps_of(DType::float64, loss, exact) <= 4.0);
    ++k;
  }
  CHECK(difference(nll(log_softmax(Tensor(scores), 1), places, each).to_vector(), losses.to_vector(), 4) == "");
  check_twice([&](const std::vector<Tensor>& x) { return weighted(cross_entropy(x[0], places, each)); }, {scores});
  const Tensor soft = cross_entropy(Tensor(scores), softmax(Tensor(scores), 1), each);
  CHECK(soft.shape() == Shape{2, 2, 2});
  const Tensor single = cross_entropy(Tensor(Array({3}, {1, 2, 3})), Indices(Shape{}, {1}));
  CHECK(single.shape() == Shape{});
  CHECK(ulps_of(DType::float64, single.item(), surprises({1, 2, 3})[1]) <= 4.0);
  CHECK(cross_entropy(Tensor(Array::zeros({0, 3})), Indices(Shape{0}, {}), each).shape() == Shape{0});
  CHECK(std::isnan(cross_entropy(Tensor(Array::zeros({0, 3})), Indices(Shape{0}, {})).item()));
}

TEST_CASE("class losses: float32 stays float32", "[losses]") {
  const Tensor x = variable(matrix.to(DType::float32));
  for (const double smoothing : {0.0, 0.1}) {
    const Tensor loss = cross_entropy(x, labels, {Reduction::mean, Array({3}, weights), -100, smoothing});
    CHECK(loss.dtype() == DType::float32);
    CHECK(grad(loss, {x})[0].dtype() == DType::float32);
  }
}

TEST_CASE("class losses: what does not fit is refused", "[losses]") {
  const Tensor x(matrix);
  CHECK_THROWS_MATCHES(cross_entropy(x, Indices{0, 1}), ShapeError,
                       test::Message("[cross_entropy] labels [2] do not fit scores [4, 3]: [4] is needed"));
  CHECK_THROWS_MATCHES(nll(x, Indices{0, 1, 2, 3}), ValueError,
                       test::Message("[nll] label 3 of row 3 is none of the 3 classes"));
  CHECK_THROWS_AS(cross_entropy(x, Indices{0, 1, 2, -1}), ValueError);
  CHECK_THROWS_MATCHES(cross_entropy(Tensor(1.0), Indices(Shape{}, {0})), ShapeError,
                       test::Message("[cross_entropy] scores need an axis of classes: []"));
  CHECK_THROWS_MATCHES(cross_entropy(x, labels, {Reduction::mean, Array::zeros({4}), -100, 0.0}), ShapeError,
                       test::Message("[cross_entropy] class_weights [4] do not fit 3 classes"));
  CHECK_THROWS_MATCHES(cross_entropy(x, labels, {Reduction::mean, Array(), -100, 1.5}), ValueError,
                       test::Message("[cross_entropy] label_smoothing must lie in [0, 1]: 1.5"));
  CHECK_THROWS_AS(cross_entropy(x, labels, {Reduction::mean, Array(), -100, NaN}), ValueError);
  CHECK_THROWS_MATCHES(nll(x, Indices(labels), {Reduction::mean, Array(), -100, 0.1}), ValueError,
                       test::Message("[nll] label_smoothing belongs to cross_entropy"));
  CHECK_THROWS_MATCHES(cross_entropy(x, Tensor(Array::zeros({4}))), ShapeError,
                       test::Message("[cross_entropy] shapes differ: logits [4, 3], target [4]"));
}

}  // namespace class_losses_test
