#include "autograd/derive/write/writer.h"

#include <array>
#include <cstddef>

namespace gradus {

DerivationWriter::~DerivationWriter() = default;

std::string DerivationWriter::write() {
  begin();
  if (!derivation_.task.title.empty()) statement(derivation_.task, true);
  int number = 0;
  const DerivationStep* before = nullptr;
  for (const DerivationStep& step : derivation_.steps) {
    ++number;
    if (before == nullptr || before->phase != step.phase) {
      if (before != nullptr) end_phase();
      begin_phase(step.phase, number);
    }
    before = &step;
    begin_step(step, number);
    for (const Equation& line : step.equations) equation(line);
    end_step(step);
  }
  if (before != nullptr) end_phase();
  for (const DerivationTable& one : tables_of(graph_, derivation_)) table(one);
  if (!derivation_.answer.title.empty()) statement(derivation_.answer, false);
  end();
  return std::move(out_);
}

std::string_view DerivationWriter::heading_of(Phase phase) {
  constexpr std::array<std::string_view, 3> headings{"Forward", "Backward", "Update"};
  return headings[static_cast<std::size_t>(phase)];
}

}  // namespace gradus
