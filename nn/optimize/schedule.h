// Learning rates that change on the way: functions from the number of a step, from 0, to the rate of that step.
//     optimizer.set_rate(schedule(step));
// The names of optax and what PyTorch's schedulers compute.  They throw ValueError for rates that are negative or not finite and
// for counts of steps below 1.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "../../autograd/base/export.h"

namespace gradus::nn {

using Schedule = std::function<double(std::int64_t step)>;

/// Always this rate.
[[nodiscard]] GRADUS_API Schedule constant_schedule(double rate);

/// Times gamma after every so many steps, at once: PyTorch's StepLR.
[[nodiscard]] GRADUS_API Schedule step_schedule(double rate, std::int64_t every, double gamma = 0.1);

/// Times gamma in each step: ExponentialLR.
[[nodiscard]] GRADUS_API Schedule exponential_schedule(double rate, double gamma);

/// Down half a cosine to `lowest` in so many steps, where it stays: CosineAnnealingLR.
[[nodiscard]] GRADUS_API Schedule cosine_schedule(double rate, std::int64_t steps, double lowest = 0.0);

/// The same again and again, each time `longer` times as long: CosineAnnealingWarmRestarts.
[[nodiscard]] GRADUS_API Schedule cosine_restarts_schedule(double rate, std::int64_t steps, std::int64_t longer = 1,
                                                           double lowest = 0.0);

/// Down to `last` in so many steps, where it stays, along (1 − t/T)^power: PolynomialLR; a straight line for power 1.
[[nodiscard]] GRADUS_API Schedule polynomial_schedule(double rate, std::int64_t steps, double power = 1.0,
                                                      double last = 0.0);

struct OneCycleOptions {
  double rising = 0.3;          // the part of the steps in which the rate rises
  double first_divisor = 25.0;  // it begins at highest / first_divisor
  double last_divisor = 1e4;    // and ends at that, divided by this too
};
/// Up to the highest rate and down again along cosines, to next to nothing: OneCycleLR.  After the last step it stays.
/// Throws ValueError unless 0 <= rising <= 1 and the divisors are above 0.
[[nodiscard]] GRADUS_API Schedule one_cycle_schedule(double highest, std::int64_t steps,
                                                     const OneCycleOptions& options = {});

/// In a straight line from `part` of the first rate up to it in so many steps; then the schedule begins.
[[nodiscard]] GRADUS_API Schedule warm_up(Schedule schedule, std::int64_t steps, double part = 0.0);

/// One after the other: schedules[k] from step boundaries[k − 1] on, which is its step 0.  Throws ValueError unless the
/// boundaries are one fewer than the schedules and ascend from above 0, and for a schedule that holds no function.
[[nodiscard]] GRADUS_API Schedule join_schedules(std::vector<Schedule> schedules, std::vector<std::int64_t> boundaries);

struct PlateauOptions {
  double factor = 0.1;
  std::int64_t patience = 10;  // how many times without progress are borne
  double threshold = 1e-4;     // progress is a loss below (1 − threshold) · the best
  std::int64_t cooldown = 0;   // how many times after a change are not counted
  double lowest = 0.0;
};
/// The rate times `factor` whenever a loss has stopped falling: PyTorch's ReduceLROnPlateau.
class GRADUS_API ReduceOnPlateau {
 public:
  /// Throws ValueError unless 0 <= factor < 1 and nothing is negative.
  explicit ReduceOnPlateau(const PlateauOptions& options = {});
  /// Looks at the next loss; the rate to go on with.
  double operator()(double rate, double loss);

 private:
  PlateauOptions options_;
  double best_;
  std::int64_t without_progress_ = 0;
  std::int64_t cooling_ = 0;
};

}  // namespace gradus::nn
