// DOT laid out and drawn, by Graphviz as a library.
#pragma once
#include <string>

namespace gradus::command {

/// Every program that calls render() calls this before anything else: Graphviz runs in a process of its own, which is
/// that program once more.  There it reads a DOT text, draws it and ends the process; anywhere else it returns.
void draw_if_asked(int argc, char** argv);

/// How deep clusters may lie in each other: Graphviz recurses into them.
inline constexpr int most_nested_clusters = 1000;

/// The drawing of a DOT text as the bytes of an "svg", "png" or "pdf" file.  A drawing that is too large, or a fault of
/// Graphviz, ends Graphviz's process and not this one.
/// Throws ValueError for another format, for clusters that are nested too deep, or when this build has no Graphviz; Error,
/// with what Graphviz says, when it cannot read or draw the text, or when it takes more than a minute of computing or
/// 4 GiB of memory.
///
/// An SVG's boxes are wide enough for its text in any usual font (font_widths.h): it is the same on every machine.
[[nodiscard]] std::string render(const std::string& dot, const std::string& format);

/// The same as SVG, with letters as shapes, in the fonts of this machine; ids and tooltips are lost.
[[nodiscard]] std::string render_outlined(const std::string& dot);

}  // namespace gradus::command
