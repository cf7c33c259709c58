#include "autograd/graph/dot_cards.h"

#include <fmt/format.h>

#include <iterator>

#include "autograd/graph/text.h"

namespace gradus::dot {

namespace {

using text::html_label;

template <class... X>
void print(std::string& out, fmt::format_string<X...> format, X&&... x) {
  fmt::format_to(std::back_inserter(out), format, std::forward<X>(x)...);
}

int badge_size(std::string_view symbol) {
  const std::size_t n = text::code_points(symbol);
  return n == 1 ? 19 : n <= 5 ? 12 : 10;
}

void append_badge(std::string& out, std::string_view symbol, std::size_t rows) {
  print(
      out,
      R"(<TD PORT="op" ROWSPAN="{}" CELLPADDING="5"><TABLE STYLE="ROUNDED" BORDER="0" CELLBORDER="0" CELLSPACING="0" )"
      R"(CELLPADDING="2" BGCOLOR="{}"><TR><TD WIDTH="32" HEIGHT="32"><FONT COLOR="white" POINT-SIZE="{}"><B>{}</B>)"
      R"(</FONT></TD></TR></TABLE></TD>)",
      rows, palette::badge, badge_size(symbol), html_label(symbol));
}

void append_row(std::string& out, const Row& row) {
  print(out,
        R"(<TR><TD ALIGN="LEFT" CELLPADDING="3" HEIGHT="22"><FONT COLOR="{}" POINT-SIZE="10">{}</FONT></TD>)"
        R"(<TD ALIGN="RIGHT" CELLPADDING="3" WIDTH="66" HEIGHT="22")",
        palette::muted, row.label);
  // Graphviz makes a group with the id only for a cell with a target; without a URL that leads nowhere.
  if (!row.anchor.empty()) print(out, R"( ID="{}" TITLE="{}" TARGET="_self")", row.anchor, row.label);
  print(out, R"(><FONT FACE="{}" COLOR="{}" POINT-SIZE="11">{}</FONT></TD></TR>)", palette::mono, row.color,
        html_label(row.text));
}

}  // namespace

void append_card(std::string& out, const Card& card) {
  const palette::Ink& ink = card.ink;
  print(out,
        R"(label=<<TABLE STYLE="ROUNDED" BORDER="{}" COLOR="{}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" )"
        R"(BGCOLOR="{}"><TR>)",
        card.heavy ? "2.4" : "1.3", ink.border, ink.fill);
  if (!card.badge.empty()) append_badge(out, card.badge, card.rows.size() + 1);
  print(out, R"(<TD COLSPAN="2" HEIGHT="26" SIDES="B" BORDER="1" COLOR="{}"><FONT COLOR="{}"><B>{}</B></FONT>)",
        ink.border, ink.text, html_label(card.title));
  if (!card.word.empty()) {
    print(out, R"(<FONT COLOR="{}" POINT-SIZE="10">  {}</FONT>)", ink.text, html_label(card.word));
  }
  out += "</TD></TR>";
  for (const Row& row : card.rows) append_row(out, row);
  out += "</TABLE>>";
}

void append_small_card(std::string& out, const palette::Ink& ink, std::string_view title, std::string_view word,
                       std::string_view last_line) {
  print(
      out,
      R"(label=<<TABLE STYLE="ROUNDED" BORDER="1.3" COLOR="{}" BGCOLOR="{}" CELLBORDER="0" CELLSPACING="0" )"
      R"(CELLPADDING="3"><TR><TD><TABLE BORDER="0" CELLSPACING="0"><TR><TD CELLPADDING="2"><FONT COLOR="{}"><B>{}</B>)"
      R"(</FONT></TD></TR>)",
      ink.border, ink.fill, ink.text, html_label(title));
  if (!word.empty()) {
    print(out, R"(<TR><TD CELLPADDING="1"><FONT COLOR="{}" POINT-SIZE="10">{}</FONT></TD></TR>)", palette::muted,
          html_label(word));
  }
  if (!last_line.empty()) {
    print(out, R"(<TR><TD CELLPADDING="2"><FONT FACE="{}" COLOR="{}" POINT-SIZE="10">{}</FONT></TD></TR>)",
          palette::mono, palette::ink, html_label(last_line));
  }
  out += "</TABLE></TD></TR></TABLE>>";
}

void append_pill(std::string& out, const palette::Ink& ink, std::string_view symbol, std::string_view name) {
  print(out,
        R"(shape=box, style="rounded,filled", color="{}", fillcolor="{}", fontcolor="{}", penwidth=1.3, )"
        R"(margin="0.14,0.06", height=0.36, width=0.9, label=<<B>{}</B>)",
        ink.border, ink.fill, ink.text, html_label(symbol));
  if (!name.empty()) {
    print(out, R"(<BR/><FONT COLOR="{}" POINT-SIZE="10">{}</FONT>)", palette::muted, html_label(name));
  }
  out += '>';
}

}  // namespace gradus::dot
