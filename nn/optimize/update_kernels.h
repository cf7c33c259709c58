// The rules of update_rules.h as compiled loops, for each instruction set.
#pragma once
#include <cstdint>

#include "../../autograd/array/kernels.h"
#include "update_rules.h"

namespace gradus::nn::detail {

/// How one parameter is updated: the struct of its rule, and the weight decay that goes with it.
struct Update {
  const void* rule;
  double decay;   // added to the gradient, times the parameter
  double shrink;  // the parameter is multiplied by this first: 1, or 1 − η λ of a decay of the parameter itself
};

/// Moves n numbers of p along g and brings what is kept, state[0], state[1], …, up to date.  p and the states are no part
/// of one another; g may be none of the others.
using UpdateKernel = void (*)(const Update& update, std::int64_t n, void* p, const void* g, void* const* state);

/// The kernels of a rule that keeps `states` arrays.
template <class Rule, int states>
struct UpdateEntry {
  PerType<UpdateKernel> kernels;
};

template <class... Entry>
struct TableOf : Entry... {};

using UpdateTable =
    TableOf<UpdateEntry<SGDRule, 0>, UpdateEntry<SGDRule, 1>, UpdateEntry<AdagradRule, 1>, UpdateEntry<AdadeltaRule, 2>,
            UpdateEntry<RMSpropRule, 1>, UpdateEntry<RMSpropRule, 3>, UpdateEntry<AdamRule, 2>,
            UpdateEntry<AdamRule, 3>, UpdateEntry<AdamaxRule, 2>, UpdateEntry<NAdamRule, 2>, UpdateEntry<LionRule, 1>>;

/// Each is defined by one build of update_kernels.cpp.
template <gradus::detail::Isa isa>
UpdateTable fill_update_kernels();

/// Those for the instruction set that kernels() has chosen.
[[nodiscard]] const UpdateTable& update_kernels();

}  // namespace gradus::nn::detail
