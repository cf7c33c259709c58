#include "nn/model_file.h"

#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/error.h"

namespace gradus::nn {

namespace {

constexpr std::string_view optimizer_prefix =
    "optimizer/";  // no part of a model has a slash at its end and a number behind

}  // namespace

SafeTensors checkpoint_of(const Module& model, const Optimizer* optimizer) {
  SafeTensors content;
  for (const NamedTensor& one : model.state()) content.tensors.push_back({one.name, one.tensor.value()});
  if (optimizer == nullptr) return content;
  for (const NamedArray& one : optimizer->state()) {
    content.tensors.push_back({std::string(optimizer_prefix) + one.name, one.array});
  }
  return content;
}

void restore(const SafeTensors& checkpoint, Module& model, Optimizer* optimizer) {
  std::vector<NamedTensor> of_model;
  std::vector<NamedArray> of_optimizer;
  for (const auto& [name, array] : checkpoint.tensors) {
    if (name.starts_with(optimizer_prefix)) {
      of_optimizer.push_back({name.substr(optimizer_prefix.size()), array});
    } else {
      of_model.push_back({name, Tensor(array)});
    }
  }
  if (optimizer != nullptr && of_optimizer.empty()) {
    throw ValueError("[checkpoint] it holds a model alone, and no state of an optimizer to go on from");
  }
  const std::vector<NamedTensor> before = model.state();
  model.load_state(of_model);
  if (optimizer == nullptr) return;
  try {
    optimizer->load_state(of_optimizer);
  } catch (...) {
    model.load_state(before);
    throw;
  }
}

namespace {

void write_checkpoint(const std::string& path, SafeTensors content,
                      const std::map<std::string, std::string>& metadata) {
  content.metadata = metadata;
  write_safetensors(path, content);
}

std::map<std::string, std::string> read_checkpoint(const std::string& path, Module& model, Optimizer* optimizer) {
  SafeTensors content = read_safetensors(path);
  restore(content, model, optimizer);
  return std::move(content.metadata);
}

}  // namespace

void save(const std::string& path, const Module& model, const std::map<std::string, std::string>& metadata) {
  write_checkpoint(path, checkpoint_of(model), metadata);
}

void save(const std::string& path, const Module& model, const Optimizer& optimizer,
          const std::map<std::string, std::string>& metadata) {
  write_checkpoint(path, checkpoint_of(model, &optimizer), metadata);
}

std::map<std::string, std::string> load(const std::string& path, Module& model) {
  return read_checkpoint(path, model, nullptr);
}

std::map<std::string, std::string> load(const std::string& path, Module& model, Optimizer& optimizer) {
  return read_checkpoint(path, model, &optimizer);
}

}  // namespace gradus::nn
