// The text of SVG drawings, made to look the same in any viewer's fonts.
#pragma once
#include <string>
#include <string_view>

#include "tools/gradus/output/font_widths.h"

namespace gradus::command {

/// What a font of a drawing is measured as: by its family, as the drawing names it.
[[nodiscard]] Face face_of(std::string_view family, bool bold);

/// Graphviz's SVG, laid out in the widths of widest_text(): runs of one line that it wrote as texts of their own become
/// spans of one text, so that each begins where the one before it ends in the viewer's font; blanks are kept; what was
/// laid out around a middle stays around it.
[[nodiscard]] std::string with_joined_lines(std::string_view svg);

}  // namespace gradus::command
