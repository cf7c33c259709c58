// What the command makes goes to a file, or to standard output when the name is empty or "-".
#pragma once
#include <string>
#include <string_view>

namespace gradus::command {

/// Throws FileError, with the system's reason, when nothing could be written there: before hours of work, not after.
void check_output(const std::string& file);

/// Throws FileError.
void write_output(std::string_view content, const std::string& file);

}  // namespace gradus::command
