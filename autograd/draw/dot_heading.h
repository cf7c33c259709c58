// What stands above a drawing: its title, what it leaves out, and what its colours and numbers mean.
#pragma once
#include <string>

#include "drawing.h"
#include "palette.h"

namespace gradus {

/// Whether there is anything to say.
[[nodiscard]] bool has_heading(const Drawing& drawing, const DotStyle& style);
/// The attribute of the graph, after a comma.
void append_heading(std::string& out, const Drawing& drawing, const DotStyle& style, const palette::Page& page);

}  // namespace gradus
