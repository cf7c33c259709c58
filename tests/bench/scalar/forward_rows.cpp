// Forward mode of fixed width: faster than any tape where there are few inputs.
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "gradus_engine.h"
#include "tests/bench/scalar/bench_rows.h"

#if __has_include(<autograd/scalar/forward.h>)
#include <autograd/scalar/scalar_forward.h>
#define BENCH_HAS_FORWARD
#endif

namespace bench::scalar {

#if defined(BENCH_HAS_FORWARD)
namespace {

constexpr std::size_t width = BlackScholes::fixed_inputs;

auto forward(const BlackScholes& f, const std::array<double, width>& x) {
  const auto on_array = [&f]<class T>(const std::array<T, width>& inputs) { return f(std::span<const T>(inputs)); };
  return gradus::gradient_forward(on_array, x);
}

/// Its gradient is checked first.
Run forward_run(const BlackScholes& f) {
  std::array<double, width> x{};
  std::copy(f.inputs.begin(), f.inputs.end(), x.begin());
  const auto first = forward(f, x);
  check_gradient(f, first.value, first.gradient);
  return [&f, x, sum = 0.0]() mutable {
    const auto result = forward(f, x);
    for (const double slope : result.gradient) sum += slope;
    asm volatile("" : : "r"(&sum) : "memory");  // so that no slope is left out
    return result.value;
  };
}

Run run_of(const Peer& engine, const Workload& workload) {
  return [gradient = engine.prepare(workload), out = std::vector<double>(width)]() mutable { return gradient(out); };
}

}  // namespace

void add_forward_rows(Report& report, std::span<const Peer> engines) {
  Work work;
  work.name = "forward/Black-Scholes, one option";
  if (!report.wants(work.name)) return;
  const BlackScholes f;
  const Workload workload = f;
  const double operations = count_operations(workload);
  work.unit = "gradient";
  work.bar_ns = 67.0;
  work.tolerance = 1e-9;
  work.needs = {.flops64 = operations * (1.0 + 2.0 * width)};  // each operation, and its slope in each direction
  work.extra = {{"operations", operations}};
  work.contestants = {{"gradus", [&f] { return forward_run(f); }}};
  for (const Peer& engine : engines) {
    if (!engine.prepare(workload)) continue;
    const char* name = engine.prepare == gradus_gradient ? "gradus, by tape" : engine.name;
    work.contestants.push_back({name, [&engine, &workload] { return run_of(engine, workload); }});
  }
  report.measure(work);
}
#else
void add_forward_rows(Report&, std::span<const Peer>) {}
#endif

}  // namespace bench::scalar
