// fmt::print("{}", model): what << writes.  Not in nn.h: fmt costs a compiler half a second.
#pragma once
#include <fmt/format.h>

#include <concepts>
#include <string>

#include "module_text.h"

template <class M>
requires std::derived_from<M, gradus::nn::Module>
struct fmt::formatter<M> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const M& module, Context& context) const {
    const std::string text = gradus::nn::printed(module);
    return fmt::formatter<fmt::string_view>::format(text, context);
  }
};
