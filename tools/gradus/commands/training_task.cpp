#include "tools/gradus/commands/training_task.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "tools/gradus/output/messages.h"
#include "tools/gradus/output/usage_error.h"

namespace gradus::command {

namespace {

constexpr std::int64_t fewest_rows = 20;  // of which some are held out

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

void require_word(const std::string& option, const std::string& word, const std::vector<std::string>& words) {
  if (word.empty() || std::ranges::find(words, word) != words.end()) return;
  throw UsageError(fmt::format("{}: {} is not {}{}", option, in_quotes(word), alternatives(words),
                               did_you_mean(word, {words.begin(), words.end()})));
}

nn::MissingRule missing_rule(const std::string& word) {
  require_word("--missing", word, {"drop", "mean", "error"});
  return word == "mean" ? nn::MissingRule::mean : word == "error" ? nn::MissingRule::refuse : nn::MissingRule::drop;
}

char separator_of(const std::string& text) {
  if (text.empty()) return 0;
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() == 1) return text[0];
  throw UsageError(fmt::format("--separator: {} is not one character, nor 'tab'", in_quotes(text)));
}

void check_columns(const TrainOptions& options) {
  std::set<std::string> seen;
  for (const std::string& name : options.features) {
    if (!seen.insert(name).second) throw UsageError(fmt::format("--features: {} is given twice", in_quotes(name)));
  }
  if (seen.contains(options.target)) throw UsageError("--features: the target cannot be one of them");
}

void check_numbers(const TrainOptions& options, const std::vector<std::int64_t>& hidden) {
  if (options.rate && !(*options.rate > 0.0))
    throw UsageError(fmt::format("--rate must be above 0: {}", *options.rate));
  if (options.epochs < 1) throw UsageError("--epochs must be at least 1");
  if (options.batch && *options.batch < 0) throw UsageError("--batch must be at least 1, or 0 for all rows at once");
  if (options.validation && !(*options.validation >= 0.0 && *options.validation < 1.0)) {
    throw UsageError(
        fmt::format("--validation: the part that is held out is 0 or more and below 1: {}", *options.validation));
  }
  if (options.stop_early && *options.stop_early < 1) throw UsageError("--stop-early must be at least 1");
  if (!(options.l2 >= 0.0)) throw UsageError(fmt::format("--l2 must be at least 0: {}", options.l2));
  if (options.derive_row && *options.derive_row < 1) throw UsageError("--derive: rows are counted from 1");
  constexpr std::int64_t widest = 65536;
  for (const std::int64_t width : hidden) {
    if (width < 1 || width > widest) {
      throw UsageError(fmt::format("--hidden: {} is not between 1 and {}", width, widest));
    }
  }
}

/// Whether numbers are meant as classes: whole ones, few, in a row, each of them often.
bool look_like_classes(const nn::Column& target) {
  constexpr std::size_t most = 20;
  constexpr std::int64_t often = 5;
  std::map<double, std::int64_t> counts;
  for (const double x : target.values) {
    if (std::isnan(x)) continue;
    ++counts[x];
    if (std::trunc(x) != x || counts.size() > most) return false;
  }
  if (counts.size() < 2) return false;
  const double first = counts.begin()->first;
  const bool in_a_row = counts.rbegin()->first - first == static_cast<double>(counts.size() - 1);
  return in_a_row && (first == 0.0 || first == 1.0) &&
         std::ranges::all_of(counts, [&](const auto& one) { return one.second >= often; });
}

/// The loss that was asked for, or what goes with the target.
TrainingLoss loss_for(std::optional<TrainingLoss> asked, const nn::Column& target, bool plain, std::size_t classes) {
  const bool words = !target.words.empty();
  if (asked) {
    if (words && !is_of_classes(*asked)) {
      throw UsageError(
          fmt::format("--loss {} is for numbers, and the target {} has words: bce (of two) or "
                      "cross-entropy",
                      loss_name(*asked), in_quotes(target.name)));
    }
    if (*asked == TrainingLoss::bce && classes != 2) {
      throw ValueError(fmt::format("[train] --loss bce tells two classes apart, and {} has {}: cross-entropy",
                                   in_quotes(target.name), classes));
    }
    return *asked;
  }
  if (!words && (plain || !look_like_classes(target))) return TrainingLoss::mse;
  return classes == 2 && !plain ? TrainingLoss::bce : TrainingLoss::cross_entropy;
}

double usual_rate(const std::string& optimizer) {
  if (optimizer == "sgd") return 0.05;
  if (optimizer == "adadelta" || optimizer == "lbfgs") return 1.0;
  if (optimizer == "adagrad") return 0.1;
  if (optimizer == "lion") return 3e-3;
  return 0.01;
}

/// Whether numbers are of a size at which gradient descent with the usual rate converges as they are.
bool suits_plain_descent(const nn::Column& column) {
  constexpr double largest_mean_square = 10.0;  // of 1/rate = 20, between the column and the constant
  double sum = 0.0;
  for (const double x : column.values) sum += std::isnan(x) ? 0.0 : x * x;
  return sum <= largest_mean_square * static_cast<double>(column.values.size());
}

/// What decides between the plain training of a lesson and the usual one, where the user has not.
bool is_plain(const TrainOptions& options, std::optional<TrainingLoss> loss, const nn::DataFrame& frame,
              const nn::TableSelection& selection) {
  const bool told = !options.optimizer.empty() || !options.schedule.empty() || options.batch || options.validation ||
                    options.stop_early || !options.resume.empty() || options.l2 > 0.0;
  const bool other_loss = loss && *loss != TrainingLoss::mse && *loss != TrainingLoss::cross_entropy;
  if (!options.lesson.empty()) {
    if (told || other_loss) {
      throw UsageError(
          "--lesson shows plain gradient descent over all rows: it does not go with --optimizer, "
          "--schedule, --batch, --validation, --stop-early, --resume, --l2, nor with another --loss than mse "
          "and cross-entropy");
    }
    return true;
  }
  if (told || other_loss) return false;
  const auto& columns = frame.columns;
  const auto is_number = [&](int k) { return columns[static_cast<std::size_t>(k)].words.empty(); };
  const auto suits = [&](int k) { return !is_number(k) || suits_plain_descent(columns[static_cast<std::size_t>(k)]); };
  if (!std::ranges::all_of(selection.features, suits)) return false;
  const bool line = selection.features.size() == 1 && is_number(selection.features[0]) && is_number(selection.target) &&
                    options.hidden_text.empty() && (!loss || *loss == TrainingLoss::mse) &&
                    !look_like_classes(columns[static_cast<std::size_t>(selection.target)]);
  return line || selection.rows.size() < fewest_rows;
}

void resume_from(TrainedModel& before, const TrainOptions& options, TrainingTask& task) {
  const auto same = [](const std::string& given, const std::string& kept) { return given.empty() || given == kept; };
  if (nn::to_json(before.encoding) != nn::to_json(task.encoding)) {
    throw ValueError(
        fmt::format("[train] {} was trained on other columns or rows: its training goes on with the same "
                    "table, --target, --features, --validation and --seed",
                    options.resume));
  }
  if (before.plan.hidden != task.plan.hidden || !same(options.activation, before.plan.activation) ||
      before.plan.loss != task.plan.loss || !same(options.optimizer, before.training.optimizer)) {
    throw ValueError(fmt::format("[train] {} is of another structure, --loss or --optimizer", options.resume));
  }
  const TrainingRun& was = before.training;
  const auto keep = [&](bool other, const char* option, const auto& value) {
    if (other) {
      throw UsageError(
          fmt::format("{}: the training of {} goes on as it began, with {}", option, options.resume, value));
    }
  };
  keep(options.rate && *options.rate != was.rate, "--rate", was.rate);
  keep(!same(options.schedule, was.schedule), "--schedule", was.schedule);
  keep(options.batch && *options.batch != was.batch, "--batch", was.batch);
  keep(options.validation && *options.validation != was.held_out, "--validation", was.held_out);
  keep(options.momentum != 0.0 && options.momentum != was.momentum, "--momentum", was.momentum);
  keep(options.l2 != 0.0 && options.l2 != was.l2, "--l2", was.l2);
  keep(options.seed_text != "0" && options.seed_text != std::to_string(was.seed), "--seed", was.seed);
  task.run = was;
  task.resumed = std::move(before.content);
}

/// Options that the optimizer has no use for.
void check_optimizer(const TrainOptions& options, const TrainingRun& run) {
  const auto refuse = [&](const char* option, const char* why) {
    throw UsageError(fmt::format("{} does not go with --optimizer {}: {}", option, run.optimizer, why));
  };
  if (options.momentum != 0.0 && run.optimizer != "sgd" && run.optimizer != "rmsprop") {
    refuse("--momentum", "it is for sgd and rmsprop");
  }
  if (options.l2 != 0.0 && run.optimizer == "lbfgs") refuse("--l2", "it goes down the loss alone");
}

}  // namespace

const std::vector<std::string>& optimizer_names() {
  static const std::vector<std::string> names{"sgd",      "adam",   "adamw", "rmsprop", "adagrad",
                                              "adadelta", "adamax", "nadam", "lion",    "lbfgs"};
  return names;
}

const std::vector<std::string>& schedule_names() {
  static const std::vector<std::string> names{"constant", "step",      "exponential", "cosine",
                                              "linear",   "one-cycle", "plateau"};
  return names;
}

Tensor loss_of(TrainingLoss loss, const Tensor& prediction, const nn::Dataset& data) {
  switch (loss) {
    case TrainingLoss::mae:
      return nn::mae_loss(prediction, data.y);
    case TrainingLoss::huber:
      return nn::huber_loss(prediction, data.y);
    case TrainingLoss::bce:
      return nn::bce_with_logits_loss(prediction, data.y);
    case TrainingLoss::cross_entropy:
      return nn::cross_entropy(prediction, data.labels);
    case TrainingLoss::mse:
      break;
  }
  return nn::mse_loss(prediction, data.y);
}

nn::DataFrame read_table(const std::string& file, const TableOptions& options) {
  require_word("--header", options.header, {"auto", "yes", "no"});
  if (!options.decimal.empty()) require_word("--decimal", options.decimal, {".", ","});
  nn::DataFrameOptions reading;
  reading.header = options.header == "yes"  ? nn::DataFrameOptions::yes
                   : options.header == "no" ? nn::DataFrameOptions::no
                                            : nn::DataFrameOptions::automatic;
  reading.separator = separator_of(options.separator);
  reading.decimal = options.decimal.empty() ? '\0' : options.decimal[0];
  return nn::read_data_frame(file, reading);
}

TrainingTask training_task(const TrainOptions& options) {
  TrainingTask task;
  task.run.seed = whole_number<std::uint64_t>("--seed", options.seed_text);
  if (!options.hidden_text.empty()) task.plan.hidden = whole_numbers("--hidden", options.hidden_text);
  check_numbers(options, task.plan.hidden);
  check_columns(options);
  require_word("--loss", options.loss, loss_names());
  const std::optional<TrainingLoss> loss = loss_named(options.loss);
  require_word("--optimizer", options.optimizer, optimizer_names());
  require_word("--schedule", options.schedule, schedule_names());
  nn::EncodingOptions encoding{options.features, options.ignored, missing_rule(options.missing)};
  std::optional<TrainedModel> before;
  if (!options.resume.empty()) before = read_trained(options.resume);

  task.frame = read_table(options.data, options.table);
  task.selection = nn::select_from(task.frame, options.target, encoding);
  task.plain = is_plain(options, loss, task.frame, task.selection);
  const nn::Column& target = task.frame.columns[static_cast<std::size_t>(task.selection.target)];
  nn::Labels labels;
  const bool for_classes =
      (loss && is_of_classes(*loss)) || !target.words.empty() || (!loss && !task.plain && look_like_classes(target));
  if (for_classes) {
    labels = nn::labels_of(task.frame, task.selection);
    if (labels.classes.size() == 1) {
      throw ValueError(
          fmt::format("[train] every row is of class {}: there is nothing to tell apart", labels.classes[0]));
    }
  }
  task.plan.loss = loss_for(loss, target, task.plain, labels.classes.size());
  encoding.classes = task.has_classes();
  encoding.standardise = !task.plain && !options.no_standardise;

  // What is held out, by the place among the selected rows.
  const std::int64_t rows = task.selection.rows.size();
  const double usual_part = task.plain || rows < fewest_rows ? 0.0 : 0.2;
  task.run.seed = before ? before->training.seed : task.run.seed;
  task.run.held_out = before ? before->training.held_out : options.validation.value_or(usual_part);
  const Key key{task.run.seed};
  nn::SplitRows split{task.selection.rows, Indices{}};
  if (task.run.held_out > 0.0) {
    const Key of_split = key.part(1);
    split = labels.classes.empty() ? nn::split_rows(rows, task.run.held_out, of_split)
                                   : nn::split_rows(labels.labels, task.run.held_out, of_split);
    for (Indices* part : {&split.training, &split.held_out}) {
      std::vector<std::int64_t> numbers;
      for (const std::int64_t place : *part) numbers.push_back(task.selection.rows[place]);
      *part = Indices(numbers);
    }
  }
  task.encoding = nn::fit_encoding(task.frame, task.selection, split.training, encoding);
  task.training = nn::encode(task.encoding, task.frame, split.training);
  if (split.held_out.size() > 0) task.held_out = nn::encode(task.encoding, task.frame, split.held_out);

  task.plan.inputs = task.training.x.size(1);
  task.plan.outputs = task.plan.loss == TrainingLoss::cross_entropy ? task.training.classes : 1;
  task.plan.activation = options.activation;
  if (task.has_classes() && task.plan.hidden.empty() && !options.activation.empty()) {
    throw UsageError(
        "--activation: without --hidden there is no layer for it, cross-entropy takes the scores as they are");
  }
  TrainingRun& run = task.run;
  run.optimizer = !options.optimizer.empty()             ? options.optimizer
                  : task.plain || options.momentum > 0.0 ? "sgd"
                                                         : "adam";
  run.rate = options.rate.value_or(usual_rate(run.optimizer));
  run.momentum = options.momentum;
  run.l2 = options.l2;
  run.schedule = options.schedule.empty() ? "constant" : options.schedule;
  run.batch = options.batch.value_or(task.plain || run.optimizer == "lbfgs" ? 0 : 32);
  check_optimizer(options, run);
  run.planned_epochs = options.epochs;
  if (before) resume_from(*before, options, task);
  return task;
}

}  // namespace gradus::command
