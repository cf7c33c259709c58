// Every computed case of torture.json: values, gradients, higher derivatives, Hessians, and shapes that are refused.
#include "tests/torture/torture.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/tolerance.h"

using namespace gradus;
using namespace gradus::reference;
using namespace gradus::torture;

namespace {

/// The derivatives of y, a number, by x up to `order`, each a gradient of the one before.
std::vector<double> derivatives(Tensor y, const Tensor& x, std::size_t order) {
  std::vector<double> out{y.item()};
  for (std::size_t k = 0; k < order; ++k) {
    y = recorded_grad(y, {x})[0];
    out.push_back(y.item());
  }
  return out;
}

void check_gradients_of(const Json& c, const Inputs& inputs, const Tensor& y, const Tolerance& tolerance) {
  const Json& expected = c.at("expected");
  const Array value = array_of(expected.at("value"));
  CHECK(y.shape() == value.shape());
  CHECK(tolerance.of_value(y.to_vector(), value.to_vector()) == "");
  for (const auto& [name, array] : expected.at("grads").items()) {
    const Array gradient = array_of(array);
    const Array got = grad(y, std::vector<Tensor>{inputs[name]}, Array::full(y.shape(), 1.0))[0].value();
    INFO("gradient of " << name);
    CHECK(got.shape() == gradient.shape());
    CHECK(tolerance.of_gradient(got.to_vector(), gradient.to_vector()) == "");
  }
}

void check_derivatives(const Json& c, const Inputs& inputs, const Tensor& y, const Tolerance& tolerance) {
  const std::vector<double> expected = numbers_of(c.at("expected").at("derivatives"));
  CHECK(tolerance.of_value(derivatives(y, inputs["x"], expected.size() - 1), expected) == "");
}

void check_hessian(const Json& c, const Inputs& inputs, const Tensor& y, const Tolerance& tolerance) {
  const Tensor& x = inputs["x"];
  const Tensor gradient = recorded_grad(y, {x})[0];
  CHECK(tolerance.of_gradient(gradient.to_vector(), numbers_of(c.at("expected").at("grad"))) == "");
  std::vector<double> rows;
  for (std::int64_t k = 0; k < x.size(); ++k) {
    std::vector<double> seed(static_cast<std::size_t>(x.size()), 0.0);
    seed[static_cast<std::size_t>(k)] = 1.0;
    const std::vector<Tensor> row = grad(gradient, std::vector<Tensor>{x}, Array(x.shape(), seed));
    for (const double v : row[0].to_vector()) rows.push_back(v);
  }
  CHECK(tolerance.of_gradient(rows, numbers_of(c.at("expected").at("hessian"))) == "");
}

void check_case(const std::string& id, const Expression& expression) {
  INFO(id);
  REQUIRE(torture_cases().contains(id));
  const Json& c = torture_cases().at(id);
  const Tolerance tolerance(c.at("tolerance").get<std::string>());
  const Inputs inputs(c);
  const Tensor y = expression(inputs);
  const std::string kind = c.at("kind").get<std::string>();
  if (kind == "grad") {
    check_gradients_of(c, inputs, y, tolerance);
  } else if (kind == "derivatives") {
    check_derivatives(c, inputs, y, tolerance);
  } else {
    REQUIRE(kind == "hessian");
    check_hessian(c, inputs, y, tolerance);
  }
}

void check_all(const Table& table) {
  for (const auto& [id, expression] : table) check_case(id, expression);
}

/// "[4294967296, 4294967296]" or "[1]*1000".
std::vector<std::int64_t> sizes_of(const std::string& text) {
  const std::size_t end = text.find(']');
  std::vector<std::int64_t> sizes = Json::parse(text.substr(0, end + 1)).get<std::vector<std::int64_t>>();
  if (end + 1 < text.size() && text[end + 1] == '*') sizes.resize(std::stoul(text.substr(end + 2)), sizes.front());
  return sizes;
}

bool makes_zeros(const Json& c) { return c.at("expr").get<std::string>().starts_with("zeros("); }

}  // namespace

TEST_CASE("torture: elementary functions at their edges", "[torture]") { check_all(elementary()); }
TEST_CASE("torture: reductions", "[torture]") { check_all(torture::reductions()); }
TEST_CASE("torture: losses and the softmax family", "[torture]") { check_all(losses()); }
TEST_CASE("torture: shapes that broadcast, are empty, or are summed away", "[torture]") { check_all(shapes()); }
TEST_CASE("torture: values that are used more than once, or not at all", "[torture]") { check_all(graphs()); }
TEST_CASE("torture: derivatives of derivatives", "[torture]") { check_all(higher_order()); }

TEST_CASE("torture: shapes that do not fit are refused", "[torture]") {
  for (const auto& [id, expression] : errors()) {
    INFO(id);
    const Json& c = torture_cases().at(id);
    REQUIRE(c.at("error_kind") == "ShapeError");
    const Inputs inputs(c);
    CHECK_THROWS_AS(expression(inputs), ShapeError);
  }
}

TEST_CASE("torture: arrays that are too large are refused before any memory is asked for", "[torture]") {
  std::size_t seen = 0;
  for (const auto& [id, c] : torture_cases()) {
    if (c.at("kind") != "error" || !makes_zeros(c)) continue;
    ++seen;
    INFO(id);
    const std::vector<std::int64_t> sizes = sizes_of(c.at("inputs").at("shape").get<std::string>());
    const auto make = [&] { return Array::zeros(Shape(sizes)); };
    if (c.at("error_kind") == "ShapeError") {
      CHECK_THROWS_AS(make(), ShapeError);
    } else {
      bool refused = false;
      try {
        static_cast<void>(make());
      } catch (const ShapeError&) {
        refused = true;
      } catch (const std::bad_alloc&) {
        refused = true;
      }
      CHECK(refused);
    }
  }
  CHECK(seen == 7);
}

TEST_CASE("torture: the sign of a product with −0", "[torture]") {
  CHECK(std::signbit(prod(Tensor(array_of(torture_cases().at("prod-negzero").at("inputs").at("x")))).item()));
}

namespace {

bool all_are(float value, const Array& array) {
  const Array packed = array.packed();
  return std::all_of(packed.data<float>(), packed.data<float>() + packed.size(), [&](float v) { return v == value; });
}

}  // namespace

TEST_CASE("torture: ten million float32 numbers", "[torture]") {
  const Json& expected = torture_cases().at("acc-sum-1e7-f32").at("expected");
  const Tensor x = variable(Array::full({10'000'000}, 0.1, DType::float32));
  CHECK(std::abs(sum(x).item() - number_of(expected.at("exact_sum"))) <= 0.0625);
  CHECK(ulp_distance(static_cast<float>(mean(x).item()), static_cast<float>(number_of(expected.at("mean")))) <= 1);
  CHECK(all_are(1.0F, grad(sum(x), {x})[0].value()));
  CHECK(all_are(1e-7F, grad(mean(x), {x})[0].value()));
}

TEST_CASE("torture: the graph of a derivative grows with the order, no faster than the formula", "[torture]") {
  const Tensor x = variable(1.0);
  Tensor y = sin(x);
  std::vector<std::size_t> steps;
  for (int order = 0; order < 10; ++order) {
    y = recorded_grad(y, {x})[0];
    steps.push_back(Graph(y).steps().size());
  }
  // The case asks for at most 4ᵏ, or 3k where steps are shared.
  for (std::size_t k = 0; k < steps.size(); ++k) CHECK(steps[k] <= 3 * (k + 1));
}

TEST_CASE("torture: every computed case has an expression", "[torture]") {
  std::set<std::string> covered;
  for (const Table& table :
       {elementary(), torture::reductions(), losses(), shapes(), graphs(), higher_order(), errors()}) {
    for (const auto& [id, expression] : table) CHECK(covered.insert(id).second);
  }
  for (const auto& [id, c] : torture_cases()) {
    const std::string kind = c.at("kind").get<std::string>();
    const bool computed = kind == "grad" || kind == "derivatives" || kind == "hessian" || kind == "error";
    INFO(id);
    if (computed && !(kind == "error" && makes_zeros(c))) CHECK(covered.contains(id));
  }
}
