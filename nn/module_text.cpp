#include "nn/module_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <vector>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "nn/module_calls.h"

namespace gradus::nn {

std::string printed(const Module& module) {
  std::string out = module.kind();
  if (const std::string note = module.note(); !note.empty()) out += ": " + note;
  const std::vector<NamedParameter> parameters = module.named_parameters();
  std::size_t names = 0;
  std::size_t shapes = 0;
  for (const NamedParameter& p : parameters) {
    names = std::max(names, p.name.size());
    shapes = std::max(shapes, to_string(p.tensor.shape()).size());
  }
  for (const NamedParameter& p : parameters) {
    out += fmt::format("\n  {:<{}}  {:<{}}  {}", text::terminal_line(p.name), names, to_string(p.tensor.shape()),
                       shapes, p.tensor.size());
  }
  return out;
}

namespace {

// A model as it runs after eval(), until this ends.
class Evaluated {
 public:
  explicit Evaluated(Module& model) : modules_(model.named_modules()) {
    for (const NamedModule& m : modules_) training_.push_back(m.module->training());
    model.eval();
  }
  ~Evaluated() {  // from the outermost inwards: train() reaches the parts
    for (std::size_t k = 0; k < modules_.size(); ++k) modules_[k].module->train(training_[k]);
  }
  Evaluated(const Evaluated&) = delete;
  Evaluated& operator=(const Evaluated&) = delete;
  [[nodiscard]] const std::vector<NamedModule>& modules() const { return modules_; }

 private:
  std::vector<NamedModule> modules_;
  std::vector<bool> training_;
};

std::string counts_of(const Module& module) {
  std::int64_t count = 0, frozen = 0, buffers = 0;
  for (const Tensor& p : module.parameters()) (p.requires_grad() ? count : frozen) += p.size();
  for (const NamedTensor& b : module.named_buffers()) buffers += b.tensor.size();
  std::string out = fmt::format("{} parameters", count + frozen);
  if (frozen > 0) out += fmt::format(", {} of them frozen", frozen);
  if (buffers > 0) out += fmt::format("; {} numbers in buffers", buffers);
  return out;
}

// Columns as wide as their widest cell; the last is set to the right.
std::string table_of(const std::vector<std::array<std::string, 4>>& rows) {
  std::array<std::size_t, 4> widths{};
  for (const auto& row : rows) {
    for (std::size_t k = 0; k < 4; ++k) widths[k] = std::max(widths[k], text::code_points(row[k]));
  }
  std::string out;
  for (const auto& row : rows) {
    const auto blanks = [&](std::size_t k) { return std::string(widths[k] - text::code_points(row[k]), ' '); };
    for (std::size_t k = 0; k < 3; ++k) out += row[k] + blanks(k) + "  ";
    out += blanks(3) + row[3] + "\n";
  }
  return out;
}

}  // namespace

std::string summary(const Module& module, const Tensor& x) {
  const Evaluated model(const_cast<Module&>(module));
  const NoGrad no_grad;
  CallWatch watch;
  (void)module(x);
  std::vector<std::array<std::string, 4>> rows{{"name", "kind", "output", "parameters"}};
  for (const auto& [path, part] : model.modules()) {
    const auto found = watch.outputs.find(part);
    rows.push_back({path.empty() ? "(model)" : text::terminal_line(path), part->kind(),
                    found == watch.outputs.end() ? "" : to_string(found->second),
                    fmt::format("{}", part->parameter_count())});
  }
  return table_of(rows) + counts_of(module);
}

std::ostream& operator<<(std::ostream& out, const Module& module) { return out << printed(module); }

}  // namespace gradus::nn
