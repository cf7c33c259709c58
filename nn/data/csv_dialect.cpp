#include "nn/data/csv_dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "autograd/base/error.h"
#include "autograd/base/text.h"
#include "nn/data/csv_scanner.h"
#include "nn/data/number_text.h"

namespace gradus::nn::detail {

namespace {

using Row = std::vector<std::string>;

/// How often each of some characters stands outside quotes in each of the first lines that are not blank.
constexpr std::array<char, 4> separators{'\t', ';', '|', ','};  // in the order in which they are believed
using Counts = std::array<std::size_t, separators.size()>;

std::vector<Counts> separators_in(std::string_view text) {
  constexpr std::size_t most_lines = 30;
  constexpr std::size_t most_bytes = std::size_t{1} << 20;
  text = text.substr(0, most_bytes);
  std::vector<Counts> lines;
  Counts counts{};
  bool quoted = false;
  bool blank = true;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '\n' && !quoted) {
      if (!blank) lines.push_back(counts);
      if (lines.size() == most_lines) return lines;
      counts = {};
      blank = true;
      continue;
    }
    blank = blank && (c == ' ' || c == '\r' || c == '\t');
    for (std::size_t k = 0; !quoted && k < separators.size(); ++k) counts[k] += c == separators[k] ? 1 : 0;
  }
  if (!blank) lines.push_back(counts);
  return lines;
}

/// What stands equally often, and at least once, in all of the first lines; else what stands most often in the first.
char separator_of(std::string_view text) {
  const std::vector<Counts> lines = separators_in(text);
  if (lines.empty()) return ',';
  const auto evenly = [&](std::size_t k) {
    return lines[0][k] > 0 && std::ranges::all_of(lines, [&](const Counts& line) { return line[k] == lines[0][k]; });
  };
  for (std::size_t k = 0; k < separators.size(); ++k) {
    if (evenly(k)) return separators[k];
  }
  const auto most = std::ranges::max_element(lines[0]);
  return *most == 0 ? ',' : separators[static_cast<std::size_t>(most - lines[0].begin())];
}

/// The separator in a first line "sep=;", as spreadsheets write it; steps over the line.
std::optional<char> told_separator(CsvScanner& scanner) {
  const std::string_view line = scanner.text().substr(0, scanner.text().find('\n'));
  const std::size_t start = line.starts_with('"') ? 1 : 0;
  if (!line.substr(start).starts_with("sep=") || line.size() < start + 5) return std::nullopt;
  scanner.go_to(std::min(line.size() + 1, scanner.text().size()));
  return line[start + 4];
}

void check_separator(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool usable = c == '\t' || (c > ' ' && c <= '~');
  if (!usable || letter || is_digit(c) || std::string_view("\".+-").find(c) != std::string_view::npos) {
    throw ValueError(fmt::format("[table] {} cannot separate columns", in_quotes({&c, 1})));
  }
}

Row read_row(CsvScanner& scanner) {
  Row fields;
  do {
    const CsvScanner::Field field = scanner.read_field();
    scanner.check_content(field);
    fields.emplace_back(field.text);
  } while (scanner.next() == CsvScanner::Next::field);
  return fields;
}

bool looks_like_a_number(const std::string& field) {
  return to_number(field, DecimalMark::point) || to_number(field, DecimalMark::comma);
}

/// Names, unless there are numbers in the first row and no column in which a word stands over numbers.
bool looks_like_names(const Row& first, const std::vector<Row>& rows) {
  if (std::ranges::none_of(first, looks_like_a_number)) {
    return std::ranges::any_of(first, [](const std::string& field) { return !is_missing(field); });
  }
  for (std::size_t k = 0; k < first.size(); ++k) {
    if (is_missing(first[k]) || looks_like_a_number(first[k])) continue;
    const auto column_is_a_number = [&](const Row& row) { return k < row.size() && looks_like_a_number(row[k]); };
    if (!rows.empty() && std::ranges::all_of(rows, column_is_a_number)) return true;
  }
  return false;
}

}  // namespace

CsvDialect dialect_of(std::string_view text, const std::string& path, const DataFrameOptions& options) {
  CsvDialect dialect;
  CsvScanner beginning(text, path, ',');
  const std::optional<char> told = told_separator(beginning);
  dialect.start = beginning.at();
  dialect.separator = options.separator != 0 ? options.separator
                      : told                 ? *told
                                             : separator_of(text.substr(dialect.start));
  check_separator(dialect.separator);

  CsvScanner scanner(text, path, dialect.separator);
  scanner.go_to(dialect.start);
  scanner.skip_blank_lines();
  if (scanner.at_end()) throw FileError(path, "no data");
  const std::size_t first_row = scanner.at();
  const Row first = read_row(scanner);
  const std::size_t second_row = scanner.at();
  std::vector<Row> rows;
  constexpr std::size_t most_rows = 20;
  for (scanner.skip_blank_lines(); rows.size() < most_rows && !scanner.at_end(); scanner.skip_blank_lines()) {
    rows.push_back(read_row(scanner));
  }
  dialect.has_header = options.header == DataFrameOptions::yes ||
                       (options.header == DataFrameOptions::automatic && looks_like_names(first, rows));
  dialect.first_row = dialect.has_header ? second_row : first_row;
  dialect.columns = dialect.has_header ? first : Row(first.size());
  // R writes no name over the names of the rows.
  const auto one_more = [&](const Row& row) { return row.size() == first.size() + 1; };
  if (dialect.has_header && !rows.empty() && std::ranges::all_of(rows, one_more)) {
    dialect.columns.insert(dialect.columns.begin(), "");
  }
  return dialect;
}

}  // namespace gradus::nn::detail
