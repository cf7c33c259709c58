// Ops on whole arrays as people write their calls: sum(x, axis=0), slice(x, [1:, ::2]), conv2d(x, w, stride=2).
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "../base/shape.h"
#include "../math/formula.h"
#include "../tensor/rule.h"

namespace gradus::detail {

/// What people call the op.
[[nodiscard]] std::string_view written_name(const Rule& rule);

/// What a call of the op says behind its arguments, the first of this shape: axes unless they are all, labels and places
/// unless they are many, the geometry of windows where it is not the plain one.
[[nodiscard]] std::vector<Formula> written_options(const Rule& rule, const Shape& first);

/// The call of the op.
[[nodiscard]] Formula written_call(const Rule& rule, std::span<const Formula> x, const Shape& first);

}  // namespace gradus::detail
