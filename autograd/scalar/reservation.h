// Address space for the arrays of a tape: reserved at once, taken page by page, so that nothing ever moves.
#pragma once
#include <array>
#include <cstddef>

namespace gradus::detail {

/// A range of addresses.  Freed ones are kept by the thread for its next tape.
struct Reservation {
  void* begin = nullptr;
  std::size_t bytes = 0;
};

/// Reserves memory that reads as zeros until it is written; {nullptr, 0} when there is none.
Reservation reserve(std::size_t bytes);
/// Gives it back.
void release(const Reservation& reservation);
/// Asks for huge pages from the first boundary of one after `begin` on.
void prefer_huge_pages(std::byte* begin, std::byte* end);
/// Gives back the memory of [begin, end), not the addresses.
void give_back(std::byte* begin, std::byte* end);

/// How arrays of some sizes lie one after the other.  Equal low bits of their addresses would make them fight for the
/// same sets of the cache, so each begins 64 KiB and 17 cache lines further on: for a small tape too,
/// where a load from one would wait for a store to another at the same place of a page.
/// The first 200 KiB or more of each are ordinary pages, for small tapes; then come huge ones.
template <std::size_t N>
struct Layout {
  std::array<std::size_t, N> begin{};
  std::size_t bytes = 0;

  static constexpr std::size_t huge = std::size_t{1} << 21U;
  static constexpr std::size_t ordinary = std::size_t{1} << 19U;

  explicit constexpr Layout(const std::array<std::size_t, N>& sizes) {
    for (std::size_t k = 0; k < N; ++k) {
      const std::size_t odd = 64 + k * ((std::size_t{1} << 16U) + 17 * 64);
      begin[k] = bytes + (huge - ordinary) + odd;
      bytes = (begin[k] + sizes[k] + huge - 1) / huge * huge;
    }
  }
};

}  // namespace gradus::detail
