// Arrays the slow way: one index at a time, from the definition.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/array/array.h"
#include "tests/reference/sample.h"

namespace gradus::reference {

using Index = std::vector<std::int64_t>;

/// Calls f for every index of a shape, in row-major order.
template <class F>
void for_each_index(const Shape& shape, F&& f) {
  if (shape.size() == 0) return;
  Index index(static_cast<std::size_t>(shape.rank()), 0);
  for (;;) {
    f(static_cast<const Index&>(index));
    int k = shape.rank() - 1;
    while (k >= 0 && ++index[static_cast<std::size_t>(k)] == shape[k]) index[static_cast<std::size_t>(k--)] = 0;
    if (k < 0) return;
  }
}

/// The element of an array at an index, found through its strides.
inline double element(const Array& a, const Index& index) {
  std::int64_t offset = 0;
  for (std::size_t k = 0; k < index.size(); ++k) offset += index[k] * a.strides()[k];
  return dispatch(a.dtype(), [&](auto zero) { return static_cast<double>(a.data<decltype(zero)>()[offset]); });
}

/// The element that broadcasting puts at an index of a larger shape: missing axes and axes of size 1 repeat.
inline double broadcast_element(const Array& a, const Index& index) {
  Index own(static_cast<std::size_t>(a.rank()));
  const std::size_t lead = index.size() - own.size();
  for (std::size_t k = 0; k < own.size(); ++k) own[k] = a.sizes()[k] == 1 ? 0 : index[k + lead];
  return element(a, own);
}

/// All elements in row-major order.
inline std::vector<double> elements(const Array& a) {
  std::vector<double> out;
  for_each_index(a.shape(), [&](const Index& index) { out.push_back(element(a, index)); });
  return out;
}

/// A shape of up to max_axes axes of sizes up to `most`; now and then one of size 0.
inline Shape random_shape(Numbers& numbers, int max_axes, std::int64_t most) {
  Index sizes(static_cast<std::size_t>(numbers.whole(max_axes + 1)));
  for (std::int64_t& s : sizes) s = numbers.chance(0.02) ? 0 : 1 + numbers.whole(most);
  return Shape(sizes);
}

/// An order of n axes.
inline std::vector<int> random_order(Numbers& numbers, int n) {
  std::vector<int> order(static_cast<std::size_t>(n));
  for (int k = 0; k < n; ++k) {
    const auto other = static_cast<std::size_t>(numbers.whole(k + 1));
    order[static_cast<std::size_t>(k)] = order[other];
    order[other] = k;
  }
  return order;
}

/// The same numbers in the same shape, but lying in memory in another order.
inline Array shuffled_in_memory(Numbers& numbers, const Array& a) {
  const std::vector<int> order = random_order(numbers, a.rank());
  std::vector<int> inverse(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) inverse[static_cast<std::size_t>(order[k])] = static_cast<int>(k);
  return a.permute(order).packed().permute(inverse);
}

/// An array that broadcasts to `shape`: full or with axes of size 1 or missing, packed, permuted or repeated in memory.
inline Array random_operand(Numbers& numbers, const Shape& shape, DType dtype) {
  Index sizes(shape.begin(), shape.end());
  for (std::int64_t& s : sizes) {
    if (numbers.chance(0.25)) s = 1;
  }
  const auto dropped = numbers.chance(0.3) ? numbers.whole(shape.rank() + 1) : 0;
  sizes.erase(sizes.begin(), sizes.begin() + dropped);
  Array a = random_array(numbers, Shape(sizes), dtype, 0.5, 2.0);
  if (numbers.chance(0.5)) a = shuffled_in_memory(numbers, a);
  if (numbers.chance(0.2)) a = a.broadcast_to(shape);
  return a;
}

}  // namespace gradus::reference
