#include "autograd/derive/symbolic_values.h"

#include <vector>

#include "autograd/array/elementwise.h"
#include "autograd/math/loss_ops.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/op_lists.h"

namespace gradus::detail {

namespace {

using Kind = Formula::Kind;

/// Whether an op with its usual attributes writes itself with this term.
template <class Op>
bool is_written_so(const Formula::Term& term) {
  if (term.arity != static_cast<std::uint32_t>(Op::arity)) return false;
  if constexpr (requires { Op::prefix; }) {
    return term.kind == Kind::root && term.word == Op::prefix;
  } else if constexpr (requires { Op::left; }) {
    return term.kind == Kind::fence && term.word == Op::left && term.right == Op::right;
  } else if constexpr (requires { Op::infix; }) {
    return term.kind == Kind::relation && term.word == Op::infix;
  } else {
    return term.kind == Kind::function && term.word == Op::name;
  }
}

template <class List>
Array value_in(List list, const Formula::Term& term, std::span<const Array> x) {
  Array out;
  for_each_op(list, [&]<class Op>(const Op& op) {
    if constexpr (std::is_empty_v<Op>) {
      if (out || !is_written_so<Op>(term)) return;
      std::vector<const Array*> operands;
      for (const Array& a : x) operands.push_back(&a);
      out = run_elementwise(Op::name, &op, KernelsOf<Op>::get(), operands);
    }
  });
  return out;
}

/// The constants that derivatives are written with.
Array constant_of(std::string_view name) {
  for (const Irrational& c : {log_2, log_10, log2_e, log10_e, root_2, root_2pi, root_2_over_pi, gelu_cubic,
                              gelu_cubic_slope, two_over_root_pi}) {
    if (c.name == name) return Array(c.high);
  }
  return {};
}

}  // namespace

Array value_of_term(const Formula::Term& term, std::span<const Array> x) {
  if (term.kind == Kind::name) return constant_of(term.word);
  if (term.kind == Kind::power) return bind(Pow{}, x[0], x[1]);
  Array out = value_in(Elementwise{}, term, x);
  return out ? out : value_in(LossOps{}, term, x);
}

}  // namespace gradus::detail
