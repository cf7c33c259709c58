// A derivation as one HTML page that a reader steps through.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "autograd/derive/derivation.h"
#include "autograd/derive/derivation_quiz.h"
#include "autograd/graph/graph.h"

namespace gradus::command {

/// What of a lesson is chosen.
struct LessonStyle {
  std::string title{};
  /// Those that the derivation was made with: by them the page writes it for other inputs too, which sliders move.
  DerivationOptions derivation{};
  /// Blanks in the steps, and a button that checks what is filled in.  Then the inputs stay.
  std::optional<QuizLevel> quiz{};
  /// Why the inputs cannot be moved, whatever the graph is; empty: no reason.
  std::string still{};
};

/// The page: it needs nothing beside itself, and user text is escaped wherever it stands.  `svg` is what Graphviz makes
/// of to_dot(graph) with DotStyle::anchors.  Throws ValueError when that holds no <svg> element.
[[nodiscard]] std::string lesson_page(const Graph& graph, const Derivation& derivation, std::string_view svg,
                                      const LessonStyle& style);

}  // namespace gradus::command
