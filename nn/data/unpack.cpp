#include "nn/data/unpack.h"

#include <zlib.h>

#include <algorithm>

#include "autograd/base/error.h"
#include "autograd/base/file.h"

namespace gradus::nn::detail {

namespace {

constexpr int gzip_window = 15 + 16;  // as zlib asks for them
constexpr int raw_window = -15;

/// A stream of zlib's, closed at the end of the scope.
class Inflater {
 public:
  Inflater(std::string_view bytes, int window, const std::string& path) : rest_(bytes), path_(path) {
    if (::inflateInit2(&stream_, window) != Z_OK) throw FileError(path, "zlib does not start");
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { ::inflateEnd(&stream_); }

  /// Fills the buffer as far as there is something; says how many bytes it wrote.
  std::size_t read(char* out, std::size_t size) {
    constexpr std::size_t most = std::size_t{1} << 30;  // zlib counts in 32 bits
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(std::min(size, most));
    const std::size_t room = stream_.avail_out;
    while (stream_.avail_out > 0 && !done_) {
      if (stream_.avail_in == 0) {
        const std::size_t count = std::min(rest_.size(), most);
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
        stream_.avail_in = static_cast<uInt>(count);
        rest_.remove_prefix(count);
        if (count == 0) throw FileError(path_, "the compressed data end early");
      }
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        done_ = true;
      } else if (result != Z_OK) {
        throw FileError(path_, "the compressed data are damaged");
      }
    }
    return room - stream_.avail_out;
  }
  /// Whether another stream follows the one that has ended, as gzip files may be joined; it is begun.
  bool next_stream() {
    if (!done_ || stream_.avail_in + rest_.size() == 0) return false;
    done_ = false;
    return ::inflateReset(&stream_) == Z_OK;
  }
  [[nodiscard]] bool done() const { return done_; }

 private:
  z_stream stream_{};
  std::string_view rest_;
  const std::string& path_;
  bool done_ = false;
};

}  // namespace

std::string unpack_gzip(std::string_view bytes, const std::string& path) {
  if (!bytes.starts_with("\x1f\x8b")) throw FileError(path, "this is no gzip file");
  Inflater inflater(bytes, gzip_window, path);
  constexpr std::size_t first_guess = std::size_t{1} << 16;
  std::string text;
  std::size_t size = 0;
  do {
    while (!inflater.done()) {
      if (size == text.size()) text.resize(std::max({first_guess, 4 * bytes.size(), 2 * size}));
      size += inflater.read(text.data() + size, text.size() - size);
    }
  } while (inflater.next_stream());
  text.resize(size);
  return text;
}

std::string unpack_deflated(std::string_view bytes, std::size_t size, const std::string& path) {
  // No byte becomes more than some thousand: a size beyond that is a lie, and nothing is allocated for it.
  constexpr std::size_t most_from_one = 1032;
  if (size / most_from_one > bytes.size()) throw FileError(path, "the compressed data end early");
  std::string text(size, '\0');
  Inflater inflater(bytes, raw_window, path);
  std::size_t done = 0;
  while (done < size && !inflater.done()) done += inflater.read(text.data() + done, size - done);
  char more = 0;
  if (done < size || (!inflater.done() && inflater.read(&more, 1) > 0)) {
    throw FileError(path, "the compressed data are not as long as the archive says");
  }
  return text;
}

std::string read_unpacked(const std::string& path) {
  std::string bytes = read_input(path);
  if (path.ends_with(".gz")) return unpack_gzip(bytes, path);
  return bytes;
}

}  // namespace gradus::nn::detail
