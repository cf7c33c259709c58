// Memory: training for long, failing often, and dropping graphs must all come back to where they started.
#include <cstdio>
#include <string>
#include <vector>

#include "autograd/array/pool.h"
#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

/// Bytes of memory that the process has in use; 0 where the system does not say.
long resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  long total = 0;
  long resident = 0;
  const int read = std::fscanf(file, "%ld %ld", &total, &resident);
  std::fclose(file);
  return read == 2 ? resident * 4096 : 0;
}

/// Runs the work until everything is warm, then `times` more: neither the cache nor the process may grow.
template <class F>
void check_flat(int times, const F& work) {
  for (int k = 0; k < 100; ++k) work();
  const std::size_t cached = pool::cached_bytes();
  const long resident = resident_bytes();
  for (int k = 0; k < times; ++k) work();
  CHECK(pool::cached_bytes() == cached);
  // A sanitizer keeps what was freed, and turns the cache off to see it.
  if (cached > 0) CHECK(resident_bytes() - resident <= 256 * 1024);
}

}  // namespace

TEST_CASE("memory: ten thousand training steps need no more than the first hundred", "[memory]") {
  const Tensor x(Array({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}));
  const Tensor target(Array({4, 1}, {0, 1, 1, 0}));
  Tensor w1 = parameter(Array::full({2, 16}, 0.1));
  Tensor b1 = parameter(Array::full({16}, 0.2));
  Tensor w2 = parameter(Array::full({16, 1}, -0.3));
  check_flat(10'000, [&] {
    const Tensor error = matmul(tanh(matmul(x, w1) + b1), w2) - target;
    mean(error * error).backward();
    for (Tensor* p : {&w1, &b1, &w2}) {
      p->set_value(p->value() - 0.1 * p->grad());
      p->zero_grad();
    }
  });
}

TEST_CASE("memory: a gradient of a gradient is freed with its graph", "[memory]") {
  check_flat(10'000, [] {
    const Tensor x = variable(0.5);
    const Tensor g = recorded_grad(tanh(tanh(x)), {x})[0];
    (void)grad(g * g, {x});
  });
}

TEST_CASE("memory: calls that fail leave nothing behind", "[memory]") {
  const Tensor a = variable(Array::zeros({20, 30}));
  check_flat(10'000, [&] {
    for (const auto& f :
         {+[](const Tensor& t) { return matmul(t, t); }, +[](const Tensor& t) { return t + transpose(t); },
          +[](const Tensor& t) { return reshape(t * 2.0, {7}); }}) {
      try {
        (void)f(a);
      } catch (const ShapeError&) {
      }
    }
    try {
      (a * 2.0).backward();
    } catch (const GraphError&) {
    }
  });
}

TEST_CASE("memory: a value that no rule reads is not kept", "[memory]") {
  pool::trim();
  constexpr std::int64_t million = 1'000'000;
  const Tensor x = variable(Array::zeros({million}));
  Tensor y = x;
  // Each sum needs neither operand for its gradient: what it replaces is free again at once.
  for (int k = 0; k < 20; ++k) y = y + 1.0;
  y = Tensor();
  CHECK(pool::cached_bytes() < 4 * static_cast<std::size_t>(million) * sizeof(double));
}
