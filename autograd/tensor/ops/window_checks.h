// What convolutions and pooling do to their operands and options before they start.  Inside the library only.
#pragma once
#include <cstdint>
#include <string_view>

#include "../../array/window.h"
#include "../tensor.h"
#include "window_options.h"

namespace gradus::detail {

/// The option for one side: 0 is the height.
[[nodiscard]] inline std::int64_t side_of(const Pair& pair, int side) { return side == 0 ? pair.height : pair.width; }

/// The option itself.  Throws ValueError, naming op and option, when it is below `least` or beyond any use, so that
/// sums and products of two options and sizes cannot overflow.
std::int64_t check_option(std::string_view op, std::string_view option, std::int64_t value, std::int64_t least);

/// Padding in front of a side and behind it.
struct Ends {
  std::int64_t front;
  std::int64_t behind;
};
/// The same on both ends of a side; where there is one axis, the pair is its two ends.  Throws as check_option does.
Ends ends_of(std::string_view op, const Pair& padding, int axes, int side);

/// Throws ValueError, naming op and option, for two different numbers where there is one axis.
void require_one_number(std::string_view op, std::string_view option, const Pair& pair, int axes);

/// Throws ShapeError unless the last two axes of x are those of the window: of its input or of its kernel.
void require_window(std::string_view op, const WindowAxes& window, const Shape& x, std::int64_t WindowAxis::*size);
/// Throws ShapeError for a window that leaves its input: padding behind, which follows from the output, is no wider than
/// the window.
void require_overlap(std::string_view op, const WindowAxes& window);

/// [a, b, length] as [a, b, 1, length] when there is one axis; itself when there are two.
[[nodiscard]] Tensor with_height(const Tensor& x, int axes);

/// Images as [n, c, height, width], whether they came with n and with a height or not.
class Images {
 public:
  /// `axes` is 1 or 2.
  Images(const Tensor& x, int axes);
  /// Whether there were as many axes as images have.
  explicit operator bool() const noexcept { return x_.defined(); }
  [[nodiscard]] const Tensor& tensor() const noexcept { return x_; }
  /// A result [n, c, height, width] with the axes that the images came with.
  [[nodiscard]] Tensor like_given(const Tensor& y) const;

 private:
  int axes_;
  bool single_ = false;
  Tensor x_;
};

}  // namespace gradus::detail
