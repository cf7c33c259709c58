#include "tools/gradus/commands/trained_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/text.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/softmax.h"
#include "tools/gradus/output/usage_error.h"

namespace gradus::command {

namespace {

using nlohmann::json;

constexpr std::int64_t widest_layer = 65536;
constexpr std::size_t most_layers = 1000;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw FileError(path, fmt::format("this is no model of gradus train: {}", why));
}

std::vector<std::int64_t> sizes_of(const ModelPlan& plan) {
  std::vector<std::int64_t> sizes{plan.inputs};
  sizes.insert(sizes.end(), plan.hidden.begin(), plan.hidden.end());
  sizes.push_back(plan.outputs);
  return sizes;
}

json history_json(const nn::History& history) {
  json epochs = json::array();
  for (const nn::Epoch& epoch : history.epochs) {
    json one{{"steps", epoch.steps}, {"rate", epoch.rate}, {"loss", epoch.training.loss}};
    if (epoch.validation) one["held_out"] = epoch.validation->loss;
    epochs.push_back(one);
  }
  return {{"epochs", epochs}, {"best_epoch", history.best_epoch}, {"model_epoch", history.model_epoch}};
}

nn::History history_from(const json& object) {
  nn::History history;
  history.best_epoch = object.at("best_epoch").get<std::int64_t>();
  for (const json& one : object.at("epochs")) {
    nn::Epoch epoch{static_cast<std::int64_t>(history.epochs.size()) + 1, one.at("steps").get<std::int64_t>(),
                    one.at("rate").get<double>()};
    epoch.training.loss = one.at("loss").get<double>();
    if (one.contains("held_out")) epoch.validation = nn::Scores{one.at("held_out").get<double>()};
    history.epochs.push_back(std::move(epoch));
  }
  const std::int64_t epochs = std::ssize(history.epochs);
  history.model_epoch = object.value("model_epoch", epochs);
  if (history.model_epoch < 0 || history.model_epoch > epochs) throw ValueError("its epochs do not fit together");
  return history;
}

ModelPlan plan_from(const json& object, const std::string& path) {
  ModelPlan plan;
  plan.inputs = object.at("inputs").get<std::int64_t>();
  plan.outputs = object.at("outputs").get<std::int64_t>();
  plan.hidden = object.at("hidden").get<std::vector<std::int64_t>>();
  plan.activation = object.at("activation").get<std::string>();
  const std::optional<TrainingLoss> loss = loss_named(object.at("loss").get<std::string>());
  if (!loss) refuse(path, "its loss is unknown");
  plan.loss = *loss;
  const auto usable = [](std::int64_t width) { return width >= 1 && width <= widest_layer; };
  const std::vector<std::int64_t> sizes = sizes_of(plan);
  if (plan.hidden.size() > most_layers || !std::ranges::all_of(sizes, usable)) refuse(path, "its layers have no sizes");
  return plan;
}

/// Before a model is made: that the file holds as many numbers as it takes.
void check_numbers(const SafeTensors& content, const ModelPlan& plan, const std::string& path) {
  std::int64_t expected = 0;
  const std::vector<std::int64_t> sizes = sizes_of(plan);
  for (std::size_t k = 1; k < sizes.size(); ++k) expected += (sizes[k - 1] + 1) * sizes[k];
  std::int64_t found = 0;
  for (const auto& [name, array] : content.tensors) found += array.size();
  if (found < expected) {
    refuse(path, fmt::format("its structure takes {} numbers, and it holds {}", expected, found));
  }
}

// What is kept beside the model of an interrupted training: that of the best epoch.
constexpr std::string_view best_prefix = "best/";

void add_best(const nn::History& history, SafeTensors& content) {
  if (history.model_epoch == history.best_epoch) return;
  for (const auto& [name, array] : history.best.tensors) {
    content.tensors.push_back({std::string(best_prefix) + name, array});
  }
}

SafeTensors taken_best(SafeTensors& content) {
  SafeTensors best;
  std::vector<SafeTensors::Entry> rest;
  for (SafeTensors::Entry& one : content.tensors) {
    if (one.name.starts_with(best_prefix)) {
      best.tensors.push_back({one.name.substr(best_prefix.size()), std::move(one.array)});
    } else {
      rest.push_back(std::move(one));
    }
  }
  content.tensors = std::move(rest);
  return best;
}

std::string text_in(const SafeTensors& content, const char* key, const std::string& path) {
  const auto found = content.metadata.find(key);
  if (found == content.metadata.end()) refuse(path, fmt::format("its metadata have no '{}'", key));
  return found->second;
}

}  // namespace

const std::vector<std::string>& loss_names() {
  static const std::vector<std::string> names{"mse", "mae", "huber", "bce", "cross-entropy"};
  return names;
}

const std::string& loss_name(TrainingLoss loss) { return loss_names()[static_cast<std::size_t>(loss)]; }

std::optional<TrainingLoss> loss_named(std::string_view name) {
  const auto found = std::ranges::find(loss_names(), name);
  if (found == loss_names().end()) return std::nullopt;
  return static_cast<TrainingLoss>(found - loss_names().begin());
}

bool is_of_classes(TrainingLoss loss) { return loss == TrainingLoss::bce || loss == TrainingLoss::cross_entropy; }

bool ModelPlan::is_linear() const {
  return hidden.empty() && (activation.empty() || activation == ops::Identity::name);
}

std::shared_ptr<nn::Module> model_of(const ModelPlan& plan, const Key& key) {
  if (plan.hidden.empty() && plan.outputs == 1) {
    const std::string name = plan.activation.empty() ? std::string(ops::Identity::name) : plan.activation;
    return std::make_shared<nn::Perceptron>(plan.inputs, nn::activation_named(name), key);
  }
  const std::string name = plan.activation.empty() ? "tanh" : plan.activation;
  return std::make_shared<nn::MLP>(sizes_of(plan), nn::activation_named(name), ops::identity<Tensor>, key);
}

void save_trained(const std::string& path, const ModelPlan& plan, const nn::Encoding& encoding,
                  const TrainingRun& training, const nn::Module& module, const nn::Optimizer& optimizer) {
  SafeTensors content = nn::checkpoint_of(module, &optimizer);
  add_best(training.history, content);
  const json structure{{"inputs", plan.inputs},
                       {"hidden", plan.hidden},
                       {"outputs", plan.outputs},
                       {"activation", plan.activation},
                       {"loss", loss_name(plan.loss)}};
  const json trained{{"optimizer", training.optimizer},
                     {"rate", training.rate},
                     {"momentum", training.momentum},
                     {"l2", training.l2},
                     {"schedule", training.schedule},
                     {"batch", training.batch},
                     {"seed", training.seed},
                     {"held_out", training.held_out},
                     {"epochs", training.planned_epochs},
                     {"history", history_json(training.history)}};
  content.metadata = {
      {"gradus", "1"}, {"model", structure.dump()}, {"encoding", nn::to_json(encoding)}, {"training", trained.dump()}};
  write_safetensors(path, content);
}

TrainedModel read_trained(const std::string& path) {
  TrainedModel model;
  model.content = read_safetensors(path);
  if (text_in(model.content, "gradus", path) != "1") refuse(path, "it is of a later version");
  try {
    model.plan = plan_from(json::parse(text_in(model.content, "model", path)), path);
    model.encoding = nn::encoding_from_json(text_in(model.content, "encoding", path));
    const json trained = json::parse(text_in(model.content, "training", path));
    TrainingRun& training = model.training;
    training.optimizer = trained.at("optimizer").get<std::string>();
    training.rate = trained.at("rate").get<double>();
    training.momentum = trained.at("momentum").get<double>();
    training.l2 = trained.at("l2").get<double>();
    training.schedule = trained.at("schedule").get<std::string>();
    training.batch = trained.at("batch").get<std::int64_t>();
    training.seed = trained.at("seed").get<std::uint64_t>();
    training.held_out = trained.at("held_out").get<double>();
    training.planned_epochs = trained.at("epochs").get<std::int64_t>();
    training.history = history_from(trained.at("history"));
    training.history.best = taken_best(model.content);
  } catch (const json::exception&) {
    refuse(path, "its metadata are not what gradus train writes");
  } catch (const ValueError& error) {
    refuse(path, error.what());
  }
  const auto classes = static_cast<std::int64_t>(model.encoding.target.words.size());
  const std::int64_t outputs = model.plan.loss == TrainingLoss::cross_entropy ? classes : 1;
  if (static_cast<std::int64_t>(model.encoding.inputs().size()) != model.plan.inputs || outputs != model.plan.outputs ||
      (model.plan.loss == TrainingLoss::bce && classes != 2)) {
    refuse(path, "its inputs or classes are not those of its layers");
  }
  check_numbers(model.content, model.plan, path);
  try {
    model.module = model_of(model.plan, Key{});
    nn::restore(model.content, *model.module);
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {
    refuse(path, error.what());
  }
  return model;
}

Tensor probabilities_of(const ModelPlan& plan, const Tensor& scores) {
  if (plan.loss == TrainingLoss::cross_entropy) return softmax(scores, 1);
  const Tensor second = sigmoid(scores);
  return concat({1.0 - second, second}, 1);
}

Tensor in_units(const nn::Encoding& encoding, const Tensor& numbers) {
  return numbers * encoding.target.deviation + encoding.target.mean;
}

Tensor whole_model(const TrainedModel& model, std::int64_t rows) {
  std::vector<double> row, means, deviations;
  for (const nn::ColumnEncoding& feature : model.encoding.features) {
    const std::size_t words = feature.words.size();
    const std::size_t width = words > 2 ? words : 1;
    for (std::size_t k = 0; k < width; ++k) {
      const auto place = static_cast<double>(words == 2 ? 1 : k);
      row.push_back(words == 0 ? feature.fill : feature.fill == place ? 1.0 : 0.0);
      means.push_back(feature.mean);
      deviations.push_back(feature.deviation);
    }
  }
  const Shape shape{rows, std::ssize(row)};
  std::vector<double> all;
  for (std::int64_t k = 0; k < rows; ++k) all.insert(all.end(), row.begin(), row.end());
  const Tensor x = variable(Array(shape, all), "x");
  const bool scaled = std::ranges::any_of(model.encoding.features, [](const nn::ColumnEncoding& feature) {
    return feature.mean != 0.0 || feature.deviation != 1.0;
  });
  const Tensor scores = (*model.module)(scaled ? (x - Tensor(means)) / Tensor(deviations) : x);
  if (model.encoding.has_classes()) {
    Tensor probabilities = probabilities_of(model.plan, scores);
    probabilities.set_name("probabilities");
    return probabilities;
  }
  const nn::ColumnEncoding& target = model.encoding.target;
  Tensor numbers = target.mean != 0.0 || target.deviation != 1.0 ? in_units(model.encoding, scores) : scores;
  numbers.set_name(target.name == "x" ? "y" : target.name);
  return numbers;
}

void check_model_name(const std::string& option, const std::string& file) {
  if (file.ends_with(".safetensors")) return;
  throw UsageError(fmt::format("{}: {} is no name for a model, which is a file .safetensors", option, in_quotes(file)));
}

}  // namespace gradus::command
