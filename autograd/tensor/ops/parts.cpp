#include "autograd/tensor/ops/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/trace.h"

namespace gradus {

namespace {

// An index taken apart: an entry for each axis of x and each new one, in order.
struct AxisEntry {
  Slice slice;
  bool is_new = false;
  std::optional<Indices> places;
};

// Where a mask is 1: a list of places along each of its axes, in row-major order.
std::vector<Indices> places_of(const Tensor& mask) {
  detail::refuse_in_trace(mask, "a mask as an index");
  const Shape shape = mask.shape();
  if (shape.rank() == 0) throw ShapeError("[index] a single number is no mask: it has no axis");
  std::vector<std::vector<std::int64_t>> lists(static_cast<std::size_t>(shape.rank()));
  const std::vector<double> numbers = mask.value().to_vector();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] != 0.0 && numbers[i] != 1.0) {
      throw ValueError(
          fmt::format("[index] a mask holds 0 and 1, not {}: a comparison gives one; places are Indices", numbers[i]));
    }
    auto rest = static_cast<std::int64_t>(i);
    for (int k = shape.rank(); numbers[i] != 0.0 && k-- > 0;) {
      lists[static_cast<std::size_t>(k)].push_back(rest % shape[k]);
      rest /= shape[k];
    }
  }
  std::vector<Indices> out;
  for (const auto& list : lists) out.emplace_back(std::span<const std::int64_t>(list));
  return out;
}

void check_mask(const Shape& mask, const Shape& x, int axis) {
  for (int k = 0; k < mask.rank(); ++k) {
    if (mask[k] == x[axis + k]) continue;
    throw ShapeError(fmt::format("[index] the mask is {}, and does not fit {} from axis {} on", to_string(mask),
                                 to_string(x), axis));
  }
}

int axes_of(const IndexEntry& entry) {
  switch (entry.kind()) {
    case IndexEntry::Kind::slice:
    case IndexEntry::Kind::places:
      return 1;
    case IndexEntry::Kind::mask:
      return entry.mask().rank();
    default:
      return 0;
  }
}

std::vector<AxisEntry> taken_apart(const Shape& shape, std::span<const IndexEntry> index) {
  int named = 0;
  int ellipses = 0;
  for (const IndexEntry& entry : index) {
    named += axes_of(entry);
    ellipses += entry.kind() == IndexEntry::Kind::ellipsis ? 1 : 0;
  }
  if (ellipses > 1) throw ShapeError("[index] an index has one ellipsis at most");
  if (named > shape.rank()) {
    throw ShapeError(fmt::format("[index] {} axes are named, the shape is {}", named, to_string(shape)));
  }
  std::vector<AxisEntry> out;
  int axis = 0;
  for (const IndexEntry& entry : index) {
    switch (entry.kind()) {
      case IndexEntry::Kind::slice:
        out.push_back({entry.slice(), false, {}});
        break;
      case IndexEntry::Kind::newaxis:
        out.push_back({{}, true, {}});
        break;
      case IndexEntry::Kind::ellipsis:
        out.resize(out.size() + static_cast<std::size_t>(shape.rank() - named));
        axis += shape.rank() - named;
        break;
      case IndexEntry::Kind::places:
        out.push_back({{}, false, entry.places()});
        break;
      case IndexEntry::Kind::mask:
        check_mask(entry.mask().shape(), shape, axis);
        for (Indices& places : places_of(entry.mask())) out.push_back({{}, false, std::move(places)});
        break;
    }
    axis += axes_of(entry);
  }
  out.resize(out.size() + static_cast<std::size_t>(shape.rank() - axis));
  // Beside Indices a single place is one of them, as in NumPy.
  const bool looked_up = std::ranges::any_of(out, [](const AxisEntry& e) { return e.places.has_value(); });
  for (AxisEntry& e : out) {
    if (looked_up && e.slice.single) e.places = Indices(Shape(), {*std::exchange(e.slice, Slice()).start});
  }
  return out;
}

// One slice for each axis of x; axes that are looked up are whole.
std::vector<Slice> slices_of(std::span<const AxisEntry> entries) {
  std::vector<Slice> out;
  for (const AxisEntry& e : entries) {
    if (!e.is_new) out.push_back(e.slice);
  }
  return out;
}

// With the new axes put in.
Tensor with_new_axes(const Tensor& sliced, std::span<const AxisEntry> entries) {
  if (std::ranges::none_of(entries, &AxisEntry::is_new)) return sliced;
  std::vector<std::int64_t> sizes;
  int axis = 0;
  for (const AxisEntry& e : entries) {
    if (e.is_new) {
      sizes.push_back(1);
    } else if (!e.slice.single) {
      sizes.push_back(sliced.shape()[axis++]);
    }
  }
  return reshape(sliced, Shape(std::span<const std::int64_t>(sizes)));
}

// Axes of a tensor that are looked up together.
struct LookedUp {
  std::vector<int> axes;
  std::vector<Indices> places;
  bool adjacent = true;
};

LookedUp looked_up(std::span<const AxisEntry> entries) {
  LookedUp out;
  int axis = 0;
  for (const AxisEntry& e : entries) {
    if (e.places) {
      out.adjacent = out.adjacent && (out.axes.empty() || out.axes.back() == axis - 1);
      out.axes.push_back(axis);
      out.places.push_back(*e.places);
    }
    axis += e.slice.single ? 0 : 1;
  }
  return out;
}

// Along all of the axes at once: places in row-major order of their sizes.
Indices combined(const LookedUp& of, const Shape& x) {
  Shape shape = of.places[0].shape();
  for (const Indices& places : of.places) shape = broadcast(shape, places.shape(), "index");
  std::vector<std::int64_t> out(static_cast<std::size_t>(shape.size()), 0);
  for (std::size_t k = 0; k < of.places.size(); ++k) {
    const Indices& places = of.places[k];
    const std::int64_t size = x[of.axes[k]];
    for (std::size_t i = 0; i < out.size(); ++i) {
      // The place of element i in what is broadcast to the shape.
      std::int64_t from = 0;
      std::int64_t stride = 1;
      auto rest = static_cast<std::int64_t>(i);
      for (int axis = shape.rank(); axis-- > 0;) {
        const std::int64_t here = rest % shape[axis];
        rest /= shape[axis];
        const int own = axis - (shape.rank() - places.shape().rank());
        if (own < 0) continue;
        if (places.shape()[own] != 1) from += here * stride;
        stride *= places.shape()[own];
      }
      const std::int64_t place = places[from];
      if (place < -size || place >= size) {
        throw ShapeError(
            fmt::format("[index] index {} is out of range for axis {} of size {}", place, of.axes[k], size));
      }
      out[i] = out[i] * size + (place < 0 ? place + size : place);
    }
  }
  return Indices(shape, std::move(out));
}

Tensor look_up(const Tensor& x, const LookedUp& of) {
  if (of.axes.empty()) return x;
  if (of.axes.size() == 1) return take(x, of.places[0], of.axes[0]);
  const Shape shape = x.shape();
  const Indices places = combined(of, shape);
  // The axes come to stand beside each other: in front when something is between them.
  const int front = of.adjacent ? of.axes[0] : 0;
  std::vector<int> order;
  std::vector<std::int64_t> sizes;
  const auto keep = [&](int from, int to) {
    for (int k = from; k < to; ++k) {
      if (std::ranges::find(of.axes, k) != of.axes.end()) continue;
      order.push_back(k);
      sizes.push_back(shape[k]);
    }
  };
  keep(0, front);
  order.insert(order.end(), of.axes.begin(), of.axes.end());
  sizes.push_back(1);
  for (const int axis : of.axes) sizes.back() *= shape[axis];
  keep(front, shape.rank());
  const Tensor turned = std::ranges::is_sorted(order) ? x : permute(x, order);
  return take(reshape(turned, Shape(std::span<const std::int64_t>(sizes))), places, front);
}

Tensor part_by(const Tensor& x, std::span<const AxisEntry> entries) {
  return look_up(with_new_axes(ops::slice(x, slices_of(entries)), entries), looked_up(entries));
}

bool is_basic(std::span<const AxisEntry> entries) {
  return std::ranges::none_of(entries, [](const AxisEntry& e) { return e.places.has_value(); });
}

// Places in x, in row-major order, of what an index names.
Array flat_places(const Shape& shape, std::span<const AxisEntry> entries) {
  Array numbered = Array::uninitialized(shape, DType::float64);
  for (std::int64_t i = 0; i < numbered.size(); ++i) numbered.mutable_data<double>()[i] = static_cast<double>(i);
  return part_by(Tensor(std::move(numbered), Counted<detail::Record>()), entries).value().packed();
}

// v as what an index names has room for.
Tensor spread(const Tensor& v, const Shape& room, const Tensor& x, std::string_view op) {
  if (!broadcasts_to(v.shape(), room)) {
    throw ShapeError(
        fmt::format("[{}] {} does not broadcast to the part, which is {}", op, to_string(v.shape()), to_string(room)));
  }
  const Tensor like_x = cast(v, x.dtype());
  return v.shape() == room ? like_x : broadcast_to(like_x, room);
}

// v in its places, and zeros around it.
Tensor padded(const Tensor& v, const Window& window) {
  return apply(Pad{{}, window, 0.0}, v.shape() == window.shape() ? v : reshape(v, window.shape()));
}

}  // namespace

Tensor part_of(const Tensor& x, std::span<const IndexEntry> index) { return part_by(x, taken_apart(x.shape(), index)); }

Tensor Tensor::operator[](const IndexEntry& index) const { return part_of(*this, std::span(&index, 1)); }

Tensor Selection::set(const Tensor& v) const {
  const Shape shape = x_.shape();
  const std::vector<AxisEntry> entries = taken_apart(shape, index_);
  if (is_basic(entries)) {
    const Window window(shape, slices_of(entries));
    const Tensor own = spread(v, with_new_axes(Tensor(window.look(x_.value())), entries).shape(), x_, "at");
    Array mask = Array::zeros(shape, x_.dtype());
    window.write(Array::full(window.shape(), 1.0, x_.dtype()), mask);
    return where(Tensor(std::move(mask)), padded(own, window), x_);
  }
  const Array places = flat_places(shape, entries);
  const Tensor own = spread(v, places.shape(), x_, "at");
  if (places.size() == 0) return x_;
  // For each number of x the one that replaces it: the last that is put there.
  Array mask = Array::zeros(shape, x_.dtype());
  std::vector<std::int64_t> source(static_cast<std::size_t>(shape.size()), 0);
  dispatch(mask.dtype(), [&](auto zero) {
    for (std::int64_t i = 0; i < places.size(); ++i) {
      const auto place = static_cast<std::int64_t>(places.data<double>()[i]);
      mask.mutable_data<decltype(zero)>()[place] = 1;
      source[static_cast<std::size_t>(place)] = i;
    }
  });
  return where(Tensor(std::move(mask)), take(own, Indices(shape, std::move(source))), x_);
}

Tensor Selection::add(const Tensor& v) const {
  const Shape shape = x_.shape();
  const std::vector<AxisEntry> entries = taken_apart(shape, index_);
  if (is_basic(entries)) {
    const Window window(shape, slices_of(entries));
    return x_ + padded(spread(v, with_new_axes(Tensor(window.look(x_.value())), entries).shape(), x_, "at"), window);
  }
  const Array places = flat_places(shape, entries);
  const Tensor own = reshape(spread(v, places.shape(), x_, "at"), Shape{places.size()});
  const Indices flat(Shape{places.size()}, places.to_vector<std::int64_t>());
  return reshape(scatter_add(reshape(x_, Shape{x_.size()}), 0, flat, own), shape);
}

void Selection::assign(const Tensor& v) { target_->assign(set(v), "at"); }

RowIterator begin(const Tensor& x) {
  if (x.rank() == 0) throw ShapeError("[begin] a single number has no rows to go through");
  return {x, 0};
}

RowIterator end(const Tensor& x) { return {x, x.size(0)}; }

}  // namespace gradus
