// Every optimizer beside a hundred steps that were computed elsewhere (tests/reference/optimizer_steps.py).
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"
#include "tests/nn/optimize/named_optimizers.h"
#include "tests/reference/cases.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

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

TEST_CASE("muon: thirty steps as computed elsewhere", "[optimizer]") {
  const Array wide({2, 3}, numbers_of(expected().at("matrix"))), to({2, 3}, numbers_of(expected().at("matrix_target")));
  const auto run = [](const Array& start, const Array& target, const nn::MuonOptions& options) {
    Tensor w = parameter(start);
    nn::Muon optimizer({w}, 0.05, options);
    for (int t = 0; t < 30; ++t) {
      optimizer.zero_grad();
      sum(square(w - target)).backward();
      optimizer.step();
    }
    return w.to_vector();
  };
  const auto check = [](const std::vector<double>& got, const char* name) {
    INFO(name);
    const std::vector<double> want = numbers_of(expected().at("muon").at(name));
    REQUIRE(got.size() == want.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK_THAT(got[i], test::WithinAbs(want[i], 1e-10));
  };
  check(run(wide, to, {}), "wide");
  check(run(transpose(Tensor(wide)).value(), transpose(Tensor(to)).value(), {}), "tall");
  check(run(wide, to, {.weight_decay = 0.0, .momentum = 0.5, .nesterov = false}), "without nesterov");
  CHECK_THROWS_MATCHES(
      nn::Muon({parameter(1.0)}), ValueError,
      test::Message("[muon] a parameter is []: only matrices are moved; give the others to AdamW, say"));
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
