#include "autograd/tensor/listed_rules.h"

#include <utility>

namespace gradus::detail {

namespace {

/// Null until a first call; every one that comes at the same time writes the same.
constinit const ListedOps* all_ops = nullptr;

const ListedOps& fill_all() {
  static const ListedOps table = []<std::size_t... Part>(std::index_sequence<Part...>) {
    ListedOps filled{};
    (fill_ops<Part>(filled), ...);
    return filled;
  }
  (std::make_index_sequence<GRADUS_RULE_PARTS>{});
  __atomic_store_n(&all_ops, &table, __ATOMIC_RELEASE);
  return table;
}

}  // namespace

const ElementwiseOp& listed_op(std::size_t index) {
  const ListedOps* table = __atomic_load_n(&all_ops, __ATOMIC_ACQUIRE);
  return *(table != nullptr ? *table : fill_all())[index];
}

}  // namespace gradus::detail
