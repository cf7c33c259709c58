#include "autograd/scalar/reservation.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>

#include "autograd/base/per_thread.h"

namespace gradus::detail {

namespace {

constexpr std::size_t huge = std::size_t{1} << 21U;

// The ranges of tapes that have ended, for the next ones of this thread.
class Cache {
 public:
  ~Cache() {
    for (; used_ > 0; --used_) munmap(ranges_[used_ - 1].begin, ranges_[used_ - 1].bytes);
  }
  Reservation take(std::size_t bytes) {
    for (std::size_t k = used_; k-- > 0;) {
      if (ranges_[k].bytes != bytes) continue;
      const Reservation found = ranges_[k];
      ranges_[k] = ranges_[--used_];
      return found;
    }
    return {};
  }
  bool keep(const Reservation& r) {
    if (used_ == ranges_.size()) return false;
    ranges_[used_++] = r;
    return true;
  }

 private:
  std::array<Reservation, 3> ranges_{};
  std::size_t used_ = 0;
};

constexpr PerThread<Cache> cache;

}  // namespace

Reservation reserve(std::size_t bytes) {
  if (const Reservation cached = cache().take(bytes); cached.begin != nullptr) return cached;
  // One huge page more than asked for, so that the range can begin on the boundary of one.
  void* const raw =
      mmap(nullptr, bytes + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (raw == MAP_FAILED) return {};
  auto* const first = static_cast<std::byte*>(raw);
  const std::size_t before = (huge - reinterpret_cast<std::uintptr_t>(raw) % huge) % huge;
  std::byte* const begin = first + before;
  if (before > 0) munmap(first, before);
  if (before < huge) munmap(begin + bytes, huge - before);
  return {begin, bytes};
}

namespace {

std::byte* boundary_after(std::byte* p) { return p + (huge - reinterpret_cast<std::uintptr_t>(p) % huge) % huge; }

}  // namespace

// Both are advice: a system that does not take it is as right, only slower or larger.
void prefer_huge_pages(std::byte* begin, std::byte* end) {
  std::byte* const from = boundary_after(begin);
  if (from < end) madvise(from, static_cast<std::size_t>(end - from), MADV_HUGEPAGE);
}

void give_back(std::byte* begin, std::byte* end) {
  std::byte* const from = boundary_after(begin);
  if (from < end) madvise(from, static_cast<std::size_t>(end - from), MADV_DONTNEED);
}

void release(const Reservation& r) {
  if (r.begin == nullptr) return;
  if (!cache().keep(r)) munmap(r.begin, r.bytes);
}

}  // namespace gradus::detail
