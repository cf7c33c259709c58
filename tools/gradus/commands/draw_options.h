// What a drawing is to look like, for every subcommand that draws one.
#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/draw/dot.h"
#include "autograd/graph/graph.h"
#include "tools/gradus/output/formats.h"

namespace gradus::command {

struct DrawingOptions {
  DotStyle style;
  std::string detail = "value";
  std::string color = "role";
  std::string direction = "LR";
  bool no_legend = false;
  bool binary_sums = false;
  bool outline = false;        // of letters, so that an SVG needs no fonts
  std::optional<double> rate;  // of a step of gradient descent that is shown
};

/// Adds --detail, --color, --direction, --digits, --elements and the others of option_names to a subcommand.  `options` must
/// outlive it.
void add_drawing_options(CLI::App& sub, DrawingOptions& options);

/// Adds --direction alone, "LR" unless it is given.
void add_direction(CLI::App& sub, std::string& direction);
/// Throws UsageError for a word that is no direction.
[[nodiscard]] Direction direction_of(std::string_view word);

/// Those options of a subcommand, --title among them.
[[nodiscard]] std::vector<CLI::Option*> drawing_options(CLI::App& sub);

/// The style that was asked for.  Throws UsageError for a word that an option does not know, and for
/// options that contradict each other.
[[nodiscard]] DotStyle drawing_style(const DrawingOptions& options);

/// Throws UsageError for an option of a drawing, --title among them, when the graph itself is written, and for --outline
/// when no SVG is.
void check_options_of_drawing(const CLI::App& sub, const FileFormat& format);

/// Adds what a step of gradient descent makes of the parameters and outputs to a style, if it was asked for, and says so
/// in its subtitle.  Throws what after_descent throws.
void add_descent(const DrawingOptions& options, const Graph& graph, DotStyle& style);

/// Draws the graph and writes it to a file, or to standard output when the name is empty or "-".  Says on stderr what
/// the drawing leaves out, and that Graphviz will be slow where it will be.
/// With `outline` the letters of an SVG are shapes.  Throws ValueError for a picture of a million nodes, unless style.max_nodes allows them, or when this build cannot draw
/// pictures, and FileError.
void write_drawing(const Graph& graph, const DotStyle& style, const std::string& file, const FileFormat& format,
                   bool outline = false);

}  // namespace gradus::command
