// Where a function of one number is defined, found by asking it.
#pragma once
#include <functional>
#include <string>

namespace gradus::command {

/// "all reals", "x > 0", "−1 ≤ x ≤ 1", "x ≠ 0": where f is a number.  An end where f is infinite is left out, and so is
/// an infinite value at 0 between finite ones.  Takes for granted that f is defined on one interval, apart from 0.
[[nodiscard]] std::string defined_where(const std::function<double(double)>& f);

}  // namespace gradus::command
