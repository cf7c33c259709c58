// What << and fmt write of tensors, arrays, shapes, types and graphs.
#include <autograd/autograd.h>
#include <autograd/formatting.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "tests/catch.h"

using namespace gradus;

namespace printing_test {

namespace {

template <class T>
std::string streamed(const T& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}

}  // namespace

TEST_CASE("numbers stand in columns, nested as the axes are", "[printing]") {
  CHECK(streamed(Tensor(2.5)) == "2.5");
  CHECK(streamed(Tensor{1, -2, 30}) == "[ 1, -2, 30]");
  CHECK(streamed(Tensor{{1, 2}, {-3.5, 40}}) == "[[   1,    2],\n [-3.5,   40]]");
  CHECK(streamed(Tensor{{1, 2}, {-3.5, 40}}.value()) == "[[   1,    2],\n [-3.5,   40]]");
  CHECK(streamed(transpose(Tensor{{1, 2}, {3, 4}})) == "[[1, 3],\n [2, 4]]");
  CHECK(streamed(reshape(arange(8), {2, 2, 2})) == "[[[0, 1],\n  [2, 3]],\n [[4, 5],\n  [6, 7]]]");
  CHECK(streamed(Tensor{std::nan(""), INFINITY, -INFINITY}) == "[ nan,  inf, -inf]");
  CHECK(streamed(Tensor{1.0 / 3, 1e-9}) == "[0.333333,    1e-09]");
  CHECK(printed(Tensor{1.0 / 3}, {.digits = 3}) == "[0.333]");
  CHECK(streamed(zeros({0, 3})) == "[] of shape [0, 3]");
  CHECK(streamed(Tensor()) == "(empty)");
  CHECK(streamed(Array()) == "(empty)");
  CHECK(streamed(Array::shape_only({2}, DType::float64)) == "(no numbers) of shape [2]");
}

TEST_CASE("what is long is shortened to its ends", "[printing]") {
  CHECK(streamed(arange(5000)) == "[   0,    1,    2, ..., 4997, 4998, 4999]\nshape [5000], float64");
  CHECK(streamed(zeros({1000, 1000}, DType::float32)) ==
        "[[0, 0, 0, ..., 0, 0, 0],\n [0, 0, 0, ..., 0, 0, 0],\n [0, 0, 0, ..., 0, 0, 0],\n ...,\n"
        " [0, 0, 0, ..., 0, 0, 0],\n [0, 0, 0, ..., 0, 0, 0],\n [0, 0, 0, ..., 0, 0, 0]]\nshape [1000, 1000], float32");
  CHECK(printed(arange(10), {.threshold = 5, .edge_items = 1}) == "[0, ..., 9]\nshape [10], float64");
  // A short axis is whole: [2, 1000] has both rows.
  CHECK(printed(reshape(arange(2000), {2, 1000}), {.edge_items = 1}) ==
        "[[   0, ...,  999],\n [1000, ..., 1999]]\nshape [2, 1000], float64");
  CHECK(printed(arange(6), {.line_width = 10}) == "[0, 1, 2,\n 3, 4, 5]");
}

TEST_CASE("shapes and types", "[printing]") {
  CHECK(streamed(Shape{2, 3}) == "[2, 3]");
  CHECK(streamed(DType::float32) == "float32");
  CHECK(to_string(DType::float64) == "float64");
}

TEST_CASE("a graph is a line for each value", "[printing]") {
  const Tensor x = variable(Array({2}, {1.0, 2.0}), "x");
  const Tensor w = parameter(Array({2}, {3.0, 4.0}), "w");
  Tensor y = sum(x * w);
  y.set_name("loss");
  const std::string text = streamed(Graph(y));
  CHECK(text ==
        "x                    [2]  input\n"
        "w                    [2]  parameter\n"
        "mul_1  = mul(x, w)   [2]  value\n"
        "loss   = sum(mul_1)  []   output");
  Tensor z = variable(1.0);
  for (int k = 0; k < 200; ++k) z = tanh(z);
  const std::string cut = printed(Graph(z), 4);
  CHECK(std::count(cut.begin(), cut.end(), '\n') == 4);
  CHECK(cut.find("... 197 more\n") != std::string::npos);
}

TEST_CASE("fmt writes the same", "[printing]") {
  CHECK(fmt::format("{}", Tensor{1, 2}) == "[1, 2]");
  CHECK(fmt::format("{}", Tensor{1, 2}.value()) == "[1, 2]");
  CHECK(fmt::format("{:>8}|", Shape{2}) == "     [2]|");
  CHECK(fmt::format("{}", DType::float64) == "float64");
  const Graph graph(variable(1.0, "x") * 2.0);
  CHECK(fmt::format("{}", graph) == streamed(graph));
}

}  // namespace printing_test
