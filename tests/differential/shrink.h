// The smallest part of a program that an engine gets wrong.
#pragma once
#include <functional>

#include "tests/differential/generator.h"

namespace gradus::differential {

/// Cuts a program down as long as `still` holds for what is left: to one result, with steps replaced by constants or
/// leaves that hold their values, and without what nobody reads then.
Sample shrink(const Sample& sample, const std::function<bool(const Sample&)>& still);

}  // namespace gradus::differential
