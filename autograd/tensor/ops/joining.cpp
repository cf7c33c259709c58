#include "autograd/tensor/ops/joining.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/shape_checks.h"

namespace gradus {

namespace {

Shape with_size(const Shape& shape, int axis, std::int64_t size) {
  std::array<std::int64_t, max_rank> sizes{};
  std::ranges::copy(shape, sizes.begin());
  sizes[static_cast<std::size_t>(axis)] = size;
  return Shape(std::span<const std::int64_t>(sizes).first(static_cast<std::size_t>(shape.rank())));
}

// Groups as large as one op takes, then groups of what they gave, until one is left.
Tensor joined(std::vector<Tensor> x, int axis) {
  while (x.size() > 1) {
    std::vector<Tensor> groups;
    for (std::size_t k = 0; k < x.size(); k += most_arguments) {
      const std::size_t n = std::min(most_arguments, x.size() - k);
      groups.push_back(n == 1 ? x[k] : gradus::apply(Concat{axis}, std::span<const Tensor>(x).subspan(k, n)));
    }
    x = std::move(groups);
  }
  return x.front();
}

std::vector<Tensor> of_one_dtype(std::span<const Tensor> x, std::string_view op) {
  if (x.empty()) throw ShapeError(fmt::format("[{}] at least one tensor is needed", op));
  DType dtype = x.front().dtype();
  for (const Tensor& t : x) dtype = promote(dtype, t.dtype());
  std::vector<Tensor> out;
  out.reserve(x.size());
  for (const Tensor& t : x) out.push_back(cast(t, dtype));
  return out;
}

// Each stretch of `inner` elements so many times in a row, under the shape that results.
Tensor repeat_stretches(const Tensor& x, std::int64_t inner, std::int64_t times, const Shape& result) {
  const std::int64_t outer = inner == 0 ? 0 : x.size() / inner;
  return reshape(broadcast_to(reshape(x, Shape{outer, 1, inner}), Shape{outer, times, inner}), result);
}

Shape lengthened(const Shape& shape, int axis, std::int64_t times, std::string_view op) {
  std::int64_t size = 0;
  if (times < 0) throw ShapeError(fmt::format("[{}] {} is no number of times", op, times));
  if (__builtin_mul_overflow(shape[axis], times, &size)) {
    throw ShapeError(fmt::format("[{}] {} times axis {} of {} is too long", op, times, axis, to_string(shape)));
  }
  return with_size(shape, axis, size);
}

std::int64_t elements_from(const Shape& shape, int axis) {
  std::int64_t n = 1;
  for (int k = axis; k < shape.rank(); ++k) n *= shape[k];
  return n;
}

// Where the elements of a padded axis come from.
Indices sources(PadMode mode, std::int64_t size, std::int64_t before, std::int64_t behind) {
  std::vector<std::int64_t> from;
  for (std::int64_t i = -before; i < size + behind; ++i) {
    switch (mode) {
      case PadMode::reflect:
        from.push_back(i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i);
        break;
      case PadMode::circular:
        from.push_back(i < 0 ? i + size : i >= size ? i - size : i);
        break;
      default:
        from.push_back(std::clamp<std::int64_t>(i, 0, size - 1));
    }
  }
  return Indices(std::span<const std::int64_t>(from));
}

Tensor pad_from_itself(Tensor x, std::span<const std::int64_t> before, std::span<const std::int64_t> behind,
                       PadMode mode) {
  const auto longest = [mode](std::int64_t size) {
    if (mode == PadMode::replicate) return size > 0 ? std::numeric_limits<std::int64_t>::max() : 0;
    return mode == PadMode::reflect ? std::max<std::int64_t>(size - 1, 0) : size;
  };
  const Shape shape = x.shape();
  for (int k = 0; k < shape.rank(); ++k) {
    const std::int64_t width = std::max(before[static_cast<std::size_t>(k)], behind[static_cast<std::size_t>(k)]);
    if (width <= longest(shape[k])) continue;
    throw ShapeError(fmt::format("[pad] axis {} of {} is too short to be continued by {}", k, to_string(shape), width));
  }
  for (int k = 0; k < shape.rank(); ++k) {
    const std::int64_t a = before[static_cast<std::size_t>(k)];
    const std::int64_t b = behind[static_cast<std::size_t>(k)];
    if (a != 0 || b != 0) x = take(x, sources(mode, shape[k], a, b), k);
  }
  return x;
}

}  // namespace

Shape Concat::result_shape(std::span<const Shape> x) const {
  const Shape& shape = x.front();
  if (axis >= shape.rank()) detail::refuse_shape(name, fmt::format("axis {} is out of range", axis), shape);
  std::int64_t size = 0;
  for (const Shape& other : x) {
    if (other.rank() != shape.rank() || with_size(other, axis, 0) != with_size(shape, axis, 0)) {
      throw ShapeError(
          fmt::format("[concat] shapes differ beside axis {}: {} and {}", axis, to_string(shape), to_string(other)));
    }
    size += other[axis];
  }
  return with_size(shape, axis, size);
}

Array Concat::value(std::span<const Array> x) const {
  std::int64_t size = 0;
  for (const Array& part : x) size += part.sizes()[static_cast<std::size_t>(axis)];
  const Shape whole = with_size(x.front().shape(), axis, size);
  Array out = Array::uninitialized(whole, x.front().dtype());
  std::int64_t first = 0;
  for (const Array& part : x) {
    const std::int64_t count = part.sizes()[static_cast<std::size_t>(axis)];
    Window::along(whole, axis, first, count).write(part, out);
    first += count;
  }
  return out;
}

Formula Concat::formula(std::span<const Formula> x) { return Formula::call(name, x); }

TaughtRule Concat::taught(std::size_t k, const TaughtStep& step) const {
  std::int64_t first = 0;
  for (std::size_t j = 0; j < k; ++j) first += step.shapes[j][axis];
  const std::string before =
      fmt::format("{}", fmt::join(std::vector<std::string>(static_cast<std::size_t>(axis), ":, "), ""));
  const Formula range(fmt::format("[{}{}:{}]", before, first, first + step.shapes[k][axis]));
  return {detail::call_on("slice", step.gradient, std::span(&range, 1)),
          "each piece receives its own part of G" + detail::along(1U << axis, step.shape.rank())};
}

Tensor concat(std::span<const Tensor> x, Axis axis) {
  std::vector<Tensor> parts = of_one_dtype(x, Concat::name);
  const Shape shape = parts.front().shape();
  const int along = normalize_axis(axis, shape.rank(), Concat::name);
  std::vector<Shape> shapes;
  for (const Tensor& part : parts) shapes.push_back(part.shape());
  static_cast<void>(Concat{along}.result_shape(shapes));  // refused before anything is copied
  return joined(std::move(parts), along);
}

Tensor concat(std::initializer_list<Tensor> x, Axis axis) {
  return concat(std::span<const Tensor>(x.begin(), x.size()), axis);
}

Tensor ops::stack(std::span<const Tensor> x, Axis axis) {
  std::vector<Tensor> parts = of_one_dtype(x, "stack");
  const Shape shape = parts.front().shape();
  const int along = normalize_axis(axis, shape.rank() + 1, "stack");
  for (Tensor& part : parts) {
    if (part.shape() != shape) {
      throw ShapeError(fmt::format("[stack] shapes differ: {} and {}", to_string(shape), to_string(part.shape())));
    }
    part = unsqueeze(part, along);
  }
  return joined(std::move(parts), along);
}

Tensor ops::stack(std::initializer_list<Tensor> x, Axis axis) {
  return ops::stack(std::span<const Tensor>(x.begin(), x.size()), axis);
}

std::vector<Tensor> split(const Tensor& x, std::span<const std::int64_t> sizes, Axis axis) {
  const Shape shape = x.shape();
  const int along = normalize_axis(axis, shape.rank(), "split");
  std::int64_t left = shape[along];
  for (const std::int64_t size : sizes) left = size < 0 || left < size ? -1 : left - size;
  if (left != 0) {
    throw ShapeError(
        fmt::format("[split] axis {} of {} does not split into [{}]", along, to_string(shape), fmt::join(sizes, ", ")));
  }
  std::vector<Tensor> parts;
  std::int64_t first = 0;
  for (const std::int64_t size : sizes) {
    parts.push_back(ops::slice(x, {first, first + size}, along));
    first += size;
  }
  return parts;
}

std::vector<Tensor> split(const Tensor& x, std::initializer_list<std::int64_t> sizes, Axis axis) {
  return split(x, std::span<const std::int64_t>(sizes.begin(), sizes.size()), axis);
}

std::vector<Tensor> split(const Tensor& x, std::int64_t parts, Axis axis) {
  const int along = normalize_axis(axis, x.rank(), "split");
  const std::int64_t size = x.shape()[along];
  if (parts <= 0 || size % parts != 0) {
    throw ShapeError(
        fmt::format("[split] axis {} of {} does not split into {} equal parts", along, to_string(x.shape()), parts));
  }
  return split(x, std::vector<std::int64_t>(static_cast<std::size_t>(parts), size / parts), along);
}

Tensor pad(const Tensor& x, std::span<const std::int64_t> widths, PadMode mode, double value) {
  const Shape shape = x.shape();
  const auto rank = static_cast<std::size_t>(shape.rank());
  if (widths.size() % 2 != 0 || widths.size() / 2 > rank) {
    throw ShapeError(fmt::format("[pad] widths are pairs, at most one for each axis: [{}] for {}",
                                 fmt::join(widths, ", "), to_string(shape)));
  }
  // What negative widths cut off goes first, and the axis must be as long as that.
  std::array<std::int64_t, max_rank> before{};
  std::array<std::int64_t, max_rank> behind{};
  std::array<std::int64_t, max_rank> sizes{};
  std::array<Slice, max_rank> rest;
  std::ranges::copy(shape, sizes.begin());
  for (std::size_t k = 0; k < widths.size() / 2; ++k) {
    const std::size_t axis = rank - 1 - k;
    const std::int64_t a = widths[2 * k];
    const std::int64_t b = widths[2 * k + 1];
    const std::int64_t size = shape[static_cast<int>(axis)];
    if (a < -size || b < -size - std::min<std::int64_t>(a, 0) || __builtin_add_overflow(size, a, &sizes[axis]) ||
        __builtin_add_overflow(sizes[axis], b, &sizes[axis])) {
      throw ShapeError(fmt::format("[pad] {} and {} do not fit axis {} of {}", a, b, axis, to_string(shape)));
    }
    before[axis] = std::max<std::int64_t>(a, 0);
    behind[axis] = std::max<std::int64_t>(b, 0);
    rest[axis] = {std::max<std::int64_t>(-a, 0), size + std::min<std::int64_t>(b, 0)};
  }
  const Shape whole(std::span<const std::int64_t>(sizes).first(rank));
  const Tensor part = ops::slice(x, std::span<const Slice>(rest).first(rank));
  if (mode != PadMode::constant) return pad_from_itself(part, before, behind, mode);
  if (part.shape() == whole) return part;
  return apply(Pad{{}, Window::block(whole, before, part.shape()), value}, part);
}

Tensor pad(const Tensor& x, std::initializer_list<std::int64_t> widths, PadMode mode, double value) {
  return pad(x, std::span<const std::int64_t>(widths.begin(), widths.size()), mode, value);
}

Tensor repeat(const Tensor& x, std::span<const std::int64_t> times) {
  const Shape shape = x.shape();
  const auto rank = static_cast<std::size_t>(shape.rank());
  if (times.size() < rank) {
    throw ShapeError(fmt::format("[repeat] a number of times is needed for each axis: [{}] for {}",
                                 fmt::join(times, ", "), to_string(shape)));
  }
  std::vector<std::int64_t> sizes(times.size() - rank, 1);
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  Shape now(sizes);
  Shape whole = now;  // checked before anything is copied
  for (int k = 0; k < now.rank(); ++k) whole = lengthened(whole, k, times[static_cast<std::size_t>(k)], "repeat");
  Tensor out = reshape(x, now);
  for (int k = now.rank(); k-- > 0;) {
    if (whole[k] == now[k]) continue;
    const std::int64_t inner = elements_from(now, k);
    now = with_size(now, k, whole[k]);
    out = repeat_stretches(out, inner, times[static_cast<std::size_t>(k)], now);
  }
  return out;
}

Tensor repeat(const Tensor& x, std::initializer_list<std::int64_t> times) {
  return repeat(x, std::span<const std::int64_t>(times.begin(), times.size()));
}

Tensor repeat_interleave(const Tensor& x, std::int64_t times, Axis axis) {
  const Shape shape = x.shape();
  const int along = normalize_axis(axis, shape.rank(), "repeat_interleave");
  const Shape result = lengthened(shape, along, times, "repeat_interleave");
  return repeat_stretches(x, elements_from(shape, along + 1), times, result);
}

Tensor roll(const Tensor& x, std::int64_t shift, Axis axis) {
  const int along = normalize_axis(axis, x.rank(), "roll");
  const std::int64_t size = x.shape()[along];
  if (size == 0 || shift % size == 0) return x;
  const std::int64_t moved = (shift % size + size) % size;  // in [1, size)
  return concat({ops::slice(x, {size - moved, {}}, along), ops::slice(x, {{}, size - moved}, along)}, along);
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<Concat>();
template const detail::RuleEntry& detail::unlisted_rule<Pad>();

}  // namespace gradus
