// Messages to stderr.  One that cannot be written is lost: it must not end the work it speaks of.
#pragma once
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "autograd/base/text.h"

namespace gradus::command {

/// A message of some lines, with everything written out that a terminal would obey or hide: it may quote a user's text.
[[nodiscard]] inline std::string for_terminal(std::string_view message) {
  std::string out;
  while (true) {
    const std::size_t end = message.find('\n');
    out += printable(message.substr(0, end), std::string_view::npos);
    if (end == std::string_view::npos) return out;
    out += '\n';
    message.remove_prefix(end + 1);
  }
}

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
