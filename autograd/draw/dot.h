// Graphs as DOT text for Graphviz.  No Graphviz is needed to write it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../base/export.h"
#include "../graph/graph.h"

namespace gradus {

/// How much a drawing tells of each value.
enum class Detail : std::uint8_t {
  value,  // numbers where there are few of them (DotStyle::elements), else the shape
  shape,  // shapes, and no numbers but plain constants, whose number is their name; a loss (module) is one card
  name,   // names and ops alone; the same
};

/// What the fill of a node tells.
enum class Coloring : std::uint8_t {
  role,      // input, parameter, activation, …
  gradient,  // how large the gradient is beside that of the result (GradientScale), with a legend; parameters whose
             // gradient vanishes or explodes and dead ReLUs are named in words too
};

/// Where the arrows lead.
enum class Direction : std::uint8_t { right, down, left, up };

struct DotStyle {
  std::string title = {};     // above the drawing, in bold; empty: none
  std::string subtitle = {};  // beside the title
  bool dark = false;
  Direction direction = Direction::right;
  int digits = 4;              // significant ones, of each number
  std::int64_t elements = 16;  // an array of at most so many numbers shows them, as a grid
  bool join_sums = true;       // a + b + c is one op with three arrows, if nobody cares for a + b; not with anchors
  bool copies = false;         // a leaf is drawn once for each of its uses
  bool legend = true;          // above a drawing that is filled by roles: what their colours mean
  Detail detail = Detail::value;
  Coloring coloring = Coloring::role;
  /// Modules that lie this deep in others are drawn as one card each, with their kind and the number of their
  /// parameters: 0 those at the top, 1 those right inside them.  Negative: none.
  int depth = -1;
  /// Equal modules in a row, each reading what the one before computed, are drawn once, with "×12" and without the
  /// numbers that belong to one of them alone.
  bool fold_repeats = false;
  /// A graph with more nodes than this is drawn with repeats folded, modules collapsed as far as it takes, and if that
  /// is not enough, only as much as lies nearest to the outputs, and a card "…", which counts too (except beside a
  /// single node), stands for the rest; the drawing says so.  0: no limit.
  std::size_t max_nodes = 0;
  /// Ids in the SVG that Graphviz makes: "v_<id>" on a node, "e_<tail>_<head>_<argument>" on an edge, and on cards
  /// "a_value_<id>" and "a_gradient_<id>" around the numbers, each <id> that of a slot.  With or without them an edge that
  /// is labelled with its local derivative has the class "local".
  bool anchors = false;
  /// What slots will be: a third row on the cards that show numbers, "after", for each slot that has an array here, one
  /// for each slot (null: no row).  after_descent() gives those of a step of gradient descent.  Nothing at all: none.
  std::vector<Array> after = {};
  /// What a computed value without a name is called, "v₁", one for each slot ("" for none); its formula then stands
  /// beside that: "v₁ = x₁w₁".  Nothing at all: none.
  std::vector<std::string> symbols = {};
};

/// How much is drawn.
struct DrawnSize {
  std::size_t nodes = 0;
  std::string left_out = {};  // what max_nodes has kept out, as a sentence without a full stop; empty: nothing
};

/// How much a drawing in this style has, without drawing it.  A result with a card of its own counts as one node.
[[nodiscard]] GRADUS_API DrawnSize drawn_size(const Graph& graph, const DotStyle& style = {});

/// The graph as DOT.  A graph of single numbers shows a card for each value, with its name, role, value and gradient,
/// the op as a badge and the local derivative at the head of each
/// edge; a graph of arrays, and any below Detail::value, shows ops
/// and shapes, a box around each module, and cards for the arrays whose numbers are few.  In one of more than 5,000 nodes, results without
/// a name have their ids in the place of formulas, and nothing has a tooltip.  The same graph gives the same text.  User text appears only in labels, escaped.
/// Throws ValueError for another number of symbols, or of arrays in `after`, than slots.
[[nodiscard]] GRADUS_API std::string to_dot(const Graph& graph, const DotStyle& style = {});

}  // namespace gradus
