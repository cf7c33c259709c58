#include "nn/module.h"

#include <fmt/format.h>

#include <utility>

namespace gradus::nn {

Module::~Module() = default;

Tensor Module::operator()(const Tensor& x) { return call("", x); }

Tensor Module::call(const std::string& name, const Tensor& x) {
  const ScopeGuard scope(name.empty() ? kind() : name, kind(), scope_note());
  return forward(x);
}

std::string Module::scope_note() {
  const std::lock_guard<std::mutex> guard(scope_note_lock_);
  if (!scope_note_) scope_note_ = note();
  return *scope_note_;
}

void Module::adopt_parameter(const NamedParameter& parameter) {
  own_.push_back(parameter);
  scope_note_.reset();
}

void Module::add_part(std::string name, std::shared_ptr<Module> part) {
  parts_.push_back({std::move(name), std::move(part)});
  scope_note_.reset();
}

std::string Module::note() const { return fmt::format("{} parameters", parameter_count()); }

std::vector<NamedParameter> Module::named_parameters() const {
  // Depth first without recursion: what waits is pushed in reverse.
  struct Waiting {
    std::string path;
    const Module* module;
  };
  std::vector<NamedParameter> out;
  std::vector<Waiting> open{{"", this}};
  while (!open.empty()) {
    const Waiting at = std::move(open.back());
    open.pop_back();
    for (const NamedParameter& p : at.module->own_) out.push_back({at.path + p.name, p.tensor});
    for (auto part = at.module->parts_.rbegin(); part != at.module->parts_.rend(); ++part) {
      open.push_back({at.path + part->name + ".", part->module.get()});
    }
  }
  return out;
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

Sequential& Sequential::add(std::string name, std::shared_ptr<Module> part) {
  add_part(std::move(name), std::move(part));
  return *this;
}

Tensor Module::run_parts(const Tensor& x) {
  Tensor y = x;
  for (const Part& part : parts_) y = part.module->call(part.name, y);
  return y;
}

}  // namespace gradus::nn
