// What a style asks of a drawing: how much it tells, and of what.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/draw/dot.h"
#include "autograd/draw/mermaid.h"
#include "autograd/graph/descent.h"
#include "autograd/graph/graph.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/draw/occurrences.h"

using namespace gradus;
using test::count;
using test::has;

namespace drawing_test {

namespace {

std::string dot_of(const Tensor& y, const DotStyle& style) {
  Graph graph(y);
  graph.compute_gradients();
  return to_dot(graph, style);
}

/// Numbers that appear nowhere else in a drawing.
Tensor neuron() {
  const Tensor x = variable(0.8125, "x"), w = parameter(-3.4375, "w");
  return tanh(x * w).set_name("o");
}

}  // namespace

TEST_CASE("drawing: values are drawn with their numbers", "[drawing]") {
  const std::string dot = dot_of(neuron(), {.detail = Detail::value});
  CHECK(has(dot, ">0.8125<"));
  CHECK(has(dot, ">−3.438<"));
  CHECK(has(dot, "input_1:e -> mul_1:in0:w ["));
  CHECK(has(dot, "mul_1:e -> tanh_1:w ["));
  CHECK(dot == dot_of(neuron(), {}));
}

TEST_CASE("drawing: shapes without numbers", "[drawing]") {
  const std::string dot = dot_of(neuron(), {.detail = Detail::shape});
  for (const char* number : {"0.8125", "3.4375", "gradient", ":w", "local derivative"}) {
    INFO(number);
    CHECK_FALSE(has(dot, number));
  }
  CHECK(count(dot, ">scalar<") == 3);  // x, w and the card of o
  CHECK(has(dot, ">weight<"));
  CHECK(has(dot, "<B>tanh</B>"));
  CHECK(has(dot, "<B>o</B>"));
  CHECK(has(dot, "parameter_1 -> mul_1 ["));
  // A few numbers would be written out.
  const Tensor m = parameter(Array({2, 2}, {1.5, 2.5, 3.5, 4.5}), "M");
  CHECK(has(dot_of(sum(exp(m)), {}), ">1.5</TD>"));
  const std::string array = dot_of(sum(exp(m)), {.detail = Detail::shape});
  CHECK_FALSE(has(array, ">1.5<"));
  CHECK(has(array, ">2×2<"));
}

TEST_CASE("drawing: every arrow from an op tells its shape", "[drawing]") {
  const Tensor x = variable(Array::full({2, 3}, 1.0), "x"), b = parameter(Array::full({3}, 1.0), "b");
  const std::string dot = dot_of(sum(exp(tanh(x + b))), {.detail = Detail::shape});
  CHECK(has(dot, "add_1 -> tanh_1 [penwidth=1.7, weight=20, label=\" 2×3 \"]"));
  CHECK(has(dot, "tanh_1 -> exp_1 [penwidth=1.7, weight=20, label=\" 2×3 \"]"));
  CHECK(has(dot, "exp_1 -> sum_1 [penwidth=1.7, weight=20, label=\" 2×3 \"]"));
  CHECK_FALSE(has(dot, "class=\"local\""));
  CHECK(count(dot_of(neuron(), {}), "fontcolor=\"#B03A00\", class=\"local\"]") == 1);
}

TEST_CASE("drawing: a product with a vector is one op", "[drawing]") {
  const Tensor x = variable(Array::full({3}, 1.0), "x"), w = parameter(Array::full({2, 3}, 1.0), "w");
  const Tensor product = matmul(w, x);
  const Tensor y = tanh(product);
  DotStyle style{.detail = Detail::shape};
  const std::string dot = dot_of(y, style);
  CHECK(count(dot, "<B>matmul</B>") == 1);
  CHECK_FALSE(has(dot, "<B>reshape</B>"));
  CHECK(has(dot, "input_1 -> reshape_2 ["));
  CHECK(has(dot, "reshape_2 -> tanh_1 [penwidth=1.7, weight=20, label=\" 2 \"]"));
  CHECK(drawn_size(Graph(y), style).nodes == 4);
  CHECK(has(to_mermaid(Graph(y), style), "n_reshape_2(\"matmul\"):::role_value"));
  CHECK(count(dot_of(matmul(x, x), style), "<B>matmul</B>") == 1);
  // What somebody cares for is drawn: a name, a result, another use.
  CHECK(count(dot_of(reshape(x, {1, 3}).set_name("row") * 2.0, style), "reshape") > 0);
  CHECK(count(dot_of(matmul(reshape(x, {1, 3}), Tensor(Array::full({3, 2}, 1.0))), style), "<B>matmul</B>") == 1);
  const Tensor column = reshape(x, {3, 1});
  CHECK(has(dot_of(sum(matmul(w, column)) + sum(column), style), "<B>reshape</B>"));
  style.max_nodes = 3;
  const std::string limited = dot_of(y, style);
  CHECK(has(limited, "left_out -> reshape_2 ["));
  CHECK(has(limited, "2 of 4 nodes are drawn"));
  style = {.detail = Detail::shape, .anchors = true};
  CHECK(count(dot_of(y, style), "<B>reshape</B>") == 2);
}

TEST_CASE("drawing: names alone", "[drawing]") {
  const Tensor m = parameter(Array::full({2, 3}, 1.0), "M"), n = parameter(Array::full({3, 2}, 1.0), "N");
  const Tensor y = sum(matmul(m, n) * 2.0);
  CHECK(has(dot_of(y, {.detail = Detail::shape}), "2×3"));
  const std::string dot = dot_of(y, {.detail = Detail::name});
  for (const char* shape : {"2×3", "3×2", "2×2", "scalar"}) {
    INFO(shape);
    CHECK_FALSE(has(dot, shape));
  }
  CHECK(has(dot, "<B>M</B>"));
  CHECK(has(dot, "<B>matmul</B>"));
  CHECK(has(dot, "<B>2</B>"));  // a plain constant has no other name
}

namespace {

DotStyle by_gradient() {
  DotStyle style;
  style.coloring = Coloring::gradient;
  style.elements = 4;
  return style;
}

/// The text of the node with this id.
std::string node(const std::string& dot, const std::string& id) {
  const std::size_t begin = dot.find("    " + id + " [");
  REQUIRE(begin != std::string::npos);
  return dot.substr(begin, dot.find("]\n", begin) - begin);
}

constexpr const char* fills[] = {"#B2ABD2", "#CFCBE4", "#E6E4F1", "#F7F7F7", "#FDEBD0", "#FDD5A0", "#FDB863"};

}  // namespace

TEST_CASE("drawing: filled by the size of the gradient", "[drawing]") {
  // The gradients are 10^-5 … 10^5, and 1 of the sum.
  Tensor sum;
  for (int k = -5; k <= 5; ++k) {
    const Tensor part = parameter(1.0, "p") * std::pow(10.0, k);
    sum = k == -5 ? part : sum + part;
  }
  const std::string dot = dot_of(sum, by_gradient());
  for (int k = -5; k <= 5; ++k) {
    INFO(k);
    const std::string text = node(dot, "parameter_" + std::to_string(k + 6));
    CHECK(has(text, fills[std::clamp(k, -3, 3) + 3]));
    CHECK(has(text, ">vanishing<") == (k <= -3));
    CHECK(has(text, ">exploding<") == (k >= 3));
    CHECK(has(text, ">  parameter<"));  // the role is still said
  }
  CHECK(has(dot, "Fill: the size of the gradient"));
  for (const char* fill : fills) CHECK(count(dot, std::string("BGCOLOR=\"") + fill + "\"><FONT") == 1);  // the legend
  CHECK(has(node(dot, "constant_1"), "#FFFFFF"));  // has no gradient, which is not a small one
  CHECK_FALSE(has(dot_of(sum, {}), "Fill: "));
}

TEST_CASE("drawing: gradients that are zero or no numbers", "[drawing]") {
  const Tensor zero = parameter(0.5, "zero"), one = parameter(2.0, "one"), huge = parameter(1.0, "huge");
  const double inf = std::numeric_limits<double>::infinity();
  const Tensor y = zero * 0.0 + one * 1.0 + huge * inf;
  const std::string dot = dot_of(y, by_gradient());
  CHECK(has(node(dot, "parameter_1"), ">0<"));
  CHECK(has(node(dot, "parameter_1"), "BGCOLOR=\"#DDE1E6\""));
  for (const char* id : {"parameter_1", "parameter_2", "parameter_3"}) CHECK_FALSE(has(node(dot, id), "ing<"));
  CHECK(has(node(dot, "parameter_3"), ">not finite<"));
  CHECK(has(node(dot_of(y * std::nan(""), by_gradient()), "parameter_2"), ">not finite<"));
  // No gradient is not a vanishing one.
  const std::string none = to_dot(Graph(y), by_gradient());
  CHECK_FALSE(has(none, ">vanishing<"));
  // Squares of such numbers have no place in a double.
  const Tensor w = parameter(Array({2}, {1.0, 1.0}), "w");
  const std::string large = dot_of(sum(w * Tensor(Array({2}, {3e200, 4e200}))), by_gradient());
  CHECK_FALSE(has(large, "inf"));
}

TEST_CASE("drawing: a ReLU that no example passes is dead", "[drawing]") {
  const Tensor x = variable(Array({3, 2}, {1, 2, 3, 4, 5, 6}), "x");
  const Tensor w = parameter(Array({2, 3}, {1, -1, 1, 1, -1, -2}), "w");
  const auto relu_of = [](const std::string& dot) { return node(dot, "relu_1"); };
  CHECK(has(relu_of(dot_of(sum(relu(matmul(x, w))), by_gradient())), ">2 of 3 dead<BR/>gradient norm 3<"));
  CHECK(has(relu_of(dot_of(sum(relu(matmul(x, w) - 100.0)), by_gradient())), ">dead<"));
  CHECK_FALSE(has(relu_of(dot_of(sum(relu(matmul(x, w) + 100.0)), by_gradient())), "dead"));
  CHECK_FALSE(has(dot_of(sum(relu(matmul(x, w))), {}), "dead"));
  CHECK(has(relu_of(dot_of(relu(variable(-1.0, "x")) + variable(1.0, "y"), by_gradient())), ">dead<"));
  // Where its argument is read by others too it still learns.
  const Tensor n = matmul(x, w) - 100.0;
  CHECK_FALSE(has(relu_of(dot_of(sum(relu(n) + n), by_gradient())), "dead"));
}

TEST_CASE("drawing: a card of a module is filled by all its parameters", "[drawing]") {
  Tensor large, small;
  {
    const ScopeGuard scope("large", "Sum");
    large = parameter(1.0, "p") * 100.0 + parameter(1.0, "q") * 0.0;  // gradients of 100 together
  }
  {
    const ScopeGuard scope("small", "Sum");
    small = parameter(1.0, "r") * 1e-6;
  }
  DotStyle style = by_gradient();
  style.depth = 0;
  const std::string dot = dot_of(large + small + parameter(1.0, "s") + parameter(1.0, "t"), style);  // the median is 1
  CHECK(has(node(dot, "module_1"), fills[5]));
  CHECK(has(node(dot, "module_2"), fills[0]));
  CHECK(has(node(dot, "module_2"), ">Sum · vanishing<"));
}

TEST_CASE("drawing: before and after a step of gradient descent", "[drawing]") {
  // L = (w·x + b − 1)² at x = 2, w = 0.5, b = 1: the error is 1, the gradients 2·x = 4 and 2.
  const Tensor x = variable(2.0, "x"), w = parameter(0.5, "w"), b = parameter(1.0, "b");
  Graph graph(pow(x * w + b - 1.0, 2.0));
  CHECK_THROWS_AS(after_descent(graph, 0.1), GraphError);
  graph.compute_gradients();
  CHECK_THROWS_AS(after_descent(graph, std::nan("")), ValueError);
  const std::vector<Array> after = after_descent(graph, 0.125);
  for (std::size_t i = 0; i < after.size(); ++i) {
    const Slot& slot = graph.slots()[i];
    const double* expected = nullptr;
    static constexpr double w_after = 0.0, b_after = 0.75, loss_after = 0.0625;  // (0·2 + 0.75 − 1)²
    if (slot.name == "w") expected = &w_after;
    if (slot.name == "b") expected = &b_after;
    if (static_cast<int>(i) == graph.outputs()[0]) expected = &loss_after;
    INFO(slot.id);
    REQUIRE(after[i].defined() == (expected != nullptr));
    if (expected != nullptr) CHECK(after[i].item() == *expected);
  }
  CHECK(graph.slots()[static_cast<std::size_t>(graph.outputs()[0])].value.item() == 1.0);

  DotStyle style;
  style.after = after;
  const std::string dot = to_dot(graph, style);
  CHECK(count(dot, ">after<") == 3);
  CHECK(has(node(dot, "parameter_1"), ">0.5<"));
  CHECK(has(node(dot, "parameter_2"), ">0.75<"));
  CHECK(has(dot, ">0.0625<"));
  style.after.pop_back();
  CHECK_THROWS_AS(to_dot(graph, style), ValueError);
}

TEST_CASE("drawing: a step of gradient descent with names that mislead", "[drawing]") {
  // The second of two parameters called w, the first of which has no other; and one called like the id of another.
  const Tensor a = parameter(1.0, "w"), b = parameter(2.0, "w"), c = parameter(4.0, "parameter_9");
  Graph graph(a * 1.0 + b * 2.0 + c * 4.0);
  graph.compute_gradients();
  CHECK(after_descent(graph, 1.0)[static_cast<std::size_t>(graph.outputs()[0])].item() == 0.0);
  const Tensor unnamed = parameter(1.0, ""), named = parameter(1.0, "parameter_1");
  Graph confusing(unnamed * 2.0 + named);
  confusing.compute_gradients();
  CHECK(after_descent(confusing, 1.0)[static_cast<std::size_t>(confusing.outputs()[0])].item() == -2.0);
  // In the dtype of the parameter.
  const Tensor f = parameter(Array::full({}, 0.1, DType::float32), "f");
  Graph single(f * f);
  single.compute_gradients();
  const Array moved = after_descent(single, 0.5)[0];
  CHECK(moved.dtype() == DType::float32);
  CHECK(moved.item() == 0.0);
}

TEST_CASE("drawing: without numbers a loss is one card", "[drawing]") {
  const Tensor x = variable(Array::full({5, 3}, 0.5), "x"), target(Array::full({5, 3}, 1.0), "y");
  const Tensor h = tanh(x);
  Tensor loss;
  {
    const ScopeGuard scope("MSE", ModuleRole::loss);
    loss = mean(pow(h - target, 2.0));
  }
  const std::string dot = dot_of(loss, {.detail = Detail::shape});
  CHECK(has(node(dot, "module_1"), "<B>MSE</B>"));
  CHECK(has(node(dot, "module_1"), ">loss<"));
  CHECK(has(node(dot, "module_1"), ">scalar<"));
  CHECK(has(dot, "tanh_1_result -> module_1 ["));
  CHECK(has(dot, "{ rank=same; module_1; "));  // the target beside it
  CHECK_FALSE(has(dot, "mean"));
  CHECK(drawn_size(Graph(loss), {.detail = Detail::shape}).nodes == 4);
  CHECK(has(dot_of(loss, {}), "mean_1 ["));
}

TEST_CASE("drawing: the same graph gives the same bytes", "[drawing]") {
  const auto all = [] {
    Tensor h = variable(Array({2, 2}, {0.1, 0.2, 0.3, 0.4}), "x");
    for (int k = 0; k < 4; ++k) {
      const ScopeGuard scope("layer", "Layer");
      const Tensor w = parameter(Array({2, 2}, {0.5, -0.25, 1.0, 2.0}), "w");
      h = relu(matmul(h, w)) * 0.5;
    }
    Graph graph(sum(h));
    graph.compute_gradients();
    std::string out;
    for (const Detail detail : {Detail::value, Detail::shape, Detail::name}) {
      for (const Coloring coloring : {Coloring::role, Coloring::gradient}) {
        for (const int depth : {-1, 0}) {
          for (const std::size_t most : {0UL, 3UL}) {
            DotStyle style;
            style.detail = detail;
            style.coloring = coloring;
            style.depth = depth;
            style.max_nodes = most;
            style.anchors = most == 0;
            style.after = after_descent(graph, 0.1);
            out += to_dot(graph, style) + to_mermaid(graph, style);
          }
        }
      }
    }
    return out;
  };
  const std::string once = all();
  CHECK(once.size() > 10000);
  // Addresses differ from one time to the next, which nothing may depend on.
  std::vector<Tensor> in_the_way;
  for (int k = 0; k < 1000; ++k) in_the_way.push_back(variable(static_cast<double>(k)));
  CHECK(all() == once);
}

TEST_CASE("drawing: a comparison hands nothing back, and is not called vanishing", "[drawing]") {
  const Tensor x = variable(0.5, "x"), w = variable(2.0, "w");
  DotStyle style;
  style.coloring = Coloring::gradient;
  const Tensor z = x * w;
  const Tensor is_positive = bind(Greater{}, z, 0.0);
  CHECK_FALSE(has(dot_of(bind(Where{}, is_positive, z, 0.0), style), ">vanishing<"));
}

}  // namespace drawing_test
