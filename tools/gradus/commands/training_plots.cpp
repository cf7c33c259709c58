#include "tools/gradus/commands/training_plots.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "autograd/plot/plot.h"
#include "tools/gradus/commands/training_summary.h"

namespace gradus::command {

namespace {

Plot loss_plot(const TrainingTask& task) {
  std::vector<double> epochs, training, held_out_epochs, held_out;
  for (const nn::Epoch& epoch : task.run.history.epochs) {
    epochs.push_back(static_cast<double>(epoch.number));
    training.push_back(epoch.training.loss);
    if (!epoch.validation) continue;
    held_out_epochs.push_back(static_cast<double>(epoch.number));
    held_out.push_back(epoch.validation->loss);
  }
  Plot plot("Loss", "epoch", loss_name(task.plan.loss));
  plot.line(epochs, training, "training");
  if (!held_out.empty()) plot.line(held_out_epochs, held_out, "held out");
  if (std::ranges::all_of(training, [](double x) { return x > 0.0; }) &&
      std::ranges::all_of(held_out, [](double x) { return x > 0.0; })) {
    plot.logarithmic_y();
  }
  return plot;
}

/// Column k of inputs, in the units of the table.
std::vector<double> input_in_units(const TrainingTask& task, const nn::Dataset& data, std::int64_t k) {
  const std::vector<double> x = data.x.to_vector();
  const nn::ColumnEncoding& feature = task.encoding.features[static_cast<std::size_t>(k)];
  std::vector<double> numbers;
  for (std::int64_t row = 0; row < data.rows(); ++row) {
    const double value = x[static_cast<std::size_t>(row * data.x.size(1) + k)];
    numbers.push_back(value * feature.deviation + feature.mean);
  }
  return numbers;
}

std::vector<Plot> number_plots(const TrainingTask& task, nn::Module& model, const nn::Dataset& data,
                               const std::string& part) {
  const std::string& target = task.encoding.target.name;
  const std::vector<double> truth = in_units(task.encoding, data.y).to_vector();
  const std::vector<double> predicted = in_units(task.encoding, nn::predict(model, data.x)).to_vector();
  std::vector<double> residuals;
  for (std::size_t row = 0; row < truth.size(); ++row) residuals.push_back(truth[row] - predicted[row]);
  std::vector<Plot> plots;
  if (task.plan.inputs == 1 && task.encoding.features[0].words.empty()) {
    const std::vector<double> x = input_in_units(task, data, 0);
    const auto [low, high] = std::ranges::minmax(x);
    constexpr int points = 200;
    std::vector<double> along, standardised;
    for (int k = 0; k <= points; ++k) {
      along.push_back(low + (high - low) * k / points);
      standardised.push_back((along.back() - task.encoding.features[0].mean) / task.encoding.features[0].deviation);
    }
    const Tensor curve = nn::predict(model, Tensor(Array({points + 1, 1}, standardised)));
    Plot fit("Fit, " + part, task.encoding.features[0].name, target);
    fit.points(x, truth, "rows").line(along, in_units(task.encoding, curve), "model");
    plots.push_back(std::move(fit));
  } else {
    const auto [low, high] = std::ranges::minmax(truth);
    Plot fit("Fit, " + part, "true " + target, "predicted " + target);
    fit.points(truth, predicted, "rows").dashed_line({low, high}, {low, high}, "equal");
    plots.push_back(std::move(fit));
  }
  Plot left("Residuals, " + part, "predicted " + target, "true \u2212 predicted");
  const auto [low, high] = std::ranges::minmax(predicted);
  left.points(predicted, residuals, "rows").dashed_line({low, high}, {0.0, 0.0}, "none");
  plots.push_back(std::move(left));
  return plots;
}

Plot boundary_plot(const TrainingTask& task, nn::Module& model, const nn::Dataset& data, const std::string& part) {
  constexpr std::int64_t points = 121;
  const std::vector<double> across = input_in_units(task, data, 0);
  const std::vector<double> up = input_in_units(task, data, 1);
  const plot::Range x = plot::range_of(across, 0.05);
  const plot::Range y = plot::range_of(up, 0.05);
  const auto& features = task.encoding.features;
  std::vector<double> grid;
  for (std::int64_t i = 0; i < points; ++i) {
    for (std::int64_t j = 0; j < points; ++j) {
      const double at_x = x.low + (x.high - x.low) * static_cast<double>(j) / (points - 1);
      const double at_y = y.low + (y.high - y.low) * static_cast<double>(i) / (points - 1);
      grid.push_back((at_x - features[0].mean) / features[0].deviation);
      grid.push_back((at_y - features[1].mean) / features[1].deviation);
    }
  }
  const Tensor scores = nn::predict(model, Tensor(Array({points * points, 2}, grid)));
  std::vector<double> classes;
  for (const std::int64_t label : nn::predicted_classes(scores)) classes.push_back(static_cast<double>(label));
  Plot plot("Classes, " + part, features[0].name, features[1].name);
  plot.regions(Array({points, points}, classes), x, y);
  for (std::int64_t label = 0; label < data.classes; ++label) {
    std::vector<double> xs, ys;
    for (std::int64_t row = 0; row < data.rows(); ++row) {
      if (data.labels[row] != label) continue;
      xs.push_back(across[static_cast<std::size_t>(row)]);
      ys.push_back(up[static_cast<std::size_t>(row)]);
    }
    plot.colour(static_cast<int>(label)).points(xs, ys, task.encoding.target.words[static_cast<std::size_t>(label)]);
  }
  return plot;
}

}  // namespace

plot::Figure training_plots(const TrainingTask& task, nn::Module& model) {
  const nn::Dataset& data = task.held_out ? *task.held_out : task.training;
  const std::string part = task.held_out ? "held out" : "training";
  std::vector<Plot> plots{loss_plot(task)};
  if (!task.has_classes()) {
    for (Plot& one : number_plots(task, model, data, part)) plots.push_back(std::move(one));
  } else {
    const std::vector<std::string>& classes = task.encoding.target.words;
    const Indices predicted = nn::predicted_classes(nn::predict(model, data.x));
    Plot matrix("Confusion matrix, " + part, "predicted", "true");
    matrix.table(nn::confusion_matrix(data.labels, predicted, std::ssize(classes)), classes, classes);
    plots.push_back(std::move(matrix));
    const auto number = [](const nn::ColumnEncoding& feature) { return feature.words.empty(); };
    if (task.encoding.features.size() == 2 && std::ranges::all_of(task.encoding.features, number)) {
      plots.push_back(boundary_plot(task, model, data, part));
    }
  }
  for (Plot& one : plots) one.size(420, 340);
  return side_by_side(plots, static_cast<int>(plots.size()));
}

}  // namespace gradus::command
