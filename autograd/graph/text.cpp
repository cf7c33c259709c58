#include "autograd/graph/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "autograd/base/utf8.h"

namespace gradus::text {

namespace {

constexpr char32_t replacement = 0xFFFD;

/// What is shown for a code point that XML forbids or nobody can see.
char32_t visible(char32_t c) {
  if (c < 0x20) return 0x2400 + c;
  if (c == 0x7F) return 0x2421;
  const bool c1 = c >= 0x80 && c < 0xA0;
  const bool not_a_character = (c & 0xFFFEU) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
  return c1 || not_a_character ? replacement : c;
}

/// Whether no rewriting below touches the character.
constexpr auto is_plain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) plain[c] = true;
  for (const char c : {'"', '\'', '&', '<', '>', '\\'}) plain[static_cast<unsigned char>(c)] = false;
  return plain;
}();

/// The same for labels of Mermaid, in which much has a meaning: quotes, Markdown, comments, formulas, even words before
/// a colon.
constexpr auto is_letter_or_digit = [] {
  std::array<bool, 256> plain{};
  for (const auto& [first, last] : {std::pair{'a', 'z'}, {'A', 'Z'}, {'0', '9'}}) {
    for (int c = first; c <= last; ++c) plain[static_cast<std::size_t>(c)] = true;
  }
  return plain;
}();

/// Writes the text, made visible; `escape` gives what stands for a character, or "" for itself.
template <class Escape>
void rewrite(std::string& out, std::string_view text, Escape&& escape,
             const std::array<bool, 256>& is_kept = is_plain) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t plain = i;
    while (plain < text.size() && is_kept[static_cast<unsigned char>(text[plain])]) ++plain;
    out += text.substr(i, plain - i);
    i = plain;
    if (i == text.size()) break;
    auto [c, length, valid] = decode_utf8(text, i);
    if (c == '\r') {
      c = '\n';
      if (text.substr(i, 2) == "\r\n") ++length;
    }
    i += length;
    if (c < 0x80) {
      const auto escaped = escape(static_cast<char>(c));
      out += escaped;
      if (!escaped.empty()) continue;
    }
    append_utf8(out, visible(c));
  }
}

constexpr std::string_view markup(char c) { return c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : ""; }

constexpr std::string_view xml(char c) { return c == '"' ? "&quot;" : c == '\'' ? "&#39;" : markup(c); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::string_view minus = "−", dot = "·";

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

/// Turns "1.5e-07" into "1.5e−7" and "-2" into "−2".
std::string with_true_minus(std::string_view number) {
  if (number.find_first_of("-e") == std::string_view::npos) return std::string(number);
  std::string out;
  if (number.starts_with('-')) {
    out = minus;
    number.remove_prefix(1);
  }
  const std::size_t e = number.find('e');
  out += number.substr(0, e);
  if (e == std::string_view::npos) return out;
  std::string_view exponent = number.substr(e + 1);
  out += exponent[0] == '-' ? "e−" : "e";
  exponent.remove_prefix(1);
  while (exponent.size() > 1 && exponent[0] == '0') exponent.remove_prefix(1);
  out += exponent;
  return out;
}

/// With so many decimals, or significant digits.  Zero has no sign.
std::string printed(double x, std::chars_format format, int digits) {
  std::array<char, 48> text;  // fixed is asked for below a million only
  const auto end = std::to_chars(text.data(), text.data() + text.size(), x == 0.0 ? 0.0 : x, format, digits).ptr;
  return with_true_minus({text.data(), end});
}

}  // namespace

void append_quote_label(std::string& out, std::string_view text) {
  out += '"';
  rewrite(out, text, [](char c) -> std::string_view {
    return c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : markup(c);
  });
  out += '"';
}

void append_html_label(std::string& out, std::string_view text) {
  if (text.empty()) out += ' ';
  // Graphviz puts the name of the node in the place of \N here too.
  rewrite(out, text, [](char c) -> std::string_view { return c == '\n' ? "<BR/>" : c == '\\' ? "\\\\" : xml(c); });
}

std::string mermaid_label(std::string_view text) {
  std::string out;
  const auto escape = [&](char c) -> std::string {
    if (c == '\n') return "<br/>";
    if (c == ' ' && !out.empty() && out.back() != ' ' && out.back() != '>') return " ";  // others would be lost
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return "";
    // Mermaid looks for $$formulas$$ when it has decoded the label; nobody sees what stands between the signs.
    constexpr std::string_view zero_width_space = "\u200B";
    const bool second_dollar = c == '$' && out.ends_with("#36;");
    return fmt::format("{}#{};", second_dollar ? zero_width_space : "", static_cast<int>(c));
  };
  rewrite(out, text, escape, is_letter_or_digit);
  return out;
}

std::string quote_label(std::string_view text) {
  std::string out;
  append_quote_label(out, text);
  return out;
}

std::string xml_text(std::string_view text) {
  std::string out;
  rewrite(out, text, [](char c) -> std::string_view { return c == '\n' ? "\n" : xml(c); });
  return out;
}

std::string html_label(std::string_view text) {
  std::string out;
  append_html_label(out, text);
  return out;
}

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

std::string fixed(double x, int digits) {
  if (!std::isfinite(x)) return brief(x);
  const double size = std::fabs(x);
  const bool plain = size == 0.0 || (size >= 1e-3 && size < 1e6);
  return printed(x, plain ? std::chars_format::fixed : std::chars_format::scientific, digits);
}

std::string brief(double x, int digits) {
  if (std::isnan(x)) return "nan";
  return printed(x, std::chars_format::general, digits);
}

std::string numbers(const Array& array, int digits) {
  if (!array || !array.has_data()) return "—";
  if (array.size() == 1) return fixed(array.item(), digits);
  if (array.size() == 0) return "[]";
  return nested(array, [&](double x) { return brief(x, digits); });
}

std::string nested(const Array& array, const std::function<std::string(double)>& written) {
  const std::vector<double> all = array.to_vector();
  const auto sizes = array.sizes();
  // A bracket opens or closes for every axis of which the number is the first or the last.
  const auto brackets = [&](std::size_t position) {
    std::size_t n = 0;
    std::size_t block = 1;
    for (std::size_t k = sizes.size(); k-- > 0;) {
      block *= static_cast<std::size_t>(sizes[k]);
      n += position % block == 0 ? 1U : 0U;
    }
    return n;
  };
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) out += ", ";
    out.append(brackets(i), '[');
    out += written(all[i]);
    out.append(brackets(i + 1), ']');
  }
  return out;
}

int digits_apart(const Array& a, const Array& b) {
  if (!a || !b || !a.has_data() || !b.has_data() || a.size() != b.size()) return usual_digits;
  const auto written = [&](double x, int digits) { return a.size() == 1 ? fixed(x, digits) : brief(x, digits); };
  const std::vector<double> before = a.to_vector();
  const std::vector<double> after = b.to_vector();
  int digits = usual_digits;
  for (std::size_t k = 0; k < before.size(); ++k) {
    if (before[k] == after[k]) continue;
    while (digits < most_digits && written(before[k], digits) == written(after[k], digits)) ++digits;
  }
  return digits;
}

std::string dimensions(const Shape& shape) {
  if (shape.rank() == 0) return "scalar";
  return fmt::format("{}", fmt::join(shape.begin(), shape.end(), "×"));
}

}  // namespace gradus::text
