// Numbers at the heads of arrows, in SVG drawings.
#pragma once
#include <string>

namespace gradus::command {

/// A number that an arrow, a card or another number crosses goes to the other side of its arrow, if that is better.
/// Takes what with_joined_lines() made of Graphviz's SVG.
[[nodiscard]] std::string with_labels_aside(std::string svg);

}  // namespace gradus::command
