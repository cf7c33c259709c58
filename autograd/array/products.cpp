#include "autograd/array/products.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/array/rows.h"
#include "autograd/array/wide_product.h"

namespace gradus {

Array prod_axes(const Array& x, std::uint32_t mask, bool keepdims) {
  return reduce_rows(x, mask, keepdims, [](const auto* row, std::int64_t n) {
    constexpr std::int64_t lanes = 4;  // a product in one does not wait for another's
    WideProduct part[lanes];
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes) {
      for (std::int64_t j = 0; j < lanes; ++j) part[j].multiply(static_cast<double>(row[i + j]));
    }
    for (; i < n; ++i) part[0].multiply(static_cast<double>(row[i]));
    for (std::int64_t j = 1; j < lanes; ++j) part[0].multiply(part[j]);
    return part[0].value();
  });
}

Array other_products(const Array& x, std::uint32_t mask) {
  std::vector<WideProduct> behind;  // behind[i]: the product of what follows place i
  return map_rows(x, mask, [&](const auto* row, std::int64_t n, auto* out) {
    if (n == 0) return;
    behind.assign(static_cast<std::size_t>(n), WideProduct());
    for (auto i = static_cast<std::size_t>(n) - 1; i > 0; --i) {
      behind[i - 1] = behind[i];
      behind[i - 1].multiply(static_cast<double>(row[i]));
    }
    WideProduct before;
    for (std::int64_t i = 0; i < n; ++i) {
      WideProduct& others = behind[static_cast<std::size_t>(i)];
      others.multiply(before);
      out[i] = static_cast<std::remove_reference_t<decltype(*out)>>(others.value());
      before.multiply(static_cast<double>(row[i]));
    }
  });
}

Array cumprod(const Array& x, std::uint32_t mask, bool reverse) {
  return map_rows(x, mask, [&](const auto* row, std::int64_t n, auto* out) {
    WideProduct product;
    for (std::int64_t k = 0; k < n; ++k) {
      const std::int64_t i = reverse ? n - 1 - k : k;
      product.multiply(static_cast<double>(row[i]));
      out[i] = static_cast<std::remove_reference_t<decltype(*out)>>(product.value());
    }
  });
}

}  // namespace gradus
