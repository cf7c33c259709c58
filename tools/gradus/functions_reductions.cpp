// Functions that take numbers along axes together.
#include "autograd/tensor/softmax.h"
#include "autograd/tensor/structural.h"
#include "tools/gradus/functions.h"
#include "tools/gradus/options.h"

namespace gradus::command {

void add_reductions(Definitions& list) {
  const auto reduction = [&](const char* name, const char* line, Tensor (*f)(const Tensor&, const Axes&, bool)) {
    list.push_back(
        Definition(Theme::reductions, name, "x", {option::axes(), option::keepdims()}, line,
                   [f](const Invocation& c) -> Value { return f(c.tensor(0), c.axes(), c.flag("keepdims")); })
            .positional(2));
  };
  reduction("sum", "Σ x", &sum);
  reduction("mean", "the average; nan of nothing", &mean);
  reduction("logsumexp", "log Σ eˣ without overflow", &logsumexp);
}

}  // namespace gradus::command
