#include "autograd/differentiate/function_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/anomaly.h"
#include "autograd/tensor/trace.h"

namespace gradus::detail {

Formula FunctionRule::formula(std::span<const Formula> x) const { return Formula::call(name_, x); }

Tensor finish_function(std::unique_ptr<Rule> rule, std::span<const Tensor> arguments, Array result,
                       std::uint32_t keep) {
  const bool tracked = std::ranges::any_of(arguments, [](const Tensor& t) { return t.requires_grad(); });
  std::vector<Operand> operands;
  for (const Tensor& t : arguments) operands.push_back({&t.value(), t.record().get()});
  if (traces(operands)) {
    throw GraphError(
        fmt::format("[compile] '{}' runs a function of yours on numbers: it cannot be compiled", rule->name()));
  }
  if (!tracked || !recording()) {
    if (watching()) check_result(rule->name(), operands, result);
    return Tensor(std::move(result), Counted<Record>());
  }
  Record* record = make_record(rule.get(), true, operands, result, keep);
  static_cast<void>(rule.release());
  return Tensor(std::move(result), Counted<Record>::adopt(record));
}

}  // namespace gradus::detail
