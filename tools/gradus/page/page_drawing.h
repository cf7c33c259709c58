// The SVG that Graphviz makes, as an element of an HTML page.
#pragma once
#include <string>
#include <string_view>

namespace gradus::command {

/// The <svg> element alone, in size such that its letters can be read; drawings of a usual width shrink to the page.
/// What would only show as tooltips is left out: comments, titles (they are ids) and the links around cards, which lead
/// nowhere and must not lie in each other.  The arrow from an op to the card of its own result, which Graphviz numbers,
/// gets the id "e_<id of the card>".  `label` is what a screen reader says.
/// Throws ValueError when there is no <svg> element with a size.
[[nodiscard]] std::string page_drawing(std::string_view svg, std::string_view label);

}  // namespace gradus::command
