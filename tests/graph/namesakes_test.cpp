// Ops and modules of the user's that have the names of ours: nobody takes them for ours.
#include <string>
#include <string_view>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_text.h"
#include "autograd/draw/dot.h"
#include "autograd/draw/mermaid.h"
#include "autograd/graph/unfold.h"
#include "autograd/save/graph_json.h"
#include "tests/catch.h"
#include "tests/draw/occurrences.h"
#include "tests/reference/with_gradients.h"

using namespace gradus;
using gradus::reference::with_gradients;
using test::has;

namespace {

std::string text_of(const Tensor& y) {
  const Graph graph = with_gradients(y);
  return to_text(graph, derivation(graph, {}));
}

/// 2 a, as an op of that name made of the user's functions.
Tensor twice(std::string name, const Tensor& a) {
  return custom_op(
      std::move(name), [](TensorList x) { return x[0] * 2.0; },
      [](const Tensor& g, TensorList, const Tensor&) { return std::vector<Tensor>{g * 2.0}; }, {a});
}

/// a + 2 b, the same.
Tensor weighed(std::string name, const Tensor& a, const Tensor& b) {
  return custom_op(
      std::move(name), [](TensorList x) { return x[0] + x[1] * 2.0; },
      [](const Tensor& g, TensorList, const Tensor&) {
        return std::vector<Tensor>{g, g * 2.0};
      },
      {a, b});
}

/// Elementwise structs.
struct OwnRelu : Unary {
  static constexpr std::string_view name = "relu";
  static constexpr auto value(auto x) { return x * x; }
  static constexpr auto d(wrt<0>, auto x, auto) { return 2.0 * x; }
};
struct OwnAdd : Binary {
  static constexpr std::string_view name = "add";
  static constexpr auto value(auto x, auto y) { return x * y; }
  static constexpr auto d(wrt<0>, auto, auto y, auto) { return y; }
  static constexpr auto d(wrt<1>, auto x, auto, auto) { return x; }
};

/// Structural ones: the numbers times three, under a name of ours.
template <FixedText Name>
struct Thrice : Unary {
  static constexpr std::string_view name = Name.view();
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  [[nodiscard]] Array value(const Array& x) const { return x * Array::full({}, 3.0, x.dtype()); }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return apply(Thrice{}, g);
  }
};

const Array vector({3}, {0.5, -1, 2});
const DotStyle shapes{.detail = Detail::shape};

}  // namespace

TEST_CASE("namesakes: derivations say of a user's op what they know of it", "[namesakes]") {
  const Tensor x = variable(vector, "x"), y = variable(vector, "y");
  const std::string one = text_of(sum(twice("matmul", x)));  // a matrix product has two arguments
  CHECK(has(one, "Apply matmul to x"));
  CHECK(has(one, "Back through matmul"));
  CHECK_FALSE(has(one, "matrix product"));
  CHECK_FALSE(has(one, "transposed"));
  const std::string two = text_of(sum(weighed("matmul", x, y)));
  CHECK(has(two, "Apply matmul to x, y"));
  CHECK_FALSE(has(two, "Multiply the matrices"));
  CHECK_FALSE(has(text_of(sum(twice("relu", x))), "Where the argument was positive"));
  CHECK_FALSE(has(text_of(sum(bind(OwnRelu{}, x))), "Where the argument was positive"));
  CHECK_FALSE(has(text_of(bind(OwnAdd{}, variable(2.0, "a"), variable(3.0, "b"))), "A sum hands its gradient"));
  CHECK_FALSE(has(text_of(sum(apply(Thrice<"reshape">{}, x))), "Reshape"));
  CHECK(has(text_of(twice("broadcast", variable(2.0, "a"))), "Apply broadcast to a"));
  CHECK(has(text_of(twice("diagonal_matrix", variable(2.0, "a"))), "Apply diagonal_matrix to a"));
  const std::string norm = text_of(sum(twice("norm", x)));
  CHECK(has(norm, "Back through norm"));
  CHECK_FALSE(has(norm, "‖"));
  CHECK(has(text_of(twice("kl_term", variable(2.0, "a"))), "Apply kl_term to a"));
  for (const char* name : {"matmul", "reshape", "broadcast", "softmax", "conv", "slice", "max", "where", "pow"}) {
    INFO(name);
    CHECK(has(text_of(sum(twice(name, x))), std::string("Apply ") + name + " to x"));
  }
}

TEST_CASE("namesakes: a drawing folds and marks our ops alone", "[namesakes][drawing]") {
  const Tensor x = variable(vector, "x");
  DotStyle by_gradient;
  by_gradient.coloring = Coloring::gradient;
  const Tensor zero = variable(Array::full({2, 3}, 0.0), "x");
  CHECK(has(to_dot(with_gradients(sum(relu(zero))), by_gradient), "dead"));
  CHECK_FALSE(has(to_dot(with_gradients(sum(bind(OwnRelu{}, zero))), by_gradient), "dead"));
  // A vector is made a matrix by ours, and that is not drawn.
  const Tensor m = parameter(Array({3, 2}, {1, 2, 3, 4, 5, 6}), "M");
  CHECK_FALSE(has(to_dot(Graph(matmul(x, m))), "reshape_1 ["));
  const Tensor own = twice("reshape", x);
  CHECK(has(to_dot(Graph(matmul(own, m))), "reshape_"));
  const Tensor row = reshape(x, {1, 3});
  CHECK(has(to_dot(Graph(reshape(twice("matmul", row), {3}))), "reshape_1"));
  CHECK(has(to_mermaid(Graph(reshape(twice("matmul", row), {3}))), "reshape"));
  // What a parameter is to ours: a bias is added, a weight is not.
  const Tensor w = parameter(2.0, "w"), b = parameter(3.0, "b"), s = variable(1.0, "s");
  CHECK(has(to_dot(Graph(s + w), shapes), ">parameter<"));
  CHECK(has(to_dot(Graph(bind(OwnAdd{}, s, w)), shapes), ">weight<"));
  CHECK(has(to_dot(Graph(weighed("mul", s, b)), shapes), ">bias<"));
}

TEST_CASE("namesakes: no op of the user's is taken apart or saved as ours", "[namesakes][json]") {
  const Tensor x = variable(vector, "x");
  // Linear, as it says of itself: it is taken apart as that.
  const auto apart = [](const Tensor& y) {
    const Graph graph = as_scalars(Graph(y));
    std::vector<double> out;
    for (const int output : graph.outputs())
      out.push_back(graph.slots()[static_cast<std::size_t>(output)].value.item());
    return out;
  };
  CHECK(apart(apply(Thrice<"max">{}, x)) == std::vector<double>{1.5, -3, 6});
  CHECK(apart(apply(Thrice<"cumsum">{}, x)) == std::vector<double>{1.5, -3, 6});
  CHECK_THROWS_MATCHES(as_scalars(Graph(twice("matmul", x))), GraphError,
                       test::Message("[graph] 'matmul' runs a function of yours: it cannot be recorded again"));
  CHECK(unfolded(Graph(apply(Thrice<"softmax">{}, x))).steps().size() == 1);
  const std::string json = to_json(with_gradients(sum(bind(OwnRelu{}, x))));
  CHECK(has(json, R"("op": "custom:relu")"));
  CHECK_THROWS_AS(from_json(json), FileError);
  CHECK(has(to_json(Graph(twice("own", x))), R"("op": "own")"));
  CHECK_THROWS_AS(from_json(to_json(Graph(twice("matmul", x)))), FileError);
}

TEST_CASE("namesakes: the kind of a module is a word", "[namesakes][drawing][json]") {
  const Tensor x = variable(vector, "x"), target(Array::full({3}, 1.0), "y");
  const auto result = [&](auto kind) {
    const ScopeGuard scope("far", kind);
    return mean(square(x - target));
  };
  for (const char* kind : {"loss", "Loss", "layer", ""}) {
    INFO(kind);
    const Graph graph = with_gradients(result(std::string(kind)));
    const int output = graph.outputs()[0];
    CHECK(graph.slots()[static_cast<std::size_t>(output)].role == Role::output);
    CHECK(graph.modules()[0].kind == kind);
    CHECK(has(to_dot(graph, shapes), "mean_1 ["));  // a box, no card
    CHECK_FALSE(has(to_dot(graph, shapes), ">target<"));
    CHECK_FALSE(has(to_text(graph, derivation(graph, {})), "L = "));
    const Graph read = from_json(to_json(graph));
    CHECK(to_json(read) == to_json(graph));
    CHECK(read.modules()[0].role == ModuleRole::plain);
  }
  const Graph loss = with_gradients(result(ModuleRole::loss));
  CHECK(loss.slots()[static_cast<std::size_t>(loss.outputs()[0])].role == Role::loss);
  CHECK(loss.modules()[0].kind == "loss");
  CHECK_FALSE(has(to_dot(loss, shapes), "mean_1 ["));
  CHECK(has(to_dot(loss, shapes), ">target<"));
  CHECK(has(to_text(loss, derivation(loss, {})), "L = "));
  const Graph read = from_json(to_json(loss));
  CHECK(to_json(read) == to_json(loss));
  CHECK(read.modules()[0].role == ModuleRole::loss);
  CHECK(unfolded(loss).modules()[0].role == ModuleRole::loss);
  CHECK(as_scalars(loss).modules()[0].role == ModuleRole::loss);
}
