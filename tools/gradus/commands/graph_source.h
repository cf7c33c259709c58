// Where a subcommand's graph comes from: an expression with its bindings, or a file that `gradus draw -T json` wrote.
#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "autograd/graph/graph.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"

namespace gradus::command {

struct GraphSource {
  std::string expression;
  bool has_expression = false;  // which may be empty
  std::string file;
  Bindings bindings;
  bool one_result = false;  // only one can be told
  std::string result;       // which; empty: the only one
  int order = 1;            // 2: the graph is that of the first derivative
  std::string first;        // by which variable that is
  bool unfold = false;
  bool scalars = false;
  bool warns = true;  // of names that are not used
};

/// Adds --var, --param, --const and --wrt to a subcommand.  `bindings` must outlive it.
void add_bindings(CLI::App& sub, Bindings& bindings);
/// Adds the expression or its file, --var, --param, --const and --wrt to a subcommand.  `source` must outlive it.
void add_expression(CLI::App& sub, GraphSource& source);
/// Adds --result to a subcommand that tells one result.
void add_result(CLI::App& sub, GraphSource& source);
/// Throws UsageError for options about order and result that do not go together.
void check_order(const GraphSource& source);
/// The same with --unfold and --scalars.
void add_graph_source(CLI::App& sub, GraphSource& source);

/// What was read of an expression, with its bindings.  `context` learns the text that errors point into.
/// Throws what solve() throws, and UsageError unless there is just one of an expression and a file of statements.
void solve(const GraphSource& source, Problem& problem, Context& context);

/// The graph that a file holds.  Throws what read_file() and from_json() throw.
[[nodiscard]] Graph graph_of_file(const std::string& file);

/// Whether the expression is the name of a graph's file: one that ends in ".json".
[[nodiscard]] bool is_graph_file(const GraphSource& source);

/// The graph, with its gradients when they are wanted.
/// Throws what solve() and from_json() throw, GraphError when it cannot be drawn as scalars, and UsageError for bindings
/// beside a file.
[[nodiscard]] Graph graph_from(const GraphSource& source, bool with_gradients, Context& context);

}  // namespace gradus::command
