// Mazur's worked example: two inputs, two hidden and two output units, one bias for each layer.  The numbers are those of
// the true simultaneous gradient; the text's own differ in the last digits where it updates the output weights before it
// computes the hidden gradients.
#include <array>
#include <cstdint>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "nn/optimize/first_order.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

const Json& example(const char* name) {
  static const Json all = read_data("worked_examples.json");
  return all.at(name);
}

struct Network {
  Tensor input{Array({1, 2}, {0.05, 0.10}), "i"};
  Tensor target{Array({1, 2}, {0.01, 0.99}), "t"};
  // Row k of the text's weights belongs to unit k; here it is column k.
  Tensor hidden_weight = parameter(Array({2, 2}, {0.15, 0.25, 0.20, 0.30}), "W1");
  Tensor output_weight = parameter(Array({2, 2}, {0.40, 0.50, 0.45, 0.55}), "W2");

  struct Pass {
    Tensor hidden_net, hidden, output_net, output, errors, total;
  };
  [[nodiscard]] Pass forward() const {
    Pass p;
    p.hidden_net = matmul(input, hidden_weight) + 0.35;
    p.hidden = sigmoid(p.hidden_net);
    p.output_net = matmul(p.hidden, output_weight) + 0.60;
    p.output = sigmoid(p.output_net);
    p.errors = pow(target - p.output, 2) / 2;
    p.total = sum(p.errors);
    return p;
  }
  /// w1 … w8 in the text's order.
  [[nodiscard]] std::vector<double> weights() const {
    std::vector<double> out = transpose(hidden_weight).to_vector();
    for (const double w : transpose(output_weight).to_vector()) out.push_back(w);
    return out;
  }
};

std::vector<double> in_order_of_text(const Tensor& gradient) { return transpose(gradient).to_vector(); }

/// The same arithmetic in another order: a few ulps.
void same(const char* what, const std::vector<double>& got, const Json& expected, std::uint64_t ulps = 8) {
  INFO(what);
  CHECK(difference(got, numbers_of(expected), ulps) == "");
}

}  // namespace

TEST_CASE("mazur: the forward pass", "[mazur]") {
  const Json& e = example("mazur_forward");
  const Network::Pass p = Network().forward();
  same("hidden units", p.hidden.to_vector(), e["out_h"]);
  same("net inputs of the outputs", p.output_net.to_vector(), e["net_o"]);
  same("outputs", p.output.to_vector(), e["out_o"]);
  same("errors", p.errors.to_vector(), e["E"]);
  same("total error", p.total.to_vector(), e["Etot"]);
}

TEST_CASE("mazur: the gradients", "[mazur]") {
  const Json& e = example("mazur_grads");
  const Network network;
  const Network::Pass p = network.forward();
  const auto g = grad(p.total, {network.output_weight, network.hidden_weight, p.hidden, p.output_net, p.hidden_net});
  same("output weights", in_order_of_text(g[0]), e["grad_out"]);
  same("net inputs of the outputs", g[3].to_vector(), e["dE_dneto"]);
  // What comes back from the two outputs has opposite signs: the sum has fewer good digits than its parts.
  constexpr std::uint64_t after_a_difference = 32;
  same("hidden units", g[2].to_vector(), e["dE_dh"], after_a_difference);
  same("net inputs of the hidden units", g[4].to_vector(), e["dE_dneth"], after_a_difference);
  same("hidden weights", in_order_of_text(g[1]), e["grad_hid"], after_a_difference);
}

TEST_CASE("mazur: one update of all weights at once", "[mazur]") {
  const Json& e = example("mazur_W1");
  Network network;
  nn::SGD optimizer({network.hidden_weight, network.output_weight}, 0.5);
  network.forward().total.backward();
  optimizer.step();
  same("weights", network.weights(), e["W"], 2);
  same("error", network.forward().total.to_vector(), e["E1"]);
}

TEST_CASE("mazur: ten thousand updates", "[mazur]") {
  const Json& e = example("mazur_10000_parallel_fixed_bias");
  Network network;
  nn::SGD optimizer({network.hidden_weight, network.output_weight}, 0.5);
  const auto step = [&] {
    optimizer.zero_grad();
    network.forward().total.backward();
    optimizer.step();
  };
  step();
  same("weights after one", network.weights(), e["W_after_1"], 2);
  for (int k = 1; k < 9999; ++k) step();
  // Roundings of 10,000 steps add up.
  CHECK(network.forward().total.item() == test::Approx(e["E_after_9999"].get<double>()).epsilon(1e-9));
  step();
  CHECK(network.forward().total.item() == test::Approx(e["E"].get<double>()).epsilon(1e-9));
  CHECK(far_apart(network.forward().output.to_vector(), numbers_of(e["out"]), 1e-11) == "");
  CHECK(far_apart(network.weights(), numbers_of(e["W"]), 1e-11) == "");
}
