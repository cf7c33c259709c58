// A window that slides over the last two axes of an array: what convolutions and pooling share.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace gradus {

/// One axis of a sliding window.  At output position j its tap k lies at input position j·stride + k·dilation − before;
/// what lies outside of the input is padding.  The output has as many positions as `output` says.
struct WindowAxis {
  std::int64_t input = 1;
  std::int64_t kernel = 1;
  std::int64_t output = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t before = 0;  // padding in front; the rest follows from the output

  /// Output positions.
  struct Range {
    std::int64_t begin;
    std::int64_t end;
  };
  /// The input position of a tap at output position 0.
  [[nodiscard]] std::int64_t start(std::int64_t tap) const noexcept { return tap * dilation - before; }
  /// The part of `among` where a tap lies inside of the input.
  [[nodiscard]] Range inside(std::int64_t tap, Range among) const noexcept {
    const std::int64_t offset = start(tap);
    const std::int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
    const std::int64_t last = offset >= input ? 0 : (input - 1 - offset) / stride + 1;
    const std::int64_t begin = std::clamp(first, among.begin, among.end);
    return {begin, std::clamp(last, begin, among.end)};
  }
  /// How far the last window reaches beyond the input; negative where it ends before.
  [[nodiscard]] std::int64_t behind() const noexcept {
    return (output - 1) * stride + (kernel - 1) * dilation + 1 - before - input;
  }
  [[nodiscard]] Range all() const noexcept { return {0, output}; }

  friend bool operator==(const WindowAxis&, const WindowAxis&) = default;
};

/// Height and width.  A window over one axis has height 1.
using WindowAxes = std::array<WindowAxis, 2>;

}  // namespace gradus
