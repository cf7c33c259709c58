// Functions that rearrange numbers, or take some of them.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/structural.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/options.h"

namespace gradus::command {

namespace {

using Given = const Invocation&;
using namespace option;  // NOLINT: the words of the table below

constexpr Theme shapes = Theme::shapes;

Value transposed(Given c) {
  const std::vector<int> axes = c.axis_list("axes");
  if (axes.empty()) return transpose(c.tensor(0));
  if (axes.size() == 2) return transpose(c.tensor(0), axes[0], axes[1]);
  throw ShapeError("[transpose] two axes are swapped; permute takes all of them");
}

Value taken(Given c) {
  return c.has("axis") ? take(c.tensor(0), c.indices(1), c.axis()) : take(c.tensor(0), c.indices(1));
}

Value part_of_split(Given c) {
  const std::vector<std::int64_t> sizes = c.list("sizes");
  const bool equal = c.is_whole("sizes");
  const std::vector<Tensor> parts =
      equal ? split(c.tensor(0), sizes[0], c.axis()) : split(c.tensor(0), sizes, c.axis());
  const std::int64_t part = c.whole("part");
  const auto count = static_cast<std::int64_t>(parts.size());
  if (part < -count || part >= count) {
    throw ShapeError(fmt::format("[split] there is no part {}: there are {}", part, count));
  }
  return parts[static_cast<std::size_t>(part < 0 ? part + count : part)];
}

PadMode mode_named(const std::string& name) {
  if (name == "reflect") return PadMode::reflect;
  if (name == "replicate") return PadMode::replicate;
  return name == "circular" ? PadMode::circular : PadMode::constant;
}

Value padded(Given c) { return pad(c.tensor(0), c.list("widths"), mode_named(c.text("mode")), c.number("value")); }

Value embedded(Given c) {
  const auto padding = c.has("padding") ? std::optional(c.whole("padding")) : std::nullopt;
  return embedding(c.tensor(0), c.indices(1), padding);
}

OptionDeclaration pad_mode() {
  return text("mode", "constant").one_of({"constant", "reflect", "replicate", "circular"});
}

}  // namespace

void add_shapes(Definitions& list) {
  const auto add = [&](const char* name, const char* arguments, std::vector<OptionDeclaration> options,
                       const char* line, std::function<Value(Given)> action) {
    const std::size_t positional =
        arguments[0] == '\0' || std::string_view(arguments).ends_with("...") ? 0 : options.size();
    list.push_back(
        Definition(shapes, name, arguments, std::move(options), line, std::move(action)).positional(positional));
  };
  add("reshape", "x", {sizes("shape")}, "the same numbers in another shape; -1 for one size that follows",
      [](Given c) -> Value { return reshape(c.tensor(0), c.list("shape")); });
  add("flatten", "x", {axis(0, "first"), axis(-1, "last")}, "the axes from first to last as one",
      [](Given c) -> Value { return flatten(c.tensor(0), c.axis("first"), c.axis("last")); });
  add("squeeze", "x", {axes()}, "without axes of size 1",
      [](Given c) -> Value { return squeeze(c.tensor(0), c.axes()); });
  add("unsqueeze", "x", {axis()}, "with a new axis of size 1",
      [](Given c) -> Value { return unsqueeze(c.tensor(0), c.axis()); });
  add("permute", "x", {sizes("order")}, "axis k of the result is axis order[k] of x",
      [](Given c) -> Value { return permute(c.tensor(0), c.axis_list("order")); });
  add("transpose", "x", {sizes("axes", List{})}, "two axes swapped, or all in reverse order", transposed);
  add("broadcast_to", "x", {sizes("shape")}, "x repeated to a shape",
      [](Given c) -> Value { return broadcast_to(c.tensor(0), c.shape("shape")); });
  add("take", "x, indices", {axis(None{})}, "the places listed along an axis, or of x flattened", taken);
  add("gather", "x, indices", {axis()}, "x[i, indices[i, j], ...] along an axis",
      [](Given c) -> Value { return gather(c.tensor(0), c.axis(), c.indices(1)); });
  add("scatter_add", "x, indices, source", {axis()}, "x with source added where gather would find it",
      [](Given c) -> Value { return scatter_add(c.tensor(0), c.axis(), c.indices(1), c.tensor(2)); });
  add("embedding", "weight, indices", {whole("padding", None{})}, "the rows of a matrix that are listed", embedded);
  add("flip", "x", {axes()}, "the axes backwards", [](Given c) -> Value { return flip(c.tensor(0), c.axes()); });
  add("roll", "x", {whole("shift"), axis()}, "moved along an axis, round its end",
      [](Given c) -> Value { return roll(c.tensor(0), c.whole("shift"), c.axis()); });
  add("concat", "x...", {axis(0)}, "one behind the other along an axis",
      [](Given c) -> Value { return concat(c.tensors(), c.axis()); });
  add("stack", "x...", {axis(0)}, "side by side along a new axis",
      [](Given c) -> Value { return ops::stack(c.tensors(), c.axis()); });
  add("split", "x", {sizes("sizes"), whole("part"), axis(0)},
      "one of neighbouring parts: of so many equal ones, or of these sizes", part_of_split);
  add("one_hot", "indices", {whole("classes")}, "for each index a row of zeros with a 1 at the index",
      [](Given c) -> Value { return Tensor(one_hot(c.indices(0), c.whole("classes"))); });
  add("pad", "x", {sizes("widths"), pad_mode(), number("value", 0.0)},
      "x with a border; widths (left, right, top, bottom, ...), the last axis first", padded);
  add("repeat", "x", {sizes("times")}, "x as a tile, so many times along each axis",
      [](Given c) -> Value { return repeat(c.tensor(0), c.list("times")); });
  add("repeat_interleave", "x", {whole("times"), axis()}, "every element so many times in a row",
      [](Given c) -> Value { return repeat_interleave(c.tensor(0), c.whole("times"), c.axis()); });
}

}  // namespace gradus::command
