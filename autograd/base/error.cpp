#include "autograd/base/error.h"

#include <fmt/format.h>

#include <utility>

namespace gradus {

namespace {

std::string place(const std::string& path, const std::string& message, std::size_t line, std::size_t column) {
  if (line == 0) return fmt::format("{}: {}", path, message);
  if (column == 0) return fmt::format("{}:{}: {}", path, line, message);
  return fmt::format("{}:{}:{}: {}", path, line, column, message);
}

}  // namespace

Error::Error(const std::string& message) : std::runtime_error(message) {}
ShapeError::ShapeError(const std::string& message) : Error(message) {}
GraphError::GraphError(const std::string& message) : Error(message) {}
ValueError::ValueError(const std::string& message) : Error(message) {}

FileError::FileError(std::string path, const std::string& message, std::size_t line, std::size_t column)
    : Error(place(path, message, line, column)), path_(std::move(path)), line_(line), column_(column) {}

ParseError::ParseError(const std::string& message, std::size_t offset, std::size_t column)
    : Error(message), offset_(offset), column_(column) {}

// Out of line, so that each type has one home for its virtual table and is caught across library boundaries.
Error::~Error() = default;
ShapeError::~ShapeError() = default;
GraphError::~GraphError() = default;
ValueError::~ValueError() = default;
FileError::~FileError() = default;
ParseError::~ParseError() = default;

}  // namespace gradus
