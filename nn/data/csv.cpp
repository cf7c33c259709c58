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

namespace gradus::nn {

namespace {

constexpr std::size_t longest_field = std::size_t{1} << 20;

// ---- numbers
// ---------------------------------------------------------------------------------------------------------

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether a decimal number that no double holds is too large rather than too small.
/// from_chars does not say which; such a number is so far out that the sign of its decimal exponent decides.
bool is_huge(std::string_view digits) {
  std::int64_t exponent = 0;
  bool point = false;
  bool leading = true;
  std::size_t i = 0;
  for (; i < digits.size() && (is_digit(digits[i]) || digits[i] == '.'); ++i) {
    if (digits[i] == '.') {
      point = true;
      continue;
    }
    leading = leading && digits[i] == '0';
    if (!leading && !point) ++exponent;
    if (leading && point) --exponent;
  }
  if (i == digits.size()) return exponent > 0;
  const std::string_view power = digits.substr(digits[i + 1] == '+' ? i + 2 : i + 1);
  std::int64_t written = 0;
  const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), written);
  if (error == std::errc::result_out_of_range) return power[0] != '-';
  return written > -exponent;
}

/// The number a field spells, or nothing.  Too large a number is infinite, too small a one 0: correct rounding.
std::optional<double> to_number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  text = text.substr(0, text.find_last_not_of(" \t") + 1);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) return std::nullopt;
  }
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc()) return value;
  const bool negative = text.starts_with('-');
  const double size = is_huge(text.substr(negative ? 1 : 0)) ? std::numeric_limits<double>::infinity() : 0.0;
  return negative ? -size : size;
}

// ---- reading
// ---------------------------------------------------------------------------------------------------------

class Reader {
 public:
  Reader(std::string_view text, const std::string& path, const CsvOptions& options);
  Table read();

 private:
  enum class Next { field, row };
  struct Field {
    std::string_view text;
    std::size_t offset;
  };

  bool is_blank(char c) const { return (c == ' ' || c == '\t') && c != options_.delimiter; }
  bool is_end(std::size_t at) const { return at == text_.size() || text_[at] == '\n' || text_[at] == '\r'; }
  bool at_end_of_field(std::size_t at) const { return is_end(at) || text_[at] == options_.delimiter; }
  std::size_t after_blanks(std::size_t at) const;

  void check_encoding();
  void skip_blank_lines();
  bool read_names();
  void choose_columns();
  void drop_other_names();
  void read_row();
  double read_number(std::size_t column);
  double read_unusual_number(std::size_t column);
  Field read_field();
  Field read_quoted_field();
  Next next();

  [[noreturn]] void fail(std::size_t offset, const std::string& message) const;
  [[noreturn]] void fail_in(std::size_t column, std::size_t offset, std::string_view message) const;
  [[noreturn]] void fail_on_count(std::size_t row_start);
  void check_content(const Field& field) const;

  std::string_view text_;
  const std::string& path_;
  const CsvOptions& options_;
  std::vector<bool> wanted_;  // whether each column goes into the table
  std::size_t at_ = 0;
  std::string unquoted_;
  Table table_;
};

Reader::Reader(std::string_view text, const std::string& path, const CsvOptions& options)
    : text_(text), path_(path), options_(options) {
  const char c = options.delimiter;
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool usable = c == '\t' || (c >= ' ' && c <= '~');
  if (!usable || letter || is_digit(c) || std::string_view("\".+-").find(c) != std::string_view::npos) {
    throw ValueError(fmt::format("[csv] {} cannot separate numbers", in_quotes({&c, 1})));
  }
}

Table Reader::read() {
  check_encoding();
  skip_blank_lines();
  if (at_ == text_.size()) throw FileError(path_, "no data");
  const std::size_t start = at_;
  if (!read_names()) at_ = start;
  choose_columns();
  const bool one_column = table_.columns.size() == 1;
  while (true) {
    if (!one_column) skip_blank_lines();
    if (at_ == text_.size()) break;
    read_row();
  }
  drop_other_names();
  return std::move(table_);
}

void Reader::check_encoding() {
  if (text_.empty()) throw FileError(path_, "the file is empty");
  if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
    fail(0, "UTF-16 byte order mark; save the file as UTF-8");
  }
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
}

std::size_t Reader::after_blanks(std::size_t at) const {
  while (at < text_.size() && is_blank(text_[at])) ++at;
  return at;
}

void Reader::skip_blank_lines() {
  while (at_ < text_.size()) {
    const std::size_t end = after_blanks(at_);
    if (!is_end(end)) return;
    at_ = end;
    next();
  }
}

/// Reads the first row, and keeps its fields when they are names.
bool Reader::read_names() {
  std::vector<std::string> names;
  std::optional<Field> nameless;
  std::size_t nameless_column = 0;
  bool numbers = true;
  do {
    const Field field = read_field();
    check_content(field);
    if (field.text.empty() && !nameless) {
      nameless = field;
      nameless_column = names.size() + 1;
    }
    numbers = numbers && (field.text.empty() || to_number(field.text));
    names.emplace_back(field.text);
  } while (next() == Next::field);

  const bool named = options_.header == CsvOptions::yes || (options_.header == CsvOptions::automatic && !numbers);
  if (named && nameless) fail(nameless->offset, fmt::format("column {} has no name", nameless_column));
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
  const std::size_t start = at_;
  const std::size_t expected = table_.columns.size();
  for (std::size_t k = 0; k < expected; ++k) {
    if (wanted_[k]) {
      table_.values.push_back(read_number(k));
    } else {
      check_content(read_field());
    }
    const bool last = next() == Next::row;
    if (last != (k + 1 == expected)) fail_on_count(start);
  }
  ++table_.rows;
}

/// Nearly every field is a plain number up to the next delimiter, and takes this short way.
double Reader::read_number(std::size_t column) {
  const char* const start = text_.data() + after_blanks(at_);
  const std::size_t rest = text_.size() - static_cast<std::size_t>(start - text_.data());
  double value = 0.0;
  const auto [end, error] = std::from_chars(start, start + std::min(rest, longest_field), value);
  const std::size_t stop = after_blanks(static_cast<std::size_t>(end - text_.data()));
  if (error != std::errc() || !at_end_of_field(stop) || !std::isfinite(value)) return read_unusual_number(column);
  at_ = stop;
  return value;
}

double Reader::read_unusual_number(std::size_t column) {
  const Field field = read_field();
  check_content(field);
  if (field.text.empty()) {
    if (options_.missing_as_nan) return std::numeric_limits<double>::quiet_NaN();
    fail_in(column, field.offset, "empty field");
  }
  const std::optional<double> value = to_number(field.text);
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

/// The field that starts here, without quotes and surrounding blanks; stops before what ends it.
Reader::Field Reader::read_field() {
  const std::size_t start = after_blanks(at_);
  at_ = start;
  if (at_ < text_.size() && text_[at_] == '"') return read_quoted_field();
  while (!at_end_of_field(at_)) ++at_;
  if (at_ - start > longest_field) fail(start, "field longer than 1 MiB");
  std::size_t end = at_;
  while (end > start && is_blank(text_[end - 1])) --end;
  return {text_.substr(start, end - start), start};
}

Reader::Field Reader::read_quoted_field() {
  const std::size_t start = at_++;
  unquoted_.clear();
  while (true) {
    const std::size_t quote = text_.find('"', at_);
    const std::size_t stop = std::min(quote, text_.size());
    if (unquoted_.size() + (stop - at_) > longest_field) fail(start, "quoted field longer than 1 MiB, or never closed");
    if (quote == std::string_view::npos) fail(start, "quote never closed");
    unquoted_ += text_.substr(at_, quote - at_);
    at_ = quote + 1;
    if (at_ == text_.size() || text_[at_] != '"') break;
    unquoted_ += text_[at_++];
  }
  const std::size_t after = after_blanks(at_);
  if (!at_end_of_field(after)) fail(after, "text after the closing quote");
  at_ = after;
  return {unquoted_, start};
}

/// Steps over what ends a field.
Reader::Next Reader::next() {
  if (at_ == text_.size()) return Next::row;
  const char c = text_[at_++];
  if (c == options_.delimiter) return Next::field;
  if (c == '\r') {
    if (at_ == text_.size() || text_[at_] != '\n') fail(at_ - 1, "carriage return alone; end lines with LF or CRLF");
    ++at_;
  }
  return Next::row;
}

void Reader::check_content(const Field& field) const {
  const std::size_t nul = field.text.find('\0');
  if (nul != std::string_view::npos) fail(field.offset + nul, "NUL byte: this is not a text file");
  if (!is_utf8(field.text)) fail(field.offset, fmt::format("not UTF-8: {}", in_quotes(field.text)));
}

/// Lines and columns are counted here, once, and not while reading.
void Reader::fail(std::size_t offset, const std::string& message) const {
  const std::string_view before = text_.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  const auto columns = std::count_if(line.begin(), line.end(), [](char c) { return (c & '\xC0') != '\x80'; });
  throw FileError(path_, message, static_cast<std::size_t>(lines) + 1, static_cast<std::size_t>(columns) + 1);
}

void Reader::fail_in(std::size_t column, std::size_t offset, std::string_view message) const {
  fail(offset, fmt::format("column {}: {}", in_quotes(table_.columns[column]), message));
}

/// For a row that has too few fields or too many: counts them all.
void Reader::fail_on_count(std::size_t row_start) {
  at_ = row_start;
  std::size_t count = 1;
  for (read_field(); next() == Next::field; read_field()) ++count;
  const std::size_t expected = table_.columns.size();
  fail(row_start, fmt::format("{} field{}, expected {}", count, count == 1 ? "" : "s", expected));
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
