#include "autograd/graph/rebuild.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/index.h"
#include "autograd/tensor/mode.h"
#include "autograd/tensor/op_traits.h"

namespace gradus::detail {

InScope::InScope(Scope* scope) : before_(std::exchange(mode.scope, scope)) {}
InScope::~InScope() { mode.scope = before_; }

std::vector<Counted<Scope>> scopes_of(std::span<const GraphModule> modules) {
  std::vector<Counted<Scope>> scopes;
  for (const GraphModule& module : modules) {
    auto scope = std::make_unique<Scope>();
    scope->name = module.name;
    scope->kind = module.kind;
    scope->note = module.note;
    scope->role = module.role;
    if (module.parent >= 0) scope->parent = Counted<Scope>::share(scopes[at(module.parent)].get());
    scopes.push_back(Counted<Scope>::adopt(scope.release()));
  }
  return scopes;
}

Tensor leaf_again(const Slot& slot, const Array& value, const std::string& name) {
  if (slot.role == Role::parameter) return parameter(value, name);
  if (slot.differentiated) return variable(value, name);
  return Tensor(value, name);
}

GraphParts parts_of(const Graph& graph) { return {graph.slots(), graph.steps(), graph.modules(), graph.outputs()}; }

Tensor apply_rule(const Rule& rule, std::span<const Tensor> x) {
  std::unique_ptr<Rule> own = rule.clone();
  if (own == nullptr) {
    throw GraphError(fmt::format("[graph] '{}' runs a function of yours: it cannot be recorded again", rule.name()));
  }
  std::vector<Array> values;
  std::vector<Operand> operands;
  std::uint32_t tracked = 0;
  values.reserve(x.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    values.push_back(x[k].value());
    if (x[k].requires_grad()) tracked |= bit_of(k);
  }
  for (std::size_t k = 0; k < x.size(); ++k) operands.push_back({&values[k], x[k].record().get()});
  Array result = own->evaluate(values);
  if (tracked == 0 || !recording()) return Tensor(std::move(result), Counted<Record>());
  const std::uint32_t keep = own->keep(tracked);
  Record* record = make_record(own.get(), true, operands, result, keep);
  static_cast<void>(own.release());
  return Tensor(std::move(result), Counted<Record>::adopt(record));
}

Graph graph_again(const GraphParts& parts, const StepAgain& again) {
  const Recording recorded;
  const std::vector<Counted<Scope>> scopes = scopes_of(parts.modules);
  std::vector<Tensor> tensors(parts.slots.size());
  for (std::size_t i = 0; i < parts.slots.size(); ++i) {
    const Slot& slot = parts.slots[i];
    if (slot.step < 0) {
      tensors[i] = leaf_again(slot, slot.value, slot.name);
      continue;
    }
    const Graph::Step& step = parts.steps[at(slot.step)];
    std::vector<Tensor> arguments;
    for (const int argument : step.arguments) arguments.push_back(tensors[at(argument)]);
    const InScope inside(slot.scope < 0 ? nullptr : scopes[at(slot.scope)].get());
    tensors[i] = again(step, arguments);
    if (!slot.name.empty() && tensors[i].record() && !tensors[i].is_leaf()) tensors[i].set_name(slot.name);
  }
  std::vector<Tensor> outputs;
  for (const int output : parts.outputs) outputs.push_back(tensors[at(output)]);
  return Graph(outputs);
}

std::optional<Tensor> composed_result(const Rule& rule, std::span<const Tensor> x) {
  const AnyOp any = rule.op_struct();
  return any.traits == nullptr || any.traits->composed == nullptr ? std::nullopt : any.traits->composed(any.op, x);
}

}  // namespace gradus::detail
