// What a style asks of a drawing: how much it tells, and of what.
#include <string>
#include <string_view>

#include "autograd/base/error.h"
#include "autograd/graph/dot.h"
#include "autograd/graph/graph.h"
#include "autograd/tensor/structural.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t i = text.find(part); i != std::string_view::npos; i = text.find(part, i + part.size())) ++n;
  return n;
}

bool has(std::string_view text, std::string_view part) { return count(text, part) > 0; }

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
  CHECK(has(dot, ">−3.4375<"));
  CHECK(has(dot, ":op:w ["));
  CHECK(dot == dot_of(neuron(), {}));
}

TEST_CASE("drawing: shapes without numbers", "[drawing]") {
  const std::string dot = dot_of(neuron(), {.detail = Detail::shape});
  for (const char* number : {"0.8125", "3.4375", "gradient", ":op:w", "local derivative"}) {
    INFO(number);
    CHECK_FALSE(has(dot, number));
  }
  CHECK(count(dot, ">scalar<") == 3);  // x, w and the card of o
  CHECK(has(dot, ">weight<"));
  CHECK(has(dot, "<B>tanh</B>"));
  CHECK(has(dot, "<B>o</B>"));
  CHECK(has(dot, "parameter_1 -> mul_1 ["));
  // Four numbers would be written out.
  const Tensor m = parameter(Array({2, 2}, {1.5, 2.5, 3.5, 4.5}), "M");
  CHECK(has(dot_of(sum(exp(m)), {}), "[[1.5, 2.5], [3.5, 4.5]]"));
  const std::string array = dot_of(sum(exp(m)), {.detail = Detail::shape});
  CHECK_FALSE(has(array, "1.5, 2.5"));
  CHECK(has(array, ">2×2<"));
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
