// The smallest part of a program that an engine gets wrong.
#pragma once
#include <functional>

#include "tests/differential/generator.h"

namespace gradus::differential {

/// Cuts a program down as long as `still` holds for what is left: to what one step was computed from, weighted with that
/// step's cotangent, and then to constants or leaves instead of the steps it was computed from.
Sample shrink(const Sample& sample, const std::function<bool(const Sample&)>& still);

}  // namespace gradus::differential
