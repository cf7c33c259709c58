// The same numbers under other axes.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>

#include "structural.h"

namespace gradus {

/// The same numbers under another shape, in which one size may be −1: what is left for it.  Throws ShapeError when the
/// sizes do not fit, or leave nothing for −1 to be found by.
GRADUS_API Tensor reshape(const Tensor& x, std::span<const std::int64_t> sizes);
GRADUS_API Tensor reshape(const Tensor& x, std::initializer_list<std::int64_t> sizes);

/// The axes from `first` to `last`, both included, as one; a number becomes a vector of one element.  Throws ShapeError
/// for a bad axis and when `first` comes behind `last`.
GRADUS_API Tensor flatten(const Tensor& x, Axis first = 0, Axis last = -1);

/// Without the given axes where they have size 1, by default all such.  As in PyTorch, an axis of another size stays.
/// Throws ShapeError for a bad axis.
GRADUS_API Tensor squeeze(const Tensor& x, const Axes& axes = {});

/// A new axis of size 1, which becomes `axis` of the result.  Throws ShapeError unless it is in [−rank−1, rank].
GRADUS_API Tensor unsqueeze(const Tensor& x, Axis axis);

/// Two axes swapped: a view.  Throws ShapeError for a bad axis.
GRADUS_API Tensor transpose(const Tensor& x, Axis a, Axis b);

}  // namespace gradus
