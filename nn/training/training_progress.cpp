#include "nn/training/training_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace gradus::nn {

namespace {

constexpr std::int64_t bar_width = 25;

std::string bar(std::int64_t done, std::int64_t all) {
  const std::int64_t filled = bar_width * done / std::max<std::int64_t>(all, 1);
  std::string text;
  for (std::int64_t k = 0; k < bar_width; ++k) text += k < filled ? "━" : "─";
  return text;
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::clamp(seconds, 0.0, 1e9)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

TrainingProgress::TrainingProgress(const ProgressOptions& options, std::int64_t first_epoch, std::int64_t epochs,
                                   std::int64_t steps_each)
    : options_(options), first_epoch_(first_epoch), epochs_(epochs), steps_each_(steps_each) {
  if (!options_.terminal) options_.terminal = isatty(STDERR_FILENO) != 0;
  if (!options_.write) {
    options_.write = [](std::string_view text) {
      std::fwrite(text.data(), 1, text.size(), stderr);
      std::fflush(stderr);
    };
  }
}

bool TrainingProgress::has_line(std::int64_t epoch) const {
  return options_.shown && (epoch == epochs_ || (epoch - 1) % std::max<std::int64_t>(options_.every, 1) == 0);
}

std::string TrainingProgress::epoch_of(std::int64_t epoch) const {
  return fmt::format("Epoch {:>{}}/{}", epoch, std::to_string(epochs_).size(), epochs_);
}

std::string TrainingProgress::time_left(std::int64_t epoch, std::int64_t done) const {
  const auto over = static_cast<double>((epoch - first_epoch_) * steps_each_ + done);
  const auto all = static_cast<double>((epochs_ - first_epoch_ + 1) * steps_each_);
  const std::chrono::duration<double> passed = Clock::now() - begin_;
  return duration_text(passed.count() / over * (all - over));
}

void TrainingProgress::step(std::int64_t epoch, std::int64_t done, const std::function<std::string()>& scores) {
  if (!options_.shown || !*options_.terminal) return;
  // A terminal cannot show more than some twenty pictures a second.
  const auto now = Clock::now();
  if (drawing_ && now - drawn_ < std::chrono::milliseconds(50)) return;
  drawing_ = true;
  drawn_ = now;
  options_.write(fmt::format("\r{} {} {}/{}  {}  {} left\x1b[K", epoch_of(epoch), bar(done, steps_each_), done,
                             steps_each_, scores(), time_left(epoch, done)));
}

void TrainingProgress::epoch(std::int64_t epoch, const std::string& scores) {
  if (!has_line(epoch)) return;
  const bool terminal = *options_.terminal;
  options_.write(fmt::format("{}{}  {}{}\n", terminal ? "\r" : "", epoch_of(epoch), scores, terminal ? "\x1b[K" : ""));
  drawing_ = false;
}

void TrainingProgress::say(std::string_view line) {
  if (!options_.shown) return;
  finish();
  options_.write(fmt::format("{}\n", line));
}

void TrainingProgress::finish() {
  if (drawing_) options_.write("\n");
  drawing_ = false;
}

}  // namespace gradus::nn
