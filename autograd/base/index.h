// Slots, steps and axes are numbered with int, so that −1 can say "none"; containers want std::size_t.
#pragma once
#include <cstddef>

namespace gradus::detail {

/// The place of element i, which is not negative: slots[at(i)].
constexpr std::size_t at(int i) noexcept { return static_cast<std::size_t>(i); }

}  // namespace gradus::detail
