// Arrays in the files that data sets come in: NumPy's archives and IDX.  A single .npy: read_npy (autograd/save/npy.h).
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "../../autograd/array/array.h"
#include "../../autograd/base/export.h"
#include "../../autograd/save/npy.h"

namespace gradus::nn {

/// The arrays of an .npz file by name, as numpy.savez and savez_compressed write it.  Throws FileError for what is none,
/// for an array that read_npy() does not read, and for compressed arrays in a build without zlib.
[[nodiscard]] GRADUS_API std::map<std::string, Array> read_npz(const std::string& path);
/// The same for bytes at hand; messages call them `path_for_messages`.
[[nodiscard]] GRADUS_API std::map<std::string, Array> parse_npz(std::string_view bytes,
                                                                const std::string& path_for_messages);

/// An IDX file, as MNIST and its like come: "train-images-idx3-ubyte.gz".  Bytes, 16-bit numbers and float32 become float32,
/// 32-bit numbers and float64 float64.  What ends in .gz is unpacked.  Throws FileError for what is no such file.
[[nodiscard]] GRADUS_API Array read_idx(const std::string& path);
/// The same for bytes at hand.
[[nodiscard]] GRADUS_API Array parse_idx(std::string_view bytes, const std::string& path_for_messages);

}  // namespace gradus::nn
