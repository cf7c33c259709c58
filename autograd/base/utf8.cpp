#include "autograd/base/utf8.h"

namespace gradus {

namespace {

constexpr char32_t replacement = 0xFFFD;

/// Bytes of a code point with this first byte; 0 when none begins so.  C0 and C1 could only begin overlong forms.
constexpr std::size_t length_announced_by(unsigned lead) noexcept {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t offset) noexcept {
  if (offset >= text.size()) return {replacement, 0, false};
  // The NUL behind the end is no continuation byte.
  const auto byte = [&](std::size_t i) -> unsigned {
    return static_cast<unsigned char>(i < text.size() - offset ? text[offset + i] : '\0');
  };
  const unsigned lead = byte(0);
  const std::size_t length = length_announced_by(lead);
  if (length == 1) return {lead, 1, true};
  if (length == 0) return {replacement, 1, false};
  // The second byte's range rules out overlong forms, surrogates and what lies above U+10FFFF.
  unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  char32_t value = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (byte(i) < low || byte(i) > high) return {replacement, i, false};
    value = (value << 6U) | (byte(i) & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {value, length, true};
}

CodePoint decode_utf8_or_byte(std::string_view text, std::size_t offset) noexcept {
  const CodePoint c = decode_utf8(text, offset);
  if (c.valid || c.length == 0) return c;
  return {static_cast<unsigned char>(text[offset]), 1, false};
}

void append_utf8(std::string& out, char32_t c) {
  if ((c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF) c = replacement;
  const auto byte = [&](char32_t b) { out += static_cast<char>(static_cast<unsigned char>(b)); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xC0U | (c >> 6U));
  } else if (c < 0x10000) {
    byte(0xE0U | (c >> 12U));
    byte(0x80U | ((c >> 6U) & 0x3FU));
  } else {
    byte(0xF0U | (c >> 18U));
    byte(0x80U | ((c >> 12U) & 0x3FU));
    byte(0x80U | ((c >> 6U) & 0x3FU));
  }
  byte(0x80U | (c & 0x3FU));
}

namespace text {

std::size_t code_points(std::string_view text) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < text.size(); i += decode_utf8(text, i).length) ++n;
  return n;
}

std::string cut(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return std::string(text);
  std::size_t i = 0;
  for (std::size_t n = 0; n < longest && i < text.size(); ++n) i += decode_utf8(text, i).length;
  return std::string(text.substr(0, i)) + (i < text.size() ? "…" : "");
}

}  // namespace text

}  // namespace gradus
