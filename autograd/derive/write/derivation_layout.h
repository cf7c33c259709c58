// What every written form of a derivation has in common: its headings and its tables.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "autograd/derive/derivation.h"
#include "autograd/derive/derivation_numbers.h"
#include "autograd/graph/graph.h"

namespace gradus::detail {

/// "forward": the word for programs.
[[nodiscard]] std::string_view word(Phase phase);
/// "Forward": the heading above the steps.
[[nodiscard]] std::string_view heading(Phase phase);

/// A table below the steps.  Cells are plain text, typeset.
struct Table {
  std::string title;
  std::string text;                   // above it; may be empty
  std::vector<std::string> headings;  // empty: no table, the text alone
  std::vector<std::vector<std::string>> rows;
  bool first_is_symbol = false;  // the first column holds symbols: "x1"
  bool numbers = true;           // the columns after the first hold numbers, which line up at the right
};
[[nodiscard]] std::vector<Table> tables_of(const Graph& graph, const Derivation& derivation);

}  // namespace gradus::detail
