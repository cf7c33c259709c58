// Where a function of one number is defined, and where it has no derivative, found by asking it.
#pragma once
#include <functional>
#include <string>

namespace gradus::command {

/// "all reals", "x > 0", "−1 ≤ x ≤ 1", "x ≠ 0": where f is a number.  An end where f is infinite is left out, and so is
/// an infinite value at 0 between finite ones.  Takes for granted that f is defined on one interval, apart from 0.
[[nodiscard]] std::string defined_where(const std::function<double(double)>& f);

/// Whether f has a kink or a jump right at x: values or slopes on its two sides that differ, however near.
[[nodiscard]] bool breaks_at(const std::function<double(double)>& f, const std::function<double(double)>& slope,
                             double x);

/// "x = 0", "x = −3, 3", "whole x": where among the multiples of 1/2 f has a kink or a jump; empty where it has none.
[[nodiscard]] std::string breaks_where(const std::function<double(double)>& f,
                                       const std::function<double(double)>& slope);

}  // namespace gradus::command
