#include "nn/module.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_set>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/per_thread.h"
#include "nn/module_calls.h"

namespace gradus::nn {

Module::~Module() = default;

Tensor Module::operator()(const Tensor& x) const { return call(shown_name(), x); }

Tensor Module::call(const std::string& name, const Tensor& x) const {
  const ScopeGuard scope(name, kind(), scope_note());
  try {
    // What a module computes with is the same before and after; only what it remembers may change.
    Tensor y = const_cast<Module*>(this)->forward(x);
    gave(y);
    return y;
  } catch (const ShapeError& error) {
    throw_from_here(error, name);
  }
}

namespace {

/// Shapes that do not fit, and in which of several layers: "[linear] … (in Linear 'hidden.0')".
class LayerError : public ShapeError {
 public:
  LayerError(const std::string& told, const std::string& kind, const std::string& path)
      : ShapeError(path.empty() ? told : fmt::format("{} (in {} '{}')", told, kind, path)),
        told(told),
        kind(kind),
        path(path) {}
  std::string told, kind, path;
};

constinit const detail::PerThread<CallWatch*> watch_of_thread;

}  // namespace

CallWatch::CallWatch() : before_(std::exchange(watch_of_thread(), this)) {}
CallWatch::~CallWatch() { watch_of_thread() = before_; }

void Module::throw_from_here(const ShapeError& error, const std::string& name) const {
  const std::string here = name_.empty() && name == kind() ? "" : name;  // a whole model has no name
  const auto* inner = dynamic_cast<const LayerError*>(&error);
  if (inner == nullptr) throw LayerError(error.what(), kind(), here);
  throw LayerError(inner->told, inner->kind,
                   here.empty() || inner->path.empty() ? here + inner->path : here + '.' + inner->path);
}

void Module::gave(const Tensor& output) const {
  if (CallWatch* watch = watch_of_thread()) watch->outputs[this] = output.shape();
}

Tensor Module::forward(const Tensor&) {
  throw GraphError(fmt::format("[{}] this module is not called with one tensor alone", kind()));
}

std::string Module::scope_note() const {
  const std::lock_guard<std::mutex> guard(lock_);
  if (!scope_note_) scope_note_ = note();
  return *scope_note_;
}

void Module::check_name(const std::string& name) const {
  if (name.empty()) throw ValueError("[module] a parameter or a part needs a name");
  if (name.find('.') != std::string::npos) {
    throw ValueError(fmt::format("[module] the name '{}' has a dot: dots join the names of a path", name));
  }
  const auto named = [&](const auto& thing) { return thing.name == name; };
  const bool taken =
      std::ranges::any_of(own_, named) || std::ranges::any_of(buffers_, named) || std::ranges::any_of(parts_, named);
  if (taken) throw ValueError(fmt::format("[module] there are two of the name '{}'", name));
}

void Module::adopt_parameter(const NamedParameter& parameter) {
  check_name(parameter.name);
  own_.push_back(parameter);
  scope_note_.reset();
}

void Module::add_part(std::string name, std::shared_ptr<Module> part) {
  check_name(name);
  if (part == nullptr) throw ValueError(fmt::format("[module] the part '{}' is a null pointer", name));
  // Only what is a part of something can be inside another.
  if (part.get() == this || (!name_.empty() && part->has_inside(*this))) {
    throw ValueError(fmt::format("[module] the part '{}' has this module as a part of its own", name));
  }
  if (part->name_.empty()) part->name_ = name;
  parts_.push_back({std::move(name), std::move(part)});
  scope_note_.reset();
}

std::string Module::note() const {
  const std::int64_t count = parameter_count();
  if (count == 0 && !sizes_.empty()) return sizes_;
  return fmt::format("{}{}{} parameters", sizes_, sizes_.empty() ? "" : ", ", count);
}

std::vector<NamedModule> Module::named_modules() {
  // Depth first and without recursion: what waits is pushed in reverse.
  std::vector<NamedModule> out, open{{"", this}};
  std::unordered_set<const Module*> listed;
  while (!open.empty()) {
    const NamedModule at = std::move(open.back());
    open.pop_back();
    if (!listed.insert(at.module).second) continue;
    const std::string path = at.name.empty() ? "" : at.name + ".";
    for (auto part = at.module->parts_.rbegin(); part != at.module->parts_.rend(); ++part) {
      open.push_back({path + part->name, part->module.get()});
    }
    out.push_back(at);
  }
  return out;
}

std::vector<NamedTensor> Module::listed(std::span<std::vector<NamedTensor> Module::*const> kinds) const {
  std::vector<NamedTensor> out;
  std::unordered_set<const void*> listed;
  for (const auto& [name, module] : const_cast<Module*>(this)->named_modules()) {
    for (const auto kind : kinds) {
      for (const NamedTensor& t : module->*kind) {
        if (listed.insert(t.tensor.record().get()).second) {
          out.push_back({name.empty() ? t.name : name + "." + t.name, t.tensor});
        }
      }
    }
  }
  return out;
}

std::vector<NamedParameter> Module::named_parameters() const { return listed(std::array{&Module::own_}); }
std::vector<NamedTensor> Module::named_buffers() const { return listed(std::array{&Module::buffers_}); }

bool Module::has_inside(const Module& other) const {
  std::unordered_set<const Module*> seen{this};
  std::vector<const Module*> open{this};
  while (!open.empty()) {
    const Module* at = open.back();
    open.pop_back();
    if (at == &other) return true;
    for (const Part& part : at->parts_) {
      if (seen.insert(part.module.get()).second) open.push_back(part.module.get());
    }
  }
  return false;
}

std::vector<Tensor> Module::parameters() const {
  std::vector<Tensor> out;
  for (NamedParameter& p : named_parameters()) out.push_back(std::move(p.tensor));
  return out;
}

std::vector<Tensor> Module::trainable_parameters() const {
  std::vector<Tensor> out = parameters();
  std::erase_if(out, [](const Tensor& p) { return !p.requires_grad(); });
  return out;
}

std::int64_t Module::parameter_count() const {
  std::int64_t n = 0;
  for (const Tensor& p : parameters()) n += p.size();
  return n;
}

void Module::zero_grad() {
  for (Tensor& p : parameters()) p.zero_grad();
}

Tensor Module::add_parameter(std::string name, Array value) {
  std::string shown = name;
  return add_parameter(std::move(name), std::move(value), std::move(shown));
}

Tensor Module::add_parameter(std::string name, Array value, std::string shown) {
  Tensor tensor = parameter(std::move(value), std::move(shown));
  adopt_parameter({std::move(name), tensor});
  return tensor;
}

Tensor Module::add_buffer(std::string name, Array value) {
  check_name(name);
  Tensor tensor(std::move(value), name);
  buffers_.push_back({std::move(name), tensor});
  return tensor;
}

Sequential::Sequential(std::vector<std::shared_ptr<Module>> parts) {
  for (std::shared_ptr<Module>& part : parts) add(std::move(part));
}

Sequential& Sequential::add(std::string name, std::shared_ptr<Module> part) {
  add_part(std::move(name), std::move(part));
  ++count_;
  return *this;
}

Sequential& Sequential::add(std::shared_ptr<Module> part) { return add(std::to_string(count_), std::move(part)); }

Tensor Module::run_parts(const Tensor& x) {
  Tensor y = x;
  for (const Part& part : parts_) y = part.module->call(part.name, y);
  return y;
}

}  // namespace gradus::nn
