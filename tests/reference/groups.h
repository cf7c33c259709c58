// Reductions the slow way: the numbers of each group one by one, and what becomes of them in quad precision.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "autograd/array/array.h"
#include "autograd/math/ops.h"
#include "tests/reference/naive.h"
#include "tests/reference/quad.h"
#include "tests/reference/ulp.h"

namespace gradus::reference {

using Group = std::vector<double>;

/// The numbers that a reduction over the axes in `mask` puts together, group after group in row-major order.
inline std::vector<Group> groups_of(const Array& x, std::uint32_t mask) {
  std::map<Index, Group> groups;
  for_each_index(reduced(x.shape(), mask, true), [&](const Index& index) { groups.emplace(index, Group()); });
  for_each_index(x.shape(), [&](Index index) {
    const double v = element(x, index);
    for (std::size_t k = 0; k < index.size(); ++k) {
      if (((mask >> k) & 1U) != 0) index[k] = 0;
    }
    groups.at(index).push_back(v);
  });
  std::vector<Group> out;
  for (auto& [index, group] : groups) out.push_back(std::move(group));
  return out;
}

/// The axes of a mask as a user may write them, now and then counted from the end.
inline Axes axes_of(Numbers& numbers, std::uint32_t mask, int rank) {
  std::vector<int> axes;
  for (int k = 0; k < rank; ++k) {
    if (((mask >> k) & 1U) != 0) axes.push_back(numbers.chance(0.5) ? k : k - rank);
  }
  return Axes(std::span<const int>(axes));
}

/// An error in ulps of the array's dtype.
inline double ulps_of(DType dtype, double got, Quad exact, Quad unit = Quad(0.0)) {
  return dtype == DType::float32 ? ulp_error(static_cast<float>(got), exact, Quad(0.0), unit)
                                 : ulp_error(got, exact, Quad(0.0), unit);
}

/// The worst error of a reduction's result, in ulps: f(group) is the exact value, a Quad.
template <class F>
double worst_of_reduction(const Array& got, const Array& x, std::uint32_t mask, F&& f) {
  const std::vector<Group> groups = groups_of(x, mask);
  const std::vector<double> numbers = got.to_vector();
  if (numbers.size() != groups.size()) return std::numeric_limits<double>::infinity();
  double worst = 0.0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    worst = std::max(worst, ulps_of(x.dtype(), numbers[i], f(groups[i])));
  }
  return worst;
}

/// The same for a result of x's shape: f(group) is a vector of Quads.
template <class F>
double worst_of_map(const Array& got, const Array& x, std::uint32_t mask, F&& f) {
  if (!got.same_shape(x)) return std::numeric_limits<double>::infinity();
  const std::vector<Group> groups = groups_of(x, mask);
  const std::vector<Group> results = groups_of(got, mask);
  double worst = 0.0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::vector<Quad> exact = f(groups[i]);
    for (std::size_t k = 0; k < exact.size(); ++k) {
      worst = std::max(worst, ulps_of(x.dtype(), results[i][k], exact[k]));
    }
  }
  return worst;
}

}  // namespace gradus::reference
