// An op of the list on broadcast operands.
#pragma once
#include <memory>
#include <vector>

#include "tests/differential/op_plan.h"

namespace gradus::differential {

std::unique_ptr<Plan> elementwise_plan(const Step& step, const std::vector<Sizes>& arguments);

}  // namespace gradus::differential
