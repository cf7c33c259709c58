#include "nn/module.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <unordered_set>
#include <utility>

#include "autograd/base/error.h"

namespace gradus::nn {

Module::~Module() = default;

Tensor Module::operator()(const Tensor& x) const { return call(shown_name(), x); }

Tensor Module::call(const std::string& name, const Tensor& x) const {
  const ScopeGuard scope(name, kind(), scope_note());
  // What a module computes with is the same before and after; only what it remembers may change.
  return const_cast<Module*>(this)->forward(x);
}

Tensor Module::forward(const Tensor&) {
  throw GraphError(fmt::format("[{}] this module is not called with one tensor alone", kind()));
}

std::string Module::scope_note() const {
  const std::lock_guard<std::mutex> guard(scope_note_lock_);
  if (!scope_note_) scope_note_ = note();
  return *scope_note_;
}

void Module::check_name(const std::string& name) const {
  if (name.empty()) throw ValueError("[module] a parameter or a part needs a name");
  if (name.find('.') != std::string::npos) {
    throw ValueError(fmt::format("[module] the name '{}' has a dot: dots join the names of a path", name));
  }
  const bool taken = std::ranges::any_of(own_, [&](const NamedParameter& p) { return p.name == name; }) ||
                     std::ranges::any_of(parts_, [&](const Part& p) { return p.name == name; });
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

std::string Module::note() const { return fmt::format("{} parameters", parameter_count()); }

namespace {

// The modules of a tree, each with its path, depth first and without recursion: what waits is pushed in reverse.
struct Waiting {
  std::string path;
  const Module* module;
};

}  // namespace

std::vector<NamedParameter> Module::named_parameters() const {
  std::vector<NamedParameter> out;
  std::unordered_set<const void*> listed;
  std::vector<Waiting> open{{"", this}};
  while (!open.empty()) {
    const Waiting at = std::move(open.back());
    open.pop_back();
    if (!listed.insert(at.module).second) continue;
    for (const NamedParameter& p : at.module->own_) {
      if (listed.insert(p.tensor.record().get()).second) out.push_back({at.path + p.name, p.tensor});
    }
    for (auto part = at.module->parts_.rbegin(); part != at.module->parts_.rend(); ++part) {
      open.push_back({at.path + part->name + ".", part->module.get()});
    }
  }
  return out;
}

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

std::int64_t Module::parameter_count() const {
  std::int64_t n = 0;
  for (const Tensor& p : parameters()) n += p.size();
  return n;
}

void Module::zero_grad() {
  for (Tensor& p : parameters()) p.zero_grad();
}

Tensor Module::add_parameter(std::string name, Array value) {
  Tensor tensor = parameter(std::move(value), name);
  adopt_parameter({std::move(name), tensor});
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
