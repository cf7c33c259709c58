#include "tools/gradus/language/calls.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "tools/gradus/language/foreign_words.h"
#include "tools/gradus/language/names.h"

namespace gradus::command {
namespace {

const Option* given(const Call& call, std::string_view name) {
  const auto found =
      std::find_if(call.options.begin(), call.options.end(), [&](const Option& o) { return o.name == name; });
  return found == call.options.end() ? nullptr : &*found;
}

const OptionDeclaration& declared(const Lexer& lexer, const Function& function, const Token& name) {
  std::vector<std::string_view> known;
  for (const OptionDeclaration& option : function.options) {
    if (option.name == name.text || (!option.alias.empty() && option.alias == name.text)) return option;
    known.emplace_back(option.name);
  }
  const std::string advice = did_you_mean(name.text, known);
  lexer.fail(name.offset, fmt::format("{} has no option {}{}", function.name, in_quotes(name.text), advice));
}

/// Whether the next word begins a plain value at all.
bool value_is_next(const Lexer& lexer) {
  if (lexer.text_is_next() || lexer.next_is('(') || lexer.next_is('[')) return true;
  if (lexer.next_is('-') || lexer.next_is('+')) return true;
  Lexer ahead = lexer;
  const Token word = ahead.next();
  if (word.kind == TokenKind::number) return true;
  return word.kind == TokenKind::name && (is_reserved_word(word.text) || find_constant(word.text) != nullptr);
}

/// Where only a few texts may stand, they need no quotes.
bool word_is_next(const Lexer& lexer, const OptionDeclaration& option) {
  return !option.choices.empty() && !lexer.text_is_next() && Lexer(lexer).next().kind == TokenKind::name;
}

void read_value(Lexer& lexer, const OptionDeclaration& option, std::size_t offset, Call& call) {
  const std::size_t place = lexer.next_offset();
  const auto refuse = [&](const std::string& found) {
    lexer.fail(place, fmt::format("{} must be {}{}", option.name, description_of(option.kind), found));
  };
  if (option.kind != ValueKind::any && !word_is_next(lexer, option) && !value_is_next(lexer))
    refuse(", found " + describe(Lexer(lexer).next()));
  OptionValue value =
      word_is_next(lexer, option) ? OptionValue(std::string(lexer.next().text)) : read_option_value(lexer);
  const bool is_preset =
      option.preset && std::holds_alternative<None>(*option.preset) && std::holds_alternative<None>(value);
  if (is_too_large(value, option.kind)) {
    lexer.fail(place, fmt::format("{} is too large a number: {}", option.name, to_string(value)));
  }
  if (!fits(value, option.kind) && !is_preset) refuse("");
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr && !option.choices.empty() &&
      std::find(option.choices.begin(), option.choices.end(), *text) == option.choices.end()) {
    const std::string advice = did_you_mean(*text, {option.choices.begin(), option.choices.end()});
    lexer.fail(place, fmt::format("{} must be one of {}{}", option.name, fmt::join(option.choices, ", "), advice));
  }
  call.options.push_back({option.name, std::move(value), offset});
}

/// "2", "at least 1", "1 to 3".
std::string range_of(std::size_t least, std::size_t most) {
  if (most == Function::any_number) return fmt::format("at least {}", least);
  return most == least ? fmt::format("{}", least) : fmt::format("{} to {}", least, most);
}

}  // namespace

void read_named_option(Lexer& lexer, const Function& function, Call& call) {
  const Token name = lexer.next();
  const OptionDeclaration& option = declared(lexer, function, name);
  if (given(call, option.name) != nullptr) {
    const std::string both =
        option.alias.empty() ? "" : fmt::format("; {} and {} are the same", option.name, option.alias);
    lexer.fail(name.offset, fmt::format("option {} is given twice{}", in_quotes(option.name), both));
  }
  (void)lexer.next();  // the '='
  read_value(lexer, option, name.offset, call);
}

bool option_is_due(const Function& function, const Call& call) noexcept {
  if (call.argument_count == 0 && call.options.size() < function.leading_options) return true;
  return call.argument_count == function.max_arguments && call.options.size() < function.positional_options;
}

void read_positional_option(Lexer& lexer, const Function& function, Call& call) {
  const OptionDeclaration& option = function.options[call.options.size()];
  read_value(lexer, option, lexer.next_offset(), call);
}

void check_call(const Lexer& lexer, const Function& function, const Call& call, std::size_t offset) {
  const std::size_t least = function.min_arguments;
  const std::size_t most = function.max_arguments;
  if (call.argument_count < least || call.argument_count > most) {
    const bool singular = least == 1 && (most == 1 || most == Function::any_number);
    const std::string_view advice = call.argument_count > most ? advice_for_more_arguments(function.name) : "";
    lexer.fail(offset, fmt::format("{} takes {} argument{}, got {}{}", function.name, range_of(least, most),
                                   singular ? "" : "s", call.argument_count, advice));
  }
  for (const OptionDeclaration& option : function.options) {
    if (!option.preset && given(call, option.name) == nullptr) {
      lexer.fail(offset, fmt::format("{} needs {}=…: {}", function.name, option.name, description_of(option.kind)));
    }
  }
}

}  // namespace gradus::command
