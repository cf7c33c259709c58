// Counts allocations: a recording and its gradient need none the second time.
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>
#include <vector>

#include "autograd/scalar/replay.h"
#include "autograd/scalar/scalar.h"
#include "autograd/scalar/spans.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

std::atomic<long> allocations{0};

}  // namespace

// NOLINTBEGIN: replacing these is how allocations are counted
void* operator new(std::size_t n) {
  ++allocations;
  if (void* const p = std::malloc(n == 0 ? 1 : n)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
// NOLINTEND

TEST_CASE("a second recording with its gradient allocates nothing") {
  Tape tape;
  std::vector<Scalar> x(50);
  std::vector<double> g(50);
  long first = 0;
  for (int round = 0; round < 3; ++round) {
    const long before = allocations;
    tape.clear();
    for (std::size_t k = 0; k < x.size(); ++k) x[k] = tape.variable(0.1 * static_cast<double>(k));
    const TapeMark mark = tape.mark();
    for (int again = 0; again < 3; ++again) {
      const Scalar s = logsumexp(x) + dot(x, x) + sum(x);
      const Scalar y = tanh(s) * pow(x[3], 2.5) + hypot(x[1], x[2]) + leaky_relu(x[4] - 1.0) + gelu(x[5]);
      tape.gradient(y, x, g);
      tape.rewind(mark);
    }
    first = allocations - before;
  }
  CHECK(first == 0);
}

TEST_CASE("a replay allocates nothing") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(1.0), tape.variable(2.0)};
  Replay replay(tape, x, exp(x[0] * x[1]) + pow(x[0], 2.5));
  const std::vector<double> in(2 * 300, 0.5);
  std::vector<double> values(300);
  std::vector<double> gradients(600);
  const long before = allocations;
  replay.gradients(300, in, values, gradients);
  CHECK(allocations == before);
}
