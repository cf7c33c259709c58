// Whole files in and out: what is written is there completely or not at all.
#pragma once
#include <string>
#include <string_view>

#include "export.h"

namespace gradus {

/// The bytes of a file (or of a pipe, up to its end).  Throws FileError with the system's reason.
GRADUS_API std::string read_file(const std::string& path);

/// As read_file; "-" is standard input.
GRADUS_API std::string read_input(const std::string& path);

/// Replaces the content of a file, or creates it: through a temporary file beside it that takes its name once it is
/// safely on disk, so that a reader, or a failure at any moment, never meets half a file.  Permissions are kept and
/// symbolic links followed; what is not a regular file (a terminal, a pipe) is written to directly.
/// Throws FileError with the system's reason; the old content is then still there.
GRADUS_API void write_file(const std::string& path, std::string_view content);

/// Throws FileError when write_file could not write this file as things are now; for work that takes long and writes
/// its result at the end.  Changes nothing.
GRADUS_API void check_writable(const std::string& path);

}  // namespace gradus
