// The cache of memory blocks behind arrays and records.
#include "autograd/array/pool.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <thread>
#include <vector>

#include "autograd/array/array.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/sample.h"

using namespace gradus;

namespace {

/// A sanitizer watches every block: then nothing is kept, and a request for too much ends the program.
constexpr bool watched() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
  return true;
#else
  return false;
#endif
#else
  return false;
#endif
}

}  // namespace

TEST_CASE("pool: blocks are aligned for the widest instructions", "[pool]") {
  for (std::size_t bytes = 1; bytes < 10'000'000; bytes += 1 + bytes / 3) {
    void* block = pool::allocate(bytes);
    const auto address = reinterpret_cast<std::uintptr_t>(block);
    INFO(bytes << " bytes");
    CHECK(address % 16 == 0);
    if (bytes >= 256) CHECK(address % 64 == 0);
    std::memset(block, 0xAB, bytes);
    pool::release(block, bytes);
  }
  pool::trim();
}

TEST_CASE("pool: the numbers of an array start on a cache line", "[pool]") {
  for (const std::int64_t n : {9, 16, 100, 1000, 1000000}) {
    for (const int rank : {1, 2, 5}) {
      std::vector<std::int64_t> sizes(static_cast<std::size_t>(rank), 1);
      sizes.back() = n;
      const Array a = Array::uninitialized(Shape(sizes), DType::float64);
      CHECK(reinterpret_cast<std::uintptr_t>(a.bytes()) % 64 == 0);
    }
  }
}

TEST_CASE("pool: a block that was given back is used again", "[pool]") {
  if (watched()) return;
  pool::trim();
  void* first = pool::allocate(1000);
  pool::release(first, 1000);
  void* second = pool::allocate(1000);
  CHECK(second == first);
  CHECK(pool::cached_bytes() == 0);
  pool::release(second, 1000);
  CHECK(pool::cached_bytes() >= 1000);
  pool::trim();
  CHECK(pool::cached_bytes() == 0);
}

TEST_CASE("pool: blocks in use never overlap", "[pool]") {
  struct Held {
    unsigned char* block;
    std::size_t bytes;
    unsigned char mark;
  };
  reference::Numbers numbers(8);
  std::vector<Held> held;
  bool intact = true;
  const auto give_back = [&](std::size_t k) {
    for (std::size_t i = 0; i < held[k].bytes; ++i) intact = intact && held[k].block[i] == held[k].mark;
    pool::release(held[k].block, held[k].bytes);
    held.erase(held.begin() + static_cast<std::ptrdiff_t>(k));
  };
  for (int round = 0; round < 5000; ++round) {
    if (held.size() > 50) give_back(static_cast<std::size_t>(numbers.whole(static_cast<std::int64_t>(held.size()))));
    const auto bytes = static_cast<std::size_t>(1 + numbers.whole(std::int64_t{1} << (1 + numbers.whole(13))));
    const auto mark = static_cast<unsigned char>(round);
    held.push_back({static_cast<unsigned char*>(pool::allocate(bytes)), bytes, mark});
    std::memset(held.back().block, mark, bytes);
  }
  while (!held.empty()) give_back(held.size() - 1);
  CHECK(intact);
}

TEST_CASE("pool: a block may be given back by another thread", "[pool]") {
  std::vector<void*> blocks;
  for (int k = 0; k < 1000; ++k) blocks.push_back(pool::allocate(128));
  std::thread([&] {
    for (void* block : blocks) pool::release(block, 128);
  }).join();
  std::thread([] { pool::release(pool::allocate(5000), 5000); }).join();
  SUCCEED("the threads drained their caches when they ended");
}

TEST_CASE("pool: a thread's last blocks are freed after its cache", "[pool]") {
  // The object is made before the thread has a cache, so it ends after that.
  struct Last {
    void* block = nullptr;
    ~Last() {
      pool::release(block, 128);
      pool::release(pool::allocate(128), 128);
      pool::trim();
      cached = pool::cached_bytes();
    }
    std::size_t& cached;
  };
  std::size_t cached = 1;
  std::thread([&cached] {
    static thread_local Last last{nullptr, cached};
    pool::release(pool::allocate(128), 128);
    last.block = pool::allocate(128);
  }).join();
  CHECK(cached == 0);
}

TEST_CASE("pool: a block of no bytes is a block", "[pool]") {
  void* empty = pool::allocate(0);
  CHECK(empty != nullptr);
  pool::release(empty, 0);
}

TEST_CASE("pool: more than there is fails cleanly", "[pool]") {
  if (watched()) return;
  CHECK_THROWS_AS(pool::allocate(std::numeric_limits<std::size_t>::max() / 2), std::bad_alloc);
  CHECK_THROWS_AS(pool::allocate(std::numeric_limits<std::size_t>::max()), std::bad_alloc);
}
