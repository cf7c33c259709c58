#include "nn/data/data_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/huge_pages.h"
#include "autograd/base/parallel.h"
#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "nn/data/csv_dialect.h"
#include "nn/data/csv_scanner.h"
#include "nn/data/number_text.h"
#include "nn/data/unpack.h"

namespace gradus::nn {

namespace {

using detail::CsvScanner;
using detail::DecimalMark;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// A field that is no number by itself.
struct OddField {
  std::int64_t row;
  std::size_t offset;
  std::string text;
};

/// What some rows hold, column by column.
struct RowsRead {
  std::int64_t rows = 0;
  std::vector<std::vector<double>> numbers;
  std::vector<std::vector<OddField>> odd;
};

/// A part of the text that one thread reads.
struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
  std::vector<std::vector<OddField>> odd = {};
};

/// Reads the rows of a text, whose columns a dialect knows.
class FrameReader {
 public:
  FrameReader(std::string_view text, const std::string& path, const DataFrameOptions& options);
  DataFrame read();

 private:
  std::int64_t read_rows(Piece& piece, std::vector<std::vector<double>>& numbers, DecimalMark mark) const;
  [[nodiscard]] RowsRead read_all_rows(DecimalMark mark) const;
  [[nodiscard]] std::vector<std::size_t> cuts() const;
  [[nodiscard]] std::optional<DecimalMark> evident_mark(const RowsRead& read) const;
  [[nodiscard]] std::vector<std::string> texts_of(std::size_t column) const;

  void settle(Column& column, std::vector<double>& numbers, std::vector<OddField>& odd, std::size_t k) const;
  [[nodiscard]] bool settle_units(Column& column, const std::vector<OddField>& odd) const;
  [[nodiscard]] bool settle_yes_no(Column& column, const std::vector<OddField>& odd) const;
  void settle_words(Column& column, std::vector<OddField>& odd, std::size_t k, bool with_numbers) const;
  void complain(Column& column, const OddField& field, std::string complaint) const;

  std::string_view text_;
  const std::string& path_;
  detail::CsvDialect dialect_;
  CsvScanner places_;  // for messages
  std::optional<DecimalMark> told_mark_;
  DecimalMark mark_ = DecimalMark::point;
};

std::optional<DecimalMark> told_mark(const DataFrameOptions& options) {
  switch (options.decimal) {
    case 0:
      return std::nullopt;
    case '.':
      return DecimalMark::point;
    case ',':
      return DecimalMark::comma;
    default:
      throw ValueError(
          fmt::format("[table] decimals stand behind '.' or ',', not {}", in_quotes({&options.decimal, 1})));
  }
}

FrameReader::FrameReader(std::string_view text, const std::string& path, const DataFrameOptions& options)
    : text_(text),
      path_(path),
      dialect_(detail::dialect_of(text, path, options)),
      places_(text, path, dialect_.separator),
      told_mark_(told_mark(options)) {}

DataFrame FrameReader::read() {
  mark_ = told_mark_.value_or(DecimalMark::point);
  RowsRead read = read_all_rows(mark_);
  if (!told_mark_ && evident_mark(read) == DecimalMark::comma) {
    mark_ = DecimalMark::comma;
    read = read_all_rows(mark_);
  }
  DataFrame frame{path_, read.rows, {}, dialect_.has_header};
  frame.columns.resize(dialect_.columns.size());
  for (std::size_t k = 0; k < frame.columns.size(); ++k) {
    Column& column = frame.columns[k];
    column.name = dialect_.columns[k].empty() ? fmt::format("c{}", k) : dialect_.columns[k];
    settle(column, read.numbers[k], read.odd[k], k);
  }
  Column& first = frame.columns[0];
  if (dialect_.has_header && dialect_.columns[0].empty() && read.rows > 0 && first.kind == ColumnKind::number) {
    bool counts = first.values[0] == 0.0 || first.values[0] == 1.0;
    for (std::size_t row = 1; row < first.values.size(); ++row) {
      counts = counts && first.values[row] == first.values[row - 1] + 1.0;
    }
    first.row_numbers = counts;
  }
  return frame;
}

// ---- rows

/// Between lines, so that several threads may read; the whole where a line may end inside quotes.
std::vector<std::size_t> FrameReader::cuts() const {
  constexpr std::size_t piece = std::size_t{1} << 22;
  std::vector<std::size_t> places{dialect_.first_row};
  if (text_.find('"') == std::string_view::npos) {
    for (std::size_t at = dialect_.first_row + piece; at < text_.size(); at += piece) {
      at = text_.find('\n', at);
      if (at >= text_.size() - 1) break;
      places.push_back(++at);
    }
  }
  places.push_back(text_.size());
  return places;
}

/// Reads a piece into columns that have room for its rows; says how many there are.
std::int64_t FrameReader::read_rows(Piece& piece, std::vector<std::vector<double>>& numbers, DecimalMark mark) const {
  const std::size_t width = dialect_.columns.size();
  piece.odd.assign(width, {});
  std::vector<double*> out;
  for (std::vector<double>& column : numbers) out.push_back(column.data() + piece.first_row);
  CsvScanner scanner(text_.substr(0, piece.end), path_, dialect_.separator);
  scanner.go_to(piece.begin);
  for (std::int64_t row = 0;; ++row) {
    if (width > 1) scanner.skip_blank_lines();
    if (scanner.at_end()) return row;
    const std::size_t start = scanner.at();
    for (std::size_t k = 0; k < width; ++k) {
      double value = nothing;
      const bool plain =
          mark == DecimalMark::comma ? scanner.read_short_number(value, ',') : scanner.read_plain_number(value);
      if (!plain) {
        const CsvScanner::Field field = scanner.read_field();
        const std::optional<double> number =
            mark == DecimalMark::comma ? detail::to_number(field.text, mark) : detail::to_number(field.text);
        value = number.value_or(nothing);
        if (!std::isfinite(value)) {
          scanner.check_content(field);
          piece.odd[k].push_back({row, field.offset, std::string(field.text)});
          value = nothing;
        }
      }
      out[k][row] = value;
      const bool last = scanner.next() == CsvScanner::Next::row;
      if (last != (k + 1 == width)) scanner.fail_on_count(start, width);
    }
  }
}

RowsRead FrameReader::read_all_rows(DecimalMark mark) const {
  const std::vector<std::size_t> places = cuts();
  std::vector<Piece> pieces(places.size() - 1);
  const auto every_piece = [&](auto&& f) {
    std::vector<std::exception_ptr> failures(pieces.size());
    gradus::detail::parallel_for(std::ssize(pieces), [&](std::int64_t i) {
      try {
        f(pieces[static_cast<std::size_t>(i)], static_cast<std::size_t>(i));
      } catch (...) {
        failures[static_cast<std::size_t>(i)] = std::current_exception();
      }
    });
    for (const std::exception_ptr& failure : failures) {  // the first in the file
      if (failure) std::rethrow_exception(failure);
    }
  };
  // No more rows than lines: the columns are made at once, and every piece writes where its rows belong.
  every_piece([&](Piece& piece, std::size_t i) {
    piece.begin = places[i];
    piece.end = places[i + 1];
    const std::string_view lines = text_.substr(piece.begin, piece.end - piece.begin);
    piece.rows = std::count(lines.begin(), lines.end(), '\n') + (lines.empty() || lines.back() == '\n' ? 0 : 1);
  });
  std::int64_t room = 0;
  for (Piece& piece : pieces) piece.first_row = std::exchange(room, room + piece.rows);
  RowsRead all;
  all.numbers.resize(dialect_.columns.size());
  all.odd.resize(dialect_.columns.size());
  gradus::detail::parallel_for(std::ssize(all.numbers), [&](std::int64_t k) {
    std::vector<double>& column = all.numbers[static_cast<std::size_t>(k)];
    column.reserve(static_cast<std::size_t>(room));
    gradus::detail::ask_for_huge_pages(column.data(), column.capacity() * sizeof(double));
    column.resize(static_cast<std::size_t>(room));
  });
  every_piece([&](Piece& piece, std::size_t) { piece.rows = read_rows(piece, all.numbers, mark); });
  for (Piece& piece : pieces) {  // blank lines leave gaps
    for (std::size_t k = 0; k < all.numbers.size(); ++k) {
      if (piece.first_row != all.rows) {
        const auto from = all.numbers[k].begin() + piece.first_row;
        std::copy(from, from + piece.rows, all.numbers[k].begin() + all.rows);
      }
      for (OddField& field : piece.odd[k]) {
        field.row += all.rows;
        all.odd[k].push_back(std::move(field));
      }
    }
    all.rows += piece.rows;
  }
  for (std::vector<double>& column : all.numbers) column.resize(static_cast<std::size_t>(all.rows));
  return all;
}

/// One column's fields as they stand.
std::vector<std::string> FrameReader::texts_of(std::size_t column) const {
  std::vector<std::string> texts;
  CsvScanner scanner(text_, path_, dialect_.separator);
  scanner.go_to(dialect_.first_row);
  const std::size_t width = dialect_.columns.size();
  while (true) {
    if (width > 1) scanner.skip_blank_lines();
    if (scanner.at_end()) return texts;
    for (std::size_t k = 0; k < width; ++k) {
      const CsvScanner::Field field = scanner.read_field();
      if (k == column) texts.emplace_back(field.text);
      scanner.next();
    }
  }
}

// ---- columns

/// What the columns say in which every odd field is a number with one of the marks.  Where both would do, 1,234 among
/// semicolons is written by who writes decimal commas.
std::optional<DecimalMark> FrameReader::evident_mark(const RowsRead& read) const {
  const OddField* point = nullptr;
  const OddField* comma = nullptr;
  for (const std::vector<OddField>& fields : read.odd) {
    bool as_point = true;
    bool as_comma = true;
    const OddField* one = nullptr;
    for (const OddField& field : fields) {
      if (detail::is_missing(field.text)) continue;
      one = &field;
      const auto is_number = [&](DecimalMark mark) {
        return detail::to_number(field.text, mark) || detail::to_number_with_unit(field.text, mark);
      };
      as_point = as_point && is_number(DecimalMark::point);
      as_comma = as_comma && is_number(DecimalMark::comma);
      if (!as_point && !as_comma) break;
    }
    if (one == nullptr || as_point == as_comma) {
      const bool ambiguous = one != nullptr && as_point && one->text.find(',') != std::string::npos;
      if (ambiguous && dialect_.separator == ';' && comma == nullptr) comma = one;
      continue;
    }
    (as_point ? point : comma) = one;
  }
  if (point != nullptr && comma != nullptr) {
    const auto there = places_.place(point->offset);
    places_.fail(comma->offset, fmt::format("{} has a decimal comma, and {} in line {} a decimal point: say which with "
                                            "--decimal",
                                            in_quotes(comma->text), in_quotes(point->text), there.line));
  }
  if (comma != nullptr) return DecimalMark::comma;
  return std::nullopt;
}

void FrameReader::complain(Column& column, const OddField& field, std::string complaint) const {
  column.kind = ColumnKind::useless;
  column.complaint = fmt::format("column {}: {}", in_quotes(column.name), complaint);
  const auto [line, place] = places_.place(field.offset);
  column.line = line;
  column.place = place;
}

void FrameReader::settle(Column& column, std::vector<double>& numbers, std::vector<OddField>& odd,
                         std::size_t k) const {
  const auto all = static_cast<std::int64_t>(numbers.size());
  column.values = std::move(numbers);
  const std::int64_t plain = all - std::ssize(odd);
  std::erase_if(odd, [](const OddField& field) { return detail::is_missing(field.text); });
  column.missing = all - plain - std::ssize(odd);
  const auto every = [&](auto&& is) { return std::ranges::all_of(odd, [&](const OddField& f) { return is(f.text); }); };
  if (odd.empty()) return;
  if (every([&](const std::string& text) { return detail::to_number(text, mark_).has_value(); })) {
    for (const OddField& field : odd) {
      column.values[static_cast<std::size_t>(field.row)] = *detail::to_number(field.text, mark_);
    }
    return;
  }
  if (plain == 0 && every([](const std::string& text) { return detail::is_date(text); })) {
    complain(
        column, odd[0],
        fmt::format(
            "{} is a date, which is no number: leave the column out (--ignore), or write what matters about it (the "
            "year, the month, days since) into columns of numbers",
            in_quotes(odd[0].text)));
    return;
  }
  if (plain == 0 && settle_yes_no(column, odd)) return;
  const DecimalMark other = mark_ == DecimalMark::point ? DecimalMark::comma : DecimalMark::point;
  if (plain > 0 && every([&](const std::string& text) { return detail::to_number(text, other).has_value(); })) {
    complain(
        column, odd[0],
        fmt::format("{} has a decimal {}, and others a decimal {}", in_quotes(odd[0].text),
                    other == DecimalMark::point ? "point" : "comma", other == DecimalMark::point ? "comma" : "point"));
    return;
  }
  if (settle_units(column, odd)) return;
  // One word among numbers is a slip; among as many words numbers are words too.
  constexpr std::int64_t numbers_for_a_slip = 9;
  if (plain > numbers_for_a_slip * std::ssize(odd)) {
    complain(column, odd[0], fmt::format("not a number: {}", in_quotes(odd[0].text)));
    return;
  }
  settle_words(column, odd, k, plain > 0);
}

/// Numbers with one unit; a complaint about several that are all in use, or about numbers with and without.
bool FrameReader::settle_units(Column& column, const std::vector<OddField>& odd) const {
  std::map<std::string, const OddField*> units;
  bool known = true;
  std::vector<std::pair<std::size_t, double>> numbers;
  const OddField* bare = nullptr;
  for (const OddField& field : odd) {
    if (const auto number = detail::to_number(field.text, mark_)) {
      bare = &field;
      numbers.emplace_back(static_cast<std::size_t>(field.row), *number);
      continue;
    }
    const auto number = detail::to_number_with_unit(field.text, mark_);
    if (!number) return false;
    units.try_emplace(number->unit, &field);
    known = known && detail::is_known_unit(number->unit);
    numbers.emplace_back(static_cast<std::size_t>(field.row), number->number);
  }
  const bool numbers_without = bare != nullptr || std::ranges::any_of(column.values, [](double x) { return x == x; });
  if (units.size() > 1 || numbers_without) {
    if (!known) return false;
    const auto [unit, field] = *units.begin();
    const std::string others = units.size() > 1
                                   ? fmt::format("others in {}, as {} in line {}", std::next(units.begin())->first,
                                                 in_quotes(std::next(units.begin())->second->text),
                                                 places_.place(std::next(units.begin())->second->offset).line)
                                   : "others have no unit";
    complain(column, *field,
             fmt::format("{} is in {}, {}: write all in one unit", in_quotes(field->text), unit, others));
    return true;
  }
  for (const auto& [row, number] : numbers) column.values[row] = number;
  column.unit = units.begin()->first;
  return true;
}

bool FrameReader::settle_yes_no(Column& column, const std::vector<OddField>& odd) const {
  const auto first = detail::to_yes_no(odd[0].text);
  const auto is_same = [&](const OddField& field) {
    const auto answer = detail::to_yes_no(field.text);
    return answer && answer->no == first->no;
  };
  if (!first || !std::ranges::all_of(odd, is_same)) return false;
  column.kind = ColumnKind::logical;
  column.words = {std::string(first->no), std::string(first->yes)};
  for (const OddField& field : odd) {
    const bool yes = detail::to_yes_no(field.text)->value;
    column.values[static_cast<std::size_t>(field.row)] = yes ? 1.0 : 0.0;
    column.words[yes ? 1 : 0] = field.text;  // as they are written
  }
  return true;
}

void FrameReader::settle_words(Column& column, std::vector<OddField>& odd, std::size_t k, bool with_numbers) const {
  std::vector<std::pair<std::size_t, std::string>> fields;
  if (with_numbers) {
    std::vector<std::string> texts = texts_of(k);
    for (std::size_t row = 0; row < texts.size(); ++row) {
      if (!detail::is_missing(texts[row])) fields.emplace_back(row, std::move(texts[row]));
    }
  } else {
    for (OddField& field : odd) fields.emplace_back(static_cast<std::size_t>(field.row), std::move(field.text));
  }
  column.kind = ColumnKind::text;
  std::map<std::string_view, double> places;
  for (const auto& [row, word] : fields) places.try_emplace(word, 0.0);
  double next = 0.0;
  for (auto& [word, place] : places) {
    place = next++;
    column.words.emplace_back(word);
  }
  for (const auto& [row, word] : fields) column.values[row] = places.at(word);
}

}  // namespace

int DataFrame::index(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &Column::name);
  if (found == columns.end()) {
    std::vector<std::string_view> names;
    for (const Column& column : columns) names.push_back(column.name);
    throw ValueError(fmt::format("[table] no column {}{}", in_quotes(name), did_you_mean(name, names)));
  }
  if (std::find_if(found + 1, columns.end(), [&](const Column& other) { return other.name == name; }) !=
      columns.end()) {
    throw ValueError(fmt::format("[table] more than one column is called {}", in_quotes(name)));
  }
  return static_cast<int>(found - columns.begin());
}

const Column& DataFrame::column(std::string_view name) const {
  const Column& found = columns[static_cast<std::size_t>(index(name))];
  if (found.kind == ColumnKind::useless) throw FileError(path, found.complaint, found.line, found.place);
  return found;
}

DataFrame parse_data_frame(std::string_view text, const std::string& path_for_messages,
                           const DataFrameOptions& options) {
  CsvScanner whole(text, path_for_messages, ',');
  whole.check_encoding();
  return FrameReader(whole.text(), path_for_messages, options).read();
}

DataFrame read_data_frame(const std::string& path, const DataFrameOptions& options) {
  return parse_data_frame(detail::read_unpacked(path), path == "-" ? "standard input" : path, options);
}

}  // namespace gradus::nn
