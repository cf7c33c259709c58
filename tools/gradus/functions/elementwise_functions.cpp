// Every op of the list in ops.h, by itself: its name, as many arguments as it has, its attributes as options.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

#include "autograd/math/attributes.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/op_traits.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/op_facts.h"

namespace gradus::command {

namespace {

template <class Op>
Value apply_op(const Invocation& call) {
  Op op;
  if constexpr (has_attributes<Op>) {
    for (const auto& attribute : Op::fields) op.*attribute.member = call.number(attribute.name);
    static_cast<void>(gradus::detail::allowed(op));
  }
  bool all_numbers = true;
  for (std::size_t k = 0; k < call.count(); ++k) all_numbers = all_numbers && call.argument(k).number;
  return [&]<std::size_t... K>(std::index_sequence<K...>)->Value {
    if constexpr (Op::exact) {  // arithmetic of plain numbers needs no kernel
      if (all_numbers) return bind(op, *call.argument(K).number...);
    }
    const std::array<Tensor, sizeof...(K)> x{call.tensor(K)...};  // in braces: from left to right, with every compiler
    const Tensor result(bind(op, x[K]...));
    return all_numbers ? Value(result.item()) : Value(result);
  }
  (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
}

template <class Op>
std::vector<OptionDeclaration> options_of() {
  std::vector<OptionDeclaration> options;
  if constexpr (has_attributes<Op>) {
    for (const auto& attribute : Op::fields) {
      options.emplace_back(std::string(attribute.name), ValueKind::number, Op{}.*attribute.member);
    }
  }
  return options;
}

template <class Op>
constexpr Theme theme_of() {
  if constexpr (Op::kind == OpKind::activation) {
    return Theme::activations;
  } else {
    return Op::arity == 1 ? Theme::elementary : Theme::several;
  }
}

// A plain number in the exponent has a rule of its own: no logarithm, and any base.
Value power(const Invocation& call) {
  const Value& base = call.argument(0);
  const Value& exponent = call.argument(1);
  if (base.number && exponent.number) return std::pow(*base.number, *exponent.number);
  if (!exponent.number) return apply_op<Pow>(call);
  return pow(base.as_tensor(), *exponent.number);
}

}  // namespace

void add_elementwise(Definitions& list) {
  for_each_op(Elementwise{}, [&](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    if constexpr (is_offered<Op>) {
      std::vector<OptionDeclaration> options = options_of<Op>();
      const std::size_t positional = options.size();
      list.push_back(Definition(theme_of<Op>(), std::string(detail::key_of<Op>()),
                                fmt::format("{}", fmt::join(argument_names<Op>(), ", ")), std::move(options), "",
                                std::same_as<Op, Pow> ? power : apply_op<Op>)
                         .positional(positional));
      // Two letters or less are what people call variables.
      list.back().function.may_be_bound = list.back().function.name.size() <= 2;
    }
  });
}

}  // namespace gradus::command
