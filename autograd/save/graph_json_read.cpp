#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/index.h"
#include "autograd/base/text.h"
#include "autograd/graph/rebuild.h"
#include "autograd/save/graph_json.h"
#include "autograd/save/graph_json_values.h"
#include "autograd/save/saved_ops.h"

namespace gradus {

namespace {

using nlohmann::json;

constexpr std::int64_t supported_version = 1;
constexpr std::int64_t most_numbers = std::int64_t{1} << 28;  // of all slots together: 2 GiB of float64
constexpr int none = -1;

using detail::at;

class JsonReader : detail::JsonValues {
 public:
  JsonReader(std::string_view text, const std::string& path) : JsonValues(path) { parse(text); }

  Graph read() {
    check_header();
    modules();
    slots();
    steps();
    outputs();
    check_what_is_computed();
    return record();
  }

 private:
  void parse(std::string_view text) {
    try {
      root_ = json::parse(text);
    } catch (const json::parse_error& error) {
      const std::size_t end = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
      const std::string_view before = text.substr(0, end);
      const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
      const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
      throw FileError(path_, "is no JSON", line, end - start + 1);
    } catch (const json::exception& error) {
      fail("is no JSON that can be read: a number or a text is out of range");
    }
    if (!root_.is_object()) fail("is no graph: it must be an object");
  }

  // -------------------------------------------------------------------------------------------------- parts of the graph

  void check_header() const {
    if (text(root_, "format", "the file") != "gradus-graph") fail("is no graph: \"format\" is not \"gradus-graph\"");
    const std::int64_t version = whole(need(root_, "version", "the file"), "\"version\"");
    if (version != supported_version) {
      fail(fmt::format("has version {} of the format; this Gradus reads version {}", version, supported_version));
    }
  }

  void modules() {
    const json* all = member(root_, "modules");
    if (all == nullptr) return;
    if (!all->is_array()) fail("\"modules\" is no list");
    for (const json& m : *all) {
      const std::string where = fmt::format("module {}", modules_.size());
      if (!m.is_object()) fail(where + " is no object");
      GraphModule module{text(m, "name", where), text(m, "kind", where), text(m, "note", where), none, {}};
      module.role = module.kind == "loss" && flag(m, "loss", true, where) ? ModuleRole::loss : ModuleRole::plain;
      // Behind its parent, so that none lies in itself.
      if (const json* parent = member(m, "parent")) {
        module.parent = index(*parent, modules_.size(), fmt::format("\"parent\" of {}", where));
      }
      modules_.push_back(std::move(module));
    }
  }

  void slots() {
    std::unordered_set<std::string> ids;
    for (const json& s : list(root_, "slots", "the file")) {
      const std::string where = fmt::format("slot {}", slots_.size());
      if (!s.is_object()) fail(where + " is no object");
      Slot slot;
      slot.id = text(s, "id", where);
      if (!slot.id.empty() && !ids.insert(slot.id).second)
        fail(fmt::format("{} is the second {}", where, in_quotes(slot.id)));
      slot.name = text(s, "name", where);
      slot.role = role(text(s, "role", where), where);
      slot.dtype = dtype(text(s, "dtype", where), where);
      slot.shape = shape(list(s, "shape", where), where);
      slot.differentiated = slot.role == Role::parameter || slot.role == Role::input;
      slot.differentiated = flag(s, "differentiated", slot.differentiated, where);
      if (const json* module = member(s, "module")) {
        slot.scope = index(*module, modules_.size(), fmt::format("\"module\" of {}", where));
      }
      values_.push_back(member(s, "value"));
      wants_gradients_ = wants_gradients_ || member(s, "gradient") != nullptr;
      slots_.push_back(std::move(slot));
    }
  }

  bool flag(const json& object, const char* name, bool otherwise, const std::string& where) const {
    const json* flag = member(object, name);
    if (flag == nullptr) return otherwise;
    if (!flag->is_boolean()) fail(fmt::format("\"{}\" of {} is not true or false", name, where));
    return flag->get<bool>();
  }

  Role role(const std::string& name, const std::string& where) const {
    for (int r = 0; r <= static_cast<int>(Role::loss); ++r) {
      if (name_of(static_cast<Role>(r)) == name) return static_cast<Role>(r);
    }
    fail(fmt::format("\"role\" of {} is none: {}", where, in_quotes(name)));
  }

  DType dtype(const std::string& name, const std::string& where) const {
    if (name == name_of(DType::float32)) return DType::float32;
    if (name == name_of(DType::float64)) return DType::float64;
    fail(fmt::format("\"dtype\" of {} is none: {}", where, in_quotes(name)));
  }

  Shape shape(const json& sizes, const std::string& where) {
    return told_where(where, [&] {
      const Shape shape(std::span<const std::int64_t>(whole_numbers(sizes, fmt::format("\"shape\" of {}", where))));
      // An axis of size 0 does not make up for a huge one: kernels walk along it.
      std::int64_t numbers = 1;
      for (const std::int64_t size : shape) {
        numbers = std::min(numbers * std::clamp<std::int64_t>(size, 1, most_numbers + 1), most_numbers + 1);
      }
      numbers_ += numbers;
      if (numbers_ > most_numbers) fail(fmt::format("{} is too large: {}", where, to_string(shape)));
      return shape;
    });
  }

  void steps() {
    const json& all = list(root_, "steps", "the file");
    for (const json& s : all) {
      const std::string where = fmt::format("step {}", steps_.size());
      if (!s.is_object()) fail(where + " is no object");
      Graph::Step step;
      step.result = index(need(s, "result", where), slots_.size(), fmt::format("\"result\" of {}", where));
      for (const json& argument : list(s, "arguments", where)) {
        step.arguments.push_back(index(argument, slots_.size(), fmt::format("an argument of {}", where)));
      }
      int& maker = slots_[at(step.result)].step;
      if (maker != none) fail(fmt::format("slot {} is the result of step {} and of {}", step.result, maker, where));
      maker = static_cast<int>(steps_.size());
      steps_.push_back(std::move(step));
    }
    check_order();
    leaves();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].step != none) load_step(slots_[i].step, all[at(slots_[i].step)]);
    }
  }

  /// Steps read what is there before.
  void check_order() const {
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      for (const int argument : steps_[s].arguments) {
        if (argument < steps_[s].result) continue;
        if (argument == steps_[s].result || leads_to(argument, steps_[s].result)) {
          fail(fmt::format("step {} is part of a cycle: it reads slot {}", s, argument));
        }
        fail(fmt::format("step {} is out of order: it makes slot {} and reads slot {}", s, steps_[s].result, argument));
      }
    }
  }

  /// Whether a slot was computed from another.
  [[nodiscard]] bool leads_to(int from, int wanted) const {
    std::vector<bool> seen(slots_.size());
    std::vector<int> open{from};
    while (!open.empty()) {
      const int i = open.back();
      open.pop_back();
      if (i == wanted) return true;
      if (seen[at(i)] || slots_[at(i)].step == none) continue;
      seen[at(i)] = true;
      const std::vector<int>& arguments = steps_[at(slots_[at(i)].step)].arguments;
      open.insert(open.end(), arguments.begin(), arguments.end());
    }
    return false;
  }

  void leaves() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      Slot& slot = slots_[i];
      if (slot.step != none) continue;
      const std::string where = fmt::format("slot {}", i);
      const bool is_leaf = slot.role == Role::input || slot.role == Role::parameter || slot.role == Role::constant;
      if (values_[i] == nullptr || !is_leaf) fail(fmt::format("{} has no value and no step computes it", where));
      if (slot.role == Role::constant && slot.differentiated) fail(where + " is a constant that is differentiated");
      if (slot.role == Role::parameter && !slot.differentiated)
        fail(where + " is a parameter that is not differentiated");
      const std::vector<double> values = numbers(*values_[i], "value", slot.shape, where);
      slot.value = Array(slot.shape, values).to(slot.dtype);
    }
  }

  std::vector<double> numbers(const json& values, const char* name, const Shape& shape,
                              const std::string& where) const {
    const std::string what = fmt::format("\"{}\" of {}", name, where);
    if (!values.is_array() || values.size() != static_cast<std::size_t>(shape.size())) {
      fail(fmt::format("{} is no list of {} numbers", what, shape.size()));
    }
    std::vector<double> list;
    list.reserve(values.size());
    for (const json& value : values) list.push_back(number(value, what));
    return list;
  }

  void load_step(int s, const json& written) {
    Graph::Step& step = steps_[at(s)];
    const std::string where = fmt::format("step {}", s);
    std::vector<Shape> shapes;
    bool differentiated = false;
    for (const int argument : step.arguments) {
      shapes.push_back(slots_[at(argument)].shape);
      differentiated = differentiated || slots_[at(argument)].differentiated;
    }
    if (!differentiated) fail(fmt::format("{} reads constants alone: it would not be recorded", where));
    Slot& result = slots_[at(step.result)];
    result.differentiated = true;
    for (const int argument : step.arguments) {
      const Slot& first = slots_[at(step.arguments.front())];
      const Slot& slot = slots_[at(argument)];
      if (slot.dtype != first.dtype) {
        fail(fmt::format("{} reads {} and {} numbers: a \"cast\" must come between", where, name_of(first.dtype),
                         name_of(slot.dtype)));
      }
    }
    told_where(where, [&] {
      detail::LoadedRule loaded = detail::load_rule(op(written, where), shapes);
      if (loaded.shape != result.shape) contradiction(where, step.result, loaded.shape);
      step.rule = loaded.rule.get();
      rules_.push_back(std::move(loaded.rule));
      return 0;
    });
    // A gradient flows back in the shape of its argument: what is differentiated must have been broadcast before.
    if (step.rule->elementwise().op == nullptr) return;
    for (const int argument : step.arguments) {
      const Slot& slot = slots_[at(argument)];
      if (slot.differentiated && slot.shape != result.shape) {
        fail(fmt::format("{}: slot {} must be broadcast to {} by a step of its own", where, argument,
                         to_string(result.shape)));
      }
    }
  }

  [[noreturn]] void contradiction(const std::string& where, int slot, const Shape& computed) const {
    fail(fmt::format("{} gives {}, but slot {} has shape {}", where, to_string(computed), slot,
                     to_string(slots_[at(slot)].shape)));
  }

  detail::SavedOp op(const json& step, const std::string& where) const {
    detail::SavedOp op;
    op.key = text(step, "op", where);
    const json* attributes = member(step, "attributes");
    if (attributes == nullptr) return op;
    if (!attributes->is_object()) fail(fmt::format("\"attributes\" of {} is no object", where));
    for (const auto& [name, value] : attributes->items()) {
      op.attributes.push_back({name, attribute(value, fmt::format("attribute {} of {}", in_quotes(name), where))});
    }
    return op;
  }

  detail::AttributeValue attribute(const json& value, const std::string& what) const {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_integer()) return whole(value, what);
    if (value.is_number()) return value.get<double>();
    if (value.is_array()) return whole_numbers(value, what);
    if (!value.is_string()) fail(what + " is none");
    if (value == "nan" || value == "inf" || value == "-inf") return number(value, what);
    return value.get<std::string>();
  }

  void outputs() {
    std::unordered_set<std::string> names;
    std::unordered_set<int> seen;
    for (const json& output : list(root_, "outputs", "the file")) {
      const int i = index(output, slots_.size(), "an output");
      const std::string& name = slots_[at(i)].name;
      if (!seen.insert(i).second) fail(fmt::format("slot {} is an output twice", i));
      if (!name.empty() && !names.insert(name).second) fail(fmt::format("two outputs are called {}", in_quotes(name)));
      outputs_.push_back(i);
    }
    if (outputs_.empty()) fail("has no output");
  }

  /// Results, gradients and formulas are computed again: but what is no list of numbers is no graph's file.
  void check_what_is_computed() const {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const std::string where = fmt::format("slot {}", i);
      const json& slot = root_["slots"][i];
      for (const char* name : {"value", "gradient"}) {
        if (const json* list = member(slot, name)) static_cast<void>(numbers(*list, name, slots_[i].shape, where));
      }
      static_cast<void>(text(slot, "formula", where));
    }
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const json* all = member(root_["steps"][i], "derivatives");
      if (all == nullptr) continue;
      const std::string what = fmt::format("\"derivatives\" of step {}", i);
      const std::size_t wanted = steps_[i].arguments.size();
      if (!all->is_array() || all->size() != wanted) fail(fmt::format("{} is no list of {}", what, wanted));
      for (const json& one : *all) {
        if (!one.is_null()) static_cast<void>(number(one, what));
      }
    }
  }

  // -------------------------------------------------------------------------------------------------------- the recording

  Graph record() const {
    const detail::GraphParts parts{slots_, steps_, modules_, outputs_};
    Graph graph = told_where("the graph", [&] {
      return detail::graph_again(parts, [&](const Graph::Step& step, std::span<const Tensor> arguments) {
        const std::string where = fmt::format("step {}", slots_[at(step.result)].step);
        return told_where(where, [&] {
          Tensor result = detail::apply_rule(*step.rule, arguments);
          const Slot& slot = slots_[at(step.result)];
          if (result.shape() != slot.shape) contradiction(where, step.result, result.shape());
          if (result.dtype() != slot.dtype) {
            fail(fmt::format("{} gives {}, but slot {} is {}", where, name_of(result.dtype()), step.result,
                             name_of(slot.dtype)));
          }
          return result;
        });
      });
    });
    if (graph.slots().size() != slots_.size()) {
      fail(fmt::format("has {} slots, of which {} lead to an output", slots_.size(), graph.slots().size()));
    }
    if (wants_gradients_) {
      told_where("the gradients", [&] {
        graph.compute_gradients();
        return 0;
      });
    }
    return graph;
  }

  json root_;
  std::vector<GraphModule> modules_;
  std::vector<Slot> slots_;
  std::vector<const json*> values_;  // of each slot
  std::vector<Graph::Step> steps_;
  std::vector<std::unique_ptr<Rule>> rules_;
  std::vector<int> outputs_;
  std::int64_t numbers_ = 0;  // of the slots so far
  bool wants_gradients_ = false;
};

}  // namespace

Graph from_json(std::string_view text, const std::string& path) { return JsonReader(text, path).read(); }

}  // namespace gradus
