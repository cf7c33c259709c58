#include "autograd/graph/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/graph/graph_plans.h"

namespace gradus {

using detail::Leaf;
using detail::Record;

namespace {

const Leaf& as_leaf(const Record& record) { return static_cast<const Leaf&>(record); }

Role role_of_leaf(const Record& record) {
  switch (as_leaf(record).kind) {
    case LeafKind::input:
      return Role::input;
    case LeafKind::parameter:
      return Role::parameter;
    case LeafKind::constant:
      break;
  }
  return record.named() ? Role::input : Role::constant;  // a constant with a name is data
}

std::string_view word_of_leaf(Role role) {
  return role == Role::input ? "input" : role == Role::parameter ? "parameter" : "constant";
}

/// The name of an op as part of an id: letters, digits and '_' alone.
std::string as_identifier(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const char lower = static_cast<char>(c | 0x20);
    const bool keep = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
    out += keep ? c : '_';
  }
  if (out.empty() || (out[0] >= '0' && out[0] <= '9')) out.insert(0, "op_");
  return out;
}

bool is_number(const Array& a) { return a.defined() && a.size() == 1; }

}  // namespace

/// Lays the records behind some outputs out flat.
class GraphBuilder {
 public:
  explicit GraphBuilder(Graph& graph) : graph_(graph) {}

  void build(std::span<const Tensor> outputs) {
    check(outputs);
    graph_.roots_.assign(outputs.begin(), outputs.end());
    for (const Record* record : in_order()) {
      if (record->rule == nullptr) {
        add_leaf(*record);
      } else {
        add_step(*record);
      }
    }
    for (const Tensor& output : outputs) add_output(output);
    fill_in_leaf_values();
  }

 private:
  static constexpr int none = -1;
  static constexpr int unknown = -2;

  static void check(std::span<const Tensor> outputs) {
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (!outputs[k].defined()) throw GraphError(fmt::format("[graph] output {} is an empty tensor", k));
    }
  }

  /// Every record the outputs came from, arguments before results.
  std::vector<const Record*> in_order() {
    std::vector<const Record*> found;
    std::vector<const Record*> open;
    const auto visit = [&](const Record* record) {
      if (record == nullptr || !slot_of_.emplace(record, none).second) return;
      found.push_back(record);
      open.push_back(record);
    };
    for (const Tensor& output : graph_.roots_) visit(output.record().get());
    while (!open.empty()) {
      const Record* record = open.back();
      open.pop_back();
      for (std::uint32_t k = 0; k < record->arity; ++k) visit(record->links()[k]);
    }
    std::stable_sort(found.begin(), found.end(), [](const Record* a, const Record* b) { return a->id < b->id; });
    graph_.slots_.reserve(found.size());
    graph_.records_.reserve(found.size());
    return found;
  }

  int add_slot(std::string_view kind, Role role, const Array& value, const Record* record) {
    const int index = static_cast<int>(graph_.slots_.size());
    Slot slot;
    slot.id = fmt::format("{}_{}", kind, ++count_[std::string(kind)]);
    slot.role = role;
    slot.shape = value.shape();
    slot.dtype = value.dtype();
    slot.value = value;
    slot.differentiated = record != nullptr && record->requires_grad;
    if (record != nullptr && record->named()) slot.name = record->extra->name;
    graph_.slots_.push_back(std::move(slot));
    graph_.records_.push_back(record);
    return index;
  }

  void add_leaf(const Record& record) {
    const Role role = role_of_leaf(record);
    const int index = add_slot(word_of_leaf(role), role, record.result, &record);
    // The leaf may have been given another value since; the steps that used it tell the old one.
    graph_.slots_.back().value = Array();
    graph_.slots_.back().scope = unknown;
    slot_of_[&record] = index;
  }

  void add_step(const Record& record) {
    Graph::Step step;
    step.rule = record.rule;
    const int scope = module_of(record.scope.get());
    step.arguments.reserve(record.arity);
    for (std::uint32_t k = 0; k < record.arity; ++k) step.arguments.push_back(argument(record, k, scope));
    step.derivatives = derivatives(record);
    const Role role = record.rule->kind() == OpKind::activation ? Role::activation : Role::value;
    step.result = add_slot(as_identifier(record.rule->name()), role, record.result, &record);
    Slot& slot = graph_.slots_.back();
    slot.step = static_cast<int>(graph_.steps_.size());
    slot.scope = scope;
    slot_of_[&record] = step.result;
    graph_.steps_.push_back(std::move(step));
  }

  /// The slot of an argument, which learns here what it was at the time and where it is used.
  int argument(const Record& record, std::uint32_t k, int scope) {
    const Record* link = record.links()[k];
    const Array& kept = record.kept()[k];
    if (link == nullptr) {
      const int constant = add_slot("constant", Role::constant, kept, nullptr);
      graph_.slots_.back().scope = scope;
      return constant;
    }
    const int index = slot_of_.at(link);
    Slot& slot = graph_.slots_[static_cast<std::size_t>(index)];
    if (!slot.value.defined() || (!slot.value.has_data() && kept.has_data())) slot.value = kept;
    if (slot.step < 0) slot.scope = slot.scope == unknown ? scope : common_module(slot.scope, scope);
    return index;
  }

  static std::vector<Array> derivatives(const Record& record) {
    const std::span<const Array> x = record.arguments();
    const auto is_known = [](const Array& a) { return is_number(a) && a.has_data(); };
    std::vector<Array> out(record.arity);
    if (!is_known(record.result) || !std::all_of(x.begin(), x.end(), is_known) || record.arity >= 32) return out;
    Array one = Array::full(record.result.shape(), 1.0, record.result.dtype());
    record.rule->pull(std::move(one), x, record.result, (1U << record.arity) - 1U, out.data());
    return out;
  }

  int module_of(const Scope* scope) {
    std::vector<const Scope*> missing;
    while (scope != nullptr && !module_of_.contains(scope)) {
      missing.push_back(scope);
      scope = scope->parent.get();
    }
    int module = scope == nullptr ? none : module_of_.at(scope);
    for (; !missing.empty(); missing.pop_back()) {
      const Scope& outermost = *missing.back();
      depth_.push_back(module == none ? 0 : depth_[static_cast<std::size_t>(module)] + 1);
      graph_.modules_.push_back({outermost.name, outermost.kind, outermost.note, module, outermost.role});
      module = static_cast<int>(graph_.modules_.size()) - 1;
      module_of_.emplace(&outermost, module);
    }
    return module;
  }

  /// The innermost module that contains both.
  [[nodiscard]] int common_module(int a, int b) const {
    while (a != b) {
      if (a == none || b == none) return none;
      int& deeper = depth_[static_cast<std::size_t>(a)] >= depth_[static_cast<std::size_t>(b)] ? a : b;
      deeper = graph_.modules_[static_cast<std::size_t>(deeper)].parent;
    }
    return a;
  }

  void add_output(const Tensor& output) {
    const Record* record = output.record().get();
    const int index =
        record != nullptr ? slot_of_.at(record) : add_slot("constant", Role::output, output.value(), nullptr);
    Slot& slot = graph_.slots_[static_cast<std::size_t>(index)];
    graph_.outputs_.push_back(index);
    if (slot.step < 0) return;  // a leaf stays what it is
    slot.value = output.value();
    const bool is_loss =
        slot.scope >= 0 && graph_.modules_[static_cast<std::size_t>(slot.scope)].role == ModuleRole::loss;
    slot.role = is_loss ? Role::loss : Role::output;
  }

  void fill_in_leaf_values() {
    for (std::size_t i = 0; i < graph_.slots_.size(); ++i) {
      Slot& slot = graph_.slots_[i];
      if (slot.step >= 0 || graph_.records_[i] == nullptr) continue;
      // No step kept the numbers: the leaf's own are the best there is.
      if (!slot.value.defined() || !slot.value.has_data()) slot.value = graph_.records_[i]->result;
      // Data belongs to no module, nor does a leaf that nothing uses.
      if (slot.role == Role::input || slot.scope == unknown) slot.scope = none;
    }
  }

  Graph& graph_;
  std::unordered_map<const Record*, int> slot_of_;
  std::unordered_map<const Scope*, int> module_of_;
  std::unordered_map<std::string, int> count_;  // slots so far, by the first part of their ids
  std::vector<int> depth_;                      // of each module
};

Graph::Graph(std::span<const Tensor> outputs) : replay_(std::make_shared<detail::Replay>()) {
  GraphBuilder(*this).build(outputs);
}

void Graph::compute_gradients() {
  std::vector<Tensor> targets;
  std::vector<Slot*> receivers;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].gradient = Array();
    const Record* record = records_[i];
    if (record == nullptr || !record->requires_grad) continue;
    receivers.push_back(&slots_[i]);
    targets.emplace_back(slots_[i].value, Counted<Record>::share(const_cast<Record*>(record)));
  }
  if (targets.empty()) return;
  for (const Tensor& y : roots_) {
    const std::vector<Tensor> parts =
        detail::grad_or_zeros(std::span(&y, 1), targets, std::array{Array::full(y.shape(), 1.0, y.dtype())});
    for (std::size_t k = 0; k < parts.size(); ++k) {
      Array& sum = receivers[k]->gradient;
      sum = sum.defined() ? sum + parts[k].value() : parts[k].value();
    }
  }
}

}  // namespace gradus
