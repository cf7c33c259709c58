#include "autograd/graph/graph_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <vector>

#include "autograd/base/escape.h"
#include "autograd/base/index.h"
#include "autograd/tensor/rule.h"

namespace gradus {

namespace {

std::string label_of(const Slot& slot) { return slot.name.empty() ? slot.id : text::terminal_line(slot.name); }

struct Line {
  std::string label, computed, shape, role;
};

Line line_of(const Graph& graph, const Slot& slot) {
  Line line{label_of(slot), "", to_string(slot.shape), std::string(name_of(slot.role))};
  if (slot.dtype != DType::float64) line.role += fmt::format(", {}", name_of(slot.dtype));
  if (slot.step < 0) return line;
  const Graph::Step& step = graph.steps()[detail::at(slot.step)];
  line.computed = fmt::format("= {}(", step.rule->name());
  for (std::size_t k = 0; k < step.arguments.size(); ++k) {
    if (k == 8) {
      line.computed += ", ...";
      break;
    }
    line.computed += (k > 0 ? ", " : "") + label_of(graph.slots()[detail::at(step.arguments[k])]);
  }
  line.computed += ')';
  return line;
}

}  // namespace

std::string printed(const Graph& graph, std::size_t most) {
  const std::vector<Slot>& slots = graph.slots();
  const std::size_t shown = std::min(slots.size(), std::max<std::size_t>(most, 2));
  const std::size_t first = shown == slots.size() ? shown : (shown + 1) / 2;
  std::vector<Line> lines;
  for (std::size_t i = 0; i < first; ++i) lines.push_back(line_of(graph, slots[i]));
  for (std::size_t i = slots.size() - (shown - first); i < slots.size(); ++i) lines.push_back(line_of(graph, slots[i]));
  std::size_t labels = 0, computed = 0, shapes = 0;
  for (const Line& line : lines) {
    labels = std::max(labels, line.label.size());
    computed = std::max(computed, line.computed.size());
    shapes = std::max(shapes, line.shape.size());
  }
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == first && shown < slots.size()) out += fmt::format("... {} more\n", slots.size() - shown);
    out += fmt::format("{:<{}}  {:<{}}  {:<{}}  {}\n", lines[i].label, labels, lines[i].computed, computed,
                       lines[i].shape, shapes, lines[i].role);
  }
  if (!out.empty()) out.pop_back();
  return out;
}

std::ostream& operator<<(std::ostream& out, const Graph& graph) { return out << printed(graph); }

}  // namespace gradus
