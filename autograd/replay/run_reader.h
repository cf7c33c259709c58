// Reads a strided array from its first number to its last, some at a time.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../array/array.h"

namespace gradus::detail {

/// In row-major order.  Needs no cleaning up, so that it may lie in scratch memory; the array must outlive it.
class RunReader {
 public:
  /// Starts at a number.  The array has more than one.
  void open(const Array& a, std::int64_t start) {
    from_ = static_cast<const std::byte*>(a.bytes());
    element_ = size_of(a.dtype());
    rank_ = 0;
    for (std::size_t k = 0; k < a.sizes().size(); ++k) {
      const std::int64_t size = a.sizes()[k];
      const std::int64_t stride = a.strides()[k];
      if (size == 1) continue;
      if (rank_ > 0 && stride_[rank_ - 1] == stride * size) {  // neighbouring axes that lie evenly are one
        size_[rank_ - 1] *= size;
        stride_[rank_ - 1] = stride;
        continue;
      }
      size_[rank_] = size;
      stride_[rank_] = stride;
      index_[rank_++] = 0;
    }
    offset_ = 0;
    for (std::size_t k = rank_; k-- > 0; start /= size_[k]) {
      index_[k] = start % size_[k];
      offset_ += index_[k] * stride_[k];
    }
  }

  /// The next n numbers.
  void read(std::byte* to, std::int64_t n) {
    if (element_ == sizeof(float)) {
      copy(reinterpret_cast<std::uint32_t*>(to), n);
    } else {
      copy(reinterpret_cast<std::uint64_t*>(to), n);
    }
  }

 private:
  template <class T>
  void copy(T* to, std::int64_t n) {
    const T* from = reinterpret_cast<const T*>(from_);
    const std::size_t last = rank_ - 1;
    const std::int64_t step = stride_[last];
    while (n > 0) {
      const std::int64_t run = std::min(n, size_[last] - index_[last]);
      const T* p = from + offset_;
      if (step == 1) {
        std::memcpy(to, p, static_cast<std::size_t>(run) * sizeof(T));
      } else if (step == 0) {
        std::fill_n(to, run, *p);
      } else {
        for (std::int64_t j = 0; j < run; ++j) to[j] = p[j * step];
      }
      to += run;
      n -= run;
      advance(run);
    }
  }

  void advance(std::int64_t run) {
    std::size_t k = rank_ - 1;
    index_[k] += run;
    offset_ += run * stride_[k];
    while (index_[k] == size_[k]) {
      offset_ -= size_[k] * stride_[k];
      index_[k] = 0;
      if (k == 0) return;
      --k;
      ++index_[k];
      offset_ += stride_[k];
    }
  }

  const std::byte* from_;
  std::size_t element_;
  std::size_t rank_;
  std::int64_t offset_;
  std::array<std::int64_t, max_rank> size_;
  std::array<std::int64_t, max_rank> stride_;
  std::array<std::int64_t, max_rank> index_;
};

}  // namespace gradus::detail
