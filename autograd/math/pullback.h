// The reverse rule of an elementwise op is itself an elementwise op: one fused pass over memory.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "reads.h"

namespace gradus {

namespace detail {

/// The name with a prime: it is the rule's, which is not the op itself.
template <class Op>
inline constexpr auto primed = [] {
  constexpr std::string_view prime = "′";
  std::array<char, Op::name.size() + prime.size()> out{};
  std::copy(prime.begin(), prime.end(), std::copy(Op::name.begin(), Op::name.end(), out.begin()));
  return out;
}();

}  // namespace detail

/// cotangent · ∂Op/∂x_I, taking the cotangent and only those of (x..., y) that the derivative reads.
/// Differentiable again, because it expands into ordinary ops when a gradient of a gradient is recorded.
template <class Op, int I>
struct Pullback {
  static constexpr unsigned mask = reads<Op, I>;
  static constexpr int arity = 1 + std::popcount(mask);
  static constexpr OpKind kind = OpKind::function;
  static constexpr bool exact = Op::exact;
  static constexpr std::string_view name = Op::name;
  static constexpr std::string_view called{detail::primed<Op>.data(), detail::primed<Op>.size()};
  [[no_unique_address]] Op op{};

  [[nodiscard]] constexpr auto value(const auto& g, const auto&... kept) const {
    return chain_product(g, local(kept...));
  }
  [[nodiscard]] constexpr auto d(wrt<0>, const auto&, const auto&... kept_and_result) const {
    const auto all = std::tie(kept_and_result...);
    return [&]<std::size_t... K>(std::index_sequence<K...>) { return local(std::get<K>(all)...); }
    (std::make_index_sequence<static_cast<std::size_t>(arity) - 1>{});
  }
  /// How the value moves when argument K moves along t.  t goes through the derivative itself, so that what is not
  /// selected there passes nothing on, and of a cotangent that is 0 nothing comes either (K7).
  template <int K, class N>
  [[nodiscard]] constexpr N along(const N& t, const N& g, const auto&... kept) const {
    if constexpr (K == 0) {
      return as<N>(chain_product(t, local(kept...)));
    } else {
      const auto all = std::tie(kept...);
      const auto change = [&]<std::size_t... J>(std::index_sequence<J...>) {
        return tangent<N>(local(moving<J == static_cast<std::size_t>(K) - 1>(std::get<J>(all), t)...));
      }
      (std::index_sequence_for<decltype(kept)...>{});
      if constexpr (std::is_same_v<decltype(change), const double>) {
        return as<N>(bind(GateProduct{}, t, change));  // the derivative does not depend on it
      } else {
        return as<N>(bind(GateProduct{}, change, g));
      }
    }
  }

 private:
  template <bool moves, class N>
  static constexpr auto moving(const N& x, const N& t) {
    if constexpr (moves) {
      return Dual<N>(x, t);
    } else {
      return x;
    }
  }
  template <class N, class D>
  static constexpr auto tangent(const D& derivative) {
    if constexpr (is_gate<D>) {
      return tangent<N>(derivative.weight);
    } else if constexpr (std::is_same_v<D, Dual<N>>) {
      return derivative.dot;
    } else {
      return 0.0;
    }
  }
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
