// An engine as a program that does what it is told, line by line: "THREADS TASK", then "run TIMES" or "memory" as often
// as wanted.  BENCH_ENGINE is the function that sets a task up.
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <limits>
#include <string>

#include "tasks.h"

namespace {

/// A line of /proc/self/status in bytes: VmRSS, what is in use now; VmHWM, the most since it was last reset.
double status_bytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0.0;
    if (word == key + ":" && status >> kilobytes) return kilobytes * 1024.0;
    status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0.0;
}

void reset_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

void serve() {
  int threads = 0;
  std::string name;
  std::cin >> threads;
  std::getline(std::cin >> std::ws, name);
  const double before = status_bytes("VmRSS");
  const bench::Run run = bench::BENCH_ENGINE(bench::task_named(name), threads);
  std::puts("ready");
  std::fflush(stdout);
  for (std::string what; std::cin >> what;) {
    if (what == "memory") {
      run();
      reset_peak();
      for (int k = 0; k < 3; ++k) run();
      std::printf("%.0f\n", status_bytes("VmHWM") - before);
    } else {
      int times = 0;
      std::cin >> times;
      double result = 0.0;
      const auto start = std::chrono::steady_clock::now();
      for (int k = 0; k < times; ++k) result = run();
      const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
      std::printf("%.17g %.17g\n", time.count(), result);
    }
    std::fflush(stdout);
  }
}

}  // namespace

int main() {
  try {
    serve();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
