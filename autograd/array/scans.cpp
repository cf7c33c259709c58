#include "autograd/array/scans.h"

#include <type_traits>

#include "autograd/array/rows.h"
#include "autograd/array/wide_sum.h"

namespace gradus {

Array cumsum(const Array& x, std::uint32_t mask, bool reverse) {
  return map_rows(x, mask, [&](const auto* row, std::int64_t n, auto* out) {
    WideSum sum;
    for (std::int64_t k = 0; k < n; ++k) {
      const std::int64_t i = reverse ? n - 1 - k : k;
      sum.add(static_cast<double>(row[i]));
      out[i] = static_cast<std::remove_reference_t<decltype(*out)>>(sum.value());
    }
  });
}

Array recurrence(const Array& a, const Array& b, std::uint32_t mask, bool reverse) {
  return map_rows(a, b, mask, [&](const auto* factor, const auto* term, std::int64_t n, auto* out) {
    double y = 0.0;
    for (std::int64_t k = 0; k < n; ++k) {
      const std::int64_t i = reverse ? n - 1 - k : k;
      // The first factor meets nothing: were it infinite, 0 · ∞ would be NaN.
      y = k == 0 ? static_cast<double>(term[i]) : static_cast<double>(term[i]) + static_cast<double>(factor[i]) * y;
      out[i] = static_cast<std::remove_reference_t<decltype(*out)>>(y);
    }
  });
}

Array shift(const Array& x, std::uint32_t mask, std::int64_t by, double fill) {
  return map_rows(x, mask, [&](const auto* row, std::int64_t n, auto* out) {
    for (std::int64_t i = 0; i < n; ++i) {
      const bool inside = i - by >= 0 && i - by < n;
      out[i] = inside ? row[i - by] : static_cast<std::remove_reference_t<decltype(*out)>>(fill);
    }
  });
}

}  // namespace gradus
