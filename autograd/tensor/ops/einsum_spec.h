// What "ij,jk->ik" says, before any shapes are known.  Inside the library only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gradus::detail {

/// The letters of one term, around its "..." if it has one.
struct EinsumTerm {
  std::string before;
  std::string after;
  bool ellipsis = false;

  [[nodiscard]] std::size_t letters() const { return before.size() + after.size(); }
  /// As it was written, without spaces.
  [[nodiscard]] std::string text() const { return before + (ellipsis ? "..." : "") + after; }
};

struct EinsumSpec {
  std::vector<EinsumTerm> inputs;
  EinsumTerm output;
};

/// Reads a specification.  Without "->" the output is "...", where a term has one, and the letters that occur once, in
/// the order of the alphabet, capitals first.  Throws ParseError, with the position of the character that is wrong.
[[nodiscard]] EinsumSpec parse_einsum(std::string_view text);

}  // namespace gradus::detail
