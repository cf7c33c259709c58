// What stands between the brackets of `x[1:3, ::2]`.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tools/gradus/language/lexer.h"

namespace gradus::command {

/// One place between the commas of a subscript, as in NumPy.
struct SubscriptItem {
  /// `3` takes one entry and drops the axis, `1:9:2` a range, `...` all axes in between, `none` makes an axis of size 1.
  enum class Kind { index, range, ellipsis, new_axis };
  Kind kind = Kind::range;
  std::optional<std::int64_t> start = {};  ///< of a range, or the index
  std::optional<std::int64_t> stop = {};
  std::optional<std::int64_t> step = {};
  std::size_t offset = 0;  ///< of its first byte in the source
};

/// Takes a subscript whose '[' is next, up to its ']'.  Throws ParseError: for an empty one, numbers that are not
/// whole, a step of 0, and more than one `...`.
[[nodiscard]] std::vector<SubscriptItem> read_subscript(Lexer& lexer);

}  // namespace gradus::command
