// The five ways Gradus says no.  A message starts with the op in brackets and shows both shapes:
//   [matmul] inner sizes differ: [64, 784] by [128, 10]
#pragma once
#include <cstddef>
#include <stdexcept>
#include <string>

#include "export.h"

namespace gradus {

/// The root of the family: catch this to catch everything Gradus throws on purpose.
class GRADUS_API Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message);
  ~Error() override;
};

/// Shapes, axes, indices or sizes that do not fit together.
class GRADUS_API ShapeError : public Error {
 public:
  explicit ShapeError(const std::string& message);
  ~ShapeError() override;
};

/// Misuse of recording: backward from a non-scalar without a seed, an empty tensor, a gradient where none is recorded.
class GRADUS_API GraphError : public Error {
 public:
  explicit GraphError(const std::string& message);
  ~GraphError() override;
};

/// A value outside what is allowed.
class GRADUS_API ValueError : public Error {
 public:
  explicit ValueError(const std::string& message);
  ~ValueError() override;
};

/// A file that cannot be read or written, or whose content is wrong.
/// `line` and `column` count from 1; 0 means "not a place in the text".
class GRADUS_API FileError : public Error {
 public:
  FileError(std::string path, const std::string& message, std::size_t line = 0, std::size_t column = 0);
  ~FileError() override;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::size_t line() const noexcept { return line_; }
  [[nodiscard]] std::size_t column() const noexcept { return column_; }

 private:
  std::string path_;
  std::size_t line_;
  std::size_t column_;
};

/// An expression that cannot be read.  `offset` counts bytes from 0, `column` code points from 1.
class GRADUS_API ParseError : public Error {
 public:
  ParseError(const std::string& message, std::size_t offset, std::size_t column);
  ~ParseError() override;
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
  [[nodiscard]] std::size_t column() const noexcept { return column_; }

 private:
  std::size_t offset_;
  std::size_t column_;
};

}  // namespace gradus
