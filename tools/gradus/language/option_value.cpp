#include "tools/gradus/language/option_value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstddef>

#include "tools/gradus/language/literal.h"
#include "tools/gradus/language/names.h"

namespace gradus::command {
namespace {

constexpr double largest_whole = 1e15;  // beyond any size, and far below where doubles stop counting

bool is_whole(double value) noexcept { return std::abs(value) <= largest_whole && std::trunc(value) == value; }

/// Takes a list whose bracket is next; like Python's, it may end in a comma.
std::vector<std::int64_t> read_list(Lexer& lexer) {
  const char end = lexer.next().is('(') ? ')' : ']';
  std::vector<std::int64_t> integers;
  while (!lexer.next_is(end)) {
    integers.push_back(read_integer(lexer));
    if (lexer.next_is(end)) break;
    const Token token = lexer.next();
    if (!token.is(',')) lexer.fail(token.offset, fmt::format("expected ',' or '{}', found {}", end, describe(token)));
  }
  (void)lexer.next();
  return integers;
}

}  // namespace

std::string_view description_of(ValueKind kind) noexcept {
  switch (kind) {
    case ValueKind::number:
      return "a number";
    case ValueKind::whole:
    case ValueKind::axis:
      return "a whole number";
    case ValueKind::flag:
      return "true or false";
    case ValueKind::axes:
      return "a whole number, a list of them such as (0,1), or none";
    case ValueKind::sizes:
      return "a whole number or a list of them such as (2,3)";
    case ValueKind::padding:
      return "a whole number, a list of them such as (1,2), same or valid";
    case ValueKind::text:
      return "a text in quotes";
    case ValueKind::any:
      break;
  }
  return "a plain value";
}

bool is_too_large(const OptionValue& value, ValueKind kind) noexcept {
  const double* number = std::get_if<double>(&value);
  const bool takes_whole = fits(0.0, kind) && !fits(0.5, kind);
  return takes_whole && number != nullptr && std::trunc(*number) == *number && !is_whole(*number);
}

bool fits(const OptionValue& value, ValueKind kind) noexcept {
  const double* number = std::get_if<double>(&value);
  const bool whole = number != nullptr && is_whole(*number);
  const bool list = std::holds_alternative<std::vector<std::int64_t>>(value);
  switch (kind) {
    case ValueKind::number:
      return number != nullptr;
    case ValueKind::whole:
    case ValueKind::axis:
      return whole;
    case ValueKind::flag:
      return std::holds_alternative<bool>(value);
    case ValueKind::axes:
      return whole || list || std::holds_alternative<None>(value);
    case ValueKind::sizes:
      return whole || list;
    case ValueKind::padding:
      return whole || list || std::holds_alternative<std::string>(value);
    case ValueKind::text:
      return std::holds_alternative<std::string>(value);
    case ValueKind::any:
      break;
  }
  return true;
}

std::string to_string(const OptionValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) return fmt::format("\"{}\"", *text);
  if (std::holds_alternative<None>(value)) return "none";
  return fmt::format("({})", fmt::join(std::get<std::vector<std::int64_t>>(value), ", "));
}

OptionValue read_option_value(Lexer& lexer) {
  if (lexer.text_is_next()) return std::string(lexer.read_text());
  if (lexer.next_is('(') || lexer.next_is('[')) return read_list(lexer);
  Lexer ahead = lexer;
  const Token word = ahead.next();
  if (word.kind != TokenKind::name || !is_reserved_word(word.text)) return read_signed_number(lexer);
  lexer = ahead;
  const std::string_view plain = plain_word(word.text);
  return plain == "none" ? OptionValue(None{}) : OptionValue(plain == "true");
}

}  // namespace gradus::command
