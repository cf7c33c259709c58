// What may be differentiated as a function: any callable from tensors to a tensor, or to several.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "../base/export.h"
#include "../tensor/tensor.h"

namespace gradus {

namespace detail {

/// The most tensors a function can take one by one; a list may be longer.
inline constexpr std::size_t max_parameters = 8;

template <std::size_t>
using TensorParameter = const Tensor&;

template <class F, std::size_t... K>
constexpr bool takes(std::index_sequence<K...>) {
  return std::invocable<F&, TensorParameter<K>...>;
}

/// How many tensors F takes one by one: the fewest that it accepts; 0 for none, or a list.
template <class F, std::size_t N = 1>
constexpr std::size_t parameters() {
  if constexpr (N > max_parameters) {
    return 0;
  } else if constexpr (takes<F>(std::make_index_sequence<N>{})) {
    return N;
  } else {
    return parameters<F, N + 1>();
  }
}

template <class F>
concept TakesTensors = parameters<F>()
> 0;
template <class F>
concept TakesSpan = std::invocable<F&, std::span<const Tensor>>;
template <class F>
concept TakesVector = std::invocable<F&, std::vector<Tensor>>;

[[noreturn]] GRADUS_API void refuse_count(std::string_view op, std::size_t takes, std::size_t given);

/// f(x[0], x[1], …), or f(x) for an f that takes a list.  Throws GraphError, naming `op`, for a wrong count.
template <class F>
auto call(F& f, std::span<const Tensor> x, std::string_view op) {
  if constexpr (TakesTensors<F>) {
    constexpr std::size_t n = parameters<F>();
    if (x.size() != n) refuse_count(op, n, x.size());
    return [&]<std::size_t... K>(std::index_sequence<K...>) { return f(x[K]...); }
    (std::make_index_sequence<n>{});
  } else if constexpr (TakesSpan<F>) {
    return f(x);
  } else {
    return f(std::vector<Tensor>(x.begin(), x.end()));
  }
}

/// A variable that a function is run on, which is nobody else's.
GRADUS_API Tensor argument_variable(Array value, std::string name = {});

inline std::vector<Tensor> as_list(Tensor y) { return {std::move(y)}; }
inline std::vector<Tensor> as_list(std::vector<Tensor> y) { return y; }
template <std::size_t N>
std::vector<Tensor> as_list(const std::array<Tensor, N>& y) {
  return {y.begin(), y.end()};
}

template <class F>
using ResultOf = decltype(call(std::declval<F&>(), std::span<const Tensor>(), ""));

}  // namespace detail

/// A callable that takes tensors one by one (at most 8; [](auto x, auto y) { … } too), a std::span<const Tensor> or a
/// std::vector<Tensor>, and returns a Tensor, a std::vector<Tensor> or a std::array of them.
template <class F>
concept TensorFunction = !std::same_as<std::remove_cvref_t<F>, Tensor> &&
                         (detail::TakesTensors<F> || detail::TakesSpan<F> || detail::TakesVector<F>)&&requires {
  detail::as_list(std::declval<detail::ResultOf<F>>());
};

/// A function that returns one tensor.
template <class F>
concept SingleTensorFunction = TensorFunction<F> && std::convertible_to<detail::ResultOf<F>, Tensor>;

/// What a transform gives for each result of F: one for a function that returns a tensor, a list for one that returns
/// several.
template <TensorFunction F>
using ResultsOf = std::conditional_t<SingleTensorFunction<F>, Tensor, std::vector<Tensor>>;

namespace detail {

/// Any TensorFunction.
using Function = std::function<std::vector<Tensor>(std::span<const Tensor>)>;

template <TensorFunction F>
Function function(F f, std::string_view op) {
  return [f = std::move(f), op](std::span<const Tensor> x) mutable { return as_list(call(f, x, op)); };
}

template <class R, class T>
R one_or_all(std::vector<T> list) {
  if constexpr (std::same_as<R, T>) {
    return std::move(list[0]);
  } else {
    return list;
  }
}

}  // namespace detail

}  // namespace gradus
