// Messages to stderr.  One that cannot be written is lost: it must not end the work it speaks of.
#pragma once
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace gradus::command {

inline void write_message(std::string_view text) noexcept {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

/// "dot, svg or png": what there is to choose from.
[[nodiscard]] inline std::string alternatives(std::span<const std::string> words) {
  std::string out;
  for (std::size_t k = 0; k < words.size(); ++k) {
    out.append(k == 0 ? "" : k + 1 < words.size() ? ", " : " or ").append(words[k]);
  }
  return out;
}

}  // namespace gradus::command
