// Masks and what is done with them, orders and differences along an axis.  What a mask, nonzero() or argsort() finds are
// places, whole numbers: they have no gradient, they are not known while a function is traced (GraphError), and a graph that
// is run again with other numbers takes the same places again.
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "../../array/indices.h"
#include "../../base/export.h"
#include "../tensor.h"

namespace gradus {

/// 1 where a number is NaN, is ±∞, is neither, else 0.
[[nodiscard]] GRADUS_API Tensor isnan(const Tensor& x);
[[nodiscard]] GRADUS_API Tensor isinf(const Tensor& x);
[[nodiscard]] GRADUS_API Tensor isfinite(const Tensor& x);
/// x with other numbers for NaN, ∞ and −∞: 0, the largest and the lowest number of the dtype by default.  No gradient
/// reaches what was replaced.
[[nodiscard]] GRADUS_API Tensor nan_to_num(const Tensor& x, double nan = 0.0, std::optional<double> posinf = {},
                                           std::optional<double> neginf = {});

/// 1 where some, or all, numbers along the axes are not 0, else 0; NaN is not 0.  Of nothing 0, and 1.  `any` is a class of
/// std's.  Throws ShapeError for a bad axis.
[[nodiscard]] GRADUS_API Tensor any_of(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
[[nodiscard]] GRADUS_API Tensor all_of(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

/// x with one number where the mask is not 0.
[[nodiscard]] GRADUS_API Tensor masked_fill(const Tensor& x, const Tensor& mask, double number);
/// The numbers of x where the mask is 1, in row-major order; the two are broadcast together.  Throws ValueError for a mask
/// of other numbers than 0 and 1.
[[nodiscard]] GRADUS_API Tensor masked_select(const Tensor& x, const Tensor& mask);
/// Where x is not 0: a list of places along each axis, in row-major order, as NumPy gives it.
[[nodiscard]] GRADUS_API std::vector<Indices> nonzero(const Tensor& x);

/// PyTorch's scatter: x with source[i, j, k] put at [i, index[i, j, k], k] for axis 1; where several are put in one place,
/// the last one.  The index is at most as long as the source along every axis, and as x along the other axes.  Throws
/// ShapeError for what does not fit.
[[nodiscard]] GRADUS_API Tensor scatter(const Tensor& x, Axis axis, const Indices& index, const Tensor& source);
/// PyTorch's index_put: x with the values at the places that lists of indices name together, one list for each of the
/// first axes; or added to what is there, as often as a place is named.  The same as x.at(…).set() and .add().
[[nodiscard]] GRADUS_API Tensor index_put(const Tensor& x, std::span<const Indices> places, const Tensor& values,
                                          bool accumulate = false);
[[nodiscard]] GRADUS_API Tensor index_put(const Tensor& x, std::initializer_list<Indices> places, const Tensor& values,
                                          bool accumulate = false);

/// The places along an axis that would put x in ascending, or descending, order; equal numbers stay in theirs, and NaN
/// comes last.  gather(x, axis, argsort(x, axis)) is in order.  Throws ShapeError for a bad axis.
[[nodiscard]] GRADUS_API Indices argsort(const Tensor& x, Axis axis = -1, bool descending = false);
/// For each value the first place of a sorted row that it could stand at, or the last one (`right`).  Throws ShapeError
/// unless `sorted` has one axis.
[[nodiscard]] GRADUS_API Indices searchsorted(const Tensor& sorted, const Tensor& values, bool right = false);
/// The different numbers of x in ascending order, as constants; each NaN is one.
[[nodiscard]] GRADUS_API Tensor unique(const Tensor& x);

/// Differences of neighbours along an axis, n times over.  Throws ShapeError for a bad axis, ValueError for a negative n.
[[nodiscard]] GRADUS_API Tensor diff(const Tensor& x, int n = 1, Axis axis = -1);
/// log Σ exp of the numbers up to each place along an axis, itself included, without overflow.  Throws ShapeError for a
/// bad axis.
[[nodiscard]] GRADUS_API Tensor logcumsumexp(const Tensor& x, Axis axis);

/// Which of two vectors runs along the rows of a grid: NumPy's default `xy` has the first one run along the last axis of
/// a plane, `ij` along the first.
enum class MeshIndexing : std::uint8_t { xy, ij };
/// A grid out of vectors: for each a tensor of all of their sizes, which repeats it along the others' axes.  Throws
/// ShapeError unless each has at most one axis.
[[nodiscard]] GRADUS_API std::vector<Tensor> meshgrid(std::span<const Tensor> x, MeshIndexing indexing = {});
[[nodiscard]] GRADUS_API std::vector<Tensor> meshgrid(std::initializer_list<Tensor> x, MeshIndexing indexing = {});

/// The rows and the columns of the places on and below, or on and above, the k-th diagonal of a matrix: x(rows, columns).
/// Throws ShapeError for a negative size.
[[nodiscard]] GRADUS_API std::array<Indices, 2> tril_indices(std::int64_t rows, std::int64_t columns,
                                                             std::int64_t diagonal = 0);
[[nodiscard]] GRADUS_API std::array<Indices, 2> triu_indices(std::int64_t rows, std::int64_t columns,
                                                             std::int64_t diagonal = 0);

}  // namespace gradus
