#include "tools/gradus/language/complaints.h"

#include <fmt/format.h>

#include <string_view>

#include "autograd/base/error.h"
#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "tools/gradus/language/foreign_words.h"
#include "tools/gradus/language/unicode.h"

namespace gradus::command {
namespace {

/// Whether the word before this one touches it.
bool touches_previous(const Reading& at, const Token& token) noexcept {
  return at.previous.offset + at.previous.text.size() == token.offset;
}

/// What is in the way of an operator, as the end of the message.
std::string advice_for_operator(const Reading& at, const Token& token) {
  const bool after_number = at.previous.kind == TokenKind::number;
  const bool in_number = after_number && touches_previous(at, token) && token.kind == TokenKind::name;
  if (in_number && at.previous.text == "0" && (token.text.front() == 'x' || token.text.front() == 'X')) {
    return "; hex is not supported";
  }
  if (in_number && token.text.front() == '_') return "; digits are written without '_' between them";
  if (after_number && token.kind == TokenKind::number) return "";
  if (at.previous.kind == TokenKind::name && token.is('(')) {
    return fmt::format("; {} is not a function", in_quotes(at.previous.text));
  }
  if (const std::string_view known = advice_for_word_between(token.text); !known.empty()) return std::string(known);
  return "; multiplication is written '*'";
}

/// Throws when the name is one that a statement further on defines, or the one that is being defined.
void fail_if_defined_later(const Reading& at, const Token& name) {
  const std::string shown = in_quotes(name.text);
  const auto& defining = at.defining;
  if (defining && defining->text == name.text) {
    at.lexer.fail(name.offset, fmt::format("{} is used in its own definition", shown));
  }
  bool defined = false;
  bool in_circle = false;
  Lexer ahead = at.lexer;
  try {
    for (Token before, token = ahead.next(); token.kind != TokenKind::end; before = token, token = ahead.next()) {
      const bool ends = token.is(';') || ahead.line_ends();
      if (before.text == name.text && token.is('=')) defined = true;
      if (defined && defining && token.kind == TokenKind::name && token.text == defining->text) in_circle = true;
      if (defined && ends) break;
    }
  } catch (const ParseError&) {  // that text is not what is wrong first
  }
  if (in_circle) {
    at.lexer.fail(name.offset,
                  fmt::format("{} and {} are each defined by the other", in_quotes(defining->text), shown));
  }
  if (defined) at.lexer.fail(name.offset, fmt::format("{} is used before it is defined", shown));
}

[[noreturn]] void fail_at_unknown_function(const Reading& at, const Token& name) {
  const std::string shown = printable(name.text);
  const std::string_view here = written_here(name.text);
  if (!here.empty()) at.lexer.fail(name.offset, fmt::format("unknown function '{}'; write {}", shown, here));
  std::vector<std::string_view> candidates;
  for (const Function& function : at.vocabulary.functions) candidates.emplace_back(function.name);
  at.lexer.fail(name.offset, fmt::format("unknown function '{}'{}", shown, did_you_mean(name.text, candidates)));
}

}  // namespace

void fail_for_lack_of_operand(const Reading& at, const Token& token) {
  const bool double_star = token.is('*') && at.previous.is('*') && touches_previous(at, token);
  if (double_star) at.lexer.fail(token.offset, "expected operand; use ^ for powers");
  at.lexer.fail(token.offset, fmt::format("expected operand, found {}", describe(token)));
}

void fail_for_lack_of_operator(const Reading& at, const Token& token) {
  at.lexer.fail(token.offset,
                fmt::format("expected operator before {}{}", describe(token), advice_for_operator(at, token)));
}

void fail_as_unexpected(const Reading& at, const Token& token) {
  if (token.is('=') && at.previous.kind == TokenKind::name) fail_at_equals(at, at.previous, token);
  if (token.is('=') && at.previous.is(')')) {
    at.lexer.fail(token.offset, "unexpected '='; functions are not defined here: name a value, as in z = w*x + b");
  }
  const bool decimal = token.is(',') && !at.in_brackets && at.previous.kind == TokenKind::number &&
                       touches_previous(at, token) && at.lexer.touches_next() &&
                       Lexer(at.lexer).next().kind == TokenKind::number;
  at.lexer.fail(token.offset, fmt::format("unexpected {}{}", describe(token),
                                          decimal ? "; decimals are written with a point: 1.5" : ""));
}

void fail_at_equals(const Reading& at, const Token& name, const Token& equals) {
  const std::string_view rest = at.lexer.source().substr(equals.offset + 1);
  const std::string_view number = rest.substr(0, rest.find_first_not_of("0123456789."));
  const std::string_view value = number.empty() ? "VALUE" : number;
  at.lexer.fail(equals.offset,
                fmt::format("unexpected '='; bind with --var {}={}", printable(name.text), printable(value)));
}

void fail_at_unknown_name(const Reading& at, const Token& name) {
  if (const std::string_view attribute = at.lexer.attribute_is_next(); !attribute.empty()) {
    if (is_foreign_module(name.text)) {
      const std::string_view here = written_here(attribute);
      const std::string instead = here.empty() ? printable(attribute) : std::string(here);
      at.lexer.fail(name.offset, fmt::format("names have no prefix {}. here; write {}", printable(name.text), instead));
    }
  }
  if (at.lexer.next_is('(')) fail_at_unknown_function(at, name);
  fail_if_defined_later(at, name);
  const std::string shown = printable(name.text);
  if (at.vocabulary.values_only) {
    at.lexer.fail(name.offset, fmt::format("a value is made of numbers, constants and functions: '{}' is none", shown));
  }
  std::vector<std::string_view> candidates(at.vocabulary.variables.begin(), at.vocabulary.variables.end());
  candidates.insert(candidates.end(), at.names.begin(), at.names.end());
  candidates.emplace_back("pi");
  std::string advice = did_you_mean(name.text, candidates);
  if (advice.empty()) advice = fmt::format("; bind it with --var {}=VALUE", shown);
  at.lexer.fail(name.offset, fmt::format("unbound variable '{}'{}", shown, advice));
}

void fail_for_lack_of_call(const Reading& at, const Token& name) {
  const std::size_t offset = at.lexer.next_offset();
  std::string advice;
  Lexer ahead = at.lexer;
  const Token next = ahead.next();
  const std::string shown = printable(name.text);
  if (next.kind == TokenKind::name || next.kind == TokenKind::number) {
    advice = fmt::format("; write {}({})", shown, printable(next.text));
  } else if (next.kind == TokenKind::exponent || next.is('^')) {
    advice = fmt::format("; a power of its value is {}(x)^2", shown);
  }
  at.lexer.fail(offset, fmt::format("expected '(' after function {}{}", shown, advice));
}

void fail_at_attribute(const Reading& at, const Token& value) {
  const std::string_view attribute = at.lexer.attribute_is_next();
  const bool named = value.kind == TokenKind::name;
  at.lexer.fail(at.lexer.next_offset(),
                fmt::format("unexpected '.'; write {}", without_attribute(named ? value.text : "x", attribute)));
}

void fail_for_lack_of_bracket(const Reading& at, const Token& end, char open, std::size_t offset) {
  const std::string_view before = at.lexer.source().substr(0, offset);
  at.lexer.fail(end.offset, fmt::format("expected '{}' to close the '{}' at column {}", open == '[' ? ']' : ')', open,
                                        count_code_points(before) + 1));
}

}  // namespace gradus::command
