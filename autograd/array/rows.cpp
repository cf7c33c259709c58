#include "autograd/array/rows.h"

namespace gradus {

Rows::Rows(const Shape& shape, std::uint32_t mask) : rank_(shape.rank()), in_order_(true) {
  std::array<std::int64_t, max_rank> sizes{};
  std::size_t n = 0;
  for (const bool in_row : {false, true}) {
    for (int k = 0; k < rank_; ++k) {
      if ((((mask >> k) & 1U) != 0) != in_row) continue;
      in_order_ = in_order_ && k == static_cast<int>(n);
      order_[n] = k;
      back_[static_cast<std::size_t>(k)] = static_cast<int>(n);
      sizes[n++] = shape[k];
      (in_row ? length_ : count_) *= shape[k];
    }
  }
  moved_ = Shape::trusted(std::span<const std::int64_t>(sizes.data(), n));
}

Array Rows::gather(const Array& x) const { return in_order_ ? x.packed() : x.permute(order()).packed(); }

Array Rows::scatter(const Array& rows) const { return in_order_ ? rows : rows.permute(back()); }

}  // namespace gradus
