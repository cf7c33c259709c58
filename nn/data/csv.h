// Tables of numbers as comma-separated text (RFC 4180).
//
// Read strictly, because a wrong number is worse than an error: every row has the same fields, every field is one
// finite decimal number with '.', and a message says line, column and what is wrong.  Fields may be quoted; blanks
// around them are dropped; lines end with LF or CRLF; a UTF-8 byte order mark is ignored; '+' may stand before a
// number. Blank lines are skipped, except that in a table of one column they are empty fields.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "../../autograd/base/export.h"
#include "table.h"

namespace gradus::nn {

/// How to read a table.
struct CsvOptions {
  /// automatic: the first row holds names when one of its fields is not empty and not a number.
  enum Header { automatic, yes, no };
  Header header = automatic;
  /// One ASCII character that occurs in no number: ',', ';', tab, '|', a blank, …
  char delimiter = ',';
  /// Accepts nan, inf, infinity in any letter case, and numbers beyond the largest double (as ±inf).
  bool allow_nonfinite = false;
  /// Reads an empty field as NaN instead of refusing it.
  bool missing_as_nan = false;
  /// The columns to read, by name; all when empty.  The others may hold anything and are left out of the table.
  std::vector<std::string> columns = {};
};

/// Reads a file; "-" is standard input.  Numbers are rounded correctly.  A header without rows gives no rows.
/// Throws FileError with line and column; a field may be at most 1 MiB long.  ValueError for an unusable delimiter, and
/// for a name in `columns` that there is not, or more than once.
GRADUS_API Table read_csv(const std::string& path, const CsvOptions& options = {});

/// As read_csv, for text at hand; messages call it `path_for_messages`.
GRADUS_API Table parse_csv(std::string_view text, const std::string& path_for_messages, const CsvOptions& options = {});

/// The text of a table, with header; every number in the fewest digits that read back as the same number.
/// Names are quoted where needed, and where a spreadsheet would take them for a formula; when all of them are numbers,
/// reading them back takes Header::yes.
/// Throws ShapeError unless there are rows × columns values.
GRADUS_API std::string format_csv(const Table& table);

/// Writes format_csv to a file, completely or not at all.  Throws FileError with the system's reason.
GRADUS_API void write_csv(const std::string& path, const Table& table);

}  // namespace gradus::nn
