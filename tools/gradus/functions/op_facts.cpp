#include "tools/gradus/functions/op_facts.h"

#include <type_traits>

#include "autograd/math/formula.h"
#include "autograd/math/readable_forms.h"
#include "autograd/tensor/op_traits.h"
#include "tools/gradus/functions/domain_probe.h"

namespace gradus::command {

namespace {

Formula attribute_name(std::string_view name, double) { return Formula(std::string(name)); }

template <int I, class Op, class... X>
std::string derivative(const Op& op, const Formula& y, const X&... x) {
  return as<Formula>(shown_derivative<I>(op, attribute_name, x..., y)).text();
}

/// Empty where it would be the call again.
template <class Op, class... X>
std::string formula(const Op& op, const X&... x) {
  if constexpr (requires { Op::meaning; }) {
    return std::string(Op::meaning);
  } else if constexpr (is_stated<decltype(composed_of(op, attribute_name, x...))>) {
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
