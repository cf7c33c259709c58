// What all optimizers share: groups, state, where the numbers lie; and gradients that are clipped.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

// The gradient of each becomes `g`.
void give_gradients(const std::vector<Tensor>& parameters, double g) {
  for (const Tensor& p : parameters) {
    Tensor q = p;
    q.zero_grad();
    sum(g * p).backward();
  }
}

}  // namespace

TEST_CASE("optimizers: first steps by hand", "[optimizer]") {
  // m̂ = g and v̂ = g², so Adam's first step is as long as its rate, but for eps.
  Tensor p = parameter(1.0);
  nn::Adam adam({p}, 0.125, {.eps = 0.0});
  give_gradients({p}, -3.0);
  adam.step();
  CHECK_THAT(p.item(), test::WithinULP(1.125, 1));
  Tensor q = parameter(1.0);
  nn::Lion lion({q}, 0.125, {.weight_decay = 2.0});
  give_gradients({q}, 17.0);
  lion.step();
  CHECK(q.item() == 1.0 - 0.125 * 2.0 - 0.125);
  Tensor r = parameter(1.0);
  nn::AdamW adamw({r}, 0.5);
  give_gradients({r}, 0.0);
  adamw.step();
  CHECK(r.item() == 1.0 - 0.5 * 0.01);
}

TEST_CASE("optimizers: a step down a loss", "[optimizer]") {
  Tensor p = parameter(3.0);
  nn::SGD sgd({p}, 0.25);
  CHECK_FALSE(sgd.asks_again());
  give_gradients({p}, 100.0);  // forgotten
  CHECK(sgd.step([&] { return square(p); }) == 9.0);
  CHECK(p.item() == 3.0 - 0.25 * 6.0);
}

TEST_CASE("optimizers: groups have rates and decays of their own", "[optimizer]") {
  Tensor a = parameter(1.0), b = parameter(1.0), c = parameter(1.0);
  nn::SGD optimizer({{.parameters = {a}}, {.parameters = {b, c}, .rate_scale = 0.5, .weight_decay = 0.0}}, 0.25,
                    {.weight_decay = 2.0});
  CHECK(optimizer.parameters().size() == 3);
  give_gradients({a, b, c}, 1.0);
  optimizer.step();
  CHECK(a.item() == 1.0 - 0.25 * (1.0 + 2.0));
  CHECK(b.item() == 1.0 - 0.125);
  optimizer.set_rate(0.5);
  optimizer.step();
  CHECK(c.item() == 1.0 - 0.125 - 0.25);
  CHECK_THROWS_MATCHES(nn::SGD({{.parameters = {a}, .rate_scale = -1.0}}), ValueError,
                       test::Message("[sgd] the rate scale of a group is -1: it must be finite and not negative"));
  CHECK_THROWS_MATCHES(nn::Adam({{.parameters = {a}, .weight_decay = std::nan("")}}), ValueError,
                       test::Message("[adam] the weight decay is nan: it must be finite and not negative"));
}

TEST_CASE("optimizers: whoever holds the old numbers keeps them", "[optimizer]") {
  Tensor p = parameter(Array({3}, {1.0, 2.0, 3.0}));
  nn::Adam optimizer({p}, 0.5);
  const void* place = p.value().bytes();
  give_gradients({p}, 1.0);
  optimizer.step();
  CHECK(p.value().bytes() == place);  // in place
  const Array held = p.value();
  const nn::Adam copy = optimizer;
  const std::vector<nn::NamedArray> state = optimizer.state();
  const std::vector<double> before = held.to_vector(), mean = state[2].array.to_vector();
  optimizer.step();
  CHECK(held.to_vector() == before);
  CHECK(p.value().to_vector() != before);
  CHECK(state[2].name == "0.exp_avg");
  CHECK(state[2].array.to_vector() == mean);
  CHECK(copy.state()[1].array.item() == 1.0);
  CHECK(optimizer.state()[1].array.item() == 2.0);
}

TEST_CASE("optimizers: gradients and parameters that are views", "[optimizer]") {
  Tensor p = parameter(transpose(Tensor{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}).value());
  nn::SGD optimizer({p}, 1.0);
  sum(p * Tensor{{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}}).backward();
  optimizer.step();
  CHECK(p.to_vector() == std::vector<double>{0.0, 2.0, -1.0, 1.0, -2.0, 0.0});
}

TEST_CASE("optimizers: what is not finite stays to be seen", "[optimizer]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::int64_t n : {1, 9}) {
    Tensor p = parameter(Array::full({n}, 1.0));
    nn::Adam adam({p}, 0.5, {.amsgrad = true});
    give_gradients({p}, nan);
    adam.step();
    give_gradients({p}, 1.0);
    adam.step();
    for (const double x : p.to_vector()) CHECK(std::isnan(x));
    Tensor q = parameter(Array::full({n}, 1.0));
    nn::Lion lion({q}, 0.5);
    give_gradients({q}, nan);
    lion.step();
    for (const double x : q.to_vector()) CHECK(std::isnan(x));
  }
}

TEST_CASE("optimizers: a state that does not fit is refused whole", "[optimizer]") {
  Tensor p = parameter(Array({2}, {1.0, 2.0})), unused = parameter(1.0);
  nn::NAdam optimizer({p, unused});
  give_gradients({p}, 1.0);
  optimizer.step();
  std::vector<nn::NamedArray> state = optimizer.state();
  std::vector<std::string> names;
  for (const nn::NamedArray& one : state) names.push_back(one.name);
  CHECK(names == std::vector<std::string>{"rate", "0.step", "0.mu_product", "0.exp_avg", "0.exp_avg_sq", "1.step",
                                          "1.mu_product"});
  nn::NAdam other({p, unused}, 0.25);
  const auto refused = [&](std::vector<nn::NamedArray> given) -> std::string {
    try {
      other.load_state(given);
    } catch (const Error& e) {
      CHECK(other.rate() == 0.25);
      CHECK(other.state()[1].array.item() == 0.0);
      return e.what();
    }
    return "taken";
  };
  CHECK(refused({}) == "[nadam] the state has no 'rate'");
  std::vector<nn::NamedArray> given = state;
  given[3].array = Array({3}, {1.0, 2.0, 3.0});
  CHECK(refused(given) == "[nadam] '0.exp_avg' of the state is [3], it must be [2]");
  given = state;
  given[3].name = "0.exp_average";
  CHECK(refused(given) == "[nadam] the state has no '0.exp_avg'");
  given = state;
  given.push_back({"2.step", Array(1.0)});
  CHECK(refused(given) == "[nadam] the state has '2.step', which this optimizer does not keep");
  given = state;
  given[1].array = Array(-1.0);
  CHECK(refused(given) == "[nadam] '0.step' of the state is -1: it must be a whole number, at least 0");
  given[1].array = Array(0.5);
  CHECK(refused(given) == "[nadam] '0.step' of the state is 0.5: it must be a whole number, at least 0");
  CHECK(refused(state) == "taken");
}

TEST_CASE("optimizers: options that make no sense are refused", "[optimizer]") {
  CHECK_THROWS_MATCHES(nn::Adam({}, 1e-3, {.beta1 = 1.0}), ValueError,
                       test::Message("[adam] the beta1 is 1: it must be at least 0 and below 1"));
  CHECK_THROWS_MATCHES(nn::AdamW({}, 1e-3, {.eps = -1.0}), ValueError,
                       test::Message("[adamw] the eps is -1: it must be finite and not negative"));
  CHECK_THROWS_MATCHES(nn::SGD({}, 1e-3, {.nesterov = true}), ValueError,
                       test::Message("[sgd] nesterov needs a momentum above 0 and no dampening"));
  CHECK_THROWS_AS(nn::Adagrad({}, 1e-3, {.rate_decay = -1.0}), ValueError);
  CHECK_THROWS_AS(nn::Adadelta({}, 1e-3, {.rho = 1.5}), ValueError);
  CHECK_THROWS_AS(nn::RMSprop({}, 1e-3, {.alpha = -0.5}), ValueError);
  CHECK_THROWS_AS(nn::Adamax({}, 1e-3, {.beta2 = 1.0}), ValueError);
  CHECK_THROWS_AS(nn::NAdam({}, 1e-3, {.momentum_decay = -1.0}), ValueError);
  CHECK_THROWS_AS(nn::Lion({}, 1e-3, {.beta2 = 1.0}), ValueError);
}

TEST_CASE("clipping: by norm and by value", "[optimizer]") {
  const double inf = std::numeric_limits<double>::infinity();
  Tensor a = parameter(Array({2}, {0.0, 0.0})), b = parameter(0.0), without = parameter(0.0);
  const std::vector<Tensor> all{a, b, without};
  const auto gradients = [&](double first, double second, double third) {
    a.zero_grad();
    b.zero_grad();
    (sum(a * Tensor{first, second}) + third * b).backward();
  };
  gradients(2.0, -3.0, 6.0);
  CHECK(nn::clip_grad_norm(all, 7.0) == 7.0);  // 7/(7 + 1e-6) is below 1
  CHECK_THAT(b.grad().item(), test::WithinRel(6.0 * 7.0 / 7.000001, 1e-15));
  gradients(2.0, -3.0, 6.0);
  CHECK(nn::clip_grad_norm(all, 8.0) == 7.0);
  CHECK(a.grad().to_vector() == std::vector<double>{2.0, -3.0});
  CHECK(nn::clip_grad_norm(all, 3.5) == 7.0);
  CHECK_THAT(a.grad().to_vector()[1], test::WithinRel(-1.5, 1e-6));
  gradients(2.0, -3.0, 6.0);
  CHECK(nn::clip_grad_norm(all, 1.0, inf) == 6.0);
  gradients(2.0, -3.0, 6.0);
  CHECK(nn::clip_grad_norm(all, 100.0, 1.0) == 11.0);
  gradients(3e200, 4e200, 0.0);
  CHECK_THAT(nn::clip_grad_norm(all, 1.0), test::WithinRel(5e200, 1e-15));
  CHECK_THAT(a.grad().to_vector()[0], test::WithinRel(0.6, 1e-15));
  gradients(2.0, -3.0, 6.0);
  nn::clip_grad_value(all, 2.5);
  CHECK(a.grad().to_vector() == std::vector<double>{2.0, -2.5});
  CHECK(b.grad().item() == 2.5);
  CHECK_FALSE(without.has_grad());
  gradients(inf, 0.0, 0.0);
  CHECK_THROWS_MATCHES(nn::clip_grad_norm(all, 1.0, 2.0, true), ValueError,
                       test::Message("[clip_grad_norm] the norm of the gradients is inf"));
  CHECK_THROWS_MATCHES(nn::clip_grad_norm(all, -1.0), ValueError,
                       test::Message("[clip_grad_norm] the largest norm is -1: it must be at least 0"));
  CHECK_THROWS_MATCHES(nn::clip_grad_norm(all, 1.0, 0.0), ValueError,
                       test::Message("[clip_grad_norm] the norm is 0: it must be above 0"));
  CHECK_THROWS_MATCHES(nn::clip_grad_value(all, std::nan("")), ValueError,
                       test::Message("[clip_grad_value] the bound is nan: it must be at least 0"));
  CHECK(nn::clip_grad_norm({}, 1.0) == 0.0);
}
