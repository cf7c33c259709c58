#include "tools/gradus/functions/op_facts.h"

#include <type_traits>

#include "autograd/math/dual.h"
#include "autograd/math/formula.h"
#include "autograd/tensor/op_traits.h"
#include "tools/gradus/functions/domain_probe.h"
#include "tools/gradus/functions/op_formulas.h"

namespace gradus::command {

namespace {

// A derivative is a formula, a plain number, an exact 1, or a weight that wraps one of them.
template <class D>
std::string text_of(const D& derivative) {
  if constexpr (std::same_as<D, Formula>) {
    return derivative.text();
  } else if constexpr (requires { Formula(derivative); }) {
    return Formula(derivative).text();
  } else if constexpr (requires { derivative.weight; }) {
    return text_of(derivative.weight);
  } else {
    return Formula(static_cast<double>(derivative)).text();
  }
}

/// What people are shown where the op states that, else what is computed.
template <int I, class Op, class... X>
std::string stated_derivative(const Op& op, const X&... x_and_y) {
  if constexpr (requires { op.shown(wrt<I>{}, x_and_y...); }) {
    return text_of(op.shown(wrt<I>{}, x_and_y...));
  } else {
    return text_of(partial<I>(op, x_and_y...));
  }
}

Formula attribute_name(std::string_view name, double) { return Formula(std::string(name)); }

template <int I, class Op, class... X>
std::string derivative(const Op& op, const Formula& y, const X&... x) {
  if constexpr (std::same_as<decltype(slope_of<I>(op, attribute_name, x...)), NotStated>) {
    return stated_derivative<I>(op, x..., y);
  } else {
    return slope_of<I>(op, attribute_name, x...).text();
  }
}

/// Empty where it would be the call again.
template <class Op, class... X>
std::string formula(const Op& op, const X&... x) {
  if constexpr (requires { wording(op, x...); }) {
    return wording(op, x...).text();
  } else if constexpr (!std::same_as<decltype(composed_of(op, attribute_name, x...)), NotStated>) {
    return composed_of(op, attribute_name, x...).text();
  } else {
    const std::string text = Formula::interpret(op, x...).text();
    return text.starts_with(std::string(Op::name) + "(") ? "" : text;
  }
}

template <class Op>
std::string domain_of(const Op& op) {
  if constexpr (requires { Op::defined; }) {
    return std::string(Op::defined);
  } else if constexpr (Op::arity == 1) {
    return defined_where([&](double x) { return bind(op, x); });
  } else {
    return "all reals";
  }
}

template <class Op, std::size_t... K>
OpFacts facts_of(const Op& op, std::index_sequence<K...>) {
  const std::vector<std::string> names = argument_names<Op>();
  const Formula x[] = {Formula(names[K])...};
  const Formula y("y");
  OpFacts facts;
  facts.name = detail::key_of<Op>();
  facts.formula = formula(op, x[K]...);
  (facts.derivatives.emplace_back(names[K], derivative<static_cast<int>(K)>(op, y, x[K]...)), ...);
  facts.domain = domain_of(op);
  facts.value_error = Op::worst.value;
  facts.derivative_error = Op::worst.derivative;
  return facts;
}

}  // namespace

std::vector<OpFacts> op_facts() {
  std::vector<OpFacts> list;
  for_each_op(Elementwise{}, [&](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    if constexpr (is_offered<Op>) {
      list.push_back(facts_of(op, std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{}));
    }
  });
  return list;
}

}  // namespace gradus::command
