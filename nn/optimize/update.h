// Optimizer::apply: a rule of update_rules.h on the arrays of a parameter.  Included by the optimizers' own files.
#pragma once
#include <array>

#include "optimizer.h"
#include "update_kernels.h"

namespace gradus::nn {

namespace detail {

/// Runs a kernel over a leaf, its gradient and what is kept beside it, which begins as `fill`.  In place, unless something
/// else holds the numbers.
void run_update(const Update& update, const PerType<UpdateKernel>& kernels, const Tensor& parameter,
                std::span<Array> state, double fill);

}  // namespace detail

template <class Rule, int states>
void Optimizer::apply(Slot& slot, const Rule& rule) {
  static_assert(states <= static_cast<int>(most_states));
  const double decay = slot.weight_decay;
  const detail::UpdateEntry<Rule, states>& entry = detail::update_kernels();
  detail::run_update({&rule, setup_.decoupled ? 0.0 : decay, setup_.decoupled ? 1.0 - slot.rate * decay : 1.0},
                     entry.kernels, slot.parameter, std::span(slot.state).first(states), setup_.fill);
}

}  // namespace gradus::nn
