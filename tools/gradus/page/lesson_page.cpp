#include "tools/gradus/page/lesson_page.h"

#include <fmt/format.h>
#include <lesson_template.h>  // made of the files in page/

#include <unordered_set>
#include <vector>

#include "autograd/array/print.h"
#include "autograd/base/escape.h"
#include "autograd/math/typeset.h"
#include "tools/gradus/page/page_drawing.h"
#include "tools/gradus/page/page_fill.h"

namespace gradus::command {

namespace {

using text::xml_text;

std::string html(const Equation& equation) {
  std::string out = equation_html(equation.sides, "=", equation.approximate);
  // A shape by itself would look like the number of an equation.
  const bool one_shape = equation.shapes.starts_with('(') && equation.shapes.find(" = ") == std::string::npos;
  if (!equation.shapes.empty())
    out += "<p>" + std::string(one_shape ? "shape " : "") + xml_text(equation.shapes) + "</p>";
  if (!equation.reason.empty()) out += "<p>" + xml_text(equation.reason) + "</p>";
  return out;
}

std::string html(const DerivationStep& step) {
  std::string out = fmt::format("<li data-phase=\"{0}\"><h2><span class=\"phase\">{0}</span> <bdi>{1}</bdi></h2>",
                                name_of(step.phase), xml_text(step.title));
  if (!step.text.empty()) out += "<p>" + xml_text(step.text) + "</p>";
  for (const Equation& equation : step.equations) out += html(equation);
  return out + "</li>\n";
}

/// Ids of the drawing: those of slots, and of the arrows that are drawn.
class Anchors {
 public:
  Anchors(const Graph& graph, std::string_view svg) : graph_(graph) {
    constexpr std::string_view start = "id=\"e_";
    for (std::size_t i = svg.find(start); i != std::string_view::npos; i = svg.find(start, i + 1)) {
      const std::size_t first = i + start.size() - 2;
      drawn_edges_.emplace(svg.substr(first, svg.find('"', first) - first));
    }
  }

  [[nodiscard]] std::string slots(const std::vector<int>& slots) const {
    std::string out;
    for (const int slot : slots) out += (out.empty() ? "" : ",") + json_in_script(id_of(slot));
    return "[" + out + "]";
  }
  [[nodiscard]] std::string edges(const std::vector<EdgeRef>& edges) const {
    std::string out;
    for (const EdgeRef& edge : edges) {
      const std::string id = drawn(edge);
      if (!id.empty()) out += (out.empty() ? "" : ",") + json_in_script(id);
    }
    return "[" + out + "]";
  }

 private:
  [[nodiscard]] const std::string& id_of(int slot) const { return graph_.slots()[static_cast<std::size_t>(slot)].id; }
  /// Layout ops are not drawn: the arrow then comes from their argument.
  [[nodiscard]] std::string drawn(const EdgeRef& edge) const {
    const Graph::Step& step = graph_.steps()[static_cast<std::size_t>(edge.step)];
    int tail = step.arguments[static_cast<std::size_t>(edge.argument)];
    while (true) {
      std::string id = fmt::format("e_{}_{}_{}", id_of(tail), id_of(step.result), edge.argument);
      if (drawn_edges_.contains(id)) return id;
      const int before = graph_.slots()[static_cast<std::size_t>(tail)].step;
      if (before < 0) return "";
      const std::vector<int>& arguments = graph_.steps()[static_cast<std::size_t>(before)].arguments;
      if (arguments.size() != 1) return "";
      tail = arguments[0];
    }
  }

  const Graph& graph_;
  std::unordered_set<std::string> drawn_edges_;
};

/// Few numbers are written out, of many the shape is told.
std::string numbers(const Array& a) { return a.size() > 6 ? text::dimensions(a.shape()) : text::numbers(a); }

std::string checks(const Graph& graph, const Derivation& derivation) {
  if (derivation.checks.empty()) return "";
  std::string out =
      "<section class=\"checks\"><h2>Beside finite differences</h2><div class=\"wide\"><table><thead><tr>"
      "<th scope=\"col\">Leaf</th><th scope=\"col\">Gradient</th><th scope=\"col\">Finite difference</th></tr></thead>"
      "<tbody>";
  for (const DerivationCheck& check : derivation.checks) {
    const auto slot = static_cast<std::size_t>(check.slot);
    const std::string& name = graph.slots()[slot].name;
    out += fmt::format("<tr><th scope=\"row\"><bdi>{}</bdi></th><td>{}</td><td>{}</td></tr>",
                       xml_text(text::subscripted(name.empty() ? derivation.symbols[slot] : name)),
                       numbers(check.gradient), check.difference ? numbers(check.difference) : "not computed");
  }
  return out + "</tbody></table></div></section>";
}

}  // namespace

std::string lesson_page(const Graph& graph, const Derivation& derivation, std::string_view svg,
                        std::string_view title) {
  const Anchors anchors(graph, svg);
  std::string items;
  std::string data;
  for (const DerivationStep& step : derivation.steps) {
    items += html(step);
    data += fmt::format(R"({}{{"phase":"{}","cards":{},"edges":{},"values":{},"gradients":{}}})",
                        data.empty() ? "" : ",\n", name_of(step.phase), anchors.slots(step.slots),
                        anchors.edges(step.edges), anchors.slots(step.values), anchors.slots(step.gradients));
  }
  return fill_page(lesson_template, {{"@title@", xml_text(title)},
                                     {"@drawing@", page_drawing(svg, "Computation graph: " + std::string(title))},
                                     {"@steps@", items},
                                     {"@checks@", checks(graph, derivation)},
                                     {"@data@", "{\"steps\":[" + data + "]}"}});
}

}  // namespace gradus::command
