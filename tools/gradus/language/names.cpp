#include "tools/gradus/language/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numbers>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/text.h"
#include "autograd/base/utf8.h"
#include "tools/gradus/language/lexer.h"
#include "tools/gradus/language/unicode.h"

namespace gradus::command {
namespace {

constexpr Constant constants[] = {
    {"e", std::numbers::e},
    {"pi", std::numbers::pi},
    {"π", std::numbers::pi},
    {"inf", std::numeric_limits<double>::infinity()},
    {"nan", std::numeric_limits<double>::quiet_NaN()},
};

/// A word, and how it is written here.
constexpr std::pair<std::string_view, std::string_view> words[] = {
    {"true", "true"}, {"false", "false"}, {"none", "none"}, {"True", "true"}, {"False", "false"}, {"None", "none"},
};

bool is_well_formed(std::string_view name) {
  if (name.size() > max_name_length || !is_name_start(decode_utf8_or_byte(name, 0).value)) return false;
  for (std::size_t at = 0; at < name.size();) {
    const CodePoint c = decode_utf8_or_byte(name, at);
    if (!c.valid || !is_name_part(c.value)) return false;
    at += c.length;
  }
  return true;
}

}  // namespace

const Constant* find_constant(std::string_view name) noexcept {
  const Constant* found = std::find_if(std::begin(constants), std::end(constants),
                                       [&](const Constant& constant) { return constant.name == name; });
  return found == std::end(constants) ? nullptr : found;
}

bool is_reserved_word(std::string_view name) noexcept {
  return std::any_of(std::begin(words), std::end(words), [&](const auto& word) { return word.first == name; });
}

std::string_view plain_word(std::string_view word) noexcept {
  const auto found = std::find_if(std::begin(words), std::end(words), [&](const auto& w) { return w.first == word; });
  return found == std::end(words) ? word : found->second;
}

void check_binding_name(std::string_view name, const Vocabulary& vocabulary) {
  if (name.empty()) throw ValueError("missing name: a binding is written NAME=VALUE");
  const std::string shown = in_quotes(name);
  if (!is_well_formed(name)) {
    throw ValueError(
        fmt::format("bad name {}: a name is letters, digits and '_', not beginning with a digit, "
                    "of at most {} bytes",
                    shown, max_name_length));
  }
  const auto& functions = vocabulary.functions;
  const auto& bound = vocabulary.variables;
  const auto is_taken = [&](const Function& f) { return f.name == name && !f.may_be_bound; };
  if (std::any_of(functions.begin(), functions.end(), is_taken)) {
    throw ValueError(fmt::format("{} is a function name", shown));
  }
  if (name == "nan" || name == "inf" || is_reserved_word(name))
    throw ValueError(fmt::format("{} is a reserved name", shown));
  if (find_constant(name) != nullptr) throw ValueError(fmt::format("{} is a constant", shown));
  if (std::find(bound.begin(), bound.end(), name) != bound.end()) {
    throw ValueError(fmt::format("{} is bound twice", shown));
  }
}

}  // namespace gradus::command
