// Replay: a recorded tape run over many points at once.
#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "../base/export.h"
#include "scalar.h"

namespace gradus {

/// The records between some inputs and an output, compiled into steps over blocks of points: each step is a vector loop.
/// The tape may be cleared or end afterwards.
///
/// What the program decided when it was recorded (branches, the length of loops) it decides so for every point, and a
/// Scalar that does not depend on the inputs keeps the value it had.
class GRADUS_API Replay {
 public:
  /// Throws GraphError for Scalars that are not on the tape, and where the output depends on a value or function that
  /// was recorded from outside: those cannot be computed again.
  Replay(const Tape& tape, std::span<const Scalar> inputs, const Scalar& output);
  ~Replay();
  Replay(Replay&&) noexcept;
  Replay& operator=(Replay&&) noexcept;

  /// The output at each point.  Input k of point i is inputs[k·points + i].  Throws ShapeError when a span has another
  /// length than inputs × points, or points.
  void values(std::int64_t points, std::span<const double> inputs, std::span<double> values);
  /// The output at each point, and its gradient in the layout of the inputs.
  void gradients(std::int64_t points, std::span<const double> inputs, std::span<double> values,
                 std::span<double> gradients);

  /// How many steps there are.
  [[nodiscard]] std::size_t size() const noexcept;

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace gradus
