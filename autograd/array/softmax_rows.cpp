#include "autograd/array/softmax_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "autograd/array/extremes.h"
#include "autograd/array/reduce.h"
#include "autograd/array/rows.h"
#include "autograd/array/wide_sum.h"
#include "autograd/math/arithmetic.h"

namespace gradus {

namespace {

template <class T>
std::int64_t place_of_largest(const T* row, std::int64_t n) {
  return place_of_extreme(row, n, Extreme::largest);
}

/// Σ f(j) for every j but one.
template <class F>
double sum_without(std::int64_t skipped, std::int64_t n, F&& f) {
  WideSum sum = wide_sum(skipped, [&](std::int64_t j) { return static_cast<double>(f(j)); });
  const WideSum rest =
      wide_sum(n - skipped - 1, [&](std::int64_t j) { return static_cast<double>(f(skipped + 1 + j)); });
  sum.add(rest.high);
  sum.low += rest.low;
  return sum.value();
}

}  // namespace

template <Element T>
ExpRow exp_row(const T* row, std::int64_t n, T* out) {
  return kernels().exp_row[static_cast<std::size_t>(dtype_of<T>)](row, n, out);
}

template <Element T>
void scale_row(T* row, std::int64_t n, double by) {
  const T factor = static_cast<T>(by);
  const void* const in[] = {row, &factor};
  constexpr std::int64_t step[] = {1, 0};
  constexpr Mul op;
  kernels().value[index_of<Mul>][static_cast<std::size_t>(dtype_of<T>)](&op, n, in, step, row);
}

template ExpRow exp_row(const float*, std::int64_t, float*);
template ExpRow exp_row(const double*, std::int64_t, double*);
template void scale_row(float*, std::int64_t, double);
template void scale_row(double*, std::int64_t, double);

Array softmax(const Array& x, std::uint32_t mask, double of_nothing) {
  return map_rows(x, mask, [&](const auto* row, std::int64_t n, auto* out) {
    using T = std::remove_reference_t<decltype(*out)>;
    if (n == 0) return;
    const ExpRow e = exp_row<T>(row, n, out);
    if (e.largest == -std::numeric_limits<double>::infinity()) {
      std::fill_n(out, n, static_cast<T>(of_nothing / static_cast<double>(n)));
    } else {
      scale_row<T>(out, n, 1.0 / (1.0 + e.others));
    }
  });
}

Array logsumexp(const Array& x, std::uint32_t mask, bool keepdims, std::string_view op) {
  require_numbers(x.shape(), mask, op);
  return reduce_rows(x, mask, keepdims, [](const auto* row, std::int64_t n) {
    const ExpRow e = exp_row<std::remove_cvref_t<decltype(*row)>>(row, n, nullptr);
    return e.largest + std::log1p(e.others);
  });
}

Array log_softmax(const Array& x, std::uint32_t mask, std::string_view op) {
  if (x.size() == 0) return x;
  require_numbers(x.shape(), mask, op);
  return map_rows(x, mask, [](const auto* row, std::int64_t n, auto* out) {
    using T = std::remove_reference_t<decltype(*out)>;
    const ExpRow e = exp_row<T>(row, n, nullptr);
    const double beyond = std::log1p(e.others);
    const bool nothing = e.largest == -std::numeric_limits<double>::infinity();
    for (std::int64_t j = 0; j < n; ++j) {
      const auto here = static_cast<double>(row[j]);
      const double gap = here == e.largest ? 0.0 : here - e.largest;
      out[j] = nothing ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(gap - beyond);
    }
  });
}

Array softmax_pullback(const Array& y, const Array& g, std::uint32_t mask) {
  return map_rows(y, g, mask, [](const auto* share, const auto* slope, std::int64_t n, auto* out) {
    if (n == 0) return;
    // Σ y = 1, so a constant may be taken from g: the largest entry's, whose own term then is gone.
    const auto anchor = static_cast<double>(slope[place_of_largest(share, n)]);
    const auto off = [&](std::int64_t j) { return static_cast<double>(slope[j]) - anchor; };
    const double mean = wide_sum(n, [&](std::int64_t j) { return static_cast<double>(share[j]) * off(j); }).value();
    for (std::int64_t j = 0; j < n; ++j) {
      out[j] = static_cast<std::remove_reference_t<decltype(*out)>>(static_cast<double>(share[j]) * (off(j) - mean));
    }
  });
}

Array log_softmax_pullback(const Array& y, const Array& g, std::uint32_t mask) {
  return map_rows(y, g, mask, [](const auto* share, const auto* slope, std::int64_t n, auto* out) {
    using T = std::remove_reference_t<decltype(*out)>;
    if (std::all_of(slope, slope + n, [](T s) { return s == T(0); })) {
      std::fill_n(out, n, T(0));
      return;
    }
    const std::int64_t m = place_of_largest(share, n);
    const double lacking = sum_without(m, n, [&](std::int64_t j) { return share[j]; });  // 1 − y_m
    const double rest = sum_without(m, n, [&](std::int64_t j) { return slope[j]; });
    const double total = rest + static_cast<double>(slope[m]);
    for (std::int64_t j = 0; j < n; ++j) {
      const auto s = static_cast<double>(slope[j]);
      const auto p = static_cast<double>(share[j]);
      out[j] = static_cast<T>(j == m ? s * lacking - p * rest : s - p * total);
    }
  });
}

Array anchored(const Array& y, const Array& g, std::uint32_t mask, bool adjoint) {
  return map_rows(y, g, mask, [&](const auto* share, const auto* in, std::int64_t n, auto* out) {
    using T = std::remove_reference_t<decltype(*out)>;
    if (n == 0) return;
    const std::int64_t m = place_of_largest(share, n);
    const T anchor = in[m];
    for (std::int64_t j = 0; j < n; ++j) out[j] = adjoint ? in[j] : in[j] - anchor;
    if (adjoint) out[m] = static_cast<T>(-sum_without(m, n, [&](std::int64_t j) { return in[j]; }));
  });
}

}  // namespace gradus
