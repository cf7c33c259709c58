// A module as text: its kind and note, then a line for each parameter.  In fmt: nn/module_formatting.h.
#pragma once
#include <iosfwd>
#include <string>

#include "../autograd/base/export.h"
#include "module.h"

namespace gradus::nn {

/// "Linear: 2 → 16, 48 parameters", then "  weight  [16, 2]  32" and so on.
[[nodiscard]] GRADUS_API std::string printed(const Module& module);

/// A table of the modules of a model as x goes through it: name, kind, shape of the output, number of parameters with those
/// of the parts.  A module that x does not come to has no shape.  The model runs as after eval(), and stays as it is.
/// Throws what calling it throws.
[[nodiscard]] GRADUS_API std::string summary(const Module& module, const Tensor& x);

GRADUS_API std::ostream& operator<<(std::ostream& out, const Module& module);

}  // namespace gradus::nn
