// Every optimizer beside a hundred steps that were computed elsewhere (tests/reference/optimizer_steps.py).
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

using Made = std::unique_ptr<nn::Optimizer>;
using Maker = std::function<Made(const nn::ParameterGroups&)>;

template <class O, class... Options>
Maker maker(double rate, const Options&... options) {
  return [=](const nn::ParameterGroups& p) { return std::make_unique<O>(p, rate, options...); };
}

const std::map<std::string, Maker>& optimizers() {
  using namespace nn;
  static const std::map<std::string, Maker> all{
      {"sgd", maker<SGD>(0.01)},
      {"sgd, weight decay", maker<SGD>(0.01, SGDOptions{.weight_decay = 0.1})},
      {"sgd, momentum", maker<SGD>(0.01, 0.9)},
      {"sgd, dampening", maker<SGD>(0.01, SGDOptions{.momentum = 0.9, .dampening = 0.25, .weight_decay = 0.01})},
      {"sgd, nesterov", maker<SGD>(0.01, SGDOptions{.momentum = 0.9, .nesterov = true})},
      {"adagrad", maker<Adagrad>(0.1)},
      {"adagrad, all options", maker<Adagrad>(0.1, AdagradOptions{0.01, 0.1, 0.5, 1e-3})},
      {"adadelta", maker<Adadelta>(1.0)},
      {"adadelta, all options", maker<Adadelta>(0.5, AdadeltaOptions{0.8, 1e-4, 0.1})},
      {"rmsprop", maker<RMSprop>(0.01)},
      {"rmsprop, momentum", maker<RMSprop>(0.01, RMSpropOptions{.momentum = 0.5})},
      {"rmsprop, centered", maker<RMSprop>(0.01, RMSpropOptions{.centered = true})},
      {"rmsprop, all options", maker<RMSprop>(0.01, RMSpropOptions{0.9, 1e-3, 0.1, 0.5, true})},
      {"adam", maker<Adam>(0.05)},
      {"adam, weight decay", maker<Adam>(0.05, AdamOptions{0.8, 0.99, 1e-3, 0.1})},
      {"adam, amsgrad", maker<Adam>(0.05, AdamOptions{.beta2 = 0.9, .amsgrad = true})},
      {"adamw", maker<AdamW>(0.05)},
      {"adamw, all options", maker<AdamW>(0.05, AdamWOptions{0.8, 0.9, 1e-3, 0.5, true})},
      {"adamax", maker<Adamax>(0.05)},
      {"adamax, all options", maker<Adamax>(0.05, AdamaxOptions{0.8, 0.9, 1e-3, 0.1})},
      {"nadam", maker<NAdam>(0.05)},
      {"nadam, all options", maker<NAdam>(0.05, NAdamOptions{0.8, 0.99, 1e-3, 0.1, 0.1})},
      {"nadam, decoupled", maker<NAdam>(0.05, NAdamOptions{.weight_decay = 0.1, .decoupled_weight_decay = true})},
      {"lion", maker<Lion>(0.01)},
      {"lion, all options", maker<Lion>(0.01, LionOptions{0.8, 0.9, 0.5})},
  };
  return all;
}

// The problem, once in each column, so that the loops run over whole registers and what is left over.
constexpr std::int64_t columns = 13;

struct Problem {
  const Json& data;
  DType dtype;
  Tensor p = parameter(column("start").broadcast_to({5, columns}).to(dtype).packed());

  Array column(const char* key) const { return Array({5, 1}, numbers_of(data.at(key))).to(dtype); }

  void backward() {
    const Tensor away = p - column("target");
    const Tensor pairs = p(range(0, 4), all) * p(range(1, 5), all);
    p.zero_grad();
    (sum(Tensor(column("weight")) * away * away) + sum(sin(pairs))).backward();
  }
};

void steps(Problem& problem, nn::Optimizer& optimizer, int count) {
  for (int t = 0; t < count; ++t) {
    problem.backward();
    optimizer.step();
  }
}

const Json& expected() {
  static const Json all = read_data("optimizer_steps.json");
  return all;
}

}  // namespace

TEST_CASE("optimizers: a hundred steps as computed elsewhere", "[optimizer]") {
  for (const auto& [name, kept] : expected().at("cases").items()) {
    for (const DType dtype : {DType::float64, DType::float32}) {
      INFO(name << ", " << to_string(dtype));
      REQUIRE(optimizers().contains(name));
      Problem problem{expected(), dtype};
      const Made optimizer = optimizers().at(name)({problem.p});
      int taken = 0;
      for (const int t : {1, 2, 10, 100}) {
        steps(problem, *optimizer, t - taken);
        taken = t;
        INFO("after " << t);
        const std::vector<double> want = numbers_of(kept.at(std::to_string(t)));
        const std::vector<double> got = problem.p.to_vector();
        for (std::size_t i = 0; i < got.size(); ++i) {
          const double tolerance = dtype == DType::float64 ? 1e-13 : 2e-5;
          REQUIRE_THAT(got[i], test::WithinAbs(want[i / columns], tolerance));
        }
      }
      CHECK(problem.p.dtype() == dtype);
      CHECK(problem.p.is_leaf());
    }
  }
  for (const auto& [name, make] : optimizers()) CHECK(expected().at("cases").contains(name));
}

TEST_CASE("optimizers: from a saved state they go on with the same bits", "[optimizer]") {
  for (const auto& [name, make] : optimizers()) {
    INFO(name);
    Problem through{expected(), DType::float64};
    const Made whole = make({through.p});
    steps(through, *whole, 30);
    Problem resumed{expected(), DType::float64};
    resumed.p.set_value(through.p.value());
    const Made second = make({resumed.p});
    second->set_rate(0.5);
    second->load_state(whole->state());
    CHECK(second->rate() == whole->rate());
    steps(through, *whole, 20);
    steps(resumed, *second, 20);
    CHECK(resumed.p.to_vector() == through.p.to_vector());
    CHECK(second->state().size() == whole->state().size());
  }
}
