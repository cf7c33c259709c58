#include "tools/gradus/commands/training_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "autograd/base/text.h"
#include "autograd/base/utf8.h"
#include "tools/gradus/commands/learning.h"

namespace gradus::command {

namespace {

/// With so many decimals, as powers of ten where the digits would fill the line or none of them be left.
std::string decimals(double x, int count) {
  const double size = std::abs(x);
  const bool plain = size < 1e7 && (x == 0.0 || size >= 0.5 * std::pow(10.0, -count));
  return plain ? fmt::format("{:.{}f}", x, count) : fmt::format("{:.{}e}", x, count);
}

std::string shown(const std::string& name) { return printable(name, std::string::npos); }

std::size_t columns_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & '\xC0') != '\x80'; }));
}
std::string padded_left(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, columns_of(text)), ' ') + text;
}
std::string padded_right(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, columns_of(text)), ' ');
}

/// Rows of cells under one another: the first column to the left, the others to the right.
void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], columns_of(row[k]));
  }
  for (const auto& row : rows) {
    std::string line = padded_right(row[0], widths[0]);
    for (std::size_t k = 1; k < row.size(); ++k) line += "  " + padded_left(row[k], widths[k]);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

std::string digits(double x) {
  const double size = std::abs(x);
  return x == 0.0 || (size >= 1e-3 && size < 1e7) ? fmt::format("{:.4f}", x) : fmt::format("{:.4e}", x);
}

struct Part {
  std::string name;
  const nn::Dataset* data;
  Tensor prediction;  // logits, or numbers in the units of the table
  double loss;
};

std::vector<Part> parts_of(const TrainingTask& task, nn::Module& model) {
  std::vector<Part> parts;
  const auto add = [&](const std::string& name, const nn::Dataset& data) {
    const Tensor prediction = nn::predict(model, data.x);
    const double loss = loss_of(task.plan.loss, prediction, data).item();
    parts.push_back({name, &data, task.has_classes() ? prediction : in_units(task.encoding, prediction), loss});
  };
  add("training", task.training);
  if (task.held_out) add("held out", *task.held_out);
  return parts;
}

void print_scores(const TrainingTask& task, const std::vector<Part>& parts) {
  std::vector<std::vector<std::string>> table{{""}, {"rows"}, {fmt::format("loss ({})", loss_name(task.plan.loss))}};
  const auto row = [&](const std::string& name, auto&& score) {
    table.push_back({name});
    for (const Part& part : parts) table.back().push_back(digits(score(part)));
  };
  for (const Part& part : parts) {
    table[0].push_back(part.name);
    table[1].push_back(std::to_string(part.data->rows()));
    table[2].push_back(digits(part.loss));
  }
  if (task.has_classes()) {
    row("accuracy",
        [](const Part& part) { return nn::accuracy_score(part.data->labels, nn::predicted_classes(part.prediction)); });
    row("macro F1", [](const Part& part) {
      return nn::f1_score(part.data->labels, nn::predicted_classes(part.prediction), {.average = nn::Average::macro});
    });
  } else {
    const auto truth = [&](const Part& part) { return in_units(task.encoding, part.data->y); };
    row("R\u00B2", [&](const Part& part) { return nn::r2_score(truth(part), part.prediction); });
    row("RMSE", [&](const Part& part) { return nn::root_mean_squared_error(truth(part), part.prediction); });
    row("MAE", [&](const Part& part) { return nn::mean_absolute_error(truth(part), part.prediction); });
  }
  print_table(table);
}

void print_classes(const TrainingTask& task, const Part& part) {
  constexpr std::size_t most_classes_in_matrix = 20;
  const std::vector<std::string>& classes = task.encoding.target.words;
  const Indices predicted = nn::predicted_classes(part.prediction);
  std::vector<std::vector<std::string>> table{{"", "precision", "recall", "F1", "rows"}};
  for (const nn::ClassScores& one : nn::class_scores(part.data->labels, predicted)) {
    table.push_back({shown(classes[static_cast<std::size_t>(one.label)]), fmt::format("{:.4f}", one.precision),
                     fmt::format("{:.4f}", one.recall), fmt::format("{:.4f}", one.f1), std::to_string(one.support)});
  }
  fmt::print("\nClasses, {}:\n", part.name);
  print_table(table);
  if (classes.size() > most_classes_in_matrix) return;
  const Array counts = nn::confusion_matrix(part.data->labels, predicted, std::ssize(classes));
  const std::vector<double> numbers = counts.to_vector();
  std::vector<std::vector<std::string>> matrix{{""}};
  for (const std::string& name : classes) matrix[0].push_back(shown(name));
  for (std::size_t i = 0; i < classes.size(); ++i) {
    matrix.push_back({shown(classes[i])});
    for (std::size_t j = 0; j < classes.size(); ++j) {
      matrix.back().push_back(fmt::format("{:.0f}", numbers[i * classes.size() + j]));
    }
  }
  fmt::print("\nConfusion matrix, {} (a row for what is so, a column for what was predicted):\n", part.name);
  print_table(matrix);
}

/// "7 columns", "column 'x'"
std::string columns_text(const nn::Encoding& encoding) {
  return encoding.features.size() == 1 ? fmt::format("column {}", in_quotes(encoding.features[0].name))
                                       : fmt::format("{} columns", encoding.features.size());
}

std::string task_text(const TrainingTask& task) {
  const std::string target = in_quotes(task.encoding.target.name);
  const std::vector<std::string>& classes = task.encoding.target.words;
  if (classes.empty()) return fmt::format("{} as a number", target);
  constexpr std::size_t most_named = 6;
  std::string names;
  for (std::size_t k = 0; k < std::min(classes.size(), most_named); ++k) {
    names += (k == 0 ? "" : ", ") + shown(classes[k]);
  }
  return fmt::format("{}, {} classes: {}{}", target, classes.size(), names,
                     classes.size() > most_named ? ", \u2026" : "");
}

}  // namespace

std::string formula_of(const nn::Perceptron& model, const nn::Encoding& encoding) {
  const std::vector<double> w = model.weight().to_vector();
  const std::vector<std::string> names = encoding.inputs();
  double constant = model.bias().item();
  std::string text;
  const auto add = [&](double c, const std::string& factor) {
    const std::string sign = text.empty() ? (c < 0 ? "-" : "") : (c < 0 ? " - " : " + ");
    text += fmt::format("{}{}{}", sign, decimals(std::abs(c), 2), factor);
  };
  // z = Σ wₖ (xₖ − meanₖ)/deviationₖ + b, and y = z·deviation + mean
  std::size_t place = 0;
  for (const nn::ColumnEncoding& feature : encoding.features) {
    const std::size_t width = feature.words.size() > 2 ? feature.words.size() : 1;
    for (std::size_t k = 0; k < width; ++k, ++place) {
      const double slope = w[place] / feature.deviation;
      constant -= slope * feature.mean;
      add(slope * encoding.target.deviation, " " + shown(names[place]));
    }
  }
  add(constant * encoding.target.deviation + encoding.target.mean, "");
  return text;
}

void print_plain_summary(const TrainingTask& task, nn::Module& model) {
  const nn::Dataset& data = task.training;
  const NoGrad off;
  const Tensor prediction = model(data.x);
  fmt::print("Loss: {:.6g}\n", loss_of(task.plan.loss, prediction, data).item());
  if (task.has_classes()) fmt::print("Accuracy: {:.2f} %\n", 100.0 * accuracy_of(task.plan.loss, data, prediction));
  const auto* perceptron = dynamic_cast<const nn::Perceptron*>(&model);
  if (perceptron == nullptr) {
    fmt::print("Trained: {} {}\n", model.kind(), model.note());
    return;
  }
  const std::string formula = formula_of(*perceptron, task.encoding);
  fmt::print("Learned: {} = {}\n", shown(task.encoding.target.name),
             task.plan.is_linear() ? formula : fmt::format("{}({})", task.plan.activation, formula));
}

void print_summary(const TrainingTask& task, nn::Module& model) {
  fmt::print("Learned: {} from {}\n", task_text(task), columns_text(task.encoding));
  fmt::print("Model: {} {}\n", model.kind(), model.note());
  const std::size_t epochs = task.run.history.epochs.size();
  std::string ending;
  if (task.run.history.ending == nn::Ending::early) {
    ending = fmt::format(": stopped early, the weights are those of epoch {}", task.run.history.model_epoch);
  } else if (task.run.history.model_epoch < std::ssize(task.run.history.epochs)) {
    ending =
        fmt::format(": the weights are those of epoch {}, the best on the rows held out", task.run.history.model_epoch);
  }
  fmt::print("Trained: {} epoch{} of {}{}\n\n", epochs, epochs == 1 ? "" : "s", task.run.optimizer, ending);
  const std::vector<Part> parts = parts_of(task, model);
  print_scores(task, parts);
  if (task.has_classes()) print_classes(task, parts.back());
  const auto* perceptron = dynamic_cast<const nn::Perceptron*>(&model);
  constexpr std::int64_t most_terms = 12;
  if (perceptron != nullptr && task.plan.is_linear() && !task.has_classes() && task.plan.inputs <= most_terms) {
    fmt::print("\n{} = {}\n", shown(task.encoding.target.name), formula_of(*perceptron, task.encoding));
  }
}

}  // namespace gradus::command
