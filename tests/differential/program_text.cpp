#include "tests/differential/program_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gradus::differential {

std::string to_text(const Program& program) {
  std::string out = fmt::format("{}, seed {}\n", program.single ? "float32" : "float64", program.seed);
  for (std::size_t k = 0; k < program.steps.size(); ++k) {
    const Step& step = program.steps[k];
    out += fmt::format("  v{} [{}] = {}", k, fmt::join(step.shape, ", "), step.op);
    if (!step.spec.empty()) out += fmt::format(" {}", step.spec);
    if (!step.operands.empty()) out += fmt::format("(v{})", fmt::join(step.operands, ", v"));
    if (!step.whole.empty()) out += fmt::format(" {{{}}}", fmt::join(step.whole, ", "));
    if (!step.real.empty()) out += fmt::format(" {{{}}}", fmt::join(step.real, ", "));
    out += '\n';
    if (!program.weights[k].empty()) out += fmt::format("    weights {{{}}}\n", fmt::join(program.weights[k], ", "));
  }
  return out;
}

std::string ops_of(const Program& program) {
  std::string out;
  for (const Step& step : program.steps) {
    if (!step.is_given()) out += (out.empty() ? "" : " ") + step.op;
  }
  return out;
}

}  // namespace gradus::differential
