// Shows people where an expression went wrong.
#pragma once
#include <string>
#include <string_view>

#include "autograd/base/error.h"

namespace gradus::command {

/// The line of `source` with the error, and below it a caret under the place, each indented by two columns:
///
///     2*(x+
///          ^
///
/// At most 80 columns wide: of a longer line, the part around the caret.  Tabs are copied, wide and combining
/// characters counted as terminals do, and nothing that a terminal would obey is passed on to it.
[[nodiscard]] std::string caret(std::string_view source, const ParseError& error);

}  // namespace gradus::command
