// Other forms of ops, on tensors: found by the op behind a rule.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <typeindex>
#include <unordered_map>
#include <utility>

#include "../tensor/rule.h"
#include "../tensor/tensor.h"

namespace gradus::detail {

class OpForms {
 public:
  /// form(op, x…) is how these ops are written; it holds no state, and may give nothing.
  template <class... Op, class F>
  void add(F /*form*/) {
    ((forms_[typeid(Op)] =
          [](const void* op, std::span<const Tensor> x) {
            return with_arguments<F>(*static_cast<const Op*>(op), x,
                                     std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
          }),
     ...);
  }

  /// The op's result in its other form, recorded; nothing for an op without one.
  [[nodiscard]] std::optional<Tensor> result(const Rule& rule, std::span<const Tensor> x) const {
    const AnyOp op = rule.op_struct();
    if (op.type == nullptr) return std::nullopt;
    const auto found = forms_.find(*op.type);
    return found == forms_.end() ? std::nullopt : found->second(op.op, x);
  }

 private:
  using Form = std::optional<Tensor> (*)(const void* op, std::span<const Tensor> x);

  template <class F, class Op, std::size_t... K>
  static std::optional<Tensor> with_arguments(const Op& op, std::span<const Tensor> x, std::index_sequence<K...>) {
    return F{}(op, x[K]...);
  }

  std::unordered_map<std::type_index, Form> forms_;
};

}  // namespace gradus::detail
