// Windows that slide over images: convolutions and pooling.
#include <algorithm>
#include <array>
#include <string>

#include "tests/differential/bilinear_plan.h"
#include "tests/differential/group_plan.h"
#include "tests/differential/linear_plan.h"

namespace gradus::differential {

namespace {

using Pair = std::array<std::int64_t, 2>;  // height, width

/// How windows lie on an image.  whole = {stride, padding, dilation: each height and width; then each op's own}.
/// Ops of one axis work on images of height 1.
struct Window {
  Pair stride;
  Pair padding;
  Pair dilation;

  explicit Window(const Step& step)
      : stride{step.whole[0], step.whole[1]},
        padding{step.whole[2], step.whole[3]},
        dilation{step.whole[4], step.whole[5]} {}

  /// Where along an axis window number `o` finds the image with its element `k`; may lie outside.
  [[nodiscard]] std::int64_t place(std::size_t axis, std::int64_t o, std::int64_t k) const {
    return o * stride[axis] - padding[axis] + k * dilation[axis];
  }
};
constexpr std::size_t own = 6;  // where in `whole` each op's own numbers begin

/// [n, c, height, width] of an image or weight; a missing height is 1, and so is a missing n.
Sizes image(const Sizes& shape, bool flat) {
  Sizes out = shape;
  if (flat) out.insert(out.end() - 1, 1);
  if (out.size() == 3) out.insert(out.begin(), 1);
  return out;
}
Sizes like(const Sizes& x, bool flat, std::int64_t channels, const Pair& size) {
  Sizes out(x.begin(), x.end() - (flat ? 2 : 3));
  out.push_back(channels);
  if (!flat) out.push_back(size[0]);
  out.push_back(size[1]);
  return out;
}
bool is_flat(const Step& step) { return step.op.back() == 'd' && step.op[step.op.size() - 2] == '1'; }

template <class F>
void for_each_pair(std::int64_t height, std::int64_t width, const F& f) {
  for (std::int64_t i = 0; i < height; ++i) {
    for (std::int64_t j = 0; j < width; ++j) f(i, j);
  }
}

/// Stride, padding and dilation for kernels that fit an image of this size; the kernel's size in `kernel`.
std::vector<std::int64_t> draw_window(Numbers& numbers, bool flat, const Sizes& x, Pair& kernel, bool pools) {
  std::vector<std::int64_t> out{1, 1, 0, 0, 1, 1};
  kernel = {1, 1};
  for (std::size_t axis = flat ? 1 : 0; axis < 2; ++axis) {
    kernel[axis] = 1 + numbers.whole(3);
    out[axis] = 1 + numbers.whole(2);
    out[2 + axis] = numbers.whole(pools ? kernel[axis] / 2 + 1 : 3);
    out[4 + axis] = numbers.chance(0.7) ? 1 : 2;
    if ((kernel[axis] - 1) * out[4 + axis] + 1 > x[2 + axis] + 2 * out[2 + axis]) kernel[axis] = 1;
    if (pools && 2 * out[2 + axis] > kernel[axis]) out[2 + axis] = 0;
  }
  return out;
}

bool is_image(const Sizes& x, bool flat) { return x.size() == (flat ? 2 : 3) || x.size() == (flat ? 3 : 4); }

// -------------------------------------------------------------------------------------------------------- convolutions

/// whole = {window, groups}.  Transposed: the image and the result change places.
template <bool transposed>
Terms conv_terms(const Step& step, const Shapes& shapes) {
  const bool flat = is_flat(step);
  const Window window(step);
  const std::int64_t groups = step.whole[own];
  const Sizes w = image(shapes[1], flat);
  const Sizes in = image(shapes[0], flat);
  const Sizes out = image(step.shape, flat);
  // The windows are those of the plain convolution that maps `wide` to `narrow`.
  const Sizes& wide = transposed ? out : in;
  const Sizes& narrow = transposed ? in : out;
  const std::int64_t wide_part = wide[1] / groups;
  const std::int64_t narrow_part = narrow[1] / groups;
  Terms terms;
  for_each_place(narrow, [&](const Index& at, std::size_t narrow_place) {
    const std::int64_t group = at[1] / narrow_part;
    for (std::int64_t c = 0; c < wide_part; ++c) {
      for_each_pair(w[2], w[3], [&](std::int64_t i, std::int64_t j) {
        const std::int64_t row = window.place(0, at[2], i);
        const std::int64_t column = window.place(1, at[3], j);
        if (row < 0 || row >= wide[2] || column < 0 || column >= wide[3]) return;
        const std::size_t wide_place = place_of(wide, {at[0], group * wide_part + c, row, column});
        const std::size_t weight = place_of(w, {at[1], c, i, j});
        terms.push_back({transposed ? wide_place : narrow_place, transposed ? narrow_place : wide_place, weight});
      });
    }
  });
  return terms;
}

std::int64_t draw_groups(Numbers& numbers, std::int64_t channels) {
  const std::int64_t groups = numbers.chance(0.6) ? 1 : 1 + numbers.whole(channels);
  return channels % groups == 0 ? groups : 1;
}

template <bool flat>
std::optional<Draft> draw_conv(Numbers& numbers, const Sizes& shape) {
  if (!is_image(shape, flat)) return std::nullopt;
  const Sizes x = image(shape, flat);
  Draft out;
  Pair kernel;
  out.step.whole = draw_window(numbers, flat, x, kernel, false);
  const std::int64_t groups = draw_groups(numbers, x[1]);
  const std::int64_t channels = groups * (1 + numbers.whole(2));
  out.step.whole.push_back(groups);
  const Window window(out.step);
  Pair size;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t reach = (kernel[axis] - 1) * window.dilation[axis] + 1;
    size[axis] = (x[2 + axis] + 2 * window.padding[axis] - reach) / window.stride[axis] + 1;
  }
  out.step.shape = like(shape, flat, channels, size);
  out.others = {flat ? Sizes{channels, x[1] / groups, kernel[1]}
                     : Sizes{channels, x[1] / groups, kernel[0], kernel[1]}};
  return out;
}

/// whole = {window, groups, output padding: height and width}
template <bool flat>
std::optional<Draft> draw_conv_transpose(Numbers& numbers, const Sizes& shape) {
  if (!is_image(shape, flat)) return std::nullopt;
  const Sizes x = image(shape, flat);
  Draft out;
  Pair kernel;
  out.step.whole = draw_window(numbers, flat, x, kernel, false);
  const std::int64_t groups = draw_groups(numbers, x[1]);
  const std::int64_t part = 1 + numbers.whole(2);
  const Window window(out.step);
  out.step.whole.push_back(groups);
  Pair size;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t extra =
        flat && axis == 0 ? 0 : numbers.whole(std::max(window.stride[axis], window.dilation[axis]));
    out.step.whole.push_back(extra);
    size[axis] = (x[2 + axis] - 1) * window.stride[axis] - 2 * window.padding[axis] +
                 window.dilation[axis] * (kernel[axis] - 1) + extra + 1;
    if (size[axis] < 1) return std::nullopt;
  }
  out.step.shape = like(shape, flat, groups * part, size);
  out.others = {flat ? Sizes{x[1], part, kernel[1]} : Sizes{x[1], part, kernel[0], kernel[1]}};
  return out;
}

// ------------------------------------------------------------------------------------------------------------- pooling

/// whole = {window, kernel: height and width, ceil_mode, count_include_pad}
template <bool flat, bool dilates>
std::optional<Draft> draw_pool(Numbers& numbers, const Sizes& shape) {
  if (!is_image(shape, flat)) return std::nullopt;
  const Sizes x = image(shape, flat);
  Draft out;
  Pair kernel;
  out.step.whole = draw_window(numbers, flat, x, kernel, true);
  if (!dilates) out.step.whole[4] = out.step.whole[5] = 1;
  const bool ceil_mode = numbers.chance(0.3);
  out.step.whole.insert(out.step.whole.end(), {kernel[0], kernel[1], ceil_mode ? 1 : 0, numbers.chance(0.5) ? 1 : 0});
  const Window window(out.step);
  Pair size;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t reach = (kernel[axis] - 1) * window.dilation[axis] + 1;
    const std::int64_t room = x[2 + axis] + 2 * window.padding[axis] - reach;
    const std::int64_t stride = window.stride[axis];
    size[axis] = room / stride + 1;
    // A window that hangs over the end still begins within the image or the padding before it.
    if (ceil_mode && room % stride != 0 && size[axis] * stride < x[2 + axis] + window.padding[axis]) ++size[axis];
  }
  out.step.shape = like(shape, flat, x[1], size);
  return out;
}

/// For each element of the result the places that its window sees.
Groups windows(const Step& step, const Sizes& shape) {
  const bool flat = is_flat(step);
  const Window window(step);
  const Sizes x = image(shape, flat);
  Groups out;
  for_each_place(image(step.shape, flat), [&](const Index& at, std::size_t) {
    std::vector<std::size_t>& seen = out.emplace_back();
    for_each_pair(step.whole[own], step.whole[own + 1], [&](std::int64_t i, std::int64_t j) {
      const std::int64_t row = window.place(0, at[2], i);
      const std::int64_t column = window.place(1, at[3], j);
      if (row < 0 || row >= x[2] || column < 0 || column >= x[3]) return;
      seen.push_back(place_of(x, {at[0], at[1], row, column}));
    });
  });
  return out;
}

std::unique_ptr<Plan> max_pool_plan(const Step& step, const Shapes& x) {
  Groups in = windows(step, x[0]);
  Groups out;
  for (std::size_t k = 0; k < in.size(); ++k) out.push_back({k});
  return std::make_unique<GroupPlan>(in.size(), std::move(in), std::move(out), std::make_unique<Extreme<false>>(step));
}

std::unique_ptr<Plan> avg_pool_plan(const Step& step, const Shapes& shapes) {
  const Groups groups = windows(step, shapes[0]);
  const bool flat = is_flat(step);
  const Window window(step);
  const Sizes x = image(shapes[0], flat);
  Links links;
  std::vector<double> divisors;
  for_each_place(image(step.shape, flat), [&](const Index& at, std::size_t out) {
    for (const std::size_t in : groups[out]) links.push_back({out, 0, in});
    // Padding counts, but not what lies behind it.
    std::int64_t area = 1;
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const std::int64_t start = window.place(axis, at[2 + axis], 0);
      area *= std::min(start + step.whole[own + axis], x[2 + axis] + window.padding[axis]) - start;
    }
    divisors.push_back(
        static_cast<double>(step.whole[own + 3] != 0 ? area : static_cast<std::int64_t>(groups[out].size())));
  });
  return std::make_unique<LinearPlan>(step.shape, std::move(links), std::move(divisors));
}

constexpr StructuralOp ops[] = {
    {"conv1d", draw_conv<true>, bilinear<conv_terms<false>>},
    {"conv2d", draw_conv<false>, bilinear<conv_terms<false>>},
    {"conv_transpose1d", draw_conv_transpose<true>, bilinear<conv_terms<true>>},
    {"conv_transpose2d", draw_conv_transpose<false>, bilinear<conv_terms<true>>},
    {"max_pool1d", draw_pool<true, true>, max_pool_plan},
    {"max_pool2d", draw_pool<false, true>, max_pool_plan},
    {"avg_pool1d", draw_pool<true, false>, avg_pool_plan},
    {"avg_pool2d", draw_pool<false, false>, avg_pool_plan},
};

}  // namespace

std::span<const StructuralOp> window_ops() { return ops; }

}  // namespace gradus::differential
