// gradus train: a perceptron or multilayer perceptron learns one column of a table from others.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/text.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_text.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/graph/graph.h"
#include "nn/nn.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/draw_options.h"
#include "tools/gradus/commands/learning.h"
#include "tools/gradus/commands/table_options.h"
#include "tools/gradus/commands/training_plots.h"
#include "tools/gradus/commands/training_summary.h"
#include "tools/gradus/commands/training_task.h"
#include "tools/gradus/output/formats.h"
#include "tools/gradus/output/messages.h"
#include "tools/gradus/output/output_file.h"
#include "tools/gradus/output/plot_file.h"
#include "tools/gradus/page/training_page.h"
#include "tools/gradus/page/training_record.h"

namespace gradus::command {

namespace {

void draw_loss(const TrainOptions& options, const TrainingTask& task, nn::Module& model, DotStyle style,
               const FileFormat& format) {
  Tensor loss = loss_of(task.plan.loss, model(task.training.x), task.training);
  if (loss.record()) loss.set_name("loss");
  Graph graph(loss);
  graph.compute_gradients();
  style.title = model.kind();
  style.subtitle = fmt::format("{}, {} rows of {}", model.note(), task.training.rows(), options.data);
  add_descent(options.drawing, graph, style);
  write_drawing(graph, style, options.draw, format, options.drawing.outline);
}

TrainingFacts facts_of(const TrainingTask& task, const nn::Module& model) {
  const nn::Dataset& data = task.training;
  return {model.kind(),
          model.note(),
          task.encoding.target.name,
          task.encoding.inputs(),
          data.x.value(),
          data.y.value(),
          task.plan.loss == TrainingLoss::cross_entropy ? data.classes : 0,
          task.plan.hidden,
          task.plan.activation,
          task.run.rate,
          task.run.momentum,
          task.encoding.target.words};
}

/// One step of the training on one row of the table, derived.
void derive_row(const TrainOptions& options, const TrainingTask& task, nn::Module& model) {
  const std::int64_t row = *options.derive_row - 1;
  if (row >= task.frame.rows) {
    throw UsageError(fmt::format("--derive: there are {} rows, and none has the number {}", task.frame.rows, row + 1));
  }
  const nn::Dataset one = nn::encode(task.encoding, task.frame, {row});
  Tensor loss = loss_of(task.plan.loss, model(one.x), one);
  if (loss.record()) loss.set_name("loss");
  DerivationOptions how;
  how.learning_rate = task.run.rate;
  Graph graph(loss);
  graph.compute_gradients();
  fmt::print("\nOne step on row {}:\n\n{}", row + 1, to_text(graph, derivation(graph, how)));
}

void check_outputs(const TrainOptions& options, const CLI::App& sub, const FileFormat& drawing) {
  check_options_of_drawing(sub, drawing);
  check_output(options.draw);
  for (const auto& [name, file] : {std::pair{"--lesson", &options.lesson}, std::pair{"--plot", &options.plot}}) {
    if (*file == "-") throw UsageError(fmt::format("{}: the result is printed there; give the name of a file", name));
  }
  check_page_name("--lesson", options.lesson);
  check_output(options.lesson);
  check_output(options.plot);
  if (!options.save.empty()) {
    check_model_name("--save", options.save);
    check_output(options.save);
  }
  if (!options.resume.empty() && options.save.empty()) {
    throw UsageError("--resume goes on with a training, and --save says where to keep it");
  }
}

void run(const TrainOptions& options, const CLI::App& sub, Context& context) {
  // Before hours of work, not after.
  const FileFormat& drawing = chosen_format(Product::drawing, options.draw, "");
  const FileFormat& plotting = chosen_format(Product::plot, options.plot, "");
  const DotStyle style = drawing_style(options.drawing);
  check_outputs(options, sub, drawing);
  TrainingTask task = training_task(options);
  for (const std::string& remark : task.selection.remarks) {
    write_message(fmt::format("gradus: note: {}\n", for_terminal(remark)));
  }
  std::optional<TrainingRecord> record;
  const Learned learned = task.plain ? learn_plainly(task, record, !options.lesson.empty()) : learn(task, options);
  nn::Module& model = *learned.model;
  if (!options.save.empty()) {
    save_trained(options.save, task.plan, task.encoding, task.run, model, *learned.optimizer);
  }
  if (learned.interrupted) {
    constexpr int by_interrupt = 130;
    const std::size_t epochs = task.run.history.epochs.size();
    write_message(fmt::format(
        "gradus: interrupted: the model is that of epoch {}{}\n", epochs,
        options.save.empty() ? "; --save keeps it" : fmt::format(", kept in {}", for_terminal(options.save))));
    context.exit_code = by_interrupt;
    return;
  }
  task.plain ? print_plain_summary(task, model) : print_summary(task, model);
  if (record) write_output(training_page(facts_of(task, model), *record), options.lesson);
  if (!options.draw.empty()) draw_loss(options, task, model, style, drawing);
  if (!options.plot.empty()) write_plot(training_plots(task, model), options.plot, plotting);
  if (options.derive_row) derive_row(options, task, model);
}

}  // namespace

Subcommand add_train(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* sub = app.add_subcommand("train", "Learn one column of a table from others");
  sub->add_option("data", options->data, "a file of separated text, such as CSV; - reads it from standard input")
      ->required();
  sub->add_option("--target", options->target,
                  "the column to learn: words are classes, numbers are numbers unless they "
                  "count classes")
      ->required();
  add_columns(*sub, "--features", options->features, "the columns to learn from; all others by default");
  add_columns(*sub, "--ignore", options->ignored, "columns that are not learned from");
  add_table_options(*sub, options->table);
  sub->add_option("--missing", options->missing,
                  "what becomes of a row that lacks something: drop, mean (filled in) or error")
      ->capture_default_str();
  sub->add_flag("--no-standardise", options->no_standardise, "numbers as they are, not shifted and scaled");
  sub->add_option("--hidden", options->hidden_text, "widths of hidden layers, such as 16,16; none: a linear model")
      ->type_name("WIDTHS");
  sub->add_option("--activation", options->activation,
                  fmt::format("of the perceptron (identity by default) or of the hidden layers (tanh): {}",
                              fmt::join(nn::activation_names(), ", ")));
  sub->add_option("--loss", options->loss,
                  fmt::format("{}; by default what goes with the target: mse, bce of two classes, cross-entropy of "
                              "more",
                              alternatives(loss_names())));
  sub->add_option("--optimizer", options->optimizer,
                  fmt::format("{}; adam by default", alternatives(optimizer_names())));
  sub->add_option("--schedule", options->schedule,
                  fmt::format("of the learning rate: {}", alternatives(schedule_names())));
  sub->add_option("--batch", options->batch, "rows at a time, 32 by default; 0: all at once, as lbfgs does by default")
      ->type_name("ROWS");
  sub->add_option("--epochs", options->epochs, "passes over the data")->capture_default_str();
  sub->add_option("--rate", options->rate, "learning rate; by default what is usual for the optimizer");
  sub->add_option("--momentum", options->momentum, "of sgd and rmsprop, at least 0 and below 1")->capture_default_str();
  sub->add_option("--l2", options->l2, "weight decay")->capture_default_str();
  sub->add_option("--validation", options->validation, "the part of the rows that is held out, 0.2 by default; 0: none")
      ->type_name("PART");
  sub->add_option(
         "--stop-early", options->stop_early,
         "ends the training when the loss of the rows held out has not fallen for so many epochs, and takes the "
         "weights of the best one")
      ->type_name("EPOCHS");
  sub->add_option("--seed", options->seed_text, "of the first weights, the rows held out and the batches")
      ->type_name("UINT")
      ->capture_default_str();
  sub->add_option("--save", options->save, "keep the model in a .safetensors file, for predict, show and --resume");
  sub->add_option("--resume", options->resume, "go on with the training of a saved model, up to --epochs in all");
  sub->add_option("--plot", options->plot,
                  fmt::format("loss, fit and residuals, or confusion matrix and classes, as a {} file",
                              format_endings(Product::plot)));
  sub->add_option("--derive", options->derive_row, "derive one step of the trained model on a row, counted from 1")
      ->type_name("ROW");
  CLI::Option* draw = sub->add_option(
      "--draw", options->draw, "write the graph of the loss to a .dot, .svg, .png, .pdf, .mmd, .json or .onnx file");
  sub->add_option("--lesson", options->lesson, "write an .html page to step and play through the training");
  add_drawing_options(*sub, options->drawing);
  for (CLI::Option* option : drawing_options(*sub)) option->needs(draw);
  sub->footer(
      "Tables of fewer than 20 rows and a line through one column, when their numbers are small, and --lesson train as "
      "a first lesson does: plain "
      "gradient descent over all rows, as they are.  Otherwise numbers are standardised, a fifth of the rows is "
      "held out, and Adam learns from batches.");
  return {sub, [options, sub](Context& context) { run(*options, *sub, context); }};
}

}  // namespace gradus::command
