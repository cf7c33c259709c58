#include "autograd/save/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <system_error>
#include <type_traits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/file.h"
#include "autograd/base/shape.h"
#include "autograd/base/text.h"

namespace gradus {

namespace {

constexpr std::string_view npy_magic = "\x93NUMPY";
constexpr std::size_t longest_header = 65536;  // what version 1 can say; no honest header comes near

/// The dictionary of the header: {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }.
class NpyHeader {
 public:
  NpyHeader(std::string_view text, const std::string& path) : rest_(text), path_(path) {
    expect("{");
    while (!take("}")) {
      read_entry();
      if (!take(",")) {
        expect("}");
        break;
      }
    }
    if (descr.empty() || !has_order_ || !has_shape_) fail("the header lacks one of descr, fortran_order and shape");
    skip_blanks();
    if (!rest_.empty()) fail("the header goes on behind its '}'");
  }

  std::string_view descr;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;

 private:
  [[noreturn]] void fail(const std::string& message) const { throw FileError(path_, message); }

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size())); }
  bool take(std::string_view symbol) {
    skip_blanks();
    if (!rest_.starts_with(symbol)) return false;
    rest_.remove_prefix(symbol.size());
    return true;
  }
  void expect(std::string_view symbol) {
    if (!take(symbol)) fail(fmt::format("the header is malformed: '{}' is missing", symbol));
  }
  std::string_view text() {
    skip_blanks();
    const char quote = rest_.empty() ? '\0' : rest_[0];
    const std::size_t end = quote == '\'' || quote == '"' ? rest_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) fail("the header is malformed: a text in quotes is missing");
    const std::string_view inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return inside;
  }
  std::int64_t size() {
    skip_blanks();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error == std::errc::result_out_of_range) fail("the header has a size that is too large");
    if (error != std::errc() || value < 0) fail("the header is malformed: a size is missing or negative");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  void read_entry() {
    const std::string_view key = text();
    expect(":");
    if (key == "descr") {
      skip_blanks();
      if (rest_.starts_with("[")) fail("the array holds records, not numbers");
      descr = text();
    } else if (key == "fortran_order") {
      fortran_order = take("True");
      if (!fortran_order) expect("False");
      has_order_ = true;
    } else if (key == "shape") {
      expect("(");
      while (!take(")")) {
        if (shape.size() == max_rank) fail(fmt::format("the array has more than {} axes", max_rank));
        shape.push_back(size());
        if (!take(",")) {
          expect(")");
          break;
        }
      }
      has_shape_ = true;
    } else {
      fail(fmt::format("the header has an unknown entry {}", in_quotes(key)));
    }
  }

  std::string_view rest_;
  const std::string& path_;
  bool has_order_ = false;
  bool has_shape_ = false;
};

/// A type of number: how many bytes it takes, what it becomes, and how it is read; null: byte by byte, as it lies there.
struct NpyType {
  std::string_view descr;
  std::uint64_t bytes;
  DType dtype;
  double (*read)(const char*);
};

/// NaN for a whole number above 2⁵³: from there on float64 has not every one.
template <class T>
double number_at(const char* bytes) {
  T value{};
  std::memcpy(&value, bytes, sizeof value);
  constexpr T largest = sizeof value == 8 ? static_cast<T>(9007199254740992) : T{};
  if (std::is_integral_v<T> && sizeof value == 8 && (value > largest || (std::is_signed_v<T> && value < -largest))) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return static_cast<double>(value);
}

/// What a float32 holds becomes one, as in IDX files.
constexpr NpyType npy_types[] = {
    {"<f8", 8, DType::float64, nullptr},
    {"<f4", 4, DType::float32, nullptr},
    {"|b1", 1, DType::float32, [](const char* byte) { return *byte == 0 ? 0.0 : 1.0; }},
    {"|i1", 1, DType::float32, number_at<std::int8_t>},
    {"|u1", 1, DType::float32, number_at<std::uint8_t>},
    {"<i2", 2, DType::float32, number_at<std::int16_t>},
    {"<u2", 2, DType::float32, number_at<std::uint16_t>},
    {"<i4", 4, DType::float64, number_at<std::int32_t>},
    {"<u4", 4, DType::float64, number_at<std::uint32_t>},
    {"<i8", 8, DType::float64, number_at<std::int64_t>},
    {"<u8", 8, DType::float64, number_at<std::uint64_t>},
};

/// One of them; a FileError that says what the file holds instead.
const NpyType& npy_type(std::string_view descr, const std::string& path) {
  const auto* const found = std::ranges::find(npy_types, descr, &NpyType::descr);
  if (found != std::end(npy_types)) return *found;
  const auto fail = [&](const std::string& what) {
    throw FileError(path, fmt::format("{}: float32, float64, whole numbers and booleans are read, little-endian; in "
                                      "NumPy, save a.astype('<f8')",
                                      what));
  };
  const char kind = descr.size() > 1 ? descr[1] : '?';
  if (descr.starts_with('>') && std::string_view("fiu").find(kind) != std::string_view::npos) {
    fail(fmt::format("the numbers are big-endian ({})", printable(descr)));
  }
  if (kind == 'c') fail(fmt::format("the numbers are complex ({})", printable(descr)));
  if (kind != 'f') fail(fmt::format("the values are no numbers ({})", printable(descr)));
  fail(fmt::format("the numbers are {} floats ({})",
                   descr.ends_with("2")    ? "16-bit"
                   : descr.ends_with("16") ? "extended"
                                           : "other",
                   printable(descr)));
  return npy_types[0];
}

/// How many bytes the numbers take; nothing when that is no size.
std::optional<std::uint64_t> bytes_of(std::span<const std::int64_t> shape, std::uint64_t each) {
  std::uint64_t bytes = each;
  for (const std::int64_t size : shape) {
    const auto count = static_cast<std::uint64_t>(size);
    if (count != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / 4 / count) return std::nullopt;
    bytes *= count;
  }
  return bytes;
}

}  // namespace

Array read_npy(const std::string& path) { return parse_npy(read_input(path), path); }

Array parse_npy(std::string_view bytes, const std::string& path) {
  static_assert(std::endian::native == std::endian::little);
  const auto fail = [&](const std::string& message) { throw FileError(path, message); };
  if (!bytes.starts_with(npy_magic)) fail("this is no .npy file: it does not begin with \\x93NUMPY");
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  const std::size_t version_at = npy_magic.size();
  if (bytes.size() < version_at + 4) fail("the file ends inside its header");
  const unsigned version = byte(version_at);
  if (version < 1 || version > 3) fail(fmt::format("version {} of the format is not known", version));
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::size_t begin = version_at + 2;
  if (bytes.size() < begin + length_bytes) fail("the file ends inside its header");
  std::size_t length = 0;
  for (std::size_t k = 0; k < length_bytes; ++k) length |= static_cast<std::size_t>(byte(begin + k)) << (8 * k);
  begin += length_bytes;
  if (length > longest_header) fail(fmt::format("the header claims to be {} bytes long", length));
  if (bytes.size() - begin < length) fail("the file ends inside its header");
  const NpyHeader header(bytes.substr(begin, length), path);
  if (header.fortran_order) {
    fail("the array is in Fortran order, columns first: in NumPy, save numpy.ascontiguousarray(a)");
  }
  const NpyType& type = npy_type(header.descr, path);
  const std::string_view data = bytes.substr(begin + length);
  const auto expected = bytes_of(header.shape, type.bytes);
  if (!expected || *expected != data.size()) {
    fail(fmt::format("the header says {}, and {} bytes of numbers follow where it takes {}",
                     fmt::format("[{}]", fmt::join(header.shape, ", ")), data.size(),
                     expected ? fmt::to_string(*expected) : "more than any file has"));
  }
  const Shape shape{std::span<const std::int64_t>(header.shape)};
  Array array = Array::zeros(shape, type.dtype);
  if (type.read == nullptr) {
    if (!data.empty()) std::memcpy(array.mutable_bytes(), data.data(), data.size());
    return array;
  }
  dispatch(type.dtype, [&](auto zero) {
    using T = decltype(zero);
    T* const out = array.mutable_data<T>();
    for (std::int64_t i = 0; i < array.size(); ++i) {
      const double number = type.read(data.data() + static_cast<std::uint64_t>(i) * type.bytes);
      if (std::isnan(number)) fail(fmt::format("number {} is above 2^53, which float64 does not hold", i));
      out[i] = static_cast<T>(number);
    }
  });
  return array;
}

}  // namespace gradus
