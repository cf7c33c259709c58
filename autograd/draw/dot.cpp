#include "autograd/draw/dot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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
#include "autograd/draw/dot_heading.h"
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
    if (drawing_.scalar()) find_entrances();
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
    const bool sideways = lies();
    // Numbers at the heads of arrows have no room of their own.
    const double head_room = sideways ? label_width(longest_label()) + 34.0 : 46.0;
    print("  graph [rankdir={}, bgcolor=\"{}\", pad=0.35, nodesep={}, ranksep={:.3g}, splines={}, newrank=true, ",
          direction_code(style_.direction), page_.ground, scalar ? "0.22" : "0.28",
          scalar ? std::max(sideways ? 1.1 : 0.75, head_room / 72.0) : 0.55, columns > 10000 ? "line" : "spline");
    if (columns > 1000) out_ += "nslimit=2, ";
    print("fontname=\"{}\", fontcolor=\"{}\", labelloc=t, labeljust=l", palette::sans, page_.title);
    if (has_heading(drawing_, style_)) append_heading(out_, drawing_, style_, page_);
    out_ += "]\n";
    print("  node [shape=plain, fontname=\"{}\", fontsize=13]\n", palette::sans);
    print("  edge [color=\"{}\", arrowsize=0.7, fontname=\"{}\", fontsize={}, fontcolor=\"{}\"{}]\n", palette::edge,
          palette::mono, scalar ? 11 : 10, scalar ? page_.derivative : page_.subtitle,
          scalar ? ", class=\"local\"" : "");
  }

  // ------------------------------------------------------------------------------------------------------- the modules

  /// A leaf that is drawn beside its consumer lies in the same module.
  void sort_into_modules() {
    slots_in_.resize(graph_.modules().size() + 1);
    const auto put = [&](int slot, int copy, int place) {
      slots_in_[at(drawing_.view().box_of(drawing_.slot(place).scope) + 1)].push_back({slot, copy, place});
    };
    for (int slot = 0; slot < static_cast<int>(graph_.slots().size()); ++slot) {
      const bool once = drawing_.copies(slot) == 1;
      if (drawing_.view().is_drawn(slot) && once) {
        put(slot, 0, drawing_.beside(slot) ? drawing_.first_consumer(slot) : slot);
      }
    }
    for (const Arrow& arrow : drawing_.arrows()) {
      const int slot = arrow.link.tail;
      if (drawing_.copies(slot) > 1) put(slot, arrow.copy, drawing_.beside(slot) ? arrow.link.head : slot);
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
    for (const Drawn& drawn : slots_in_[at(module + 1)]) node(drawn.slot, drawn.copy);
    for (const int part : drawing_.view().tree().parts(module)) {
      if (drawing_.view().is_card(part)) module_card(part);
    }
    for (const Drawn& drawn : slots_in_[at(module + 1)]) {
      if (!drawing_.beside(drawn.slot)) continue;
      const int consumer = drawing_.view().node_of(drawn.place);
      print("    {{ rank=same; {}; {}{} }}\n", drawing_.node_id(consumer), drawing_.slot(drawn.slot).id,
            suffix_of_copy(drawn.copy));
    }
  }

  static std::string shown_name(std::string_view name) { return text::cut(name, 1000); }

  // --------------------------------------------------------------------------------------------------------- the nodes

  /// A node of a slot, and where it lies: beside or in the module of a slot.
  struct Drawn {
    int slot, copy, place;
  };

  static std::string suffix_of_copy(int copy) { return copy == 0 ? "" : fmt::format("_copy{}", copy + 1); }

  void node(int i, int copy) {
    const NodeForm form = drawing_.form(i);
    if (form == NodeForm::nothing) return;
    if (form == NodeForm::pill_card) outside_.push_back(i);
    const Slot& slot = drawing_.slot(i);
    const NodeLabels labels = drawing_.labels(i);
    begin_node(i, suffix_of_copy(copy), labels);
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
    if (form == NodeForm::card && labels.caption.starts_with("= ")) append(text, " ", labels.caption);
    append(text, " (", role, ")");
    if (form == NodeForm::card) {
      append(text, ": value ", labels.value.line, ", gradient ", labels.gradient.line);
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
        drawing_.ink(i, role), labels.title, labels.caption, "", {}, {}, role == Role::output || role == Role::loss};
    card.rows.reserve(6);
    card.entrances.direction = style_.direction;
    if (slot.step >= 0) card.badge = drawing_.symbol(slot);
    if (drawing_.scalar() && drawing_.arriving(i) > 1) card.entrances.widths = entrance_widths_[at(i)];
    if (slot.shape.rank() > 0 && !drawing_.scalar()) card.rows.push_back({"shape", labels.shape});
    const auto anchor = [&](std::string_view what) {
      return style_.anchors ? fmt::format("{}_{}", what, slot.id) : "";
    };
    const auto row = [&](std::string_view what, const CardNumbers& numbers, std::string_view color, std::string id) {
      card.rows.push_back({what, numbers.line, &numbers.grid, color, std::move(id)});
    };
    row("value", labels.value, palette::ink, anchor("value"));
    const bool plain = style_.coloring == Coloring::role;
    row("gradient", labels.gradient, plain ? palette::gradient : palette::ink, anchor("gradient"));
    if (!labels.after.line.empty()) row("after", labels.after, palette::ink, "");
    if (!labels.mark.empty()) card.rows.push_back({" ", labels.mark});
    return card;
  }

  // --------------------------------------------------------------------------------------------------------- the edges

  void edge(const Arrow& arrow) {
    const Link& link = arrow.link;
    const bool result_has_card =
        drawing_.view().is_slot(arrow.from) && drawing_.form(arrow.from) == NodeForm::pill_card;
    const std::string head = drawing_.node_id(arrow.to);
    append(out_, "  ", drawing_.node_id(arrow.from),
           result_has_card ? std::string(result_suffix) : suffix_of_copy(arrow.copy));
    if (drawing_.scalar()) {
      append(out_, ":", leaving(), " -> ", head, ":");
      if (has_entrances(arrow)) append(out_, "in", std::to_string(arrow.place), ":");
      append(out_, arriving(), " [");
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
      append(out_, R"(, headlabel=" )", number, R"( ")");
      place_label(arrow, number);
      if (!drawing_.large()) {
        append(out_, R"(, tooltip="local derivative )", number, R"(", headtooltip="local derivative )", number, "\"");
      }
    }
    out_ += "]\n";
  }

  /// Above the end of an arrow that lies, to the right of one that stands; of several the first, which tends to come from
  /// that side, has its number at the other.  Graphviz turns around the head, from the arrow's tail, by an angle, and goes
  /// so many times ten points away.
  void place_label(const Arrow& arrow, std::string_view number) {
    constexpr double degrees = 57.29577951308232, above = 8.5, behind = 15.0, beside = 7.0;
    const double half = label_width(number) / 2.0;
    const double along = lies() ? half + behind : behind;
    const double aside = lies() ? above : half + beside;
    const bool opposite = lies() && has_entrances(arrow) && arrow.place == 0;
    const bool clockwise = (style_.direction != Direction::left && style_.direction != Direction::up) != opposite;
    print(", labelangle={:.3g}, labeldistance={:.3g}", (clockwise ? -1.0 : 1.0) * std::atan2(aside, along) * degrees,
          std::hypot(aside, along) / 10.0);
  }

  /// Whether arrows go from side to side.
  [[nodiscard]] bool lies() const {
    return style_.direction == Direction::right || style_.direction == Direction::left;
  }
  /// The side of a card, as a point of the compass.
  [[nodiscard]] std::string_view leaving() const {
    constexpr std::string_view sides[] = {"e", "s", "w", "n"};
    return sides[static_cast<std::size_t>(style_.direction)];
  }
  [[nodiscard]] std::string_view arriving() const {
    constexpr std::string_view sides[] = {"w", "n", "e", "s"};
    return sides[static_cast<std::size_t>(style_.direction)];
  }
  [[nodiscard]] bool has_entrances(const Arrow& arrow) const {
    return drawing_.view().is_slot(arrow.to) && drawing_.form(arrow.to) == NodeForm::card &&
           drawing_.arriving(arrow.to) > 1;
  }

  /// Of a number on an arrow, in points.
  static double label_width(std::string_view number) { return label_width(text::code_points(number)); }
  static double label_width(std::size_t letters) { return 6.7 * static_cast<double>(letters); }
  [[nodiscard]] std::size_t longest_label() const {
    std::size_t longest = 0;
    if (drawing_.scalar()) {
      for (const Arrow& arrow : drawing_.arrows())
        longest = std::max(longest, text::code_points(drawing_.label(arrow)));
    }
    return longest;
  }
  /// Where arrows arrive side by side, each has room for its number.
  void find_entrances() {
    entrance_widths_.resize(graph_.slots().size());
    for (const Arrow& arrow : drawing_.arrows()) {
      if (!has_entrances(arrow)) continue;
      constexpr double gap = 24.0;
      entrance_widths_[at(arrow.to)].push_back(static_cast<int>(label_width(drawing_.label(arrow)) + gap));
    }
  }

  /// Invisible edges keep the leaves of the first column in the order of their use.  More than a page of them gain
  /// nothing.
  void order_of_first_column() {
    const std::vector<int> column = drawing_.first_column();
    if (style_.copies || !drawing_.scalar() || !graph_.modules().empty() || column.size() < 2 || column.size() > 32)
      return;
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
  std::vector<std::vector<Drawn>> slots_in_;       // of each box, first those of none
  std::vector<std::vector<int>> entrance_widths_;  // of each slot, if several arrows lead to it
  std::vector<int> outside_;                       // results whose own cards lie outside the module that computes them
};

}  // namespace

DrawnSize drawn_size(const Graph& graph, const DotStyle& style) { return View(graph, style).size(); }

std::string to_dot(const Graph& graph, const DotStyle& style) { return DotWriter(graph, style).write(); }

}  // namespace gradus
