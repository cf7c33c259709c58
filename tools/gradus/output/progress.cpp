#include "tools/gradus/output/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tools/gradus/output/messages.h"

namespace gradus::command {

namespace {

constexpr int bar_width = 30;

bool colour_allowed() { return std::getenv("NO_COLOR") == nullptr; }

}  // namespace

Progress::Progress(std::int64_t total)
    : total_(std::max<std::int64_t>(total, 1)), terminal_(isatty(STDERR_FILENO) != 0) {}

void Progress::step(std::int64_t done, const std::string& message) {
  const bool last = done + 1 >= total_;
  if (!terminal_) {
    if (done % steps_between_lines(total_) == 0 || last) write_message(fmt::format("{}\n", message));
    return;
  }
  // A terminal cannot show more than some twenty pictures a second.
  const auto now = std::chrono::steady_clock::now();
  if (!last && drawn_ && now - last_ < std::chrono::milliseconds(50)) return;
  last_ = now;
  drawn_ = true;
  const auto filled = static_cast<int>(bar_width * (done + 1) / total_);
  std::string bar;
  for (int k = 0; k < bar_width; ++k) bar += k < filled ? "█" : "░";
  const bool colour = colour_allowed();
  write_message(fmt::format("\r{}{}{} {}\x1b[K", colour ? "\x1b[36m" : "", bar, colour ? "\x1b[0m" : "", message));
  std::fflush(stderr);
}

void Progress::finish() {
  if (terminal_ && drawn_) write_message("\n");
}

}  // namespace gradus::command
