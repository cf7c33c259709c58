// Optimizers and losses beside libtorch: a hundred steps each from random beginnings; values and gradients.
#include "tests/differential/torch_training.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"
#include "tests/nn/optimize/named_optimizers.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

constexpr std::int64_t count = 37;

struct Hills {
  std::vector<double> start, target, weight;
  explicit Hills(const Key& key)
      : start(normal_array({count}, 0.0, 1.0, key.part(0)).to_vector()),
        target(normal_array({count}, 0.0, 1.0, key.part(1)).to_vector()),
        weight(uniform_array({count}, 0.5, 4.0, key.part(2)).to_vector()) {}
  Tensor loss(const Tensor& p) const {
    const Tensor away = p - Tensor(target);
    return sum(Tensor(weight) * away * away) + sum(sin(p(range(0, count - 1)) * p(range(1, count))));
  }
};

// Each step begins where libtorch's ended: normalised steps near a minimum turn roundings into differences, which is not
// what is compared.
void check_path(const Hills& hills, const std::vector<std::vector<double>>& path, double tolerance,
                const std::function<void(Tensor&, const std::function<Tensor()>&)>& step) {
  Tensor p = parameter(Tensor(hills.start).value());
  for (std::size_t t = 0; t < path.size(); ++t) {
    step(p, [&] { return hills.loss(p); });
    INFO("after " << t + 1);
    const std::vector<double> got = p.to_vector();
    for (std::size_t i = 0; i < got.size(); ++i) REQUIRE_THAT(got[i], test::WithinAbs(path[t][i], tolerance));
    p.set_value(Tensor(path[t]).value());
  }
}

}  // namespace

TEST_CASE("optimizers beside libtorch", "[differential]") {
  int compared = 0;
  for (const auto& [name, make] : optimizers()) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const Hills hills(Key{seed});
      const auto path = differential::torch_steps(name, hills.start, hills.target, hills.weight, 100);
      if (path.empty()) continue;
      ++compared;
      INFO(name << ", seed " << seed);
      Made optimizer;
      check_path(hills, path, 1e-13, [&, create = make](Tensor& p, const std::function<Tensor()>& loss) {
        if (optimizer == nullptr) optimizer = create({p});
        optimizer->zero_grad();
        loss().backward();
        optimizer->step();
      });
    }
  }
  CHECK(compared == 3 * 16);
}

TEST_CASE("L-BFGS beside libtorch", "[differential]") {
  const std::map<std::string, nn::LBFGSOptions> all{{"lbfgs", {}},
                                                    {"lbfgs, few iterations", {.max_iter = 3, .history_size = 2}}};
  for (const auto& [name, options] : all) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      INFO(name << ", seed " << seed);
      const Hills hills(Key{seed});
      // What is left of a rounding may decide whether another iteration is made, near the end.
      const auto path = differential::torch_steps(name, hills.start, hills.target, hills.weight, 5);
      REQUIRE(path.size() == 5);
      std::unique_ptr<nn::LBFGS> optimizer;
      check_path(hills, path, 1e-8, [&, given = options](Tensor& p, const std::function<Tensor()>& loss) {
        if (optimizer == nullptr) optimizer = std::make_unique<nn::LBFGS>(nn::ParameterGroups{p}, 0.1, given);
        optimizer->step(loss);
      });
    }
  }
}

TEST_CASE("losses beside libtorch", "[differential]") {
  using X = std::vector<Tensor>;
  const std::map<std::string, std::function<Tensor(const X&)>> all{
      {"triplet", [](const X& x) { return nn::triplet_margin_loss(x[0], x[1], x[2]); }},
      {"triplet, swap",
       [](const X& x) { return nn::triplet_margin_loss(x[0], x[1], x[2], {.margin = 2.0, .p = 3.0, .swap = true}); }},
      {"margin ranking", [](const X& x) { return nn::margin_ranking_loss(x[0], x[1], sign(x[2]), 0.5); }},
      {"poisson", [](const X& x) { return nn::poisson_nll_loss(x[0], abs(x[1])); }},
      {"poisson, full", [](const X& x) { return nn::poisson_nll_loss(x[0], 3.0 * abs(x[1]), {.full = true}); }},
      {"poisson, rate", [](const X& x) { return nn::poisson_nll_loss(exp(x[0]), abs(x[1]), {.log_input = false}); }},
  };
  for (const auto& [name, loss] : all) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      INFO(name << ", seed " << seed);
      std::vector<std::vector<double>> numbers;
      X x;
      for (std::uint64_t k = 0; k < 3; ++k) {
        const Array drawn = normal_array({6, 5}, 0.0, 1.5, Key{seed}.part(k));
        numbers.push_back(drawn.to_vector());
        x.push_back(k == 0 ? variable(drawn) : Tensor(drawn));
      }
      const differential::TorchLoss want = differential::torch_loss(name, 6, numbers);
      REQUIRE(want.gradient.size() == 30);
      const Tensor value = loss(x);
      CHECK_THAT(value.item(), test::WithinRel(want.value, 1e-13));
      const std::vector<double> got = grad(value, {x[0]})[0].to_vector();
      for (std::size_t i = 0; i < got.size(); ++i) CHECK_THAT(got[i], test::WithinAbs(want.gradient[i], 1e-13));
    }
  }
}
