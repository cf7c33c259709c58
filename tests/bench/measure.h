// The harness of every benchmark: contestants measured in turn, held to the same result, reported as rows.
//
//   bench::Report report("arrays", argc, argv);
//   report.measure({.name = "sum", .bar_ns = 90, .needs = {.bytes = 4e6},
//                   .contestants = {{"gradus", [] { return gradus_task(Task::sum); }},
//                                   {"libtorch", [] { return torch_task(Task::sum); }, 0.9}}});
//   return report.finish();
//
// Contestants alternate sample by sample, so that whatever else the machine does hits all alike.  The best sample says
// what the work costs, the median what to expect; the spread is the distance between the quartiles, as a share of the
// median.  A ratio is that of best samples, which other work on the machine changes least: Gradus over the peer.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "machine.h"

namespace bench {

/// Does the work once, everything included.  Returns a number that shows it was done right.
using Run = std::function<double()>;

/// The work done a number of times in a row: how long all of it took, and what the last run returned.
struct Sample {
  double ns = 0.0;
  double result = 0.0;
};
using Timed = std::function<Sample(int times)>;

struct Contestant {
  std::string name;
  std::function<Run()> make;       // sets the work up, the engine's number of threads included; called just before
  std::optional<double> bar = {};  // the ratio asked of Gradus against this one
  bool same_result = true;         // false: does something else, such as the value without the gradient
  std::function<void()> before =
      {};  // called, not timed, before each sample: for what contestants take from each other
  std::function<Timed()> make_timed = {};  // instead of `make`, for one that measures itself (worker.h)
};

struct Work {
  std::string name;
  int threads = 1;
  double units = 1.0;  // of the work in one run: all times are given for one of them
  std::string unit = "run";
  std::optional<double> bar_ns = {};    // the nanoseconds asked of Gradus, for one unit
  double tolerance = 1e-4;              // relative, on what the runs return
  Needs needs = {};                     // of one run
  std::optional<double> floor_ns = {};  // for one unit, where it is known otherwise than from `needs`
  std::vector<std::pair<std::string, double>> extra = {};  // more keys of the JSON
  std::vector<Contestant> contestants;                     // the first is Gradus
};

/// Times of one unit, in nanoseconds.
struct Summary {
  double best = 0.0;
  double median = 0.0;
  double spread = 0.0;
};

/// Gradus against one peer, or against none.  A row of the table and of the JSON.
struct Row {
  std::string work;
  int threads = 1;
  std::string unit = "run";
  std::string quantity = "ns";  // or bytes: the keys of the JSON end in it
  std::optional<Summary> gradus = {};
  std::string peer = {};  // empty: none
  std::optional<Summary> other = {};
  std::optional<double> bar = {};
  std::optional<double> bar_ns = {};
  std::optional<double> floor_ns = {};
  std::vector<std::pair<std::string, double>> extra = {};  // more keys of the JSON

  [[nodiscard]] std::optional<double> ratio() const;
  /// Whether the bars hold; nothing when there are none.
  [[nodiscard]] std::optional<bool> met() const;
};

/// Measures, prints each row as it comes, and writes them all at the end.
class Report {
 public:
  /// The program's command line:
  ///   --only PATTERN   only works whose name contains PATTERN, or matches it when it has a * or a ?
  ///   --json FILE      the rows as JSON; FILE is there only when everything was done
  ///   --seconds S      to spend on each contestant of a work
  ///   --list           the names of the works, measuring nothing
  /// Ends the program on --help and on arguments that are none of these.
  Report(const std::string& title, int argc, const char* const* argv);
  ~Report();
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  /// Whether a work was asked for; with --list, prints its name and says no.  For work to prepare only when needed.
  bool wants(const std::string& work);
  /// Does nothing when the work is not wanted.  A result that differs from the first contestant's, or an exception, is
  /// reported, gives no row, and makes the program fail.  Returns the rows.
  std::vector<Row> measure(const Work& work);
  /// A row that was measured otherwise.
  void add(const Row& row);
  /// Something failed: it is printed, and the program will fail.
  void fail(const std::string& message);
  /// Prints what the floors stand on, writes the JSON.  Returns the program's exit code.
  int finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same task of several engines.  `make` of each takes the task and the number of threads.
template <class Task>
struct Engine {
  const char* name;
  Run (*make)(Task task, int threads);
};

/// Contestants for a task, one for each engine; `bar` is asked against every peer.
template <class Task, class Engines>
std::vector<Contestant> contestants(const Engines& engines, Task task, int threads, std::optional<double> bar = {}) {
  std::vector<Contestant> out;
  for (const Engine<Task>& engine : engines) {
    out.push_back({engine.name, [make = engine.make, task, threads] { return make(task, threads); },
                   out.empty() ? std::nullopt : bar});
  }
  return out;
}

}  // namespace bench
