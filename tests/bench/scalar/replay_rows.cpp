// A recorded tape run over many points at once.
#include <autograd/autograd.h>
#include <fmt/format.h>

#include "gradus_engine.h"
#include "tests/bench/scalar/bench_rows.h"

#if __has_include(<autograd/scalar/replay.h>)
#include <autograd/scalar/replay.h>
#define BENCH_HAS_REPLAY
#endif

namespace bench::scalar {

#if defined(BENCH_HAS_REPLAY)
namespace {

/// Inputs of many points around those of a workload: of input k and point i at [k * points + i].
std::vector<double> around(std::span<const double> x, std::size_t points) {
  Random random(9);
  std::vector<double> out;
  out.reserve(x.size() * points);
  for (const double value : x) {
    for (std::size_t i = 0; i < points; ++i) out.push_back(value * random.uniform(0.95, 1.05));
  }
  return out;
}

template <class F>
struct Points {
  const F& f;
  std::size_t points;
  std::vector<double> inputs = around(f.inputs, points);
  std::vector<double> values = std::vector<double>(points);
  std::vector<double> gradients = std::vector<double>(f.inputs.size() * points);

  [[nodiscard]] std::vector<double> point(std::size_t i) const {
    std::vector<double> out;
    for (std::size_t k = 0; k < f.inputs.size(); ++k) out.push_back(inputs[k * points + i]);
    return out;
  }
  [[nodiscard]] double sum() const {
    double out = 0.0;
    for (const double value : values) out += value;
    return out;
  }
};

template <class F>
gradus::Replay recorded_once(const F& f) {
  const Recorded recorded = record(f.inputs);
  return {recorded.tape, recorded.inputs(), f(recorded.inputs())};
}

/// Throws unless each gradient is the eager one, to 1e-12 of the largest number in it.
template <class F>
void compare_with_eager(const Points<F>& p) {
  std::vector<double> eager(p.f.inputs.size());
  for (std::size_t i = 0; i < p.points; ++i) {
    const Recorded recorded = record(p.point(i));
    write_gradient(recorded.tape, p.f(recorded.inputs()), recorded.inputs(), eager);
    double largest = 0.0;
    for (const double g : eager) largest = std::max(largest, std::abs(g));
    for (std::size_t k = 0; k < eager.size(); ++k) {
      if (!(std::abs(p.gradients[k * p.points + i] - eager[k]) <= 1e-12 * largest)) {
        throw std::runtime_error(fmt::format("replayed, the slope by input {} at point {} is {:.17g}; eager, {:.17g}",
                                             k, i, p.gradients[k * p.points + i], eager[k]));
      }
    }
  }
}

template <class F>
Run replay_run(Points<F>& p) {
  auto replay = std::make_shared<gradus::Replay>(recorded_once(p.f));
  const auto run = [replay, &p] {
    replay->gradients(static_cast<std::int64_t>(p.points), p.inputs, p.values, p.gradients);
    return p.sum();
  };
  run();
  compare_with_eager(p);
  return run;
}

/// Each point recorded anew.
template <class F>
Run eager_run(const Points<F>& p) {
  std::vector<std::vector<double>> inputs;
  for (std::size_t i = 0; i < p.points; ++i) inputs.push_back(p.point(i));
  return [&p, inputs, gradient = std::vector<double>(p.f.inputs.size())]() mutable {
    double sum = 0.0;
    for (const std::vector<double>& x : inputs) {
      const Recorded recorded = record(x);
      const gradus::Scalar y = p.f(recorded.inputs());
      write_gradient(recorded.tape, y, recorded.inputs(), gradient);
      sum += y.value();
    }
    return sum;
  };
}

template <class F>
Run plain_run(const Points<F>& p) {
  std::vector<std::vector<double>> inputs;
  for (std::size_t i = 0; i < p.points; ++i) inputs.push_back(p.point(i));
  return [&p, inputs] {
    double sum = 0.0;
    for (const std::vector<double>& x : inputs) sum += p.f(std::span<const double>(x));
    return sum;
  };
}

template <class F>
void add_replay(Report& report, const std::string& what, std::size_t points, double bar_ns) {
  Work work;
  work.name = fmt::format("replay/{}, {} points", what, points);
  if (!report.wants(work.name)) return;
  const F f;
  Points<F> p{f, points};
  const double operations = count_operations(f) * static_cast<double>(points);
  work.units = operations;
  work.unit = "operation and point";
  work.bar_ns = bar_ns;
  work.tolerance = 1e-9;
  work.needs = {.flops64 = 4.0 * operations,
                .bytes = 16.0 * static_cast<double>(p.inputs.size()),
                .working_set = 16.0 * static_cast<double>(p.inputs.size())};
  work.extra = {{"operations", operations}};
  work.contestants = {{"gradus", [&p] { return replay_run(p); }},
                      {"gradus, recorded anew", [&p] { return eager_run(p); }},
                      {"plain double", [&p] { return plain_run(p); }}};
  report.measure(work);
}

}  // namespace

void add_replay_rows(Report& report) {
  add_replay<BlackScholes>(report, "Black-Scholes", 1024, 1.2);
  add_replay<Rosenbrock>(report, "Rosenbrock", 64, 0.7);
  add_replay<TanhLayers>(report, "10 layers of tanh", 64, 1.4);
}
#else
void add_replay_rows(Report&) {}
#endif

}  // namespace bench::scalar
