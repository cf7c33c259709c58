#include "nn/activation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/base/error.h"
#include "autograd/base/suggest.h"
#include "autograd/math/ops.h"

namespace gradus::nn {

namespace {

template <class F>
void for_each_activation(F&& f) {
  for_each_op(Elementwise{}, [&]<class Op>(const Op& op) {
    if constexpr (Op::kind == OpKind::activation) f(op);
  });
}

template <class Op>
void set_attribute(Op& op, std::string_view name, double value) {
  std::vector<std::string_view> known;
  if constexpr (requires { Op::fields; }) {
    for (const auto& attribute : Op::fields) {
      known.push_back(attribute.name);
      if (attribute.name != name) continue;
      op.*(attribute.member) = value;
      return;
    }
  }
  const std::string has = known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "));
  throw ValueError(fmt::format("[activation] {} has no attribute '{}'{} (it has {})", Op::name, name,
                               did_you_mean(name, known), has));
}

}  // namespace

const std::vector<std::string_view>& activation_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> list;
    for_each_activation([&](const auto& op) { list.push_back(op.name); });
    return list;
  }();
  return names;
}

Activation::Activation(std::string_view name) : Activation(activation_named(name)) {}

Activation activation_named(std::string_view name, const std::vector<NamedNumber>& attributes) {
  Activation found;
  for_each_activation([&](auto op) {
    if (op.name != name) return;
    for (const NamedNumber& attribute : attributes) set_attribute(op, attribute.name, attribute.value);
    found = [op](const Tensor& x) { return bind(op, x); };
  });
  if (!found) {
    throw ValueError(fmt::format("[activation] there is none named '{}'{} (there are {})", name,
                                 did_you_mean(name, activation_names()), fmt::join(activation_names(), ", ")));
  }
  return found;
}

}  // namespace gradus::nn
