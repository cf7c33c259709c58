// Derivations as JSON, read by a parser that is not ours.
#include "autograd/derive/write/derivation_json.h"

#include <set>
#include <string>

#include "autograd/autograd.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"

using namespace gradus;
using reference::Json;

namespace {

Json json_of(const Tensor& y, std::string_view title = "") {
  Graph graph(y);
  graph.compute_gradients();
  return Json::parse(to_json(graph, derivation(graph), title));
}

const Json& symbol(const Json& all, const std::string& slot) {
  for (const Json& s : all.at("symbols")) {
    if (s.at("slot") == slot) return s;
  }
  throw std::runtime_error("no slot " + slot);
}

}  // namespace

TEST_CASE("derivation as JSON: every member of the schema", "[derivation][json]") {
  Tensor x = variable(2.0, "x1"), w = parameter(-3.0, "w");
  Tensor y = x * w;
  y.set_name("y");
  const Json all = json_of(y, "A product");
  CHECK(all.at("format") == "gradus-derivation");
  CHECK(all.at("version") == 1);
  CHECK(all.at("title") == "A product");
  CHECK(all.at("digits") == 6);
  CHECK(all.at("output") == "mul_1");
  REQUIRE(all.at("symbols").size() == 3);
  const Json& leaf = symbol(all, "input_1");
  CHECK(leaf.at("symbol") == "x1");
  CHECK(leaf.at("text") == "x₁");
  CHECK(leaf.at("latex") == "x_{1}");
  CHECK(leaf.at("mathml") == "<mrow><msub><mi>x</mi><mn>1</mn></msub></mrow>");
  CHECK(leaf.at("name") == "x1");
  CHECK(leaf.at("role") == "input");
  CHECK(leaf.at("shape") == Json::array());
  CHECK(leaf.at("value") == Json::parse(R"({"shape": [], "data": [2.0]})"));
  CHECK(leaf.at("gradient").at("data") == Json::array({-3.0}));
  CHECK(symbol(all, "parameter_1").at("role") == "parameter");
  CHECK(symbol(all, "mul_1").at("role") == "output");

  const Json& steps = all.at("steps");
  REQUIRE(steps.size() == 4);  // leaves, product, seed, back through the product
  for (std::size_t k = 0; k < steps.size(); ++k) {
    CHECK(steps[k].at("number") == k + 1);
    CHECK(steps[k].at("phase") == (k < 2 ? "forward" : "backward"));
  }
  CHECK(steps[0].at("values") == Json::array({"input_1", "parameter_1"}));
  CHECK(steps[1].at("title") == "Multiply x₁ by w");
  CHECK(steps[1].at("slots") == Json::array({"mul_1"}));
  CHECK(steps[1].at("edges") == Json::parse(R"([{"from": "input_1", "to": "mul_1", "argument": 0},
                                                {"from": "parameter_1", "to": "mul_1", "argument": 1}])"));
  const Json& product = steps[1].at("equations").at(0);
  CHECK(product.at("symbolic") == 2);
  CHECK(product.at("shapes") == "");
  CHECK(product.at("reason") == "");
  REQUIRE(product.at("sides").size() == 4);
  CHECK(product.at("sides")[1].at("text") == "x₁w");
  CHECK(product.at("sides")[2].at("latex") == "2 \\cdot \\left(-3\\right)");
  CHECK(product.at("sides")[3].at("text") == "−6");
  CHECK(steps[3].at("gradients") == Json::array({"input_1", "parameter_1"}));

  REQUIRE(all.at("checks").size() == 2);
  CHECK(all.at("checks")[0].at("slot") == "input_1");
  CHECK(all.at("checks")[0].at("gradient").at("data")[0] == -3.0);
  CHECK(all.at("checks")[0].at("difference").at("data")[0].get<double>() == test::Approx(-3.0).epsilon(1e-8));
}

TEST_CASE("derivation as JSON: the sides say which are symbols", "[derivation][json]") {
  Tensor x = variable(3.0, "x");
  Tensor y = tanh(x) * x;
  const Json all = json_of(y);
  std::size_t checked = 0;
  for (const Json& step : all.at("steps")) {
    for (const Json& equation : step.at("equations")) {
      const auto symbolic = equation.at("symbolic").get<std::size_t>();
      const Json& sides = equation.at("sides");
      REQUIRE(symbolic >= 1);
      REQUIRE(symbolic <= sides.size());
      // Here every symbol is x, v1 or y, and 1 and 2 are the only numbers that a rule brings in.
      for (std::size_t k = 0; k < sides.size(); ++k) {
        const auto text = sides[k].at("text").get<std::string>();
        const bool has_symbol = text.find_first_of("xvy") != std::string::npos;
        if (k < symbolic) CHECK(has_symbol);
        if (k >= symbolic) CHECK((!has_symbol || text == "tanh(3)"));
        ++checked;
      }
    }
  }
  CHECK(checked > 15);
}

TEST_CASE("derivation as JSON: arrays, what is not known, and numbers without a word", "[derivation][json]") {
  Tensor x = variable(Array({3, 2}, {1, 2, 3, 4, 5, 6}), "X");
  Tensor w = parameter(Array({2, 2}, {1, -1, 0.5, 2}), "W");
  const Json all = json_of(mean(matmul(x, w)));
  CHECK(symbol(all, "input_1").at("shape") == Json::array({3, 2}));
  CHECK(symbol(all, "input_1").at("value").at("data") == Json::array({1.0, 2.0, 3.0, 4.0, 5.0, 6.0}));
  const Json infinite = json_of(variable(0.0, "x") / variable(0.0, "z"));
  CHECK(symbol(infinite, "div_1").at("value").at("data")[0] == "nan");
  // A number that no gradient reaches has none: null, not 0.
  const Json plain = json_of(variable(2.0, "x") * 3.0);
  CHECK(symbol(plain, "constant_1").at("gradient").is_null());
}

TEST_CASE("derivation as JSON: hostile names and titles stay texts", "[derivation][json]") {
  const std::string name = "\"},{\"x\": \"\\u0000</script>\x01\xff\n";
  const Json all = json_of(variable(2.0, name) * 3.0, name);
  CHECK(all.at("title") == "\"},{\"x\": \"\\u0000</script>\x01\uFFFD\n");
  CHECK(symbol(all, "input_1").at("name") == all.at("title"));
  CHECK(all.size() == 10);
}

TEST_CASE("derivation as JSON: the same bytes every time", "[derivation][json]") {
  const auto bytes = [] {
    Tensor x = variable(2.0, "x"), w = parameter(-3.0, "w");
    Graph graph(tanh(x * w) + x);
    graph.compute_gradients();
    return to_json(graph, derivation(graph));
  };
  CHECK(bytes() == bytes());
}
