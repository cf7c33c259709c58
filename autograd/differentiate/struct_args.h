// A struct of parameters as an argument of a transform: taken apart into its tensors, and put together again.
//
//   struct Params { Tensor w, b; };
//   auto [loss, gradient] = value_and_grad([&](const Params& p) { return mse(x * p.w + p.b, y); }, params);
//   params.w = params.w - rate * gradient.w;
//
// A struct is an aggregate of up to 12 fields: tensors, vectors and arrays of tensors, and such structs again.  What is no
// tensor (a size, a name) is handed on as it is.
#pragma once
#include <concepts>
#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include "transforms.h"

namespace gradus {

namespace detail {

/// Stands for a field of any type, where it is only asked whether it could be there.
struct AnyField {
  template <class T>
  operator T() const;  // NOLINT
};

inline constexpr std::size_t most_fields = 12;

template <class P, std::size_t... K>
constexpr bool has_fields(std::index_sequence<K...>) {
  return requires { P{(static_cast<void>(K), AnyField())...}; };
}

/// The most fields that a P can be made of.
template <class P, std::size_t N = most_fields + 1>
constexpr std::size_t field_count() {
  if constexpr (N == 0 || has_fields<P>(std::make_index_sequence<N>{})) {
    return N;
  } else {
    return field_count<P, N - 1>();
  }
}

/// f(field) for each field.
template <class P, class F>
void for_each_field(P& p, const F& f) {
  constexpr std::size_t n = field_count<std::remove_const_t<P>>();
  static_assert(n <= most_fields,
                "a struct of parameters has at most 12 fields: put some of them into a struct of their own");
  const auto each = [&](auto&... field) { (f(field), ...); };
  if constexpr (n == 1) {
    auto& [a] = p;
    each(a);
  } else if constexpr (n == 2) {
    auto& [a, b] = p;
    each(a, b);
  } else if constexpr (n == 3) {
    auto& [a, b, c] = p;
    each(a, b, c);
  } else if constexpr (n == 4) {
    auto& [a, b, c, d] = p;
    each(a, b, c, d);
  } else if constexpr (n == 5) {
    auto& [a, b, c, d, e] = p;
    each(a, b, c, d, e);
  } else if constexpr (n == 6) {
    auto& [a, b, c, d, e, g] = p;
    each(a, b, c, d, e, g);
  } else if constexpr (n == 7) {
    auto& [a, b, c, d, e, g, h] = p;
    each(a, b, c, d, e, g, h);
  } else if constexpr (n == 8) {
    auto& [a, b, c, d, e, g, h, i] = p;
    each(a, b, c, d, e, g, h, i);
  } else if constexpr (n == 9) {
    auto& [a, b, c, d, e, g, h, i, j] = p;
    each(a, b, c, d, e, g, h, i, j);
  } else if constexpr (n == 10) {
    auto& [a, b, c, d, e, g, h, i, j, k] = p;
    each(a, b, c, d, e, g, h, i, j, k);
  } else if constexpr (n == 11) {
    auto& [a, b, c, d, e, g, h, i, j, k, l] = p;
    each(a, b, c, d, e, g, h, i, j, k, l);
  } else if constexpr (n == 12) {
    auto& [a, b, c, d, e, g, h, i, j, k, l, m] = p;
    each(a, b, c, d, e, g, h, i, j, k, l, m);
  }
}

}  // namespace detail

/// A struct that can be taken apart into tensors.
template <class P>
concept TensorStruct = std::is_aggregate_v<P> && std::is_class_v<P> && !TensorArgument<P> &&
                       !std::same_as<P, gradus::Key> && std::copy_constructible<P> && !requires(P p) {
  std::begin(p);
}
&&(detail::field_count<P>() > 0);

namespace detail {

/// f(tensor) for each tensor of a field, in the order in which they stand.
template <class X, class F>
void for_each_tensor(X& x, const F& f) {
  using Plain = std::remove_const_t<X>;
  if constexpr (std::same_as<Plain, Tensor>) {
    f(x);
  } else if constexpr (requires { std::begin(x); }) {
    for (auto& element : x) for_each_tensor(element, f);
  } else if constexpr (TensorStruct<Plain>) {
    for_each_field(x, [&](auto& field) { for_each_tensor(field, f); });
  }
}

template <TensorStruct P>
[[nodiscard]] std::vector<Tensor> tensors_of(const P& p) {
  std::vector<Tensor> out;
  for_each_tensor(p, [&](const Tensor& t) { out.push_back(t); });
  return out;
}

/// p with these tensors in the place of its own: as many as it has.
template <TensorStruct P>
[[nodiscard]] P with_tensors(P p, TensorList tensors) {
  std::size_t next = 0;
  for_each_tensor(p, [&](Tensor& t) { t = tensors[next++]; });
  return p;
}

/// f of a struct as a function of its tensors.
template <class F, TensorStruct P>
auto on_tensors(F& f, const P& p) {
  return [&f, &p](TensorList t) { return f(with_tensors(p, t)); };
}

}  // namespace detail

/// A function's value, and its gradient in the form of its argument.
template <class P>
struct ValueWithGradStruct {
  Tensor value;
  P gradient;
};

/// f(p) and its gradient by every tensor of p.  Throws as value_and_grad() of a list does.
template <Derivative kind = Derivative::plain, TensorStruct P, std::invocable<const P&> F>
[[nodiscard]] ValueWithGradStruct<P> value_and_grad(F&& f, const P& p) {
  auto both = value_and_grad<kind>(detail::on_tensors(f, p), detail::tensors_of(p));
  return {std::move(both.value), detail::with_tensors(p, both.gradients)};
}
template <TensorStruct P, std::invocable<const P&> F>
[[nodiscard]] auto recorded_value_and_grad(F&& f, const P& p) {
  return value_and_grad<Derivative::recorded>(f, p);
}

/// f(p) and its derivative along v.
template <Derivative kind = Derivative::plain, TensorStruct P, std::invocable<const P&> F>
[[nodiscard]] auto jvp(F&& f, const P& p, const P& v) {
  return jvp<kind>(detail::on_tensors(f, p), detail::tensors_of(p), detail::tensors_of(v));
}

/// The Hessian of f, which returns one number, times v.
template <Derivative kind = Derivative::plain, TensorStruct P, std::invocable<const P&> F>
[[nodiscard]] P hvp(F&& f, const P& p, const P& v) {
  return detail::with_tensors(p, hvp<kind>(detail::on_tensors(f, p), detail::tensors_of(p), detail::tensors_of(v)));
}

/// ∂f/∂t for every tensor t of p, of shape f.shape + t.shape, for an f that returns one tensor.
template <Derivative kind = Derivative::plain, TensorStruct P, std::invocable<const P&> F>
[[nodiscard]] P jacobian(F&& f, const P& p) {
  return detail::with_tensors(p, jacobian<kind>(detail::on_tensors(f, p), detail::tensors_of(p)));
}

}  // namespace gradus
