// What a derivation says in words about an op.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace gradus::detail {

/// "Multiply x₁ by w₁": what a step does, its arguments as they are to be read.
[[nodiscard]] std::string title_of_step(std::string_view op, std::span<const std::string> arguments);
/// "Back through the product".
[[nodiscard]] std::string title_of_backward(std::string_view op);
/// Why the gradients of the arguments are what they are, in a sentence; empty where the formula says all.
[[nodiscard]] std::string_view reason_of_backward(std::string_view op, std::size_t arguments);

}  // namespace gradus::detail
