// Memory for arrays and graph records: a cache of free blocks for each thread, so that an allocation is three loads.
#pragma once
#include <cstddef>

#include "../base/export.h"

namespace gradus::pool {

/// At least `bytes` bytes, aligned to 16, and to 64 from 256 bytes on.  Throws std::bad_alloc.
[[nodiscard]] GRADUS_API void* allocate(std::size_t bytes);

/// Gives back what allocate(bytes) returned, from any thread.
GRADUS_API void release(void* block, std::size_t bytes) noexcept;

/// Returns every free block that this thread holds to the system.
GRADUS_API void trim() noexcept;

/// Bytes of free blocks that this thread holds.
[[nodiscard]] GRADUS_API std::size_t cached_bytes() noexcept;

}  // namespace gradus::pool
