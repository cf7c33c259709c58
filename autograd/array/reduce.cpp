#include "autograd/array/reduce.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "autograd/array/kernels.h"
#include "autograd/base/error.h"

namespace gradus {

namespace {

// Neighbouring axes that are all reduced, in an otherwise row-major array: [outer, reduced, inner].
struct Group {
  std::int64_t outer = 1;
  std::int64_t reduced = 1;
  std::int64_t inner = 1;
};

// Reduces the last group of axes in `mask` with f(group, in, out), then the one before it, until none is left.
template <class F>
Array reduce_groups(const Array& x, std::uint32_t mask, bool keepdims, F&& f) {
  const Shape result = reduced(x.shape(), mask, keepdims);
  Array current = x.packed();
  Shape shape = x.shape();
  while (mask != 0) {
    int last = shape.rank() - 1;
    while (((mask >> last) & 1U) == 0) --last;
    int first = last;
    while (first > 0 && ((mask >> (first - 1)) & 1U) != 0) --first;
    Group group;
    std::uint32_t group_mask = 0;
    for (int k = 0; k < shape.rank(); ++k) {
      (k < first ? group.outer : k > last ? group.inner : group.reduced) *= shape[k];
      if (k >= first && k <= last) group_mask |= 1U << k;
    }
    // Kept with size 1 until the end, so that the axes keep their numbers.
    shape = reduced(shape, group_mask, true);
    Array out = Array::uninitialized(shape, current.dtype());
    f(group, current, out);
    current = std::move(out);
    mask &= ~group_mask;
  }
  return current.reshape(result);
}

void sum_group(const Group& g, const Array& in, Array& out) {
  const auto type = static_cast<std::size_t>(in.dtype());
  const auto* from = static_cast<const std::byte*>(in.bytes());
  auto* to = static_cast<std::byte*>(out.mutable_bytes());
  const auto element = static_cast<std::int64_t>(size_of(in.dtype()));
  for (std::int64_t i = 0; i < g.outer; ++i) {
    if (g.inner == 1) {
      kernels().sum[type](from, g.reduced, to);
    } else {
      kernels().sum_rows[type](from, g.reduced, g.inner, to);
    }
    from += g.reduced * g.inner * element;
    to += g.inner * element;
  }
}

// The one of two numbers that stays; a NaN always does.
struct Larger {
  template <class T>
  T operator()(T a, T b) const {
    return a > b || a != a ? a : b;
  }
};
struct Smaller {
  template <class T>
  T operator()(T a, T b) const {
    return a < b || a != a ? a : b;
  }
};

// The extreme of n ≥ 1 neighbours, in lanes: one comparison does not wait for another's.
template <class T, class Stays>
T extreme_of(const T* x, std::int64_t n, Stays stays) {
  constexpr std::int64_t lanes = 16;
  T best[lanes];
  std::fill_n(best, lanes, x[0]);
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (std::int64_t j = 0; j < lanes; ++j) best[j] = stays(best[j], x[i + j]);
  }
  for (; i < n; ++i) best[0] = stays(best[0], x[i]);
  for (std::int64_t j = 1; j < lanes; ++j) best[0] = stays(best[0], best[j]);
  return best[0];
}

template <class T, class Stays>
void extreme_group(const Group& g, const T* from, T* to, Stays stays) {
  for (std::int64_t i = 0; i < g.outer; ++i, from += g.reduced * g.inner, to += g.inner) {
    if (g.inner == 1) {
      *to = extreme_of(from, g.reduced, stays);
      continue;
    }
    std::memcpy(to, from, static_cast<std::size_t>(g.inner) * sizeof(T));
    for (std::int64_t r = 1; r < g.reduced; ++r) {
      for (std::int64_t j = 0; j < g.inner; ++j) to[j] = stays(to[j], from[r * g.inner + j]);
    }
  }
}

template <class Stays>
Array extreme(const Array& x, std::uint32_t mask, bool keepdims, std::string_view op, Stays stays) {
  require_numbers(x.shape(), mask, op);
  return reduce_groups(x, mask, keepdims, [&](const Group& g, const Array& in, Array& out) {
    if (out.size() == 0) return;
    dispatch(in.dtype(), [&](auto zero) {
      using T = decltype(zero);
      extreme_group(g, in.data<T>(), out.mutable_data<T>(), stays);
    });
  });
}

}  // namespace

Array sum(const Array& x, std::uint32_t mask, bool keepdims) { return reduce_groups(x, mask, keepdims, sum_group); }

void require_numbers(const Shape& shape, std::uint32_t mask, std::string_view op) {
  for (int k = 0; k < shape.rank(); ++k) {
    if (((mask >> k) & 1U) != 0 && shape[k] == 0) {
      throw ShapeError(fmt::format("[{}] nothing to reduce along axis {} of {}", op, k, to_string(shape)));
    }
  }
}

Array max(const Array& x, std::uint32_t mask, bool keepdims, std::string_view op) {
  return extreme(x, mask, keepdims, op, Larger{});
}
Array min(const Array& x, std::uint32_t mask, bool keepdims, std::string_view op) {
  return extreme(x, mask, keepdims, op, Smaller{});
}

std::uint32_t repeated_axes(const Shape& from, const Shape& to) {
  std::uint32_t mask = 0;
  const int lead = to.rank() - from.rank();
  for (int k = 0; k < to.rank(); ++k) {
    if (k < lead || (from[k - lead] == 1 && to[k] != 1)) mask |= 1U << k;
  }
  return mask;
}

Array sum_to(const Array& x, const Shape& shape) {
  const Shape from = x.shape();
  if (from == shape) return x;
  return sum(x, repeated_axes(shape, from), false).reshape(shape);
}

}  // namespace gradus
