#include "autograd/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gradus {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Controls, invisible characters, and those that reorder what is shown around them.
constexpr Range unprintable[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x061C, 0x061C}, {0x115F, 0x1160}, {0x200B, 0x200F},
    {0x2028, 0x202E}, {0x2060, 0x206F}, {0xE000, 0xF8FF}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0x10FFFF},
};

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    if (!c.valid) return false;
    at += c.length;
  }
  return true;
}

bool is_unprintable(const CodePoint& c) noexcept {
  if (!c.valid) return true;
  const Range* range = std::lower_bound(std::begin(unprintable), std::end(unprintable), c.value,
                                        [](const Range& r, char32_t value) { return r.last < value; });
  return range != std::end(unprintable) && range->first <= c.value;
}

std::string escaped(const CodePoint& c) {
  const auto value = static_cast<unsigned>(c.value);
  return value < 0x100 ? fmt::format("\\x{:02x}", value) : fmt::format("\\u{:04x}", value);
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string result;
  std::size_t shown = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (shown++ == limit) return result + "...";
    const CodePoint c = decode_utf8_or_byte(text, at);
    if (is_unprintable(c)) {
      result += escaped(c);
    } else {
      result += text.substr(at, c.length);
    }
    at += c.length;
  }
  return result;
}

std::string in_quotes(std::string_view text) { return fmt::format("'{}'", printable(text)); }

}  // namespace gradus
