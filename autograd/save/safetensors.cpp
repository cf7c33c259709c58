#include "autograd/save/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/file.h"
#include "autograd/base/json.h"
#include "autograd/base/shape.h"
#include "autograd/base/suggest.h"
#include "autograd/base/text.h"

namespace gradus {

namespace {

static_assert(std::endian::native == std::endian::little, "the numbers of these files are little-endian");

using nlohmann::json;

constexpr std::size_t length_bytes = 8;
constexpr std::uint64_t longest_tensor_header = 100'000'000;  // as the library of that name has it
constexpr std::string_view metadata_key = "__metadata__";

// ---- types of numbers

float from_half(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000U) << 16U;
  const std::uint32_t exponent = (bits >> 10U) & 0x1FU;
  const std::uint32_t mantissa = bits & 0x3FFU;
  if (exponent == 0) {  // 0 or subnormal
    const float size = std::ldexp(static_cast<float>(mantissa), -24);
    return sign != 0 ? -size : size;
  }
  const std::uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  return std::bit_cast<float>(sign | (wide << 23U) | (mantissa << 13U));
}

float from_brain(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16U); }

template <class From, class To, class F>
void convert(const char* bytes, To* out, std::int64_t count, F&& f) {
  for (std::int64_t i = 0; i < count; ++i) {
    From number;
    std::memcpy(&number, bytes + static_cast<std::size_t>(i) * sizeof(From), sizeof(From));
    out[i] = f(number);
  }
}

template <class Integer>
void read_integers(const char* bytes, Array& array, const std::string& fail_path) {
  convert<Integer>(bytes, array.mutable_data<double>(), array.size(), [&](Integer x) {
    const auto number = static_cast<double>(x);
    constexpr double exact = 9007199254740992.0;  // 2^53
    if (std::abs(number) > exact) throw FileError(fail_path, fmt::format("the whole number {} fits no float64", x));
    return number;
  });
}

struct StoredType {
  std::string_view name;
  std::size_t bytes;
  DType dtype;
  void (*read)(const char*, Array&, const std::string&);
};

template <class T>
void read_as_stored(const char* bytes, Array& array, const std::string&) {
  if (array.size() > 0) std::memcpy(array.mutable_bytes(), bytes, static_cast<std::size_t>(array.size()) * sizeof(T));
}
template <float (*f)(std::uint16_t)>
void read_short_floats(const char* bytes, Array& array, const std::string&) {
  convert<std::uint16_t>(bytes, array.mutable_data<float>(), array.size(), f);
}

constexpr std::array<StoredType, 13> stored_types{{
    {"F64", 8, DType::float64, read_as_stored<double>},
    {"F32", 4, DType::float32, read_as_stored<float>},
    {"F16", 2, DType::float32, read_short_floats<from_half>},
    {"BF16", 2, DType::float32, read_short_floats<from_brain>},
    {"I64", 8, DType::float64, read_integers<std::int64_t>},
    {"I32", 4, DType::float64, read_integers<std::int32_t>},
    {"I16", 2, DType::float64, read_integers<std::int16_t>},
    {"I8", 1, DType::float64, read_integers<std::int8_t>},
    {"U64", 8, DType::float64, read_integers<std::uint64_t>},
    {"U32", 4, DType::float64, read_integers<std::uint32_t>},
    {"U16", 2, DType::float64, read_integers<std::uint16_t>},
    {"U8", 1, DType::float64, read_integers<std::uint8_t>},
    {"BOOL", 1, DType::float64, read_integers<std::uint8_t>},
}};

// ---- the header

struct TensorEntry {
  std::string name;
  const StoredType* type = nullptr;
  std::vector<std::int64_t> shape = {};
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Parses a header whose depth, keys and encoding are in order.
class TensorHeader {
 public:
  TensorHeader(std::string_view text, const std::string& path) : path_(path) {
    if (!is_utf8(text)) fail("the header is not UTF-8");
    if (!text.starts_with('{')) fail("the header does not start with '{'");
    const json object = json::parse(
        text, [this](int depth, json::parse_event_t event, json& value) { return watch(depth, event, value); }, false);
    if (object.is_discarded() || !object.is_object()) fail("the header is not JSON");
    for (const auto& [key, value] : object.items()) {
      if (key == metadata_key) {
        read_metadata(value);
      } else {
        entries.push_back(entry_of(key, value));
      }
    }
    std::ranges::sort(entries, [](const TensorEntry& a, const TensorEntry& b) {
      return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
  }

  std::vector<TensorEntry> entries;
  std::map<std::string, std::string> metadata;

 private:
  [[noreturn]] void fail(const std::string& message) const { throw FileError(path_, message); }
  [[noreturn]] void fail_at(const std::string& name, const std::string& message) const {
    fail(fmt::format("tensor {}: {}", in_quotes(name), message));
  }

  /// While it is read: no deeper than there is anything to say, and no key twice.
  bool watch(int depth, json::parse_event_t event, const json& value) {
    constexpr int deepest = 3;
    using Event = json::parse_event_t;
    if (depth > deepest) fail("the header is nested too deeply");
    const auto level = static_cast<std::size_t>(depth);
    if (event == Event::object_start) keys_[level + 1].clear();
    if (event == Event::key && !keys_[level].insert(value.get<std::string>()).second) {
      fail(fmt::format("the header names {} twice", in_quotes(value.get<std::string>())));
    }
    return true;
  }

  void read_metadata(const json& value) {
    if (!value.is_object()) fail("__metadata__ is not an object of texts");
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) fail(fmt::format("__metadata__: {} is not a text", in_quotes(key)));
      metadata.emplace(key, text.get<std::string>());
    }
  }

  TensorEntry entry_of(const std::string& name, const json& value) const {
    TensorEntry entry{name};
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") ||
        !value.contains("data_offsets")) {
      fail_at(name, "its entry has not just dtype, shape and data_offsets");
    }
    const json& dtype = value["dtype"];
    const auto type = std::ranges::find_if(
        stored_types, [&](const StoredType& one) { return dtype.is_string() && dtype.get<std::string>() == one.name; });
    if (type == stored_types.end()) fail_at(name, fmt::format("unknown dtype {}", in_quotes(dtype.dump())));
    entry.type = &*type;

    const json& offsets = value["data_offsets"];
    const auto whole = [](const json& number) { return number.is_number_unsigned(); };
    if (!offsets.is_array() || offsets.size() != 2 || !std::ranges::all_of(offsets, whole)) {
      fail_at(name, "data_offsets are not two whole numbers, 0 or more");
    }
    entry.begin = offsets[0].get<std::uint64_t>();
    entry.end = offsets[1].get<std::uint64_t>();
    if (entry.begin > entry.end) fail_at(name, "it ends before it begins");

    const json& shape = value["shape"];
    if (!shape.is_array() || !std::ranges::all_of(shape, whole)) {
      fail_at(name, "its shape is not a list of whole numbers, 0 or more");
    }
    if (shape.size() > static_cast<std::size_t>(max_rank))
      fail_at(name, fmt::format("it has more than {} axes", max_rank));
    std::uint64_t bytes = type->bytes;
    for (const json& size : shape) {
      const auto n = size.get<std::uint64_t>();
      if (n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ||
          __builtin_mul_overflow(bytes, n, &bytes)) {
        fail_at(name, "its shape is too large");
      }
      entry.shape.push_back(static_cast<std::int64_t>(n));
    }
    if (bytes != entry.end - entry.begin) {
      fail_at(name, fmt::format("{} of shape {} takes {} bytes, and its offsets say {}", type->name,
                                to_string(Shape(entry.shape)), bytes, entry.end - entry.begin));
    }
    return entry;
  }

  const std::string& path_;
  std::array<std::set<std::string>, 6> keys_;
};

/// Every byte behind the header belongs to one tensor.
void check_coverage(const TensorHeader& header, std::uint64_t bytes, const std::string& path) {
  std::uint64_t covered = 0;
  const std::string* before = nullptr;
  for (const TensorEntry& entry : header.entries) {
    if (entry.begin < covered) {
      throw FileError(path, fmt::format("tensors {} and {} overlap", in_quotes(*before), in_quotes(entry.name)));
    }
    if (entry.begin > covered) {
      throw FileError(
          path, fmt::format("{} bytes before tensor {} belong to none", entry.begin - covered, in_quotes(entry.name)));
    }
    covered = entry.end;
    before = &entry.name;
  }
  if (covered > bytes) {
    throw FileError(path, fmt::format("the file ends early: the header speaks of {} bytes of numbers, there are {}",
                                      covered, bytes));
  }
  if (covered < bytes) throw FileError(path, fmt::format("{} bytes at the end belong to no tensor", bytes - covered));
}

std::string_view stored_name(DType dtype) { return dtype == DType::float64 ? "F64" : "F32"; }

}  // namespace

const Array& SafeTensors::at(std::string_view name) const {
  const auto found = std::ranges::find(tensors, name, &Entry::name);
  if (found != tensors.end()) return found->array;
  std::vector<std::string_view> names;
  for (const Entry& entry : tensors) names.push_back(entry.name);
  throw ValueError(fmt::format("[safetensors] no tensor {}{}", in_quotes(name), did_you_mean(name, names)));
}

SafeTensors parse_safetensors(std::string_view bytes, const std::string& path_for_messages) {
  if (bytes.size() < length_bytes) {
    throw FileError(path_for_messages, "this is no safetensors file: it is shorter than the length of its header");
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), length_bytes);
  bytes.remove_prefix(length_bytes);
  if (length > longest_tensor_header) {
    throw FileError(path_for_messages,
                    fmt::format("this is no safetensors file: its header would be {} bytes long, more "
                                "than {}",
                                length, longest_tensor_header));
  }
  if (length > bytes.size()) {
    throw FileError(path_for_messages,
                    fmt::format("the file ends in its header: {} of {} bytes are there", bytes.size(), length));
  }
  const TensorHeader header(bytes.substr(0, length), path_for_messages);
  bytes.remove_prefix(length);
  check_coverage(header, bytes.size(), path_for_messages);

  SafeTensors content{{}, header.metadata};
  for (const TensorEntry& entry : header.entries) {
    Array array = Array::uninitialized(Shape(entry.shape), entry.type->dtype);
    entry.type->read(bytes.data() + entry.begin, array, path_for_messages);
    content.tensors.push_back({entry.name, std::move(array)});
  }
  return content;
}

SafeTensors read_safetensors(const std::string& path) { return parse_safetensors(read_file(path), path); }

std::string format_safetensors(const SafeTensors& content) {
  std::set<std::string_view> names;
  const auto require_text = [](std::string_view text, std::string_view what) {
    if (!is_utf8(text)) throw ValueError(fmt::format("[safetensors] {} {} is not UTF-8", what, in_quotes(text)));
  };
  std::string header = "{";
  if (!content.metadata.empty()) {
    header += fmt::format("\"{}\":{{", metadata_key);
    for (const auto& [key, text] : content.metadata) {
      require_text(key, "the metadata");
      require_text(text, "the metadata");
      if (header.back() != '{') header += ',';
      header += json_text(key) + ':' + json_text(text);
    }
    header += '}';
  }
  std::size_t end = 0;
  for (const auto& [name, array] : content.tensors) {
    require_text(name, "the name");
    if (name == metadata_key || !names.insert(name).second) {
      throw ValueError(fmt::format("[safetensors] no tensor can be called {}: the name is taken", in_quotes(name)));
    }
    const std::size_t begin = end;
    end += static_cast<std::size_t>(array.size()) * (array.dtype() == DType::float64 ? 8 : 4);
    if (header.size() > 1) header += ',';
    std::string sizes;
    for (const std::int64_t size : array.sizes()) sizes += fmt::format("{}{}", sizes.empty() ? "" : ",", size);
    header += fmt::format("{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}", json_text(name),
                          stored_name(array.dtype()), sizes, begin, end);
  }
  header += '}';
  header.append((length_bytes - header.size() % length_bytes) % length_bytes, ' ');  // numbers start at a multiple of 8

  const std::uint64_t length = header.size();
  std::string bytes(length_bytes, '\0');
  std::memcpy(bytes.data(), &length, length_bytes);
  bytes.reserve(length_bytes + header.size() + end);
  bytes += header;
  for (const auto& [name, array] : content.tensors) {
    const Array packed = array.packed();
    const std::size_t size = static_cast<std::size_t>(packed.size()) * (packed.dtype() == DType::float64 ? 8 : 4);
    if (size > 0) bytes.append(static_cast<const char*>(packed.bytes()), size);
  }
  return bytes;
}

void write_safetensors(const std::string& path, const SafeTensors& content) {
  write_file(path, format_safetensors(content));
}

}  // namespace gradus
