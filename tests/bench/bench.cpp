// Measures one engine, or two in turn, and prints a table.  Built as bench_gradus, bench_torch and bench_compare:
// BENCH_GRADUS and BENCH_TORCH say which engines are linked in.
//
// The engines alternate sample by sample, so that whatever else the machine does hits both alike.  The best sample says
// what the work costs, the median what to expect; the spread is the distance between the quartiles.  The ratio is
// that of the best samples, which other work on the machine changes least.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <vector>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

#include "tasks.h"

namespace {

using bench::Run;
using bench::Task;
using bench::TaskInfo;

struct Engine {
  const char* name;
  Run (*make)(Task);
};

constexpr Engine engines[] = {
#if defined(BENCH_GRADUS)
    {"gradus", bench::gradus_task},
#endif
#if defined(BENCH_TORCH)
    {"libtorch", bench::torch_task},
#endif
};
constexpr bool compares = std::size(engines) == 2;

constexpr double sample_ns = 300e3;  // long enough for the clock, short enough to fit between two interruptions
constexpr double task_ns = 1.5e9;    // spent on each engine and task
constexpr int warm_up_runs = 50;

double clock_ns() {
  using std::chrono::steady_clock;
  return std::chrono::duration<double, std::nano>(steady_clock::now().time_since_epoch()).count();
}

/// The time of `runs` runs one after the other.
double time_ns(const Run& run, int runs) {
  const double start = clock_ns();
  for (int k = 0; k < runs; ++k) run();
  return clock_ns() - start;
}

struct Summary {
  double best;
  double median;
  double spread;  // between the quartiles, as a share of the median
};

Summary summarise(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double share) {
    return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
  };
  return {samples.front(), at(0.5), (at(0.75) - at(0.25)) / at(0.5)};
}

struct Contestant {
  Run run;
  int runs = 1;  // in each sample
  std::vector<double> samples;
};

/// Warms up and finds how many runs make a sample.  Returns what the last run said.
double prepare(Contestant& contestant, const Engine& engine, Task task) {
  contestant.run = engine.make(task);
  double result = 0.0;
  for (int k = 0; k < warm_up_runs; ++k) result = contestant.run();
  const double once = time_ns(contestant.run, 3) / 3;
  contestant.runs = std::max(1, static_cast<int>(sample_ns / once));
  return result;
}

/// One summary for each engine.  Throws when the engines disagree on the result: they would not be doing the same work.
std::vector<Summary> measure(const TaskInfo& task) {
  std::vector<Contestant> contestants(std::size(engines));
  std::vector<double> results;
  for (std::size_t k = 0; k < contestants.size(); ++k) {
    results.push_back(prepare(contestants[k], engines[k], task.task));
  }
  if (std::abs(results.front() - results.back()) > 1e-4 * std::abs(results.front())) {
    throw std::runtime_error(
        fmt::format("{}: the results differ: {} and {}", task.name, results.front(), results.back()));
  }
  for (double spent = 0.0; spent < task_ns * static_cast<double>(contestants.size());) {
    for (Contestant& c : contestants) {
      c.run();  // not timed: after the other's turn its memory has left the cache
      const double time = time_ns(c.run, c.runs);
      c.samples.push_back(time / c.runs / task.units);
      spent += time;
    }
  }
  std::vector<Summary> out;
  for (const Contestant& c : contestants) out.push_back(summarise(c.samples));
  return out;
}

void print_header() {
  fmt::print("{:<36}", "nanoseconds");
  for (const Engine& engine : engines) fmt::print("{:>10} best{:>8}{:>8}", engine.name, "median", "spread");
  if (compares) fmt::print("{:>8}", "ratio");
  fmt::print("{:>8}\n", "bar");
}

void print_row(const TaskInfo& task, const std::vector<Summary>& summaries) {
  fmt::print("{:<36}", task.name);
  for (const Summary& s : summaries) fmt::print("{:>15.0f}{:>8.0f}{:>6.0f} %", s.best, s.median, 100.0 * s.spread);
  if (compares) fmt::print("{:>8.3f}", summaries.front().best / summaries.back().best);
  fmt::print("{:>8.0f}\n", task.bar);
  std::fflush(stdout);
}

/// Reference counts cost more once a process has started a second thread, even one that has nothing to do.
void print_threads() {
#if __has_include(<sys/single_threaded.h>)
  fmt::print("\n{}\n", __libc_single_threaded != 0 ? "One thread: reference counts are plain numbers."
                                                   : "A library has started threads: reference counts are atomic.");
#endif
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view only = argc > 1 ? argv[1] : "";
  try {
    print_header();
    for (const TaskInfo& task : bench::tasks) {
      if (std::string_view(task.name).find(only) != std::string_view::npos) print_row(task, measure(task));
    }
    print_threads();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
