#include "nn/model_file.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/error.h"

namespace gradus::nn {

namespace {

// No part of a model has a slash in its name.
constexpr std::string_view optimizer_prefix = "optimizer/";
constexpr std::string_view random_prefix = "random/";

// A key and a count, of 64 bits each, as numbers that float64 holds: their halves, the lower one first.
constexpr std::int64_t halves = 6;

Array array_of(const NamedStream& stream) {
  std::vector<double> numbers;
  for (const std::uint64_t x : {stream.key.seed, stream.key.stream, stream.drawn}) {
    numbers.push_back(static_cast<double>(x & 0xFFFFFFFFU));
    numbers.push_back(static_cast<double>(x >> 32U));
  }
  return Array({halves}, numbers);
}

NamedStream stream_of(std::string name, const Array& array) {
  const std::vector<double> numbers = array.to_vector();
  std::vector<std::uint64_t> whole;
  for (const double x : numbers) {
    constexpr double most = std::numeric_limits<std::uint32_t>::max();
    if (x >= 0.0 && x <= most && x == std::floor(x)) whole.push_back(static_cast<std::uint64_t>(x));
  }
  if (array.shape() != Shape{halves} || std::ssize(whole) != halves) {
    throw ValueError(fmt::format("[checkpoint] '{}{}' is no place in random numbers", random_prefix, name));
  }
  const auto joined = [&](std::size_t k) { return whole[k] | (whole[k + 1] << 32U); };
  return {std::move(name), Key{joined(0), joined(2)}, joined(4)};
}

}  // namespace

SafeTensors checkpoint_of(const Module& model, const Optimizer* optimizer) {
  SafeTensors content;
  for (const NamedTensor& one : model.state()) content.tensors.push_back({one.name, one.tensor.value()});
  if (optimizer == nullptr) return content;
  for (const NamedArray& one : optimizer->state()) {
    content.tensors.push_back({std::string(optimizer_prefix) + one.name, one.array});
  }
  for (const NamedStream& one : model.streams()) {
    content.tensors.push_back({std::string(random_prefix) + one.name, array_of(one)});
  }
  return content;
}

void restore(const SafeTensors& checkpoint, Module& model, Optimizer* optimizer) {
  std::vector<NamedTensor> of_model;
  std::vector<NamedArray> of_optimizer;
  std::vector<NamedStream> streams;
  for (const auto& [name, array] : checkpoint.tensors) {
    if (name.starts_with(optimizer_prefix)) {
      of_optimizer.push_back({name.substr(optimizer_prefix.size()), array});
    } else if (name.starts_with(random_prefix)) {
      if (optimizer != nullptr) streams.push_back(stream_of(name.substr(random_prefix.size()), array));
    } else {
      of_model.push_back({name, Tensor(array)});
    }
  }
  if (optimizer != nullptr && of_optimizer.empty()) {
    throw ValueError("[checkpoint] it holds a model alone, and no state of an optimizer to go on from");
  }
  const std::vector<NamedTensor> before = model.state();
  const std::vector<NamedStream> streams_before = model.streams();
  model.load_state(of_model);
  if (optimizer == nullptr) return;
  try {
    model.load_streams(streams);
    optimizer->load_state(of_optimizer);
  } catch (...) {
    model.load_state(before);
    model.load_streams(streams_before);
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
