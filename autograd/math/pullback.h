// The reverse rule of an elementwise op is itself an elementwise op: one fused pass over memory.
#pragma once
#include <bit>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

#include "autograd/math/reads.h"

namespace gradus {

/// cotangent · ∂Op/∂x_I, taking the cotangent and only those of (x..., y) that the derivative reads.
/// Differentiable again, because it expands into ordinary ops when a gradient of a gradient is recorded.
template <class Op, int I>
struct Pullback {
  static constexpr unsigned mask = reads<Op, I>;
  static constexpr int arity = 1 + std::popcount(mask);
  static constexpr OpKind kind = OpKind::function;
  static constexpr bool exact = Op::exact;
  static constexpr std::string_view name = Op::name;
  [[no_unique_address]] Op op{};

  [[nodiscard]] constexpr auto value(const auto& g, const auto&... kept) const {
    return chain_product(g, local(kept...));
  }
  [[nodiscard]] constexpr auto d(wrt<0>, const auto&, const auto&... kept_and_result) const {
    const auto all = std::tie(kept_and_result...);
    return [&]<std::size_t... K>(std::index_sequence<K...>) { return local(std::get<K>(all)...); }
    (std::make_index_sequence<static_cast<std::size_t>(arity) - 1>{});
  }

 private:
  constexpr auto local(const auto&... kept) const {
    const auto all = std::tie(kept...);
    return [&]<std::size_t... K>(std::index_sequence<K...>) { return partial<I>(op, pick<K>(all)...); }
    (std::make_index_sequence<static_cast<std::size_t>(Op::arity) + 1>{});
  }
  template <std::size_t K>
  static constexpr decltype(auto) pick(const auto& kept) {
    if constexpr (((mask >> K) & 1U) != 0) {
      return std::get<std::popcount(mask & ((1U << K) - 1U))>(kept);
    } else {
      return Unread{};
    }
  }
};

template <class Op>
inline constexpr bool is_pullback = false;
template <class Op, int I>
inline constexpr bool is_pullback<Pullback<Op, I>> = true;

}  // namespace gradus
