// Anomaly mode: finds the op that first produced a NaN, and where in the user's code it was recorded.
#pragma once
#include <span>
#include <string_view>

#include "../base/export.h"
#include "../base/place.h"
#include "record.h"

namespace gradus {

/// While one lives, this thread looks at every number it computes on tensors, and throws GraphError, naming the op and
/// its place in the user's code, where
///   - the result of an op has a NaN (an infinity is a value like any other there), or
///   - a backward pass hands an argument a gradient with a NaN or an infinity.
/// The place is that of the innermost Here, else of this guard.  Ops recorded before have no place.
/// Everything is several times slower meanwhile.
class GRADUS_API DetectAnomaly {
 public:
  explicit DetectAnomaly(Place place = Place::current());
  ~DetectAnomaly();
  DetectAnomaly(const DetectAnomaly&) = delete;
  DetectAnomaly& operator=(const DetectAnomaly&) = delete;

 private:
  Place place_before_;
  bool before_;
};

/// Marks a place for anomaly mode: until the end of the block, what is recorded is recorded here.
///   const Here here;
class GRADUS_API Here {
 public:
  explicit Here(Place place = Place::current());
  ~Here();
  Here(const Here&) = delete;
  Here& operator=(const Here&) = delete;

 private:
  Place before_;
};

namespace detail {

/// Whether this thread is in anomaly mode.
[[nodiscard]] GRADUS_API bool watching() noexcept;
/// Throws GraphError when the result of an op has a NaN.
GRADUS_API void check_result(std::string_view op, std::span<const Operand> arguments, const Array& result);
/// Throws GraphError when the gradient that a record hands to its argument k is not finite.
void check_cotangent(const Record& record, std::uint32_t k, const Array& cotangent);

}  // namespace detail

}  // namespace gradus
