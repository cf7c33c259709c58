// Gradients of scalar functions: Gradus' tape beside the packaged peers and the plain function.
#include <fmt/format.h>

#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "../measure.h"
#include "engine.h"
#include "tests/bench/scalar/bench_rows.h"

namespace {

using namespace bench::scalar;

constexpr Peer engines[] = {
    {"gradus", gradus_gradient},  {"plain double", double_gradient},
#if defined(BENCH_ADOLC)
    {"ADOL-C", adolc_gradient},
#endif
#if defined(BENCH_SACADO)
    {"Sacado", sacado_gradient},
#endif
#if defined(BENCH_STAN)
    {"Stan Math", stan_gradient},
#endif
#if defined(BENCH_EIGEN)
    {"Eigen", eigen_gradient},
#endif
};

struct Named {
  const char* name;
  Workload (*make)();
  std::optional<double> bar_ns = {};  // for one operation
};

Lstm lstm_with_own_functions() {
  Lstm out = Lstm::generate(2, 1024, 14);
  out.own_functions = true;
  return out;
}

constexpr Named workloads[] = {
    {"product of 1000", [] { return Workload(Product{}); }, 6.0},
    {"log-sum-exp of 1000", [] { return Workload(LogSumExp{}); }, 5.4},
    {"Rosenbrock, 1000 inputs", [] { return Workload(Rosenbrock{}); }, 2.6},
    {"Black-Scholes, one option", [] { return Workload(BlackScholes{}); }, 5.6},
    {"Black-Scholes, 10000 options", [] { return Workload(BlackScholesBook{}); }, 4.4},
    {"Black-Scholes, 10000, own normal cdf", [] { return Workload(BlackScholesBook{true}); }},
    {"10 layers of 32x32 tanh", [] { return Workload(TanhLayers{}); }, 3.5},
    {"Gaussian mixture, d=10 K=5 n=1000", [] { return Workload(Mixture::generate(10, 5, 1000)); }, 3.5},
    {"Gaussian mixture, d=32 K=25 n=1000", [] { return Workload(Mixture::generate(32, 25, 1000)); }, 3.5},
    {"LSTM, 2 layers, 1024 characters", [] { return Workload(Lstm::generate(2, 1024, 14)); }, 4.0},
    {"LSTM, own sigmoid", [] { return Workload(lstm_with_own_functions()); }},
    {"bundle adjustment, 5000 observations", [] { return Workload(Bundle::generate(21, 1000, 5000)); }},
    {"hand tracking, 100 points", [] { return Workload(Hand::generate(544, 100)); }},
};

/// Σ gᵢ wᵢ with weights between 1 and 2, and the value: a number that no two gradients share by accident.
double checksum(double value, std::span<const double> gradient) {
  double sum = value;
  for (std::size_t i = 0; i < gradient.size(); ++i) sum += gradient[i] * (1.0 + static_cast<double>(i % 97) / 97.0);
  return sum;
}

/// A contestant whose gradient was checked.
bench::Contestant contestant(const Peer& engine, const Workload& workload, bool is_plain) {
  bench::Contestant out;
  out.name = engine.name;
  out.same_result = !is_plain;
  out.make = [&engine, &workload, is_plain]() -> bench::Run {
    const Gradient gradient = engine.prepare(workload);
    std::vector<double> numbers(gradient_size(workload));
    const double value = gradient(numbers);
    if (is_plain) return [gradient] { return gradient({}); };
    check_gradient(workload, value, numbers);
    // The sum is made once: it is no part of the work.
    return [gradient, numbers, done = checksum(value, numbers)]() mutable {
      gradient(numbers);
      return done;
    };
  };
  return out;
}

void measure(bench::Report& report, const Named& named) {
  const std::string name = fmt::format("scalar/{}", named.name);
  if (!report.wants(name)) return;
  const Workload workload = named.make();
  const double operations = count_operations(workload);
  bench::Work work;
  work.name = name;
  work.units = operations;
  work.unit = "operation";
  work.bar_ns = named.bar_ns;
  work.tolerance = 1e-9;
  // What a tape cannot do without: to write the value of each operation and to read it again, and to read and write its
  // adjoint; one multiplication and one addition to it for each argument.
  work.needs = {.flops64 = 4.0 * operations, .bytes = 32.0 * operations};
  work.extra = {{"operations", operations}};
  for (const Peer& engine : engines) {
    const bool is_plain = engine.prepare == double_gradient;
    if (engine.prepare(workload)) work.contestants.push_back(contestant(engine, workload, is_plain));
  }
  report.measure(work);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report("Scalars: value and whole gradient, recorded anew, for one operation", argc, argv);
  try {
    add_memory_rows(report, engines);
    for (const Named& named : workloads) measure(report, named);
    add_forward_rows(report, engines);
    add_replay_rows(report);
    add_growth_rows(report);
  } catch (const std::exception& error) {
    report.fail(error.what());
  }
  return report.finish();
}
