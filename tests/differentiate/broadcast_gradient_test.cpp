// Gradients through broadcasting and through dtypes: each operand gets one of its own shape and its own dtype.
#include <string>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/naive.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

/// The numbers of `a` written out in a larger shape: what broadcasting only pretends to do.
Array tiled(const Array& a, const Shape& shape) { return a.broadcast_to(shape).packed(); }

/// Sums the gradient of the tiled twin over the copies of each number, one by one.
std::vector<double> gathered(const Array& gradient, const Array& original) {
  const Array places = [&] {
    std::vector<double> place(static_cast<std::size_t>(original.size()));
    for (std::size_t k = 0; k < place.size(); ++k) place[k] = static_cast<double>(k);
    return Array(original.shape(), place);
  }();
  std::vector<double> out(static_cast<std::size_t>(original.size()), 0.0);
  for_each_index(gradient.shape(), [&](const Index& index) {
    out[static_cast<std::size_t>(broadcast_element(places, index))] += element(gradient, index);
  });
  return out;
}

}  // namespace

TEST_CASE("broadcast gradient: that of the written-out twin, summed over the copies", "[broadcast]") {
  Numbers numbers(13);
  for (int round = 0; round < 300; ++round) {
    const Shape shape = random_shape(numbers, 5, 4);
    const Array a = random_operand(numbers, shape, DType::float64).packed();
    const Array b = random_operand(numbers, shape, DType::float64).packed();
    const Shape both = broadcast(a.shape(), b.shape(), "test");
    const Array seed = random_array(numbers, both);
    const auto f = [](const Tensor& x, const Tensor& y) { return x * y + y / x - x; };

    const std::vector<Tensor> narrow{variable(a), variable(b)};
    const std::vector<Tensor> wide{variable(tiled(a, both)), variable(tiled(b, both))};
    const auto got = grad(f(narrow[0], narrow[1]), narrow, seed);
    const auto twin = grad(f(wide[0], wide[1]), wide, seed);
    const Array* originals[] = {&a, &b};
    for (std::size_t k = 0; k < 2; ++k) {
      INFO(to_string(a.shape()) << " with " << to_string(b.shape()) << ", operand " << k);
      CHECK(got[k].shape() == originals[k]->shape());
      CHECK(far_apart(got[k].to_vector(), gathered(twin[k].value(), *originals[k]), 1e-12) == "");
    }
  }
}

TEST_CASE("broadcast gradient: a constant operand is repeated without a record", "[broadcast]") {
  const Tensor x = variable(Array({2, 3}, {1, 2, 3, 4, 5, 6}));
  const Tensor row(Array({3}, {10, 20, 30}));
  const Tensor y = x * row;
  CHECK(y.record()->links()[0] == x.record().get());
  CHECK(grad(sum(y), {x})[0].to_vector() == std::vector<double>{10, 20, 30, 10, 20, 30});
  // Also when the constant is the larger one.
  const Tensor s = variable(2.0);
  CHECK(grad(sum(s * row), {s})[0].item() == 60.0);
}

TEST_CASE("dtype: C++ numbers of any type, on either side, keep float32", "[dtype]") {
  const Tensor x = variable(Array({2}, {1, 2}).to(DType::float32));
  for (const Tensor& y : {x + 1, 1 + x, x * 2.5, 2.5 * x, x / 3.0F, 3L / x, x - 1U, 1.0 - x, pow(x, 2), pow(x, 0.5)}) {
    CHECK(y.dtype() == DType::float32);
    CHECK(grad(sum(y), {x})[0].dtype() == DType::float32);
  }
  CHECK((x * 0.1).to_vector()[0] == static_cast<double>(0.1F));
}

TEST_CASE("dtype: tensors of both dtypes promote, and each gets a gradient in its own", "[dtype]") {
  Tensor f = variable(Array({2}, {1, 2}).to(DType::float32), "f");
  Tensor d = variable(Array({2}, {0.1, 0.2}), "d");
  const Tensor y = f * d;
  CHECK(y.dtype() == DType::float64);
  CHECK(y.to_vector() == std::vector<double>{0.1, 0.4});
  const auto g = grad(sum(y), {f, d});
  CHECK(difference(g[0].value(), Array({2}, {0.1, 0.2}).to(DType::float32)) == "");
  CHECK(difference(g[1].value(), Array({2}, {1, 2})) == "");
  sum(y).backward();
  CHECK(f.grad().dtype() == DType::float32);
  CHECK(d.grad().dtype() == DType::float64);
}

TEST_CASE("dtype: matrix products promote like everything else", "[dtype]") {
  const Tensor a = variable(Array({2, 2}, {1, 2, 3, 4}).to(DType::float32));
  const Tensor b = variable(Array({2, 2}, {0.1, 0.2, 0.3, 0.4}));
  const Tensor c = matmul(a, b);
  CHECK(c.dtype() == DType::float64);
  const auto g = grad(sum(c), {a, b});
  CHECK(g[0].dtype() == DType::float32);
  CHECK(g[1].dtype() == DType::float64);
  CHECK(difference<float>(g[0].to_vector(), {0.3, 0.7, 0.3, 0.7}, 1) == "");
}

TEST_CASE("dtype: gradients of gradients stay in the leaf's dtype", "[dtype]") {
  const Tensor x = variable(Array({3}, {0.5, 1, 2}).to(DType::float32));
  const Tensor g = recorded_grad(sum(tanh(x) * x), {x})[0];
  CHECK(g.dtype() == DType::float32);
  CHECK(grad(sum(g * g), {x})[0].dtype() == DType::float32);
}

TEST_CASE("dtype: a seed is taken in the dtype of the result", "[dtype]") {
  const Tensor x = variable(Array({2}, {1, 2}).to(DType::float32));
  const Tensor y = x * x;
  const auto g = grad(y, std::vector{x}, Array({2}, {1, 0.5}));
  CHECK(difference(g[0].value(), Array({2}, {2, 2}).to(DType::float32)) == "");
}

TEST_CASE("dtype: casting there and back passes the gradient through", "[dtype]") {
  const Tensor x = variable(Array({2}, {1, 2}).to(DType::float32));
  const Tensor y = cast(cast(x, DType::float64) * 3, DType::float32);
  CHECK(y.dtype() == DType::float32);
  CHECK(difference(grad(sum(y), {x})[0].value(), Array({2}, {3, 3}).to(DType::float32)) == "");
}
