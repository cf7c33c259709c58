// Functions that slide a window over images and signals.
#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/tensor/ops/convolution.h"
#include "autograd/tensor/ops/pooling.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/options.h"

namespace gradus::command {

namespace {

using Given = const Invocation&;
using namespace option;  // NOLINT: the words of the table below

Pair numbers(Given c, std::string_view name, const char* two) {
  const std::vector<std::int64_t> list = c.list(name);
  if (list.size() == 1) return {list[0]};
  if (list.size() == 2 && two != nullptr) return {list[0], list[1]};
  throw ShapeError(fmt::format("[{}] {} takes one number{}, not {}", c.function(), name,
                               two == nullptr ? "" : fmt::format(", or two for {}", two), list.size()));
}

// One number for both, or height and width; one alone where there is one axis.
Pair pair(Given c, std::string_view name, int axes) {
  return numbers(c, name, axes == 1 ? nullptr : "height and width");
}

// The padding of a convolution, which along one axis may differ in front and behind.
Pair padding_pair(Given c, int axes) { return numbers(c, "padding", axes == 1 ? "the ends" : "height and width"); }

Padding padding_of(Given c, int axes) {
  return c.is_text("padding") ? Padding(std::string_view(c.text("padding"))) : Padding(padding_pair(c, axes));
}

Tensor bias_of(Given c) { return c.has_argument(2) ? c.tensor(2) : Tensor(); }

ConvOptions conv_options(Given c, int axes) {
  return {pair(c, "stride", axes), padding_of(c, axes), pair(c, "dilation", axes), c.whole("groups")};
}

ConvTransposeOptions conv_transpose_options(Given c, int axes) {
  return {pair(c, "stride", axes), padding_pair(c, axes), pair(c, "output_padding", axes), c.whole("groups"),
          pair(c, "dilation", axes)};
}

Pair pool_stride(Given c, int axes) { return c.has("stride") ? pair(c, "stride", axes) : Pair(as_kernel); }

MaxPoolOptions max_pool_options(Given c, int axes) {
  return {pool_stride(c, axes), pair(c, "padding", axes), pair(c, "dilation", axes), c.flag("ceil_mode")};
}

AvgPoolOptions avg_pool_options(Given c, int axes) {
  return {pool_stride(c, axes), pair(c, "padding", axes), c.flag("ceil_mode"), c.flag("count_include_pad")};
}

}  // namespace

void add_convolutions(Definitions& list) {
  const auto add = [&](const char* name, const char* arguments, std::vector<OptionDeclaration> options,
                       std::size_t positional, const char* line, std::function<Value(Given)> action) {
    list.push_back(Definition(Theme::convolutions, name, arguments, std::move(options), line, std::move(action))
                       .positional(positional));
  };
  const auto one = [](const char* name) { return sizes(name, 1.0); };
  const auto zero = [](const char* name) { return sizes(name, 0.0); };
  using Weighted = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, const ConvOptions&);
  const auto convolution = [&](const char* name, Weighted f, int axes, const char* line) {
    add(name, "x, w, bias?", {one("stride"), padding(), one("dilation"), whole("groups", 1.0)}, 0, line,
        [f, axes](Given c) -> Value { return f(c.tensor(0), c.tensor(1), bias_of(c), conv_options(c, axes)); });
  };
  convolution("conv1d", &conv1d, 1, "w [o, c/groups, k] slid over x [n, c, length]");
  convolution("conv2d", &conv2d, 2, "w [o, c/groups, kh, kw] slid over images x [n, c, height, width]");
  using Spread = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, const ConvTransposeOptions&);
  const auto transposed = [&](const char* name, Spread f, int axes, const char* line) {
    add(name, "x, w, bias?",
        {one("stride"), zero("padding"), zero("output_padding"), whole("groups", 1.0), one("dilation")}, 0, line,
        [f, axes](Given c) -> Value {
          return f(c.tensor(0), c.tensor(1), bias_of(c), conv_transpose_options(c, axes));
        });
  };
  transposed("conv_transpose1d", &conv_transpose1d, 1, "what conv1d does to a gradient");
  transposed("conv_transpose2d", &conv_transpose2d, 2, "what conv2d does to a gradient");

  const auto pooling = [&](const char* name, OptionDeclaration last, const char* line,
                           std::function<Value(Given)> action) {
    add(name, "x",
        {sizes("kernel"), sizes("stride", None{}), zero("padding"), option::flag("ceil_mode", false), std::move(last)},
        2, line, std::move(action));
  };
  const auto max2d = [](Given c) -> Value {
    return max_pool2d(c.tensor(0), pair(c, "kernel", 2), max_pool_options(c, 2));
  };
  const auto avg2d = [](Given c) -> Value {
    return avg_pool2d(c.tensor(0), pair(c, "kernel", 2), avg_pool_options(c, 2));
  };
  const OptionDeclaration counted = option::flag("count_include_pad", true);
  pooling("max_pool", one("dilation"), "max_pool2d", max2d);
  pooling("max_pool1d", one("dilation"), "the largest in each window of x [n, c, length]",
          [](Given c) -> Value { return max_pool1d(c.tensor(0), pair(c, "kernel", 1).width, max_pool_options(c, 1)); });
  pooling("max_pool2d", one("dilation"), "the largest in each window of images x [n, c, height, width]", max2d);
  pooling("avg_pool", counted, "avg_pool2d", avg2d);
  pooling("avg_pool1d", counted, "the mean of each window of x [n, c, length]",
          [](Given c) -> Value { return avg_pool1d(c.tensor(0), pair(c, "kernel", 1).width, avg_pool_options(c, 1)); });
  pooling("avg_pool2d", counted, "the mean of each window of images x [n, c, height, width]", avg2d);
}

}  // namespace gradus::command
