// The step of gradient descent at the end of a derivation, beside one taken by hand.
#include <cmath>
#include <string>

#include "autograd/autograd.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_text.h"
#include "autograd/differentiate/checkpoint.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/with_gradients.h"

using namespace gradus;
using gradus::reference::with_gradients;

namespace {

Derivation updated(const Graph& graph, double rate) {
  DerivationOptions options;
  options.learning_rate = rate;
  return derivation(graph, options);
}

}  // namespace

TEST_CASE("derivation: the lecture's step (Karpathy)", "[derivation][update]") {
  // The lecture walks uphill by 0.01, which is downhill for −L.
  Tensor a = variable(2.0, "a"), b = variable(-3.0, "b"), c = variable(10.0, "c"), f = variable(-2.0, "f");
  const Graph graph = with_gradients(-((a * b + c) * f));
  const Derivation derived = updated(graph, 0.01);
  REQUIRE(derived.update);
  CHECK_FALSE(derived.update->of_parameters);
  CHECK(derived.update->before == 8.0);
  REQUIRE(derived.update->after);
  const auto published = reference::read_data("worked_examples.json").at("karpathy_L_after_step").at("L").get<double>();
  CHECK(-*derived.update->after == test::Approx(published).epsilon(1e-15));
  CHECK(to_text(graph, derived).find("y = 7.2865\n") != std::string::npos);
}

TEST_CASE("derivation: an update of arrays is a step by hand", "[derivation][update]") {
  Tensor x(Array({3, 2}, {1, 2, 3, 4, 5, 6}));
  const Array start({2, 2}, {1, -1, 0.5, 2});
  const auto loss = [&](const Tensor& w) { return mean(square(matmul(x, w))); };
  Tensor w = parameter(start, "W");
  const Graph graph = with_gradients(loss(w));
  const Derivation derived = updated(graph, 0.125);
  REQUIRE(derived.update);
  CHECK(derived.update->of_parameters);
  REQUIRE(derived.update->leaves.size() == 1);
  const std::vector<double> slope = grad(loss(w), {w})[0].to_vector();
  const std::vector<double> after = derived.update->leaves[0].after.to_vector();
  for (std::size_t k = 0; k < 4; ++k) CHECK(after[k] == start.to_vector()[k] - 0.125 * slope[k]);
  CHECK(derived.update->before == loss(w).item());
  REQUIRE(derived.update->after);
  CHECK(*derived.update->after == loss(parameter(Array({2, 2}, after))).item());
}

TEST_CASE("derivation: a leaf that has the id of another for its name", "[derivation][update]") {
  const Tensor a = variable(2.0, "input_2"), b = variable(3.0, "input_1"), c = variable(5.0);
  const Graph graph = with_gradients(a * b + b * c);
  const Derivation derived = updated(graph, 0.5);
  REQUIRE(derived.checks.size() == 3);
  for (const DerivationCheck& check : derived.checks) {
    CHECK(check.difference.item() == test::Approx(check.gradient.item()).epsilon(1e-8));
  }
  REQUIRE(derived.update);
  REQUIRE(derived.update->after);
  CHECK(*derived.update->after == 0.5 * -0.5 + -0.5 * 3.5);  // each less half its gradient: 3, 7 and 3
  // Two leaves never share a symbol.
  const Tensor named = variable(2.0, "input_2"), nameless = variable(3.0);
  const Graph two = with_gradients(named * nameless);
  const Derivation of_two = derivation(two, {});
  CHECK(of_two.symbols[0] == "input_2");
  CHECK(of_two.symbols[1] == "v1");
}

TEST_CASE("derivation: parameters alone move where there are any", "[derivation][update]") {
  const Graph graph = with_gradients(variable(2.0, "x") * parameter(3.0, "w"));
  const Derivation derived = updated(graph, 0.5);
  REQUIRE(derived.update->leaves.size() == 1);
  CHECK(graph.slots()[static_cast<std::size_t>(derived.update->leaves[0].slot)].name == "w");
  CHECK(derived.update->leaves[0].after.item() == 2.0);
  REQUIRE(derived.update->after);
  CHECK(*derived.update->after == 4.0);
}

TEST_CASE("derivation: an update keeps the dtype of its leaf", "[derivation][update]") {
  const Graph graph = with_gradients(square(parameter(Array({1}, {0.1}).to(DType::float32), "w")));
  const Derivation derived = updated(graph, 0.1);
  CHECK(derived.update->leaves[0].after.dtype() == DType::float32);
  CHECK(derived.update->after.has_value());
}

TEST_CASE("derivation: a step that goes too far is said to", "[derivation][update]") {
  const auto words = [](const Tensor& y, double rate) { return updated(with_gradients(y), rate).steps.back().text; };
  const std::string plain = "The same steps from the new numbers give the new result.";
  const std::string why =
      "a gradient is the slope where it is taken, and this step went further than that holds; try a smaller η.";
  const Tensor x = parameter(3.0, "x");
  CHECK(words(square(x), 0.9) == plain);
  CHECK(words(square(x), 1.0) == plain);  // 9 again
  CHECK(words(square(x), 1.1) == plain + " It grew from 9 to 12.96: " + why);
  CHECK(words(x * log(x), 10.0) == plain + " It is no number: " + why);
  const Derivation derived = updated(with_gradients(square(x)), 1.1);
  CHECK(derived.steps[derived.steps.size() - 2].title == "Take a step against the gradient");
}

TEST_CASE("derivation: what is no learning rate", "[derivation][update]") {
  const Graph graph = with_gradients(square(parameter(1.0, "w")));
  for (const double rate : {0.0, -1.0, std::nan(""), HUGE_VAL}) CHECK_THROWS_AS(updated(graph, rate), ValueError);
}

TEST_CASE("derivation: functions of the user's are not run again, and it says so", "[derivation][update]") {
  const Tensor x = variable(1.0, "x");
  const Graph graph = with_gradients(checkpoint([](const Tensor& t) { return sin(t); }, {x}));
  const Derivation derived = updated(graph, 0.1);
  CHECK_FALSE(derived.update->after.has_value());
  CHECK(to_text(graph, derived).find("cannot be run again") != std::string::npos);
}
