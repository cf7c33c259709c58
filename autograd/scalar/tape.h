// Tape: what a computation with Scalars was, one step after the other, and its gradient.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
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
  /// The most arguments of an op.
  static constexpr std::size_t max_arity = 3;
  using Places = std::array<std::uint32_t, max_arity>;
  /// Appends a step: a listed op applied to values on this tape.
  template <class Op>
  std::uint32_t record(const Op& op, const Places& arguments, double value) {
    static_assert(Elementwise::size < leaf);
    std::uint32_t attributes = 0;
    if constexpr (!std::is_empty_v<Op>) {
      static_assert(std::is_trivially_copyable_v<Op> && sizeof(Op) <= sizeof(Attributes));
      attributes = static_cast<std::uint32_t>(attributes_.size());
      std::memcpy(&attributes_.emplace_back(), &op, sizeof(Op));
    }
    return append({arguments, attributes, static_cast<std::uint8_t>(index_of<Op>)}, value);
  }
  /// Appends a value that no step computes.
  std::uint32_t record_leaf(double value) { return append({{}, 0, leaf}, value); }
  /// Changes when Scalars become stale.
  [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }

 private:
  static constexpr std::uint8_t leaf = 0xff;
  struct Step {
    Places arguments;
    std::uint32_t attributes;  // the place of the op's parameters, if it has any
    std::uint8_t op;
  };
  /// The parameters of an op: its bytes.
  struct Attributes {
    alignas(8) std::array<std::byte, 16> bytes;
  };
  std::uint32_t append(const Step& step, double value);
  void check(const Scalar& x) const;
  template <class Op>
  static void pull(const Tape& tape, const Step& step, double value, double adjoint, std::vector<double>& adjoints);

  std::vector<Step> steps_;     // index 0 stands for every constant
  std::vector<double> values_;  // of the steps
  std::vector<Attributes> attributes_;
  std::uint32_t generation_;
  Tape* outer_;
};

}  // namespace gradus
