// What a derivation says in words about an op.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "autograd/tensor/rule.h"

namespace gradus::detail {

/// "Multiply x₁ by w₁": what a step does, its arguments as they are to be read.
[[nodiscard]] std::string title_of_step(const Rule& rule, std::span<const std::string> arguments);
/// "Back through the product".
[[nodiscard]] std::string title_of_backward(const Rule& rule);
/// Why the gradients of the arguments are what they are, in a sentence; empty where the formula says all.
[[nodiscard]] std::string_view reason_of_backward(const Rule& rule);

}  // namespace gradus::detail
