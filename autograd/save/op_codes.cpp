#include "autograd/save/op_codes.h"

#include <typeindex>
#include <unordered_map>
#include <utility>

#include "autograd/math/dual.h"
#include "autograd/tensor/ops/every_op.h"

namespace gradus::detail {

namespace {

template <class Op>
using Places = std::make_index_sequence<static_cast<std::size_t>(Op::arity)>;

template <class Op>
LeafCode code_of_value(const void* op, std::span<const LeafCode> x) {
  return [&]<std::size_t... K>(std::index_sequence<K...>) {
    return as<LeafCode>(static_cast<const Op*>(op)->value(x[K]...));
  }
  (Places<Op>{});
}

/// use(∂y/∂x[k]), whatever type the op states it in.
template <class Op, class Use>
LeafCode with_partial(const void* op, std::size_t k, std::span<const LeafCode> x, const LeafCode& y, const Use& use) {
  LeafCode out(0.0);
  [&]<std::size_t... I>(std::index_sequence<I...> places) {
    const auto at = [&]<std::size_t J, std::size_t... K>(std::integral_constant<std::size_t, J>,
                                                         std::index_sequence<K...>) {
      out = use(partial<static_cast<int>(J)>(*static_cast<const Op*>(op), x[K]..., y));
    };
    ((I == k ? at(std::integral_constant<std::size_t, I>{}, places) : void()), ...);
  }
  (Places<Op>{});
  return out;
}

template <class Op>
LeafCode code_of_slope(const void* op, std::size_t k, std::span<const LeafCode> x, const LeafCode& y) {
  return with_partial<Op>(op, k, x, y, [](const auto& d) { return as<LeafCode>(d); });
}

template <class Op>
LeafCode code_of_part(const void* op, std::size_t k, const LeafCode& g, std::span<const LeafCode> x,
                      const LeafCode& y) {
  return with_partial<Op>(op, k, x, y, [&](const auto& d) { return as<LeafCode>(chain_product(g, d)); });
}

std::unordered_map<std::type_index, OpCode> all_codes() {
  std::unordered_map<std::type_index, OpCode> codes;
  for_each_type(EveryOp{}, [&]<class Op>(std::type_identity<Op>) {
    if constexpr (!Structural<Op>) codes[typeid(Op)] = {code_of_value<Op>, code_of_slope<Op>, code_of_part<Op>};
  });
  return codes;
}

}  // namespace

const OpCode* op_code(const Rule& rule) {
  static const std::unordered_map<std::type_index, OpCode> codes = all_codes();
  const std::type_info* type = rule.op_struct().type;
  if (type == nullptr) return nullptr;
  const auto found = codes.find(*type);
  return found == codes.end() ? nullptr : &found->second;
}

}  // namespace gradus::detail
