// DOT text written to a file, as it is or drawn.
#pragma once
#include <string>

namespace gradus::command {

/// "dot", "svg", "png" or "pdf": what was asked for, else what the file's ending says, else "dot".
/// Throws UsageError for anything else.
[[nodiscard]] std::string picture_format(const std::string& file, const std::string& asked);

/// Writes the drawing to a file, or to standard output when the name is empty or "-".
/// Throws FileError, and ValueError when this build cannot draw pictures.
void write_picture(const std::string& dot, const std::string& file, const std::string& format);

}  // namespace gradus::command
