// Large pages for memory that is written once from end to end: each page costs its first touch, and a small one as much as a
// large one.
#pragma once
#include <cstddef>

namespace gradus::detail {

/// Asks for them within a stretch of memory that nobody has touched yet.  No more than a wish: where there are none,
/// nothing changes.
void ask_for_huge_pages(void* memory, std::size_t bytes) noexcept;

}  // namespace gradus::detail
