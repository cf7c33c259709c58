#include "nn/data/array_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/file.h"
#include "autograd/base/shape.h"
#include "autograd/base/text.h"
#include "nn/data/unpack.h"

namespace gradus::nn {

namespace {

template <class Integer>
Integer little_endian(std::string_view bytes, std::size_t at) {
  Integer value = 0;
  for (std::size_t k = sizeof(Integer); k-- > 0;) {
    value = static_cast<Integer>(value << 8U) | static_cast<Integer>(static_cast<unsigned char>(bytes[at + k]));
  }
  return value;
}

template <class Integer>
Integer big_endian(const char* bytes) {
  Integer value = 0;
  for (std::size_t k = 0; k < sizeof(Integer); ++k) {
    value = static_cast<Integer>(value << 8U) | static_cast<Integer>(static_cast<unsigned char>(bytes[k]));
  }
  return value;
}

// ---- archives: the directory at the end says where each member is

constexpr std::string_view end_signature = "PK\x05\x06";
constexpr std::string_view entry_signature = "PK\x01\x02";
constexpr std::string_view member_signature = "PK\x03\x04";
constexpr std::uint32_t in_zip64 = 0xFFFFFFFF;

class ZipReader {
 public:
  ZipReader(std::string_view bytes, const std::string& path) : bytes_(bytes), path_(path) {}

  std::map<std::string, Array> arrays() {
    constexpr std::size_t end_size = 22;
    constexpr std::size_t entry_size = 46;
    const std::size_t end = bytes_.rfind(end_signature);
    if (end == std::string_view::npos || bytes_.size() - end < end_size) fail("this is no .npz file");
    std::map<std::string, Array> found;
    const auto count = little_endian<std::uint16_t>(bytes_, end + 10);
    std::size_t at = little_endian<std::uint32_t>(bytes_, end + 16);
    for (int k = 0; k < count; ++k) {
      require(at, entry_size);
      if (bytes_.substr(at, 4) != entry_signature) fail("its directory is damaged");
      Member member;
      member.method = little_endian<std::uint16_t>(bytes_, at + 10);
      member.packed = little_endian<std::uint32_t>(bytes_, at + 20);
      member.size = little_endian<std::uint32_t>(bytes_, at + 24);
      const std::size_t name = little_endian<std::uint16_t>(bytes_, at + 28);
      const std::size_t extra = little_endian<std::uint16_t>(bytes_, at + 30);
      const std::size_t comment = little_endian<std::uint16_t>(bytes_, at + 32);
      member.at = little_endian<std::uint32_t>(bytes_, at + 42);
      require(at + entry_size, name + extra + comment);
      member.name = std::string(bytes_.substr(at + entry_size, name));
      at += entry_size + name + extra + comment;
      if (member.size == in_zip64 || member.packed == in_zip64) fail("arrays of more than 4 GiB are not read");
      std::string array_name = member.name.ends_with(".npy") ? member.name.substr(0, name - 4) : member.name;
      if (found.contains(array_name)) fail(fmt::format("it has {} twice", in_quotes(array_name)));
      Array array = parse_npy(content_of(member), fmt::format("{}: {}", path_, printable(member.name)));
      found.emplace(std::move(array_name), std::move(array));
    }
    return found;
  }

 private:
  struct Member {
    std::string name;
    int method = 0;
    std::size_t packed = 0, size = 0, at = 0;
  };

  [[noreturn]] void fail(const std::string& message) const { throw FileError(path_, message); }
  void require(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) fail("it ends early");
  }

  std::string content_of(const Member& member) const {
    constexpr std::size_t header_size = 30;
    constexpr int stored = 0;
    constexpr int deflated = 8;
    require(member.at, header_size);
    if (bytes_.substr(member.at, 4) != member_signature) fail("its directory is damaged");
    const std::size_t start = member.at + header_size + little_endian<std::uint16_t>(bytes_, member.at + 26) +
                              little_endian<std::uint16_t>(bytes_, member.at + 28);
    require(start, member.packed);
    const std::string_view packed = bytes_.substr(start, member.packed);
    if (member.method == deflated) return detail::unpack_deflated(packed, member.size, path_);
    if (member.method != stored) fail(fmt::format("{} is packed in an unknown way", in_quotes(member.name)));
    return std::string(packed);
  }

  std::string_view bytes_;
  const std::string& path_;
};

// ---- IDX: 0, 0, type, number of axes; the sizes; the numbers; all big-endian

struct IdxType {
  unsigned char code;
  std::size_t bytes;
  DType dtype;
  double (*read)(const char*);
};

constexpr IdxType idx_types[] = {
    {0x08, 1, DType::float32, [](const char* p) { return static_cast<double>(static_cast<unsigned char>(*p)); }},
    {0x09, 1, DType::float32, [](const char* p) { return static_cast<double>(static_cast<signed char>(*p)); }},
    {0x0B, 2, DType::float32,
     [](const char* p) { return static_cast<double>(static_cast<std::int16_t>(big_endian<std::uint16_t>(p))); }},
    {0x0C, 4, DType::float64,
     [](const char* p) { return static_cast<double>(static_cast<std::int32_t>(big_endian<std::uint32_t>(p))); }},
    {0x0D, 4, DType::float32,
     [](const char* p) { return static_cast<double>(std::bit_cast<float>(big_endian<std::uint32_t>(p))); }},
    {0x0E, 8, DType::float64, [](const char* p) { return std::bit_cast<double>(big_endian<std::uint64_t>(p)); }},
};

}  // namespace

std::map<std::string, Array> parse_npz(std::string_view bytes, const std::string& path_for_messages) {
  return ZipReader(bytes, path_for_messages).arrays();
}

std::map<std::string, Array> read_npz(const std::string& path) { return parse_npz(read_input(path), path); }

Array parse_idx(std::string_view bytes, const std::string& path_for_messages) {
  const auto fail = [&](const std::string& message) { throw FileError(path_for_messages, message); };
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0) fail("this is no IDX file");
  const auto type = std::ranges::find(idx_types, static_cast<unsigned char>(bytes[2]), &IdxType::code);
  if (type == std::end(idx_types)) fail("this is no IDX file: its type of numbers is unknown");
  const auto rank = static_cast<std::size_t>(static_cast<unsigned char>(bytes[3]));
  if (rank > static_cast<std::size_t>(max_rank)) fail(fmt::format("it has more than {} axes", max_rank));
  if (bytes.size() < 4 + 4 * rank) fail("the file ends early");
  std::vector<std::int64_t> sizes;
  std::uint64_t expected = type->bytes;
  bool overflow = false;
  for (std::size_t k = 0; k < rank; ++k) {
    const auto size = big_endian<std::uint32_t>(bytes.data() + 4 + 4 * k);
    sizes.push_back(size);
    overflow = overflow || __builtin_mul_overflow(expected, std::uint64_t{size}, &expected);
  }
  bytes.remove_prefix(4 + 4 * rank);
  if (overflow || expected != bytes.size()) {
    fail(fmt::format("its header speaks of {} bytes of numbers, there are {}",
                     overflow ? "too many" : std::to_string(expected), bytes.size()));
  }
  Array array = Array::uninitialized(Shape(sizes), type->dtype);
  dispatch(type->dtype, [&](auto zero) {
    using T = decltype(zero);
    T* out = array.mutable_data<T>();
    for (std::int64_t i = 0; i < array.size(); ++i) {
      out[i] = static_cast<T>(type->read(bytes.data() + static_cast<std::size_t>(i) * type->bytes));
    }
  });
  return array;
}

Array read_idx(const std::string& path) { return parse_idx(detail::read_unpacked(path), path); }

}  // namespace gradus::nn
