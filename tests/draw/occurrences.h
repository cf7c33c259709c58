// What a drawing's text holds.
#pragma once
#include <cstddef>
#include <string_view>

namespace test {

/// How often the part stands in the text, without overlap.
inline std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t i = text.find(part); i != std::string_view::npos; i = text.find(part, i + part.size())) ++n;
  return n;
}

inline bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace test
