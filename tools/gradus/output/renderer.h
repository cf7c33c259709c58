// The process of its own that render() draws in.
#pragma once

namespace gradus::command {

/// The exit status of that process when it wrote to its standard output why there is no drawing.
inline constexpr int cannot_draw = 1;

/// Limits what this process may take, reads a DOT text from standard input and writes the drawing to standard output.
/// Returns the exit status.  Frees nothing: the process ends.
[[nodiscard]] int draw_standard_input(const char* format);

}  // namespace gradus::command
