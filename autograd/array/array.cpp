#include "autograd/array/array.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>
#include <new>

#include "autograd/array/pool_cache.h"
#include "autograd/array/strided.h"
#include "autograd/base/error.h"

namespace gradus {

namespace detail {

void Block::destroy(Block* block) noexcept {
  // A view's owner is never a view itself, so this goes one level deep and no further.
  if (Block* owner = block->owner; owner != nullptr && owner->refs.release()) pool::quick_release(owner, owner->bytes);
  pool::quick_release(block, block->bytes);
}

namespace {

bool row_major(std::span<const std::int64_t> sizes, std::span<const std::int64_t> strides) {
  std::int64_t expected = 1;
  for (std::size_t k = sizes.size(); k-- > 0;) {
    if (sizes[k] == 0) return true;
    if (sizes[k] != 1 && strides[k] != expected) return false;
    expected *= sizes[k];
  }
  return true;
}

Block* header(std::span<const std::int64_t> sizes, DType dtype, std::size_t offset, std::size_t number_bytes) {
  const std::size_t bytes = offset + number_bytes;
  auto* block = new (pool::allocate(bytes)) Block;
  block->dtype = dtype;
  block->rank = static_cast<std::uint8_t>(sizes.size());
  block->contiguous = true;
  block->data = nullptr;
  block->owner = nullptr;
  block->bytes = bytes;
  std::int64_t stride = 1;
  for (std::size_t k = sizes.size(); k-- > 0;) {
    block->sizes()[k] = sizes[k];
    block->strides()[k] = stride;
    stride *= sizes[k];
  }
  block->size = stride;
  return block;
}

std::size_t header_bytes(std::size_t rank) { return sizeof(Block) + 2 * rank * sizeof(std::int64_t); }

std::int64_t product(std::span<const std::int64_t> sizes) {
  std::int64_t n = 1;
  for (std::int64_t s : sizes) n *= s;
  return n;
}

// Numbers start on a cache line when there is more than a line of them (the pool aligns blocks from 256 bytes on).
Block* with_numbers(std::span<const std::int64_t> sizes, DType dtype) {
  std::size_t number_bytes = static_cast<std::size_t>(product(sizes)) * size_of(dtype);
  std::size_t offset = header_bytes(sizes.size());
  if (number_bytes > 64) {
    offset = (offset + 63) / 64 * 64;
    number_bytes = std::max<std::size_t>(number_bytes, 192);
  }
  Block* block = header(sizes, dtype, offset, number_bytes);
  block->data = reinterpret_cast<std::byte*>(block) + offset;
  return block;
}

}  // namespace
}  // namespace detail

using detail::Block;

Array::Array(double value) : Array(scalar(value, DType::float64)) {}

namespace {

template <Element T>
Array copied(const Shape& shape, std::span<const T> values) {
  if (shape.size() != static_cast<std::int64_t>(values.size())) {
    throw ShapeError(fmt::format("[array] {} needs {} numbers, got {}", to_string(shape), shape.size(), values.size()));
  }
  Array a = Array::uninitialized(shape, dtype_of<T>);
  std::ranges::copy(values, a.mutable_data<T>());
  return a;
}

}  // namespace

Array::Array(const Shape& shape, std::span<const double> values) : Array(copied(shape, values)) {}
Array::Array(const Shape& shape, std::span<const float> values) : Array(copied(shape, values)) {}

Array Array::uninitialized(const Shape& shape, DType dtype) {
  return Array(detail::with_numbers(shape.sizes(), dtype));
}

Array Array::uninitialized_like(const Array& other) {
  return Array(detail::with_numbers(other.sizes(), other.dtype()));
}

Array Array::shape_only(const Shape& shape, DType dtype) {
  return Array(detail::header(shape.sizes(), dtype, detail::header_bytes(shape.sizes().size()), 0));
}

Array Array::full(const Shape& shape, double value, DType dtype) {
  Array a = uninitialized(shape, dtype);
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    std::fill_n(a.mutable_data<T>(), a.size(), static_cast<T>(value));
  });
  return a;
}

Array Array::uninitialized_scalar(DType dtype) {
  constexpr std::size_t bytes = sizeof(Block) + sizeof(double);
  auto* block = new (pool::quick_allocate(bytes)) Block;
  block->dtype = dtype;
  block->rank = 0;
  block->contiguous = true;
  block->size = 1;
  block->data = reinterpret_cast<std::byte*>(block + 1);
  block->owner = nullptr;
  block->bytes = bytes;
  return Array(block);
}

Array Array::scalar(double value, DType dtype) {
  Array a = uninitialized_scalar(dtype);
  if (dtype == DType::float64) {
    *a.mutable_data<double>() = value;
  } else {
    *a.mutable_data<float>() = static_cast<float>(value);
  }
  return a;
}

Shape Array::shape() const { return Shape::trusted(sizes()); }

double Array::item() const {
  if (size() != 1) throw ShapeError(fmt::format("[item] one element is needed, the shape is {}", to_string(shape())));
  return dispatch(dtype(), [&](auto zero) { return static_cast<double>(*data<decltype(zero)>()); });
}

void Array::throw_empty() {
  throw GraphError("[array] this array is empty: it was never given numbers, or it was moved from");
}

void Array::throw_type(DType asked) const {
  throw ValueError(fmt::format("[data] the numbers are {}, not {}: to(DType::{}) converts them", name_of(dtype()),
                               name_of(asked), name_of(asked)));
}

void Array::require_packed() const {
  if (contiguous()) return;
  throw ValueError(fmt::format("[span] this is a view of {} with strides of its own: packed() has the numbers in order",
                               to_string(shape())));
}

namespace {

// What no T can hold is a ValueError.
template <class T, class From>
T as_element(From x) {
  if constexpr (std::integral<T>) {
    constexpr double end = -static_cast<double>(std::numeric_limits<T>::min());  // a power of two: exact
    const double number = x;
    if (!(number >= -end && number < end) || number != std::trunc(number)) {
      throw ValueError(fmt::format("[to_vector] {} is no whole number of this type", number));
    }
  }
  return static_cast<T>(x);
}

}  // namespace

template <class T>
std::vector<T> Array::to_vector() const {
  const Array flat = packed();
  std::vector<T> out(static_cast<std::size_t>(size()));
  dispatch(dtype(), [&](auto zero) {
    using From = decltype(zero);
    const From* from = flat.data<From>();
    if constexpr (Element<T>) {
      std::transform(from, from + out.size(), out.begin(), [](From x) { return static_cast<T>(x); });
    } else {
      std::transform(from, from + out.size(), out.begin(), [](From x) { return as_element<T>(x); });
    }
  });
  return out;
}

template std::vector<float> Array::to_vector() const;
template std::vector<double> Array::to_vector() const;
template std::vector<int> Array::to_vector() const;
template std::vector<std::int64_t> Array::to_vector() const;

Array Array::packed() const {
  if (contiguous()) return *this;
  Array out = uninitialized(shape(), dtype());
  dispatch(dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* to = out.mutable_data<T>();
    StridedLoop<1> loop(sizes(), {strides()});
    for (; !loop.done(); loop.next()) {
      const T* from = data<T>() + loop.offset(0);
      const std::int64_t step = loop.step(0);
      const std::int64_t run = loop.run();
      if (step == 0) {
        std::fill_n(to, run, *from);
      } else if (step == 1) {
        std::copy_n(from, run, to);
      } else {
        for (std::int64_t i = 0; i < run; ++i) to[i] = from[i * step];
      }
      to += run;
    }
  });
  return out;
}

Array Array::to(DType dtype) const {
  if (dtype == this->dtype()) return *this;
  const Array flat = packed();
  Array out = uninitialized(shape(), dtype);
  dispatch(this->dtype(), [&](auto from) {
    dispatch(dtype, [&](auto to) {
      using To = decltype(to);
      const auto* source = flat.data<decltype(from)>();
      std::transform(source, source + size(), out.mutable_data<To>(), [](auto v) { return static_cast<To>(v); });
    });
  });
  return out;
}

Array Array::view(std::span<const std::int64_t> sizes, std::span<const std::int64_t> strides,
                  std::int64_t offset) const {
  Block* block = detail::header(sizes, dtype(), detail::header_bytes(sizes.size()), 0);
  std::ranges::copy(strides, block->strides());
  block->contiguous = detail::row_major(sizes, strides);
  block->data = block_->data + offset * static_cast<std::int64_t>(size_of(dtype()));
  block->owner = block_->owner != nullptr ? block_->owner : block_.get();
  block->owner->refs.retain();
  return Array(block);
}

Array Array::reshape(const Shape& shape) const {
  require_same_size(this->shape(), shape);
  if (!contiguous()) return packed().reshape(shape);
  std::array<std::int64_t, max_rank> strides{};
  std::int64_t stride = 1;
  for (int k = shape.rank(); k-- > 0;) {
    strides[static_cast<std::size_t>(k)] = stride;
    stride *= shape[k];
  }
  return view(shape.sizes(), std::span(strides).first(static_cast<std::size_t>(shape.rank())));
}

Array Array::permute(std::span<const int> order) const {
  std::array<std::int64_t, max_rank> new_sizes{};
  std::array<std::int64_t, max_rank> new_strides{};
  std::uint32_t seen = 0;
  if (static_cast<int>(order.size()) != rank()) {
    throw ShapeError(fmt::format("[permute] {} axes are given for {}", order.size(), to_string(shape())));
  }
  for (std::size_t k = 0; k < order.size(); ++k) {
    const int axis = normalize_axis(order[k], rank(), "permute");
    if (((seen >> axis) & 1U) != 0) throw ShapeError(fmt::format("[permute] axis {} is given twice", axis));
    seen |= 1U << axis;
    new_sizes[k] = sizes()[static_cast<std::size_t>(axis)];
    new_strides[k] = strides()[static_cast<std::size_t>(axis)];
  }
  return view(std::span(new_sizes).first(order.size()), std::span(new_strides).first(order.size()));
}

Array Array::broadcast_to(const Shape& shape) const {
  require_broadcast(this->shape(), shape);
  std::array<std::int64_t, max_rank> new_strides{};
  const int lead = shape.rank() - rank();
  for (int k = 0; k < rank(); ++k) {
    const auto from = static_cast<std::size_t>(k);
    new_strides[static_cast<std::size_t>(k + lead)] = sizes()[from] == 1 ? 0 : strides()[from];
  }
  return view(shape.sizes(), std::span(new_strides).first(static_cast<std::size_t>(shape.rank())));
}

}  // namespace gradus
