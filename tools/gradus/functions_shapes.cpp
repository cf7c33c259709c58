// Functions that rearrange numbers, or take some of them.
#include "autograd/tensor/structural.h"
#include "tools/gradus/functions.h"
#include "tools/gradus/options.h"

namespace gradus::command {

void add_shapes(Definitions& list) {
  const auto add = [&](Definition definition, std::size_t positional) {
    list.push_back(std::move(definition).positional(positional));
  };
  add({Theme::shapes, "reshape", "x", {option::sizes("shape")}, "the same numbers in another shape",
       [](const Invocation& c) -> Value { return reshape(c.tensor(0), c.shape("shape")); }},
      1);
  add({Theme::shapes, "broadcast_to", "x", {option::sizes("shape")}, "x repeated to a shape",
       [](const Invocation& c) -> Value { return broadcast_to(c.tensor(0), c.shape("shape")); }},
      1);
  add({Theme::shapes, "transpose", "x", {}, "the axes in reverse order",
       [](const Invocation& c) -> Value { return transpose(c.tensor(0)); }},
      0);
}

}  // namespace gradus::command
