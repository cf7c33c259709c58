#include "tools/gradus/page/lesson_page.h"

#include <fmt/format.h>
#include <lesson_template.h>  // made of the files in page/

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <vector>

#include "autograd/base/escape.h"
#include "autograd/base/json.h"
#include "autograd/derive/write/derivation_tables.h"
#include "autograd/math/typeset.h"
#include "tools/gradus/page/lesson_live.h"
#include "tools/gradus/page/page_drawing.h"
#include "tools/gradus/page/page_fill.h"

namespace gradus::command {

namespace {

using text::xml_text;

/// A side of an equation in MathML, and how a page reckons it (LiveLesson::reckoning).
struct WrittenSide {
  std::string mathml;
  std::string reckoning{};
};
/// Those of a step; an empty one is left out.
using PrintSide = std::function<WrittenSide(std::size_t equation, std::size_t side)>;

std::string html(const Equation& equation, std::size_t place, const PrintSide& print) {
  std::string out = "<div class=\"equation\">";
  bool first = true;
  for (std::size_t k = 0; k < equation.sides.size(); ++k) {
    const WrittenSide side = print(place, k);
    if (side.mathml.empty()) continue;
    const std::string reckoned = side.reckoning.empty() ? "" : fmt::format(" data-reckoning=\"{}\"", side.reckoning);
    out += fmt::format("<math displaystyle=\"true\"{}{}><mrow>{}{}</mrow></math> ",
                       k >= equation.symbolic ? " class=\"numbers\"" : "", reckoned,
                       first ? "" : fmt::format("<mo form=\"infix\" class=\"sign\">{}</mo>", equation.sign_before(k)),
                       side.mathml);
    first = false;
  }
  if (equation.hidden)
    out += fmt::format("<span class=\"blank\" data-blank=\"{0}\">= ____ [{0}]</span>", equation.blank);
  out += "</div>";
  // A shape by itself would look like the number of an equation.
  const bool one_shape = equation.shapes.starts_with('(') && equation.shapes.find(" = ") == std::string::npos;
  if (!equation.shapes.empty())
    out += "<p>" + std::string(one_shape ? "shape " : "") + xml_text(equation.shapes) + "</p>";
  if (!equation.reason.empty()) out += "<p>" + xml_text(equation.reason) + "</p>";
  return out;
}

/// What stands in the item of a step.
std::string html(const DerivationStep& step, const PrintSide& print) {
  std::string out =
      fmt::format("<h2><span class=\"phase\">{}</span> <bdi>{}</bdi></h2>", name_of(step.phase), xml_text(step.title));
  if (!step.text.empty()) out += "<p>" + xml_text(step.text) + "</p>";
  for (std::size_t e = 0; e < step.equations.size(); ++e) out += html(step.equations[e], e, print);
  return out;
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
  /// The arrow of the drawing; empty where there is none.
  [[nodiscard]] std::string edge(const EdgeRef& edge) const { return drawn(edge); }
  [[nodiscard]] const std::string& slot(int slot) const { return id_of(slot); }
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

/// The closing tables.
std::string tables(const Graph& graph, const Derivation& derivation) {
  std::string out;
  for (const DerivationTable& table : tables_of(graph, derivation)) {
    out += fmt::format("<section class=\"checks\"><h2>{}</h2>", xml_text(table.title));
    if (!table.text.empty()) out += "<p>" + xml_text(table.text) + "</p>";
    if (!table.headings.empty()) {
      out += "<div class=\"wide\"><table><thead><tr>";
      for (const std::string& cell : table.headings) out += "<th scope=\"col\">" + xml_text(cell) + "</th>";
      out += "</tr></thead><tbody>";
      for (const std::vector<std::string>& row : table.rows) {
        out += "<tr>";
        for (std::size_t c = 0; c < row.size(); ++c) {
          if (c == 0) {
            out += "<th scope=\"row\"><bdi>" + xml_text(text::subscripted(row[c]));
          } else {
            const auto mathematics = table.mathematics_of(row, c);
            out += "<td>" + (mathematics ? "<math>" + mathematics->mathml() + "</math>" : xml_text(row[c]));
          }
          out += c == 0 ? "</bdi></th>" : "</td>";
        }
        out += "</tr>";
      }
      out += "</tbody></table></div>";
    }
    out += "</section>";
  }
  return out;
}

/// The answers of a quiz, in a <template>, in the order of the blanks: the numbers, and what is shown of the equation.
std::string solutions(const Derivation& answers) {
  std::string out = "<template id=\"solutions\">";
  for (const DerivationStep& step : answers.steps) {
    for (std::size_t e = 0; e < step.equations.size(); ++e) {
      const Equation& equation = step.equations[e];
      if (equation.blank == 0) continue;
      std::string numbers;  // a side of symbols alone is not checked, but shown
      if (equation.sides.size() > equation.symbolic) {
        static_cast<void>(equation.sides.back().with_numbers_replaced([&](const std::string& digits) {
          numbers += (numbers.empty() ? "" : " ") + digits;
          return digits;
        }));
      }
      out += fmt::format(
          "<div data-numbers=\"{}\">{}</div>", xml_text(numbers),
          html(equation, e, [&](std::size_t, std::size_t k) { return WrittenSide{equation.sides[k].mathml()}; }));
    }
  }
  return out + "</template>";
}

// ------------------------------------------------------------------------------------------------- inputs that can be moved

/// "w₁₂" for the element in row 1 and column 2 of w.
std::string name_of_element(const std::string& name, const Shape& shape, std::int64_t element) {
  if (shape.size() == 1) return text::subscripted(name);
  std::vector<std::string> index;
  for (int k = shape.rank() - 1; k >= 0; --k) {
    index.insert(index.begin(), fmt::format("{}", element % shape[k] + 1));
    element /= shape[k];
  }
  const bool one_digit = std::ranges::all_of(index, [](const std::string& i) { return i.size() == 1; });
  const bool letters = name.find_first_of("0123456789._") == std::string::npos;
  if (one_digit && letters) return text::subscripted(fmt::format("{}{}", name, fmt::join(index, "")));
  return fmt::format("{}[{}]", text::subscripted(name), fmt::join(index, ","));
}

/// The sliders, or why there are none.
std::string sliders(const Graph& graph, const Derivation& derivation, const LiveLesson& live) {
  std::string out = "<section class=\"inputs\" id=\"inputs\" hidden=\"\" aria-label=\"Inputs\">";
  if (!live.refusal().empty()) {
    return out + fmt::format("<p class=\"lead\">The inputs of this page cannot be moved: {}.</p></section>\n",
                             xml_text(live.refusal()));
  }
  out += "<h2>Move the inputs</h2><p class=\"lead\">Every number of the page follows.</p><div class=\"sliders\">";
  const std::vector<GraphProgram::Input>& inputs = live.program().inputs;
  bool after_array = false;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const Slot& slot = graph.slots()[static_cast<std::size_t>(inputs[k].slot)];
    const bool starts_array = inputs[k].element == 0 && slot.shape.size() > 1;
    if (k > 0 && (starts_array || after_array)) out += "</div><div class=\"sliders\">";
    after_array = inputs[k].element > 0 && inputs[k].element + 1 == slot.shape.size();
    const std::string name =
        name_of_element(slot.name.empty() ? derivation.symbols[static_cast<std::size_t>(inputs[k].slot)] : slot.name,
                        slot.shape, inputs[k].element);
    out += fmt::format(
        "<div class=\"slider\"><label for=\"input{0}\"><bdi>{1}</bdi></label><input type=\"range\" id=\"input{0}\"/>"
        "<input type=\"number\" step=\"any\" id=\"number{0}\" aria-label=\"{1}, as a number\"/></div>",
        k, xml_text(name));
  }
  return out + "</div><button type=\"button\" id=\"reset\">Reset the inputs</button></section>\n";
}

std::string list(const std::vector<int>& numbers) { return fmt::format("[{}]", fmt::join(numbers, ",")); }

/// What the page computes with: the program, and which of its numbers stands where in the drawing.
std::string program_data(const Graph& graph, const LiveLesson& live, const Anchors& anchors, int digits) {
  if (!live.refusal().empty()) return "null";
  const GraphProgram& program = live.program();
  std::string inputs;
  for (const GraphProgram::Input& input : program.inputs) {
    inputs += (inputs.empty() ? "" : ",") + json_number(input.value);
  }
  std::string cards;
  for (std::size_t i = 0; i < graph.slots().size(); ++i) {
    const Slot& slot = graph.slots()[i];
    cards += fmt::format("{}\n{{\"id\":\"{}\",\"shape\":[{}],\"value\":{},\"gradient\":{}}}", i == 0 ? "" : ",",
                         anchors.slot(static_cast<int>(i)), fmt::join(slot.shape, ","), list(program.values[i]),
                         list(program.gradients[i]));
  }
  std::string arrows;
  for (std::size_t s = 0; s < graph.steps().size(); ++s) {
    for (std::size_t k = 0; k < program.arrows[s].size(); ++k) {
      const int derivative = program.arrows[s][k].derivative;
      const std::string edge = anchors.edge({static_cast<int>(s), static_cast<int>(k)});
      if (derivative < 0 || edge.empty()) continue;
      arrows += fmt::format("{}[{},{}]", arrows.empty() ? "" : ",", json_in_script(edge), derivative);
    }
  }
  return fmt::format(
      "{{\"digits\":{},\"card_digits\":4,\"inputs\":[{}],\"output\":\"{}\",\"code\":{},\n\"cards\":[{}],\n\"arrows\":[{"
      "}]}}",
      digits, inputs, anchors.slot(graph.outputs().front()), instructions_json(program), cards, arrows);
}

/// The steps as they read when an input has moved, in a <template>.
std::string moved_steps(const Derivation& derivation, const LiveLesson& live) {
  if (!live.refusal().empty()) return "";
  std::string out = "<template id=\"moved\">";
  const Derivation& elsewhere = live.elsewhere();
  for (std::size_t k = 0; k < elsewhere.steps.size(); ++k) {
    DerivationStep step = elsewhere.steps[k];
    // What depends on the numbers there is not said.
    if (step.text != derivation.steps[k].text && !live.says_everywhere(k)) step.text.clear();
    out += "<div>" +
           html(step,
                [&](std::size_t e, std::size_t side) {
                  return side < step.equations[e].symbolic
                             ? WrittenSide{step.equations[e].sides[side].mathml()}
                             : WrittenSide{live.mathml(k, e, side), live.reckoning(k, e, side)};
                }) +
           "</div>\n";
  }
  return out + "</template>";
}

}  // namespace

std::string lesson_page(const Graph& graph, const Derivation& derivation, std::string_view svg,
                        const LessonStyle& style) {
  const Anchors anchors(graph, svg);
  const std::optional<Quiz> quiz = style.quiz ? std::optional(quiz_of(derivation, *style.quiz)) : std::nullopt;
  const Derivation& shown = quiz ? quiz->questions : derivation;
  std::optional<LiveLesson> live;
  if (!quiz) live.emplace(graph, derivation, style.derivation, style.still);
  const std::string title = xml_text(style.title);
  std::string items;
  std::string data;
  for (const DerivationStep& step : shown.steps) {
    items += fmt::format("<li data-phase=\"{}\">{}</li>\n", name_of(step.phase),
                         html(step, [&](std::size_t e, std::size_t side) {
                           return WrittenSide{step.equations[e].sides[side].mathml()};
                         }));
    data += fmt::format(R"({}{{"phase":"{}","cards":{},"edges":{},"values":{},"gradients":{}}})",
                        data.empty() ? "" : ",\n", name_of(step.phase), anchors.slots(step.slots),
                        anchors.edges(step.edges), anchors.slots(step.values), anchors.slots(step.gradients));
  }
  const std::string program = live ? program_data(graph, *live, anchors, derivation.digits) : "null";
  return fill_page(lesson_template, {{"@title@", title},
                                     {"@drawing@", page_drawing(svg, "Computation graph: " + style.title)},
                                     {"@steps@", items},
                                     {"@inputs@", live ? sliders(graph, derivation, *live) : ""},
                                     {"@moved@", live ? moved_steps(derivation, *live) : solutions(quiz->answers)},
                                     {"@checks@", tables(graph, shown)},
                                     {"@data@", "{\"steps\":[" + data + "],\n\"program\":" + program + "}"}});
}

}  // namespace gradus::command
