// The cache behind pool.h, for the files that allocate most: an allocation of a size known to the compiler is three loads.
// Inside the library only.
#pragma once
#include <bit>
#include <cstddef>

#include "pool.h"

namespace gradus::pool {

// Up to 512 bytes the classes are 16 bytes apart; above, four to each power of two.
constexpr std::size_t fine_limit = 512;
constexpr std::size_t fine_classes = fine_limit / 16;
constexpr std::size_t class_count = fine_classes + 4 * (64 - 9);  // every size there is
struct SizeClass {
  std::size_t index;
  std::size_t bytes;
};

constexpr SizeClass class_of(std::size_t bytes) {
  if (bytes <= fine_limit) {
    const std::size_t index = bytes == 0 ? 0 : (bytes - 1) / 16;
    return {index, (index + 1) * 16};
  }
  const auto width = static_cast<std::size_t>(std::bit_width(bytes - 1));  // 2^(width-1) < bytes <= 2^width
  const std::size_t quarter = std::size_t{1} << (width - 3);
  const std::size_t steps = (bytes - 1 - (std::size_t{1} << (width - 1))) / quarter;  // 0..3
  return {fine_classes + 4 * (width - 10) + steps, (std::size_t{1} << (width - 1)) + (steps + 1) * quarter};
}
static_assert(class_of(513).bytes == 640 && class_of(640).bytes == 640 && class_of(1024).bytes == 1024);
static_assert(class_of(1025).index == class_of(1024).index + 1 && class_of(1025).bytes == 1280);

struct FreeBlock {
  FreeBlock* next;
};

struct Cache {
  FreeBlock* free[class_count];
  std::size_t bytes;
  std::size_t limit;
};

// The thread's own from the first block on that it gives back; before that, and when the thread ends, one that has nothing
// and takes nothing, so that nobody needs to ask.  It lies on the heap: per_thread.h says why.
extern constinit thread_local Cache* cache __attribute__((tls_model("initial-exec"), visibility("hidden")));

/// A block from the system.
[[nodiscard]] void* allocate_from_system(std::size_t bytes);
/// Keeps a block although the cache is full or not open yet, or gives it to the system.
void release_when_full(void* block, SizeClass c) noexcept;

inline void* quick_allocate(std::size_t bytes) {
  const SizeClass c = class_of(bytes);
  Cache& mine = *cache;
  FreeBlock* block = mine.free[c.index];
  if (block == nullptr) [[unlikely]]
    return allocate_from_system(c.bytes);
  mine.free[c.index] = block->next;
  mine.bytes -= c.bytes;
  __builtin_prefetch(block->next, 1);  // the next allocation of this size will read and write it
  return block;
}

inline void quick_release(void* block, std::size_t bytes) noexcept {
  const SizeClass c = class_of(bytes);
  Cache& mine = *cache;
  if (mine.bytes + c.bytes > mine.limit) [[unlikely]]
    return release_when_full(block, c);
  auto* entry = static_cast<FreeBlock*>(block);
  entry->next = mine.free[c.index];
  mine.free[c.index] = entry;
  mine.bytes += c.bytes;
}

}  // namespace gradus::pool
