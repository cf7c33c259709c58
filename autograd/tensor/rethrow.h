// Says in which op an exception came up while a walk was under way.
#pragma once
#include <string>
#include <string_view>

#include "record.h"

namespace gradus::detail {

/// "tanh", or with its name in quotes: "tanh 'hidden'"; a leaf is "leaf".
std::string described(const Record& record);

/// Throws the exception that is being handled again: the same kind, with " (in `where`)" behind its message.  That is
/// so for the kinds of error.h and of <stdexcept>; a kind that cannot be made anew is passed on as it is.
[[noreturn]] void rethrow_in(std::string_view where);

}  // namespace gradus::detail
