// gradus predict: what a saved model says of the rows of a table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"
#include "nn/nn.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/table_options.h"
#include "tools/gradus/commands/trained_model.h"
#include "tools/gradus/output/messages.h"
#include "tools/gradus/output/output_file.h"

namespace gradus::command {

namespace {

struct PredictOptions {
  std::string model, data, output;
  TableOptions table;
};

/// As RFC 4180 has it; what a spreadsheet would run is quoted too.
std::string csv_field(std::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos &&
                     (text.empty() || std::string_view("=+-@ \t").find(text[0]) == std::string_view::npos);
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

Indices all_rows(const nn::DataFrame& frame) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(frame.rows));
  for (std::size_t k = 0; k < rows.size(); ++k) rows[k] = static_cast<std::int64_t>(k);
  return Indices(rows);
}

std::string header_of(const nn::Encoding& encoding) {
  std::string line = csv_field(encoding.target.name);
  for (const std::string& name : encoding.target.words) line += "," + csv_field(fmt::format("p({})", name));
  return line + "\n";
}

std::string predictions_of(const TrainedModel& model, const Tensor& x, const Tensor& scores) {
  const nn::ColumnEncoding& target = model.encoding.target;
  std::string text = header_of(model.encoding);
  const std::vector<double> inputs = x.to_vector();
  const auto width = static_cast<std::size_t>(x.size(1));
  const bool classes = model.encoding.has_classes();
  const Tensor shown = classes ? probabilities_of(model.plan, scores) : in_units(model.encoding, scores);
  const Indices predicted = nn::predicted_classes(scores);
  const std::vector<double> numbers = shown.to_vector();
  const std::size_t each = classes ? target.words.size() : 1;
  std::int64_t incomplete = 0;
  for (std::size_t row = 0; row < static_cast<std::size_t>(x.size(0)); ++row) {
    bool lacks = false;
    for (std::size_t k = 0; k < width; ++k) lacks = lacks || std::isnan(inputs[row * width + k]);
    if (lacks) {
      ++incomplete;
      text += std::string(classes ? each : 0, ',') + "\n";
      continue;
    }
    if (classes) text += csv_field(target.words[static_cast<std::size_t>(predicted[static_cast<std::int64_t>(row)])]);
    for (std::size_t k = 0; k < each; ++k) text += fmt::format("{}{:.6g}", classes ? "," : "", numbers[row * each + k]);
    text += '\n';
  }
  if (incomplete > 0) {
    write_message(fmt::format("gradus: note: {} row{} lack{} something the model takes: nothing is predicted there\n",
                              incomplete, incomplete == 1 ? "" : "s", incomplete == 1 ? "s" : ""));
  }
  return text;
}

/// How good the predictions are, where the table has the answers.
void tell_scores(const TrainedModel& model, const nn::DataFrame& frame) {
  const nn::ColumnEncoding& target = model.encoding.target;
  const auto is_target = [&](const nn::Column& column) { return column.name == target.name; };
  if (std::ranges::none_of(frame.columns, is_target)) return;
  const nn::Column& answers = frame.column(target.name);
  if (!target.words.empty() && answers.kind == nn::ColumnKind::useless) return;
  const Tensor x = nn::encode_inputs(model.encoding, frame, all_rows(frame));
  const std::vector<double> inputs = x.to_vector();
  const auto width = static_cast<std::size_t>(x.size(1));
  std::vector<std::int64_t> rows;
  for (std::size_t row = 0; row < static_cast<std::size_t>(frame.rows); ++row) {
    bool whole = !std::isnan(answers.values[row]);
    for (std::size_t k = 0; k < width; ++k) whole = whole && !std::isnan(inputs[row * width + k]);
    if (whole) rows.push_back(static_cast<std::int64_t>(row));
  }
  if (rows.empty()) return;
  const nn::Dataset data = nn::encode(model.encoding, frame, Indices(rows));
  const Tensor scores = nn::predict(*model.module, data.x);
  const std::string score =
      model.encoding.has_classes()
          ? fmt::format("accuracy {:.4f}", nn::accuracy_score(data.labels, nn::predicted_classes(scores)))
          : fmt::format(
                "R\u00B2 {:.4f}, RMSE {:.6g}", nn::r2_score(data.y, scores),
                nn::root_mean_squared_error(in_units(model.encoding, data.y), in_units(model.encoding, scores)));
  write_message(
      fmt::format("gradus: note: beside the {} rows' own {}: {}\n", rows.size(), for_terminal(target.name), score));
}

void run(const PredictOptions& options) {
  check_output(options.output);
  const TrainedModel model = read_trained(options.model);
  const nn::DataFrame frame = read_table(options.data, options.table);
  const Tensor x = nn::encode_inputs(model.encoding, frame, all_rows(frame));
  const Tensor scores = nn::predict(*model.module, x);
  write_output(predictions_of(model, x, scores), options.output);
  tell_scores(model, frame);
}

}  // namespace

Subcommand add_predict(CLI::App& app) {
  auto options = std::make_shared<PredictOptions>();
  CLI::App* sub = app.add_subcommand("predict", "Predict the rows of a table with a model that train has saved");
  sub->add_option("model", options->model, "a .safetensors file of gradus train --save")->required();
  sub->add_option("data", options->data,
                  "a table with the columns that the model was trained on; - reads it from "
                  "standard input")
      ->required();
  sub->add_option("-o,--output", options->output, "a CSV file; standard output without");
  add_table_options(*sub, options->table);
  return {sub, [options](Context&) { run(*options); }};
}

}  // namespace gradus::command
