#include "autograd/base/utf8.h"

#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/text.h"
#include "tests/catch.h"

using gradus::append_utf8;
using gradus::CodePoint;
using gradus::decode_utf8;
using gradus::decode_utf8_or_byte;
using gradus::is_utf8;

namespace {

using namespace std::string_literals;

constexpr char32_t replacement = 0xFFFD;

std::string encoded(char32_t c) {
  std::string text;
  append_utf8(text, c);
  return text;
}

/// Lengths of the pieces that decode_utf8 finds, negative for those that are not valid.
std::vector<int> pieces(std::string_view text) {
  std::vector<int> lengths;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    REQUIRE(c.length > 0);
    if (!c.valid) REQUIRE(c.value == replacement);
    lengths.push_back(c.valid ? static_cast<int>(c.length) : -static_cast<int>(c.length));
    at += c.length;
  }
  return lengths;
}

bool is_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

}  // namespace

TEST_CASE("utf8: every code point there and back", "[utf8]") {
  std::string wrong;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (is_surrogate(c)) continue;
    const std::string text = encoded(c);
    const std::size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    const CodePoint back = decode_utf8(text);
    const CodePoint same = decode_utf8_or_byte("é" + text + "x", 2);
    const bool good = text.size() == length && back.valid && back.value == c && back.length == length && same.valid &&
                      same.value == c && same.length == length && is_utf8(text);
    if (!good && wrong.size() < 200) wrong += std::to_string(static_cast<unsigned>(c)) + ' ';
  }
  CHECK(wrong.empty());
}

TEST_CASE("utf8: written", "[utf8]") {
  CHECK(encoded(0) == "\0"s);
  CHECK(encoded(0x7F) == "\x7f");
  CHECK(encoded(0x80) == "\xc2\x80");
  CHECK(encoded(0x7FF) == "\xdf\xbf");
  CHECK(encoded(0x800) == "\xe0\xa0\x80");
  CHECK(encoded(0xD7FF) == "\xed\x9f\xbf");
  CHECK(encoded(0xE000) == "\xee\x80\x80");
  CHECK(encoded(0xFFFF) == "\xef\xbf\xbf");
  CHECK(encoded(0x10000) == "\xf0\x90\x80\x80");
  CHECK(encoded(0x10FFFF) == "\xf4\x8f\xbf\xbf");

  std::string text = "x = ";
  append_utf8(text, U'π');
  CHECK(text == "x = π");

  for (const char32_t none : {0xD800U, 0xDBFFU, 0xDC00U, 0xDFFFU, 0x110000U, 0x200000U, 0xFFFFFFFFU}) {
    CHECK(encoded(none) == "\xef\xbf\xbd");
  }
}

TEST_CASE("utf8: what is not, in maximal subparts", "[utf8]") {
  struct Case {
    std::string text;
    std::vector<int> expected;
  };
  const std::vector<Case> cases = {
      // Lone continuation bytes, and bytes that begin nothing.
      {"\x80", {-1}},
      {"\xbf", {-1}},
      {"\x80\xbf", {-1, -1}},
      {"\xc3\xa9\xa9", {2, -1}},
      {"\xf5\x80\x80\x80", {-1, -1, -1, -1}},
      {"\xf8\x88\x80\x80\x80", {-1, -1, -1, -1, -1}},
      {"\xfe\xff", {-1, -1}},
      // Overlong forms.
      {"\xc0\x80", {-1, -1}},
      {"\xc0\xaf", {-1, -1}},
      {"\xc1\xbf", {-1, -1}},
      {"\xe0\x80\x80", {-1, -1, -1}},
      {"\xe0\x9f\xbf", {-1, -1, -1}},
      {"\xf0\x80\x80\x80", {-1, -1, -1, -1}},
      {"\xf0\x8f\xbf\xbf", {-1, -1, -1, -1}},
      // Surrogates, alone and in pairs.
      {"\xed\xa0\x80", {-1, -1, -1}},
      {"\xed\xbf\xbf", {-1, -1, -1}},
      {"\xed\xa0\xbd\xed\xb8\x80", {-1, -1, -1, -1, -1, -1}},
      // Above U+10FFFF.
      {"\xf4\x90\x80\x80", {-1, -1, -1, -1}},
      {"\xf4\xbf\xbf\xbf", {-1, -1, -1, -1}},
      // Cut short by the end.
      {"\xc3", {-1}},
      {"\xe2", {-1}},
      {"\xe2\x82", {-2}},
      {"\xe0\xa0", {-2}},
      {"\xed\x9f", {-2}},
      {"\xf0", {-1}},
      {"\xf0\x90", {-2}},
      {"\xf0\x9f\x98", {-3}},
      {"\xf4\x8f\xbf", {-3}},
      // Cut short by something else, which is not lost.
      {"\xc3(", {-1, 1}},
      {"\xe2\x82(", {-2, 1}},
      {"\xe2(\x82", {-1, 1, -1}},
      {"\xf0\x9f\x98x", {-3, 1}},
      {"\xe2\x82\xe2\x82\xac", {-2, 3}},
      {"\xf0\x9f\xc3\xa9", {-2, 2}},
      {"\xc3\0"s, {-1, 1}},
      {"\xe2\x82\0\xac"s, {-2, 1, -1}},
      // The examples of the Unicode Standard, tables 3-8 to 3-11.
      {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", {-1, -1, -1, -1, -1, -1, -1, -1, 1}},
      {"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", {-1, -1, -1, -1, -1, -1, -1, -1, 1}},
      {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", {-1, -1, -1, -1, -1, 1, -1, -1, 1}},
      {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", {-2, -1, -3, -2, 1}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(pieces(c.text) == c.expected);
    CHECK_FALSE(is_utf8(c.text));
  }
}

TEST_CASE("utf8: of three bytes, what is valid is what is written", "[utf8]") {
  // Every text of a byte that is not ASCII and two more: decoded as valid exactly when writing the value gives it back.
  std::size_t valid = 0;
  std::size_t wrong = 0;
  std::string text(3, '\0');
  for (unsigned bits = 0x800000; bits <= 0xFFFFFF; ++bits) {
    text[0] = static_cast<char>(bits >> 16U);
    text[1] = static_cast<char>((bits >> 8U) & 0xFFU);
    text[2] = static_cast<char>(bits & 0xFFU);
    const CodePoint c = decode_utf8(text);
    const bool written = text.starts_with(encoded(c.value)) && encoded(c.value).size() == c.length;
    const bool is_replacement = text == "\xef\xbf\xbd";
    if (c.valid ? !written : written || is_replacement || c.value != replacement) ++wrong;
    if (c.valid && c.length == 3) ++valid;
  }
  CHECK(wrong == 0);
  CHECK(valid == 0x10000 - 0x800 - 0x800);  // without the shorter forms and the surrogates
}

TEST_CASE("utf8: at an offset, at the end and behind it", "[utf8]") {
  const std::string_view text = "a€b";
  CHECK(decode_utf8(text, 1).value == U'€');
  CHECK(decode_utf8(text, 4).value == U'b');
  CHECK_FALSE(decode_utf8(text, 2).valid);
  CHECK(decode_utf8(text.substr(0, 3), 1).length == 2);  // never looks behind the end of the view

  for (const std::size_t offset : {std::size_t{5}, std::size_t{6}, std::string_view::npos}) {
    for (const CodePoint& c : {decode_utf8(text, offset), decode_utf8_or_byte(text, offset)}) {
      CHECK_FALSE(c.valid);
      CHECK(c.length == 0);
      CHECK(c.value == replacement);
    }
  }
  CHECK(decode_utf8("").length == 0);

  const CodePoint nul = decode_utf8("\0"s);
  CHECK(nul.valid);
  CHECK(nul.length == 1);
  CHECK(nul.value == 0);

  // U+FFFD itself is a character.
  const CodePoint given = decode_utf8("\xef\xbf\xbd");
  CHECK(given.valid);
  CHECK(given.value == replacement);
  CHECK(given.length == 3);
}

TEST_CASE("utf8: a byte that is not, alone", "[utf8]") {
  const std::string text = "\xf0\x9f\x98 \xed\xa0\x80\xff";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const CodePoint c = decode_utf8_or_byte(text, at);
    CAPTURE(at);
    CHECK(c.length == 1);
    CHECK(c.value == static_cast<unsigned char>(text[at]));
    CHECK(c.valid == (text[at] == ' '));
  }
}
