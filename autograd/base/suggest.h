// What a mistyped name was probably meant to be.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "export.h"

namespace gradus {

/// The known name that is closest to `name`: at most two letters away (one for names of three
/// letters, none for shorter ones), letter case ignored.
GRADUS_API std::optional<std::string_view> nearest_name(std::string_view name,
                                                        const std::vector<std::string_view>& known);

/// "; did you mean 'sqrt'?" for the nearest known name, or nothing: made to stand at the end of a message.
GRADUS_API std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace gradus
