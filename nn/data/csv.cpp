#include "nn/data/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/file.h"
#include "autograd/base/text.h"
#include "nn/data/csv_scanner.h"
#include "nn/data/number_text.h"

namespace gradus::nn {

namespace {

// ---- reading
// ---------------------------------------------------------------------------------------------------------

class Reader {
 public:
  Reader(std::string_view text, const std::string& path, const CsvOptions& options);
  Table read();

 private:
  using Next = detail::CsvScanner::Next;
  using Field = detail::CsvScanner::Field;

  bool read_names();
  void choose_columns();
  void drop_other_names();
  void read_row();
  double read_number(std::size_t column);
  double read_unusual_number(std::size_t column);

  [[noreturn]] void fail_in(std::size_t column, std::size_t offset, std::string_view message) const;

  const CsvOptions& options_;
  detail::CsvScanner scanner_;
  std::vector<bool> wanted_;  // whether each column goes into the table
  const std::string& path_;
  Table table_;
};

Reader::Reader(std::string_view text, const std::string& path, const CsvOptions& options)
    : options_(options), scanner_(text, path, options.delimiter), path_(path) {
  const char c = options.delimiter;
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool usable = c == '\t' || (c >= ' ' && c <= '~');
  if (!usable || letter || detail::is_digit(c) || std::string_view("\".+-").find(c) != std::string_view::npos) {
    throw ValueError(fmt::format("[csv] {} cannot separate numbers", in_quotes({&c, 1})));
  }
}

Table Reader::read() {
  scanner_.check_encoding();
  scanner_.skip_blank_lines();
  if (scanner_.at_end()) throw FileError(path_, "no data");
  const std::size_t start = scanner_.at();
  if (!read_names()) scanner_.go_to(start);
  choose_columns();
  const bool one_column = table_.columns.size() == 1;
  while (true) {
    if (!one_column) scanner_.skip_blank_lines();
    if (scanner_.at_end()) break;
    read_row();
  }
  drop_other_names();
  return std::move(table_);
}

/// Reads the first row, and keeps its fields when they are names.
bool Reader::read_names() {
  std::vector<std::string> names;
  std::optional<Field> nameless;
  std::size_t nameless_column = 0;
  bool numbers = true;
  do {
    const Field field = scanner_.read_field();
    scanner_.check_content(field);
    if (field.text.empty() && !nameless) {
      nameless = field;
      nameless_column = names.size() + 1;
    }
    numbers = numbers && (field.text.empty() || detail::to_number(field.text));
    names.emplace_back(field.text);
  } while (scanner_.next() == Next::field);

  const bool named = options_.header == CsvOptions::yes || (options_.header == CsvOptions::automatic && !numbers);
  if (named && nameless) scanner_.fail(nameless->offset, fmt::format("column {} has no name", nameless_column));
  for (std::size_t k = 0; !named && k < names.size(); ++k) names[k] = fmt::format("c{}", k);
  table_.columns = std::move(names);
  return named;
}

void Reader::choose_columns() {
  wanted_.assign(table_.columns.size(), options_.columns.empty());
  for (const std::string& name : options_.columns) wanted_[static_cast<std::size_t>(table_.column(name))] = true;
}

/// Messages name every column, so the names stay until all rows are read.
void Reader::drop_other_names() {
  std::vector<std::string> kept;
  for (std::size_t k = 0; k < wanted_.size(); ++k) {
    if (wanted_[k]) kept.push_back(std::move(table_.columns[k]));
  }
  table_.columns = std::move(kept);
}

void Reader::read_row() {
  const std::size_t start = scanner_.at();
  const std::size_t expected = table_.columns.size();
  for (std::size_t k = 0; k < expected; ++k) {
    if (wanted_[k]) {
      table_.values.push_back(read_number(k));
    } else {
      scanner_.check_content(scanner_.read_field());
    }
    const bool last = scanner_.next() == Next::row;
    if (last != (k + 1 == expected)) scanner_.fail_on_count(start, expected);
  }
  ++table_.rows;
}

double Reader::read_number(std::size_t column) {
  double value = 0.0;
  return scanner_.read_plain_number(value) ? value : read_unusual_number(column);
}

double Reader::read_unusual_number(std::size_t column) {
  const Field field = scanner_.read_field();
  scanner_.check_content(field);
  if (field.text.empty()) {
    if (options_.missing_as_nan) return std::numeric_limits<double>::quiet_NaN();
    fail_in(column, field.offset, "empty field");
  }
  const std::optional<double> value = detail::to_number(field.text);
  if (!value) {
    const bool minus = field.text.find("\u2212") != std::string_view::npos;
    fail_in(column, field.offset,
            fmt::format("not a number: {}{}", in_quotes(field.text), minus ? " (U+2212 is not '-')" : ""));
  }
  if (!std::isfinite(*value) && !options_.allow_nonfinite) {
    fail_in(column, field.offset, fmt::format("not a finite number: {}", in_quotes(field.text)));
  }
  return *value;
}

void Reader::fail_in(std::size_t column, std::size_t offset, std::string_view message) const {
  scanner_.fail(offset, fmt::format("column {}: {}", in_quotes(table_.columns[column]), message));
}

// ---- writing
// ---------------------------------------------------------------------------------------------------------

/// Beyond what RFC 4180 asks: a reader trims blanks, and a spreadsheet runs what starts with = + - @.
bool needs_quotes(std::string_view name) {
  return name.find_first_of(",\"\r\n") != std::string_view::npos ||
         (!name.empty() && (std::string_view("=+-@ \t").find(name[0]) != std::string_view::npos || name.back() == ' ' ||
                            name.back() == '\t'));
}

void append_name(std::string& text, std::string_view name) {
  if (!needs_quotes(name)) {
    text += name;
    return;
  }
  text += '"';
  for (const char c : name) text.append(c == '"' ? 2 : 1, c);
  text += '"';
}

void append_number(std::string& text, double value) {
  char digits[32];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
  text.append(digits, end);
}

}  // namespace

Table parse_csv(std::string_view text, const std::string& path_for_messages, const CsvOptions& options) {
  return Reader(text, path_for_messages, options).read();
}

Table read_csv(const std::string& path, const CsvOptions& options) {
  return parse_csv(read_input(path), path == "-" ? "standard input" : path, options);
}

std::string format_csv(const Table& table) {
  const std::size_t width = table.columns.size();
  if (table.rows < 0 || table.values.size() != static_cast<std::size_t>(table.rows) * width) {
    throw ShapeError(fmt::format("[csv] {} values for {} rows of {} columns", table.values.size(), table.rows, width));
  }
  std::string text;
  for (std::size_t k = 0; k < width; ++k) {
    append_name(text, table.columns[k]);
    text += k + 1 == width ? '\n' : ',';
  }
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    append_number(text, table.values[i]);
    text += (i + 1) % width == 0 ? '\n' : ',';
  }
  return text;
}

void write_csv(const std::string& path, const Table& table) { write_file(path, format_csv(table)); }

}  // namespace gradus::nn
