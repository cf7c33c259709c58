// Text that came from outside: is it text at all, and how to show it in a message.
#pragma once
#include <string>
#include <string_view>

#include "autograd/base/export.h"

namespace gradus {

/// Whether this is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
GRADUS_API bool is_utf8(std::string_view text);

/// 'text' for a message: cut after about 40 bytes, and without anything a terminal could take for a command;
/// control characters and bytes that are not UTF-8 are written as \xNN.
GRADUS_API std::string in_quotes(std::string_view text);

}  // namespace gradus
