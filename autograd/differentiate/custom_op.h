// Ops of the user's own.  Three ways, from the shortest to the freest:
//
//   1. A formula.  constexpr auto softclip = custom_op<"softclip">([](auto x) { return x / (1.0 + abs(x)); });
//      An elementwise function of numbers, applied to tensors, Duals, Scalars' numbers and all else that ops take.  Its
//      derivative comes from running it on Dual numbers, to any order.  The formula uses arithmetic and gradus' functions
//      (using gradus::exp, …), and no if: that is where(x < 1.0, a, b), or maximum, minimum, clamp.
//   2. A struct, elementwise (autograd/README.md, "Adding an op") or structural (tensor/structural.h): bind(Op{}, x) and
//      apply(Op{}, x) take it as they take the library's own.
//   3. A pair of functions on tensors, forward and backward: custom_op("name", value, pullback, {x…}).
#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../base/export.h"
#include "../tensor/boxed_rule.h"
#include "transforms.h"

namespace gradus {

/// A text that may be a template argument.
template <std::size_t N>
struct FixedText {
  std::array<char, N> text{};
  consteval FixedText(const char (&literal)[N]) { std::copy_n(literal, N, text.begin()); }  // NOLINT: custom_op<"f">
  [[nodiscard]] constexpr std::string_view view() const { return {text.data(), N - 1}; }
};

namespace detail {

// A formula is tried on two numbers before anything else is made of it, so that a slip is told once or twice and not for
// every number type that an op is run on.  No std::invocable: a compiler would tell the way through that too.
template <class F, class X, std::size_t... K>
consteval bool takes_numbers(std::index_sequence<K...>) {
  return requires(const F& f, std::array<X, sizeof...(K)> x) { f(x[K]...); };
}

/// How many numbers F takes: the fewest that it accepts, at most three; 0 where that is none.
template <class F, std::size_t N = 1>
consteval int number_arity() {
  constexpr std::make_index_sequence<N> numbers;
  if constexpr (takes_numbers<F, double>(numbers)) {
    return takes_numbers<F, Dual<Reads>>(numbers) ? static_cast<int>(N) : 0;
  } else if constexpr (N < KernelTable::max_arity) {
    return number_arity<F, N + 1>();
  } else {
    return 0;
  }
}

/// What a formula gave, as a number: a comparison is 1 where it holds, else 0.
template <class Y>
constexpr auto as_number(const Y& y) {
  if constexpr (std::same_as<Y, bool>) {
    return y ? 1.0 : 0.0;
  } else if constexpr (SelectsLanes<Y>) {
    return where(y, 1.0, 0.0);
  } else {
    return y;
  }
}

}  // namespace detail

/// The op that a formula makes.
template <FixedText Name, class F>
struct FormulaOp {
  static constexpr std::string_view name = Name.view();
  static constexpr int taken = detail::number_arity<F>();
  static_assert(taken > 0,
                "the formula of a custom op takes one to three numbers of any type, [](auto x), and does with "
                "them what works for all: arithmetic, comparisons, where, Gradus' functions");
  static constexpr int arity = taken > 0 ? taken : 1;
  static constexpr bool exact = false;
  static constexpr OpKind kind = OpKind::function;
  static constexpr Domain domain{-6.0, 6.0};
  static constexpr Worst worst{};
  [[no_unique_address]] F f;
  [[nodiscard]] constexpr auto value(const auto& x, const auto&... more) const {
    if constexpr (taken > 0) {
      return detail::as_number(f(x, more...));
    } else {
      return x;
    }
  }
  /// Applies the op to numbers, arrays, tensors.
  constexpr auto operator()(const auto&... x) const { return bind(*this, x...); }
};

/// An elementwise op from a formula: a callable that takes what bind takes.
template <FixedText Name, class F>
[[nodiscard]] constexpr FormulaOp<Name, F> custom_op(F f) {
  return {std::move(f)};
}

/// A result from tensors.  It is called with constants, and nothing that it does is recorded.
using CustomValue = std::function<Tensor(TensorList x)>;
/// The cotangent of each argument, given that of the result: one for each, of its shape and dtype, an empty Tensor for
/// one that gets none.  Written with recorded ops, it can be differentiated again.
using CustomPullback = std::function<std::vector<Tensor>(const Tensor& cotangent, TensorList x, const Tensor& result)>;

/// value(x), recorded as one op of that name which keeps its arguments and its result.  Throws what `value` throws; the
/// backward pass throws what `pullback` throws with the op named, GraphError when it does not give one cotangent for each
/// argument, ShapeError for one of another shape or dtype.  Forward mode transposes the pullback.
/// Throws GraphError for more than 30 tensors.
[[nodiscard]] GRADUS_API Tensor custom_op(std::string name, const CustomValue& value, CustomPullback pullback,
                                          TensorArgs x);

}  // namespace gradus
