#include "tests/differential/evaluation.h"

namespace gradus::differential {

Column column_of(const std::vector<double>& numbers) {
  Column out;
  for (const double x : numbers) out.emplace_back(x);
  return out;
}

Evaluation::Evaluation(const Program& program) : program_(program) {
  for (const Step& step : program.steps) {
    std::vector<Sizes> shapes;
    bool moves = step.is_leaf();
    for (const std::size_t k : step.operands) {
      shapes.push_back(program.steps[k].shape);
      moves = moves || moves_[k];
    }
    moves_.push_back(moves);
    plans_.push_back(step.is_given() ? nullptr : plan(step, shapes));
  }
}

std::vector<Column> Evaluation::values() const {
  Rounding exact;
  return forward(exact);
}

Exact Evaluation::run(Rounding round) const {
  const std::vector<Column> values = forward(round);
  Exact out;
  for (std::size_t k = 0; k < values.size(); ++k) {
    out.cotangents.emplace_back(values[k].size());
    const std::vector<double>& weights = program_.weights[k];
    for (std::size_t i = 0; i < weights.size(); ++i) {
      out.value = round.add(out.value, round(weights[i] * values[k][i]));
      out.cotangents[k][i] = Quad(weights[i]);
    }
  }
  for (std::size_t k = values.size(); k-- > 0;) {
    const Step& step = program_.steps[k];
    if (step.is_given() || !moves_[k]) continue;
    std::vector<Column*> to;
    for (const std::size_t operand : step.operands) to.push_back(moves_[operand] ? &out.cotangents[operand] : nullptr);
    plans_[k]->pull(arguments(values, k), values[k], out.cotangents[k], to, round);
  }
  return out;
}

std::vector<Column> Evaluation::forward(Rounding& round) const {
  std::vector<Column> values;
  values.reserve(program_.steps.size());  // arguments point to earlier columns
  for (std::size_t k = 0; k < program_.steps.size(); ++k) {
    const Step& step = program_.steps[k];
    values.push_back(step.is_given() ? column_of(step.real) : plans_[k]->value(arguments(values, k), round));
  }
  return values;
}

Arguments Evaluation::arguments(const std::vector<Column>& values, std::size_t step) const {
  Arguments out;
  for (const std::size_t operand : program_.steps[step].operands) out.push_back(&values[operand]);
  return out;
}

}  // namespace gradus::differential
