// Which of its arguments does a derivative look at?  Known at compile time, so that a recording keeps no more than
// that.
#pragma once
#include <concepts>
#include <cstddef>
#include <utility>

#include "dual.h"

namespace gradus {

/// A number that only remembers which arguments went into it: bit k for argument k, bit `arity` for the result.
struct Reads {
  using interpreted = void;
  using compared_by_ops = void;
  unsigned bits = 0;

  constexpr explicit Reads(double) {}
  static constexpr Reads argument(std::size_t k) {
    Reads r(0.0);
    r.bits = 1U << k;
    return r;
  }
  template <class Op, class... X>
  static constexpr Reads interpret(const Op&, const X&... x) {
    Reads r(0.0);
    r.bits = (x.bits | ...);
    return r;
  }
};

namespace detail {

// Not a lambda: clang looks into the branches of one, and an op need not be made from nothing.
template <class Op, int I, std::size_t... K>
constexpr unsigned find_reads(std::index_sequence<K...>) {
  if constexpr (!states_partial<Op, I, decltype(Reads::argument(K))...>) {
    return (1U << Op::arity) - 1U;
  } else if constexpr (std::same_as<decltype(partial<I>(Op{}, Reads::argument(K)...)), Reads>) {
    return partial<I>(Op{}, Reads::argument(K)...).bits;
  } else if constexpr (std::same_as<decltype(partial<I>(Op{}, Reads::argument(K)...)), Gate<Reads>>) {
    return partial<I>(Op{}, Reads::argument(K)...).weight.bits;
  } else {
    return 0U;
  }
}

}  // namespace detail

/// What ∂Op/∂x_I reads.  A derivative that the op does not state is derived from its value, which reads every argument.
template <class Op, int I>
inline constexpr unsigned reads =
    detail::find_reads<Op, I>(std::make_index_sequence<static_cast<std::size_t>(Op::arity) + 1>{});

}  // namespace gradus
