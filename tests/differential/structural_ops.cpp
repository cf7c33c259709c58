#include "tests/differential/structural_ops.h"

#include <stdexcept>

#include "tests/differential/elementwise_plan.h"

namespace gradus::differential {

const std::vector<StructuralOp>& structural_ops() {
  static const std::vector<StructuralOp> all = [] {
    std::vector<StructuralOp> out;
    for (const auto ops : {order_ops(), part_ops(), bilinear_ops(), group_ops(), window_ops()})
      out.insert(out.end(), ops.begin(), ops.end());
    return out;
  }();
  return all;
}

std::unique_ptr<Plan> plan(const Step& step, const std::vector<Sizes>& arguments) {
  if (step.is_elementwise()) return elementwise_plan(step, arguments);
  for (const StructuralOp& op : structural_ops()) {
    if (op.name == step.op) return op.plan(step, arguments);
  }
  throw std::logic_error("no reference for " + step.op);
}

std::int64_t draw_axis(Numbers& numbers, const Sizes& x) {
  const auto rank = static_cast<std::int64_t>(x.size());
  const std::int64_t axis = numbers.whole(rank);
  return numbers.chance(0.3) ? axis - rank : axis;
}

std::vector<std::int64_t> draw_axes(Numbers& numbers, const Sizes& x) {
  std::vector<std::int64_t> axes;
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (numbers.chance(0.5)) axes.push_back(static_cast<std::int64_t>(k));
  }
  if (axes.empty()) axes.push_back(numbers.whole(static_cast<std::int64_t>(x.size())));
  return axes;
}

Draft draw_reduction(Numbers& numbers, const Sizes& x, const std::vector<std::int64_t>& axes) {
  const bool keepdims = numbers.chance(0.4);
  Draft out;
  out.step.whole = {keepdims ? 1 : 0};
  out.step.whole.insert(out.step.whole.end(), axes.begin(), axes.end());
  out.step.shape = reduced(x, reduced_axes(out.step, x.size()), keepdims);
  return out;
}

std::vector<bool> reduced_axes(const Step& step, std::size_t rank) {
  std::vector<bool> out(rank, false);
  for (std::size_t k = 1; k < step.whole.size(); ++k) out[axis_of(step.whole[k], rank)] = true;
  return out;
}

std::optional<Draft> draw_along_axis(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  Draft out;
  out.step.whole = {draw_axis(numbers, x)};
  out.step.shape = x;
  return out;
}

}  // namespace gradus::differential
