#include "autograd/array/pool.h"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "autograd/array/pool_cache.h"

namespace gradus::pool {

constinit thread_local Cache cache __attribute__((tls_model("initial-exec"))){};

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
// Beyond this a thread keeps no more free memory: freeing a large graph must not hold on to all of it.
constexpr std::size_t cache_limit = std::size_t{1} << 30;

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

void* allocate_from_system(std::size_t bytes) { return from_system(bytes); }

void release_when_full(void* block, SizeClass c) noexcept {
  Cache& mine = cache;
  if (!opened() || mine.bytes + c.bytes > mine.limit) {
    std::free(block);
  } else {
    quick_release(block, c.bytes);
  }
}

void* allocate(std::size_t bytes) {
  if (bytes > static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / 2) throw std::bad_alloc();
  return quick_allocate(bytes);
}

void release(void* block, std::size_t bytes) noexcept { quick_release(block, bytes); }

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
