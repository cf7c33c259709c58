// Tells on stderr how far a long job is: a bar on a terminal, plain lines otherwise.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace gradus::command {

/// Every how many of `total` steps a plain line is printed: ten times in all, of few steps up to 19 times.
inline std::int64_t steps_between_lines(std::int64_t total) { return total < 20 ? 1 : total / 10; }

class Progress {
 public:
  explicit Progress(std::int64_t total);
  /// Step `done` (from 0) is over; `message` says how it went.
  void step(std::int64_t done, const std::string& message);
  /// Leaves the last state standing.
  void finish();

 private:
  std::int64_t total_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace gradus::command
