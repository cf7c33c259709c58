// Numbers as people write them into tables: with commas, thousands apart, units; and what is written where one is missing.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gradus::nn::detail {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The number that a field spells with digits, '.', an exponent and a sign, or nothing.  Too large a number is infinite,
/// too small a one 0: correct rounding.
[[nodiscard]] std::optional<double> to_number(std::string_view text);

/// What stands before the decimals: 1,234.5 or 1.234,5.
enum class DecimalMark { point, comma };

/// The finite number that a field spells, its thousands apart by the other mark, by blanks or by apostrophes, with a
/// minus of any kind; or nothing.
[[nodiscard]] std::optional<double> to_number(std::string_view text, DecimalMark mark);

struct NumberWithUnit {
  double number;
  std::string unit;  ///< "kg", "€", "%"
};
/// "75 kg", "€ 1,200", "12%"; nothing for a number alone and for what is none.
[[nodiscard]] std::optional<NumberWithUnit> to_number_with_unit(std::string_view text, DecimalMark mark);
/// Whether this is a unit that is in wide use, so that another one beside it is no word.
[[nodiscard]] bool is_known_unit(std::string_view unit);

/// "", NA, N/A, null, none, nan, ?, -, … in any letter case: no number, and no word either.
[[nodiscard]] bool is_missing(std::string_view text);
/// 2024-01-31, 31.1.2024, 1/31/24, with a time of day or without.
[[nodiscard]] bool is_date(std::string_view text);

/// The two words that a yes or no is told by, in lower case: {"no", "yes"} for "Yes".  Nothing for other words.
struct YesNo {
  std::string_view no, yes;
  bool value;
};
[[nodiscard]] std::optional<YesNo> to_yes_no(std::string_view text);

}  // namespace gradus::nn::detail
