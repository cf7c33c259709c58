#include "autograd/base/parallel.h"

#include <fmt/format.h>
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/per_thread.h"

namespace gradus {

namespace {

int first_count() {
  const char* variable = std::getenv("GRADUS_THREADS");
  if (variable == nullptr) return oneapi::tbb::info::default_concurrency();
  const std::string_view text(variable);
  int count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem == std::errc() && end == text.data() + text.size() && count >= 1) return count;
  return oneapi::tbb::info::default_concurrency();
}

std::atomic<int>& thread_count() {
  static std::atomic<int> count{first_count()};
  return count;
}

// The threads of a count.  Made when work is first spread: until then the process has one thread, and reference counts
// are plain numbers.
struct Arena {
  explicit Arena(int threads)
      : count(threads),
        allowed(oneapi::tbb::global_control::max_allowed_parallelism,
                static_cast<std::size_t>(std::max(threads, oneapi::tbb::info::default_concurrency()))),
        arena(threads) {}
  int count;
  oneapi::tbb::global_control allowed;  // more threads than processors are no mistake, if asked for
  oneapi::tbb::task_arena arena;
};

std::shared_ptr<Arena> arena_of(int threads) {
  static std::mutex lock;
  static std::shared_ptr<Arena> current;
  const std::lock_guard guard(lock);
  if (current == nullptr || current->count != threads) current = std::make_shared<Arena>(threads);
  return current;
}

// The threads of a pool do not survive a fork: the child does everything alone.
std::atomic<bool> forked{false};
void watch_forks() {
  static const int registered = pthread_atfork(nullptr, nullptr, [] { forked.store(true, std::memory_order_relaxed); });
  static_cast<void>(registered);
}

constexpr detail::PerThread<bool> inside;  // a chunk: its work is not spread again

struct Inside {
  bool& here = inside();
  bool before = std::exchange(here, true);
  Inside() = default;
  ~Inside() { here = before; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
};

}  // namespace

int num_threads() noexcept { return thread_count().load(std::memory_order_relaxed); }

void set_num_threads(int count) {
  if (count < 1) throw ValueError(fmt::format("[set_num_threads] at least 1 is needed: {}", count));
  thread_count().store(count, std::memory_order_relaxed);
}

void detail::run_parallel(std::int64_t count, void (*work)(void* context, std::int64_t i), void* context) {
  const int threads = num_threads();
  if (threads == 1 || inside() || count <= 1 || forked.load(std::memory_order_relaxed)) {
    for (std::int64_t i = 0; i < count; ++i) work(context, i);
    return;
  }
  watch_forks();
  using oneapi::tbb::blocked_range;
  arena_of(threads)->arena.execute([&] {
    oneapi::tbb::parallel_for(
        blocked_range<std::int64_t>(0, count, 1),
        [&](const blocked_range<std::int64_t>& range) {
          const Inside guard;
          for (std::int64_t i = range.begin(); i < range.end(); ++i) work(context, i);
        },
        oneapi::tbb::simple_partitioner{});
  });
}

}  // namespace gradus
