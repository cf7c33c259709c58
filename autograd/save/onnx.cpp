#include "autograd/save/onnx.h"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/index.h"
#include "autograd/base/text.h"
#include "autograd/graph/rebuild.h"
#include "autograd/save/onnx_nodes.h"
#include "autograd/save/onnx_proto.h"
#include "autograd/save/saved_ops.h"
#include "autograd/save/stable_forms.h"

namespace gradus {

namespace {

constexpr std::int64_t opset = 14;
constexpr std::int64_t ir_version = 7;  // the one that came with it

using detail::at;

class OnnxWriter {
 public:
  explicit OnnxWriter(const Graph& graph) : graph_(graph) { name_values(); }

  /// Nothing when a step has no twin; `missing()` says which.
  bool write() {
    model_.set_ir_version(ir_version);
    model_.set_producer_name("gradus");
    model_.add_opset_import()->set_version(opset);
    model_.mutable_graph()->set_name("gradus");
    detail::OnnxNodes nodes(*model_.mutable_graph());
    for (std::size_t i = 0; i < graph_.slots().size(); ++i) {
      const Slot& slot = graph_.slots()[i];
      if (slot.step < 0) {
        leaf(static_cast<int>(i), nodes);
      } else if (!nodes.write(step(graph_.steps()[at(slot.step)]))) {
        missing_ = slot.step;
        return false;
      }
    }
    for (const int output : graph_.outputs()) describe(output, *model_.mutable_graph()->add_output());
    return true;
  }

  [[nodiscard]] int missing() const { return missing_; }
  [[nodiscard]] std::string bytes() const { return model_.SerializeAsString(); }

 private:
  void name_values() {
    std::unordered_map<std::string, int> uses;
    for (const Slot& slot : graph_.slots()) {
      ++uses[slot.id];
      if (!slot.name.empty()) ++uses[slot.name];
    }
    for (const Slot& slot : graph_.slots()) {
      const std::string name = valid(slot.name);
      const bool unique =
          !slot.name.empty() && name == slot.name && uses[slot.name] == 1 && !name.starts_with("gradus/");
      names_.push_back(unique ? name : slot.id);
    }
  }

  /// Texts of protocol buffers are UTF-8.
  static std::string valid(const std::string& name) { return is_utf8(name) ? name : std::string(); }

  void leaf(int i, detail::OnnxNodes& nodes) {
    const Slot& slot = graph_.slots()[at(i)];
    if (slot.role == Role::input) {
      describe(i, *model_.mutable_graph()->add_input());
    } else {
      nodes.initializer(names_[at(i)], slot.value);
    }
  }

  void describe(int i, onnx::ValueInfoProto& info) const {
    const Slot& slot = graph_.slots()[at(i)];
    info.set_name(names_[at(i)]);
    onnx::TypeProto_Tensor& type = *info.mutable_type()->mutable_tensor_type();
    type.set_elem_type(detail::onnx_type(slot.dtype));
    type.mutable_shape();  // a single number has one too
    for (const std::int64_t size : slot.shape) type.mutable_shape()->add_dim()->set_dim_value(size);
  }

  [[nodiscard]] detail::OnnxStep step(const Graph::Step& s) const {
    detail::OnnxStep out{detail::saved_op(*s.rule), {}, value(s.result), graph_.slots()[at(s.result)].dtype};
    for (const int argument : s.arguments) out.arguments.push_back(value(argument));
    return out;
  }
  [[nodiscard]] detail::OnnxValue value(int i) const { return {names_[at(i)], graph_.slots()[at(i)].shape}; }

  const Graph& graph_;
  onnx::ModelProto model_;
  std::vector<std::string> names_;  // of each slot
  int missing_ = -1;
};

/// The graph with every op of one kind in simpler ones; nothing when it is not made of any.
std::optional<Graph> without(const Graph& graph, const Rule& rule) {
  bool found = false;
  Graph simpler = detail::graph_again(detail::parts_of(graph), [&](const Graph::Step& step, std::span<const Tensor> x) {
    std::optional<Tensor> composed;
    if (step.rule->op_struct().type == rule.op_struct().type) {
      composed = detail::stable_result(*step.rule, x);
      if (!composed) composed = detail::composed_result(*step.rule, x);
    }
    found = found || composed.has_value();
    return composed ? std::move(*composed) : detail::apply_rule(*step.rule, x);
  });
  return found ? std::optional(std::move(simpler)) : std::nullopt;
}

}  // namespace

bool have_onnx() noexcept { return true; }

std::string to_onnx(const Graph& graph) {
  Graph rest = graph;
  for (;;) {
    OnnxWriter writer(rest);
    if (writer.write()) return writer.bytes();
    const Rule& rule = *rest.steps()[at(writer.missing())].rule;
    std::optional<Graph> simpler = without(rest, rule);
    if (!simpler) throw GraphError(fmt::format("[to_onnx] '{}' has no form in ONNX", rule.name()));
    rest = std::move(*simpler);
  }
}

}  // namespace gradus
