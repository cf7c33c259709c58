// DOT laid out and drawn, by Graphviz as a library.
#pragma once
#include <string>

namespace gradus::command {

/// The drawing of a DOT text as the bytes of an "svg", "png" or "pdf" file.  Graphviz runs in a process of its own, so
/// that a drawing that is too large, or a fault of Graphviz, ends that process and not this one.
/// Throws ValueError for another format, or when this build has no Graphviz; Error, with what Graphviz says, when it
/// cannot read or draw the text, or when it takes more than a minute of computing or 4 GiB of memory.
[[nodiscard]] std::string render(const std::string& dot, const std::string& format);

}  // namespace gradus::command
