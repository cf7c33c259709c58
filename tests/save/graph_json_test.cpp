// Graphs as JSON: what is written is read back as the same graph, and what is wrong is refused.
#include "autograd/save/graph_json.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/checkpoint.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/graph/graph.h"
#include "autograd/tensor/ops/convolution.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/pooling.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/structural.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;
using nlohmann::json;

namespace {

Graph neuron() {
  const Tensor x = variable(2.0, "x"), w = parameter(-3.0, "w"), b = parameter(6.5, "b");
  Graph graph(tanh(x * w + b));
  graph.compute_gradients();
  return graph;
}

/// The file of a neuron with something changed, and what reading it says.
std::string refused(const std::function<void(json&)>& change) {
  json file = json::parse(to_json(neuron()));
  change(file);
  try {
    static_cast<void>(from_json(file.dump(), "g.json"));
  } catch (const FileError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("JSON: the schema is the documented one", "[json]") {
  const json file = json::parse(to_json(neuron()));
  CHECK(file["format"] == "gradus-graph");
  CHECK(file["version"] == 1);
  CHECK(file["slots"].size() == 6);
  CHECK(file["slots"][0]["id"] == "input_1");
  CHECK(file["slots"][0]["name"] == "x");
  CHECK(file["slots"][0]["value"] == json::array({2.0}));
  CHECK(file["slots"][1]["role"] == "parameter");
  CHECK(file["slots"][5]["role"] == "output");
  CHECK(file["slots"][5]["value"][0] == std::tanh(0.5));
  CHECK(file["slots"][5]["formula"] == "tanh(x·w + b)");
  CHECK(file["steps"][0] ==
        json::parse(R"({"op": "mul", "arguments": [0, 1], "result": 3, "derivatives": [-3.0, 2.0]})"));
  CHECK(file["outputs"] == json::array({5}));
}

TEST_CASE("JSON: a model with modules is read back with them, and runs", "[json]") {
  nn::MLP model({2, 3, 1});
  const Tensor x(Array({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), "x");
  Graph graph(mean(square(model(x))));
  graph.compute_gradients();
  const std::string text = to_json(graph);
  const Graph again = from_json(text);
  CHECK(to_json(again) == text);
  CHECK(again.modules().size() == graph.modules().size());
  CHECK(again.modules().size() >= 2);
  const Array other({4, 2}, {0, 1, 0, 1, 2, 2, 1, 1});
  CHECK(again.run({{"x", other}})[0].item() == graph.run({{"x", other}})[0].item());
}

TEST_CASE("JSON: what numbers there are, bit by bit", "[json]") {
  const double inf = std::numeric_limits<double>::infinity();
  const Tensor x = variable(Array({6}, {-0.0, 5e-324, 1.7976931348623157e308, inf, -inf, std::nan("")}), "x");
  const Tensor narrow = variable(Array({2}, {0.1F, 1e-45F}), "narrow");
  const Graph again = from_json(to_json(Graph{x + 0.0, narrow * narrow}));
  const std::vector<double> read = again.slots()[0].value.to_vector();
  CHECK(std::signbit(read[0]));
  CHECK(read[1] == 5e-324);
  CHECK(read[2] == 1.7976931348623157e308);
  CHECK(read[3] == inf);
  CHECK(read[4] == -inf);
  CHECK(std::isnan(read[5]));
  CHECK(to_json(again) == to_json(Graph{x + 0.0, narrow * narrow}));
}

TEST_CASE("JSON: slices keep their places, backwards and across the end too", "[json]") {
  const Tensor x = variable(Array({2, 5}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), "x");
  for (const Tensor& y :
       {ops::slice(x, {Slice(), Slice(4, std::nullopt, -2)}), ops::slice(x, {Slice(), Slice(3, std::nullopt, -2)}),
        ops::slice(x, {1, Slice(0, 5, 3)}), ops::slice(x, {Slice(1, 1), Slice(4, 0, -3)})}) {
    const Graph again = from_json(to_json(Graph(y)));
    CHECK(again.slots().back().value.to_vector() == y.to_vector());
    CHECK(again.slots().back().shape == y.shape());
  }
}

TEST_CASE("JSON: names are text, whatever is in them", "[json]") {
  const json torture = json::parse(std::ifstream(GRADUS_TEST_DATA "/torture.json"));
  int names = 0;
  for (const json& item : torture["cases"]) {
    if (!item["id"].get<std::string>().starts_with("esc-") || !item.contains("input")) continue;
    if (!item["input"].is_string() || item["input"] == "") continue;
    const Tensor x = variable(1.0, item["input"].get<std::string>());
    const std::string text = to_json(Graph(exp(x)));
    CHECK(json::parse(text)["slots"][0]["name"] == item["input"]);
    CHECK(from_json(text).slots()[0].name == item["input"].get<std::string>());
    ++names;
  }
  CHECK(names > 10);
}

TEST_CASE("JSON: graphs that only look at gradients, or hold functions of the user's, are written and not read",
          "[json]") {
  const Tensor x = variable(2.0, "x");
  const Tensor y = checkpoint([](const Tensor& t) { return exp(t); }, {x});
  const std::string text = to_json(Graph(y));
  CHECK(json::parse(text)["steps"].size() == 1);
  CHECK_THROWS_AS(from_json(text), FileError);
}

TEST_CASE("JSON: a file is not trusted", "[json]") {
  CHECK(refused([](json&) {}) == "accepted");
  // The cases of torture.json: cycles, references, arity, ranges, versions, shapes, names.
  CHECK(refused([](json& f) {
          f["steps"][1]["arguments"] = {5, 2};
        }) == "g.json: step 1 is part of a cycle: it reads slot 5");
  CHECK(refused([](json& f) {
          f["steps"][1]["arguments"] = {1000000000, 2};
        }) == "g.json: an argument of step 1 is 1000000000, and there are 6");
  CHECK(refused([](json& f) {
          f["steps"][1]["arguments"] = {4, 2};
        }) == "g.json: step 1 is part of a cycle: it reads slot 4");
  CHECK(refused([](json& f) {
          f["slots"].push_back(f["slots"][0]);
          f["slots"][6]["id"] = "late";
          f["steps"][0]["arguments"] = {6, 1};
        }) == "g.json: step 0 is out of order: it makes slot 3 and reads slot 6");
  CHECK(refused([](json& f) {
          f["steps"][1]["arguments"] = {3, 2, 2};
        }) == "g.json: step 1: [add] takes 2 arguments, not 3");
  CHECK(refused([](json& f) {
          f["steps"][2]["op"] = "sum";
          f["steps"][2]["attributes"] = {{"axes", {std::uint64_t{1} << 63}}, {"keepdims", false}};
        }) == "g.json: attribute 'axes' of step 2 is out of range or no whole number");
  CHECK(refused([](json& f) {
          f["steps"][2]["op"] = "sum";
          f["steps"][2]["attributes"] = {{"axes", {0}}, {"keepdims", false}};
        }) == "g.json: step 2: [sum] attribute 'axes' is out of range: axis 0 of []");
  CHECK(refused([](json& f) { f["slots"][0]["shape"] = {10000000}; }) ==
        "g.json: \"value\" of slot 0 is no list of 10000000 numbers");
  CHECK(refused([](json& f) {
          f["slots"][0]["shape"] = {1000000, 1000000};
        }) == "g.json: slot 0 is too large: [1000000, 1000000]");
  CHECK(refused([](json& f) { f["version"] = 999; }) ==
        "g.json: has version 999 of the format; this Gradus reads version 1");
  CHECK(refused([](json& f) {
          f["slots"][1]["shape"] = {2};
          f["slots"][1]["value"] = {1.0, 2.0};
        }) == "g.json: step 0 gives [2], but slot 3 has shape []");
  CHECK(refused([](json& f) {
          f["slots"][5]["name"] = f["slots"][4]["name"] = "y";
          f["outputs"] = {4, 5};
        }) == "g.json: two outputs are called 'y'");
  // And others.
  CHECK(refused([](json& f) { f["steps"][2]["op"] = "sigmod"; }) ==
        "g.json: step 2: there is no op 'sigmod'; did you mean 'sigmoid'?");
  CHECK(refused([](json& f) { f["slots"][1]["id"] = "input_1"; }) == "g.json: slot 1 is the second 'input_1'");
  CHECK(refused([](json& f) { f["slots"][1]["role"] = "weight"; }) == "g.json: \"role\" of slot 1 is none: 'weight'");
  CHECK(refused([](json& f) { f["slots"][1]["module"] = 0; }) == "g.json: \"module\" of slot 1 is 0, and there are 0");
  CHECK(refused([](json& f) { f["steps"][0]["result"] = 5; }) ==
        "g.json: slot 5 is the result of step 0 and of step 2");
  CHECK(refused([](json& f) { f["outputs"] = json::array(); }) == "g.json: has no output");
  CHECK(refused([](json& f) { f["outputs"] = {4}; }) == "g.json: has 6 slots, of which 5 lead to an output");
  CHECK(refused([](json& f) { f["slots"][1].erase("value"); }) ==
        "g.json: slot 1 has no value and no step computes it");
  CHECK(refused([](json& f) {
          f["steps"][0]["attributes"] = {{"axis", 1}};
        }) == "g.json: step 0: [mul] attribute 'axis' is unknown");
  json special = json::parse(to_json(Graph(polygamma(2, variable(1.0, "x")))));
  special["steps"][0]["attributes"]["order"] = 1.5;
  CHECK_THROWS_MATCHES(from_json(special.dump(), "g.json"), FileError,
                       test::Message("g.json: step 0: [polygamma] the order has to be a whole number of at least 0"));
  CHECK(refused([](json& f) { f = json::array(); }) == "g.json: is no graph: it must be an object");
  CHECK_THROWS_MATCHES(from_json("{\"format\":\n ]", "g.json"), FileError, test::Message("g.json:2:2: is no JSON"));
  CHECK_THROWS_AS(from_json(std::string(1000000, '[')), FileError);
}

TEST_CASE("JSON: whatever number is changed, a file is read or refused", "[json]") {
  const Tensor x = variable(Array::full({1, 2, 6, 6}, 0.5), "x"), w = parameter(Array::full({2, 2, 3, 3}, 0.1), "w");
  const Tensor pooled = avg_pool2d(max_pool2d(conv2d(x, w, {}, {.stride = 1, .padding = 1}), 2), 2);
  const Tensor rows = reshape(pooled, Shape{2, 1});
  const Tensor m = matmul(pad(rows, {1, 0}), transpose(concat({rows, rows}, 1))) + 0.5;
  const Tensor y = sum(softmax(gather(take(m, Indices{1, 0}, 0), 1, Indices(Shape{2, 1}, {0, 1})), 0)) +
                   sum(triu(diag(ops::slice(m, {0}))));
  const json good = json::parse(to_json(Graph(y)));
  REQUIRE(to_json(from_json(good.dump())) == to_json(Graph(y)));
  const json flat = good.flatten();
  const std::vector<json> odd{-1,
                              0,
                              1,
                              2,
                              3,
                              7,
                              1 << 20,
                              2147483647,
                              -2147483647 - 1,
                              std::int64_t{1} << 40,
                              std::numeric_limits<std::int64_t>::max(),
                              0.5,
                              true,
                              "x",
                              nullptr};
  int refused_ones = 0;
  for (const auto& [place, value] : flat.items()) {
    if (place.find("/value/") != std::string::npos || place.find("/gradient/") != std::string::npos) continue;
    for (const json& other : odd) {
      json changed = good;
      changed[json::json_pointer(place)] = other;
      try {
        static_cast<void>(from_json(changed.dump(), "g.json"));
      } catch (const FileError&) {
        ++refused_ones;
      }
    }
  }
  CHECK(refused_ones > 1000);
}

TEST_CASE("JSON: what a small file may ask for is bounded", "[json]") {
  const auto message = [](const std::string& slots, const std::string& steps) -> std::string {
    try {
      static_cast<void>(from_json(R"({"format": "gradus-graph", "version": 1, "modules": [], "slots": [)" + slots +
                                      R"(], "steps": [)" + steps + "]" + R"(, "outputs": [)" +
                                      std::to_string(std::ranges::count(slots, '{') - 1) + "]}",
                                  "g.json"));
      return "accepted";
    } catch (const FileError& error) {
      return error.what();
    }
  };
  const auto slot = [](const std::string& shape, const std::string& rest, const std::string& dtype = "float64") {
    return R"({"role": ")" + std::string(rest.empty() ? "value" : "input") + R"(", "dtype": ")" + dtype +
           R"(", "shape": )" + shape + rest + "}";
  };
  const std::string number = slot("[]", R"(, "value": [1])");
  // Empty rows without end.
  CHECK(message(slot("[0, 576460752303423488]", R"(, "value": [])") + "," + slot("[0, 576460752303423488]", ""),
                R"({"op": "cumsum", "arguments": [0], "result": 1, "attributes": {"axes": [0], "reverse": false}})") ==
        "g.json: slot 0 is too large: [0, 576460752303423488]");
  // Slots that are allowed one by one, and too many together.
  const std::string large = slot("[200000000]", "");
  const std::string widen =
      R"({"op": "broadcast", "arguments": [0], "result": 1, "attributes": {"shape": [200000000]}})";
  CHECK(message(number + "," + large + "," + large, widen + R"(, {"op": "relu", "arguments": [1], "result": 2})") ==
        "g.json: slot 2 is too large: [200000000]");
  // Products that would take hours.
  CHECK(message(number + "," + slot("[8000, 8000]", "") + "," + slot("[8000, 8000]", ""),
                R"({"op": "broadcast", "arguments": [0], "result": 1, "attributes": {"shape": [8000, 8000]}},
                   {"op": "matmul", "arguments": [1, 1], "result": 2,
                    "attributes": {"transpose_a": false, "transpose_b": false, "batch": []}})") ==
        "g.json: step 1: [matmul] too much work for: [8000, 8000]");
  // Numbers of two types.
  CHECK(message(slot("[2]", R"(, "value": [1, 2])", "float32") + "," + slot("[2]", R"(, "value": [1, 2])") + "," +
                    slot("[2]", ""),
                R"({"op": "mul", "arguments": [0, 1], "result": 2})") ==
        "g.json: step 0 reads float32 and float64 numbers: a \"cast\" must come between");
}
