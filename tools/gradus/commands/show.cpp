// gradus show: what is in a file of tensors: the tree of a model that train has saved, and any other's tensors.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/shape.h"
#include "autograd/base/text.h"
#include "autograd/graph/graph.h"
#include "nn/nn.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/draw_options.h"
#include "tools/gradus/commands/trained_model.h"
#include "tools/gradus/output/formats.h"
#include "tools/gradus/output/messages.h"
#include "tools/gradus/output/output_file.h"
#include "tools/gradus/output/usage_error.h"

namespace gradus::command {

namespace {

/// One line, whatever it is made of.
void say(const std::string& line) { fmt::print("{}\n", for_terminal(line)); }

std::string column_text(const nn::ColumnEncoding& column) {
  if (!column.words.empty()) return fmt::format("{}: {}", column.name, fmt::join(column.words, ", "));
  if (column.mean == 0.0 && column.deviation == 1.0) return column.name;
  return fmt::format("{}: less {:.6g}, divided by {:.6g}", column.name, column.mean, column.deviation);
}

void show_tensors(const SafeTensors& content) {
  std::int64_t numbers = 0;
  for (const auto& [name, array] : content.tensors) {
    numbers += array.size();
    say(fmt::format("  {}  {} {}", name, array.dtype() == DType::float64 ? "float64" : "float32",
                    to_string(array.shape())));
  }
  fmt::print("{} tensors, {} numbers\n", content.tensors.size(), numbers);
}

void show_model(const TrainedModel& model) {
  say(nn::printed(*model.module));
  fmt::print("\nInputs:\n");
  for (const nn::ColumnEncoding& feature : model.encoding.features) say("  " + column_text(feature));
  fmt::print("Target:\n");
  say("  " + column_text(model.encoding.target));
  const TrainingRun& run = model.training;
  const std::size_t epochs = run.history.epochs.size();
  std::string trained =
      fmt::format("\nTrained: {} epoch{} of {}, rate {}", epochs, epochs == 1 ? "" : "s", run.optimizer, run.rate);
  if (run.history.model_epoch > 0) {
    const nn::Epoch& last = run.history.epochs[static_cast<std::size_t>(run.history.model_epoch - 1)];
    if (last.number < std::ssize(run.history.epochs)) trained += fmt::format("; that of epoch {}", last.number);
    trained += fmt::format("; {} {:.6g}", loss_name(model.plan.loss), last.training.loss);
    if (last.validation) trained += fmt::format(", held out {:.6g}", last.validation->loss);
  }
  say(trained);
}

struct ShowOptions {
  std::string file, output;
  std::int64_t rows = 1;
};

/// The whole model as a graph, and which number of x is which column.
void write_model(const TrainedModel& model, const ShowOptions& options, const FileFormat& format) {
  Graph graph(whole_model(model, options.rows));
  DotStyle style = drawing_style(DrawingOptions{});
  style.title = model.module->kind();
  style.subtitle = fmt::format("{}, {} of {}", model.module->note(), model.encoding.target.name, options.file);
  write_drawing(graph, style, options.output, format);
  fmt::print("\nWritten to {}, which takes x [{}, {}]:\n", for_terminal(options.output), options.rows,
             model.plan.inputs);
  std::size_t place = 0;
  for (const std::string& name : model.encoding.inputs()) say(fmt::format("  {}  {}", place++, name));
  if (!model.encoding.has_classes()) return say(fmt::format("and says {}", model.encoding.target.name));
  say(fmt::format("and says the probabilities of {}", fmt::join(model.encoding.target.words, ", ")));
}

void run(const ShowOptions& options) {
  constexpr std::int64_t most_rows = 1 << 20;
  if (options.rows < 1 || options.rows > most_rows) {
    throw UsageError(fmt::format("--rows: {} is not between 1 and {}", options.rows, most_rows));
  }
  const FileFormat& format = chosen_format(Product::drawing, options.output, "");
  if (options.output == "-") throw UsageError("-o: the model is shown there; give the name of a file");
  check_output(options.output);
  const SafeTensors content = read_safetensors(options.file);
  if (content.metadata.contains("gradus")) {
    const TrainedModel model = read_trained(options.file);
    show_model(model);
    if (!options.output.empty()) write_model(model, options, format);
    return;
  }
  if (!options.output.empty())
    throw ValueError("[show] -o writes a model that gradus train has saved; these are tensors");
  for (const auto& [key, text] : content.metadata) say(fmt::format("{}: {}", key, printable(text, 200)));
  show_tensors(content);
}

}  // namespace

Subcommand add_show(CLI::App& app) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* sub = app.add_subcommand("show", "Show what is in a .safetensors file: a saved model, or tensors");
  sub->add_option("file", options->file, "a .safetensors file")->required();
  sub->add_option("-o,--output", options->output,
                  fmt::format("write the whole model as a graph, from a row of the table to numbers in its units or to "
                              "probabilities: a {} file",
                              format_endings(Product::drawing)));
  sub->add_option("--rows", options->rows, "how many rows the written model takes at a time")->capture_default_str();
  return {sub, [options](Context&) { run(*options); }};
}

}  // namespace gradus::command
