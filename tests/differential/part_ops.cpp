// Parts of arrays, and arrays made from parts.
#include <algorithm>
#include <cstdlib>

#include "tests/differential/linear_plan.h"

namespace gradus::differential {

namespace {

using Draws = std::optional<Draft>;

// --------------------------------------------------------------------------------------------------------------- parts

/// whole = {start, stop, step} for each axis, as Python writes them; steps are positive
Links slice_links(const Step& step, const Shapes& x) {
  return links_from(step, x[0], [&](Index index) {
    for (std::size_t k = 0; k < index.size(); ++k) {
      const std::int64_t start = step.whole[3 * k];
      index[k] = (start < 0 ? start + x[0][k] : start) + index[k] * step.whole[3 * k + 2];
    }
    return index;
  });
}
Draws draw_slice(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  Draft out;
  for (const std::int64_t size : x) {
    const std::int64_t start = numbers.chance(0.5) ? 0 : numbers.whole(size);
    const std::int64_t stop = numbers.chance(0.5) ? size + numbers.whole(2) : start + 1 + numbers.whole(size - start);
    const std::int64_t by = 1 + numbers.whole(2);
    out.step.shape.push_back((std::min(stop, size) - start + by - 1) / by);
    out.step.whole.insert(out.step.whole.end(), {numbers.chance(0.3) ? start - size : start, stop, by});
  }
  return out;
}

/// whole = {axis, indices…}
Links take_links(const Step& step, const Shapes& x) {
  const std::size_t axis = axis_of(step.whole[0], x[0].size());
  return links_from(step, x[0], [&](Index index) {
    index[axis] = step.whole[1 + static_cast<std::size_t>(index[axis])];
    return index;
  });
}
Draws draw_take(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  Draft out = to_shape(x);
  out.step.whole = {draw_axis(numbers, x)};
  const std::size_t axis = axis_of(out.step.whole[0], x.size());
  out.step.shape[axis] = 1 + numbers.whole(4);
  for (std::int64_t k = 0; k < out.step.shape[axis]; ++k) out.step.whole.push_back(numbers.whole(x[axis]));
  return out;
}

/// whole = {axis, indices…} in row-major order of the result
Links gather_links(const Step& step, const Shapes& x) {
  const std::size_t axis = axis_of(step.whole[0], x[0].size());
  Links out;
  for_each_place(step.shape, [&](Index index, std::size_t place) {
    index[axis] = step.whole[1 + place];
    out.push_back({place, 0, place_of(x[0], index)});
  });
  return out;
}
Draws draw_gather(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  Draft out;
  out.step.whole = {draw_axis(numbers, x)};
  const std::size_t axis = axis_of(out.step.whole[0], x.size());
  for (std::size_t k = 0; k < x.size(); ++k) out.step.shape.push_back(1 + numbers.whole(k == axis ? 4 : x[k]));
  for (std::int64_t k = 0; k < size_of(out.step.shape); ++k) out.step.whole.push_back(numbers.whole(x[axis]));
  return out;
}

/// whole = {axis, indices…} in row-major order of the source, argument 1
Links scatter_add_links(const Step& step, const Shapes& x) {
  const std::size_t axis = axis_of(step.whole[0], x[0].size());
  Links out = same_order(step, x);
  for_each_place(x[1], [&](Index index, std::size_t place) {
    index[axis] = step.whole[1 + place];
    out.push_back({place_of(step.shape, index), 1, place});
  });
  return out;
}
Draws draw_scatter_add(Numbers& numbers, const Sizes& x) {
  std::optional<Draft> out = draw_gather(numbers, x);
  if (!out) return out;
  out->others = {out->step.shape};
  out->step.shape = x;
  return out;
}

/// whole = {offset}
Links diagonal_links(const Step& step, const Shapes& x) {
  const std::int64_t offset = step.whole.empty() ? 0 : step.whole[0];
  Links out;
  std::size_t found = 0;
  for (std::int64_t row = 0; row < x[0][0]; ++row) {
    const std::int64_t column = row + offset;
    if (column < 0 || column >= x[0][1]) continue;
    out.push_back({step.shape.empty() ? 0 : found++, 0, place_of(x[0], {row, column})});
  }
  return out;
}
Draws draw_diagonal(Numbers& numbers, const Sizes& x) {
  if (x.size() != 2) return std::nullopt;
  Draft out;
  out.step.whole = {numbers.whole(3) - 1};
  const auto found = static_cast<std::int64_t>(diagonal_links({"", {}, {1}, out.step.whole, {}, {}}, {x}).size());
  if (found == 0) return std::nullopt;
  out.step.shape = {found};
  return out;
}
Draws draw_trace(Numbers&, const Sizes& x) {
  if (x.size() != 2) return std::nullopt;
  return to_shape({});
}
Links diag_links(const Step& step, const Shapes& x) {
  Links out;
  const std::int64_t offset = step.whole[0];
  for (std::int64_t k = 0; k < x[0][0]; ++k) {
    out.push_back(
        {place_of(step.shape, {k + std::max<std::int64_t>(-offset, 0), k + std::max<std::int64_t>(offset, 0)}), 0,
         static_cast<std::size_t>(k)});
  }
  return out;
}
Draws draw_diag(Numbers& numbers, const Sizes& x) {
  if (x.size() != 1) return std::nullopt;
  Draft out;
  out.step.whole = {numbers.whole(5) - 2};
  const std::int64_t n = x[0] + std::abs(out.step.whole[0]);
  out.step.shape = {n, n};
  return out;
}

/// whole = {offset}: `upper` keeps column − row ≥ offset, else column − row ≤ offset
template <bool upper>
Links triangle_links(const Step& step, const Shapes& x) {
  Links out;
  for_each_place(x[0], [&](const Index& index, std::size_t place) {
    const std::int64_t above = index.back() - index[index.size() - 2];
    if (upper ? above >= step.whole[0] : above <= step.whole[0]) out.push_back({place, 0, place});
  });
  return out;
}
Draws draw_triangle(Numbers& numbers, const Sizes& x) {
  if (x.size() < 2) return std::nullopt;
  Draft out = to_shape(x);
  out.step.whole = {numbers.whole(3) - 1};
  return out;
}

// -------------------------------------------------------------------------------------------------------------- joined

/// whole = {axis}
Links concat_links(const Step& step, const Shapes& x) {
  const std::size_t axis = axis_of(step.whole[0], step.shape.size());
  Links out;
  std::int64_t first = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    for_each_place(x[k], [&](Index index, std::size_t place) {
      index[axis] += first;
      out.push_back({place_of(step.shape, index), k, place});
    });
    first += x[k][axis];
  }
  return out;
}
Draws draw_concat(Numbers& numbers, const Sizes& x) {
  std::optional<Draft> out = draw_along_axis(numbers, x);
  if (!out) return out;
  const std::size_t axis = axis_of(out->step.whole[0], x.size());
  Sizes other = x;
  other[axis] = 1 + numbers.whole(3);
  out->others = {other};
  out->step.shape[axis] += other[axis];
  return out;
}

Links stack_links(const Step& step, const Shapes& x) {
  const std::size_t axis = axis_of(step.whole[0], step.shape.size());
  Links out;
  for (std::size_t k = 0; k < x.size(); ++k) {
    for_each_place(x[k], [&](Index index, std::size_t place) {
      index.insert(index.begin() + static_cast<std::ptrdiff_t>(axis), static_cast<std::int64_t>(k));
      out.push_back({place_of(step.shape, index), k, place});
    });
  }
  return out;
}
Draws draw_stack(Numbers& numbers, const Sizes& x) {
  if (x.size() >= 4) return std::nullopt;
  Draft out;
  Sizes wide = x;
  wide.push_back(1);
  out.step.whole = {draw_axis(numbers, wide)};
  out.step.shape = x;
  const std::size_t axis = axis_of(out.step.whole[0], wide.size());
  out.step.shape.insert(out.step.shape.begin() + static_cast<std::ptrdiff_t>(axis), 2);
  out.others = {x};
  return out;
}

/// whole = {left, right} for each of the last axes, the last axis first; a negative width cuts off
Links pad_links(const Step& step, const Shapes& x) {
  Links out;
  for_each_place(x[0], [&](Index index, std::size_t place) {
    for (std::size_t k = 0; 2 * k < step.whole.size(); ++k) {
      const std::size_t axis = index.size() - 1 - k;
      index[axis] += step.whole[2 * k];
      if (index[axis] < 0 || index[axis] >= step.shape[axis]) return;
    }
    out.push_back({place_of(step.shape, index), 0, place});
  });
  return out;
}
Draws draw_pad(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  Draft out = to_shape(x);
  const std::int64_t axes = 1 + numbers.whole(static_cast<std::int64_t>(x.size()));
  for (std::int64_t k = 0; k < axes; ++k) {
    std::int64_t& size = out.step.shape[x.size() - 1 - static_cast<std::size_t>(k)];
    const std::int64_t before = size > 1 && numbers.chance(0.2) ? -1 : numbers.whole(3);
    const std::int64_t after = numbers.whole(3);
    out.step.whole.insert(out.step.whole.end(), {before, after});
    size += before + after;
  }
  return out;
}

constexpr StructuralOp ops[] = {
    {"slice", draw_slice, linear<slice_links>},
    {"take", draw_take, linear<take_links>},
    {"gather", draw_gather, linear<gather_links>},
    {"scatter_add", draw_scatter_add, linear<scatter_add_links>},
    {"diagonal", draw_diagonal, linear<diagonal_links>},
    {"trace", draw_trace, linear<diagonal_links>},
    {"diag", draw_diag, linear<diag_links>},
    {"triu", draw_triangle, linear<triangle_links<true>>},
    {"tril", draw_triangle, linear<triangle_links<false>>},
    {"concat", draw_concat, linear<concat_links>},
    {"stack", draw_stack, linear<stack_links>},
    {"pad", draw_pad, linear<pad_links>},
};

}  // namespace

std::span<const StructuralOp> part_ops() { return ops; }

}  // namespace gradus::differential
