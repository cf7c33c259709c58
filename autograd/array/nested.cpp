#include "autograd/array/nested.h"

#include <fmt/format.h>

#include "autograd/base/error.h"

namespace gradus::detail {

std::int64_t row_size(std::span<const std::size_t> sizes) {
  for (const std::size_t size : sizes) {
    if (size != sizes[0])
      throw ShapeError(fmt::format("[tensor] the rows differ in length: {} and {}", sizes[0], size));
  }
  return sizes.empty() ? 0 : static_cast<std::int64_t>(sizes[0]);
}

Array NestedNumbers::array(std::initializer_list<NestedNumbers> list) {
  // The braces a level holds, from the outermost inwards; the numbers are the innermost level.
  std::vector<const NestedNumbers*> level;
  for (const NestedNumbers& part : list) level.push_back(&part);
  std::vector<std::int64_t> sizes{static_cast<std::int64_t>(list.size())};
  while (!level.empty() && level.front()->is_list_) {
    std::vector<const NestedNumbers*> next;
    const std::size_t count = level.front()->count_;
    for (const NestedNumbers* part : level) {
      if (!part->is_list_) throw ShapeError("[tensor] a nested list has numbers and lists beside each other");
      if (part->count_ != count) {
        throw ShapeError(
            fmt::format("[tensor] the lists of a nested list differ in length: {} and {}; numbers under a "
                        "shape are Tensor(shape, numbers), in parentheses",
                        count, part->count_));
      }
      for (std::size_t k = 0; k < count; ++k) next.push_back(part->list_ + k);
    }
    sizes.push_back(static_cast<std::int64_t>(count));
    level = std::move(next);
  }
  bool any_float = false;
  bool any_double = false;
  std::vector<double> numbers;
  numbers.reserve(level.size());
  for (const NestedNumbers* part : level) {
    if (part->is_list_) throw ShapeError("[tensor] a nested list has numbers and lists beside each other");
    numbers.push_back(part->number_);
    any_float = any_float || part->is_float_;
    any_double = any_double || part->is_double_;
  }
  const DType dtype = any_float && !any_double ? DType::float32 : DType::float64;
  return Array(Shape(std::span<const std::int64_t>(sizes)), std::span<const double>(numbers)).to(dtype);
}

}  // namespace gradus::detail
