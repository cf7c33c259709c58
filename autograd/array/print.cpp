#include "autograd/array/print.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

namespace gradus {

namespace text {

namespace {

/// Turns "1.5e-07" into "1.5e−7" and "-2" into "−2".
std::string with_true_minus(std::string_view number) {
  if (number.find_first_of("-e") == std::string_view::npos) return std::string(number);
  std::string out;
  if (number.starts_with('-')) {
    out = "−";
    number.remove_prefix(1);
  }
  const std::size_t e = number.find('e');
  out += number.substr(0, e);
  if (e == std::string_view::npos) return out;
  std::string_view exponent = number.substr(e + 1);
  out += exponent[0] == '-' ? "e−" : "e";
  exponent.remove_prefix(1);
  while (exponent.size() > 1 && exponent[0] == '0') exponent.remove_prefix(1);
  out += exponent;
  return out;
}

/// With so many decimals, or significant digits.  Zero has no sign.
std::string printed(double x, std::chars_format format, int digits) {
  std::array<char, 48> text;  // fixed is asked for below a million only
  const auto end = std::to_chars(text.data(), text.data() + text.size(), x == 0.0 ? 0.0 : x, format, digits).ptr;
  return with_true_minus({text.data(), end});
}

}  // namespace

std::string fixed(double x, int digits) {
  if (!std::isfinite(x)) return brief(x);
  const double size = std::fabs(x);
  const bool plain = size == 0.0 || (size >= 1e-3 && size < 1e6);
  return printed(x, plain ? std::chars_format::fixed : std::chars_format::scientific, digits);
}

std::string brief(double x, int digits) {
  if (std::isnan(x)) return "nan";
  return printed(x, std::chars_format::general, digits);
}

std::string numbers(const Array& array, int digits) {
  if (!array.defined() || !array.has_data()) return "—";
  if (array.size() == 1) return fixed(array.item(), digits);
  if (array.size() == 0) return "[]";
  return nested(array, [&](double x) { return brief(x, digits); });
}

std::string nested(const Array& array, const std::function<std::string(double)>& written) {
  const std::vector<double> all = array.to_vector();
  const auto sizes = array.sizes();
  // A bracket opens or closes for every axis of which the number is the first or the last.
  const auto brackets = [&](std::size_t position) {
    std::size_t n = 0;
    std::size_t block = 1;
    for (std::size_t k = sizes.size(); k-- > 0;) {
      block *= static_cast<std::size_t>(sizes[k]);
      n += position % block == 0 ? 1U : 0U;
    }
    return n;
  };
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) out += ", ";
    out.append(brackets(i), '[');
    out += written(all[i]);
    out.append(brackets(i + 1), ']');
  }
  return out;
}

int digits_apart(const Array& a, const Array& b, int digits) {
  if (!a.defined() || !b.defined() || !a.has_data() || !b.has_data() || a.size() != b.size()) return digits;
  const std::vector<double> before = a.to_vector();
  const std::vector<double> after = b.to_vector();
  for (std::size_t k = 0; k < before.size(); ++k) {
    if (before[k] == after[k]) continue;
    while (digits < most_digits && brief(before[k], digits) == brief(after[k], digits)) ++digits;
  }
  return digits;
}

std::string dimensions(const Shape& shape) {
  if (shape.rank() == 0) return "scalar";
  return fmt::format("{}", fmt::join(shape.begin(), shape.end(), "×"));
}

}  // namespace text

std::string to_string(const Array& array) {
  if (array.size() == 0) return fmt::format("[] of shape {}", to_string(array.shape()));
  return text::nested(array, [&](double x) -> std::string {
    if (std::isnan(x)) return "nan";  // whatever its sign bit
    return array.dtype() == DType::float32 ? fmt::format("{}", static_cast<float>(x)) : fmt::format("{}", x);
  });
}

}  // namespace gradus
