// How a training tells how far it is: a line for each epoch, which on a terminal is drawn anew as the epoch goes on.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "../../autograd/base/export.h"

namespace gradus::nn {

struct ProgressOptions {
  bool shown = true;
  std::int64_t every = 1;                            // epochs from one line to the next; the last has one too
  std::optional<bool> terminal = std::nullopt;       // none: whether standard error is one
  std::function<void(std::string_view)> write = {};  // empty: to standard error
};

/// The lines of a training.
class GRADUS_API TrainingProgress {
 public:
  TrainingProgress(const ProgressOptions& options, std::int64_t first_epoch, std::int64_t epochs,
                   std::int64_t steps_each);
  /// Step `done` of the epoch's, from 1, is over; `scores` is what is said behind the bar.
  void step(std::int64_t epoch, std::int64_t done, const std::function<std::string()>& scores);
  /// An epoch is over: its line stands.
  void epoch(std::int64_t epoch, const std::string& scores);
  /// A line of its own.
  void say(std::string_view line);
  /// Ends a line that is being drawn.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] bool has_line(std::int64_t epoch) const;
  [[nodiscard]] std::string time_left(std::int64_t epoch, std::int64_t done) const;
  [[nodiscard]] std::string epoch_of(std::int64_t epoch) const;

  ProgressOptions options_;
  std::int64_t first_epoch_;
  std::int64_t epochs_;
  std::int64_t steps_each_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point drawn_{};
  bool drawing_ = false;
};

/// "47 s", "3 min 20 s", "2 h 5 min": what is left of a wait.
[[nodiscard]] GRADUS_API std::string duration_text(double seconds);

}  // namespace gradus::nn
