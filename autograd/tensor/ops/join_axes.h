// Diagonals: two axes walked together.
#pragma once
#include <cstdint>
#include <string_view>

#include "../rule.h"
#include "../tensor.h"

namespace gradus {

/// The elements at which two axes of one size have the same index, as a view: axis `second` is gone, axis `first` runs
/// along the diagonal.  Adjoint: SplitAxes.
struct JoinAxes : Unary {
  static constexpr std::string_view name = "diagonal", key = "diagonal_of_axes";
  static constexpr OpWords words{"Take the diagonal of {0}", "the diagonal",
                                 "What was taken receives its gradient, the rest 0."};
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  int first = 0;   // first < second
  int second = 1;  // both of one size
  static constexpr auto fields = field_list(field("first", &JoinAxes::first, InCalls::not_at_all),
                                            field("second", &JoinAxes::second, InCalls::not_at_all));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V& y) const;
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

/// The numbers of axis `first` along the diagonal of itself and a new axis `second`, zeros elsewhere.  Adjoint:
/// JoinAxes.
struct SplitAxes : Unary {
  static constexpr std::string_view name = "diagonal_embed", called = "diag";
  static constexpr OpWords words{"Put {0} on a diagonal", "the diagonal",
                                 "Each number receives what arrives at its place on the diagonal."};
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  int first = 0;  // first < second
  int second = 1;
  static constexpr auto fields = field_list(field("first", &SplitAxes::first, InCalls::not_at_all),
                                            field("second", &SplitAxes::second, InCalls::not_at_all));
  [[nodiscard]] GRADUS_API Shape result_shape(std::span<const Shape> x) const;
  [[nodiscard]] GRADUS_API Array value(const Array& x) const;
  [[nodiscard]] Formula formula(const Formula& x) const {
    return Formula::call(called, std::span<const Formula>(&x, 1));
  }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return apply(JoinAxes{{}, first, second}, g);
  }
  [[nodiscard]] GRADUS_API TaughtRule taught(std::size_t k, const TaughtStep& step) const;
};

template <class V>
V JoinAxes::vjp(wrt<0>, const V& g, const V&, const V&) const {
  return apply(SplitAxes{{}, first, second}, g);
}

}  // namespace gradus
