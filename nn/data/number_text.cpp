#include "nn/data/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>

namespace gradus::nn::detail {

namespace {

/// Whether a decimal number that no double holds is too large rather than too small.
/// from_chars does not say which; such a number is so far out that the sign of its decimal exponent decides.
bool is_huge(std::string_view digits) {
  std::int64_t exponent = 0;
  bool point = false;
  bool leading = true;
  std::size_t i = 0;
  for (; i < digits.size() && (is_digit(digits[i]) || digits[i] == '.'); ++i) {
    if (digits[i] == '.') {
      point = true;
      continue;
    }
    leading = leading && digits[i] == '0';
    if (!leading && !point) ++exponent;
    if (leading && point) --exponent;
  }
  if (i == digits.size()) return exponent > 0;
  const std::string_view power = digits.substr(digits[i + 1] == '+' ? i + 2 : i + 1);
  std::int64_t written = 0;
  const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), written);
  if (error == std::errc::result_out_of_range) return power[0] != '-';
  return written > -exponent;
}

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// How many bytes at the start are a mark that stands between thousands, beside the one of two that is no decimal mark.
std::size_t thousands_mark(std::string_view text, char other_mark) {
  if (text.starts_with(other_mark) || text.starts_with(' ') || text.starts_with('\'')) return 1;
  for (const std::string_view mark : {"\u00A0", "\u202F", "\u2009", "\u2019"}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

constexpr std::string_view minus_sign = "\u2212";

/// The number at the start of a text as from_chars reads it, and how many bytes it takes; 0 when there is none.
struct Spelled {
  std::string plain;
  std::size_t length = 0;
};
Spelled spelled_number(std::string_view text, DecimalMark mark) {
  const char decimal = mark == DecimalMark::point ? '.' : ',';
  const char other = mark == DecimalMark::point ? ',' : '.';
  Spelled number;
  std::size_t at = 0;
  if (text.starts_with('-') || text.starts_with(minus_sign)) {
    at = text[0] == '-' ? 1 : minus_sign.size();
    number.plain = "-";
  } else if (text.starts_with('+')) {
    at = 1;
  }
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) number.plain += text[at++];
    return at - start;
  };
  const auto digits_at = [&](std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - from;
  };
  const std::size_t first = digits();
  // Groups of three, all apart by the same mark.
  if (first >= 1 && first <= 3 && number.plain != "0" && number.plain != "-0") {
    const std::size_t width = thousands_mark(text.substr(at), other);
    const std::string_view separator = text.substr(at, width);
    while (width > 0 && text.substr(at).starts_with(separator) && digits_at(at + width) == 3) {
      at += width;
      digits();
    }
  }
  std::size_t decimals = 0;
  if (at < text.size() && text[at] == decimal) {
    decimals = digits_at(at + 1);
    if (first + decimals > 0) {
      number.plain += '.';
      ++at;
      digits();
    }
  }
  if (first + decimals == 0) return {};
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const bool sign = at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-');
    const std::size_t from = at + (sign ? 2 : 1);
    if (const std::size_t exponent = digits_at(from); exponent > 0) {
      number.plain += 'e';
      if (text[at + 1] == '-') number.plain += '-';
      number.plain += text.substr(from, exponent);
      at = from + exponent;
    }
  }
  number.length = at;
  return number;
}

std::optional<double> finite(const std::string& plain) {
  const std::optional<double> number = to_number(plain);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

constexpr std::array<std::string_view, 3> currency_signs{"$", "\u20AC", "\u00A3"};

/// Letters and signs, no digits at the start and no further number in it.
bool may_be_unit(std::string_view unit) {
  constexpr std::size_t longest_unit = 16;
  if (unit.empty() || unit.size() > longest_unit || is_digit(unit[0])) return false;
  return unit.find_first_of("+-,.;:!?\"'()[]{}<>=#@&|\\_") == std::string_view::npos && unit != "e" && unit != "E";
}

}  // namespace

std::optional<double> to_number(std::string_view text) {
  text = without_blanks(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) return std::nullopt;
  }
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc()) return value;
  const bool negative = text.starts_with('-');
  const double size = is_huge(text.substr(negative ? 1 : 0)) ? std::numeric_limits<double>::infinity() : 0.0;
  return negative ? -size : size;
}

std::optional<double> to_number(std::string_view text, DecimalMark mark) {
  text = without_blanks(text);
  const Spelled number = spelled_number(text, mark);
  return number.length > 0 && number.length == text.size() ? finite(number.plain) : std::nullopt;
}

std::optional<NumberWithUnit> to_number_with_unit(std::string_view text, DecimalMark mark) {
  text = without_blanks(text);
  for (const std::string_view sign : currency_signs) {
    if (!text.starts_with(sign) && !text.starts_with("-" + std::string(sign))) continue;
    std::string number(text);
    number.erase(number.find(sign), sign.size());
    if (number.starts_with('-')) number.erase(1, std::min(number.find_first_not_of(' ', 1), number.size()) - 1);
    const std::optional<double> value = to_number(number, mark);
    if (value) return NumberWithUnit{*value, std::string(sign)};
  }
  const Spelled number = spelled_number(text, mark);
  if (number.length == 0) return std::nullopt;
  std::string_view unit = text.substr(number.length);
  while (unit.starts_with(' ') || unit.starts_with("\u00A0") || unit.starts_with("\u202F")) {
    unit.remove_prefix(unit[0] == ' ' ? 1 : unit.starts_with("\u00A0") ? 2 : 3);
  }
  if (!may_be_unit(unit)) return std::nullopt;
  const std::optional<double> value = finite(number.plain);
  return value ? std::optional(NumberWithUnit{*value, std::string(unit)}) : std::nullopt;
}

bool is_known_unit(std::string_view unit) {
  static constexpr std::array<std::string_view, 55> units{
      "%",   "$",   "\u20AC", "\u00A3", "\u00A5",  "eur",     "usd", "gbp", "chf",  "jpy",     "mg",
      "g",   "kg",  "t",      "oz",     "lb",      "lbs",     "mm",  "cm",  "dm",   "m",       "km",
      "in",  "ft",  "yd",     "mi",     "ms",      "s",       "sec", "min", "h",    "hr",      "hrs",
      "ml",  "cl",  "l",      "gal",    "\u00B0C", "\u00B0F", "kw",  "wh",  "kwh",  "ma",      "hz",
      "khz", "mhz", "ghz",    "pa",     "hpa",     "kpa",     "bar", "kj",  "kcal", "m\u00B2", "sqm"};
  const std::string lower = in_lower_case(unit);
  return std::ranges::any_of(units, [&](std::string_view one) { return in_lower_case(one) == lower; });
}

bool is_missing(std::string_view text) {
  static constexpr std::array<std::string_view, 13> marks{"",  "na", "n/a", "nan", "null", "none", "?",
                                                          "-", "--", ".",   "#na", "#n/a", "<na>"};
  constexpr std::size_t longest = 4;
  text = without_blanks(text);
  return text.size() <= longest && std::ranges::find(marks, in_lower_case(text)) != marks.end();
}

bool is_date(std::string_view text) {
  text = without_blanks(text);
  std::array<std::size_t, 3> lengths{};
  std::size_t at = 0;
  char separator = 0;
  for (std::size_t part = 0; part < lengths.size(); ++part) {
    while (at < text.size() && is_digit(text[at])) ++at, ++lengths[part];
    if (lengths[part] == 0 || part == 2) continue;
    if (at == text.size() || std::string_view("-/.").find(text[at]) == std::string_view::npos) return false;
    if (part == 1 && text[at] != separator) return false;
    separator = text[at++];
  }
  const auto [a, b, c] = lengths;
  const bool year_first = a == 4 && b <= 2 && c <= 2;
  const bool year_last = a <= 2 && b <= 2 && (c == 4 || c == 2);
  if ((!year_first && !year_last) || c == 0) return false;
  if (at == text.size()) return true;
  // A time of day.
  if (text[at] != ' ' && text[at] != 'T') return false;
  return at + 2 < text.size() && is_digit(text[at + 1]) &&
         text.find_first_not_of("0123456789:.+-Z ", at + 1) == std::string_view::npos;
}

std::optional<YesNo> to_yes_no(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> pairs{
      {{"no", "yes"}, {"false", "true"}, {"n", "y"}, {"f", "t"}, {"nein", "ja"}, {"non", "oui"}, {"off", "on"}}};
  constexpr std::size_t longest = 5;
  if (text.size() > longest) return std::nullopt;
  const std::string lower = in_lower_case(text);
  for (const auto& [no, yes] : pairs) {
    if (lower == no || lower == yes) return YesNo{no, yes, lower == yes};
  }
  return std::nullopt;
}

}  // namespace gradus::nn::detail
