// Several threads, each with graphs of its own over leaves that all of them read.
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/same.h"

using namespace gradus;

namespace {

void run_together(int count, const std::function<void(int)>& work) {
  std::atomic<int> waiting{count};
  std::vector<std::thread> threads;
  for (int k = 0; k < count; ++k) {
    threads.emplace_back([&, k] {
      // All start at once, so that they do meet.
      for (--waiting; waiting.load() > 0;) std::this_thread::yield();
      work(k);
    });
  }
  for (std::thread& t : threads) t.join();
}

/// A function of two leaves and of a number of the caller's.
std::vector<double> differentiate(const Tensor& w, const Tensor& b, double x) {
  const Tensor y = tanh(matmul(Tensor(Array({1, 2}, {x, 1 - x})), w) + b);
  const Tensor loss = sum(y * y) + sum(exp(w * x)) + sum(b * b * b);
  std::vector<double> out{loss.item()};
  for (const Tensor& g : grad(loss, {w, b, y})) {
    for (const double v : g.to_vector()) out.push_back(v);
  }
  const Tensor first = recorded_grad(loss, {w})[0];
  for (const double v : grad(sum(first * first), {w})[0].to_vector()) out.push_back(v);
  return out;
}

}  // namespace

TEST_CASE("threads: graphs over shared leaves give what one thread gives, bit for bit", "[threads]") {
  const Tensor w = parameter(Array({2, 3}, {.5, -.3, .8, .1, .7, -.6}), "w");
  const Tensor b = parameter(Array({3}, {.1, -.2, .3}), "b");
  constexpr int rounds = 500;
  std::vector<std::vector<double>> expected;
  for (int i = 0; i < rounds; ++i) expected.push_back(differentiate(w, b, 1.0 / (1 + i)));
  for (const int count : {2, 4}) {
    std::atomic<int> wrong{0};
    run_together(count, [&](int) {
      for (int i = 0; i < rounds; ++i) {
        if (!reference::difference(differentiate(w, b, 1.0 / (1 + i)), expected[static_cast<std::size_t>(i)]).empty())
          ++wrong;
      }
    });
    CHECK(wrong == 0);
  }
  CHECK_FALSE(w.has_grad());
}

TEST_CASE("threads: each adds up gradients in leaves of its own", "[threads]") {
  std::atomic<int> wrong{0};
  run_together(4, [&](int k) {
    Tensor x = variable(static_cast<double>(k));
    for (int i = 0; i < 1000; ++i) (x * x).backward();
    if (x.grad().item() != 2000.0 * k) ++wrong;
  });
  CHECK(wrong == 0);
}

TEST_CASE("threads: a tensor made by one is used and freed by another", "[threads]") {
  std::vector<Tensor> handed(4);
  run_together(4, [&](int k) {
    Tensor y = variable(static_cast<double>(k + 1), "x");
    for (int i = 0; i < 1000; ++i) y = y + 1.0;
    handed[static_cast<std::size_t>(k)] = y;
  });
  Tensor total(0.0);
  for (Tensor& t : handed) total = total + t * t;
  CHECK(total.item() == 1001.0 * 1001 + 1002.0 * 1002 + 1003.0 * 1003 + 1004.0 * 1004);
  CHECK(grad(total, {handed[2]})[0].item() == 2006.0);
  std::thread([moved = std::move(total)]() mutable { moved = Tensor(); }).join();
}

TEST_CASE("threads: whether one records is not the others' business", "[threads]") {
  const Tensor x = variable(3.0);
  std::atomic<bool> recorded{false};
  const NoGrad off;
  std::thread([&] { recorded = (x * x).requires_grad(); }).join();
  CHECK(recorded);
  CHECK_FALSE((x * x).requires_grad());
}

TEST_CASE("threads: one graph is walked by several, from one root and from several", "[threads]") {
  // A trunk that is long enough for the walks to meet in, where every record is reached twice, and two heads.
  const Tensor w = parameter(0.5, "w");
  Tensor trunk = w * 1.0;
  for (int i = 0; i < 3000; ++i) trunk = trunk * 0.5 + tanh(trunk) * 0.5;
  const std::vector<Tensor> heads{trunk * 2.0, exp(trunk) + trunk};
  std::vector<double> expected;
  for (const Tensor& head : heads) expected.push_back(grad(head, {w})[0].item());
  std::atomic<int> wrong{0};
  constexpr int rounds = 50;
  run_together(4, [&](int k) {
    const auto mine = static_cast<std::size_t>(k) % heads.size();
    for (int i = 0; i < rounds; ++i) {
      if (grad(heads[mine], {w})[0].item() != expected[mine]) ++wrong;
      if (jvp(heads[mine], {w}, {Tensor(1.0)}).item() != Approx(expected[mine]).epsilon(1e-12)) ++wrong;
    }
  });
  CHECK(wrong == 0);
}

TEST_CASE("threads: all of them add to one leaf", "[threads]") {
  const Tensor shared = parameter(3.0);
  const Tensor square = shared * shared;
  run_together(4, [&](int) {
    for (int i = 0; i < 2000; ++i) (shared * 1.0).backward();
    for (int i = 0; i < 2000; ++i) square.backward();
  });
  CHECK(shared.grad().item() == 8000.0 * (1.0 + 6.0));
}
