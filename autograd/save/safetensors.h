// Tensors by name in the file format safetensors, which Python's library of that name reads and writes:
//     8 bytes: the length n of the header, little-endian;  n bytes: a JSON object;  the numbers.
// The object says for each tensor {"dtype": "F64", "shape": [2, 3], "data_offsets": [begin, end]}, counted from where the
// numbers start, and may hold texts under "__metadata__".
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "../array/array.h"
#include "../base/export.h"

namespace gradus {

/// What such a file holds.
struct GRADUS_API SafeTensors {
  struct Entry {
    std::string name;
    Array array;
  };
  std::vector<Entry> tensors;                   ///< In the order of their numbers in the file.
  std::map<std::string, std::string> metadata;  ///< Texts by name.

  /// The tensor of a name.  Throws ValueError, suggesting a similar name, when there is none.
  [[nodiscard]] const Array& at(std::string_view name) const;
};

/// Reads a file.  F64 and F32 become float64 and float32 as they are, F16 and BF16 float32, and I64, I32, I16, I8, U8 and
/// BOOL float64.  Everything is checked before anything is allocated: the header is at most 100 MB of JSON, nothing in it
/// comes twice or is unknown, and the tensors fill what follows it without gap or overlap.
/// Throws FileError for what is not so, and for whole numbers above 2^53, which float64 does not hold.
[[nodiscard]] GRADUS_API SafeTensors read_safetensors(const std::string& path);

/// The same for bytes at hand; messages call them `path_for_messages`.
[[nodiscard]] GRADUS_API SafeTensors parse_safetensors(std::string_view bytes, const std::string& path_for_messages);

/// The bytes of such a file: float64 as F64, float32 as F32.  The same tensors give the same bytes.
/// Throws ValueError for a name that comes twice, is "__metadata__" or is not UTF-8, and for metadata that is not UTF-8.
[[nodiscard]] GRADUS_API std::string format_safetensors(const SafeTensors& content);

/// Writes a file: as a whole or not at all.  Throws as format_safetensors() does, and FileError with the system's reason.
GRADUS_API void write_safetensors(const std::string& path, const SafeTensors& content);

}  // namespace gradus
