// Indices and shapes, the slow way.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tests/differential/random_program.h"

namespace gradus::differential {

using Index = std::vector<std::int64_t>;

/// Calls f(index, place) for every index of a shape, in row-major order.
template <class F>
void for_each_place(const Sizes& shape, F&& f) {
  Index index(shape.size(), 0);
  const std::int64_t n = size_of(shape);
  for (std::int64_t place = 0; place < n; ++place) {
    f(static_cast<const Index&>(index), static_cast<std::size_t>(place));
    for (std::size_t k = shape.size(); k-- > 0;) {
      if (++index[k] < shape[k]) break;
      index[k] = 0;
    }
  }
}

/// Where the element at an index lies in row-major order.
inline std::size_t place_of(const Sizes& shape, const Index& index) {
  std::int64_t place = 0;
  for (std::size_t k = 0; k < shape.size(); ++k) place = place * shape[k] + index[k];
  return static_cast<std::size_t>(place);
}

/// The axis that a possibly negative number means.
inline std::size_t axis_of(std::int64_t axis, std::size_t rank) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
}

inline std::optional<Sizes> broadcast(const Sizes& a, const Sizes& b) {
  Sizes out(std::max(a.size(), b.size()), 1);
  for (std::size_t k = 1; k <= out.size(); ++k) {
    const std::int64_t m = k <= a.size() ? a[a.size() - k] : 1;
    const std::int64_t n = k <= b.size() ? b[b.size() - k] : 1;
    if (m != n && m != 1 && n != 1) return std::nullopt;
    out[out.size() - k] = m == 1 ? n : m;
  }
  return out;
}

/// For each element of `to` the place of the one in `from` that broadcasting repeats there.
inline std::vector<std::size_t> broadcast_places(const Sizes& from, const Sizes& to) {
  std::vector<std::size_t> out;
  const std::size_t lead = to.size() - from.size();
  for_each_place(to, [&](const Index& index, std::size_t) {
    Index own(index.begin() + static_cast<std::ptrdiff_t>(lead), index.end());
    for (std::size_t k = 0; k < own.size(); ++k) own[k] = from[k] == 1 ? 0 : own[k];
    out.push_back(place_of(from, own));
  });
  return out;
}

/// What is left when axes are reduced, or kept with size 1.
inline Sizes reduced(const Sizes& shape, const std::vector<bool>& gone, bool keepdims) {
  Sizes out;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (!gone[k]) out.push_back(shape[k]);
    if (gone[k] && keepdims) out.push_back(1);
  }
  return out;
}

}  // namespace gradus::differential
