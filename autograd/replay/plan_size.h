// How large a plan is, for who wants to know what was fused.
#pragma once
#include <cstddef>

namespace gradus {

/// What a plan consists of.
struct PlanSize {
  std::size_t steps = 0;   // ops that are computed
  std::size_t shared = 0;  // ops that are not, because another is the same
  std::size_t passes = 0;  // over memory: fused loops and structural ops
};

}  // namespace gradus
