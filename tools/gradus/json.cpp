#include "tools/gradus/json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace gradus::command {

std::string json_number(double v) {
  if (!std::isfinite(v)) return std::isnan(v) ? "\"nan\"" : v > 0 ? "\"inf\"" : "\"-inf\"";
  std::string text = fmt::format("{}", v);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + '"';
}

std::string json_array(const Array& array) {
  std::string data;
  for (const double v : array.to_vector()) data += (data.empty() ? "" : ", ") + json_number(v);
  return fmt::format("{{\"shape\": [{}], \"data\": [{}]}}", fmt::join(array.sizes(), ", "), data);
}

}  // namespace gradus::command
