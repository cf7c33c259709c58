// The threads that large work is spread over: one pool for the whole process.
#pragma once
#include <cstdint>
#include <type_traits>

#include "autograd/base/export.h"

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

}  // namespace detail

}  // namespace gradus
