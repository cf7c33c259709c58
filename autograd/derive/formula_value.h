// What formulas made of numbers come to.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../base/export.h"
#include "../math/formula.h"

namespace gradus::detail {

/// One number, or those of an array with the brackets that they are written in.
struct FormulaValue {
  std::vector<long double> numbers;
  std::string brackets;
};

/// Which numbers a formula is computed with: those that are printed, or what was put in before it was rounded.
enum class NumbersOf { print, memory };

/// What the formula comes to; nothing when it holds names, or an op that is not computed number by number.
[[nodiscard]] std::optional<FormulaValue> value_of(const Formula& formula, NumbersOf numbers);

/// The same of some of its terms, which make a formula.
[[nodiscard]] std::optional<FormulaValue> value_of(std::span<const Formula::Term> terms, NumbersOf numbers);

/// By how much half a unit in the last place of each of its printed numbers may move a formula, in each of its places;
/// numbers that a rule has of its own are exact.  They are printed with so many significant digits.
[[nodiscard]] std::vector<long double> slack_of(const Formula& formula, int digits);

/// A number as it is printed: 0.5, −1.5e−7, −inf, nan; nothing for other words.
[[nodiscard]] GRADUS_API std::optional<long double> read_number(std::string_view word);

}  // namespace gradus::detail
