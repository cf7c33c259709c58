// Rows to learn from: parts of them, and batches in an order that a key decides.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "../../autograd/array/indices.h"
#include "../../autograd/array/random.h"
#include "../../autograd/base/export.h"
#include "../../autograd/tensor/tensor.h"

namespace gradus::nn {

/// Inputs, a row for each example, and what is to be learned of them.
struct GRADUS_API Dataset {
  Tensor x;                  ///< [rows, …]
  Tensor y;                  ///< [rows, 1]: the numbers to learn; the labels as numbers where there are classes.
  Indices labels = {};       ///< The class of each row; empty where numbers are to be learned.
  std::int64_t classes = 0;  ///< How many there are; 0 where numbers are to be learned.

  [[nodiscard]] std::int64_t rows() const;
  /// Some rows, in this order; one may come more than once.  Throws ShapeError for one that is not there.
  [[nodiscard]] Dataset take(const Indices& rows) const;
  /// With numbers of another dtype.
  [[nodiscard]] Dataset to(DType dtype) const;
};

/// Rows that are learned from, and rows kept back.
struct SplitRows {
  Indices training;
  Indices held_out;
};

/// Of `rows` rows, the part `held_out` (rounded to whole rows, at least one on either side) is drawn by the key; both
/// sides in ascending order.  Throws ValueError unless 0 < held_out < 1 and there are two rows.
[[nodiscard]] GRADUS_API SplitRows split_rows(std::int64_t rows, double held_out, const Key& key);
/// The same, stratified: of every class that part, so that both sides have the classes in the same proportions.  A class
/// of one row is learned from.
[[nodiscard]] GRADUS_API SplitRows split_rows(const Indices& labels, double held_out, const Key& key);
/// (training, held out): stratified where there are classes.
[[nodiscard]] GRADUS_API std::pair<Dataset, Dataset> split(const Dataset& data, double held_out, const Key& key);

/// Rows 0 to rows − 1, each once, in an order drawn by the key, `size` at a time; the last batch may be smaller.
/// A key for each epoch: key.part(epoch).  Throws ValueError for a size below 1.
[[nodiscard]] GRADUS_API std::vector<Indices> batches(std::int64_t rows, std::int64_t size, const Key& key);
/// The same in the order of the rows.
[[nodiscard]] GRADUS_API std::vector<Indices> batches(std::int64_t rows, std::int64_t size);

}  // namespace gradus::nn
