#include "autograd/tensor/rule.h"

#include <algorithm>
#include <utility>

#include "autograd/array/elementwise.h"
#include "autograd/tensor/anomaly.h"
#include "autograd/tensor/mode.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/trace.h"

namespace gradus {

Rule::~Rule() = default;

BatchedRule Rule::batched(std::int64_t, std::span<const int>) const { return {}; }

bool Rule::internal() const {
  const detail::OpTraits* traits = op_struct().traits;
  return traits != nullptr && traits->internal;
}

bool Rule::is_affine() const {
  const detail::OpTraits* traits = op_struct().traits;
  return traits != nullptr && traits->affine;
}

void detail::add_to(Tensor& sum, Tensor&& part) { sum = sum.defined() ? sum + part : std::move(part); }

namespace {

// Whether constants that a graph is to show enter an op (RecordConstants).
bool shows_constants(std::span<const detail::Operand> arguments) {
  const auto shown = [](const detail::Operand& a) {
    return a.record != nullptr && (a.record->rule != nullptr || a.record->named());
  };
  return detail::mode.constants && !detail::mode.off && std::any_of(arguments.begin(), arguments.end(), shown);
}

}  // namespace

Tensor detail::finish(std::string_view name, const RuleEntry& (*rule_of_op)(), const void* op,
                      std::span<const Operand> arguments, Array result) {
  std::uint32_t tracked = 0;
  for (std::size_t k = 0; k < arguments.size(); ++k) {
    const Record* record = arguments[k].record;
    if (record != nullptr && record->requires_grad) tracked |= 1U << k;
  }
  if (tracked == 0 || !recording()) {
    if (watching()) check_result(name, arguments, result);
    if (!traces(arguments) && !shows_constants(arguments)) return Tensor(std::move(result), Counted<Record>());
  }
  const RuleEntry& entry = rule_of_op();
  if (entry.make == nullptr) {
    Record* record = make_record(entry.shared, false, arguments, result, entry.shared->keep(tracked));
    return Tensor(std::move(result), Counted<Record>::adopt(record));
  }
  std::unique_ptr<Rule> rule = entry.make(op);
  Record* record = make_record(rule.get(), true, arguments, result, rule->keep(tracked));
  static_cast<void>(rule.release());
  return Tensor(std::move(result), Counted<Record>::adopt(record));
}

}  // namespace gradus
