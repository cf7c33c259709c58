// What an op states for people, asked for in one place.
//
//   composed(x…)           what it is made of, in simpler ops: a drawing unfolds into them, the table of functions prints them
//   shown(wrt<I>, x…, y)   its derivative as people write it, where what is computed says it less well
//   meaning                the words of the table of functions, where no formula of simpler ops says it best
//
// One body serves every number type.  An op with attributes is handed them behind its operands, if its functions take
// them: so they can be names.  Two operands of `composed` that both compute are named one after the other: compilers
// evaluate operands in different orders, and what a graph shows is the order of computation.  Tests compare each form with
// its op.
#pragma once
#include <string_view>
#include <tuple>
#include <type_traits>

#include "autograd/math/dual.h"

namespace gradus {

/// What an op has no form of.
struct NotStated {};

template <class Form>
inline constexpr bool is_stated = !std::is_same_v<Form, NotStated>;

/// An attribute as the number it is.
inline double attribute_number(std::string_view, double value) { return value; }

/// The attributes of an op, each made by `as` from its name and its number.
template <class Op, class As>
auto attributes_of(const Op& op, const As& as) {
  if constexpr (requires { Op::fields; }) {
    return std::apply(
        [&](const auto&... attribute) { return std::tuple(as(attribute.name, op.*(attribute.member))...); },
        Op::fields);
  } else {
    return std::tuple();
  }
}

/// op.composed(x…, attributes…) where that is stated, else NotStated.
template <class Op, class As, class... X>
auto composed_of(const Op& op, const As& as, const X&... x) {
  return std::apply(
      [&op](const auto&... argument) {
        if constexpr (requires { op.composed(argument...); }) {
          return op.composed(argument...);
        } else {
          static_cast<void>(op);
          return NotStated{};
        }
      },
      std::tuple_cat(std::tuple<const X&...>(x...), attributes_of(op, as)));
}

namespace detail {

/// The same for op.shown(wrt<I>{}, arguments…).
template <int I, class Op, class Arguments>
auto shown_of(const Op& op, const Arguments& arguments) {
  return std::apply(
      [&op](const auto&... argument) {
        if constexpr (requires { op.shown(wrt<I>{}, argument...); }) {
          return op.shown(wrt<I>{}, argument...);
        } else {
          static_cast<void>(op);
          return NotStated{};
        }
      },
      arguments);
}

}  // namespace detail

/// op.shown(wrt<I>{}, x…, y, attributes…) where that is stated, with or without the attributes; else NotStated.
template <int I, class Op, class As, class... Args>
auto stated_derivative(const Op& op, const As& as, const Args&... x_and_y) {
  const std::tuple<const Args&...> plain(x_and_y...);
  if constexpr (requires { Op::fields; }) {
    const auto with_attributes = std::tuple_cat(plain, attributes_of(op, as));
    if constexpr (is_stated<decltype(detail::shown_of<I>(op, with_attributes))>) {
      return detail::shown_of<I>(op, with_attributes);
    } else {
      return detail::shown_of<I>(op, plain);
    }
  } else {
    return detail::shown_of<I>(op, plain);
  }
}

/// What people are shown as a derivative: what the op states, else what is computed.
template <int I, class Op, class As, class... Args>
auto shown_derivative(const Op& op, const As& as, const Args&... x_and_y) {
  if constexpr (is_stated<decltype(stated_derivative<I>(op, as, x_and_y...))>) {
    return stated_derivative<I>(op, as, x_and_y...);
  } else {
    return partial<I>(op, x_and_y...);
  }
}

}  // namespace gradus
