// gradus show: what is in a file of tensors: the tree of a model that train has saved, and any other's tensors.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "autograd/base/shape.h"
#include "autograd/base/text.h"
#include "nn/nn.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/trained_model.h"
#include "tools/gradus/output/messages.h"

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
  if (!run.history.epochs.empty()) {
    const nn::Epoch& last = run.history.epochs.back();
    trained += fmt::format("; {} {:.6g}", loss_name(model.plan.loss), last.training.loss);
    if (last.validation) trained += fmt::format(", held out {:.6g}", last.validation->loss);
  }
  say(trained);
}

void run(const std::string& file) {
  const SafeTensors content = read_safetensors(file);
  if (content.metadata.contains("gradus")) return show_model(read_trained(file));
  for (const auto& [key, text] : content.metadata) say(fmt::format("{}: {}", key, printable(text, 200)));
  show_tensors(content);
}

}  // namespace

Subcommand add_show(CLI::App& app) {
  auto file = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("show", "Show what is in a .safetensors file: a saved model, or tensors");
  sub->add_option("file", *file, "a .safetensors file")->required();
  return {sub, [file](Context&) { run(*file); }};
}

}  // namespace gradus::command
