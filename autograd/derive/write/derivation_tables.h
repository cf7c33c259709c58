// The tables that close a derivation: what an update does, how orders compare, gradients beside differences.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "../../base/export.h"
#include "../../graph/graph.h"
#include "../../math/formula.h"
#include "../derivation.h"

namespace gradus {

/// A table below the steps.  Cells are plain text, typeset.
struct GRADUS_API DerivationTable {
  std::string title;
  std::string text;                   // above it; may be empty
  std::vector<std::string> headings;  // empty: no table, the text alone
  std::vector<std::vector<std::string>> rows;
  bool first_is_symbol = false;  // the first column holds symbols: "x1"
  bool numbers = true;           // the columns after the first hold numbers, which line up at the right

  /// What a cell says where that is mathematics: a symbol, or a matrix among numbers.  Empty for prose.
  [[nodiscard]] std::optional<Formula> mathematics_of(const std::vector<std::string>& row, std::size_t column) const;
};

/// Those of a derivation, in the order in which they are to be read.
[[nodiscard]] GRADUS_API std::vector<DerivationTable> tables_of(const Graph& graph, const Derivation& derivation);

}  // namespace gradus
