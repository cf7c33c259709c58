#include "nn/data/csv_scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "autograd/base/error.h"
#include "autograd/base/text.h"
#include "nn/data/number_text.h"

namespace gradus::nn::detail {

// A whole number over a power of ten, which is rounded once, and so rightly, where float64 holds both (Clinger 1990).
bool CsvScanner::read_short_number(double& value, char point) {
  static constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                      1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
  constexpr std::ptrdiff_t most_digits = 18;
  constexpr std::uint64_t largest = std::uint64_t{1} << 53U;
  const char* at = text_.data() + after_blanks(at_);
  const char* const end = text_.data() + text_.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  std::uint64_t digits = 0;
  const char* const first = at;
  while (at != end && is_digit(*at)) digits = 10 * digits + static_cast<std::uint64_t>(*at++ - '0');
  const std::ptrdiff_t whole = at - first;
  std::ptrdiff_t decimals = 0;
  if (at != end && *at == point && point != delimiter_) {
    const char* const behind = ++at;
    while (at != end && is_digit(*at)) digits = 10 * digits + static_cast<std::uint64_t>(*at++ - '0');
    decimals = at - behind;
    if (decimals == 0) return false;
  }
  const std::size_t stop = after_blanks(static_cast<std::size_t>(at - text_.data()));
  if (whole == 0 || whole + decimals > most_digits || digits > largest || !at_end_of_field(stop)) return false;
  const double size = static_cast<double>(digits) / powers[decimals];
  value = negative ? -size : size;
  at_ = stop;
  return true;
}

bool CsvScanner::read_plain_number(double& value) {
  if (read_short_number(value, '.')) return true;
  const char* const start = text_.data() + after_blanks(at_);
  const std::size_t rest = text_.size() - static_cast<std::size_t>(start - text_.data());
  const auto [end, error] = std::from_chars(start, start + std::min(rest, longest_field), value);
  const std::size_t stop = after_blanks(static_cast<std::size_t>(end - text_.data()));
  if (error != std::errc() || !at_end_of_field(stop) || !std::isfinite(value)) return false;
  at_ = stop;
  return true;
}

void CsvScanner::check_encoding() {
  if (text_.empty()) throw FileError(path_, "the file is empty");
  if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
    fail(0, "UTF-16 byte order mark; save the file as UTF-8");
  }
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
}

void CsvScanner::skip_blank_lines() {
  while (at_ < text_.size()) {
    const std::size_t end = after_blanks(at_);
    if (!is_end(end)) return;
    at_ = end;
    next();
  }
}

CsvScanner::Field CsvScanner::read_field() {
  const std::size_t start = after_blanks(at_);
  at_ = start;
  if (at_ < text_.size() && text_[at_] == '"') return read_quoted_field();
  while (!at_end_of_field(at_)) ++at_;
  if (at_ - start > longest_field) fail(start, "field longer than 1 MiB");
  std::size_t end = at_;
  while (end > start && is_blank(text_[end - 1])) --end;
  return {text_.substr(start, end - start), start};
}

CsvScanner::Field CsvScanner::read_quoted_field() {
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

CsvScanner::Next CsvScanner::next() {
  if (at_ == text_.size()) return Next::row;
  const char c = text_[at_++];
  if (c == delimiter_) return Next::field;
  if (c == '\r') {
    if (at_ == text_.size() || text_[at_] != '\n') fail(at_ - 1, "carriage return alone; end lines with LF or CRLF");
    ++at_;
  }
  return Next::row;
}

void CsvScanner::check_content(const Field& field) const {
  const std::size_t nul = field.text.find('\0');
  if (nul != std::string_view::npos) fail(field.offset + nul, "NUL byte: this is not a text file");
  if (!is_utf8(field.text)) fail(field.offset, fmt::format("not UTF-8: {}", in_quotes(field.text)));
}

/// Lines and columns are counted here, once, and not while reading.
CsvScanner::Place CsvScanner::place(std::size_t offset) const {
  const std::string_view before = text_.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  const auto columns = std::count_if(line.begin(), line.end(), [](char c) { return (c & '\xC0') != '\x80'; });
  return {static_cast<std::size_t>(lines) + 1, static_cast<std::size_t>(columns) + 1};
}

void CsvScanner::fail(std::size_t offset, const std::string& message) const {
  const Place where = place(offset);
  throw FileError(path_, message, where.line, where.column);
}

void CsvScanner::fail_on_count(std::size_t row_start, std::size_t expected) {
  at_ = row_start;
  std::size_t count = 1;
  for (read_field(); next() == Next::field; read_field()) ++count;
  fail(row_start, fmt::format("{} field{}, expected {}", count, count == 1 ? "" : "s", expected));
}

}  // namespace gradus::nn::detail
