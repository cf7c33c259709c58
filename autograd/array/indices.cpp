#include "autograd/array/indices.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/base/error.h"

namespace gradus {

Indices::Indices(std::initializer_list<std::int64_t> list)
    : Indices(std::span<const std::int64_t>(list.begin(), list.size())) {}

Indices::Indices(std::span<const std::int64_t> list)
    : Indices(Shape{static_cast<std::int64_t>(list.size())}, std::vector<std::int64_t>(list.begin(), list.end())) {}

Indices::Indices(const Shape& shape, std::vector<std::int64_t> values) : shape_(shape) {
  if (shape.size() != static_cast<std::int64_t>(values.size())) {
    throw ShapeError(fmt::format("[indices] {} numbers do not fill {}", values.size(), to_string(shape)));
  }
  values_ = std::make_shared<const std::vector<std::int64_t>>(std::move(values));
}

}  // namespace gradus
