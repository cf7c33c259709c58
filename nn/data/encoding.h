// From the columns of a table to the numbers that a model takes: words as classes or one-hot, standardised numbers.  What
// is fitted to the training part is kept, and does the same to other rows later.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../../autograd/array/indices.h"
#include "../../autograd/base/export.h"
#include "../../autograd/tensor/tensor.h"
#include "data_frame.h"
#include "dataset.h"

namespace gradus::nn {

/// What becomes of a row in which something is missing.
enum class MissingRule {
  drop,   ///< It is left out.
  mean,   ///< The training rows' mean stands in, of words the most frequent one.
  refuse  ///< It is an error.
};

/// One column among the inputs, or the target.
struct GRADUS_API ColumnEncoding {
  std::string name;
  std::vector<std::string> words = {};  ///< Empty: the column is of numbers.
  double mean = 0.0;                    ///< Subtracted from numbers,
  double deviation = 1.0;               ///< which are then divided by this.
  double fill = 0.0;                    ///< The number, or the place of the word, that stands in for a missing one.
};

/// How rows of a table become examples.
struct GRADUS_API Encoding {
  std::vector<ColumnEncoding> features;
  ColumnEncoding target;  ///< Its words are the classes, named by numbers too.
  MissingRule missing = MissingRule::drop;

  /// The names of the inputs: a column of numbers is one, of two words one that is 1 for the second ("sex=male"), of more
  /// words one for each.
  [[nodiscard]] std::vector<std::string> inputs() const;
  [[nodiscard]] bool has_classes() const noexcept { return !target.words.empty(); }
  /// Whether numbers are shifted and scaled.
  [[nodiscard]] bool standardises() const;
};

/// What a table is learned from, and how.
struct EncodingOptions {
  std::vector<std::string> features = {};  ///< The columns to learn from; empty: all that can be.
  std::vector<std::string> ignored = {};   ///< Columns that are not.
  MissingRule missing = MissingRule::drop;
  bool standardise = true;
  bool classes = false;  ///< Whether the target's numbers are classes; words always are.
};

/// Columns and rows to learn from, and remarks on what was left out.
struct GRADUS_API TableSelection {
  std::vector<int> features;  ///< Indices of columns.
  int target = 0;
  Indices rows = {};
  std::vector<std::string> remarks = {};
};

/// Without `features`, all columns but the target, those ignored, and those that cannot tell anything: which count the
/// rows, are empty, hold one value alone or are mostly empty (in 20 rows or more), or have a different word in most rows.
/// Rows without a target are left out.
/// Throws as DataFrame::column() does; ValueError when no column is left or no row, when a feature is named twice or is the
/// target, and under MissingRule::refuse for the first thing missing; FileError where dropping would leave less than half
/// of the rows.
[[nodiscard]] GRADUS_API TableSelection select_from(const DataFrame& frame, std::string_view target,
                                                    const EncodingOptions& options = {});

/// The place of each selected row's class among `classes`, which are those that occur: words in alphabetical order, numbers
/// in theirs.  Throws ValueError for a number that is not whole, and for more than 1000 classes.
struct Labels {
  std::vector<std::string> classes;
  Indices labels = {};
};
[[nodiscard]] GRADUS_API Labels labels_of(const DataFrame& frame, const TableSelection& selection);

/// Fits an encoding to some rows of a table: those of the training part alone.
[[nodiscard]] GRADUS_API Encoding fit_encoding(const DataFrame& frame, const TableSelection& selection,
                                               const Indices& training_rows, const EncodingOptions& options = {});

/// Some rows as inputs, [rows, inputs]; NaN where something is missing that is not filled in.  A word that the training
/// rows did not have is none of those it is told from.  Throws as DataFrame::column() does, and FileError where there are
/// words in a column of numbers or the other way round.
[[nodiscard]] GRADUS_API Tensor encode_inputs(const Encoding& encoding, const DataFrame& frame, const Indices& rows);
/// Some rows with their targets.  Throws as encode_inputs() does, and ValueError for a class that the encoding lacks.
[[nodiscard]] GRADUS_API Dataset encode(const Encoding& encoding, const DataFrame& frame, const Indices& rows);

/// The encoding as JSON, every number to the last bit.
[[nodiscard]] GRADUS_API std::string to_json(const Encoding& encoding);
/// And back.  Throws ValueError for what is no encoding.
[[nodiscard]] GRADUS_API Encoding encoding_from_json(std::string_view text);

}  // namespace gradus::nn
