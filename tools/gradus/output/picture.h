// Texts of drawings written to a file, as they are or drawn.
#pragma once
#include <string>
#include <string_view>

namespace gradus::command {

/// Whether this is the name of a format, which is also the ending of its files.
[[nodiscard]] bool is_picture_format(std::string_view name) noexcept;

/// "dot", "svg", "png", "pdf", "mermaid", "json" or "onnx": what was asked for, else what the file's ending says, else "dot".
/// Throws UsageError for anything else.
[[nodiscard]] std::string picture_format(const std::string& file, const std::string& asked);

/// Throws FileError, with the system's reason, when a drawing could not be written to this file; "" and "-" always can.
void check_picture_file(const std::string& file);

/// Throws UsageError when a file for a page, which `option` names, is called something else: "x.md".  No ending is fine.
void check_page_name(std::string_view option, const std::string& file);

/// Whether a drawing in this format is a text for others to draw.
[[nodiscard]] bool is_text(std::string_view format) noexcept;

/// Writes a drawing, which is a text in this format or else in DOT, to a file, or to standard output when the name is empty or "-".
/// Throws FileError, and ValueError when this build cannot draw pictures.
void write_picture(const std::string& text, const std::string& file, const std::string& format);

/// Writes to a file, or to standard output when the name is empty or "-".  Throws FileError.
void write_content(const std::string& content, const std::string& file);

}  // namespace gradus::command
