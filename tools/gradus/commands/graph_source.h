// Where a subcommand's graph comes from: an expression with its bindings, or a file that `gradus draw -T json` wrote.
#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "autograd/graph/graph.h"
#include "tools/gradus/commands/commands.h"

namespace gradus::command {

struct GraphSource {
  std::string expression;
  std::vector<std::string> variables;
  std::vector<std::string> parameters;
  bool unfold = false;
  bool scalars = false;
};

/// Adds the expression, --var and --param to a subcommand.  `source` must outlive it.
void add_expression(CLI::App& sub, GraphSource& source);
/// The same with --unfold and --scalars.
void add_graph_source(CLI::App& sub, GraphSource& source);

/// Whether the expression is the name of a graph's file: one that ends in ".json".
[[nodiscard]] bool is_graph_file(const GraphSource& source);

/// The graph, with its gradients when they are wanted.
/// Throws what solve() and from_json() throw, GraphError when it cannot be drawn as scalars, and UsageError for bindings
/// beside a file.
[[nodiscard]] Graph graph_from(const GraphSource& source, bool with_gradients, Context& context);

}  // namespace gradus::command
