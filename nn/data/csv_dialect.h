// What a file of separated text does not say by itself: the separator, and whether the first row holds names.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data_frame.h"

namespace gradus::nn::detail {

struct CsvDialect {
  char separator = ',';
  std::size_t start = 0;             ///< Where the first row starts: behind a line sep=;
  std::vector<std::string> columns;  ///< Names; "" where there is none.
  bool has_header = true;
  std::size_t first_row = 0;  ///< Where the first row of data starts.
};

/// Looks at the first lines of a text without a byte order mark.  Throws FileError for what is no text or holds no data.
[[nodiscard]] CsvDialect dialect_of(std::string_view text, const std::string& path, const DataFrameOptions& options);

}  // namespace gradus::nn::detail
