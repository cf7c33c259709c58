#include "autograd/graph/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "autograd/base/error.h"
#include "autograd/base/suggest.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/graph/graph_plans.h"
#include "autograd/tensor/trace.h"

namespace gradus {

namespace detail {

namespace {

std::string called(const Slot& slot) { return slot.name.empty() ? slot.id : fmt::format("'{}'", slot.name); }

[[noreturn]] void refuse_name(const std::string& name, const Graph& graph) {
  std::vector<std::string_view> known;
  for (const Slot& slot : graph.slots()) {
    if (slot.step < 0) known.emplace_back(slot.name.empty() ? slot.id : slot.name);
  }
  for (const Slot& slot : graph.slots()) {
    if (slot.step < 0 || slot.name != name) continue;
    throw GraphError(fmt::format("[run] '{}' is computed by {}: only a leaf can be given", name, slot.id));
  }
  throw GraphError(fmt::format("[run] the graph has no leaf '{}'{}", name, did_you_mean(name, known)));
}

}  // namespace

int Replay::checked_leaf(const Graph& graph, int slot) {
  if (slot < 0 || static_cast<std::size_t>(slot) >= graph.slots_.size()) {
    throw GraphError(fmt::format("[run] there is no slot {}: the graph has {}", slot, graph.slots_.size()));
  }
  const Slot& leaf = graph.slots_[static_cast<std::size_t>(slot)];
  if (leaf.step >= 0) throw GraphError(fmt::format("[run] {} is computed: only a leaf can be given", called(leaf)));
  if (graph.records_[static_cast<std::size_t>(slot)] == nullptr) {
    throw GraphError(fmt::format("[run] {} is a number that was no tensor: it cannot be given", called(leaf)));
  }
  return slot;
}

int Replay::slot_of(const Graph& graph, const RunInput& input) {
  const std::vector<Slot>& slots = graph.slots();
  if (input.slot_) return checked_leaf(graph, *input.slot_);
  int found = -1;
  if (input.name_.empty()) {
    const Record* leaf = input.leaf_.record().get();
    const auto it = std::ranges::find(graph.records_, leaf);
    if (leaf == nullptr || it == graph.records_.end()) throw GraphError("[run] the graph has no such tensor");
    found = static_cast<int>(it - graph.records_.begin());
    if (slots[static_cast<std::size_t>(found)].step >= 0) {
      throw GraphError("[run] this tensor is computed: only a leaf can be given");
    }
    return found;
  }
  const auto matches = [&](auto member) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (slots[i].step >= 0 || slots[i].*member != input.name_ || graph.records_[i] == nullptr) continue;
      if (found >= 0) {
        throw GraphError(fmt::format("[run] {} and {} are both named '{}': give the id of one",
                                     slots[static_cast<std::size_t>(found)].id, slots[i].id, input.name_));
      }
      found = static_cast<int>(i);
    }
    return found >= 0;
  };
  if (!matches(&Slot::name) && !matches(&Slot::id)) refuse_name(input.name_, graph);
  return found;
}

Array Replay::fitting(const Slot& slot, const RunInput& input) {
  const Array& value = input.value_;
  if (!value.defined())
    throw GraphError(fmt::format("[run] the array for {} is empty: it was never given numbers", called(slot)));
  if (!(value.shape() == slot.shape)) {
    throw ShapeError(fmt::format("[run] {} is {}, the array given {}", called(slot), to_string(slot.shape),
                                 to_string(value.shape())));
  }
  if (input.number_) return value.to(slot.dtype);
  if (value.dtype() != slot.dtype) {
    throw ShapeError(fmt::format("[run] {} is {}, the array given {}: convert it with Array::to", called(slot),
                                 name_of(slot.dtype), name_of(value.dtype())));
  }
  return value;
}

void Replay::make(const Graph& graph, bool gradients, Planned& planned) {
  std::vector<Tensor> outputs = graph.roots_;
  std::uint64_t newest = 0;
  for (const Record* record : graph.records_) newest = std::max(newest, record == nullptr ? 0 : record->id);
  const Trace trace(newest, true);
  if (gradients) {
    const NoGrad no_grad;
    std::vector<Tensor> leaves;
    for (std::size_t i = 0; i < graph.slots_.size(); ++i) {
      const Record* record = graph.records_[i];
      if (record == nullptr || record->rule != nullptr || !record->requires_grad) continue;
      leaves.emplace_back(graph.slots_[i].value, Counted<Record>::share(const_cast<Record*>(record)));
    }
    std::vector<Tensor> sums(leaves.size());
    for (const Tensor& y : graph.roots_) {
      std::vector<Tensor> parts =
          grad_or_zeros(std::span(&y, 1), leaves, std::array{Array::full(y.shape(), 1.0, y.dtype())});
      for (std::size_t k = 0; k < leaves.size(); ++k) add_to(sums[k], std::move(parts[k]));
    }
    outputs.insert(outputs.end(), sums.begin(), sums.end());
  }
  Program program = make_program(outputs, {"run", 0, true, newest});
  std::unordered_map<const Record*, int> slots;
  for (std::size_t i = 0; i < graph.records_.size(); ++i) slots.emplace(graph.records_[i], static_cast<int>(i));
  planned.slots.clear();
  for (const Program::Input& input : program.inputs) planned.slots.push_back(slots.at(input.leaf.get()));
  planned.plan = std::make_unique<const Plan>(std::move(program));
}

const Plan& Replay::plan(const Graph& graph, bool gradients) {
  Planned& planned = gradients ? gradients_ : values_;
  std::call_once(planned.once, [&] { make(graph, gradients, planned); });
  return *planned.plan;
}

std::vector<Array> Replay::run(const Graph& graph, std::span<const RunInput> inputs, bool gradients) {
  refuse_in_trace("run()", "call the function that recorded the graph");
  const Plan& made = plan(graph, gradients);
  const std::vector<int>& slots = (gradients ? gradients_ : values_).slots;
  std::vector<Array> values(slots.size());
  for (const RunInput& input : inputs) {
    const int slot = slot_of(graph, input);
    Array& value = values[static_cast<std::size_t>(std::ranges::find(slots, slot) - slots.begin())];
    const Slot& leaf = graph.slots()[static_cast<std::size_t>(slot)];
    if (value.defined()) throw GraphError(fmt::format("[run] {} is given twice", called(leaf)));
    value = fitting(leaf, input);
  }
  for (std::size_t k = 0; k < slots.size(); ++k) {
    if (!values[k].defined()) values[k] = graph.slots()[static_cast<std::size_t>(slots[k])].value;
  }
  return made.run(values);
}

GraphRun Replay::with_names(const Graph& graph, std::vector<Array> results) const {
  GraphRun out;
  const auto outputs = static_cast<std::ptrdiff_t>(graph.roots_.size());
  out.outputs.assign(results.begin(), results.begin() + outputs);
  auto next = results.begin() + outputs;
  for (std::size_t i = 0; i < graph.slots_.size(); ++i) {
    const Record* record = graph.records_[i];
    if (record == nullptr || record->rule != nullptr || !record->requires_grad) continue;
    out.gradients_.push_back({graph.slots_[i].name, graph.slots_[i].id, record, std::move(*next++)});
  }
  return out;
}

}  // namespace detail

const Array& GraphRun::gradient(std::string_view name) const {
  std::vector<std::string_view> known;
  for (const Entry& entry : gradients_) {
    if (entry.name == name) return entry.gradient;
    known.emplace_back(entry.name.empty() ? entry.id : entry.name);
  }
  for (const Entry& entry : gradients_) {
    if (entry.id == name) return entry.gradient;
  }
  throw GraphError(fmt::format("[run] no leaf '{}' has a gradient{}", name, did_you_mean(name, known)));
}

const Array& GraphRun::gradient(const Tensor& leaf) const {
  for (const Entry& entry : gradients_) {
    if (entry.leaf == leaf.record().get()) return entry.gradient;
  }
  throw GraphError("[run] the graph has no such leaf with a gradient");
}

std::vector<Array> Graph::run(std::span<const RunInput> inputs) const { return replay_->run(*this, inputs, false); }
std::vector<Array> Graph::run(std::initializer_list<RunInput> inputs) const {
  return run(std::span(inputs.begin(), inputs.size()));
}
GraphRun Graph::run_with_gradients(std::span<const RunInput> inputs) const {
  return replay_->with_names(*this, replay_->run(*this, inputs, true));
}
GraphRun Graph::run_with_gradients(std::initializer_list<RunInput> inputs) const {
  return run_with_gradients(std::span(inputs.begin(), inputs.size()));
}
PlanSize Graph::plan_size(bool with_gradients) const { return replay_->plan(*this, with_gradients).size(); }

}  // namespace gradus
