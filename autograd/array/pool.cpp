#include "autograd/array/pool.h"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "autograd/array/pool_cache.h"
#include "autograd/base/per_thread.h"

namespace gradus::pool {

namespace {

// Empty and full at once: never written to.  Where the thread is at its end, it is the second.
constinit Cache not_open{};
constinit Cache closed{};

}  // namespace

constinit thread_local Cache* cache __attribute__((tls_model("initial-exec"))) = &not_open;

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

void close(void* mine) {
  trim();
  cache = &closed;
  std::free(mine);
}

// The first block a thread gives back makes its cache, and arranges for the thread's exit to drain it.
bool opened() noexcept {
  if (!caching || cache != &not_open) return false;
  auto* mine = static_cast<Cache*>(std::calloc(1, sizeof(Cache)));
  if (mine == nullptr) return false;
  mine->limit = cache_limit;
  cache = mine;
  detail::at_thread_exit(close, mine);
  return true;
}

}  // namespace

void* allocate_from_system(std::size_t bytes) { return from_system(bytes); }

void release_when_full(void* block, SizeClass c) noexcept {
  if (opened()) {
    quick_release(block, c.bytes);
  } else {
    std::free(block);
  }
}

void* allocate(std::size_t bytes) {
  if (bytes > static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / 2) throw std::bad_alloc();
  return quick_allocate(bytes);
}

void release(void* block, std::size_t bytes) noexcept { quick_release(block, bytes); }

void trim() noexcept {
  if (cache == &not_open || cache == &closed) return;
  for (FreeBlock*& head : cache->free) {
    while (head != nullptr) {
      FreeBlock* next = head->next;
      std::free(head);
      head = next;
    }
  }
  cache->bytes = 0;
}

std::size_t cached_bytes() noexcept { return cache->bytes; }

}  // namespace gradus::pool
