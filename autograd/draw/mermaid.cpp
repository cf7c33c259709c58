#include "autograd/draw/mermaid.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

#include "autograd/array/print.h"
#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "autograd/draw/drawing.h"
#include "autograd/draw/palette.h"

namespace gradus {

namespace {

using text::append;
using text::mermaid_label;

class MermaidWriter {
 public:
  MermaidWriter(const Graph& graph, const DotStyle& style)
      : graph_(graph), drawing_(graph, style), style_(style), view_(drawing_.view()) {}

  std::string write() {
    head();
    contents();
    for (const Arrow& arrow : drawing_.arrows()) edge(arrow);
    classes();
    return std::move(out_);
  }

 private:
  // --------------------------------------------------------------------------------------------------------- the page

  /// YAML, which Mermaid reads before the flowchart.
  void head() {
    std::string title = style_.title;
    for (const std::string* part : {&style_.subtitle, &view_.size().left_out}) {
      if (!part->empty()) append(title, title.empty() ? "" : " — ", *part);
    }
    if (style_.coloring == Coloring::gradient) {
      append(title, title.empty() ? "" : " — ",
             "filled by the size of the gradient beside that of the result: violet smaller, "
             "orange larger, grey 0");
    }
    if (!title.empty() || style_.dark) {
      out_ += "---\n";
      if (!title.empty()) append(out_, "title: \"", yaml(title), "\"\n");
      if (style_.dark) out_ += "config:\n  theme: dark\n";
      out_ += "---\n";
    }
    append(out_, "flowchart ", direction_code(style_.direction), "\n");
  }

  /// In YAML's double quotes, where the characters that a label escapes are escaped in its own way.
  static std::string yaml(std::string_view title) {
    const std::string label = mermaid_label(title);
    std::string out;
    for (std::size_t i = 0; i < label.size(); ++i) {
      if (label[i] == '<') {  // <br/>
        out += ' ';
        i = label.find('>', i);
      } else if (label[i] == '#') {
        const std::size_t end = label.find(';', i);
        out += fmt::format("\\x{:02x}", std::stoi(label.substr(i + 1, end - i - 1)));
        i = end;
      } else {
        out += label[i];
      }
    }
    return out;
  }

  /// The colours of the roles.
  void classes() {
    const auto define = [this](std::string_view name, const palette::Ink& ink) {
      append(out_, "  classDef ", name, " fill:", ink.fill, ",stroke:", ink.border, ",color:", ink.text, "\n");
    };
    for (const Role role :
         {Role::input, Role::parameter, Role::constant, Role::value, Role::activation, Role::output, Role::loss}) {
      define(class_of(role), palette::ink_of(role));
    }
    define("module_card", palette::module);
  }

  /// Some role names are words of Mermaid.
  static std::string class_of(Role role) { return fmt::format("role_{}", name_of(role)); }

  // --------------------------------------------------------------------------------------------------------- the nodes

  void contents() {
    std::vector<std::vector<int>> slots_in(graph_.modules().size() + 1);
    for (int i = 0; i < static_cast<int>(graph_.slots().size()); ++i) {
      if (!view_.is_drawn(i)) continue;
      const int place = drawing_.beside(i) ? drawing_.first_consumer(i) : i;
      slots_in[index(view_.box_of(drawing_.slot(place).scope))].push_back(i);
    }
    std::vector<int> open{none};  // modules still to be opened or, negative beyond none, closed
    constexpr int close = -2;
    while (!open.empty()) {
      const int module = open.back();
      open.pop_back();
      if (module == close) {
        out_ += "  end\n";
        continue;
      }
      if (module != none) {
        begin_module(module);
        open.push_back(close);
      }
      for (const int i : slots_in[index(module)]) node(i);
      const std::vector<int>& parts = view_.tree().parts(module);
      for (const int part : parts) {
        if (view_.is_card(part)) module_card(part);
      }
      std::copy_if(parts.rbegin(), parts.rend(), std::back_inserter(open),
                   [&](int part) { return view_.is_box(part); });
    }
    for (const int i : outside_) result_card(i);
    for (const int i : drawing_.hidden_outputs()) result_card(i);
    if (view_.has_card_of_the_rest()) {
      write_node(id_of(view_.rest()), "[", {"…", fmt::format("{} nodes", view_.left_out()), "left out"}, "]",
                 class_of(Role::constant));
    }
  }

  void begin_module(int module) {
    const GraphModule& m = graph_.modules()[static_cast<std::size_t>(module)];
    const std::string& note = m.note.empty() && !m.name.empty() ? m.kind : m.note;
    append(out_, "  subgraph m_", std::to_string(module + 1), "[\"");
    lines({drawing_.name_of_module(module), text::cut(note, 1000)});
    out_ += "\"]\n";
  }

  /// Of a leaf that is drawn once for each use, the others are the same.
  void node(int i) {
    for (int copy = 0; copy < drawing_.copies(i); ++copy) node(i, id_of_copy(i, copy));
  }

  void node(int i, const std::string& id) {
    const NodeForm form = drawing_.form(i);
    const Slot& slot = drawing_.slot(i);
    const NodeLabels labels = drawing_.labels(i);
    if (form == NodeForm::pill_card) outside_.push_back(i);
    if (form == NodeForm::card) {
      const std::string op = slot.step >= 0 ? drawing_.symbol(slot) : "";
      write_node(id, "[",
                 {labels.title, labels.caption, op == labels.title ? "" : op, labelled("shape", labels.shape),
                  labelled("value", labels.value.line), labelled("gradient", labels.gradient.line),
                  labelled("after", labels.after.line), labels.mark},
                 "]", class_of(drawing_.role(i)));
    } else if (form == NodeForm::pill || form == NodeForm::pill_card) {
      const bool named = form == NodeForm::pill && (!slot.name.empty() || !drawing_.given_symbol(i).empty());
      write_node(id, "(", {drawing_.symbol(slot), named ? labels.title : "", labels.mark, labels.size}, ")",
                 class_of(drawing_.role_of_op(slot)));
    } else {
      write_node(
          id, "([",
          {labels.title, labels.caption, labels.mark, form == NodeForm::number ? "" : shape_of(slot), labels.size},
          "])", class_of(drawing_.role(i)));
    }
    const bool op = form == NodeForm::pill || form == NodeForm::pill_card;
    fill(id, drawing_.ink(i, op ? drawing_.role_of_op(slot) : drawing_.role(i)));
  }

  void result_card(int i) {
    const Slot& slot = drawing_.slot(i);
    const NodeLabels labels = drawing_.labels(i);
    const std::string id = id_of(i) + std::string(result_suffix);
    write_node(id, "([", {labels.title, labels.caption, shape_of(slot)}, "])", class_of(drawing_.role(i)));
    append(out_, "  ", id_of(view_.node_of(i)), " --> ", id, "\n");
  }

  void module_card(int module) {
    const ModuleLabels labels = drawing_.labels_of_module(module);
    const Role role = drawing_.role_of_module(module);
    write_node(id_of(view_.module_node(module)), "[[",
               {labels.title, labels.caption, style_.detail == Detail::name ? "" : labels.line}, "]]",
               role == Role::value ? "module_card" : class_of(role));
    fill(id_of(view_.module_node(module)), drawing_.ink_of_module(module));
  }

  void write_node(std::string_view id, std::string_view open, std::initializer_list<std::string> text,
                  std::string_view close, std::string_view style) {
    append(out_, "  ", id, open, "\"");
    lines(text);
    append(out_, "\"", close, ":::", style, "\n");
  }

  /// Colours that are not those of a class.
  void fill(std::string_view id, const palette::Ink& ink) {
    if (style_.coloring == Coloring::role) return;
    append(out_, "  style ", id, " fill:", ink.fill, ",stroke:", ink.border, ",color:", ink.text, "\n");
  }

  void lines(std::initializer_list<std::string> text) {
    bool first = true;
    for (const std::string& line : text) {
      if (line.empty()) continue;
      append(out_, first ? "" : "<br/>", mermaid_label(line));
      first = false;
    }
    if (first) out_ += "#32;";  // an empty label is an error
  }

  static std::string labelled(std::string_view label, const std::string& text) {
    return text.empty() ? "" : fmt::format("{} {}", label, text);
  }

  [[nodiscard]] std::string shape_of(const Slot& slot) const {
    return style_.detail == Detail::name ? "" : text::dimensions(slot.shape);
  }

  /// No word of Mermaid begins like this.
  [[nodiscard]] std::string id_of(int node) const { return "n_" + drawing_.node_id(node); }

  [[nodiscard]] std::string id_of_copy(int node, int copy) const {
    return copy == 0 ? id_of(node) : fmt::format("{}_copy{}", id_of(node), copy + 1);
  }

  // --------------------------------------------------------------------------------------------------------- the edges

  void edge(const Arrow& arrow) {
    const bool result_has_card = view_.is_slot(arrow.from) && drawing_.form(arrow.from) == NodeForm::pill_card;
    append(out_, "  ", id_of_copy(arrow.from, arrow.copy), result_has_card ? result_suffix : "", " -->");
    if (const std::string label = drawing_.label(arrow); !label.empty()) {
      append(out_, "|\"", mermaid_label(label), "\"|");
    }
    append(out_, " ", id_of(arrow.to), "\n");
  }

  static constexpr int none = -1;
  static constexpr std::string_view result_suffix = "_result";
  static std::size_t index(int module) { return static_cast<std::size_t>(module + 1); }

  const Graph& graph_;
  const Drawing drawing_;
  const DotStyle& style_;
  const View& view_;
  std::string out_;
  std::vector<int> outside_;
};

}  // namespace

std::string to_mermaid(const Graph& graph, const DotStyle& style) { return MermaidWriter(graph, style).write(); }

}  // namespace gradus
