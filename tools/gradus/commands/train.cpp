// gradus train: a perceptron or multilayer perceptron learns one column of a CSV file from others.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "autograd/base/text.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/graph/graph.h"
#include "nn/nn.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/draw_options.h"
#include "tools/gradus/output/formats.h"
#include "tools/gradus/output/output_file.h"
#include "tools/gradus/output/progress.h"
#include "tools/gradus/page/training_page.h"
#include "tools/gradus/page/training_record.h"

namespace gradus::command {

namespace {

struct TrainOptions {
  std::string data;
  std::string target;
  std::vector<std::string> features;
  std::vector<std::int64_t> hidden;  // from hidden_text
  std::string hidden_text;
  std::string activation;
  std::string loss = "mse";
  std::int64_t epochs = 200;
  double rate = 0.05;
  double momentum = 0.0;
  std::string seed_text = "0";
  std::uint64_t seed = 0;  // from seed_text
  std::string draw;
  std::string lesson;
  DrawingOptions drawing;
};

// What is learned from what.
struct Examples {
  std::vector<std::string> names;
  Tensor x;
  Tensor y;
  std::vector<std::int64_t> labels;  // for cross-entropy
  std::int64_t classes = 0;
};

Array columns(const nn::Table& table, const std::vector<int>& chosen) {
  std::vector<double> numbers;
  numbers.reserve(static_cast<std::size_t>(table.rows) * chosen.size());
  for (std::int64_t row = 0; row < table.rows; ++row) {
    for (const int column : chosen) numbers.push_back(table.at(row, column));
  }
  return Array({table.rows, static_cast<std::int64_t>(chosen.size())}, numbers);
}

std::vector<int> feature_columns(const nn::Table& table, int target, const std::vector<std::string>& wanted) {
  std::vector<int> chosen;
  for (const std::string& name : wanted) {
    chosen.push_back(table.column(name));
    if (std::count(chosen.begin(), chosen.end(), chosen.back()) > 1) {
      throw UsageError(fmt::format("--features: {} is given twice", in_quotes(name)));
    }
  }
  for (int k = 0; wanted.empty() && k < static_cast<int>(table.columns.size()); ++k) {
    if (k != target)
      chosen.push_back(table.column(table.columns[static_cast<std::size_t>(k)]));  // of a name of its own
  }
  if (chosen.empty()) throw ValueError("[train] there is no column to learn from");
  if (std::find(chosen.begin(), chosen.end(), target) != chosen.end()) {
    throw UsageError("--features: the target cannot be one of them");
  }
  return chosen;
}

void read_labels(Examples& examples) {
  constexpr double most_classes = 1000;
  for (const double label : examples.y.to_vector()) {
    if (label < 0 || label >= most_classes || std::trunc(label) != label) {
      throw ValueError(
          fmt::format("[train] {} is no class: classes are numbered 0, 1, 2, … below {}", label, most_classes));
    }
    examples.labels.push_back(static_cast<std::int64_t>(label));
    examples.classes = std::max(examples.classes, examples.labels.back() + 1);
  }
  if (std::ranges::count(examples.labels, examples.labels.front()) == std::ssize(examples.labels)) {
    throw ValueError(
        fmt::format("[train] every row is of class {}: there is nothing to tell apart", examples.labels.front()));
  }
}

Examples read_examples(const TrainOptions& options) {
  nn::CsvOptions reading;
  if (!options.features.empty()) {  // columns that are not used may hold anything
    reading.columns = options.features;
    reading.columns.push_back(options.target);
  }
  const nn::Table table = nn::read_csv(options.data, reading);
  if (table.rows == 0) throw ValueError(fmt::format("[train] {} has no rows to learn from", options.data));
  const int target = table.column(options.target);
  const std::vector<int> chosen = feature_columns(table, target, options.features);
  Examples examples;
  for (const int k : chosen) examples.names.push_back(table.columns[static_cast<std::size_t>(k)]);
  examples.x = Tensor(columns(table, chosen), chosen.size() == 1 ? examples.names[0] : "x");
  examples.y = Tensor(columns(table, {target}), options.target);
  if (options.loss == "cross-entropy") read_labels(examples);
  return examples;
}

std::shared_ptr<nn::Module> make_model(const TrainOptions& options, const Examples& examples) {
  const Key key{options.seed};
  const auto inputs = static_cast<std::int64_t>(examples.names.size());
  const std::int64_t outputs = std::max<std::int64_t>(examples.classes, 1);
  if (options.hidden.empty() && outputs == 1) {
    const std::string name = options.activation.empty() ? "identity" : options.activation;
    return std::make_shared<nn::Perceptron>(inputs, nn::activation_named(name), key);
  }
  std::vector<std::int64_t> sizes{inputs};
  sizes.insert(sizes.end(), options.hidden.begin(), options.hidden.end());
  sizes.push_back(outputs);
  const std::string name = options.activation.empty() ? "tanh" : options.activation;
  return std::make_shared<nn::MLP>(sizes, nn::activation_named(name), identity<Tensor>, key);
}

Tensor loss_of(const TrainOptions& options, const Examples& examples, const Tensor& prediction) {
  if (options.loss == "cross-entropy") return nn::cross_entropy(prediction, examples.labels);
  return nn::mse_loss(prediction, examples.y);
}

/// The part of the examples whose class scores highest; 0 where there are no classes.
double accuracy(const Examples& examples, const Tensor& logits) {
  if (examples.labels.empty()) return 0.0;
  const std::vector<double> scores = logits.to_vector();
  const auto classes = static_cast<std::ptrdiff_t>(examples.classes);
  double right = 0;
  for (std::size_t row = 0; row < examples.labels.size(); ++row) {
    const auto first = scores.begin() + static_cast<std::ptrdiff_t>(row) * classes;
    right += std::max_element(first, first + classes) - first == examples.labels[row] ? 1 : 0;
  }
  return right / static_cast<double>(examples.labels.size());
}

/// With so many decimals, as powers of ten where the digits would fill the line.
std::string decimals(double x, int count) {
  return std::abs(x) < 1e7 ? fmt::format("{:.{}f}", x, count) : fmt::format("{:.{}e}", x, count);
}

std::string shown(const std::string& name) { return printable(name, std::string::npos); }

// "2.04 x + 0.98": what a linear perceptron has learned.
std::string learned(const nn::Perceptron& model, const Examples& examples) {
  const std::vector<double> w = model.weight().to_vector();
  std::string text;
  const auto add = [&](double c, const std::string& factor) {
    const std::string sign = text.empty() ? (c < 0 ? "-" : "") : (c < 0 ? " - " : " + ");
    text += fmt::format("{}{}{}", sign, decimals(std::abs(c), 2), factor);
  };
  for (std::size_t k = 0; k < w.size(); ++k) add(w[k], " " + shown(examples.names[k]));
  add(model.bias().item(), "");
  return text;
}

void print_result(const TrainOptions& options, const Examples& examples, nn::Module& model, double loss) {
  fmt::print("Loss: {:.6g}\n", loss);
  if (!examples.labels.empty()) {
    const NoGrad off;
    fmt::print("Accuracy: {:.2f} %\n", 100.0 * accuracy(examples, model(examples.x)));
  }
  const auto* perceptron = dynamic_cast<const nn::Perceptron*>(&model);
  if (perceptron == nullptr) {
    fmt::print("Trained: {} {}\n", model.kind(), model.note());
    return;
  }
  const bool linear = options.activation.empty() || options.activation == Identity::name;
  const std::string formula = learned(*perceptron, examples);
  fmt::print("Learned: {} = {}\n", shown(options.target),
             linear ? formula : fmt::format("{}({})", options.activation, formula));
}

// A training whose first step changes nothing ends there.
void require_gradient(const nn::Module& model, double loss) {
  for (const Tensor& parameter : model.parameters()) {
    if (!parameter.has_grad()) continue;
    const std::vector<double> slopes = parameter.grad().to_vector();
    if (std::ranges::count(slopes, 0.0) != std::ssize(slopes)) return;
  }
  throw ValueError(
      loss == 0.0 ? "[train] nothing was learned: the loss is 0 before the first step already"
                  : fmt::format("[train] nothing was learned: the loss is {:.6g} and every gradient is 0 before the "
                                "first step; try another --seed or --activation, or scale the columns",
                                loss));
}

// What is printed as learned has made the loss smaller.
void require_progress(double before, double after, std::int64_t epochs) {
  if (after < before) return;
  const std::string change = after == before ? fmt::format("is {:.6g} still", after)
                                             : fmt::format("grew from {:.6g} to {:.6g}", before, after);
  throw ValueError(fmt::format(
      "[train] nothing was learned: the loss {} after {} epoch{}; try a smaller --rate, or scale the columns", change,
      epochs, epochs == 1 ? "" : "s"));
}

void draw_loss(const TrainOptions& options, const Examples& examples, nn::Module& model, DotStyle style,
               const FileFormat& format) {
  Tensor loss = loss_of(options, examples, model(examples.x));
  if (loss.record()) loss.set_name("loss");
  Graph graph(loss);
  graph.compute_gradients();
  style.title = model.kind();
  style.subtitle = fmt::format("{}, {} rows of {}", model.note(), examples.x.shape()[0], options.data);
  add_descent(options.drawing, graph, style);
  write_drawing(graph, style, options.draw, format, options.drawing.outline);
}

TrainingFacts facts_of(const TrainOptions& options, const Examples& examples, const nn::Module& model) {
  return {model.kind(),     model.note(),   options.target,     examples.names, examples.x.value(), examples.y.value(),
          examples.classes, options.hidden, options.activation, options.rate,   options.momentum};
}

/// A whole number, written in digits alone.
template <class Integer>
Integer whole_number(const std::string& option, std::string_view text) {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits || error != std::errc() || end != text.data() + text.size()) {
    throw UsageError(fmt::format("{}: {} is not a whole number, 0 or more", option, in_quotes(text)));
  }
  return value;
}

/// "8,8" as numbers.
std::vector<std::int64_t> whole_numbers(const std::string& option, std::string_view text) {
  std::vector<std::int64_t> numbers;
  while (true) {
    const std::size_t comma = text.find(',');
    numbers.push_back(whole_number<std::int64_t>(option, text.substr(0, comma)));
    if (comma == std::string_view::npos) return numbers;
    text.remove_prefix(comma + 1);
  }
}

void run(TrainOptions options, const CLI::App& sub) {
  options.seed = whole_number<std::uint64_t>("--seed", options.seed_text);
  if (!options.hidden_text.empty()) options.hidden = whole_numbers("--hidden", options.hidden_text);
  if (!(options.rate > 0.0)) throw UsageError(fmt::format("--rate must be above 0: {}", options.rate));
  if (options.epochs < 1) throw UsageError("--epochs must be at least 1");
  constexpr std::int64_t widest = 65536;
  for (const std::int64_t width : options.hidden) {
    if (width < 1 || width > widest)
      throw UsageError(fmt::format("--hidden: {} is not between 1 and {}", width, widest));
  }
  if (options.loss == "cross-entropy" && options.hidden.empty() && !options.activation.empty()) {
    throw UsageError(
        "--activation: without --hidden there is no layer for it, cross-entropy takes the scores as they are");
  }
  if (options.loss != "mse" && options.loss != "cross-entropy") {
    throw UsageError(fmt::format("--loss: '{}' is neither mse nor cross-entropy", options.loss));
  }
  // Before hours of work, not after.
  const FileFormat& format = chosen_format(Product::drawing, options.draw, "");
  check_options_of_drawing(sub, format);
  const DotStyle style = drawing_style(options.drawing);
  check_output(options.draw);
  if (options.lesson == "-") throw UsageError("--lesson: the result is printed there; give the name of an .html file");
  check_page_name("--lesson", options.lesson);
  check_output(options.lesson);
  const Examples examples = read_examples(options);
  const std::shared_ptr<nn::Module> model = make_model(options, examples);
  nn::SGD optimizer(model->parameters(), options.rate, options.momentum);
  std::optional<TrainingRecord> record;
  if (!options.lesson.empty()) {
    record.emplace(options.epochs, *model, options.momentum, training_samples(examples.x.value()));
  }
  Progress progress(options.epochs);
  double loss_value = 0.0;
  double first_loss = 0.0;
  for (std::int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    const Tensor prediction = (*model)(examples.x);
    const Tensor loss = loss_of(options, examples, prediction);
    loss_value = loss.item();
    if (!std::isfinite(loss_value)) {
      progress.finish();
      throw ValueError(fmt::format("[train] the loss is {} at epoch {}: try a smaller --rate, or scale the columns",
                                   loss_value, epoch));
    }
    loss.backward();
    if (epoch == 0) {
      first_loss = loss_value;
      require_gradient(*model, loss_value);
    }
    if (record) record->look(epoch, loss_value, accuracy(examples, prediction));
    optimizer.step();
    optimizer.zero_grad();
    progress.step(epoch, fmt::format("Epoch {:>{}}, Loss {}", epoch, std::to_string(options.epochs - 1).size(),
                                     decimals(loss_value, 4)));
  }
  progress.finish();
  {
    const NoGrad off;  // what the last update has made of it
    loss_value = loss_of(options, examples, (*model)(examples.x)).item();
  }
  if (!std::isfinite(loss_value)) {
    throw ValueError(fmt::format("[train] the loss is {} after the last update: try a smaller --rate", loss_value));
  }
  require_progress(first_loss, loss_value, options.epochs);
  print_result(options, examples, *model, loss_value);
  if (record) {
    const Tensor prediction = (*model)(examples.x);
    loss_of(options, examples, prediction).backward();
    record->look(options.epochs, loss_value, accuracy(examples, prediction));
    model->zero_grad();
    write_output(training_page(facts_of(options, examples, *model), *record), options.lesson);
  }
  if (!options.draw.empty()) draw_loss(options, examples, *model, style, format);
}

}  // namespace

Subcommand add_train(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* sub = app.add_subcommand("train", "Train a perceptron or multilayer perceptron on a CSV file");
  sub->add_option("data", options->data, "a CSV file with named columns; - reads it from standard input")->required();
  sub->add_option("--target", options->target, "the column to learn")->required();
  sub->add_option("--features", options->features, "the columns to learn from; all others by default")
      ->delimiter(',')
      ->allow_extra_args(false);
  sub->add_option("--hidden", options->hidden_text, "widths of hidden layers, such as 16,16; none: a perceptron")
      ->type_name("WIDTHS");
  sub->add_option("--activation", options->activation,
                  fmt::format("of the perceptron (identity by default) or of the hidden layers (tanh): {}",
                              fmt::join(nn::activation_names(), ", ")));
  sub->add_option("--loss", options->loss, "mse, or cross-entropy for classes numbered from 0")->capture_default_str();
  sub->add_option("--epochs", options->epochs, "passes over the data")->capture_default_str();
  sub->add_option("--rate", options->rate, "learning rate")->capture_default_str();
  sub->add_option("--momentum", options->momentum, "of gradient descent, at least 0 and below 1")
      ->capture_default_str();
  sub->add_option("--seed", options->seed_text, "of the first weights")->type_name("UINT")->capture_default_str();
  CLI::Option* draw = sub->add_option(
      "--draw", options->draw, "write the graph of the loss to a .dot, .svg, .png, .pdf, .mmd, .json or .onnx file");
  sub->add_option("--lesson", options->lesson, "write an .html page to step and play through the training");
  add_drawing_options(*sub, options->drawing);
  for (CLI::Option* option : drawing_options(*sub)) option->needs(draw);
  return {sub, [options, sub](Context&) { run(*options, *sub); }};
}

}  // namespace gradus::command
