// Which places of an array a slice takes, as Python writes them: x[1:6:2, ::-1, 3].
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "array.h"

namespace gradus {

/// Places along one axis.  Start, stop and step mean what they do in Python: negative ones count from the end, what
/// reaches beyond the axis is cut.
struct Slice {
  std::optional<std::int64_t> start;  // none: from the end that the step leaves
  std::optional<std::int64_t> stop;   // the first place not taken; none: as far as the axis goes
  std::int64_t step = 1;
  bool single = false;  // the place `start` alone: the axis goes

  /// The whole axis: `:`
  Slice() = default;
  /// `start:stop:step`; std::nullopt, or {}, for what is left out.
  Slice(std::optional<std::int64_t> first, std::optional<std::int64_t> end, std::int64_t by = 1)
      : start(first), stop(end), step(by) {}
  /// One place, counted from the end when negative: the axis goes.
  Slice(std::int64_t index) : start(index), single(true) {}  // NOLINT: slice(x, {0, 2}) reads as x[0, 2]
};

/// Places of an array of a known shape: along each axis where they start, how many there are and how far apart.
class GRADUS_API Window {
 public:
  Window() = default;
  /// One slice for each axis; the axes behind the last slice are taken whole.  Throws ShapeError for more slices than
  /// axes and for a single place out of range, ValueError for a step of 0.
  Window(const Shape& whole, std::span<const Slice> slices);
  /// `count` places along one axis, from `first` on, and all of the other axes.  Nothing is checked.
  static Window along(const Shape& whole, int axis, std::int64_t first, std::int64_t count);
  /// The block of shape `part` that starts at `first`.  Nothing is checked.
  static Window block(const Shape& whole, std::span<const std::int64_t> first, const Shape& part);

  /// The shape of the array looked at, and of what is seen of it.
  [[nodiscard]] const Shape& whole() const noexcept { return whole_; }
  [[nodiscard]] Shape shape() const { return reduced(counts_, dropped_, false); }
  /// The slices that make the same window of an array of the shape `whole`.
  [[nodiscard]] std::vector<Slice> slices() const;
  /// Whether every element is seen, in this order or reversed.
  [[nodiscard]] bool is_everything() const noexcept { return dropped_ == 0 && counts_ == whole_; }

  /// Whether every element is seen, in this order.
  [[nodiscard]] bool changes_nothing() const noexcept;

  /// What is seen of an array of the shape `whole`: a view.
  [[nodiscard]] Array look(const Array& x) const;
  /// Writes x, of what is seen's shape, over what is seen of `out`, which has one owner and x's dtype.
  void write(const Array& x, Array& out) const;

 private:
  explicit Window(const Shape& whole);

  Shape whole_;
  Shape counts_;  // with the axes that go
  std::array<std::int64_t, max_rank> first_{};
  std::array<std::int64_t, max_rank> step_{};
  std::uint32_t dropped_ = 0;
};

/// What a window shows, as NumPy writes it: "[1:, ::2]".  Whole axes at the end are left out.
[[nodiscard]] GRADUS_API std::string in_slices(const Window& window);

}  // namespace gradus
