// Arrays and tensors: Gradus and libtorch, each in a process of its own.  The programs of the engines lie beside this one.
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "measure.h"
#include "tasks.h"
#include "worker.h"

namespace {

using bench::TaskInfo;

std::optional<double> given(double bar) { return bar > 0.0 ? std::optional(bar) : std::nullopt; }

class Engines {
 public:
  explicit Engines(const std::filesystem::path& folder)
      : gradus_((folder / "engine_gradus").string()), torch_((folder / "engine_torch").string()) {
    has_torch_ = std::filesystem::exists(torch_);
  }

  [[nodiscard]] std::vector<bench::Contestant> contestants(const TaskInfo& task, int threads) const {
    std::vector<bench::Contestant> out{bench::worker_contestant("gradus", gradus_, task.name, threads)};
    const double bar = threads == 1 ? task.bar : task.bar_of_two;
    if (has_torch_) out.push_back(bench::worker_contestant("libtorch", torch_, task.name, threads, given(bar)));
    // The idle threads of an engine spin for some milliseconds before they sleep, on the other one's processor.
    if (threads > 1) {
      for (bench::Contestant& each : out) {
        each.before = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
      }
    }
    return out;
  }

  void measure(bench::Report& report, const TaskInfo& task, int threads) const {
    report.measure({.name = task.name,
                    .threads = threads,
                    .units = task.units,
                    .bar_ns = threads == 1 ? given(task.bar_ns) : std::nullopt,
                    .needs = task.needs,
                    .contestants = contestants(task, threads)});
  }

  /// The peak memory of a step.
  void measure_memory(bench::Report& report, const TaskInfo& task, double bar) const {
    const std::string name = std::string(task.name) + ", peak memory";
    if (!report.wants(name)) return;
    const auto bytes = [&](const std::string& program) {
      bench::Worker worker(program, task.name, 1);
      const double peak = worker.peak_bytes();
      return bench::Summary{peak, peak, 0.0};
    };
    bench::Row row;
    row.work = name;
    row.quantity = "bytes";
    row.gradus = bytes(gradus_);
    if (has_torch_) {
      row.peer = "libtorch";
      row.other = bytes(torch_);
      row.bar = bar;
    }
    report.add(row);
  }

 private:
  std::string gradus_;
  std::string torch_;
  bool has_torch_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Report report("Arrays and tensors", argc, argv);
  const std::filesystem::path program(*argv);
  const Engines engines(program.parent_path());
  for (const TaskInfo& task : bench::tasks) engines.measure(report, task, 1);
  for (const TaskInfo& task : bench::tasks) {
    if (task.bar_of_two > 0.0) engines.measure(report, task, 2);
    if (task.task == bench::Task::square_mlp) engines.measure_memory(report, task, 1.2);
  }
  return report.finish();
}
