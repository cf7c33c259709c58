#include "autograd/array/lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "autograd/array/strided.h"
#include "autograd/base/error.h"

namespace gradus {

namespace {

Indices counted_from_start(const Indices& indices, std::int64_t size, int axis, std::string_view op) {
  const std::span<const std::int64_t> values = indices.values();
  const auto outside = std::ranges::find_if(values, [&](std::int64_t i) { return i < -size || i >= size; });
  if (outside != values.end()) {
    throw ShapeError(fmt::format("[{}] index {} is out of range for axis {} of size {}", op, *outside, axis, size));
  }
  if (std::ranges::all_of(values, [](std::int64_t i) { return i >= 0; })) return indices;
  std::vector<std::int64_t> positive(values.begin(), values.end());
  for (std::int64_t& i : positive) i += i < 0 ? size : 0;
  return Indices(indices.shape(), std::move(positive));
}

void check_pointwise(const Shape& array, const Shape& places, int axis, std::string_view op) {
  if (places.rank() != array.rank()) {
    throw ShapeError(fmt::format("[{}] the indices need the array's number of axes: {} for {}", op, to_string(places),
                                 to_string(array)));
  }
  for (int k = 0; k < array.rank(); ++k) {
    if (k == axis || places[k] <= array[k]) continue;
    throw ShapeError(fmt::format("[{}] the indices are longer than the array along axis {}: {} for {}", op, k,
                                 to_string(places), to_string(array)));
  }
}

using Strides = std::array<std::int64_t, max_rank>;

// How an array and the indices are crossed while what was found is walked in row-major order.  The array does not move
// along the axis of the lookup: the index says where on it.
struct Crossing {
  Strides array{};
  Strides index{};
  std::int64_t along;

  Crossing(std::span<const std::int64_t> strides, const Lookup& lookup)
      : along(strides[static_cast<std::size_t>(lookup.axis)]) {
    const auto axis = static_cast<std::size_t>(lookup.axis);
    const auto places = static_cast<std::size_t>(lookup.indices.shape().rank());
    if (lookup.pointwise) {
      std::ranges::copy(strides, array.begin());
      array[axis] = 0;
      row_major(lookup.indices.shape(), index.data());
    } else {
      std::ranges::copy(strides.first(axis), array.begin());
      std::ranges::copy(strides.subspan(axis + 1), array.begin() + static_cast<std::ptrdiff_t>(axis + places));
      row_major(lookup.indices.shape(), index.data() + axis);
    }
  }

 private:
  static void row_major(const Shape& shape, std::int64_t* strides) {
    std::int64_t stride = 1;
    for (int k = shape.rank(); k-- > 0; stride *= shape[k]) strides[k] = stride;
  }
};

// f(array, step, found, step, n) for each run of n elements; `array` points to where the index led.
template <class A, class F, class Run>
void cross(const Lookup& lookup, const Shape& found_shape, std::span<const std::int64_t> array_strides, A* array,
           std::span<const std::int64_t> found_strides, F* found, Run&& run) {
  const Crossing crossing(array_strides, lookup);
  const auto rank = static_cast<std::size_t>(found_shape.rank());
  StridedLoop<3> loop(found_shape.sizes(),
                      {std::span(crossing.array).first(rank), std::span(crossing.index).first(rank), found_strides});
  for (; !loop.done(); loop.next()) {
    A* const from = array + loop.offset(0);
    const std::int64_t* const index = lookup.indices.values().data() + loop.offset(1);
    F* const to = found + loop.offset(2);
    if (loop.step(1) == 0) {  // one index for the whole run
      run(from + *index * crossing.along, loop.step(0), to, loop.step(2), loop.run());
      continue;
    }
    for (std::int64_t i = 0; i < loop.run(); ++i) {
      run(from + i * loop.step(0) + index[i * loop.step(1)] * crossing.along, 0, to + i * loop.step(2), 0, 1);
    }
  }
}

}  // namespace

Lookup::Lookup(const Shape& array, const Indices& places, int along, bool each, std::string_view op)
    : indices(places), axis(normalize_axis(along, array.rank(), op)), pointwise(each) {
  if (pointwise) check_pointwise(array, places.shape(), axis, op);
  indices = counted_from_start(places, array[axis], axis, op);
}

Shape Lookup::shape(const Shape& array) const {
  if (pointwise) return indices.shape();
  std::vector<std::int64_t> sizes(array.begin(), array.begin() + axis);
  sizes.insert(sizes.end(), indices.shape().begin(), indices.shape().end());
  sizes.insert(sizes.end(), array.begin() + axis + 1, array.end());
  return Shape(sizes);
}

Array gather(const Array& x, const Lookup& lookup) {
  const Shape shape = lookup.shape(x.shape());
  Array out = Array::uninitialized(shape, x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    cross(lookup, shape, x.strides(), x.data<T>(), out.strides(), out.mutable_data<T>(),
          [](const T* from, std::int64_t from_step, T* to, std::int64_t to_step, std::int64_t n) {
            for (std::int64_t i = 0; i < n; ++i) to[i * to_step] = from[i * from_step];
          });
  });
  return out;
}

Array scatter_add(const Array& x, const Lookup& lookup, const Shape& shape) {
  Array out = Array::zeros(shape, x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    cross(lookup, x.shape(), out.strides(), out.mutable_data<T>(), x.strides(), x.data<T>(),
          [](T* to, std::int64_t to_step, const T* from, std::int64_t from_step, std::int64_t n) {
            for (std::int64_t i = 0; i < n; ++i) to[i * to_step] += from[i * from_step];
          });
  });
  return out;
}

Array one_hot(const Indices& indices, std::int64_t classes, DType dtype) {
  if (classes < 0) throw ValueError(fmt::format("[one_hot] {} is no number of classes", classes));
  std::vector<std::int64_t> sizes(indices.shape().begin(), indices.shape().end());
  sizes.push_back(classes);
  for (const std::int64_t i : indices.values()) {
    if (i < 0 || i >= classes) throw ValueError(fmt::format("[one_hot] {} is none of the {} classes", i, classes));
  }
  Array out = Array::zeros(Shape(sizes), dtype);
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    T* row = out.mutable_data<T>();
    for (const std::int64_t i : indices.values()) row[i] = T(1), row += classes;
  });
  return out;
}

}  // namespace gradus
