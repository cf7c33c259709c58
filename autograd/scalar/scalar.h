// Scalar: one number recorded on a Tape, for numerical code in plain C++ loops.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "autograd/base/export.h"
#include "autograd/math/ops.h"
#include "autograd/scalar/tape.h"

namespace gradus {

/// A double and its place on the thread's innermost tape.  16 bytes, trivially copyable.  One made from a plain number
/// is a constant and records nothing.
class Scalar {
 public:
  using interpreted = void;
  Scalar(double value = 0.0) noexcept : value_(value) {}  // NOLINT: numbers are constants
  [[nodiscard]] double value() const noexcept { return value_; }
  [[nodiscard]] bool is_constant() const noexcept { return index_ == 0; }

  template <class Op, class... X>
  static Scalar interpret(const Op& op, const X&... x);

 private:
  friend class Tape;
  Scalar(double value, std::uint32_t index, std::uint32_t generation) noexcept
      : value_(value), index_(index), generation_(generation) {}

  double value_;
  std::uint32_t index_ = 0;  // 0: a constant
  std::uint32_t generation_ = 0;
};
static_assert(std::is_trivially_copyable_v<Scalar> && sizeof(Scalar) == 16);

namespace detail {

/// Throws GraphError: the Scalar was recorded on another tape, or before a clear().
[[noreturn]] GRADUS_API void throw_stale();

}  // namespace detail

template <class Op, class... X>
Scalar Scalar::interpret(const Op& op, const X&... x) {
  static_assert(is_listed<Op> && sizeof...(X) <= Tape::max_arity, "a Scalar takes the ops of the list");
  const double value = bind(op, x.value_...);
  if ((x.is_constant() && ...)) return value;
  Tape& tape = Tape::current();
  const auto place = [&](const Scalar& s) {
    if (s.is_constant()) return tape.record_leaf(s.value_);
    if (s.generation_ != tape.generation()) detail::throw_stale();
    return s.index_;
  };
  const std::array<std::uint32_t, Tape::max_arity> places{place(x)...};
  const std::uint32_t index = tape.record(op, places, value);
  return {value, index, tape.generation()};
}

}  // namespace gradus
