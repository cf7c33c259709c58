// The threads that large work is spread over: one pool for the whole process.
#pragma once
#include <cstdint>
#include <type_traits>

#include "export.h"

namespace gradus {

/// How many threads, the caller's included, may work on one large op; at least 1.  At first as many as the process may
/// run on, or what the environment variable GRADUS_THREADS says.  The results do not depend on it, to the last bit.
[[nodiscard]] GRADUS_API int num_threads() noexcept;
/// Throws ValueError unless count is at least 1.  Ops already under way keep the old count.
GRADUS_API void set_num_threads(int count);

namespace detail {

/// Calls work(context, i) for each i in [0, count), in any order, on this thread and those of the pool.  The first
/// exception is thrown again when all have ended.
GRADUS_API void run_parallel(std::int64_t count, void (*work)(void* context, std::int64_t i), void* context);

/// The same for a function object.  `count` chunks should be of equal work, about 50 µs each; within one of them the work
/// is not spread again.
template <class F>
void parallel_for(std::int64_t count, F&& f) {
  if (count == 1) {
    f(std::int64_t{0});
    return;
  }
  run_parallel(
      count, [](void* context, std::int64_t i) { (*static_cast<std::remove_reference_t<F>*>(context))(i); }, &f);
}

/// How many pieces of a length cover n.
[[nodiscard]] constexpr std::int64_t pieces(std::int64_t n, std::int64_t length) noexcept {
  return (n + length - 1) / length;
}

/// Calls f(begin, end) for ranges that cover [0, count), each of about 32,768 elements of work and a multiple of `step`
/// long, on several threads where there are several ranges.
template <class F>
void parallel_ranges(std::int64_t count, std::int64_t elements_each, std::int64_t step, F&& f) {
  constexpr std::int64_t chunk = 1 << 15;
  const std::int64_t wished = chunk / (elements_each > 0 ? elements_each : 1);
  const std::int64_t length = pieces(wished > step ? wished : step, step) * step;
  parallel_for(pieces(count, length), [&](std::int64_t i) {
    const std::int64_t begin = i * length;
    f(begin, count - begin < length ? count : begin + length);
  });
}

/// Calls f(i) for each i in [0, count).
template <class F>
void spread(std::int64_t count, std::int64_t elements_each, F&& f) {
  parallel_ranges(count, elements_each, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) f(i);
  });
}

}  // namespace detail

}  // namespace gradus
