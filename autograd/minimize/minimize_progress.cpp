#include "autograd/minimize/minimize_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/minimize/line_search.h"

namespace gradus::detail {

void check_options(const MinimizeOptions& options, std::string_view op) {
  if (options.max_iterations < 0) {
    throw ValueError(fmt::format("[{}] max_iterations is {}: it must not be negative", op, options.max_iterations));
  }
  if (options.memory < 1) throw ValueError(fmt::format("[{}] memory is {}: it must be at least 1", op, options.memory));
  for (const auto& [name, value] : {std::pair{"gradient_tolerance", options.gradient_tolerance},
                                    std::pair{"step_tolerance", options.step_tolerance}}) {
    if (!(value >= 0.0)) throw ValueError(fmt::format("[{}] {} is {}: it must not be negative", op, name, value));
  }
}

void check_start(double value, std::span<const double> gradient, std::string_view op) {
  const auto without_sign = [](double x) { return std::isnan(x) ? std::abs(x) : x; };  // of NaN, which says nothing
  if (!std::isfinite(value)) {
    throw ValueError(fmt::format("[{}] the function is {} where it starts", op, without_sign(value)));
  }
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    if (std::isfinite(gradient[i])) continue;
    throw ValueError(
        fmt::format("[{}] the derivative by unknown {} is {} where it starts", op, i, without_sign(gradient[i])));
  }
}

bool Progress::end(bool success, std::string message) {
  success_ = success;
  message_ = std::move(message);
  return true;
}

bool Progress::ends(std::span<const double> x, double value, std::span<const double> gradient) {
  const double norm = largest(gradient);
  if (iterations_ > 0 && options_.callback && !options_.callback({iterations_, value, norm, x})) {
    return end(false, "the callback ended it");
  }
  if (norm <= options_.gradient_tolerance) {
    return end(true, fmt::format("no derivative is larger than gradient_tolerance, {}", options_.gradient_tolerance));
  }
  if (small_step_) {
    return end(true, fmt::format("a step was smaller than step_tolerance, {}, of x", options_.step_tolerance));
  }
  if (iterations_ >= options_.max_iterations) {
    return end(false, fmt::format("{} iterations were not enough", options_.max_iterations));
  }
  return false;
}

void Progress::step(std::span<const double> from, std::span<const double> to) {
  ++iterations_;
  double moved = 0.0;
  for (std::size_t i = 0; i < from.size(); ++i) moved = std::max(moved, std::abs(to[i] - from[i]));
  small_step_ = moved < options_.step_tolerance * largest(to);
}

void Progress::stuck() { end(false, "no step lowers the value any more: it is as low as its rounding lets see"); }

MinimizeResult<std::vector<double>> Progress::result(std::vector<double> x, double value,
                                                     std::span<const double> gradient, int evaluations) const {
  return {std::move(x), value, largest(gradient), iterations_, evaluations, success_, message_};
}

}  // namespace gradus::detail
