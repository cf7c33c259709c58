#include "autograd/math/typeset.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "autograd/base/utf8.h"

namespace gradus::text {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::string_view dot = "·";

/// Characters of formulas that end a name although they are not ASCII.
bool is_operator(char32_t c) {
  switch (c) {
    case U'·':
    case U'×':
    case U'÷':
    case U'−':
    case U'…':
      return true;
    default:
      return false;
  }
}

/// Bytes of the name or number at the start of the text: letters, digits, '_', '.' and whatever is not ASCII.
std::size_t word_length(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size()) {
    const auto [c, length, valid] = decode_utf8(text, n);
    const char32_t lower = c | 0x20U;
    const bool ascii_word = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    if (c < 0x80 ? !ascii_word : is_operator(c)) break;
    n += length;
  }
  return n;
}

/// Digits as the characters from U+2080 (subscripts).
void append_subscript(std::string& out, std::string_view digits) {
  for (const char c : digits) append_utf8(out, static_cast<char32_t>(0x2080 + (c - '0')));
}

/// Digits as superscripts, which do not lie in one row in Unicode.
void append_superscript(std::string& out, std::string_view digits) {
  constexpr std::array<std::string_view, 10> superscripts{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  for (const char c : digits) out += superscripts[static_cast<std::size_t>(c - '0')];
}

/// Whether the word is one letter, perhaps with a subscript: such words can be multiplied without a sign.
bool is_short_name(std::string_view word) {
  if (word.empty() || is_digit(word[0]) || word[0] == '.') return false;
  std::string_view rest = word.substr(decode_utf8(word).length);
  if (!rest.empty() && rest[0] == '_') rest.remove_prefix(1);
  return rest.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_number(std::string_view word) { return !word.empty() && is_digit(word[0]); }

}  // namespace

std::string subscripted(std::string_view name) {
  const std::string_view letters = name.substr(0, name.find_first_of("0123456789_"));
  if (letters.empty() || letters.size() == name.size() || word_length(letters) != letters.size() ||
      letters.find('.') != std::string_view::npos) {
    return std::string(name);
  }
  std::string_view numbers = name.substr(letters.size());
  if (numbers.starts_with('_')) numbers.remove_prefix(1);
  std::string out(letters);
  for (bool first = true;; first = false) {
    const std::size_t end = std::min(numbers.find('_'), numbers.size());
    const std::string_view number = numbers.substr(0, end);
    if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos) return std::string(name);
    out += first ? "" : ",";
    append_subscript(out, number);
    if (end == numbers.size()) return out;
    numbers.remove_prefix(end + 1);
  }
}

std::string typeset(std::string_view formula) {
  std::string out;
  std::string_view before;  // the word just written; empty after anything else
  while (!formula.empty()) {
    constexpr std::string_view root = "√";
    if (formula.starts_with(root)) {  // √4 is no name with a number
      out += root;
      formula.remove_prefix(root.size());
      before = {};
      continue;
    }
    if (std::size_t n = std::min(word_length(formula), formula.find(root)); n > 0) {
      constexpr std::string_view transposed = "ᵀ";
      if (const std::size_t mark = formula.substr(0, n).find(transposed); mark != std::string_view::npos) {
        n = mark == 0 ? transposed.size() : mark;  // v1ᵀ is v1 and a sign
      }
      before = formula.substr(0, n);
      formula.remove_prefix(n);
      out += formula.starts_with('(') ? std::string(before) : subscripted(before);  // log2(x) is a function
      continue;
    }
    if (formula.starts_with(dot)) {
      const std::string_view after = formula.substr(dot.size());
      const std::size_t n = word_length(after);
      const bool function = after.substr(n).starts_with('(');
      const bool square = before == after.substr(0, n);  // xx would be a name
      if ((is_short_name(before) || is_number(before)) && is_short_name(after.substr(0, n)) && !function && !square) {
        formula = after;
        before = {};
        continue;
      }
    }
    before = {};
    if (formula[0] == '^' && formula.size() > 1 && is_digit(formula[1])) {
      const std::size_t n = word_length(formula.substr(1));
      const std::string_view digits = formula.substr(1, n);
      if (digits.find_first_not_of("0123456789") == std::string_view::npos) {
        append_superscript(out, digits);
        formula.remove_prefix(1 + n);
        continue;
      }
    }
    const std::size_t length = decode_utf8(formula).length;
    out += formula.substr(0, length);
    formula.remove_prefix(length);
  }
  return out;
}

}  // namespace gradus::text
