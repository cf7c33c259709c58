#include "tools/gradus/commands/trained_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/text.h"
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
  return {{"epochs", epochs}, {"best_epoch", history.best_epoch}};
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

void check_model_name(const std::string& option, const std::string& file) {
  if (file.ends_with(".safetensors")) return;
  throw UsageError(fmt::format("{}: {} is no name for a model, which is a file .safetensors", option, in_quotes(file)));
}

}  // namespace gradus::command
