// THE FUNCTIONS of the expression language: one definition for each, in files by theme.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/gradus/functions/invocation.h"
#include "tools/gradus/language/vocabulary.h"

namespace gradus::command {

/// In the order they are listed in.
enum class Theme {
  elementary,
  several,
  activations,
  reductions,
  linear_algebra,
  convolutions,
  shapes,
  losses,
  derivatives,
  random
};

/// "Reductions": the heading of a theme.
[[nodiscard]] std::string_view title_of(Theme theme) noexcept;

/// A function: how it is called, what it is in one line, and what it does.
struct Definition {
  /// `arguments` as people read them: "x", "a, b", "logits, target, weight?" (may be left out), "x..." (any number).
  Definition(Theme group, std::string name, std::string_view arguments, std::vector<OptionDeclaration> options,
             std::string line, std::function<Value(const Invocation&)> action);

  Function function;
  std::string arguments;
  Theme theme;
  std::string description;
  std::function<Value(const Invocation&)> apply;

  /// Lets the first options also be given without their names, behind the arguments.
  Definition positional(std::size_t options) && {
    function.positional_options = options;
    return std::move(*this);
  }
  /// The same, before the arguments.
  Definition leading(std::size_t options) && {
    function.leading_options = options;
    return std::move(*this);
  }
  /// The argument with this number, from 1, is the name of a variable or a value.  Variables may be called like the function.
  Definition of_name(std::size_t argument) && {
    function.name_argument = argument;
    function.may_be_bound = true;
    return std::move(*this);
  }
};

/// "sum(x, axis=none, keepdims=false)".
[[nodiscard]] std::string signature(const Definition& definition);

/// All of them, themes in order.  The place of a definition is the index of its function in functions().
[[nodiscard]] const std::vector<Definition>& definitions();

/// The definition with this name, or null.
[[nodiscard]] const Definition* find_definition(std::string_view name) noexcept;

/// The functions as the parser needs to know them.
[[nodiscard]] const std::vector<Function>& functions();

using Definitions = std::vector<Definition>;
void add_elementwise(Definitions& list);
void add_reductions(Definitions& list);
void add_ordering(Definitions& list);
void add_linear_algebra(Definitions& list);
void add_convolutions(Definitions& list);
void add_shapes(Definitions& list);
void add_losses(Definitions& list);
void add_derivatives(Definitions& list);
void add_random(Definitions& list);

}  // namespace gradus::command
