#include "autograd/draw/dot.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/array/print.h"
#include "autograd/base/escape.h"
#include "autograd/base/index.h"
#include "autograd/base/utf8.h"
#include "autograd/draw/dot_cards.h"
#include "autograd/draw/drawing.h"
#include "autograd/draw/palette.h"
#include "autograd/draw/view.h"

namespace gradus {

namespace {

using text::append;
using text::append_quote_label;
using text::html_label;
using text::quote_label;

using detail::at;

class DotWriter {
 public:
  DotWriter(const Graph& graph, const DotStyle& style)
      : graph_(graph), drawing_(graph, style), style_(style), page_(palette::page(style.dark)) {}

  std::string write() {
    out_.reserve(drawing_.view().size().nodes * (drawing_.scalar() ? 1400 : 700) + drawing_.arrows().size() * 160 +
                 4000);
    out_ += "digraph gradus {\n";
    defaults();
    sort_into_modules();
    contents_of(none);
    modules();
    for (const Arrow& arrow : drawing_.arrows()) edge(arrow);
    order_of_first_column();
    out_ += "}\n";
    return std::move(out_);
  }

 private:
  static constexpr int none = -1;

  template <class... X>
  void print(fmt::format_string<X...> format, X&&... x) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<X>(x)...);
  }

  // ---------------------------------------------------------------------------------------------------------- the page

  void defaults() {
    const bool scalar = drawing_.scalar();
    // Every column that an arrow crosses is a node to Graphviz, which a value that is read everywhere makes many of.
    const std::size_t columns = drawing_.crossed_columns();
    print("  graph [rankdir=LR, bgcolor=\"{}\", pad=0.35, nodesep={}, ranksep={}, splines={}, newrank=true, ",
          page_.ground, scalar ? "0.22" : "0.28", scalar ? "0.9" : "0.55", columns > 10000 ? "line" : "spline");
    if (columns > 1000) out_ += "nslimit=2, ";
    print("fontname=\"{}\", fontcolor=\"{}\", labelloc=t, labeljust=l", palette::sans, page_.title);
    const bool coloured = style_.coloring == Coloring::gradient;
    if (!style_.title.empty() || !style_.subtitle.empty() || !drawing_.view().size().left_out.empty() || coloured) {
      heading();
    }
    out_ += "]\n";
    print("  node [shape=plain, fontname=\"{}\", fontsize=13]\n", palette::sans);
    print("  edge [color=\"{}\", arrowsize=0.7, fontname=\"{}\", fontsize={}, fontcolor=\"{}\"{}]\n", palette::edge,
          palette::mono, scalar ? 11 : 10, scalar ? page_.derivative : page_.subtitle,
          scalar ? ", class=\"local\"" : "");
  }

  void heading() {
    out_ += R"(, label=<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0"><TR><TD ALIGN="LEFT">)";
    if (!style_.title.empty()) {
      print(R"(<FONT POINT-SIZE="20" COLOR="{}"><B>{}</B></FONT>)", page_.title, html_label(style_.title));
    }
    if (!style_.subtitle.empty()) {
      print(R"(<FONT POINT-SIZE="{}" COLOR="{}">{}{}</FONT>)", drawing_.scalar() ? 16 : 14, page_.subtitle,
            style_.title.empty() ? "" : "    ", html_label(style_.subtitle));
    }
    out_ += "</TD></TR>";
    if (const std::string& message = drawing_.view().size().left_out; !message.empty()) {
      print(R"(<TR><TD ALIGN="LEFT" HEIGHT="22"><FONT POINT-SIZE="11" COLOR="{}">{}</FONT></TD></TR>)", page_.subtitle,
            html_label(message));
    }
    if (drawing_.scalar() && !drawing_.arrows().empty()) explain_edges();
    if (style_.coloring == Coloring::gradient) legend();
    print(R"(<TR><TD HEIGHT="{}"></TD></TR></TABLE>>)", drawing_.scalar() ? 14 : 16);
  }

  void legend() {
    const auto say = [this](std::string_view words) {
      print(R"(<TD><FONT POINT-SIZE="11" COLOR="{}">{}</FONT></TD>)", page_.subtitle, words);
    };
    out_ += R"(<TR><TD ALIGN="LEFT" HEIGHT="26"><TABLE BORDER="0" CELLSPACING="0" CELLPADDING="4"><TR>)";
    say("Filled by the size of the gradient (RMS) beside the median of the graph: vanishing, 0");
    constexpr std::string_view factors[] = {"≤ 1/1000", "1/100", "1/10", "1", "10", "100", "≥ 1000"};
    for (int level = -GradientScale::furthest; level <= GradientScale::furthest; ++level) {
      const palette::Ink ink = palette::ink_of_size(level, palette::ink_of(Role::value));
      print(R"(<TD BORDER="1" COLOR="{}" BGCOLOR="{}"><FONT POINT-SIZE="11" COLOR="{}">{}</FONT></TD>)", ink.border,
            ink.fill, ink.text, factors[level + GradientScale::furthest]);
    }
    say("exploding, no number");
    out_ += "</TR></TABLE></TD></TR>";
  }

  void explain_edges() {
    const auto part = [this](std::string_view color, std::string_view words) {
      print(R"(<FONT POINT-SIZE="11" COLOR="{}">{}</FONT>)", color, words);
    };
    out_ += R"(<TR><TD ALIGN="LEFT" HEIGHT="22">)";
    part(page_.subtitle, "On each edge: the ");
    part(page_.derivative, "local derivative");
    part(page_.subtitle, " ∂(head)/∂(tail). Backwards, each tail gains local derivative × the gradient of its head.");
    out_ += "</TD></TR>";
  }

  // ------------------------------------------------------------------------------------------------------- the modules

  /// A leaf that is drawn beside its consumer lies in the same module.
  void sort_into_modules() {
    slots_in_.resize(graph_.modules().size() + 1);
    for (std::size_t i = 0; i < graph_.slots().size(); ++i) {
      const int slot = static_cast<int>(i);
      if (!drawing_.view().is_drawn(slot)) continue;
      const int place = drawing_.beside(slot) ? drawing_.first_consumer(slot) : slot;
      slots_in_[at(drawing_.view().box_of(drawing_.slot(place).scope) + 1)].push_back(slot);
    }
  }

  void modules() {
    // Modules lie in modules, as deep as the user likes: what is still to be opened or, negative, closed.
    std::vector<int> open;
    constexpr int close = -1;
    const auto push = [&](int outer) {
      const std::vector<int>& inner = drawing_.view().tree().parts(outer);
      std::copy_if(inner.rbegin(), inner.rend(), std::back_inserter(open),
                   [&](int module) { return drawing_.view().is_box(module); });
    };
    push(none);
    while (!open.empty()) {
      const int module = open.back();
      open.pop_back();
      if (module == close) {
        out_ += "  }\n";
        continue;
      }
      begin_module(module);
      contents_of(module);
      open.push_back(close);
      push(module);
    }
    for (const int i : outside_) result_card(i);
    for (const int i : drawing_.hidden_outputs()) result_card(i);
    if (drawing_.view().has_card_of_the_rest()) card_of_the_rest();
  }

  void begin_module(int index) {
    const GraphModule& module = graph_.modules()[at(index)];
    print("  subgraph cluster_{} {{\n    graph [label=", index + 1);
    const std::string name = drawing_.name_of_module(index);
    const std::string& note = module.note.empty() && !module.name.empty() ? module.kind : module.note;
    print(R"(<<FONT POINT-SIZE="13"><B>{}</B></FONT>)", html_label(name));
    if (!note.empty()) print(R"(<FONT POINT-SIZE="11">   {}</FONT>)", html_label(shown_name(note)));
    print(">, style=\"rounded,filled\", fillcolor=\"{}\", color=\"{}\", penwidth=1.2, margin=14, fontname=\"{}\", ",
          page_.module_fill, page_.module_border, palette::sans);
    print("fontcolor=\"{}\", labeljust=l, labelloc=t, tooltip={}]\n", page_.subtitle,
          quote_label(name + (module.kind.empty() || module.name.empty() ? "" : ": " + shown_name(module.kind))));
  }

  void contents_of(int module) {
    for (const int i : slots_in_[at(module + 1)]) node(i);
    for (const int part : drawing_.view().tree().parts(module)) {
      if (drawing_.view().is_card(part)) module_card(part);
    }
    for (const int i : slots_in_[at(module + 1)]) {
      if (!drawing_.beside(i)) continue;
      const int consumer = drawing_.view().node_of(drawing_.first_consumer(i));
      print("    {{ rank=same; {}; {} }}\n", drawing_.node_id(consumer), drawing_.slot(i).id);
    }
  }

  static std::string shown_name(std::string_view name) { return text::cut(name, 1000); }

  // --------------------------------------------------------------------------------------------------------- the nodes

  void node(int i) {
    const NodeForm form = drawing_.form(i);
    if (form == NodeForm::nothing) return;
    if (form == NodeForm::pill_card) outside_.push_back(i);
    const Slot& slot = drawing_.slot(i);
    const NodeLabels labels = drawing_.labels(i);
    begin_node(i, "", labels);
    if (form == NodeForm::card) {
      dot_cards::append_card(out_, card_of(i, labels));
    } else if (form == NodeForm::pill || form == NodeForm::pill_card) {
      const bool named = form == NodeForm::pill && (!slot.name.empty() || !drawing_.given_symbol(i).empty());
      dot_cards::append_pill(out_, drawing_.ink(i, drawing_.role_of_op(slot)), drawing_.symbol(slot),
                             lines({named ? labels.title : "", labels.mark, labels.size}));
    } else {
      small_card(i, labels, form == NodeForm::number ? "" : lines({shape_line(slot), labels.size}));
    }
    out_ += "]\n";
  }

  void result_card(int i) {
    const Slot& slot = drawing_.slot(i);
    const NodeLabels labels = drawing_.labels(i);
    begin_node(i, result_suffix, labels);
    small_card(i, labels, shape_line(slot));
    print("]\n  {} -> {}{} [penwidth=1.7, weight=20]\n", drawing_.node_id(drawing_.view().node_of(i)), slot.id,
          result_suffix);
  }

  void module_card(int module) {
    const int node = drawing_.view().module_node(module);
    const ModuleLabels labels = drawing_.labels_of_module(module);
    print("    {} [class=\"node module\", tooltip={}, {}", drawing_.node_id(node),
          quote_label(labels.caption.empty() ? labels.title : labels.title + ": " + labels.caption),
          drawing_.on_main_line(node) ? "group=main, " : "");
    dot_cards::append_small_card(out_, drawing_.ink_of_module(module), labels.title, labels.caption,
                                 style_.detail == Detail::name ? "" : labels.line);
    out_ += "]\n";
  }

  void card_of_the_rest() {
    const std::string words = fmt::format("{} nodes", drawing_.view().left_out());
    print("    {} [class=\"node rest\", tooltip={}, ", drawing_.node_id(drawing_.view().rest()),
          quote_label(words + " left out"));
    dot_cards::append_small_card(out_, palette::ink_of(Role::constant), "…", words, "left out");
    out_ += "]\n";
  }

  void begin_node(int i, std::string_view suffix, const NodeLabels& labels) {
    const std::string& id = drawing_.slot(i).id;
    append(out_, "    ", id, suffix, " [");
    if (style_.anchors) append(out_, "id=\"v_", id, suffix, "\", ");
    append(out_, "class=\"node ", name_of(drawing_.role(i)), "\"");
    if (!drawing_.large()) {
      out_ += ", tooltip=";
      append_quote_label(out_, tooltip(i, labels));
    }
    out_ += drawing_.on_main_line(i) && !drawing_.scalar() ? ", group=main, " : ", ";
  }

  [[nodiscard]] std::string tooltip(int i, const NodeLabels& labels) const {
    const Slot& slot = drawing_.slot(i);
    const std::string_view role = name_of(drawing_.role(i));
    const NodeForm form = drawing_.form(i);
    const bool by_title = form == NodeForm::number || form == NodeForm::card || !slot.name.empty();
    std::string text(by_title ? labels.title : slot.id);
    append(text, " (", role, ")");
    if (form == NodeForm::card) {
      append(text, ": value ", labels.value, ", gradient ", labels.gradient);
    } else if (form != NodeForm::number && shows_shapes()) {
      append(text, ": ", text::dimensions(slot.shape));
    }
    return text;
  }

  [[nodiscard]] bool shows_shapes() const { return style_.detail != Detail::name; }
  [[nodiscard]] std::string shape_line(const Slot& slot) const {
    return shows_shapes() ? text::dimensions(slot.shape) : "";
  }

  void small_card(int i, const NodeLabels& labels, std::string_view last_line) {
    dot_cards::append_small_card(out_, drawing_.ink(i, drawing_.role(i)), labels.title,
                                 lines({labels.caption, labels.mark}), last_line);
  }

  /// What is not empty, one below the other.
  static std::string lines(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts) {
      if (!part.empty()) append(out, out.empty() ? "" : "\n", part);
    }
    return out;
  }

  [[nodiscard]] dot_cards::Card card_of(int i, const NodeLabels& labels) const {
    const Slot& slot = drawing_.slot(i);
    const Role role = drawing_.role(i);
    dot_cards::Card card{
        drawing_.ink(i, role), labels.title, labels.caption, "", {}, role == Role::output || role == Role::loss};
    card.rows.reserve(6);
    if (slot.step >= 0) card.badge = drawing_.symbol(slot);
    if (slot.shape.rank() > 0 && !drawing_.scalar()) card.rows.push_back({"shape", labels.shape});
    const auto anchor = [&](std::string_view what) {
      return style_.anchors ? fmt::format("{}_{}", what, slot.id) : "";
    };
    card.rows.push_back({"value", labels.value, palette::ink, anchor("value")});
    const bool plain = style_.coloring == Coloring::role;
    card.rows.push_back({"gradient", labels.gradient, plain ? palette::gradient : palette::ink, anchor("gradient")});
    if (!labels.after.empty()) card.rows.push_back({"after", labels.after});
    if (!labels.mark.empty()) card.rows.push_back({" ", labels.mark});
    return card;
  }

  // --------------------------------------------------------------------------------------------------------- the edges

  void edge(const Arrow& arrow) {
    const Link& link = arrow.link;
    const bool result_has_card =
        drawing_.view().is_slot(arrow.from) && drawing_.form(arrow.from) == NodeForm::pill_card;
    const std::string head = drawing_.node_id(arrow.to);
    append(out_, "  ", drawing_.node_id(arrow.from), result_has_card ? result_suffix : "");
    if (drawing_.scalar()) {
      append(out_, ":e -> ", head, drawing_.view().is_slot(arrow.to) ? ":op:w [" : ":w [");
      scalar_edge(arrow);
      return;
    }
    append(out_, " -> ", head, " [");
    edge_anchor(link);
    const Slot& tail = drawing_.slot(link.tail);
    if (drawing_.beside(link.tail)) {
      append(out_, "color=\"", palette::ink_of(tail.role).border, "\", penwidth=1.2, arrowsize=0.6]\n");
    } else {
      out_ += "penwidth=1.7, weight=20";
      if (const std::string shape = drawing_.label(arrow); !shape.empty()) append(out_, ", label=\" ", shape, " \"");
      out_ += "]\n";
    }
  }

  void edge_anchor(const Link& link) {
    if (!style_.anchors) return;
    print("id=\"e_{}_{}_{}\", ", drawing_.slot(link.tail).id, drawing_.slot(link.head).id, link.argument);
  }

  void scalar_edge(const Arrow& arrow) {
    const Link& link = arrow.link;
    edge_anchor(link);
    print("penwidth={:.2f}", drawing_.width(arrow));
    if (const std::string number = drawing_.label(arrow); !number.empty()) {
      append(out_, R"(, label=" )", number, R"( ")");
      if (!drawing_.large()) {
        append(out_, R"(, tooltip="local derivative )", number, R"(", labeltooltip="local derivative )", number, "\"");
      }
    }
    out_ += "]\n";
  }

  /// Invisible edges keep the leaves of the first column in the order of their use.  More than a page of them gain
  /// nothing.
  void order_of_first_column() {
    const std::vector<int> column = drawing_.first_column();
    if (!drawing_.scalar() || !graph_.modules().empty() || column.size() < 2 || column.size() > 32) return;
    out_ += "  { rank=same; edge [style=invis]; ";
    for (std::size_t k = 0; k < column.size(); ++k) print("{}{}", k == 0 ? "" : " -> ", drawing_.slot(column[k]).id);
    out_ += " }\n";
  }

  static constexpr std::string_view result_suffix = "_result";

  const Graph& graph_;
  const Drawing drawing_;
  const DotStyle& style_;
  palette::Page page_;
  std::string out_;
  std::vector<std::vector<int>> slots_in_;  // of each box, first those of none
  std::vector<int> outside_;                // results whose own cards lie outside the module that computes them
};

}  // namespace

DrawnSize drawn_size(const Graph& graph, const DotStyle& style) { return View(graph, style).size(); }

std::string to_dot(const Graph& graph, const DotStyle& style) { return DotWriter(graph, style).write(); }

}  // namespace gradus
