#include "tools/gradus/functions/op_facts.h"

#include <fmt/format.h>

#include <array>
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
std::string breaks_of(const Op& op, const std::vector<std::string>& names, std::index_sequence<K...>) {
  // As a function of the first argument, the others beside it.
  const auto value = [&](const std::array<double, sizeof...(K)>& x) { return bind(op, x[K]...); };
  const auto slope = [&](const std::array<double, sizeof...(K)>& x) {
    return as<double>(partial<0>(op, x[K]..., bind(op, x[K]...)));
  };
  [[maybe_unused]] const auto breaks = [&](std::array<double, sizeof...(K)> x) {
    const auto moved = [x](double first) {
      auto there = x;
      there[0] = first;
      return there;
    };
    return breaks_at([&](double a) { return value(moved(a)); }, [&](double a) { return slope(moved(a)); }, x[0]);
  };
  if constexpr (sizeof...(K) == 1) {
    return breaks_where([&](double x) { return value({x}); }, [&](double x) { return slope({x}); });
  } else if constexpr (sizeof...(K) == 2) {
    if (breaks({0.7, 0.7}) && breaks({-1.3, -1.3})) return fmt::format("{} = {}", names[0], names[1]);
    return breaks({0.0, 0.0}) ? fmt::format("{} = {} = 0", names[0], names[1]) : "";
  } else {
    const bool second = breaks({0.7, 0.7, 1.9});
    const bool third = breaks({0.7, -1.3, 0.7});
    return !second && !third ? ""
           : second && third ? fmt::format("{0} = {1}, {0} = {2}", names[0], names[1], names[2])
                             : fmt::format("{} = {}", names[0], names[second ? 1 : 2]);
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
  facts.no_derivative = breaks_of(op, names, std::index_sequence<K...>{});
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
