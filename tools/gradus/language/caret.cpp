#include "tools/gradus/language/caret.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "autograd/base/text.h"
#include "autograd/base/utf8.h"
#include "tools/gradus/language/unicode.h"

namespace gradus::command {
namespace {

constexpr std::string_view indent = "  ";
constexpr std::string_view ellipsis = "...";
constexpr std::size_t max_columns = 80;
constexpr std::size_t tab_columns = 8;  // the most a tab can take; where its stops are is the terminal's business

/// What is shown in one place: a character with its combining marks, an escaped one, or a tab.
struct Cell {
  std::string text;
  std::size_t columns;
  std::size_t end;  // offset in the source of the byte behind it
};

/// A piece of the source without its line break.
struct Line {
  std::size_t begin;
  std::size_t end;
};

Line line_around(std::string_view source, std::size_t offset) {
  const std::size_t before = offset == 0 ? std::string_view::npos : source.find_last_of("\r\n", offset - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return {begin, std::min(source.find_first_of("\r\n", offset), source.size())};
}

/// An error at the end of a text that ends in blank lines is shown behind the last word.
std::size_t place_to_show(std::string_view source, std::size_t offset) {
  offset = std::min(offset, source.size());
  if (offset < source.size()) return offset;
  const std::size_t last = source.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) return offset;
  const bool line_breaks_follow = source.find_first_of("\r\n", last) != std::string_view::npos;
  return line_breaks_follow ? last + 1 : offset;
}

std::vector<Cell> cells_of(std::string_view source, Line line) {
  std::vector<Cell> cells;
  for (std::size_t at = line.begin; at < line.end;) {
    const CodePoint c = decode_utf8_or_byte(source, at);
    const std::string_view bytes = source.substr(at, c.length);
    at += c.length;
    if (c.valid && c.value == U'\t') {
      cells.push_back({"\t", tab_columns, at});
    } else if (is_unprintable(c)) {
      const std::string text = escaped(c);
      cells.push_back({text, text.size(), at});
    } else if (const auto columns = static_cast<std::size_t>(display_width(c.value)); columns > 0 || cells.empty()) {
      cells.push_back({std::string(bytes), columns, at});
    } else {
      cells.back().text += bytes;
      cells.back().end = at;
    }
  }
  return cells;
}

/// Cells [begin, end) of a line, chosen to fit.
struct Window {
  std::size_t begin;
  std::size_t end;
};

/// Grows the window from the caret's cell: first left up to half the room, then right, then left with what remains.
Window window_around(const std::vector<Cell>& cells, std::size_t target) {
  std::size_t total = target == cells.size() ? 1 : 0;  // a caret behind the line needs a column of its own
  for (const Cell& cell : cells) total += cell.columns;
  if (total + indent.size() <= max_columns) return {0, cells.size()};

  Window window{target, target};
  std::size_t room = max_columns - indent.size() - 2 * ellipsis.size();
  const auto grow_left = [&](std::size_t reserve) {
    while (window.begin > 0 && cells[window.begin - 1].columns + reserve <= room) {
      room -= cells[--window.begin].columns;
    }
  };
  const auto grow_right = [&] {
    while (window.end < cells.size() && cells[window.end].columns <= room) room -= cells[window.end++].columns;
  };
  if (target == cells.size()) --room;
  grow_left(room / 2);
  grow_right();
  grow_left(0);
  return window;
}

std::string blank_like(const Cell& cell) { return cell.text == "\t" ? "\t" : std::string(cell.columns, ' '); }

}  // namespace

std::string caret(std::string_view source, const ParseError& error) {
  const std::size_t offset = place_to_show(source, error.offset());
  const std::vector<Cell> cells = cells_of(source, line_around(source, offset));
  const auto is_before = [&](const Cell& cell) { return cell.end <= offset; };
  const auto target = static_cast<std::size_t>(std::find_if_not(cells.begin(), cells.end(), is_before) - cells.begin());
  const Window window = window_around(cells, target);

  std::string text(indent);
  std::string mark(indent);
  if (window.begin > 0) {
    text += ellipsis;
    mark += std::string(ellipsis.size(), ' ');
  }
  for (std::size_t i = window.begin; i < window.end; ++i) {
    text += cells[i].text;
    if (i < target) mark += blank_like(cells[i]);
  }
  if (window.end < cells.size()) text += ellipsis;
  return text + "\n" + mark + "^\n";
}

}  // namespace gradus::command
