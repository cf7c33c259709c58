// Who is right: both engines against the evaluation in quad precision.
//
// The unit of an error is what rounding does to the program at hand: how far evaluations stray in which every computed
// number, forward and backward, got a random relative error of up to one ulp, and one ulp of the right number.
// An engine is wrong when it is off by more than `allowed` units.  An op may be off by several ulps where the noise is
// one, so correct engines reach a few units; a wrong formula, branch or index is off by many orders of magnitude,
// and a cancellation that loses digits by as many units as ulps are lost.  A few evaluations can all happen to come out
// alike, so an engine is called wrong only by the measure of many.
//
// Gradus and the evaluation share the formulas of the elementwise ops.  libtorch does not: where it means another number
// altogether, and has not just lost digits of a small one, one of the two formulas is wrong, and it may be ours.
#pragma once
#include <string>
#include <vector>

#include "tests/differential/evaluation.h"
#include "tests/differential/generator.h"

namespace gradus::differential {

inline constexpr double allowed = 16.0;
inline constexpr int few_evaluations = 2;
inline constexpr int many_evaluations = 48;

class Yardstick {
 public:
  /// `exact` belongs to the program.
  Yardstick(const Program& program, const Exact& exact, int evaluations);

  /// The worst error of an outcome in units: over the result and every element of the gradient.
  [[nodiscard]] double worst(const Outcome& outcome) const;
  /// Whether an outcome is off by a visible part of the largest number there is.
  [[nodiscard]] bool disputed(const Outcome& outcome) const;
  /// The size of the unit of the result, relative to it.
  [[nodiscard]] double looseness() const;
  /// The worst element in words.
  [[nodiscard]] std::string describe(const Outcome& outcome) const;

 private:
  struct Expected {
    std::size_t leaf;  // which one; for the result how many there are
    std::size_t element;
    Quad exact;
    Quad unit;
  };
  [[nodiscard]] double error(const Expected& e, const Outcome& outcome) const;

  std::vector<Expected> expected_;
  bool single_;
};

/// The worst errors of the engines in units; infinite for one that threw.
struct Verdict {
  double gradus = 0.0;
  double torch = 0.0;
  double looseness = 0.0;
  bool disputed = false;  // torch means something else
  std::string what_gradus_did;
  std::string what_torch_did;

  [[nodiscard]] bool gradus_is_wrong() const { return !(gradus <= allowed); }
  [[nodiscard]] bool torch_is_wrong() const { return !(torch <= allowed); }
  [[nodiscard]] bool is_disputed() const { return disputed; }
};

Verdict judge(const Sample& sample);

}  // namespace gradus::differential
