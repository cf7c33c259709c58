// A program made ready to run: which steps go together, in what order, and when each value is needed last.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "../array/array.h"
#include "../base/export.h"
#include "fused_loop.h"
#include "plan_size.h"
#include "program.h"

namespace gradus {

namespace detail {

/// Never changes once made: threads may run it at once.
class Plan {
 public:
  explicit Plan(Program program);

  /// The outputs for these inputs, given in the order, of the shape and in the dtype that the program's have.
  /// Throws what an op throws.  Memory comes from the thread's pool: after the first run nothing is allocated but the
  /// list that is returned, and what a structural op allocates beside its result.
  [[nodiscard]] std::vector<Array> run(std::span<const Array> inputs) const;

  [[nodiscard]] const Program& program() const noexcept { return program_; }
  [[nodiscard]] PlanSize size() const noexcept { return {program_.steps.size(), program_.shared, passes_.size()}; }

 private:
  struct Pass {
    int step = -1;  // a structural one, or
    int loop = -1;
    std::vector<int> dies;  // the values that nobody reads afterwards
  };
  class Run;

  Program program_;
  std::vector<FusedLoop> loops_;
  std::vector<Pass> passes_;
};

}  // namespace detail

}  // namespace gradus
