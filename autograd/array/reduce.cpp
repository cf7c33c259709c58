#include "autograd/array/reduce.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

#include "autograd/array/kernels.h"
#include "autograd/base/error.h"
#include "autograd/base/parallel.h"

namespace gradus {

namespace {

// The first row becomes the sum of `count` rows of some width, neighbours added first.
void add_pairwise(std::span<double> rows, std::size_t count, std::size_t width) {
  for (; count > 1; count = (count + 1) / 2) {
    for (std::size_t k = 0; k < count / 2; ++k) {
      for (std::size_t j = 0; j < width; ++j) {
        rows[k * width + j] = rows[2 * k * width + j] + rows[(2 * k + 1) * width + j];
      }
    }
    if (count % 2 == 1)
      std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>((count - 1) * width), width,
                  rows.begin() + static_cast<std::ptrdiff_t>(count / 2 * width));
  }
}

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

// Sums as the result's type.
void put(Array& out, std::int64_t at, std::span<const double> sums) {
  dispatch(out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    std::transform(sums.begin(), sums.end(), out.mutable_data<T>() + at, [](double s) { return static_cast<T>(s); });
  });
}
void put(Array& out, std::int64_t at, double sum) { put(out, at, std::span<const double>(&sum, 1)); }

const std::byte* at(const Array& a, std::int64_t element) {
  return static_cast<const std::byte*>(a.bytes()) + element * static_cast<std::int64_t>(size_of(a.dtype()));
}

// Rows whose numbers lie side by side.
void sum_neighbours(const Group& g, const Array& in, Array& out) {
  constexpr std::int64_t block = KernelTable::sum_block;
  const auto sum = kernels().sum[static_cast<std::size_t>(in.dtype())];
  const std::int64_t blocks = detail::pieces(g.reduced, block);
  if (blocks <= 1) {
    dispatch(in.dtype(), [&](auto zero) {
      using T = decltype(zero);
      const T* from = in.data<T>();
      T* to = out.mutable_data<T>();
      detail::spread(g.outer, g.reduced,
                     [&](std::int64_t i) { to[i] = static_cast<T>(sum(from + i * g.reduced, g.reduced)); });
    });
    return;
  }
  std::vector<double> parts(static_cast<std::size_t>(g.outer * blocks));
  detail::spread(g.outer * blocks, block, [&](std::int64_t i) {
    const std::int64_t begin = i % blocks * block;
    const std::int64_t n = std::min(block, g.reduced - begin);
    parts[static_cast<std::size_t>(i)] = sum(at(in, i / blocks * g.reduced + begin), n);
  });
  for (std::int64_t i = 0; i < g.outer; ++i) {
    put(out, i,
        pairwise_sum(std::span(parts).subspan(static_cast<std::size_t>(i * blocks), static_cast<std::size_t>(blocks))));
  }
}

// Rows added to each other: blocks of them, in tiles of columns that stay in the nearest cache.
void sum_rows(const Group& g, const Array& in, Array& out) {
  constexpr std::int64_t block = 512;
  constexpr std::int64_t tile = 512;
  const auto add = kernels().sum_rows[static_cast<std::size_t>(in.dtype())];
  const std::int64_t blocks = std::max<std::int64_t>(1, detail::pieces(g.reduced, block));
  const std::int64_t tiles = detail::pieces(g.inner, tile);
  std::vector<double> parts(blocks > 1 ? static_cast<std::size_t>(g.outer * blocks * g.inner) : 0);
  detail::spread(g.outer * blocks * tiles, std::min(block, g.reduced) * std::min(tile, g.inner), [&](std::int64_t i) {
    const std::int64_t column = i % tiles * tile;
    const std::int64_t row = i / tiles % blocks * block;
    const std::int64_t outer = i / (tiles * blocks);
    const std::int64_t rows = std::min(block, g.reduced - row);
    const std::int64_t columns = std::min(tile, g.inner - column);
    const std::byte* from = at(in, (outer * g.reduced + row) * g.inner + column);
    if (blocks > 1) {
      add(from, rows, columns, g.inner, &parts[static_cast<std::size_t>((i / tiles) * g.inner + column)]);
      return;
    }
    alignas(64) double sums[tile];
    add(from, rows, columns, g.inner, sums);
    put(out, outer * g.inner + column, std::span<const double>(sums, static_cast<std::size_t>(columns)));
  });
  if (blocks <= 1) return;
  const auto width = static_cast<std::size_t>(g.inner);
  for (std::int64_t o = 0; o < g.outer; ++o) {
    const std::span<double> rows = std::span(parts).subspan(static_cast<std::size_t>(o * blocks) * width);
    add_pairwise(rows, static_cast<std::size_t>(blocks), width);
    put(out, o * g.inner, rows.first(width));
  }
}

void sum_group(const Group& g, const Array& in, Array& out) {
  if (out.size() == 0) return;
  if (g.inner == 1) {
    sum_neighbours(g, in, out);
  } else {
    sum_rows(g, in, out);
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

double pairwise_sum(std::span<double> parts) {
  if (parts.empty()) return 0.0;
  add_pairwise(parts, parts.size(), 1);
  return parts.front();
}

Array sum_axes(const Array& x, std::uint32_t mask, bool keepdims) {
  return reduce_groups(x, mask, keepdims, sum_group);
}

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
  return sum_axes(x, repeated_axes(shape, from), false).reshape(shape);
}

}  // namespace gradus
