// Messages to stderr.  One that cannot be written is lost: it must not end the work it speaks of.
#pragma once
#include <cstdio>
#include <string_view>

namespace gradus::command {

inline void write_message(std::string_view text) noexcept {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

}  // namespace gradus::command
