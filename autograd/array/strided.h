// Walks several arrays of one shape together, as few long runs along the innermost axis.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "../base/shape.h"

namespace gradus {

/// N operands with their own strides over common sizes.  Neighbouring axes that every operand crosses evenly are
/// merged, so that contiguous operands give a single run.
template <std::size_t N>
class StridedLoop {
 public:
  StridedLoop(std::span<const std::int64_t> sizes, const std::array<std::span<const std::int64_t>, N>& strides) {
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      if (sizes[k] == 0) done_ = true;
      if (sizes[k] != 1) append(sizes[k], k, strides);
    }
    if (rank_ == 0) start_axis();
    --rank_;  // the innermost axis is the run
  }

  [[nodiscard]] bool done() const noexcept { return done_; }
  /// Elements in the current run.
  [[nodiscard]] std::int64_t run() const noexcept { return sizes_[rank_]; }
  /// Where operand n's run starts.
  [[nodiscard]] std::int64_t offset(std::size_t n) const noexcept { return offsets_[n]; }
  /// Operand n's stride along the run.
  [[nodiscard]] std::int64_t step(std::size_t n) const noexcept { return strides_[rank_][n]; }

  void next() noexcept {
    for (std::size_t k = rank_; k-- > 0;) {
      for (std::size_t n = 0; n < N; ++n) offsets_[n] += strides_[k][n];
      if (++index_[k] < sizes_[k]) return;
      index_[k] = 0;
      for (std::size_t n = 0; n < N; ++n) offsets_[n] -= strides_[k][n] * sizes_[k];
    }
    done_ = true;
  }

 private:
  void append(std::int64_t size, std::size_t axis,
              const std::array<std::span<const std::int64_t>, N>& strides) noexcept {
    bool merge = rank_ > 0;
    for (std::size_t n = 0; merge && n < N; ++n) merge = strides_[rank_ - 1][n] == strides[n][axis] * size;
    if (!merge) start_axis();
    sizes_[rank_ - 1] *= size;
    for (std::size_t n = 0; n < N; ++n) strides_[rank_ - 1][n] = strides[n][axis];
  }

  void start_axis() noexcept {
    sizes_[rank_] = 1;
    index_[rank_] = 0;
    strides_[rank_].fill(0);
    ++rank_;
  }

  // Only the first rank_ axes (and the run behind them) are ever written and read.
  std::size_t rank_ = 0;
  bool done_ = false;
  std::array<std::int64_t, max_rank + 1> sizes_;
  std::array<std::int64_t, max_rank + 1> index_;
  std::array<std::array<std::int64_t, N>, max_rank + 1> strides_;
  std::array<std::int64_t, N> offsets_{};
};

}  // namespace gradus
