#include "autograd/tensor/taught_rule.h"

#include <fmt/format.h>

#include <vector>

namespace gradus::detail {

namespace {

struct Equals {
  static constexpr std::string_view infix = " = ";
};

}  // namespace

std::string along(std::uint32_t axes, int rank) {
  if (rank < 2 || axes == (1U << rank) - 1U) return "";
  std::string numbers;
  int count = 0;
  for (int k = 0; k < rank; ++k) {
    if (((axes >> k) & 1U) == 0) continue;
    numbers += (count == 0 ? "" : " and ") + std::to_string(k);
    ++count;
  }
  return fmt::format(" along {} {}", count == 1 ? "axis" : "axes", numbers);
}

Formula call_on(std::string_view function, const Formula& x, std::span<const Formula> options) {
  std::vector<Formula> all{x};
  all.insert(all.end(), options.begin(), options.end());
  return Formula::call(function, all);
}

Formula call_on(std::string_view function, const Formula& a, const Formula& b, std::span<const Formula> options) {
  std::vector<Formula> all{a, b};
  all.insert(all.end(), options.begin(), options.end());
  return Formula::call(function, all);
}

Formula where_equal(const Formula& a, const Formula& b) {
  return Formula::in_parentheses(Formula::interpret(Equals{}, a, b)) / Formula(std::string("ties"));
}

}  // namespace gradus::detail
