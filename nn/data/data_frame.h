// Tables as people have them: columns of numbers, of words, of yes and no, some of it missing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../../autograd/base/export.h"

namespace gradus::nn {

enum class ColumnKind {
  number,
  text,     ///< Words, of which every one may come in many rows.
  logical,  ///< yes and no, true and false, …: words of which the first is 0 and the second 1.
  useless   ///< Neither: `complaint` says why.
};

/// One column as it was read.
struct GRADUS_API Column {
  std::string name;  ///< "c0", "c1", … when the file has none.
  ColumnKind kind = ColumnKind::number;
  std::vector<double> values;           ///< Numbers, or places in `words`; NaN where nothing is written.
  std::vector<std::string> words = {};  ///< Those that occur, in alphabetical order.
  std::string unit = {};                ///< What stood behind or before every number: "kg"; it was dropped.
  std::int64_t missing = 0;             ///< In how many rows nothing is written.
  bool row_numbers = false;             ///< The first column, nameless, that only counts the rows.
  std::string complaint = {};           ///< Why a useless column is none.
  std::size_t line = 0, place = 0;      ///< And where.
};

/// The columns of a file.
struct GRADUS_API DataFrame {
  std::string path;  ///< As messages say it.
  std::int64_t rows = 0;
  std::vector<Column> columns;
  bool has_header = true;  ///< Whether the names are from the file.

  /// Index of a column.  Throws ValueError, suggesting a similar name, when there is none or more than one.
  [[nodiscard]] int index(std::string_view name) const;
  /// A column that can be used.  Throws as index() does, and FileError for a useless one.
  [[nodiscard]] const Column& column(std::string_view name) const;
};

/// How to read tables as people have them.  What is not said is found out from the file.
struct DataFrameOptions {
  enum Header { automatic, yes, no };
  /// automatic: the first row holds names unless it has numbers where the rows below have them too.
  Header header = automatic;
  /// Between fields: ',', ';', tab, '|', …; 0: what divides the first lines evenly, or the line sep=; says.
  char separator = 0;
  /// Before decimals: '.' or ','; 0: ',' where numbers are written that make no sense otherwise.
  char decimal = 0;
};

/// Reads a file of separated text; "-" is standard input, and what ends in .gz is unpacked.
/// A column is of numbers where every field is one: with '.' or ',' before the decimals, thousands apart or not, all
/// behind or before the same unit or none.  It is of words where words stand.  It is useless where both stand, where
/// units differ, and where dates do.  Missing is what is empty, NA, N/A, null, none, nan, ? or -, in any letter case.
/// Throws FileError with line and column for what is no table.
GRADUS_API DataFrame read_data_frame(const std::string& path, const DataFrameOptions& options = {});

/// As read_data_frame, for text at hand; messages call it `path_for_messages`.
GRADUS_API DataFrame parse_data_frame(std::string_view text, const std::string& path_for_messages,
                                      const DataFrameOptions& options = {});

}  // namespace gradus::nn
