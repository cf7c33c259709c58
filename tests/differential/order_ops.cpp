// Elements in another order or shape, repeated and summed.
#include <algorithm>
#include <numeric>

#include "tests/differential/linear_plan.h"

namespace gradus::differential {

namespace {

using Draws = std::optional<Draft>;

// ------------------------------------------------------------------------------------------------ the same, in order

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
    std::swap(out.step.whole[k - 1],
              out.step.whole[static_cast<std::size_t>(numbers.whole(static_cast<std::int64_t>(k)))]);
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
  return std::make_unique<LinearPlan>(step.shape, sum_links(step, x),
                                      std::vector<double>(static_cast<std::size_t>(size_of(step.shape)), count));
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
};

}  // namespace

std::span<const StructuralOp> order_ops() { return ops; }

}  // namespace gradus::differential
