// What a drawing is to look like, for every subcommand that draws one.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "autograd/graph/dot.h"
#include "autograd/graph/graph.h"

namespace gradus::command {

struct DrawingOptions {
  DotStyle style;
  std::string detail = "value";
  std::string color = "role";
};

/// Adds --detail, --color, --depth, --fold-repeated, --max-nodes and --dark to a subcommand.  `options` must outlive it.
void add_drawing_options(CLI::App& sub, DrawingOptions& options);

/// The style that was asked for.  Throws UsageError for a word that an option does not know.
[[nodiscard]] DotStyle drawing_style(const DrawingOptions& options);

/// Draws the graph and writes it to a file, or to standard output when the name is empty or "-".  Says on stderr what
/// the drawing leaves out, and that Graphviz will be slow where it will be.
/// Throws ValueError for a picture of a million nodes, unless style.max_nodes allows them, and what write_picture throws.
void write_drawing(const Graph& graph, const DotStyle& style, const std::string& file, const std::string& format);

}  // namespace gradus::command
