#include "autograd/tensor/ops/masks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/creation.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/logic.h"
#include "autograd/tensor/ops/parts.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/trace.h"

namespace gradus {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

// Ascending with NaN last, as NumPy sorts.
bool sorts_before(double a, double b) { return a < b || (std::isnan(b) && !std::isnan(a)); }

std::array<Indices, 2> places_in_matrix(std::int64_t rows, std::int64_t columns, const auto& taken) {
  static_cast<void>(Shape{rows, columns});  // so many are allowed
  std::vector<std::int64_t> row, column;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      if (!taken(j - i)) continue;
      row.push_back(i);
      column.push_back(j);
    }
  }
  return {Indices(row), Indices(column)};
}

}  // namespace

Tensor isnan(const Tensor& x) { return x != x; }
Tensor isinf(const Tensor& x) { return abs(x) == infinite; }
Tensor isfinite(const Tensor& x) { return abs(x) < infinite; }

Tensor nan_to_num(const Tensor& x, double nan, std::optional<double> posinf, std::optional<double> neginf) {
  const double most = x.dtype() == DType::float32 ? static_cast<double>(std::numeric_limits<float>::max())
                                                  : std::numeric_limits<double>::max();
  const Tensor lowered = where(x == infinite, posinf.value_or(most), x);
  return where(isnan(x), nan, where(x == -infinite, neginf.value_or(-most), lowered));
}

Tensor any_of(const Tensor& x, const Axes& axes, bool keepdims) { return sum(x != 0.0, axes, keepdims) > 0.0; }
Tensor all_of(const Tensor& x, const Axes& axes, bool keepdims) { return sum(x == 0.0, axes, keepdims) == 0.0; }

Tensor masked_fill(const Tensor& x, const Tensor& mask, double number) {
  return where(cast(mask, x.dtype()), constant_like(x, number), x);  // a mask does not widen
}

Tensor masked_select(const Tensor& x, const Tensor& mask) {
  const Shape shape = broadcast(x.shape(), mask.shape(), "masked_select");
  if (shape.rank() == 0) return reshape(x, Shape{1})[reshape(mask, Shape{1})];
  return broadcast_to(x, shape)[broadcast_to(mask, shape)];
}

std::vector<Indices> nonzero(const Tensor& x) {
  detail::refuse_in_trace(x, "nonzero()");
  const Shape shape = x.shape();
  std::vector<std::vector<std::int64_t>> lists(static_cast<std::size_t>(shape.rank()));
  const std::vector<double> numbers = x.value().to_vector();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] == 0.0) continue;
    auto rest = static_cast<std::int64_t>(i);
    for (int k = shape.rank(); k-- > 0; rest /= shape[k]) lists[static_cast<std::size_t>(k)].push_back(rest % shape[k]);
  }
  std::vector<Indices> out;
  for (const auto& list : lists) out.emplace_back(list);
  return out;
}

Tensor scatter(const Tensor& x, Axis axis, const Indices& index, const Tensor& source) {
  const Shape shape = x.shape();
  const int along = normalize_axis(axis, shape.rank(), "scatter");
  const Shape part = index.shape();
  bool fits = part.rank() == shape.rank() && source.rank() == shape.rank();
  for (int k = 0; fits && k < shape.rank(); ++k) {
    fits = part[k] <= source.size(k) && (k == along || part[k] <= shape[k]);
  }
  if (!fits) {
    throw ShapeError(fmt::format("[scatter] the indices {} do not fit {} and the source {}", to_string(part),
                                 to_string(shape), to_string(source.shape())));
  }
  std::vector<IndexEntry> places;
  std::vector<Slice> used;
  for (int k = 0; k < shape.rank(); ++k) {
    used.emplace_back(0, part[k]);
    if (k == along) {
      places.emplace_back(index);
      continue;
    }
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(shape.rank()), 1);
    sizes[static_cast<std::size_t>(k)] = part[k];
    std::vector<std::int64_t> own(static_cast<std::size_t>(part[k]));
    std::iota(own.begin(), own.end(), 0);
    places.emplace_back(Indices(Shape(std::span<const std::int64_t>(sizes)), std::move(own)));
  }
  return Selection(x, std::move(places)).set(ops::slice(source, used));
}

Tensor index_put(const Tensor& x, std::span<const Indices> places, const Tensor& values, bool accumulate) {
  const Selection selection(x, std::vector<IndexEntry>(places.begin(), places.end()));
  return accumulate ? selection.add(values) : selection.set(values);
}

Tensor index_put(const Tensor& x, std::initializer_list<Indices> places, const Tensor& values, bool accumulate) {
  return index_put(x, std::span<const Indices>(places.begin(), places.size()), values, accumulate);
}

Indices argsort(const Tensor& x, Axis axis, bool descending) {
  detail::refuse_in_trace(x, "argsort()");
  const Shape shape = x.shape();
  const int along = normalize_axis(axis, shape.rank(), "argsort");
  std::int64_t inner = 1;
  for (int k = along + 1; k < shape.rank(); ++k) inner *= shape[k];
  const std::int64_t size = shape[along];
  const std::vector<double> numbers = x.value().to_vector();
  std::vector<std::int64_t> out(numbers.size());
  std::vector<std::int64_t> order(static_cast<std::size_t>(size));
  for (std::int64_t row = 0; size > 0 && row < shape.size() / size; ++row) {
    const std::int64_t start = row / inner * inner * size + row % inner;
    const auto number = [&](std::int64_t k) { return numbers[static_cast<std::size_t>(start + k * inner)]; };
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
      const double left = number(a);
      const double right = number(b);
      return descending && !std::isnan(left) && !std::isnan(right) ? right < left : sorts_before(left, right);
    });
    for (std::int64_t k = 0; k < size; ++k) {
      out[static_cast<std::size_t>(start + k * inner)] = order[static_cast<std::size_t>(k)];
    }
  }
  return Indices(shape, std::move(out));
}

Indices searchsorted(const Tensor& sorted, const Tensor& values, bool right) {
  detail::refuse_in_trace(sorted, "searchsorted()");
  detail::refuse_in_trace(values, "searchsorted()");
  if (sorted.rank() != 1) {
    throw ShapeError(fmt::format("[searchsorted] a sorted row is needed, not {}", to_string(sorted.shape())));
  }
  const std::vector<double> row = sorted.value().to_vector();
  std::vector<std::int64_t> out;
  for (const double x : values.value().to_vector()) {
    const auto place =
        right ? std::ranges::upper_bound(row, x, sorts_before) : std::ranges::lower_bound(row, x, sorts_before);
    out.push_back(place - row.begin());
  }
  return Indices(values.shape(), std::move(out));
}

Tensor unique(const Tensor& x) {
  detail::refuse_in_trace(x, "unique()");
  std::vector<double> numbers = x.value().to_vector();
  std::ranges::sort(numbers, sorts_before);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return Tensor(Array(Shape{static_cast<std::int64_t>(numbers.size())}, numbers).to(x.dtype()));
}

Tensor diff(const Tensor& x, int n, Axis axis) {
  if (n < 0) throw ValueError(fmt::format("[diff] {} is no number of times", n));
  const int along = normalize_axis(axis, x.rank(), "diff");
  Tensor y = x;
  for (int k = 0; k < n && y.size(along) > 0; ++k) {
    y = ops::slice(y, Slice(1, std::nullopt), along) - ops::slice(y, Slice(std::nullopt, -1), along);
  }
  return y;
}

Tensor logcumsumexp(const Tensor& x, Axis axis) {
  const int along = normalize_axis(axis, x.rank(), "logcumsumexp");
  // Each place has seen 1, 2, 4, … numbers: as many steps as the length has binary digits.
  Tensor y = x;
  for (std::int64_t seen = 1; seen < x.size(along); seen *= 2) {
    const Tensor before = ops::slice(y, Slice(std::nullopt, -seen), along), none = ops::slice(y, Slice(0, seen), along);
    y = logaddexp(y, concat({full_like(none, -infinite), before}, along));
  }
  return y;
}

std::vector<Tensor> meshgrid(std::span<const Tensor> x, MeshIndexing indexing) {
  std::vector<std::int64_t> sizes;
  for (const Tensor& t : x) {
    if (t.rank() > 1) throw ShapeError(fmt::format("[meshgrid] vectors are needed, not {}", to_string(t.shape())));
    sizes.push_back(t.size());
  }
  const auto axis_of = [&](std::size_t k) { return indexing == MeshIndexing::xy && x.size() > 1 && k < 2 ? 1 - k : k; };
  std::vector<std::int64_t> whole(sizes.size());
  for (std::size_t k = 0; k < sizes.size(); ++k) whole[axis_of(k)] = sizes[k];
  std::vector<Tensor> out;
  for (std::size_t k = 0; k < sizes.size(); ++k) {
    std::vector<std::int64_t> own(sizes.size(), 1);
    own[axis_of(k)] = sizes[k];
    out.push_back(broadcast_to(reshape(x[k], Shape(std::span<const std::int64_t>(own))),
                               Shape(std::span<const std::int64_t>(whole))));
  }
  return out;
}

std::vector<Tensor> meshgrid(std::initializer_list<Tensor> x, MeshIndexing indexing) {
  return meshgrid(std::span<const Tensor>(x.begin(), x.size()), indexing);
}

std::array<Indices, 2> tril_indices(std::int64_t rows, std::int64_t columns, std::int64_t diagonal) {
  return places_in_matrix(rows, columns, [=](std::int64_t above) { return above <= diagonal; });
}

std::array<Indices, 2> triu_indices(std::int64_t rows, std::int64_t columns, std::int64_t diagonal) {
  return places_in_matrix(rows, columns, [=](std::int64_t above) { return above >= diagonal; });
}

}  // namespace gradus
