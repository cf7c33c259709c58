// Where a derivative does not exist and a convention decides what stands for it.
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "../base/export.h"
#include "../tensor/tensor.h"

namespace gradus {

/// Why, and what is taken, for each op below y that has no derivative where it was computed: "|x| has no derivative at 0:
/// 0 is taken".  With `order` 2 also those that have a first derivative there and no second one.  Each sentence once, the
/// oldest op's first.  The square of |x|, of a 2-norm, a hypot or a deviation has derivatives everywhere: what serves such
/// squares alone is not named.  Nothing is told of numbers that the recording did not keep.
[[nodiscard]] GRADUS_API std::vector<std::string_view> conventions(std::span<const Tensor> y, int order = 1);
[[nodiscard]] GRADUS_API std::vector<std::string_view> conventions(const Tensor& y, int order = 1);

}  // namespace gradus
