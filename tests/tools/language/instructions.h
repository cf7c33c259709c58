// What the parser makes of a text, written down, for the tests.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "autograd/base/error.h"
#include "tools/gradus/language/expression.h"

namespace grammar_test {

using namespace gradus::command;

inline const OptionDeclaration axes = OptionDeclaration("axis", ValueKind::axes, None{}).also_called("axes");
inline const OptionDeclaration keepdims("keepdims", ValueKind::flag, false);
inline const OptionDeclaration mode =
    OptionDeclaration("mode", ValueKind::text, "constant").one_of({"constant", "reflect", "replicate"});

inline const Vocabulary vocabulary{{{"sin", 1, 1, {}},
                                    {"sqrt", 1, 1, {}},
                                    {"floor", 1, 1, {}},
                                    {"clamp", 1, 3, {"low", "high"}},
                                    {"max", 1, Function::any_number, {}},
                                    {"random", 0, 0, {}},
                                    {"sum", 1, 1, {"axis", "keepdims"}},
                                    {"mean", 1, 1, {axes, keepdims}, 2},
                                    {"reshape", 1, 1, {{"shape", ValueKind::sizes}}, 1},
                                    {"norm", 1, 1, {{"p", ValueKind::number, 2.0}, axes}, 2},
                                    {"einsum", 1, Function::any_number, {{"equation", ValueKind::text}}, 0, 1},
                                    {"pad", 1, 1, {{"widths", ValueKind::sizes}, mode}, 1},
                                    {"log", 1, 1, {}},
                                    {"grad", 2, 2, {}, 0, 0, true, 2}},
                                   {"x", "y", "alpha", "\u03b8\u2081", "axis"}};

inline std::string listed(const OptionValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (!std::holds_alternative<std::vector<std::int64_t>>(value)) return to_string(value);
  std::string text = "(";
  for (const auto integer : std::get<std::vector<std::int64_t>>(value)) text += fmt::format("{},", integer);
  return text + ")";
}

inline std::string listed(const Subscript& subscript) {
  std::string text;
  const auto bound = [](const std::optional<std::int64_t>& b) { return b ? fmt::format("{}", *b) : ""; };
  for (const SubscriptItem& item : subscript.items) {
    text += text.empty() ? "" : ",";
    if (item.kind == SubscriptItem::Kind::index) text += bound(item.start);
    if (item.kind == SubscriptItem::Kind::ellipsis) text += "...";
    if (item.kind == SubscriptItem::Kind::new_axis) text += "none";
    if (item.kind != SubscriptItem::Kind::range) continue;
    text += bound(item.start) + ":" + bound(item.stop) + (item.step ? ":" + bound(item.step) : "");
  }
  return "[" + text + "]";
}

inline std::string listed(const Call& call) {
  std::string text = fmt::format("{}/{}", vocabulary.functions[call.function].name, call.argument_count);
  for (const Option& option : call.options) text += fmt::format("[{}={}]", option.name, listed(option.value));
  return text;
}

inline std::string listed(const Instruction& instruction, const std::vector<std::string>& defined) {
  const auto name = [&](std::size_t index) {
    const std::size_t bound = vocabulary.variables.size();
    return index < bound ? vocabulary.variables[index] : defined[index - bound];
  };
  if (const auto* number = std::get_if<Number>(&instruction.action)) {
    return number->name.empty() ? fmt::format("{}", number->value) : std::string(number->name);
  }
  if (const auto* variable = std::get_if<Variable>(&instruction.action)) return name(variable->index);
  if (const auto* define = std::get_if<Define>(&instruction.action)) return "=" + name(define->index);
  if (const auto* call = std::get_if<Call>(&instruction.action)) return listed(*call);
  if (const auto* subscript = std::get_if<Subscript>(&instruction.action)) return listed(*subscript);
  if (const auto* array = std::get_if<ArrayOf>(&instruction.action)) return fmt::format("array/{}", array->count);
  if (const auto* binary = std::get_if<Binary>(&instruction.action)) {
    return std::string(entry_of(binary->op).symbol);
  }
  return std::holds_alternative<Negate>(instruction.action) ? "neg" : "array";
}

/// The instructions in order, as words.
inline std::string postfix(const std::string& text) {
  std::string result;
  const Expression expression = parse(text, vocabulary);
  for (const Instruction& instruction : expression.instructions) {
    result += (result.empty() ? "" : " ") + listed(instruction, expression.names);
  }
  return result;
}

/// Where the instructions point, in order.
inline std::vector<std::size_t> offsets(const std::string& text) {
  std::vector<std::size_t> result;
  for (const Instruction& instruction : parse(text, vocabulary).instructions) result.push_back(instruction.offset);
  return result;
}

/// "offset: message", or the instructions when there is no error.
inline std::string complaint(const std::string& text) {
  try {
    return postfix(text);
  } catch (const gradus::ParseError& error) {
    return fmt::format("{}: {}", error.offset(), error.what());
  }
}

}  // namespace grammar_test
