// The gradus command: data to stdout, messages and progress to stderr.
// Exit code 0: done; 1: the input or the work failed, or what was compared differs; 2: a malformed command line, expression or binding.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/array/blas_core.h"
#include "autograd/base/error.h"
#include "tools/gradus/arguments.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/functions/evaluate.h"
#include "tools/gradus/language/caret.h"
#include "tools/gradus/language/unicode.h"
#include "tools/gradus/output/messages.h"
#include "tools/gradus/output/render.h"

namespace gradus::command {

namespace {

constexpr int failed = 1;
constexpr int misused = 2;

void report(std::string_view message) { write_message(fmt::format("gradus: error: {}\n", for_terminal(message))); }

using Subcommands = std::array<Subcommand, 11>;

int run(CLI::App& app, const Subcommands& subcommands) {
  Context context;
  try {
    for (const Subcommand& sub : subcommands) {
      if (app.got_subcommand(sub.app)) sub.run(context);
    }
    if (std::fflush(stdout) != 0) throw FileError("standard output", "cannot be written");
    return context.exit_code;
  } catch (const UsageError& error) {
    report(error.what());
    return misused;
  } catch (const ParseError& error) {
    report(error.what());
    write_message(fmt::format("{}", caret(context.expression, error)));
    return misused;
  } catch (const EvaluationError& error) {
    const std::size_t column = count_code_points(context.expression.substr(0, error.offset)) + 1;
    report(error.what());
    write_message(fmt::format("{}", caret(context.expression, ParseError(error.what(), error.offset, column))));
    return failed;
  } catch (const Error& error) {
    report(error.what());
    return failed;
  } catch (const std::bad_alloc&) {
    report("out of memory");
    return failed;
  } catch (const std::exception& error) {
    write_message(fmt::format("gradus: internal error: {}\n", for_terminal(error.what())));
    return failed;
  }
}

int start(int argc, char** argv) {
  CLI::App app("Gradus: automatic differentiation that shows its work", "gradus");
  app.set_version_flag("--version", std::function<std::string()>([] {
                         return fmt::format("gradus " GRADUS_VERSION "\nproducts by OpenBLAS, kernels for {}",
                                            blas_core());
                       }));
  app.require_subcommand(1);
  const Subcommands subcommands{add_eval(app),    add_draw(app), add_derive(app),   add_lesson(app),
                                add_compare(app), add_plot(app), add_train(app),    add_predict(app),
                                add_show(app),    add_zoo(app),  add_functions(app)};
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (const std::string complaint = unknown_subcommand(app, arguments); !complaint.empty()) {
    report(complaint);
    return misused;
  }
  try {
    const auto chosen = std::find_if(subcommands.begin(), subcommands.end(), [&](const Subcommand& sub) {
      return !arguments.empty() && sub.app->get_name() == arguments[0];
    });
    mark_expression(arguments, chosen == subcommands.end() ? nullptr : chosen->app);
    std::reverse(arguments.begin(), arguments.end());  // the order CLI11 wants
    app.parse(std::move(arguments));
  } catch (const CLI::Success& message) {
    return app.exit(message);
  } catch (const CLI::ParseError& error) {
    const std::string complaint = unexpected_arguments(app);
    report(complaint.empty() ? error.what() : complaint);
    return misused;
  }
  return run(app, subcommands);
}

}  // namespace

}  // namespace gradus::command

int main(int argc, char** argv) {
  gradus::command::draw_if_asked(argc, argv);
  return gradus::command::start(argc, argv);
}
