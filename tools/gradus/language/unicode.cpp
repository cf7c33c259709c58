#include "tools/gradus/language/unicode.h"

#include <algorithm>
#include <iterator>

#include "autograd/base/utf8.h"

namespace gradus::command {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// The alphabets people write formulas and data in, not all of Unicode; without the multiplication and division signs.
constexpr Range letters[] = {
    {0x00AA, 0x00AA}, {0x00B5, 0x00B5}, {0x00BA, 0x00BA}, {0x00C0, 0x00D6}, {0x00D8, 0x00F6},   {0x00F8, 0x02AF},
    {0x0370, 0x0373}, {0x0376, 0x0377}, {0x037B, 0x037D}, {0x037F, 0x037F}, {0x0386, 0x0386},   {0x0388, 0x03F5},
    {0x03F7, 0x0481}, {0x048A, 0x052F}, {0x0531, 0x0556}, {0x0561, 0x0587}, {0x05D0, 0x05EA},   {0x0620, 0x064A},
    {0x0905, 0x0939}, {0x10D0, 0x10FA}, {0x1E00, 0x1FBC}, {0x2102, 0x2102}, {0x210A, 0x2113},   {0x2115, 0x2115},
    {0x2119, 0x211D}, {0x2124, 0x2124}, {0x2128, 0x2128}, {0x212C, 0x212D}, {0x212F, 0x2139},   {0x3041, 0x3096},
    {0x30A1, 0x30FA}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3}, {0x1D400, 0x1D7CB}, {0x20000, 0x2FA1D},
};

constexpr Range combining_marks[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF}, {0x20D0, 0x20F0}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

constexpr Range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

template <std::size_t N>
bool contains(const Range (&ranges)[N], char32_t c) noexcept {
  const Range* range = std::lower_bound(std::begin(ranges), std::end(ranges), c,
                                        [](const Range& r, char32_t value) { return r.last < value; });
  return range != std::end(ranges) && range->first <= c;
}

constexpr bool is_ascii_letter(char32_t c) noexcept { return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z'); }

}  // namespace

std::size_t count_code_points(std::string_view text) noexcept {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += decode_utf8_or_byte(text, at).length) ++count;
  return count;
}

bool is_name_start(char32_t c) noexcept {
  if (c < 0x80) return is_ascii_letter(c) || c == U'_';
  return contains(letters, c);
}

bool is_name_part(char32_t c) noexcept {
  if (c < 0x80) return is_ascii_letter(c) || c == U'_' || (c >= U'0' && c <= U'9');
  const bool subscript_digit = c >= 0x2080 && c <= 0x2089;
  return subscript_digit || contains(letters, c) || contains(combining_marks, c);
}

int display_width(char32_t c) noexcept {
  if (c < 0x300) return 1;
  if (contains(combining_marks, c)) return 0;
  return contains(wide, c) ? 2 : 1;
}

}  // namespace gradus::command
