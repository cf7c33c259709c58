// The subcommands.  Each adds its options to the command line and returns what to do when it was chosen.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace gradus::command {

/// The text that a ParseError or EvaluationError points into, and what the command ends with.
struct Context {
  std::string expression;
  int exit_code = 0;  ///< of a run that did its work: 1 where the answer is no
};

using Action = std::function<void(Context&)>;

struct Subcommand {
  CLI::App* app;
  Action run;
};

Subcommand add_eval(CLI::App& app);
Subcommand add_compare(CLI::App& app);
Subcommand add_draw(CLI::App& app);
Subcommand add_derive(CLI::App& app);
Subcommand add_lesson(CLI::App& app);
Subcommand add_plot(CLI::App& app);
Subcommand add_train(CLI::App& app);
Subcommand add_predict(CLI::App& app);
Subcommand add_show(CLI::App& app);
Subcommand add_zoo(CLI::App& app);
Subcommand add_functions(CLI::App& app);

}  // namespace gradus::command
