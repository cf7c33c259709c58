// What holds of every layer: names and shapes as PyTorch's, gradients, copies, types, drawings and derivations.
#include "tests/nn/layers/every_layer.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "tests/catch.h"

namespace every_layer_test {

using namespace gradus;
using test_layers::every_layer;
using test_layers::LayerCase;

namespace {

/// The layer's own number of the case, from the same random numbers at each call.
Tensor output(const LayerCase& layer, const Tensor& x) {
  layer.module->seed({.seed = 5});
  return layer(x);
}

/// Parameters that are nowhere 0 or 1, so that no gradient is right by chance.
void start_anywhere(const LayerCase& layer) {
  std::uint64_t k = 0;
  for (Tensor& p : layer.module->parameters()) p.set_value(uniform(p.shape(), 0.3, 1.2, Key{.seed = 9, .stream = k++}));
}

bool has_input(const LayerCase& layer) { return layer.x.defined(); }

}  // namespace

TEST_CASE("every layer: shapes, and names as PyTorch has them", "[layers]") {
  for (const LayerCase& layer : every_layer()) {
    INFO(layer.module->kind());
    CHECK(output(layer, layer.x).shape() == layer.output);
    std::vector<std::pair<std::string, Shape>> state;
    for (const nn::NamedTensor& t : layer.module->state()) state.emplace_back(t.name, t.tensor.shape());
    CHECK(state == layer.state);
  }
}

TEST_CASE("every layer: gradients by the input and by every parameter", "[layers]") {
  for (const LayerCase& layer : every_layer()) {
    INFO(layer.module->kind());
    start_anywhere(layer);
    std::vector<Tensor> at = layer.module->parameters();
    const std::size_t parameters = at.size();
    if (has_input(layer)) at.push_back(layer.x);
    const auto f = [&](std::span<const Tensor> t) {
      return nn::functional_call(*layer.module, t.first(parameters),
                                 [&] { return output(layer, has_input(layer) ? t.back() : Tensor()); });
    };
    const GradientReport report = check_gradients(f, at);
    INFO(report.to_string());
    CHECK(report.ok);
  }
}

TEST_CASE("every layer: a copy computes the same with numbers of its own", "[layers]") {
  for (const LayerCase& layer : every_layer()) {
    INFO(layer.module->kind());
    const std::shared_ptr<nn::Module> copy = layer.module->clone();
    CHECK(copy->kind() == layer.module->kind());
    CHECK(copy->note() == layer.module->note());
    if (!layer.call) {
      layer.module->seed({.seed = 5});
      copy->seed({.seed = 5});
      CHECK((*copy)(layer.x).to_vector() == (*layer.module)(layer.x).to_vector());
    }
    for (std::size_t k = 0; k < copy->parameters().size(); ++k) {
      CHECK(copy->parameters()[k].record().get() != layer.module->parameters()[k].record().get());
    }
    copy->load_state(layer.module->state());
  }
}

TEST_CASE("every layer: float32 all the way", "[layers]") {
  for (const LayerCase& layer : every_layer()) {
    INFO(layer.module->kind());
    layer.module->to(DType::float32);
    const Tensor x = has_input(layer) ? variable(cast(layer.x, DType::float32)) : Tensor();
    const Tensor y = output(layer, x);
    CHECK(y.dtype() == DType::float32);
    sum(y).backward();
    if (x.defined()) CHECK(x.grad().dtype() == DType::float32);
    for (const Tensor& p : layer.module->parameters()) CHECK(p.grad().dtype() == DType::float32);
  }
}

TEST_CASE("every layer: drawn in a box of its name, and derived with a rule for every step", "[layers]") {
  for (const LayerCase& layer : every_layer()) {
    INFO(layer.module->kind());
    start_anywhere(layer);
    const Tensor x = has_input(layer) ? variable(layer.x, "x") : Tensor();
    Graph graph(sum(exp(0.5 * output(layer, x))));
    graph.compute_gradients();
    CHECK(to_dot(graph).find(layer.module->kind()) != std::string::npos);
    const Derivation derived = derivation(graph);
    for (const DerivationStep& step : derived.steps) {
      INFO(step.title);
      CHECK_FALSE(step.equations.empty());
      if (step.phase == Phase::backward) CHECK(step.text.size() > 10);
    }
    CHECK_FALSE(derived.digits_lost);
    for (const DerivationCheck& check : derived.checks) {
      if (!check.difference.defined()) continue;
      const auto g = check.gradient.to_vector(), d = check.difference.to_vector();
      for (std::size_t k = 0; k < g.size(); ++k) CHECK(g[k] == Approx(d[k]).epsilon(1e-5).margin(1e-7));
    }
    const std::string text = to_text(graph, derived);
    for (const char* false_word : {"no rule", " jumps:", " has a kink"}) {
      INFO(false_word);
      CHECK(text.find(false_word) == std::string::npos);
    }
    if (const char* folder = std::getenv("GRADUS_LOOK")) {  // for the eye
      write_file(std::string(folder) + "/" + layer.module->kind() + ".txt", text);
      write_file(std::string(folder) + "/" + layer.module->kind() + ".dot", to_dot(graph));
    }
  }
}

}  // namespace every_layer_test
