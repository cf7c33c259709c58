// Compiles the rules of the listed ops, in parts.
#include "autograd/math/ops.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/listed_rules.h"

namespace gradus::detail {

template <>
void fill_ops<GRADUS_RULE_PART>(ListedOps& table) {
  for_each_op_of_part<GRADUS_RULE_PART, GRADUS_RULE_PARTS>(
      Elementwise{}, [&]<class Op>(const Op&) { table[index_of<Op>] = &described_elementwise<Op>(); });
}

}  // namespace gradus::detail
