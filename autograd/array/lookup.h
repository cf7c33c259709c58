// Numbers looked up along an axis by index, and the way back: numbers added at indices.
#pragma once
#include <cstdint>
#include <string_view>

#include "array.h"
#include "indices.h"

namespace gradus {

/// Places along one axis of an array, all of them in range.
struct GRADUS_API Lookup {
  Indices indices{};
  int axis = 0;
  /// Set: the indices have the array's rank, and each element is looked up at its own place along the axis (PyTorch's
  /// gather).  Else: one list, of any shape, which takes the axis's place (NumPy's take).
  bool pointwise = false;

  /// No places yet.
  explicit Lookup(bool each) : pointwise(each) {}
  /// Checked against the shape of the array; negative indices count from the end.  Throws ShapeError, naming `op`: for
  /// a bad axis, an index out of range, or pointwise indices of another rank or longer than the array along another
  /// axis.
  Lookup(const Shape& array, const Indices& places, int along, bool each, std::string_view op);

  /// What is found in an array of this shape.
  [[nodiscard]] Shape shape(const Shape& array) const;
};

/// The numbers found in x.
[[nodiscard]] GRADUS_API Array gather(const Array& x, const Lookup& lookup);

/// Zeros of a shape, with each number of x added at the place where `gather` would find it.  Numbers that meet are
/// added in row-major order of x: always the same bits.
[[nodiscard]] GRADUS_API Array scatter_add(const Array& x, const Lookup& lookup, const Shape& shape);

/// For each index a row of zeros with a 1 at the index: the shape of the indices and a last axis of size `classes`.
/// Throws ValueError for an index that is no class, and for a negative number of classes.
[[nodiscard]] GRADUS_API Array one_hot(const Indices& indices, std::int64_t classes, DType dtype = DType::float64);

}  // namespace gradus
