// Compressed bytes, through zlib where the build has it.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace gradus::nn::detail {

/// What a .gz file holds.  Throws FileError for what is none, and in a build without zlib.
[[nodiscard]] std::string unpack_gzip(std::string_view bytes, const std::string& path);

/// A deflated member of an archive that is `size` bytes long when it is unpacked, to the byte.  Throws as unpack_gzip.
[[nodiscard]] std::string unpack_deflated(std::string_view bytes, std::size_t size, const std::string& path);

/// A file's bytes; unpacked when its name ends in .gz.
[[nodiscard]] std::string read_unpacked(const std::string& path);

}  // namespace gradus::nn::detail
