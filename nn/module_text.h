// A module as text: its kind and note, then a line for each parameter.  In fmt: nn/module_formatting.h.
#pragma once
#include <iosfwd>
#include <string>

#include "../autograd/base/export.h"
#include "module.h"

namespace gradus::nn {

/// "Linear: 2 → 16, 48 parameters", then "  weight  [16, 2]  32" and so on.
[[nodiscard]] GRADUS_API std::string printed(const Module& module);

GRADUS_API std::ostream& operator<<(std::ostream& out, const Module& module);

}  // namespace gradus::nn
