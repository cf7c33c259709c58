// What an op states for people, asked for in one place.
//
//   composed(x…)           what it is made of, in simpler ops: a drawing unfolds into them, the table of functions prints them
//   shown(wrt<I>, x…, y)   its derivative as people write it, where what is computed says it less well
//   spelled_out            that `composed` is shown beside the name where the op first occurs in a derivation
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

#include "dual.h"

namespace gradus {

/// What an op has no form of.
struct NotStated {};

template <class Form>
inline constexpr bool is_stated = !std::is_same_v<Form, NotStated>;

/// An op whose attributes are all numbers, and so can be names.
template <class Op>
concept NamesNumbers = requires {
  Op::fields.size();
};

/// An attribute as the number it is.
inline double attribute_number(std::string_view, double value) { return value; }

namespace detail {

/// What is given, and the attributes of the op behind it, each made by `as` from its name and its number.
template <class Op, class As, class... X>
auto with_attributes(const Op& op, const As& as, const X&... x) {
  return std::apply(
      [&](const auto&... attribute) {
        return std::tuple_cat(std::tuple<const X&...>(x...), std::tuple(as(attribute.name, op.*(attribute.member))...));
      },
      Op::fields);
}

template <class Op, class Arguments>
auto composed_with(const Op& op, const Arguments& arguments) {
  return std::apply(
      [&op](const auto&... argument) {
        if constexpr (requires { op.composed(argument...); }) {
          return op.composed(argument...);
        } else {
          static_cast<void>(op);
          return NotStated{};
        }
      },
      arguments);
}

template <int I, class Op, class Arguments>
auto shown_with(const Op& op, const Arguments& arguments) {
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

/// op.composed(x…), with the attributes behind if it takes them, where that is stated; else NotStated.
template <class Op, class As, class... X>
auto composed_of(const Op& op, const As& as, const X&... x) {
  if constexpr (requires { op.composed(x...); }) {
    return op.composed(x...);
  } else if constexpr (NamesNumbers<Op>) {
    return detail::composed_with(op, detail::with_attributes(op, as, x...));
  } else {
    return NotStated{};
  }
}

/// The same for op.shown(wrt<I>{}, x…, y).
template <int I, class Op, class As, class... Args>
auto stated_derivative(const Op& op, const As& as, const Args&... x_and_y) {
  if constexpr (requires { op.shown(wrt<I>{}, x_and_y...); }) {
    return op.shown(wrt<I>{}, x_and_y...);
  } else if constexpr (NamesNumbers<Op>) {
    return detail::shown_with<I>(op, detail::with_attributes(op, as, x_and_y...));
  } else {
    return NotStated{};
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
