#include "autograd/math/attributes.h"

#include <fmt/format.h>

#include "autograd/base/error.h"

namespace gradus::detail {

void refuse_attributes(std::string_view op, std::string_view why) { throw ValueError(fmt::format("[{}] {}", op, why)); }

}  // namespace gradus::detail
