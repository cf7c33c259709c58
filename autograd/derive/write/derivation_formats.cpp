#include "autograd/derive/write/derivation_formats.h"

#include <algorithm>

#include "autograd/derive/write/derivation_html.h"
#include "autograd/derive/write/derivation_json.h"
#include "autograd/derive/write/derivation_latex.h"
#include "autograd/derive/write/derivation_markdown.h"
#include "autograd/derive/write/derivation_text.h"

namespace gradus {

std::span<const DerivationFormat> derivation_formats() {
  static constexpr DerivationFormat rows[] = {
      {.name = "text", .ending = "txt", .write = to_text},
      {.name = "md", .ending = "md", .write = to_markdown},
      {.name = "tex", .ending = "tex", .write = to_latex, .has_fragments = true},
      {.name = "html", .ending = "html", .write = to_html, .has_headline = true},
      {.name = "json", .ending = "json", .write = to_json, .has_blanks = false},
  };
  return rows;
}

const DerivationFormat* find_derivation_format(std::string_view name) {
  const auto rows = derivation_formats();
  const auto found =
      std::ranges::find_if(rows, [&](const auto& row) { return row.name == name || row.ending == name; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace gradus
