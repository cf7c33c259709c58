// Arrays in NumPy's file format.
//
// Read strictly: versions 1 to 3 of the format, little-endian floats, whole numbers and booleans in row-major order; what
// float32 holds becomes float32.  All is checked before anything is allocated: a file is as long as its header says.
#pragma once
#include <string>
#include <string_view>

#include "../array/array.h"
#include "../base/export.h"

namespace gradus {

/// Reads a .npy file; "-" is standard input.  Throws FileError with the system's reason, and as parse_npy does.
[[nodiscard]] GRADUS_API Array read_npy(const std::string& path);

/// The same for bytes at hand; messages call them `path_for_messages`.  Throws FileError for what is no such file, for
/// another type of number, byte order or order of axes, and for a file that is shorter or longer than its header says.
[[nodiscard]] GRADUS_API Array parse_npy(std::string_view bytes, const std::string& path_for_messages);

}  // namespace gradus
