#include "autograd/draw/dot_cards.h"

#include <string>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"

namespace gradus::dot_cards {

namespace {

using text::append;
using text::append_html_label;

int badge_size(std::string_view symbol) {
  const std::size_t n = text::code_points(symbol);
  return n == 1 ? 19 : n <= 5 ? 12 : 10;
}

void append_badge(std::string& out, std::string_view symbol, std::size_t rows) {
  append(
      out, R"(<TD ROWSPAN=")", std::to_string(rows),
      R"(" CELLPADDING="5"><TABLE STYLE="ROUNDED" BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" BGCOLOR=")",
      palette::badge, R"("><TR><TD WIDTH="32" HEIGHT="32"><FONT COLOR="white" POINT-SIZE=")",
      std::to_string(badge_size(symbol)), R"("><B>)");
  append_html_label(out, symbol);
  out += "</B></FONT></TD></TR></TABLE></TD>";
}

void append_grid(std::string& out, const Grid& grid) {
  append(out, R"(<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="2" COLOR=")", palette::grid, R"(">)");
  for (const std::vector<std::string>& row : grid) {
    if (row.empty()) out += R"(<TR><TD BORDER="0" HEIGHT="4" CELLPADDING="0"></TD></TR>)";
    if (row.empty()) continue;
    out += "<TR>";
    for (const std::string& number : row) append(out, R"(<TD ALIGN="RIGHT" HEIGHT="18">)", number, "</TD>");
    out += "</TR>";
  }
  out += "</TABLE>";
}

void append_row(std::string& out, const palette::Ink& ink, const Row& row) {
  append(out, R"(<TD ALIGN="LEFT" HEIGHT="22"><FONT FACE=")", palette::label, R"(" COLOR=")", ink.quiet,
         R"(" POINT-SIZE="10">)", row.label, R"(</FONT></TD><TD ALIGN="RIGHT" WIDTH="66")");
  // Graphviz makes a group with the id only for a cell with a target; without a URL that leads nowhere.
  if (!row.anchor.empty()) append(out, R"( ID=")", row.anchor, R"(" TITLE=")", row.label, R"(" TARGET="_self")");
  append(out, R"(><FONT FACE=")", palette::mono, R"(" COLOR=")", row.color, R"(" POINT-SIZE="11">)");
  if (row.grid != nullptr && !row.grid->empty()) {
    append_grid(out, *row.grid);
  } else {
    append_html_label(out, row.text);
  }
  out += "</FONT></TD>";
}

/// One above the other, as high as `rows` rows of the card.
void append_column_of_ports(std::string& out, std::size_t ports, std::size_t rows) {
  append(out, R"(<TD CELLPADDING="0" ROWSPAN=")", std::to_string(rows),
         R"("><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">)");
  for (std::size_t k = 0; k < ports; ++k) {
    append(out, R"(<TR><TD PORT="in)", std::to_string(k), R"(" WIDTH="2" HEIGHT="30"></TD></TR>)");
  }
  out += "</TABLE></TD>";
}

/// Side by side, all over the card.
void append_row_of_ports(std::string& out, const std::vector<int>& widths) {
  out += R"(<TR><TD CELLPADDING="0" COLSPAN="3"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>)";
  for (std::size_t k = 0; k < widths.size(); ++k) {
    append(out, R"(<TD PORT="in)", std::to_string(k), R"(" HEIGHT="2" WIDTH=")", std::to_string(widths[k]),
           R"("></TD>)");
  }
  out += "</TR></TABLE></TD></TR>";
}

void append_title(std::string& out, const Card& card) {
  append(out, R"(<TD COLSPAN="2" CELLPADDING="4" HEIGHT="26" SIDES="B" BORDER="1" COLOR=")", card.ink.border,
         R"("><FONT COLOR=")", card.ink.text, R"("><B>)");
  append_html_label(out, card.title);
  out += "</B></FONT>";
  if (!card.caption.empty()) {
    append(out, R"(<FONT COLOR=")", card.ink.text, R"(" POINT-SIZE="10">  )");
    append_html_label(out, card.caption);
    out += "</FONT>";
  }
  out += "</TD>";
}

}  // namespace

void append_card(std::string& out, const Card& card) {
  const palette::Ink& ink = card.ink;
  const std::vector<int>& widths = card.entrances.widths;
  const Direction direction = card.entrances.direction;
  const std::size_t height = card.rows.size() + 1;
  append(out, R"(label=<<TABLE STYLE="ROUNDED" BORDER=")", card.heavy ? "2.4" : "1.3", R"(" COLOR=")", ink.border,
         R"(" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" BGCOLOR=")", ink.fill, R"(">)");
  if (direction == Direction::down && !widths.empty()) append_row_of_ports(out, widths);
  out += "<TR>";
  const bool from_right = direction == Direction::left;
  const auto side = [&](bool right) {
    const bool ports = !widths.empty() && direction == (right ? Direction::left : Direction::right);
    if (ports && !right) append_column_of_ports(out, widths.size(), height);
    if (!card.badge.empty() && right == from_right) append_badge(out, card.badge, height);
    if (ports && right) append_column_of_ports(out, widths.size(), height);
  };
  side(false);
  append_title(out, card);
  side(true);
  out += "</TR>";
  for (const Row& row : card.rows) {
    out += "<TR>";
    append_row(out, ink, row);
    out += "</TR>";
  }
  if (direction == Direction::up && !widths.empty()) append_row_of_ports(out, widths);
  out += "</TABLE>>";
}

void append_small_card(std::string& out, const palette::Ink& ink, std::string_view title, std::string_view caption,
                       std::string_view last_line) {
  append(out, R"(label=<<TABLE STYLE="ROUNDED" BORDER="1.3" COLOR=")", ink.border, R"(" BGCOLOR=")", ink.fill,
         R"(" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3"><TR><TD><TABLE BORDER="0" CELLSPACING="0"><TR>)",
         R"(<TD CELLPADDING="2"><FONT COLOR=")", ink.text, R"("><B>)");
  append_html_label(out, title);
  out += "</B></FONT></TD></TR>";
  if (!caption.empty()) {
    append(out, R"(<TR><TD CELLPADDING="1"><FONT COLOR=")", ink.quiet, R"(" POINT-SIZE="10">)");
    append_html_label(out, caption);
    out += "</FONT></TD></TR>";
  }
  if (!last_line.empty()) {
    append(out, R"(<TR><TD CELLPADDING="2"><FONT FACE=")", palette::mono, R"(" COLOR=")", palette::ink,
           R"(" POINT-SIZE="10">)");
    append_html_label(out, last_line);
    out += "</FONT></TD></TR>";
  }
  out += "</TABLE></TD></TR></TABLE>>";
}

void append_pill(std::string& out, const palette::Ink& ink, std::string_view symbol, std::string_view name) {
  append(out, R"(shape=box, style="rounded,filled", color=")", ink.border, R"(", fillcolor=")", ink.fill,
         R"(", fontcolor=")", ink.text, R"(", penwidth=1.3, margin="0.14,0.06", height=0.36, width=0.9, label=<<B>)");
  append_html_label(out, symbol);
  out += "</B>";
  if (!name.empty()) {
    append(out, R"(<BR/><FONT COLOR=")", ink.quiet, R"(" POINT-SIZE="10">)");
    append_html_label(out, name);
    out += "</FONT>";
  }
  out += '>';
}

}  // namespace gradus::dot_cards
