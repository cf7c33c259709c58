// How a derivation is to be written down.
#pragma once
#include <string>

namespace gradus {

/// What may be asked of a written derivation.  A format that has no use for a wish goes without it.
struct DerivationStyle {
  std::string title{};    // above everything; empty: none, or "Derivation" where there has to be one
  bool color = false;     // text: escape sequences of terminals
  bool fragment = false;  // LaTeX: no preamble, for a document that loads amsmath, and graphicx to make wide lines fit
};

}  // namespace gradus
