// What can be said of each elementwise op from its struct alone.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/math/ops.h"

namespace gradus::command {

/// Whether users may call the op by its name: not one that only serves the derivatives of others.
template <class Op>
constexpr bool is_offered = !Op::internal;

/// Whether the op carries numbers, such as the slope of leaky_relu.
template <class Op>
constexpr bool has_attributes = requires {
  Op::fields;
};

/// What the arguments of an op are called: as it says, or else x, or a and b, or a, b and c.
template <class Op>
std::vector<std::string> argument_names() {
  if constexpr (requires { Op::arguments; }) {
    return {Op::arguments.begin(), Op::arguments.end()};
  } else if constexpr (Op::arity == 1) {
    return {"x"};
  } else {
    const std::vector<std::string> letters{"a", "b", "c", "d"};
    return {letters.begin(), letters.begin() + Op::arity};
  }
}

/// An op as the table of functions shows it.
struct OpFacts {
  std::string name;
  std::string formula;  ///< of the arguments; empty where there is none simpler than the call itself
  std::vector<std::pair<std::string, std::string>> derivatives;  ///< argument, formula of arguments and the value y
  std::string domain;
  std::string no_derivative;  ///< where in the domain there is a kink or a jump: "x = 0", "a = b"; empty where nowhere
  double value_error = 0.0;   ///< in ulps, as the tests assert it
  double derivative_error = 0.0;
};

/// All offered ops, in the order of the list.
[[nodiscard]] std::vector<OpFacts> op_facts();

}  // namespace gradus::command
