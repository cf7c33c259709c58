#include "autograd/base/huge_pages.h"

#include <sys/mman.h>

#include <cstdint>

namespace gradus::detail {

void ask_for_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(MADV_HUGEPAGE)
  constexpr std::uintptr_t page = 4096;  // the least there is: parts of others are left out by the system
  constexpr std::size_t worth_it = std::size_t{1} << 21U;
  if (bytes < worth_it) return;
  auto* const first = static_cast<std::byte*>(memory);
  const std::size_t before = (page - reinterpret_cast<std::uintptr_t>(memory) % page) % page;
  madvise(first + before, (bytes - before) / page * page, MADV_HUGEPAGE);
#endif
}

}  // namespace gradus::detail
