#include "nn/module_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <vector>

#include "autograd/base/escape.h"

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

std::ostream& operator<<(std::ostream& out, const Module& module) { return out << printed(module); }

}  // namespace gradus::nn
