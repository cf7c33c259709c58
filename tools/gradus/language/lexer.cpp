#include "tools/gradus/language/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

#include "autograd/base/error.h"
#include "autograd/base/text.h"
#include "autograd/base/utf8.h"
#include "tools/gradus/language/unicode.h"

namespace gradus::command {
namespace {

constexpr std::string_view spaces = " \t\r\n";
constexpr std::string_view symbols = "+-*/%^@()[],=:<>;";

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// How many bytes at the front of the text are one symbol; 0 when it begins with none.
std::size_t symbol_length(std::string_view text) noexcept {
  const bool compares = text.size() > 1 && text[1] == '=' && std::string_view("<>=!").find(text[0]) < 4;
  if (compares) return 2;
  if (text[0] == '.') return text.starts_with("...") ? 3 : 0;
  return symbols.find(text[0]) == std::string_view::npos ? 0 : 1;
}

/// The power of ten of the first digit that is not zero; saturates long before it overflows.  0 when all are zero.
std::int64_t decimal_magnitude(std::string_view number) {
  const std::size_t exponent_at = std::min(number.find_first_of("eE"), number.size());
  const std::string_view digits = number.substr(0, exponent_at);
  const std::size_t leading = digits.find_first_of("123456789");
  if (leading == std::string_view::npos) return 0;
  const std::size_t point = std::min(digits.find('.'), digits.size());
  std::int64_t exponent = 0;
  for (const char c : number.substr(exponent_at)) {
    if (is_digit(c) && exponent < 1'000'000'000'000'000) exponent = exponent * 10 + (c - '0');
  }
  if (number.find('-', exponent_at) != std::string_view::npos) exponent = -exponent;
  return exponent + static_cast<std::int64_t>(point) - static_cast<std::int64_t>(leading);
}

/// What to type instead of a character that looks right in print but is no part of the language; empty when unknown.
std::string replacement_for(char32_t c) {
  switch (c) {
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212:
      return "-";
    case 0x00B7:
    case 0x00D7:
    case 0x2217:
    case 0x22C5:
    case 0x2715:
      return "*";
    case 0x00F7:
    case 0x2044:
    case 0x2215:
      return "/";
    case 0x2299:
      return "*";
    case 0x221A:
      return "sqrt(...)";
    case 0x221B:
      return "cbrt(...)";
    case 0x2211:
      return "sum(...)";
    case 0x220F:
      return "prod(...)";
    case 0x2202:
    case 0x2207:
      return "grad(f, x)";
    case 0x2016:
    case 0x2225:
      return "norm(...)";
    case 0x2264:
      return "<=";
    case 0x2265:
      return ">=";
    case 0x2260:
      return "!=";
    case 0x207F:
      return "^n";
    case 0x1D40:
      return "transpose(...)";
    case 0x00BD:
      return "0.5";
    case 0x221E:
      return "inf";
    default:
      break;
  }
  const bool fullwidth_ascii = c > 0xFF00 && c < 0xFF5F;
  return fullwidth_ascii ? std::string(1, static_cast<char>(c - 0xFEE0)) : std::string();
}

/// The same for a character of ASCII, as the end of a message.
std::string_view advice_for_ascii(char c) {
  switch (c) {
    case '|':
      return "; |x| is abs(x), a norm is norm(x)";
    case '&':
      return "; for 'and' between comparisons multiply them: (a < b)*(b < c)";
    case '{':
    case '}':
      return "; parts are grouped with ( )";
    case '\\':
      return "; commands of LaTeX are not read: write sin(x), a/b, sqrt(x)";
    case '?':
      return "; a choice is where(condition, a, b)";
    case '\'':
      return "; the transpose is transpose(x), a derivative is grad(f, x)";
    default:
      return "";
  }
}

/// The digit that a superscript stands for; −1 for anything else.
constexpr int superscript_digit(char32_t c) noexcept {
  if (c == 0x00B9) return 1;
  if (c == 0x00B2 || c == 0x00B3) return static_cast<int>(c - 0x00B0);
  return c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ? static_cast<int>(c - 0x2070) : -1;
}

constexpr char32_t superscript_minus = 0x207B;

constexpr bool is_foreign_space(char32_t c) noexcept {
  return c == 0x00A0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200B) || c == 0x202F || c == 0x205F || c == 0x3000 ||
         c == 0xFEFF;
}

std::string complaint_about(const CodePoint& c, std::string_view text) {
  const auto value = static_cast<unsigned>(c.value);
  if (!c.valid) return fmt::format("invalid UTF-8 byte 0x{:02X}", value);
  if (value == 0) return "unexpected NUL byte";
  if (value < 0x80 && is_unprintable(c)) return fmt::format("unexpected control character {}", escaped(c));
  if (value < 0x80) return fmt::format("unexpected '{}'{}", text, advice_for_ascii(text[0]));
  if (is_foreign_space(c.value)) return fmt::format("U+{:04X} is not a space here; use an ordinary space", value);
  if (is_unprintable(c)) return fmt::format("unexpected U+{:04X}", value);
  const std::string replacement = replacement_for(c.value);
  const std::string advice = replacement.empty() ? "" : fmt::format("; use '{}'", replacement);
  return fmt::format("unexpected U+{:04X} '{}'{}", value, text, advice);
}

}  // namespace

std::string describe(const Token& token) { return token.kind == TokenKind::end ? "the end" : in_quotes(token.text); }

Token Lexer::next() {
  position_ = next_offset();
  if (position_ == source_.size()) return {TokenKind::end, {}, position_};
  const char first = source_[position_];
  if (const std::size_t length = symbol_length(source_.substr(position_)); length > 0) {
    const Token token{TokenKind::symbol, source_.substr(position_, length), position_};
    position_ += length;
    return token;
  }
  if (is_digit(first) || first == '.') return read_number();
  const CodePoint c = decode_utf8_or_byte(source_, position_);
  if (c.valid && is_name_start(c.value)) return read_name();
  if (c.valid && (superscript_digit(c.value) >= 0 || c.value == superscript_minus)) return read_exponent();
  fail_at_unexpected_character();
}

std::size_t Lexer::next_offset() const noexcept {
  std::size_t at = std::min(source_.find_first_not_of(spaces, position_), source_.size());
  while (at < source_.size() && source_[at] == '#') {
    at = std::min(source_.find('\n', at), source_.size());
    at = std::min(source_.find_first_not_of(spaces, at), source_.size());
  }
  return at;
}

bool Lexer::line_ends() const noexcept {
  return source_.substr(position_, next_offset() - position_).find('\n') != std::string_view::npos;
}

bool Lexer::next_is(char symbol) const noexcept {
  const std::size_t at = next_offset();
  return at < source_.size() && source_[at] == symbol;
}

std::string_view Lexer::attribute_is_next() const noexcept {
  const std::size_t at = next_offset();
  if (at + 1 >= source_.size() || source_[at] != '.') return {};
  std::size_t end = at + 1;
  while (end < source_.size()) {
    const CodePoint c = decode_utf8_or_byte(source_, end);
    if (!c.valid || !(end == at + 1 ? is_name_start(c.value) : is_name_part(c.value))) break;
    end += c.length;
  }
  return source_.substr(at + 1, end - at - 1);
}

bool Lexer::option_is_next() const {
  Lexer ahead = *this;
  const std::size_t at = next_offset();
  if (at == source_.size() || !is_name_start(decode_utf8_or_byte(source_, at).value)) return false;
  if (ahead.next().kind != TokenKind::name || !ahead.next_is('=')) return false;
  return ahead.next().is('=');  // and not ==
}

std::string_view Lexer::read_text() {
  position_ = next_offset();
  const std::size_t begin = position_ + 1;
  const std::size_t end = source_.find(source_[position_], begin);
  if (end == std::string_view::npos) fail(position_, "the quote is never closed");
  if (end - begin > max_text_length) fail(position_, fmt::format("text longer than {} bytes", max_text_length));
  for (position_ = begin; position_ < end;) {
    const CodePoint c = decode_utf8_or_byte(source_, position_);
    if (is_unprintable(c)) fail_at_unexpected_character();
    position_ += c.length;
  }
  position_ = end + 1;
  return source_.substr(begin, end - begin);
}

void Lexer::fail(std::size_t offset, const std::string& message) const {
  throw ParseError(message, offset, count_code_points(source_.substr(0, offset)) + 1);
}

Token Lexer::read_name() {
  const std::size_t begin = position_;
  while (position_ < source_.size()) {
    const CodePoint c = decode_utf8_or_byte(source_, position_);
    if (!c.valid || !is_name_part(c.value)) break;
    position_ += c.length;
  }
  const std::string_view name = source_.substr(begin, position_ - begin);
  if (name.size() > max_name_length) fail(begin, fmt::format("name longer than {} bytes", max_name_length));
  return {TokenKind::name, name, begin};
}

Token Lexer::read_number() {
  const std::size_t begin = position_;
  std::size_t end = skip_digits(begin);
  std::size_t digits = end - begin;
  if (end < source_.size() && source_[end] == '.') {
    const std::size_t fraction = end + 1;
    end = skip_digits(fraction);
    digits += end - fraction;
  }
  if (digits == 0) fail(begin, "malformed number: a point without digits");
  if (end < source_.size() && (source_[end] == 'e' || source_[end] == 'E')) {
    ++end;
    if (end < source_.size() && (source_[end] == '+' || source_[end] == '-')) ++end;
    const std::size_t exponent = end;
    end = skip_digits(exponent);
    if (end == exponent) fail(exponent, "malformed number: exponent has no digits");
  }
  position_ = end;
  const std::string_view text = source_.substr(begin, end - begin);
  return {TokenKind::number, text, begin, number_value(text, begin)};
}

Token Lexer::read_exponent() {
  constexpr double longest = 1e15;  // further digits would not count
  const std::size_t begin = position_;
  CodePoint c = decode_utf8_or_byte(source_, position_);
  const bool negative = c.value == superscript_minus;
  double value = 0.0;
  std::size_t digits = 0;
  if (negative) position_ += c.length;
  for (; position_ < source_.size(); position_ += c.length, ++digits) {
    c = decode_utf8_or_byte(source_, position_);
    if (!c.valid || superscript_digit(c.value) < 0) break;
    value = value * 10.0 + superscript_digit(c.value);
    if (value > longest) fail(begin, "number out of range");
  }
  if (digits == 0) fail(begin, "the exponent has no digits");
  return {TokenKind::exponent, source_.substr(begin, position_ - begin), begin, negative ? -value : value};
}

double Lexer::number_value(std::string_view text, std::size_t offset) const {
  double value = 0.0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  // from_chars reports too large and too small alike; the digits tell which, and too small rounds to 0.
  const bool outside = result.ec == std::errc::result_out_of_range;
  if (outside && decimal_magnitude(text) <= 0) return 0.0;
  if (outside || std::isinf(value)) fail(offset, "number out of range");
  return value;
}

std::size_t Lexer::skip_digits(std::size_t at) const noexcept {
  while (at < source_.size() && is_digit(source_[at])) ++at;
  return at;
}

void Lexer::fail_at_unexpected_character() const {
  const CodePoint c = decode_utf8_or_byte(source_, position_);
  fail(position_, complaint_about(c, source_.substr(position_, c.length)));
}

}  // namespace gradus::command
