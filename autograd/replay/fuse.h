// Decides which steps of a program run together, block by block in cache, and in what order.
#pragma once
#include <vector>

#include "program.h"

namespace gradus::detail {

/// One structural step, or elementwise steps over equally many numbers of one dtype (and sums of their results).
struct Bundle {
  std::vector<int> steps;  // ascending
  bool fused = false;      // elementwise
};

/// Every step of the program in one bundle; no bundle reads what a later one computes.
std::vector<Bundle> bundle_steps(const Program& program);

}  // namespace gradus::detail
