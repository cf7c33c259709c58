// gradus derive: every step of an expression forward and backward, with the numbers put in.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/text.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/derivation_quiz.h"
#include "autograd/derive/write/derivation_formats.h"
#include "autograd/graph/graph.h"
#include "autograd/math/typeset.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/derivation_choices.h"
#include "tools/gradus/commands/graph_source.h"
#include "tools/gradus/output/file_name.h"
#include "tools/gradus/output/formats.h"
#include "tools/gradus/output/messages.h"
#include "tools/gradus/output/output_file.h"

namespace gradus::command {

namespace {

struct DeriveOptions {
  GraphSource source;
  std::string output;
  std::string format;
  std::string title;
  DerivationChoices choices;
  bool fragment = false;
  bool symbolic = false;
  std::string answers;
};

bool on_a_terminal(const DeriveOptions& options) {
  const char* no_color = std::getenv("NO_COLOR");
  return options.output.empty() && isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

/// page.md → page-answers.md, unless another file is named.  Empty without a quiz.
std::string place_for_answers(const DeriveOptions& options, const DerivationFormat& format) {
  const bool is_quiz = quiz_level(options.choices).has_value();
  if (!is_quiz && !options.answers.empty()) throw UsageError("--answers needs --quiz");
  if (!is_quiz) return "";
  if (!format.has_blanks) {
    std::vector<std::string> able;
    for (const DerivationFormat& other : derivation_formats()) {
      if (other.has_blanks) able.emplace_back(other.name);
    }
    throw UsageError(fmt::format("--quiz writes {}", alternatives(able)));
  }
  const bool beside = options.answers.empty() && !options.output.empty() && options.output != "-";
  if (options.answers == "-" || (options.answers.empty() && !beside)) {
    throw UsageError("--quiz needs a place for the answers: --answers FILE, or -o FILE for both");
  }
  if (options.answers == options.output) throw UsageError("--answers names the file of the quiz itself");
  if (!beside) return options.answers;
  return with_suffix(options.output, "-answers");
}

/// What a page is called that nobody gave a title.
std::string title_of(const Graph& graph) {
  constexpr std::size_t longest = 80;
  const std::string formula = text::typeset(graph.formula(graph.outputs().front(), longest).text());
  return text::code_points(formula) > longest ? "" : "Derivation of " + formula;
}

void run(const DeriveOptions& options, Context& context) {
  const DerivationFormat& format = *chosen_format(Product::derivation, options.output, options.format).derivation;
  if (options.fragment && !format.has_fragments) {
    throw UsageError("--fragment is for LaTeX: -o FILE.tex or -T tex");
  }
  const DerivationOptions how = derivation_options(options.choices);
  if (options.symbolic && (quiz_level(options.choices) || how.compare_orders || how.learning_rate)) {
    throw UsageError("--symbolic shows letters only: it has no use for --quiz, --why-order and --update");
  }
  const std::string answers = place_for_answers(options, format);
  check_order(options.source);
  for (const std::string& file : {options.output, answers}) check_output(file);
  const Graph graph = graph_from(options.source, true, context);
  const Derivation derived = options.symbolic ? letters_only(graph, derivation(graph, how)) : derivation(graph, how);
  DerivationStyle style{options.title, on_a_terminal(options), options.fragment};
  if (style.title.empty() && format.has_headline) style.title = title_of(graph);
  const std::optional<QuizLevel> level = quiz_level(options.choices);
  if (!level) return write_output(format.write(graph, derived, style), options.output);
  const Quiz quiz = quiz_of(derived, *level);
  const std::string of_answers = style.title.empty() ? "Answers" : style.title + ": answers";
  write_output(format.write(graph, quiz.answers, {of_answers, false, options.fragment}), answers);
  write_output(format.write(graph, quiz.questions, style), options.output);
}

}  // namespace

Subcommand add_derive(CLI::App& app) {
  auto options = std::make_shared<DeriveOptions>();
  CLI::App* sub = app.add_subcommand("derive", "Derive an expression step by step, forward and backward");
  add_graph_source(*sub, options->source);
  add_result(*sub, options->source);
  sub->add_option("--order", options->source.order, "2: derives the first derivative once more, for the second ones")
      ->capture_default_str();
  sub->add_option("--first", options->source.first, "with --order 2, the variable of the first derivative")
      ->type_name("NAME");
  sub->add_option("-o,--output", options->output,
                  fmt::format("a {} file; standard output without", format_endings(Product::derivation)));
  sub->add_option("-T,--format", options->format,
                  fmt::format("{}, whatever the file is called", format_names(Product::derivation)));
  sub->add_option("--title", options->title, "above the derivation");
  sub->add_flag("--symbolic", options->symbolic, "the gradients in letters only, without numbers and steps");
  add_derivation_choices(*sub, options->choices,
                         "numbered blanks for the numbers, for what the local derivatives are "
                         "too, or for whole steps; the answers in a second file");
  sub->add_option("--answers", options->answers, "the answers to the quiz; page-answers.md beside -o page.md without");
  sub->add_flag("--fragment", options->fragment,
                "LaTeX without a preamble, for a document that loads amsmath and graphicx");
  return {sub, [options](Context& context) { run(*options, context); }};
}

}  // namespace gradus::command
