// Every way to write a derivation down.  A new one is a writer (writer.h) in two files of its own, and its row in
// derivation_formats.cpp: the command's -T, the endings of files, help and messages are made of the rows.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "../../base/export.h"
#include "../../graph/graph.h"
#include "../derivation.h"
#include "derivation_style.h"

namespace gradus {

struct DerivationFormat {
  std::string_view name;    // "text": what one asks for
  std::string_view ending;  // "txt": of its files; the name will do too
  std::string (*write)(const Graph&, const Derivation&, const DerivationStyle&);
  bool has_headline = false;   // a page, which is given a title where nobody has one for it
  bool has_blanks = true;      // can show a quiz
  bool has_fragments = false;  // knows DerivationStyle::fragment
};

/// In the order in which they are listed; the first is what is written where nobody says.
[[nodiscard]] GRADUS_API std::span<const DerivationFormat> derivation_formats();

/// The format of this name, or whose files end in it; null when there is none.
[[nodiscard]] GRADUS_API const DerivationFormat* find_derivation_format(std::string_view name);

}  // namespace gradus
