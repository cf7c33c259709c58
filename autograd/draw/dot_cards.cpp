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
      out, R"(<TD PORT="op" ROWSPAN=")", std::to_string(rows),
      R"(" CELLPADDING="5"><TABLE STYLE="ROUNDED" BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" BGCOLOR=")",
      palette::badge, R"("><TR><TD WIDTH="32" HEIGHT="32"><FONT COLOR="white" POINT-SIZE=")",
      std::to_string(badge_size(symbol)), R"("><B>)");
  append_html_label(out, symbol);
  out += "</B></FONT></TD></TR></TABLE></TD>";
}

void append_row(std::string& out, const palette::Ink& ink, const Row& row) {
  append(out, R"(<TR><TD ALIGN="LEFT" HEIGHT="22"><FONT COLOR=")", ink.quiet, R"(" POINT-SIZE="10">)", row.label,
         R"(</FONT></TD><TD ALIGN="RIGHT" WIDTH="66")");
  // Graphviz makes a group with the id only for a cell with a target; without a URL that leads nowhere.
  if (!row.anchor.empty()) append(out, R"( ID=")", row.anchor, R"(" TITLE=")", row.label, R"(" TARGET="_self")");
  append(out, R"(><FONT FACE=")", palette::mono, R"(" COLOR=")", row.color, R"(" POINT-SIZE="11">)");
  append_html_label(out, row.text);
  out += "</FONT></TD></TR>";
}

}  // namespace

void append_card(std::string& out, const Card& card) {
  const palette::Ink& ink = card.ink;
  append(out, R"(label=<<TABLE STYLE="ROUNDED" BORDER=")", card.heavy ? "2.4" : "1.3", R"(" COLOR=")", ink.border,
         R"(" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" BGCOLOR=")", ink.fill, R"("><TR>)");
  if (!card.badge.empty()) append_badge(out, card.badge, card.rows.size() + 1);
  append(out, R"(<TD COLSPAN="2" CELLPADDING="4" HEIGHT="26" SIDES="B" BORDER="1" COLOR=")", ink.border,
         R"("><FONT COLOR=")", ink.text, R"("><B>)");
  append_html_label(out, card.title);
  out += "</B></FONT>";
  if (!card.caption.empty()) {
    append(out, R"(<FONT COLOR=")", ink.text, R"(" POINT-SIZE="10">  )");
    append_html_label(out, card.caption);
    out += "</FONT>";
  }
  out += "</TD></TR>";
  for (const Row& row : card.rows) append_row(out, ink, row);
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
