// Ops that only move numbers: each element of the result is an element of an argument, or a fixed number.  Such an op
// is a map from places to places, from which its value, gradient and second derivative follow, exactly.
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/naive.h"
#include "tests/reference/same.h"

namespace gradus::reference {

/// An element of one of the arguments.
struct Source {
  Index index;
  std::size_t argument = 0;
};
/// Where an element of the result comes from; none: it is the fixed number.
using SourceOf = std::function<std::optional<Source>(const Index&)>;
/// Small whole numbers, so that products and sums of a few are exact, lying in memory in any order.
inline Array whole_numbers(Numbers& numbers, const Shape& shape, DType dtype = DType::float64) {
  std::vector<double> values(static_cast<std::size_t>(shape.size()));
  for (double& v : values) v = static_cast<double>(numbers.whole(9)) - 4.0;
  const Array a = Array(shape, values).to(dtype);
  return numbers.chance(0.5) ? shuffled_in_memory(numbers, a) : a;
}

/// Where an index lies in row-major order.
inline std::size_t row_major_place(const Shape& shape, const Index& index) {
  std::size_t place = 0;
  for (std::size_t k = 0; k < index.size(); ++k) {
    place = place * static_cast<std::size_t>(shape[static_cast<int>(k)]) + static_cast<std::size_t>(index[k]);
  }
  return place;
}

/// Checks f(inputs) against the map: its value, the gradient of Σ w·y, and of the gradient of Σ w·y³, along v.
inline void check_selection(Numbers& numbers, const TensorFunction& f, const std::vector<Array>& inputs,
                            const Shape& shape, const SourceOf& source_of, double fixed = 0.0) {
  const std::vector<Tensor> x = variables(inputs);
  const Tensor y = f(x);
  REQUIRE(to_string(y.shape()) == to_string(shape));
  const Array w = whole_numbers(numbers, shape, y.dtype());
  std::vector<Array> v;
  std::vector<std::vector<double>> gradient;
  std::vector<std::vector<double>> second;
  for (const Array& a : inputs) {
    v.push_back(whole_numbers(numbers, a.shape(), a.dtype()));
    gradient.emplace_back(static_cast<std::size_t>(a.size()));
    second.emplace_back(static_cast<std::size_t>(a.size()));
  }
  std::vector<double> expected;
  for_each_index(shape, [&](const Index& index) {
    const std::optional<Source> from = source_of(index);
    expected.push_back(from ? element(inputs[from->argument], from->index) : fixed);
    if (!from) return;
    const std::size_t place = row_major_place(inputs[from->argument].shape(), from->index);
    gradient[from->argument][place] += element(w, index);
    second[from->argument][place] += 6 * element(w, index) * expected.back() * element(v[from->argument], from->index);
  });
  CHECK(difference(elements(y.value()), expected) == "");
  const auto g = grad(sum(y * Tensor(w)), x);
  const auto slopes = recorded_grad(sum(y * y * y * Tensor(w)), x);
  Tensor along(Array::scalar(0.0, y.dtype()));
  for (std::size_t k = 0; k < x.size(); ++k) along = along + sum(slopes[k] * Tensor(v[k]));
  const auto h = grad(along, x);
  for (std::size_t k = 0; k < x.size(); ++k) {
    INFO("argument " << k << " of shape " << to_string(inputs[k].shape()));
    CHECK(g[k].shape() == inputs[k].shape());
    CHECK(difference(g[k].to_vector(), gradient[k]) == "");
    CHECK(difference(h[k].to_vector(), second[k]) == "");
  }
}

/// The same for an op of one argument.
inline void check_selection(Numbers& numbers, const std::function<Tensor(const Tensor&)>& f, const Array& input,
                            const Shape& shape, const std::function<std::optional<Index>(const Index&)>& index_of,
                            double fixed = 0.0) {
  check_selection(
      numbers, [&](const std::vector<Tensor>& x) { return f(x[0]); }, {input}, shape,
      [&](const Index& index) -> std::optional<Source> {
        const auto from = index_of(index);
        return from ? std::optional(Source{*from}) : std::nullopt;
      },
      fixed);
}

}  // namespace gradus::reference
