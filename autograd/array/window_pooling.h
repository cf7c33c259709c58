// The largest number and the mean in a sliding window, over the last two axes.
#pragma once
#include "array.h"
#include "window.h"

namespace gradus {

// The last two axes must have the sizes that the window says: nothing is checked.  Padding never wins and adds nothing.

/// The largest number in each window; NaN if there is one, −∞ where a window sees only padding.
[[nodiscard]] GRADUS_API Array max_pool(const Array& x, const WindowAxes& window);
/// The mean of u over the places where x is largest in each window: u has x's shape.  A window with a NaN passes NaN on,
/// but zeros as zeros.
[[nodiscard]] GRADUS_API Array max_pool_take(const Array& x, const Array& u, const WindowAxes& window);
/// The adjoint by u: each g in equal shares to the places where x is largest in its window.
[[nodiscard]] GRADUS_API Array max_pool_spread(const Array& x, const Array& g, const WindowAxes& window);

/// The mean of each window.  Padding counts as zeros up to `before` behind the input, or not at all.
struct AverageWindow {
  WindowAxes window;
  bool count_padding = true;
};
[[nodiscard]] GRADUS_API Array avg_pool(const Array& x, const AverageWindow& average);
/// The adjoint: each g in equal shares to the numbers of its window.
[[nodiscard]] GRADUS_API Array avg_pool_spread(const Array& g, const AverageWindow& average);

}  // namespace gradus
