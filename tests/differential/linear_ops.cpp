// Ops whose result is made of sums of elements: each is a list of links.
#include <algorithm>
#include <numeric>

#include "tests/differential/structural_ops.h"

namespace gradus::differential {

namespace {

/// An element of the result and an element of one argument that is added to it.
struct Link {
  std::size_t out;
  std::size_t argument;
  std::size_t in;
};
using Links = std::vector<Link>;

class LinearPlan : public Plan {
 public:
  /// The sums are divided by `divisor`.
  LinearPlan(const Sizes& shape, Links links, double divisor = 1.0)
      : size_(static_cast<std::size_t>(size_of(shape))), links_(std::move(links)), divisor_(divisor) {}

  [[nodiscard]] Column value(const Arguments& x, Rounding& round) const override {
    Column y(size_);
    for (const Link& l : links_) y[l.out] = round.add(y[l.out], (*x[l.argument])[l.in]);
    return shared(y, round);
  }
  void pull(const Arguments&, const Column&, const Column& g, const std::vector<Column*>& to,
            Rounding& round) const override {
    const Column share = shared(g, round);
    for (const Link& l : links_) {
      if (to[l.argument] == nullptr) continue;
      Quad& sum = (*to[l.argument])[l.in];
      sum = round.add(sum, share[l.out]);
    }
  }

 private:
  [[nodiscard]] Column shared(Column sums, Rounding& round) const {
    if (divisor_ == 1.0) return sums;
    for (Quad& s : sums) s = round(s / divisor_);
    return sums;
  }

  std::size_t size_;
  Links links_;
  double divisor_;
};

using Draws = std::optional<Draft>;
using Shapes = std::vector<Sizes>;

template <Links (*links)(const Step&, const Shapes&)>
std::unique_ptr<Plan> linear(const Step& step, const Shapes& x) {
  return std::make_unique<LinearPlan>(step.shape, links(step, x));
}

/// One link for each element of the result, from the index that `source` finds for it in argument 0.
template <class F>
Links links_from(const Step& step, const Sizes& x, const F& source) {
  Links out;
  for_each_place(step.shape, [&](const Index& index, std::size_t place) {
    out.push_back({place, 0, place_of(x, source(index))});
  });
  return out;
}

/// The shape given, and nothing else.
Draft to_shape(Sizes shape) {
  Draft out;
  out.step.shape = std::move(shape);
  return out;
}

// ------------------------------------------------------------------------------------------------ the same, in order

Links same_order(const Step& step, const Shapes&) {
  Links out;
  for (std::size_t k = 0; k < static_cast<std::size_t>(size_of(step.shape)); ++k) out.push_back({k, 0, k});
  return out;
}

Draws draw_reshape(Numbers& numbers, const Sizes& x) {
  Sizes shape(static_cast<std::size_t>(numbers.whole(5)), 1);
  std::int64_t left = size_of(x);
  if (shape.empty() && left != 1) shape.push_back(1);
  for (std::int64_t p = 2; left > 1; ++p) {
    while (left % p == 0) {
      shape[static_cast<std::size_t>(numbers.whole(static_cast<std::int64_t>(shape.size())))] *= p;
      left /= p;
    }
  }
  return to_shape(shape);
}

Draws draw_unsqueeze(Numbers& numbers, const Sizes& x) {
  if (x.size() >= 5) return std::nullopt;
  Draft out = to_shape(x);
  out.step.whole = {numbers.whole(static_cast<std::int64_t>(x.size()) + 1)};
  out.step.shape.insert(out.step.shape.begin() + out.step.whole[0], 1);
  return out;
}

Draws draw_squeeze(Numbers&, const Sizes& x) {
  Sizes shape = x;
  shape.erase(std::remove(shape.begin(), shape.end(), 1), shape.end());
  return to_shape(shape);
}

// ---------------------------------------------------------------------------------------------------------- other order

/// whole = order
Links permute_links(const Step& step, const Shapes& x) {
  return links_from(step, x[0], [&](const Index& index) {
    Index source(index.size());
    for (std::size_t k = 0; k < index.size(); ++k) source[static_cast<std::size_t>(step.whole[k])] = index[k];
    return source;
  });
}
Draws draw_permute(Numbers& numbers, const Sizes& x) {
  Draft out;
  out.step.whole.resize(x.size());
  std::iota(out.step.whole.begin(), out.step.whole.end(), 0);
  for (std::size_t k = x.size(); k > 1; --k) {
    std::swap(out.step.whole[k - 1], out.step.whole[static_cast<std::size_t>(numbers.whole(static_cast<std::int64_t>(k)))]);
  }
  for (const std::int64_t k : out.step.whole) out.step.shape.push_back(x[static_cast<std::size_t>(k)]);
  return out;
}

/// whole = axes
Links flip_links(const Step& step, const Shapes& x) {
  return links_from(step, x[0], [&](Index index) {
    for (const std::int64_t axis : step.whole) {
      std::int64_t& i = index[static_cast<std::size_t>(axis)];
      i = step.shape[static_cast<std::size_t>(axis)] - 1 - i;
    }
    return index;
  });
}
Draws draw_flip(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  Draft out = to_shape(x);
  out.step.whole = draw_axes(numbers, x);
  return out;
}

/// whole = {shift, axis}
Links roll_links(const Step& step, const Shapes& x) {
  const std::size_t axis = axis_of(step.whole[1], x[0].size());
  return links_from(step, x[0], [&](Index index) {
    const std::int64_t n = step.shape[axis];
    index[axis] = ((index[axis] - step.whole[0]) % n + n) % n;
    return index;
  });
}
Draws draw_roll(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  Draft out = to_shape(x);
  out.step.whole = {numbers.whole(9) - 4, draw_axis(numbers, x)};
  return out;
}

// ----------------------------------------------------------------------------------------------------- repeated, summed

Links broadcast_links(const Step& step, const Shapes& x) {
  const std::vector<std::size_t> places = broadcast_places(x[0], step.shape);
  Links out;
  for (std::size_t k = 0; k < places.size(); ++k) out.push_back({k, 0, places[k]});
  return out;
}
Draws draw_broadcast(Numbers& numbers, const Sizes& x) {
  Sizes shape = x;
  for (std::int64_t& s : shape) {
    if (s == 1) s = 1 + numbers.whole(3);
  }
  while (shape.size() < 4 && numbers.chance(0.4)) shape.insert(shape.begin(), 1 + numbers.whole(3));
  return to_shape(shape);
}

/// whole = times
Links repeat_links(const Step& step, const Shapes& x) {
  const std::size_t lead = step.shape.size() - x[0].size();
  return links_from(step, x[0], [&](const Index& index) {
    Index source(index.begin() + static_cast<std::ptrdiff_t>(lead), index.end());
    for (std::size_t k = 0; k < source.size(); ++k) source[k] %= x[0][k];
    return source;
  });
}
Draws draw_repeat(Numbers& numbers, const Sizes& x) {
  Draft out = to_shape(x);
  if (x.size() < 4 && numbers.chance(0.3)) out.step.shape.insert(out.step.shape.begin(), 1);
  for (std::int64_t& s : out.step.shape) {
    out.step.whole.push_back(1 + numbers.whole(3));
    s *= out.step.whole.back();
  }
  return out;
}

/// whole = {times, axis}
Links repeat_interleave_links(const Step& step, const Shapes& x) {
  const std::size_t axis = axis_of(step.whole[1], x[0].size());
  return links_from(step, x[0], [&](Index index) {
    index[axis] /= step.whole[0];
    return index;
  });
}
Draws draw_repeat_interleave(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  Draft out = to_shape(x);
  out.step.whole = {1 + numbers.whole(3), draw_axis(numbers, x)};
  out.step.shape[axis_of(out.step.whole[1], x.size())] *= out.step.whole[0];
  return out;
}

Links sum_links(const Step& step, const Shapes& x) {
  const std::vector<bool> gone = reduced_axes(step, x[0].size());
  const Sizes kept = reduced(x[0], gone, true);
  const std::vector<std::size_t> places = broadcast_places(kept, x[0]);
  Links out;
  for (std::size_t k = 0; k < places.size(); ++k) out.push_back({places[k], 0, k});
  return out;
}
Draws draw_sum(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  return draw_reduction(numbers, x, draw_axes(numbers, x));
}
std::unique_ptr<Plan> mean_plan(const Step& step, const Shapes& x) {
  const auto count = static_cast<double>(size_of(x[0])) / static_cast<double>(size_of(step.shape));
  return std::make_unique<LinearPlan>(step.shape, sum_links(step, x), count);
}

/// whole = {axis}
Links cumsum_links(const Step& step, const Shapes& x) {
  const std::size_t axis = axis_of(step.whole[0], x[0].size());
  Links out;
  for_each_place(step.shape, [&](Index index, std::size_t place) {
    const std::int64_t last = index[axis];
    for (index[axis] = 0; index[axis] <= last; ++index[axis]) out.push_back({place, 0, place_of(x[0], index)});
  });
  return out;
}

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
  const auto found = static_cast<std::int64_t>(diagonal_links({"", {}, {1}, out.step.whole, {}}, {x}).size());
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
    out.push_back({place_of(step.shape, {k + std::max<std::int64_t>(-offset, 0), k + std::max<std::int64_t>(offset, 0)}),
                   0, static_cast<std::size_t>(k)});
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
    {"reshape", draw_reshape, linear<same_order>},
    {"unsqueeze", draw_unsqueeze, linear<same_order>},
    {"squeeze", draw_squeeze, linear<same_order>},
    {"permute", draw_permute, linear<permute_links>},
    {"flip", draw_flip, linear<flip_links>},
    {"roll", draw_roll, linear<roll_links>},
    {"broadcast_to", draw_broadcast, linear<broadcast_links>},
    {"repeat", draw_repeat, linear<repeat_links>},
    {"repeat_interleave", draw_repeat_interleave, linear<repeat_interleave_links>},
    {"sum", draw_sum, linear<sum_links>},
    {"mean", draw_sum, mean_plan},
    {"cumsum", draw_along_axis, linear<cumsum_links>},
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

std::span<const StructuralOp> linear_ops() { return ops; }

}  // namespace gradus::differential
