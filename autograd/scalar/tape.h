// Tape: what a computation with Scalars was, one step after the other, and its gradient.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "autograd/base/export.h"
#include "autograd/math/ops.h"

namespace gradus {

class Scalar;

/// Records every op on Scalars of this thread from its construction to its end.  Tapes nest: the innermost records.
/// A tape belongs to one thread and needs no locks.
class GRADUS_API Tape {
 public:
  Tape();
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// A Scalar to differentiate by.
  [[nodiscard]] Scalar variable(double value);
  /// ∂y/∂x for each x, by one reverse sweep.  Throws GraphError for a Scalar of another tape, or one recorded before
  /// clear().  A constant has gradient 0.
  [[nodiscard]] std::vector<double> gradient(const Scalar& y, std::span<const Scalar> x) const;
  /// Forgets every step; Scalars recorded so far become stale.
  void clear();
  /// How many values are on the tape.
  [[nodiscard]] std::size_t size() const noexcept { return steps_.size() - 1; }

  /// The innermost tape of this thread.  Throws GraphError when there is none.
  static Tape& current();
  /// Appends a step: a listed op applied to values on this tape.  `attribute` is an op's parameter, if it has one.
  std::uint32_t record(std::uint8_t op, std::uint32_t a, std::uint32_t b, double value, const Power* attribute);
  /// Appends a value that no step computes.
  std::uint32_t record_leaf(double value) { return record(leaf, 0, 0, value, nullptr); }
  /// Changes when Scalars become stale.
  [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }

 private:
  static constexpr std::uint8_t leaf = 0xff;
  struct Step {
    std::uint32_t a;
    std::uint32_t b;  // the second argument; for an op with a parameter, its place in attributes_
    std::uint8_t op;
  };
  void check(const Scalar& x) const;
  void pull(const Step& step, double value, double adjoint, std::vector<double>& adjoints) const;

  std::vector<Step> steps_;     // index 0 stands for every constant
  std::vector<double> values_;  // of the steps
  std::vector<Power> attributes_;
  std::uint32_t generation_;
  Tape* outer_;
};

}  // namespace gradus
