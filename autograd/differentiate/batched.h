// Many arrays at once: an op on arrays that have one more axis in front, as its rule says or one after the other.
#pragma once
#include <cstdint>
#include <span>

#include "../tensor/record.h"
#include "../tensor/tensor.h"

namespace gradus::detail {

/// The tangents of a record's result in `count` directions at once: those of the arguments, and what is returned, have
/// one more axis in front.  An empty tangent moves nothing.
[[nodiscard]] Array push_many(const Record& record, std::span<const Array> tangents, std::int64_t count);

/// The op of a record on `count` arguments at once, recorded: those whose entry in `many` is not 0 have one more axis
/// in front, as the result does; the others are the same for all.  Throws GraphError for an op that is a function of the
/// user's.
[[nodiscard]] Tensor apply_many(const Record& record, std::span<const Tensor> x, std::span<const std::uint8_t> many,
                                std::int64_t count);

/// x with one more axis in front along which it is the same: a view.
[[nodiscard]] Array repeated(const Array& x, std::int64_t count);

}  // namespace gradus::detail
