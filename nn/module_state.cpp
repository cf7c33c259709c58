// What is done to all modules of a model: how they train, what they hold, copies.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/per_thread.h"
#include "autograd/base/suggest.h"
#include "autograd/tensor/trace.h"
#include "nn/module.h"

namespace gradus::nn {

namespace {

detail::Leaf& leaf_of(const Tensor& tensor) { return static_cast<detail::Leaf&>(*tensor.record()); }

// What has been copied while a model is: tied tensors and modules are copied once.
struct Copying {
  bool under_way = false;
  std::unordered_map<const detail::Record*, Tensor> leaves;
  std::unordered_map<const Module*, std::shared_ptr<Module>> modules;
};
constinit const detail::PerThread<Copying> copying_of_thread;

// The first module of a model to be copied begins, and ends, it all.
class CopyGuard {
 public:
  CopyGuard() : first_(!std::exchange(copying_of_thread().under_way, true)) {}
  ~CopyGuard() {
    if (first_) copying_of_thread() = {};
  }
  CopyGuard(const CopyGuard&) = delete;
  CopyGuard& operator=(const CopyGuard&) = delete;
  [[nodiscard]] bool first() const { return first_; }

 private:
  bool first_;
};

Tensor copied_leaf(const Tensor& from) {
  Tensor& to = copying_of_thread().leaves[from.record().get()];
  if (!to.defined()) {
    const detail::Leaf& leaf = leaf_of(from);
    to = leaf.kind == LeafKind::constant ? Tensor(leaf.result, from.name()) : parameter(leaf.result, from.name());
    leaf_of(to).requires_grad = leaf.requires_grad;
  }
  return to;
}

}  // namespace

Module::Module(const Module& other)
    : sizes_(other.sizes_), training_(other.training_), key_(other.key_), drawn_(other.drawn_) {
  const CopyGuard guard;
  if (!guard.first()) name_ = other.name_;
  for (const NamedTensor& t : other.own_) own_.push_back({t.name, copied_leaf(t.tensor)});
  for (const NamedTensor& t : other.buffers_) buffers_.push_back({t.name, copied_leaf(t.tensor)});
  for (const Part& part : other.parts_) {
    // Not a reference: copying a part adds others.
    std::shared_ptr<Module> copy = copying_of_thread().modules[part.module.get()];
    if (copy == nullptr) {
      copy = part.module->copied();
      copying_of_thread().modules[part.module.get()] = copy;
    }
    parts_.push_back({part.name, std::move(copy)});
  }
}

std::shared_ptr<Module> Module::copied() const {
  throw GraphError(fmt::format("[clone] {} cannot be copied: it derives from Module, not from Cloneable", kind()));
}

std::shared_ptr<Module> Module::clone() const {
  // A copy that still holds a tensor or a part of the original shows in the counts of their owners.
  const auto owners = [this] {
    std::vector<std::pair<std::string, std::int64_t>> out;
    for (const auto& [path, module] : const_cast<Module*>(this)->named_modules()) {
      const std::string prefix = path.empty() ? "" : path + ".";
      for (const auto* list : {&module->own_, &module->buffers_}) {
        for (const NamedTensor& t : *list) out.push_back({prefix + t.name, t.tensor.record()->refs.count()});
      }
      for (const Part& part : module->parts_) out.push_back({prefix + part.name, part.module.use_count()});
    }
    return out;
  };
  const auto before = owners();
  std::shared_ptr<Module> copy = copied();
  const auto after = owners();
  for (std::size_t k = 0; k < before.size(); ++k) {
    if (after[k].second <= before[k].second) continue;
    throw GraphError(
        fmt::format("[clone] the copy of this {} still holds the original's '{}': a Cloneable module has no tensors or "
                    "pointers to parts as members, and reaches them by tensor() and part_as()",
                    kind(), before[k].first));
  }
  return copy;
}

Module& Module::train(bool on) {
  for (const auto& [name, module] : named_modules()) module->training_ = on;
  return *this;
}

Module& Module::to(DType dtype) {
  detail::refuse_in_trace("to()", "convert the model before");
  for (const NamedTensor& t : listed(std::array{&Module::own_, &Module::buffers_})) {
    detail::Leaf& leaf = leaf_of(t.tensor);
    leaf.result = leaf.result.to(dtype);
    if (leaf.gradient.defined()) leaf.gradient = leaf.gradient.to(dtype);
  }
  return *this;
}

Module& Module::requires_grad(bool on) {
  detail::refuse_in_trace("requires_grad()", "freeze the model before");
  for (const NamedTensor& t : named_parameters()) leaf_of(t.tensor).requires_grad = on;
  return *this;
}

Module& Module::apply(const std::function<void(Module&)>& f) {
  std::vector<NamedModule> modules = named_modules();
  for (auto at = modules.rbegin(); at != modules.rend(); ++at) f(*at->module);
  return *this;
}

Module& Module::seed(const Key& key) {
  std::uint64_t count = 0;
  for (const auto& [name, module] : named_modules()) {
    if (!module->key_) continue;
    module->key_ = key.part(count++);
    module->drawn_ = 0;
  }
  return *this;
}

Key Module::next_key() const {
  detail::refuse_in_trace("drawing random numbers in a layer",
                          "give the layer's function a key, or compile the model after eval()");
  const std::lock_guard<std::mutex> guard(lock_);
  return key_.value_or(Key{}).part(drawn_++);
}

std::vector<NamedStream> Module::streams() const {
  std::vector<NamedStream> out;
  for (const auto& [name, module] : const_cast<Module*>(this)->named_modules()) {
    if (module->key_) out.push_back({name, *module->key_, module->drawn_});
  }
  return out;
}

void Module::load_streams(std::span<const NamedStream> streams) {
  for (const NamedStream& stream : streams) {
    const Module* module = find_part(stream.name);
    if (module == nullptr || !module->key_) {
      throw ValueError(
          fmt::format("[load_streams] {} has no module '{}' that draws random numbers", kind(), stream.name));
    }
  }
  for (const NamedStream& stream : streams) {
    Module* module = find_part(stream.name);
    module->key_ = stream.key;
    module->drawn_ = stream.drawn;
  }
}

// ------------------------------------------------------------------------------------------------------------ by name

const Tensor& Module::tensor(std::string_view name) const {
  static const Tensor none;
  for (const auto* list : {&own_, &buffers_}) {
    for (const NamedTensor& t : *list) {
      if (t.name == name) return t.tensor;
    }
  }
  return none;
}

void Module::set_buffer(std::string_view name, const Tensor& value) { Tensor(tensor(name)).set_value(value.value()); }

Module* Module::find_part(std::string_view path) const {
  const Module* at = this;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('.'));
    const auto part = std::ranges::find_if(at->parts_, [&](const Part& p) { return p.name == name; });
    if (part == at->parts_.end()) return nullptr;
    at = part->module.get();
    path.remove_prefix(std::min(name.size() + 1, path.size()));
  }
  return const_cast<Module*>(at);
}

Module& Module::own_part(std::string_view name) const {
  Module* part = find_part(name);
  if (part == nullptr) throw ValueError(fmt::format("[module] {} has no part '{}'", kind(), name));
  return *part;
}

Module& Module::part(std::string_view path) {
  if (Module* part = find_part(path)) return *part;
  std::vector<std::string> names;
  for (const NamedModule& m : named_modules()) names.push_back(m.name);
  const std::vector<std::string_view> known(names.begin(), names.end());
  throw ValueError(fmt::format("[part] {} has no part '{}'{}", kind(), path, did_you_mean(path, known)));
}

const Tensor* Module::found(std::string_view path) const {
  const std::size_t dot = path.rfind('.');
  const Module* owner = dot == std::string_view::npos ? this : find_part(path.substr(0, dot));
  if (owner == nullptr) return nullptr;
  const Tensor& tensor = owner->tensor(path.substr(dot == std::string_view::npos ? 0 : dot + 1));
  return tensor.defined() ? &tensor : nullptr;
}

// -------------------------------------------------------------------------------------------------------------- state

std::vector<NamedTensor> Module::state() const {
  std::vector<NamedTensor> out = listed(std::array{&Module::own_, &Module::buffers_});
  for (NamedTensor& t : out) t.tensor = t.tensor.detach();
  return out;
}

StateDifference Module::load_state(std::span<const NamedTensor> state, bool strict) {
  StateDifference difference;
  std::unordered_set<const void*> given;
  std::vector<std::pair<Tensor, Array>> taken;
  for (const auto& [name, value] : state) {
    const Tensor* own = found(name);
    if (own == nullptr) {
      difference.unexpected.push_back(name);
      continue;
    }
    if (own->shape() != value.shape()) {
      throw ShapeError(fmt::format("[load_state] '{}' is {} in this model, {} in the state", name,
                                   to_string(own->shape()), to_string(value.shape())));
    }
    given.insert(own->record().get());
    taken.emplace_back(*own, value.value());
  }
  for (const NamedTensor& t : listed(std::array{&Module::own_, &Module::buffers_})) {
    if (!given.contains(t.tensor.record().get())) difference.missing.push_back(t.name);
  }
  if (strict && !(difference.missing.empty() && difference.unexpected.empty())) {
    throw ValueError(fmt::format("[load_state] the names are not those of this {}: missing ({}), unexpected ({})",
                                 kind(), fmt::join(difference.missing, ", "), fmt::join(difference.unexpected, ", ")));
  }
  for (auto& [own, value] : taken) own.set_value(value);
  return difference;
}

}  // namespace gradus::nn
