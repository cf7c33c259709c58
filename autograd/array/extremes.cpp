#include "autograd/array/extremes.h"

#include <utility>
#include <vector>

#include "autograd/array/reduce.h"
#include "autograd/array/rows.h"

namespace gradus {

Indices arg_extreme(const Array& x, std::uint32_t mask, bool keepdims, Extreme which, std::string_view op) {
  require_numbers(x.shape(), mask, op);
  const Rows rows(x.shape(), mask);
  const Array in = rows.gather(x);
  std::vector<std::int64_t> places(static_cast<std::size_t>(rows.count()));
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (std::size_t i = 0; i < places.size(); ++i) {
      places[i] = place_of_extreme(in.data<T>() + static_cast<std::int64_t>(i) * rows.length(), rows.length(), which);
    }
  });
  return Indices(reduced(x.shape(), mask, keepdims), std::move(places));
}

Array extreme_shares(const Array& x, std::uint32_t mask, Extreme which) {
  return map_rows(x, mask, [&](const auto* row, std::int64_t n, auto* out) {
    using T = std::remove_reference_t<decltype(*out)>;
    if (n == 0) return;
    const T extreme = row[place_of_extreme(row, n, which)];
    std::int64_t ties = 0;
    for (std::int64_t i = 0; i < n; ++i) ties += row[i] == extreme ? 1 : 0;
    const T share = extreme != extreme ? extreme : T(1) / static_cast<T>(ties);
    for (std::int64_t i = 0; i < n; ++i) out[i] = row[i] == extreme || share != share ? share : T(0);
  });
}

}  // namespace gradus
