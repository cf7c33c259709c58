// How the memory and the time of a tape grow with the number of operations.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <optional>
#include <span>
#include <string>

#include "engine.h"
#include "tests/bench/scalar/bench_rows.h"

namespace bench::scalar {

namespace {

/// A line of /proc in kB, as bytes: 0 where there is none.
double proc_bytes(const char* file, const std::string& key) {
  std::ifstream in(file);
  std::string word;
  while (in >> word) {
    if (word != key + ":") continue;
    double kilobytes = 0.0;
    in >> kilobytes;
    return kilobytes * 1024.0;
  }
  return 0.0;
}

constexpr double operations_per_step = 4.0;

Workload chain(double operations) {
  Chain out;
  out.steps = static_cast<std::size_t>(operations / operations_per_step);
  return out;
}

/// What a gradient takes at its peak, in a process of its own: nothing was allocated before, nothing stays.
std::optional<double> peak_bytes(const Peer& engine, const Workload& workload) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return std::nullopt;
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return std::nullopt;
  if (child == 0) {
    std::vector<double> gradient(gradient_size(workload));
    const double before = proc_bytes("/proc/self/status", "VmRSS");
    engine.prepare(workload)(gradient);
    const double taken = proc_bytes("/proc/self/status", "VmHWM") - before;
    const bool sent = write(ends[1], &taken, sizeof(taken)) == sizeof(taken);
    _exit(sent ? 0 : 1);
  }
  close(ends[1]);
  double taken = 0.0;
  const bool received = read(ends[0], &taken, sizeof(taken)) == sizeof(taken);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!received || taken <= 0.0) return std::nullopt;
  return taken;
}

}  // namespace

void add_memory_rows(Report& report, std::span<const Peer> engines) {
  constexpr double operations = 1e7;
  const std::string name = "scalar/bytes per operation";
  if (!report.wants(name)) return;
  const Workload workload = chain(operations);
  Row row;
  row.work = name;
  row.unit = "operation";
  row.quantity = "bytes";
  for (const Peer& engine : engines) {
    if (engine.prepare == double_gradient || !engine.prepare(workload)) continue;
    const std::optional<double> bytes = peak_bytes(engine, workload);
    if (!bytes) {
      report.fail(fmt::format("{}: {}: could not be measured", name, engine.name));
      continue;
    }
    const Summary summary{*bytes / operations, *bytes / operations, 0.0};
    if (engine.prepare == gradus_gradient) {
      row.gradus = summary;
    } else {
      row.peer = engine.name;
      row.other = summary;
      report.add(row);
    }
  }
  if (row.peer.empty()) report.add(row);
}

void add_growth_rows(Report& report) {
  constexpr double bytes_at_most = 100.0;  // for one operation, with everything
  std::optional<Row> first;
  for (int power = 3; power <= 8; ++power) {
    const double operations = std::pow(10.0, power);
    Work work;
    work.name = fmt::format("scalar/chain of 10^{} operations", power);
    if (!report.wants(work.name)) continue;
    const double available = proc_bytes("/proc/meminfo", "MemAvailable");
    if (available > 0.0 && available < bytes_at_most * operations) {
      report.fail(fmt::format("{}: needs up to {:.0f} GB of memory", work.name, bytes_at_most * operations / 1e9));
      continue;
    }
    const Workload workload = chain(operations);
    work.units = operations;
    work.unit = "operation";
    work.needs = {.flops64 = 4.0 * operations, .bytes = 32.0 * operations};
    work.contestants = {{"gradus", [&workload]() -> Run {
                           return [gradient = gradus_gradient(workload), out = std::vector<double>(3)]() mutable {
                             return gradient(out);
                           };
                         }}};
    const std::vector<Row> rows = report.measure(work);
    if (rows.empty()) continue;
    if (!first) {
      first = rows.front();
    } else if (power == 8) {
      Row growth = rows.front();
      growth.work = "scalar/growth, 10^8 against the fewest";
      growth.peer = "gradus, fewest";
      growth.other = first->gradus;
      report.add(growth);
    }
  }
}

}  // namespace bench::scalar
