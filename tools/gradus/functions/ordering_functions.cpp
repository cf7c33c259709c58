// Functions that put numbers in order, compare them with their neighbours, or choose them by a mask.
#include <functional>
#include <utility>
#include <vector>

#include "autograd/tensor/ops/masks.h"
#include "autograd/tensor/ops/ordering.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/options.h"

namespace gradus::command {

namespace {

using Given = const Invocation&;
using namespace option;  // NOLINT: the words of the table below

// quantile(x, [0.25, 0.75]), or quantile(x, q=0.25), as derivations write it.
Value quantiles(Given c) {
  if (c.has("q") == c.has_argument(1)) throw ValueError("[quantile] one share q, or one list of them, is needed");
  if (c.has("q")) return quantile(c.tensor(0), c.number("q"), c.axes(), c.flag("keepdims"));
  const Tensor q = c.tensor(1);
  if (q.requires_grad()) {
    throw ValueError("[quantile] q is not differentiated: write it as a number or a list of numbers");
  }
  if (q.rank() == 0) return quantile(c.tensor(0), q.item(), c.axes(), c.flag("keepdims"));
  if (q.rank() > 1) throw ShapeError("[quantile] q is a number or a list of numbers, not an array of more axes");
  const std::vector<double> list = q.value().to_vector();
  return quantile(c.tensor(0), std::span<const double>(list), c.axes(), c.flag("keepdims"));
}

// A row for each number that is not 0: where it stands along each axis.
Value nonzero_places(Given c) {
  const std::vector<Indices> axes = nonzero(c.tensor(0));
  std::vector<Tensor> columns;
  for (const Indices& places : axes) columns.push_back(places_as_value(places).as_tensor());
  if (columns.empty()) throw ShapeError("[nonzero] a single number has no axes: compare it with 0");
  return ops::stack(columns, 1);
}

Value part_of_grid(Given c) {
  const std::vector<Tensor> grids =
      meshgrid(c.tensors(), c.text("indexing") == "ij" ? MeshIndexing::ij : MeshIndexing::xy);
  const std::int64_t part = c.whole("part");
  const auto count = static_cast<std::int64_t>(grids.size());
  if (part < 0 || part >= count) {
    throw ShapeError(fmt::format("[meshgrid] there is no part {}: there are {}", part, count));
  }
  return grids[static_cast<std::size_t>(part)];
}

}  // namespace

void add_ordering(Definitions& list) {
  const auto add = [&](Theme theme, const char* name, const char* arguments, std::vector<OptionDeclaration> options,
                       const char* line, std::function<Value(Given)> action) {
    const std::size_t positional = options.size();
    list.push_back(
        Definition(theme, name, arguments, std::move(options), line, std::move(action)).positional(positional));
  };
  const auto reduction = [&](const char* name, const char* line, Tensor (*f)(const Tensor&, const Axes&, bool)) {
    add(Theme::reductions, name, "x", {axes(), keepdims()}, line,
        [f](Given c) -> Value { return f(c.tensor(0), c.axes(), c.flag("keepdims")); });
  };
  reduction("median", "the middle, or the mean of the two in the middle", &median);
  add(Theme::reductions, "quantile", "x, q?", {axes(), keepdims(), {"q", ValueKind::number, None{}}},
      "where a share q is below; of a list of shares, each", quantiles);
  reduction("any", "1 where some are not 0, else 0", &any_of);
  reduction("all", "1 where all are not 0, else 0", &all_of);
  add(Theme::reductions, "cummax", "x", {axis()}, "the largest up to each place",
      [](Given c) -> Value { return cummax(c.tensor(0), c.axis()); });
  add(Theme::reductions, "cummin", "x", {axis()}, "the smallest up to each place",
      [](Given c) -> Value { return cummin(c.tensor(0), c.axis()); });
  add(Theme::reductions, "logcumsumexp", "x", {axis()}, "log of the sums of e^x up to each place",
      [](Given c) -> Value { return logcumsumexp(c.tensor(0), c.axis()); });
  add(Theme::reductions, "diff", "x", {whole("n", 1.0), axis(-1)}, "differences of neighbours, n times over",
      [](Given c) -> Value { return diff(c.tensor(0), static_cast<int>(c.whole("n")), c.axis()); });

  add(Theme::shapes, "sort", "x", {axis(-1), flag("descending", false)}, "in order along an axis, nan last",
      [](Given c) -> Value { return sort(c.tensor(0), c.axis(), c.flag("descending")); });
  add(Theme::shapes, "argsort", "x", {axis(-1), flag("descending", false)}, "the places that would put x in order",
      [](Given c) -> Value { return places_as_value(argsort(c.tensor(0), c.axis(), c.flag("descending"))); });
  add(Theme::shapes, "topk", "x", {whole("k"), axis(-1), flag("largest", true)}, "the k largest along an axis",
      [](Given c) -> Value { return topk_values(c.tensor(0), c.whole("k"), c.axis(), c.flag("largest")); });
  add(Theme::shapes, "searchsorted", "sorted, values", {flag("right", false)},
      "where each value could stand in a sorted row",
      [](Given c) -> Value { return places_as_value(searchsorted(c.tensor(0), c.tensor(1), c.flag("right"))); });
  add(Theme::shapes, "unique", "x", {}, "the different numbers, in order",
      [](Given c) -> Value { return unique(c.tensor(0)); });
  add(Theme::shapes, "masked_fill", "x, mask", {number("value", 0.0)}, "x with one number where the mask is not 0",
      [](Given c) -> Value { return masked_fill(c.tensor(0), c.tensor(1), c.number("value")); });
  add(Theme::shapes, "masked_select", "x, mask", {}, "the numbers of x where the mask is 1",
      [](Given c) -> Value { return masked_select(c.tensor(0), c.tensor(1)); });
  add(Theme::shapes, "nan_to_num", "x", {number("nan", 0.0)}, "x with other numbers for nan and ±inf",
      [](Given c) -> Value { return nan_to_num(c.tensor(0), c.number("nan")); });
  add(Theme::shapes, "nonzero", "x", {}, "the places of what is not 0, a row for each", nonzero_places);
  add(Theme::shapes, "scatter", "x, indices, source", {axis()}, "x with source where gather would find it",
      [](Given c) -> Value { return scatter(c.tensor(0), c.axis(), c.indices(1), c.tensor(2)); });
  add(Theme::shapes, "meshgrid", "x...", {whole("part"), text("indexing", "xy").one_of({"xy", "ij"})},
      "one of the grids that rows of numbers span", part_of_grid);
  const auto mask = [&](const char* name, const char* line, Tensor (*f)(const Tensor&)) {
    add(Theme::several, name, "x", {}, line, [f](Given c) -> Value { return f(c.tensor(0)); });
  };
  mask("isnan", "1 where x is nan, else 0", &isnan);
  mask("isinf", "1 where x is inf or -inf, else 0", &isinf);
  mask("isfinite", "1 where x is neither, else 0", &isfinite);
}

}  // namespace gradus::command
