#include <cstring>
#include <type_traits>
#include <utility>

#include "autograd/array/kernels.h"
#include "autograd/math/reads.h"
#include "autograd/scalar/replay_plan.h"

// The loops are compiled for each instruction set, and the machine's is chosen when the library is loaded.  They have no
// contracted operations: the numbers are the same on all.
#if defined(__x86_64__) && defined(__linux__)
#define GRADUS_EVERY_ISA __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GRADUS_EVERY_ISA
#endif

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between inlined functions only

namespace gradus::detail {

namespace {

using Vector = double __attribute__((vector_size(64), may_alias));
using Bits = std::int64_t __attribute__((vector_size(64)));
constexpr std::size_t width = 8;

[[gnu::always_inline]] inline Vector* vectors(double* p) { return reinterpret_cast<Vector*>(p); }

void run_kernel(ElementwiseKernel kernel, const Instruction& s, const ReplayBlock& block, std::size_t lanes,
                const std::array<const void*, 4>& in, double* out) {
  constexpr std::array<std::int64_t, 4> step{1, 1, 1, 1};
  kernel(block.attributes + s.attributes, static_cast<std::int64_t>(lanes), in.data(), step.data(), out);
}

}  // namespace

GRADUS_EVERY_ISA void run_forward(const std::vector<Instruction>& steps, const ReplayBlock& block, std::size_t lanes) {
  const KernelTable& table = kernels();
  const std::size_t n = lanes / width;
  for (const Instruction& s : steps) {
    Vector* const y = vectors(block.values + s.out * lanes);
    const Vector* const a = vectors(block.values + s.in[0] * lanes);
    const Vector* const b = vectors(block.values + s.in[1] * lanes);
    const Vector* const c = vectors(block.values + s.in[2] * lanes);
    const double k = s.constant;
    switch (s.action) {
      case Action::add:
        for (std::size_t i = 0; i < n; ++i) y[i] = a[i] + b[i];
        break;
      case Action::sub:
        for (std::size_t i = 0; i < n; ++i) y[i] = a[i] - b[i];
        break;
      case Action::mul:
        for (std::size_t i = 0; i < n; ++i) y[i] = a[i] * b[i];
        break;
      case Action::div:
        for (std::size_t i = 0; i < n; ++i) y[i] = a[i] / b[i];
        break;
      case Action::mul_add:
        for (std::size_t i = 0; i < n; ++i) y[i] = c[i] + a[i] * b[i];
        break;
      case Action::mul_sub:
        for (std::size_t i = 0; i < n; ++i) y[i] = c[i] - a[i] * b[i];
        break;
      case Action::neg:
        for (std::size_t i = 0; i < n; ++i) y[i] = -a[i];
        break;
      case Action::plus:
        for (std::size_t i = 0; i < n; ++i) y[i] = a[i] + k;
        break;
      case Action::from:
        for (std::size_t i = 0; i < n; ++i) y[i] = k - a[i];
        break;
      case Action::times:
        for (std::size_t i = 0; i < n; ++i) y[i] = a[i] * k;
        break;
      case Action::over:
        for (std::size_t i = 0; i < n; ++i) y[i] = a[i] / k;
        break;
      case Action::under:
        for (std::size_t i = 0; i < n; ++i) y[i] = k / a[i];
        break;
      case Action::square:
        for (std::size_t i = 0; i < n; ++i) y[i] = a[i] * a[i];
        break;
      case Action::exp:
      case Action::log:
      case Action::sqrt:
      case Action::kernel:
        run_kernel(table.value[s.op][static_cast<std::size_t>(DType::float64)], s, block, lanes, {a, b, c},
                   reinterpret_cast<double*>(y));
        break;
    }
  }
}

namespace {

// The adjoints of one block's step: the result's, and where parts of it go.  Parts are added in the order of the
// arguments: of several that go to one place, it is the first that may be written there.
struct Parts {
  const Instruction& s;
  double* adjoints;
  std::size_t lanes;

  [[gnu::always_inline]] void add(std::size_t k, std::size_t i, Vector part) const {
    if (s.passive[k]) return;
    Vector& to = vectors(adjoints + s.to[k] * lanes)[i];
    const auto mask = static_cast<std::int64_t>(s.keeps[k]);
    to = reinterpret_cast<Vector>(reinterpret_cast<Bits>(to) & (Bits{} + mask)) + part;
  }
};

// A zero adjoint contributes exactly zero (K7).
[[gnu::always_inline]] inline Vector gated(Vector w, Vector part) {
  return reinterpret_cast<Vector>(reinterpret_cast<Bits>(part) & (w != 0.0));
}

// Which arguments, and whether the result, each pullback of the list looks at.
constexpr auto pullback_masks = []<class... Op>(OpList<Op...>) {
  const auto of = []<class O>(std::type_identity<O>) {
    std::array<unsigned, 3> masks{};
    [&]<std::size_t... K>(std::index_sequence<K...>) { ((masks[K] = reads<O, static_cast<int>(K)>), ...); }
    (std::make_index_sequence<static_cast<std::size_t>(O::arity)>{});
    return masks;
  };
  return std::array<std::array<unsigned, 3>, sizeof...(Op)>{of(std::type_identity<Op>{})...};
}(Elementwise{});

// Pullbacks that have no loop of their own.  The result's adjoint may be in the slot of an argument's: it is copied.
void pull_kernel(const KernelTable& table, const Instruction& s, const ReplayBlock& block, std::size_t lanes) {
  alignas(64) std::array<double, max_lanes> w;
  std::memcpy(w.data(), block.adjoints + s.adjoint * lanes, lanes * sizeof(double));
  for (std::size_t k = 0; k < s.arity; ++k) {
    if (s.passive[k]) continue;
    std::array<const void*, 4> in{w.data()};
    std::size_t used = 1;
    const unsigned mask = pullback_masks[s.op][k];
    for (std::size_t j = 0; j <= s.arity; ++j) {
      if ((mask >> j & 1U) == 0) continue;
      const std::uint32_t slot = j == s.arity ? s.out : s.in[j];
      in[used++] = block.values + slot * lanes;
    }
    run_kernel(table.pullback[s.op][k][static_cast<std::size_t>(DType::float64)], s, block, lanes, in, block.scratch);
    double* const to = block.adjoints + s.to[k] * lanes;
    for (std::size_t i = 0; i < lanes; ++i) to[i] = (s.keeps[k] != 0 ? to[i] : 0.0) + block.scratch[i];
  }
}

}  // namespace

GRADUS_EVERY_ISA void run_backward(const std::vector<Instruction>& steps, const ReplayBlock& block, std::size_t lanes) {
  const KernelTable& table = kernels();
  const std::size_t n = lanes / width;
  for (std::size_t j = steps.size(); j-- > 0;) {
    const Instruction& s = steps[j];
    if (s.adjoint == no_adjoint) continue;
    const Vector* const w = vectors(block.adjoints + s.adjoint * lanes);
    const Vector* const y = vectors(block.values + s.out * lanes);
    const Vector* const a = vectors(block.values + s.in[0] * lanes);
    const Vector* const b = vectors(block.values + s.in[1] * lanes);
    const double k = s.constant;
    const Parts to{s, block.adjoints, lanes};
    const auto each = [&](auto part) __attribute__((always_inline)) {
      for (std::size_t i = 0; i < n; ++i) part(i, w[i]);
    };
    switch (s.action) {
      case Action::add:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) {
          to.add(0, i, g);
          to.add(1, i, g);
        });
        break;
      case Action::sub:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) {
          to.add(0, i, g);
          to.add(1, i, -g);
        });
        break;
      case Action::mul:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) {
          const Vector to_a = gated(g, g * b[i]);
          const Vector to_b = gated(g, g * a[i]);
          to.add(0, i, to_a);
          to.add(1, i, to_b);
        });
        break;
      case Action::div:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) {
          const Vector to_a = gated(g, g / b[i]);
          to.add(0, i, to_a);
          to.add(1, i, gated(g, -(to_a * y[i])));
        });
        break;
      case Action::mul_add:
      case Action::mul_sub:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) {
          const Vector h = s.action == Action::mul_add ? g : -g;
          const Vector to_a = gated(h, h * b[i]);
          const Vector to_b = gated(h, h * a[i]);
          to.add(0, i, to_a);
          to.add(1, i, to_b);
          to.add(2, i, g);
        });
        break;
      case Action::neg:
      case Action::from:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) { to.add(0, i, -g); });
        break;
      case Action::plus:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) { to.add(0, i, g); });
        break;
      case Action::times:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) { to.add(0, i, gated(g, g * k)); });
        break;
      case Action::over:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) { to.add(0, i, gated(g, g / k)); });
        break;
      case Action::under:
        each([&](std::size_t i, Vector g)
                 __attribute__((always_inline)) { to.add(0, i, gated(g, -(g * (y[i] / a[i])))); });
        break;
      case Action::square:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) { to.add(0, i, gated(g, g * (2.0 * a[i]))); });
        break;
      case Action::exp:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) { to.add(0, i, gated(g, g * y[i])); });
        break;
      case Action::log:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) { to.add(0, i, gated(g, g / a[i])); });
        break;
      case Action::sqrt:
        each([&](std::size_t i, Vector g) __attribute__((always_inline)) { to.add(0, i, gated(g, g * (0.5 / y[i]))); });
        break;
      case Action::kernel:
        pull_kernel(table, s, block, lanes);
        break;
    }
  }
}

}  // namespace gradus::detail
