#include "autograd/array/pool.h"

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace gradus::pool {

namespace {

// Up to 512 bytes the classes are 16 bytes apart; above, four to each power of two.
constexpr std::size_t fine_limit = 512;
constexpr std::size_t fine_classes = fine_limit / 16;
constexpr std::size_t class_count = fine_classes + 4 * (64 - 9);  // every size there is
constexpr std::size_t huge_page = std::size_t{2} << 20;
// Beyond this a thread keeps no more free memory: freeing a large graph must not hold on to all of it.
constexpr std::size_t cache_limit = std::size_t{1} << 30;

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
  std::size_t limit;  // 0 before the thread has arranged for its exit to drain the cache, and after that
  bool closed;        // the thread is exiting: keep nothing
};

#if defined(__SANITIZE_ADDRESS__)
constexpr bool caching = false;  // so that the sanitizer sees every use after release
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool caching = false;
#else
constexpr bool caching = true;
#endif
#else
constexpr bool caching = true;
#endif

constinit thread_local Cache cache __attribute__((tls_model("initial-exec"))){};

void* from_system(std::size_t bytes) {
  void* block = nullptr;
  if (bytes < 256) {
    block = std::malloc(bytes);
  } else if (bytes < huge_page) {
    block = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
  } else {
    block = std::aligned_alloc(huge_page, (bytes + huge_page - 1) / huge_page * huge_page);
#if defined(__linux__)
    if (block != nullptr) madvise(block, bytes, MADV_HUGEPAGE);
#endif
  }
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

struct Drain {
  ~Drain() {
    trim();
    cache.closed = true;
    cache.limit = 0;
  }
};

// The first block a thread gives back arranges for the thread's exit to drain the cache.
bool opened() noexcept {
  if (!caching || cache.closed || cache.limit != 0) return false;
  static thread_local Drain drain;
  static_cast<void>(drain);
  cache.limit = cache_limit;
  return true;
}

}  // namespace

void* allocate(std::size_t bytes) {
  if (bytes > static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / 2) throw std::bad_alloc();
  const SizeClass c = class_of(bytes);
  Cache& mine = cache;
  if (FreeBlock* block = mine.free[c.index]; block != nullptr) {
    mine.free[c.index] = block->next;
    mine.bytes -= c.bytes;
    __builtin_prefetch(block->next, 1);  // the next allocation of this size will read and write it
    return block;
  }
  return from_system(c.bytes);
}

void release(void* block, std::size_t bytes) noexcept {
  const SizeClass c = class_of(bytes);
  Cache& mine = cache;
  const auto full = [&] { return mine.bytes + c.bytes > mine.limit; };
  if (full() && (!opened() || full())) [[unlikely]] {
    std::free(block);
    return;
  }
  auto* entry = static_cast<FreeBlock*>(block);
  entry->next = mine.free[c.index];
  mine.free[c.index] = entry;
  mine.bytes += c.bytes;
}

void trim() noexcept {
  for (FreeBlock*& head : cache.free) {
    while (head != nullptr) {
      FreeBlock* next = head->next;
      std::free(head);
      head = next;
    }
  }
  cache.bytes = 0;
}

std::size_t cached_bytes() noexcept { return cache.bytes; }

}  // namespace gradus::pool
