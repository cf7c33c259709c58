#include "autograd/base/error.h"
#include "autograd/base/file.h"
#include "nn/data/unpack.h"

namespace gradus::nn::detail {

std::string unpack_gzip(std::string_view, const std::string& path) {
  throw FileError(path, "this build reads no compressed files: it was made without zlib");
}

std::string unpack_deflated(std::string_view, std::size_t, const std::string& path) {
  throw FileError(path, "this build reads no compressed files: it was made without zlib");
}

std::string read_unpacked(const std::string& path) {
  std::string bytes = read_input(path);
  if (path.ends_with(".gz")) return unpack_gzip(bytes, path);
  return bytes;
}

}  // namespace gradus::nn::detail
