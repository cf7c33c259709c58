// A program evaluated in quad precision: forward, and a reverse sweep over its elements.
#pragma once
#include <memory>
#include <vector>

#include "tests/differential/op_plan.h"
#include "tests/differential/random_program.h"

namespace gradus::differential {

/// The result, and the cotangents of all steps: those of the leaves are the gradient.
struct Exact {
  Quad value;
  std::vector<Column> cotangents;
};

/// The numbers of a given step.
Column column_of(const std::vector<double>& numbers);

class Evaluation {
 public:
  explicit Evaluation(const Program& program);

  [[nodiscard]] Exact run(Rounding round) const;
  /// The values of all steps, without rounding.
  [[nodiscard]] std::vector<Column> values() const;

 private:
  [[nodiscard]] std::vector<Column> forward(Rounding& round) const;
  [[nodiscard]] Arguments arguments(const std::vector<Column>& values, std::size_t step) const;

  const Program& program_;
  std::vector<std::unique_ptr<Plan>> plans_;
  std::vector<bool> moves_;  // whether a leaf reaches the step: only then does it need a cotangent
};

}  // namespace gradus::differential
