#include "measure.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace bench {

namespace {

constexpr double sample_ns = 300e3;  // long enough for the clock, short enough to fit between two interruptions
constexpr double warm_up_ns = 20e6;
constexpr double wake_up_ns = 3e6;  // of work after a rest
constexpr std::size_t least_samples = 3;

Timed timed(Run run) {
  return [run = std::move(run)](int times) {
    Sample out;
    const double start = clock_ns();
    for (int k = 0; k < times; ++k) out.result = run();
    out.ns = clock_ns() - start;
    return out;
  };
}

Summary summarise(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double share) {
    return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
  };
  return {samples.front(), at(0.5), (at(0.75) - at(0.25)) / at(0.5)};
}

struct Running {
  const Contestant* contestant;
  Timed run;
  int runs = 1;  // in each sample
  int wake_up_runs = 1;
  double result = 0.0;
  double spent = 0.0;
  std::vector<double> samples = {};
};

/// Warms up and finds how many runs make a sample.
Running prepare(const Contestant& contestant, double units) {
  Running out{&contestant, contestant.make_timed ? contestant.make_timed() : timed(contestant.make())};
  if (contestant.before) contestant.before();
  out.result = out.run(1).result;
  const double start = clock_ns();
  double once = out.run(1).ns;
  while (clock_ns() - start < warm_up_ns) once = std::min(once, out.run(1).ns);
  out.runs = std::max(1, static_cast<int>(sample_ns / once));
  out.wake_up_runs = std::max(1, static_cast<int>(wake_up_ns / once));
  // A run this long is a sample by itself: no use in throwing it away.
  if (once > warm_up_ns) {
    out.samples.push_back(once / units);
    out.spent = once;
  }
  return out;
}

void take_sample(Running& r, double units) {
  if (r.contestant->before) r.contestant->before();
  // Not timed: after the others' turn its memory has left the cache, and its threads may be asleep.  Long runs fetch the
  // memory themselves.
  if (r.contestant->before) {
    r.run(r.wake_up_runs);
  } else if (r.runs > 1) {
    r.run(1);
  }
  const double time = r.run(r.runs).ns;
  r.spent += time;
  r.samples.push_back(time / r.runs / units);
}

/// Measures all in turn until each has had its time.
void alternate(std::vector<Running>& running, double units, double seconds) {
  for (bool all_done = false; !std::exchange(all_done, true);) {
    for (Running& r : running) {
      if (r.samples.size() >= least_samples && r.spent >= seconds * 1e9) continue;
      take_sample(r, units);
      all_done = false;
    }
  }
}

std::string number(std::optional<double> value) {
  if (!value) return "-";
  const double size = std::abs(*value);
  return size < 10.0     ? fmt::format("{:.2f}", *value)
         : size < 1000.0 ? fmt::format("{:.1f}", *value)
                         : fmt::format("{:.0f}", *value);
}

std::string percent(const std::optional<Summary>& s) { return s ? fmt::format("{:.0f} %", 100.0 * s->spread) : "-"; }

void print_header(const std::string& title) {
  fmt::print("{}, in nanoseconds\n{:<44}{:>4}{:>12}{:>8}  {:<21}{:>12}{:>8}{:>8}{:>8}{:>9}{:>10}  {}\n", title, "work",
             "thr", "gradus", "spread", "peer", "its time", "spread", "ratio", "bar", "bar ns", "floor", "met");
}

void print_row(const Row& row) {
  const auto best = [](const std::optional<Summary>& s) { return s ? std::optional(s->best) : std::nullopt; };
  const std::optional<bool> met = row.met();
  fmt::print("{:<44}{:>4}{:>12}{:>8}  {:<21}{:>12}{:>8}{:>8}{:>8}{:>9}{:>10}  {}\n", row.work, row.threads,
             number(best(row.gradus)), percent(row.gradus), row.peer.empty() ? "-" : row.peer, number(best(row.other)),
             percent(row.other), number(row.ratio()), number(row.bar), number(row.bar_ns), number(row.floor_ns),
             !met   ? ""
             : *met ? "yes"
                    : "no");
  std::fflush(stdout);
}

using Json = nlohmann::ordered_json;

Json to_json(const Row& row) {
  const auto optional = [](std::optional<double> value) { return value ? Json(*value) : Json(nullptr); };
  Json out;
  out["work"] = row.work;
  out["threads"] = row.threads;
  const bool is_time = row.quantity == "ns";
  out["gradus_ns"] = row.gradus && is_time ? Json(row.gradus->best) : Json(nullptr);
  out["peer"] = row.peer.empty() ? Json(nullptr) : Json(row.peer);
  out["peer_ns"] = row.other && is_time ? Json(row.other->best) : Json(nullptr);
  out["ratio"] = optional(row.ratio());
  out["bar"] = optional(row.bar);
  out["floor_ns"] = optional(row.floor_ns);
  if (row.bar_ns) out["bar_ns"] = *row.bar_ns;
  out["unit"] = row.unit;
  if (row.gradus) {
    out["median"] = row.gradus->median;
    out["spread"] = row.gradus->spread;
  }
  if (row.other) {
    out["peer_median"] = row.other->median;
    out["peer_spread"] = row.other->spread;
  }
  if (!is_time && row.gradus) out["gradus_" + row.quantity] = row.gradus->best;
  if (!is_time && row.other) out["peer_" + row.quantity] = row.other->best;
  for (const auto& [key, value] : row.extra) out[key] = value;
  return out;
}

/// Through a temporary file beside it: a reader never finds half of the rows.
void write_json(const std::vector<Row>& rows, const std::string& file) {
  Json out = Json::array();
  for (const Row& row : rows) out.push_back(to_json(row));
  const std::string temporary = file + ".part";
  std::ofstream stream(temporary);
  stream << out.dump(1) << '\n';
  stream.close();
  if (!stream) throw std::runtime_error(fmt::format("cannot write {}", temporary));
  std::filesystem::rename(temporary, file);
}

}  // namespace

std::optional<double> Row::ratio() const {
  if (!gradus || !other) return std::nullopt;
  return gradus->best / other->best;
}

std::optional<bool> Row::met() const {
  std::optional<bool> out;
  if (const auto r = ratio(); r && bar) out = *r <= *bar;
  if (gradus && bar_ns) out = out.value_or(true) && gradus->best <= *bar_ns;
  return out;
}

struct Report::State {
  std::string title;
  std::string only;
  std::string json;
  double seconds = 0.5;
  bool list = false;
  bool printed_header = false;
  bool used_floor = false;
  std::vector<Row> rows = {};
  int failures = 0;
};

Report::Report(const std::string& title, int argc, const char* const* argv) : state_(std::make_unique<State>()) {
  state_->title = title;
  CLI::App app(title);
  app.add_option("--only", state_->only, "only works whose name contains this, or matches it when it has a * or a ?");
  app.add_option("--json", state_->json, "a file for the rows");
  app.add_option("--seconds", state_->seconds, "to spend on each contestant of a work")->capture_default_str();
  app.add_flag("--list", state_->list, "print the names of the works");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == 0 ? 0 : 2);
  }
}

Report::~Report() = default;

bool Report::wants(const std::string& work) {
  const std::string& only = state_->only;
  const bool glob = only.find_first_of("*?") != std::string::npos;
  const bool wanted =
      glob ? fnmatch(only.c_str(), work.c_str(), 0) == 0 : only.empty() || work.find(only) != std::string::npos;
  if (wanted && state_->list) fmt::print("{}\n", work);
  return wanted && !state_->list;
}

std::vector<Row> Report::measure(const Work& work) {
  if (!wants(work.name)) return {};
  std::vector<Running> running;
  for (const Contestant& contestant : work.contestants) {
    try {
      Running next = prepare(contestant, work.units);
      const double due = running.empty() ? next.result : running.front().result;
      const bool agrees = std::abs(next.result - due) <= work.tolerance * std::abs(due);  // false for NaN
      if (contestant.same_result && !agrees) {
        throw std::runtime_error(
            fmt::format("the result is {} where {} has {}", next.result, work.contestants.front().name, due));
      }
      running.push_back(std::move(next));
    } catch (const std::exception& error) {
      fail(fmt::format("{}: {}: {}", work.name, contestant.name, error.what()));
      if (running.empty()) return {};
    }
  }
  alternate(running, work.units, state_->seconds);

  std::optional<double> floor = work.floor_ns;
  const Needs& n = work.needs;
  if (!floor && n.flops32 + n.flops64 + n.bytes > 0.0) {
    floor = floor_ns(n, work.threads) / work.units;
    state_->used_floor = true;
  }
  Row row;
  row.work = work.name;
  row.threads = work.threads;
  row.unit = work.unit;
  row.gradus = summarise(running.front().samples);
  row.bar_ns = work.bar_ns;
  row.floor_ns = floor;
  row.extra = work.extra;
  std::vector<Row> rows;
  if (running.size() == 1) rows.push_back(row);
  for (std::size_t k = 1; k < running.size(); ++k) {
    row.peer = running[k].contestant->name;
    row.other = summarise(running[k].samples);
    row.bar = running[k].contestant->bar;
    rows.push_back(row);
  }
  for (const Row& each : rows) add(each);
  return rows;
}

void Report::add(const Row& row) {
  if (!std::exchange(state_->printed_header, true)) print_header(state_->title);
  print_row(row);
  state_->rows.push_back(row);
}

void Report::fail(const std::string& message) {
  std::fflush(stdout);
  fmt::print(stderr, "{}\n", message);
  ++state_->failures;
}

int Report::finish() {
  if (state_->used_floor) {
    fmt::print("\nFloors: one core does {:.0f} GFLOP/s in float32, {:.0f} in float64", peak_flops32(), peak_flops64());
    const Bandwidth& rate = copy_bandwidth(1);
    fmt::print("; it copies {:.0f} GB/s in L1, {:.0f} in L2, {:.0f} in L3, {:.0f} in memory.\n", rate.level1,
               rate.level2, rate.level3, rate.memory);
  }
  if (!state_->json.empty()) {
    try {
      write_json(state_->rows, state_->json);
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }
  return state_->failures == 0 ? 0 : 1;
}

}  // namespace bench
