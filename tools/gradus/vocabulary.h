// What an expression may speak of: the functions there are and the variables that have been bound.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace gradus::command {

/// A function as the parser needs to know it.
struct Function {
  std::string name;
  std::size_t min_arguments = 1;
  std::size_t max_arguments = 1;     ///< `any_number` for no limit
  std::vector<std::string> options;  ///< names for key=value arguments, such as axis

  static constexpr std::size_t any_number = static_cast<std::size_t>(-1);
};

struct Vocabulary {
  std::vector<Function> functions;
  std::vector<std::string> variables;
};

}  // namespace gradus::command
