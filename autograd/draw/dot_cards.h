// The nodes of a drawing as HTML-like labels of Graphviz.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "dot.h"
#include "palette.h"

namespace gradus::dot_cards {

using Grid = std::vector<std::vector<std::string>>;

/// A line of a card: "gradient   −1.5".
struct Row {
  std::string_view label;
  std::string_view text;
  const Grid* grid = nullptr;  // shown in the place of the text, unless it is null or empty
  std::string_view color = palette::ink;
  std::string anchor = {};  // an id in the SVG for the text; empty: none
};

/// Ports "in0", "in1", … at the side of a card where arrows arrive.
struct Entrances {
  Direction direction = Direction::right;
  std::vector<int> widths;  // of each, in points, as far as they lie side by side; empty: no ports
};

/// All text as it is to be read: it is escaped here.
struct Card {
  palette::Ink ink;
  std::string_view title;
  std::string_view caption;  // beside the title
  std::string badge;         // the op; empty: none
  std::vector<Row> rows;
  Entrances entrances = {};
  bool heavy = false;  // a thick border
};

/// A card with rows of numbers, and the op on a badge at its left (at its right where arrows come from there).
void append_card(std::string& out, const Card& card);
/// A small card of lines below each other: title, caption and, in the font of numbers, the last line.
void append_small_card(std::string& out, const palette::Ink& ink, std::string_view title, std::string_view caption,
                       std::string_view last_line);
/// The attributes of an op: a pill with its symbol and, below, the name of its result.
void append_pill(std::string& out, const palette::Ink& ink, std::string_view symbol, std::string_view name);

}  // namespace gradus::dot_cards
