// Losses of rankings and distributions: numbers of 60 digits (tests/reference/loss_values.py), gradients, what they refuse.
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_text.h"
#include "nn/nn.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/with_gradients.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

using Arguments = std::vector<Tensor>;
using LossOf = std::function<Tensor(const Arguments&)>;

const std::map<std::string, LossOf>& losses() {
  static const std::map<std::string, LossOf> all{
      {"log_cosh", [](const Arguments& x) { return nn::log_cosh_loss(x[0], x[1]); }},
      {"gaussian", [](const Arguments& x) { return nn::gaussian_nll_loss(x[0], x[1], x[2]); }},
      {"gaussian_full", [](const Arguments& x) { return nn::gaussian_nll_loss(x[0], x[1], x[2], true); }},
      {"poisson", [](const Arguments& x) { return nn::poisson_nll_loss(x[0], x[1]); }},
      {"poisson_rate", [](const Arguments& x) { return nn::poisson_nll_loss(x[0], x[1], {.log_input = false}); }},
      {"poisson_full", [](const Arguments& x) { return nn::poisson_nll_loss(x[0], x[1], {.full = true}); }},
      {"focal", [](const Arguments& x) { return nn::sigmoid_focal_loss(x[0], x[1]); }},
      {"focal_plain", [](const Arguments& x) { return nn::sigmoid_focal_loss(x[0], x[1], -1.0, 1.5); }},
  };
  return all;
}

void check_near(double got, double expected) {
  // Sums of terms of either sign may lose a few ulp of the larger.
  CHECK_THAT(got, test::WithinRel(expected, 1e-13) || test::WithinAbs(expected, 1e-300));
}

}  // namespace

TEST_CASE("losses: as in sixty digits, small and large", "[losses]") {
  const Json table = read_data("loss_values.json");
  for (const auto& [name, rows] : table.items()) {
    REQUIRE(losses().contains(name));
    for (const Json& row : rows) {
      INFO(name << " of " << row.at("x").dump());
      Arguments x;
      for (const double number : numbers_of(row.at("x"))) x.push_back(variable(number));
      const Tensor loss = losses().at(name)(x);
      check_near(loss.item(), number_of(row.at("value")));
      check_near(grad(loss, {x[0]})[0].item(), number_of(row.at("slope")));
    }
  }
  for (const auto& [name, loss] : losses()) CHECK(table.contains(name));
}

TEST_CASE("losses: gradients, boxes and reductions", "[losses]") {
  const Tensor a = variable(Array({2, 3}, {0.2, -0.7, 0.9, 1.4, -2.0, 0.3}));
  const Tensor b(Array({2, 3}, {1.0, 0.0, 1.0, 0.0, 1.0, 1.0}));
  const Tensor c(Array({2, 3}, {0.45, -0.13, 0.1, 0.8, 1.5, -0.4}));
  const Tensor sign(Array({2, 3}, {1.0, -1.0, 1.0, 1.0, -1.0, -1.0}));
  const Tensor variance(Array({2, 1}, {0.5, 2.0}));
  const std::vector<std::function<Tensor(const Tensor&, Reduction)>> all{
      [&](const Tensor& x, Reduction r) { return nn::triplet_margin_loss(x, b, c, {}, r); },
      [&](const Tensor& x, Reduction r) {
        return nn::triplet_margin_loss(x, b, c, {.margin = 2.0, .p = 1.0, .swap = true}, r);
      },
      [&](const Tensor& x, Reduction r) { return nn::margin_ranking_loss(x, c, sign, 0.5, r); },
      [&](const Tensor& x, Reduction r) { return nn::log_cosh_loss(x, c, r); },
      [&](const Tensor& x, Reduction r) { return nn::gaussian_nll_loss(x, c, variance, true, 1e-6, r); },
      [&](const Tensor& x, Reduction r) { return nn::gaussian_nll_loss(c, b, square(x) + 0.1, false, 1e-6, r); },
      [&](const Tensor& x, Reduction r) { return nn::poisson_nll_loss(x, b, {.full = true}, r); },
      [&](const Tensor& x, Reduction r) { return nn::sigmoid_focal_loss(x, b, 0.3, 1.5, r); },
  };
  for (std::size_t k = 0; k < all.size(); ++k) {
    INFO("loss " << k);
    CHECK(check_gradients([&](const Tensor& x) { return all[k](x, Reduction::mean); }, {a}).ok);
    const Tensor each = all[k](a, Reduction::none);
    CHECK_THAT(all[k](a, Reduction::sum).item(), test::WithinRel(sum(each).item(), 1e-14));
    CHECK_THAT(all[k](a, Reduction::mean).item(), test::WithinRel(mean(each).item(), 1e-14));
    const Tensor loss = all[k](a, Reduction::mean);
    REQUIRE(loss.record()->scope);
    CHECK(loss.record()->scope->role == ModuleRole::loss);
    CHECK_FALSE(to_dot(Graph(loss)).empty());
    const Graph graph = with_gradients(loss);
    CHECK_FALSE(to_text(graph, derivation(graph)).empty());
  }
}

TEST_CASE("losses: distances and rankings by hand", "[losses]") {
  const Tensor a{{0.0, 0.0}, {3.0, 4.0}}, p{{3.0, 4.0}, {3.0, 4.0}}, n{{6.0, 8.0}, {3.0, 4.0}};
  const std::vector<double> each =
      nn::triplet_margin_loss(a, p, n, {.margin = 6.0, .eps = 0.0}, Reduction::none).to_vector();
  CHECK(each == std::vector<double>{1.0, 6.0});
  // From the positive the negative is 5 away, from the anchor 10.
  CHECK(nn::triplet_margin_loss(a, p, n, {.margin = 6.0, .eps = 0.0, .swap = true}, Reduction::sum).item() == 12.0);
  CHECK(
      nn::margin_ranking_loss(Tensor{1.0, 2.0}, Tensor{2.0, 0.0}, Tensor{1.0, 1.0}, 0.5, Reduction::none).to_vector() ==
      std::vector<double>{1.5, 0.0});
  // Where anchor and positive are equal there is a gradient all the same.
  const Tensor x = variable(ones({1, 2}));
  CHECK(std::isfinite(grad(nn::triplet_margin_loss(x, ones({1, 2}), n(range(0, 1), all)), {x})[0].to_vector()[0]));
}

TEST_CASE("losses: a variance below eps counts as eps, and learns", "[losses]") {
  const Tensor v = variable(Array({2}, {0.0, 4.0}));
  const Tensor loss = nn::gaussian_nll_loss(Tensor{1.0, 1.0}, Tensor{0.0, 0.0}, v, false, 0.25, Reduction::sum);
  CHECK_THAT(loss.item(), test::WithinRel(0.5 * (std::log(0.25) + 4.0 + std::log(4.0) + 0.25), 1e-15));
  const std::vector<double> g = grad(loss, {v})[0].to_vector();
  CHECK(g[0] == 0.5 * (4.0 - 16.0));
  const Tensor one_each =
      nn::gaussian_nll_loss(ones({2, 3}), zeros({2, 3}), Tensor{1.0, 4.0}, false, 1e-6, Reduction::none);
  CHECK(one_each.to_vector()[5] == 0.5 * (std::log(4.0) + 0.25));
}

TEST_CASE("losses: what does not fit is refused", "[losses]") {
  const Tensor x = ones({2, 3}), y = ones({3});
  CHECK_THROWS_MATCHES(nn::log_cosh_loss(x, y), ShapeError,
                       test::Message("[log_cosh_loss] shapes differ: [2, 3] and [3]"));
  CHECK_THROWS_AS(nn::triplet_margin_loss(x, x, y), ShapeError);
  CHECK_THROWS_AS(nn::margin_ranking_loss(x, x, y), ShapeError);
  CHECK_THROWS_AS(nn::poisson_nll_loss(x, y), ShapeError);
  CHECK_THROWS_AS(nn::sigmoid_focal_loss(x, y), ShapeError);
  CHECK_THROWS_AS(nn::gaussian_nll_loss(x, x, ones({3})), ShapeError);
  CHECK_THROWS_AS(nn::gaussian_nll_loss(x, x, ones({3, 1})), ShapeError);
  CHECK_THROWS_MATCHES(nn::gaussian_nll_loss(x, x, -1.0 * x), ValueError,
                       test::Message("[gaussian_nll_loss] a variance is -1: none may be below 0"));
}
