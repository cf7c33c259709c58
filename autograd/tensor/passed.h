// The op behind detail::passed (trace.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "rule.h"

namespace gradus {

/// x itself.  Not the elementwise identity, which makes a row-major copy.
struct Passed : Unary {
  static constexpr std::string_view name = "passed";
  static constexpr OpWords words{"Hand {0} on", "the handing on", "The gradient passes unchanged."};
  static constexpr OpKind kind = OpKind::layout;
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  [[nodiscard]] Shape result_shape(std::span<const Shape> x) const { return x[0]; }
  [[nodiscard]] Array value(const Array& x) const { return x; }
  [[nodiscard]] Passed batched(std::int64_t) const { return {}; }
  [[nodiscard]] Formula formula(const Formula& x) const { return x; }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return g;
  }
};

}  // namespace gradus
