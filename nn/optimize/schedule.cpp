#include "nn/optimize/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>
#include <utility>

#include "autograd/base/error.h"

namespace gradus::nn {

namespace {

double rate_of(std::string_view schedule, double rate) {
  if (rate >= 0.0 && std::isfinite(rate)) return rate;
  throw ValueError(fmt::format("[{}] a rate is {}: it must be finite and not negative", schedule, rate));
}

double count_of(std::string_view schedule, std::int64_t steps) {
  if (steps >= 1) return static_cast<double>(steps);
  throw ValueError(fmt::format("[{}] {} steps: there must be one at least", schedule, steps));
}

double factor_of(std::string_view schedule, double factor) {
  if (factor >= 0.0 && std::isfinite(factor)) return factor;
  throw ValueError(fmt::format("[{}] the factor is {}: it must be finite and not negative", schedule, factor));
}

// From `from` at part 0 to `to` at part 1, along half a cosine.
double along_cosine(double from, double to, double part) {
  return to + (from - to) * 0.5 * (1.0 + std::cos(std::numbers::pi * part));
}

double part_done(std::int64_t step, double steps) { return std::clamp(static_cast<double>(step) / steps, 0.0, 1.0); }

}  // namespace

// η
Schedule constant_schedule(double rate) {
  rate_of("constant_schedule", rate);
  return [rate](std::int64_t) { return rate; };
}

// η γ^⌊t/n⌋
Schedule step_schedule(double rate, std::int64_t every, double gamma) {
  rate_of("step_schedule", rate);
  factor_of("step_schedule", gamma);
  count_of("step_schedule", every);
  return [=](std::int64_t step) { return rate * std::pow(gamma, static_cast<double>(step / every)); };
}

// η γᵗ
Schedule exponential_schedule(double rate, double gamma) {
  rate_of("exponential_schedule", rate);
  factor_of("exponential_schedule", gamma);
  return [=](std::int64_t step) { return rate * std::pow(gamma, static_cast<double>(step)); };
}

// η_min + (η − η_min)(1 + cos(π t/T))/2.  Loshchilov and Hutter 2017.
Schedule cosine_schedule(double rate, std::int64_t steps, double lowest) {
  rate_of("cosine_schedule", rate);
  rate_of("cosine_schedule", lowest);
  const double all = count_of("cosine_schedule", steps);
  return [=](std::int64_t step) { return along_cosine(rate, lowest, part_done(step, all)); };
}

Schedule cosine_restarts_schedule(double rate, std::int64_t steps, std::int64_t longer, double lowest) {
  rate_of("cosine_restarts_schedule", rate);
  rate_of("cosine_restarts_schedule", lowest);
  count_of("cosine_restarts_schedule", steps);
  count_of("cosine_restarts_schedule", longer);
  return [=](std::int64_t step) {
    std::int64_t length = steps;
    std::int64_t begin = 0;
    if (longer == 1) begin = step - step % steps;
    while (step - begin >= length && length <= std::numeric_limits<std::int64_t>::max() / longer) {
      begin += length;
      length *= longer;
    }
    return along_cosine(rate, lowest, part_done(step - begin, static_cast<double>(length)));
  };
}

// η_T + (η − η_T)(1 − t/T)^p
Schedule polynomial_schedule(double rate, std::int64_t steps, double power, double last) {
  rate_of("polynomial_schedule", rate);
  rate_of("polynomial_schedule", last);
  factor_of("polynomial_schedule", power);
  const double all = count_of("polynomial_schedule", steps);
  return [=](std::int64_t step) { return last + (rate - last) * std::pow(1.0 - part_done(step, all), power); };
}

// Smith and Topin 2018, in PyTorch's form: the highest rate is that of step r·T − 1, the last that of step T − 1.
Schedule one_cycle_schedule(double highest, std::int64_t steps, const OneCycleOptions& options) {
  rate_of("one_cycle_schedule", highest);
  const double all = count_of("one_cycle_schedule", steps);
  if (!(options.rising >= 0.0 && options.rising <= 1.0 && options.first_divisor > 0.0 && options.last_divisor > 0.0)) {
    throw ValueError(
        fmt::format("[one_cycle_schedule] the rising part is {}, the divisors are {} and {}: the part must be "
                    "from 0 to 1, the divisors above 0",
                    options.rising, options.first_divisor, options.last_divisor));
  }
  const double first = highest / options.first_divisor;
  const double last = first / options.last_divisor;
  const double top = options.rising * all - 1.0;
  return [=](std::int64_t step) {
    const double t = std::min(static_cast<double>(step), all - 1.0);
    if (t <= top && top > 0.0) return along_cosine(first, highest, t / top);
    return all - 1.0 > top ? along_cosine(highest, last, std::clamp((t - top) / (all - 1.0 - top), 0.0, 1.0)) : last;
  };
}

Schedule warm_up(Schedule schedule, std::int64_t steps, double part) {
  const double all = count_of("warm_up", steps);
  factor_of("warm_up", part);
  if (!schedule) throw ValueError("[warm_up] the schedule is empty: it holds no function");
  return [=, then = std::move(schedule)](std::int64_t step) {
    return step < steps ? then(0) * (part + (1.0 - part) * part_done(step, all)) : then(step - steps);
  };
}

Schedule join_schedules(std::vector<Schedule> schedules, std::vector<std::int64_t> boundaries) {
  if (schedules.size() != boundaries.size() + 1) {
    throw ValueError(fmt::format("[join_schedules] {} schedules have one boundary fewer, not {}", schedules.size(),
                                 boundaries.size()));
  }
  if (!std::ranges::all_of(schedules, [](const Schedule& s) { return static_cast<bool>(s); })) {
    throw ValueError("[join_schedules] a schedule is empty: it holds no function");
  }
  std::int64_t before = 0;
  for (const std::int64_t boundary : boundaries) {
    if (boundary <= before) throw ValueError("[join_schedules] the boundaries must ascend from above 0");
    before = boundary;
  }
  return [all = std::move(schedules), from = std::move(boundaries)](std::int64_t step) {
    const auto k = static_cast<std::size_t>(std::ranges::upper_bound(from, step) - from.begin());
    return all[k](k == 0 ? step : step - from[k - 1]);
  };
}

ReduceOnPlateau::ReduceOnPlateau(const PlateauOptions& options)
    : options_(options), best_(std::numeric_limits<double>::infinity()) {
  const auto& [factor, patience, threshold, cooldown, lowest] = options;
  if (!(factor >= 0.0 && factor < 1.0)) {
    throw ValueError(fmt::format("[reduce_on_plateau] the factor is {}: it must be at least 0 and below 1", factor));
  }
  if (patience < 0 || cooldown < 0 || !(threshold >= 0.0) || !(lowest >= 0.0)) {
    throw ValueError("[reduce_on_plateau] patience, threshold, cooldown and the lowest rate must not be negative");
  }
}

double ReduceOnPlateau::operator()(double rate, double loss) {
  const bool better = loss < best_ * (1.0 - options_.threshold);
  if (better) best_ = loss;
  without_progress_ = better ? 0 : without_progress_ + 1;
  if (cooling_ > 0) {
    --cooling_;
    without_progress_ = 0;
  }
  if (without_progress_ <= options_.patience) return rate;
  cooling_ = options_.cooldown;
  without_progress_ = 0;
  return std::min(rate, std::max(rate * options_.factor, options_.lowest));
}

}  // namespace gradus::nn
