// Functions that take numbers along axes together.
#include <fmt/format.h>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/structural.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/options.h"

namespace gradus::command {

namespace {

using Given = const Invocation&;
using namespace option;  // NOLINT: the words of the table below

// Several arguments: the largest of each place.  One: the largest along axes.
Value extreme(Given c, const char* elementwise, Tensor (*reduction)(const Tensor&, const Axes&, bool)) {
  if (c.count() == 1) return reduction(c.tensor(0), c.axes(), c.flag("keepdims"));
  if (c.is_given("axis") || c.is_given("keepdims")) {
    throw ValueError(
        fmt::format("[{}] several arguments take no axis: they are compared number by number", elementwise));
  }
  const Definition& of_two = *find_definition(elementwise);
  Value most = c.argument(0);
  for (std::size_t k = 1; k < c.count(); ++k) {
    const Value both[] = {std::move(most), c.argument(k)};
    most = of_two.apply(Invocation(of_two.function, both, {}));
  }
  return most;
}

std::optional<int> one_axis(Given c) { return c.has("axis") ? std::optional(c.axis()) : std::nullopt; }

}  // namespace

void add_reductions(Definitions& list) {
  const auto add = [&](const char* name, std::vector<OptionDeclaration> options, const char* line,
                       std::function<Value(Given)> action) {
    const std::size_t positional = options.size();
    list.push_back(
        Definition(Theme::reductions, name, "x", std::move(options), line, std::move(action)).positional(positional));
  };
  const auto reduction = [&](const char* name, const char* line, Tensor (*f)(const Tensor&, const Axes&, bool)) {
    add(name, {axes(), keepdims()}, line,
        [f](Given c) -> Value { return f(c.tensor(0), c.axes(), c.flag("keepdims")); });
  };
  reduction("sum", "Σ x", &sum);
  reduction("mean", "the average; nan of nothing", &mean);
  reduction("prod", "the product", &prod);
  const auto either = [&](const char* name, const char* elementwise, const char* line,
                          Tensor (*f)(const Tensor&, const Axes&, bool)) {
    list.emplace_back(Theme::reductions, name, "x...", std::vector{axes(), keepdims()}, line,
                      [f, elementwise](Given c) { return extreme(c, elementwise, f); });
  };
  either("max", "maximum", "the largest; of several arguments that of each place", &max);
  either("min", "minimum", "the smallest; of several arguments that of each place", &min);
  add("var", {axes(), keepdims(), number("correction", 0.0)}, "the variance, Σ (x − mean)² / (n − correction)",
      [](Given c) -> Value { return var(c.tensor(0), c.axes(), c.flag("keepdims"), c.number("correction")); });
  add("std", {axes(), keepdims(), number("correction", 0.0)}, "the standard deviation, √var",
      [](Given c) -> Value { return stddev(c.tensor(0), c.axes(), c.flag("keepdims"), c.number("correction")); });
  add("norm", {number("p", 2.0), axes(), keepdims()}, "(Σ |x|ᵖ)^(1/p); the largest |x| for p=inf",
      [](Given c) -> Value { return norm(c.tensor(0), c.number("p"), c.axes(), c.flag("keepdims")); });
  add("argmax", {axis(None{}), keepdims()}, "the place of the largest, the first of several",
      [](Given c) { return places_as_value(argmax(c.tensor(0), one_axis(c), c.flag("keepdims"))); });
  add("argmin", {axis(None{}), keepdims()}, "the place of the smallest, the first of several",
      [](Given c) { return places_as_value(argmin(c.tensor(0), one_axis(c), c.flag("keepdims"))); });
  reduction("logsumexp", "log Σ eˣ without overflow", &logsumexp);
  add("softmax", {axes(-1)}, "eˣ / Σ eˣ along an axis",
      [](Given c) -> Value { return softmax(c.tensor(0), c.axes()); });
  add("log_softmax", {axes(-1)}, "log softmax(x), to the last digit",
      [](Given c) -> Value { return log_softmax(c.tensor(0), c.axes()); });
  add("cumsum", {axis()}, "the sums up to each place", [](Given c) -> Value { return cumsum(c.tensor(0), c.axis()); });
  add("cumprod", {axis()}, "the products up to each place",
      [](Given c) -> Value { return cumprod(c.tensor(0), c.axis()); });
}

}  // namespace gradus::command
