// The cases of torture.json about selections and shapes.
#include <functional>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/gradient.h"
#include "autograd/tensor/joining.h"
#include "autograd/tensor/reshape.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/tolerance.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

using Inputs = std::vector<Tensor>;  // in the order of their names
using Expression = std::function<Tensor(const Inputs&)>;

Inputs inputs_of(const Json& c) {
  Inputs out;
  for (const auto& [name, array] : c.at("inputs").items()) out.push_back(variable(array_of(array), name));
  return out;
}

/// The sizes of a case, "[1, 2]" or "[1]*1000".
std::vector<std::int64_t> sizes_of(const Json& c) {
  const std::string text = c.at("inputs").at("shape").get<std::string>();
  const std::size_t times = text.find('*');
  const auto sizes = Json::parse(text.substr(0, times)).get<std::vector<std::int64_t>>();
  if (times == std::string::npos) return sizes;
  return std::vector<std::int64_t>(std::stoul(text.substr(times + 1)), sizes.at(0));
}

}  // namespace

TEST_CASE("torture: selections of elements", "[torture]") {
  const Tensor weights(Array({2}, {1, 2}));
  const std::vector<std::pair<std::string, Expression>> cases{
      {"gather-dup",
       [](const Inputs& in) {
         return sum(take(in[0], {0, 0, 2}, 0));
       }},
      {"gather-dup",
       [](const Inputs& in) {
         return sum(gather(in[0], 0, {0, 0, 2}));
       }},
      {"slice-step",
       [](const Inputs& in) {
         return sum(slice(in[0], {{1, 6, 2}}));
       }},
      {"slice-empty",
       [](const Inputs& in) {
         return sum(slice(in[0], {{3, 3}}));
       }},
      {"concat-empty",
       [&](const Inputs& in) {
         return sum(concat({in[0], in[1]}) * weights);
       }},
      {"expand-grad", [](const Inputs& in) { return sum(broadcast_to(in[0], {1000})); }},
      {"expand-grad", [](const Inputs& in) { return sum(repeat(in[0], {1000})); }},
      {"reshape-grad",
       [](const Inputs& in) {
         return sum(reshape(in[0], {3, -1}) * Tensor(Array({3, 2}, {1, 2, 3, 4, 5, 6})));
       }},
  };
  for (const auto& [id, expression] : cases) {
    INFO(id);
    const Json& c = torture_cases().at(id);
    const Tolerance tolerance(c.at("tolerance").get<std::string>());
    const Inputs in = inputs_of(c);
    const Tensor y = expression(in);
    const Array expected = array_of(c.at("expected").at("value"));
    CHECK(y.shape() == expected.shape());
    CHECK(tolerance.of_value(y.to_vector(), expected.to_vector()) == "");
    const auto g = grad(y, in);
    for (std::size_t k = 0; k < in.size(); ++k) {
      const Array slope = array_of(c.at("expected").at("grads").at(in[k].name()));
      CHECK(g[k].shape() == slope.shape());
      CHECK(tolerance.of_gradient(g[k].to_vector(), slope.to_vector()) == "");
      CHECK(connected(y, in[k]));
    }
  }
}

TEST_CASE("torture: rearrangements that do not fit are refused", "[torture]") {
  const std::vector<std::pair<std::string, Expression>> cases{
      {"reshape-mismatch",
       [](const Inputs& in) {
         return reshape(in[0], std::vector<std::int64_t>{4, 2});
       }},
      {"permute-dup",
       [](const Inputs& in) {
         return permute(in[0], std::vector<int>{0, 0, 1});
       }},
  };
  for (const auto& [id, expression] : cases) {
    INFO(id);
    CHECK_THROWS_AS(expression(inputs_of(torture_cases().at(id))), ShapeError);
  }
}

TEST_CASE("torture: shapes that no array can have", "[torture]") {
  for (const char* id : {"shape-overflow-0", "shape-overflow-1", "shape-overflow-2", "shape-overflow-6",
                         "shape-overflow-zero-dim", "rank-too-high"}) {
    INFO(id);
    const Json& c = torture_cases().at(id);
    REQUIRE(c.at("error_kind") == "ShapeError");
    CHECK_THROWS_AS(Array::zeros(Shape(sizes_of(c))), ShapeError);
    const Tensor one(Array({1}, {1}));
    CHECK_THROWS_AS(repeat(one, sizes_of(c)), ShapeError);
  }
  // More than there is memory for: refused by the system, and nothing is left behind.
  const Json& c = torture_cases().at("shape-too-big");
  CHECK_THROWS_AS(Array::zeros(Shape(sizes_of(c))), std::bad_alloc);
}
