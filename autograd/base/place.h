// A place in the user's code.
#pragma once

namespace gradus {

/// What std::source_location is, which clang 14 does not have.  As a default argument, Place::current() is the place of
/// the call.
struct Place {
  const char* file = "";
  int line = 0;  // 0: not known
  const char* function = "";

  static constexpr Place current(const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                                 const char* function = __builtin_FUNCTION()) noexcept {
    return {file, line, function};
  }
};

}  // namespace gradus
