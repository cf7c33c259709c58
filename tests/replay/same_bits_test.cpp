// Replays against the eager computation, bit for bit.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/math/ops.h"
#include "autograd/tensor/ops/convolution.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/losses.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/op_table.h"
#include "tests/reference/replays.h"
#include "tests/reference/sample.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

using X = const std::vector<Tensor>&;

std::vector<Array> some(const std::vector<Shape>& shapes, DType dtype, double low = -1.5, double high = 1.5) {
  Numbers numbers(17);
  std::vector<Array> out;
  for (const Shape& shape : shapes) out.push_back(random_array(numbers, shape, dtype, low, high));
  return out;
}

void check(const TensorsFunction& f, const std::vector<Shape>& shapes) {
  for (const DType dtype : {DType::float32, DType::float64}) {
    INFO(name_of(dtype));
    CHECK(replayed_wrong(f, some(shapes, dtype)) == "");
  }
}

/// Numbers of an op's domain, among them zeros, infinities and NaN.
Array special(const Shape& shape, DType dtype, const Domain& domain, std::uint64_t seed) {
  Numbers numbers(seed);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double odd[] = {0.0, -0.0, 1.0, -1.0, infinity, -infinity, std::nan(""), 1e30, -1e30, 1e-40};
  std::vector<double> values(static_cast<std::size_t>(shape.size()));
  for (double& v : values) {
    v = numbers.chance(0.2) ? odd[static_cast<std::size_t>(numbers.whole(10))] : numbers.real(domain.low, domain.high);
  }
  return Array(shape, values).to(dtype);
}

}  // namespace

TEST_CASE("same bits: every elementwise op and its gradients", "[replay]") {
  for (const auto& op : op_cases()) {
    const TensorsFunction f = [&](X x) { return op->apply(std::span<const Tensor>(x)); };
    // Beyond one block, with a rest that fills no register; few; a single number.
    for (const Shape& shape : {Shape{1003}, Shape{3, 5}, Shape{}}) {
      for (const DType dtype : {DType::float32, DType::float64}) {
        std::vector<Array> inputs;
        std::vector<Array> others;
        for (std::size_t k = 0; k < op->arity; ++k) {
          inputs.push_back(special(shape, dtype, op->domain, 5 + k));
          others.push_back(special(shape, dtype, op->domain, 50 + k));
        }
        INFO(op->label << " of " << name_of(dtype) << " " << to_string(shape));
        CHECK(replayed_wrong(f, inputs, others) == "");
      }
    }
  }
}

TEST_CASE("same bits: chains longer than a block, summed", "[replay]") {
  for (const std::int64_t n :
       {std::int64_t{1}, std::int64_t{255}, std::int64_t{1024}, std::int64_t{5000}, std::int64_t{70001}}) {
    check([](X x) { return sum(tanh(x[0] * x[1] + x[2]) * sigmoid(x[0])); }, {{n}, {n}, {n}});
    check([](X x) { return sum(tanh(x[0] * x[1] + x[2]) * sigmoid(x[0])); }, {{n}, {}, {}});
    check([](X x) { return mean(exp(-(x[0] * x[0])) / (1.0 + abs(x[0] - x[1]))); }, {{n}, {}});
  }
}

TEST_CASE("same bits: broadcasting", "[replay]") {
  check([](X x) { return tanh(x[0] + x[1]); }, {{37, 41}, {41}});
  check([](X x) { return tanh(x[0] * x[1]); }, {{37, 41}, {37, 1}});
  check([](X x) { return sum(exp(x[0] * x[1] - x[2]), 1); }, {{7, 1, 33}, {5, 1}, {33}});
  check([](X x) { return x[0] * x[1] + x[0] / (3.0 + abs(x[1])); }, {{300, 1}, {1, 7}});
  check([](X x) { return sum(x[0] + x[1] * x[1]); }, {{1}, {}});
  check([](X x) { return (x[0] + Tensor(Array({2}, {1.0, 2.0}).to(x[0].dtype()))) * x[0]; }, {{700, 2}});
}

TEST_CASE("same bits: views", "[replay]") {
  check([](X x) { return tanh(transpose(x[0])) * x[1]; }, {{30, 50}, {50, 30}});
  check([](X x) { return sum(exp(transpose(x[0]) * 0.5)); }, {{300, 7}});
  check([](X x) { return reshape(tanh(x[0]) * 2.0, {50, 30}) + x[1]; }, {{30, 50}, {50, 30}});
  check([](X x) { return sum(reshape(transpose(x[0]) * x[1], {1500}) * 3.0); }, {{30, 50}, {50, 30}});
  check([](X x) { return cast(cast(x[0] * x[0], DType::float64) * 2.0, DType::float32); }, {{40, 5}});
}

TEST_CASE("same bits: reductions", "[replay]") {
  check([](X x) { return sum(exp(x[0]), {0, 2}) * mean(x[0], {0, 2}); }, {{9, 8, 7}});
  check([](X x) { return sum(tanh(x[0]), 0) + mean(x[0] * x[0]); }, {{300, 4}});
  check([](X x) { return sum(tanh(x[0]), 1, true); }, {{1, 3000}});
  check([](X x) { return mean(tanh(x[0]), 0); }, {{3000, 1}});
  check([](X x) { return (x[0] - mean(x[0], 1, true)) / (stddev(x[0], 1, true) + 1e-3); }, {{6, 50}});
  check([](X x) { return softmax(x[0], 1) * log_softmax(x[1], 0); }, {{6, 50}, {6, 50}});
  check([](X x) { return max(x[0] * x[1], 1) + norm(x[0], 2.0, 1); }, {{6, 50}, {50}});
}

TEST_CASE("same bits: nothing at all", "[replay]") {
  check([](X x) { return tanh(x[0]) * x[1]; }, {{0, 3}, {3}});
  check([](X x) { return sum(tanh(x[0]) * x[1]); }, {{0}, {}});
  check([](X x) { return mean(exp(x[0])); }, {{4, 0}});
  check([](X x) { return sum(tanh(x[0]), 0); }, {{0, 5}});
}

TEST_CASE("same bits: products", "[replay]") {
  check([](X x) { return tanh(matmul(x[0], x[1]) + x[2]); }, {{33, 20}, {20, 17}, {17}});
  check([](X x) { return mean(square(matmul(tanh(linear(x[0], x[1], x[2])), x[3]))); },
        {{33, 20}, {16, 20}, {16}, {16, 3}});
  check([](X x) { return sum(relu(conv2d(x[0], x[1], x[2], {.padding = 1}))); }, {{2, 3, 9, 8}, {4, 3, 3, 3}, {4}});
}

TEST_CASE("same bits: what is computed twice", "[replay]") {
  check(
      [](X x) {
        const Tensor a = tanh(x[0]) * 2.0;
        const Tensor b = tanh(x[0]) * 2.0;
        return sum(a * b) + mean(a) * mean(b);
      },
      {{2000}});
}

TEST_CASE("same bits: a gradient of a gradient", "[replay]") {
  check(
      [](X x) {
        const Tensor y = sum(exp(sin(x[0])) * x[1]);
        const std::vector<Tensor> g = recorded_grad(y, {x[0], x[1]});
        return g[0] * g[0] + g[1];
      },
      {{1500}, {1500}});
}

TEST_CASE("same bits: losses", "[replay]") {
  check([](X x) { return mse(tanh(x[0]), x[1]); }, {{40, 9}, {40, 9}});
  check([](X x) { return cross_entropy(x[0], softmax(x[1], 1)); }, {{40, 9}, {40, 9}});
  check([](X x) { return cross_entropy(x[0], Indices{1, 0, 2}); }, {{3, 9}});
  check([](X x) { return bce_with_logits(x[0], sigmoid(x[1])) + huber(x[0], x[1]); }, {{40, 9}, {40, 9}});
}
