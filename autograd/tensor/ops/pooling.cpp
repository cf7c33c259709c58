#include "autograd/tensor/ops/pooling.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/typeset.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/shape_checks.h"
#include "autograd/tensor/ops/window_checks.h"

namespace gradus {

namespace {

using detail::check_option;
using detail::Images;
using detail::side_of;

[[noreturn]] void fail(std::string_view name, const std::string& what, const Tensor& x) {
  throw ShapeError(fmt::format("[{}] {}: {}", name, what, to_string(x.shape())));
}

// One side of the window over an image of this size.
WindowAxis axis_of(std::string_view name, const Tensor& x, std::int64_t input, std::int64_t kernel,
                   const MaxPoolOptions& options, int side) {
  WindowAxis a;
  a.input = input;
  a.kernel = check_option(name, "kernel", kernel, 1);
  const std::int64_t stride = side_of(options.stride, side);
  a.stride = stride == as_kernel ? a.kernel : check_option(name, "stride", stride, 1);
  a.dilation = check_option(name, "dilation", side_of(options.dilation, side), 1);
  a.before = check_option(name, "padding", side_of(options.padding, side), 0);
  const std::int64_t reach = a.dilation * (a.kernel - 1) + 1;
  if (a.before > reach / 2) {
    throw ValueError(fmt::format("[{}] padding {} is more than half of the window, {}", name, a.before, reach));
  }
  if (input < 1) fail(name, "the images are empty", x);
  const std::int64_t room = input + 2 * a.before - reach + (options.ceil_mode ? a.stride - 1 : 0);
  if (room < 0) fail(name, fmt::format("the window, {}, is larger than the padded image", reach), x);
  a.output = room / a.stride + 1;
  // The last window must begin inside the image or the padding in front of it.
  if (options.ceil_mode && (a.output - 1) * a.stride >= input + a.before) --a.output;
  return a;
}

// Runs make(window) on the images.
template <class Make>
Tensor pool(std::string_view name, int axes, const Tensor& x, Pair kernel, const MaxPoolOptions& options,
            const Make& make) {
  const Images images(x, axes);
  if (!images) {
    const char* sides = axes == 1 ? "length" : "height, width";
    fail(name, fmt::format("images [n, c, {}] or [c, {}] are needed", sides, sides), x);
  }
  detail::require_one_number(name, "stride", options.stride, axes);
  detail::require_one_number(name, "padding", options.padding, axes);
  detail::require_one_number(name, "dilation", options.dilation, axes);
  WindowAxes window;
  for (int side = axes == 1 ? 1 : 0; side < 2; ++side) {
    const auto k = static_cast<std::size_t>(side);
    window[k] = axis_of(name, x, images.tensor().value().sizes()[2 + k], side_of(kernel, side), options, side);
  }
  return images.like_given(apply(make(window), images.tensor()));
}

Tensor max_pool(std::string_view name, int axes, const Tensor& x, Pair kernel, const MaxPoolOptions& options) {
  return pool(name, axes, x, kernel, options, [](const WindowAxes& window) { return MaxPool{{}, window}; });
}

Tensor avg_pool(std::string_view name, int axes, const Tensor& x, Pair kernel, const AvgPoolOptions& options) {
  const MaxPoolOptions window_options{options.stride, options.padding, 1, options.ceil_mode};
  return pool(name, axes, x, kernel, window_options, [&](const WindowAxes& window) {
    return AvgPool{{}, {window, options.count_include_pad}};
  });
}

Shape pooled(std::string_view op, const WindowAxes& window, const Shape& x) {
  detail::require_window(op, window, x, &WindowAxis::input);
  detail::require_overlap(op, window);
  // Kernels walk over the whole window, and no weight says how long it is.
  for (const WindowAxis& axis : window) {
    const std::int64_t reach = (axis.kernel - 1) * axis.dilation + 1;
    if (reach > axis.input + 2 * axis.before + axis.stride) {
      throw ShapeError(fmt::format("[{}] the window leaves the input", op));
    }
  }
  std::vector<std::int64_t> sizes = detail::sizes_of(x);
  sizes[sizes.size() - 2] = window[0].output;
  sizes[sizes.size() - 1] = window[1].output;
  return detail::as_shape(sizes);
}

}  // namespace

Shape MaxPool::result_shape(std::span<const Shape> x) const { return pooled(name, window, x[0]); }
Shape AvgPool::result_shape(std::span<const Shape> x) const { return pooled(name, average.window, x[0]); }

// The place of the largest number squared, on average, is the square of the average place where there is one alone.
std::string_view MaxPool::convention(const Array& x, const Array&) const {
  std::vector<double> places(static_cast<std::size_t>(x.size()));
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<double>(i);
  const Array place(x.shape(), places);
  const MaxPoolTake take{{}, window};
  const std::vector<double> of_square = take.value(x.to(DType::float64), place * place).to_vector();
  const std::vector<double> average = take.value(x.to(DType::float64), place).to_vector();
  for (std::size_t i = 0; i < average.size(); ++i) {
    if (of_square[i] > average[i] * average[i]) {
      return "the largest number of a window has no derivative where several are: they share it";
    }
  }
  return "";
}

TaughtRule MaxPool::taught(std::size_t, const TaughtStep& step) const {
  const Formula& x = step.x[0];
  return {
      detail::call_on("Σ", Formula::elementwise_product(step.gradient, detail::where_equal(x, step.y))),
      fmt::format("Σ runs over the windows that a number lies in; {} = {} holds (1, else 0) where it is the largest of "
                  "the window, ties is how many are",
                  text::typeset(x.text()), text::typeset(step.y.text()))};
}

TaughtRule AvgPool::taught(std::size_t, const TaughtStep& step) const {
  return {detail::call_on("Σ", step.gradient / Formula(std::string("size"))),
          fmt::format(
              "Σ runs over the windows that a number lies in; size is how many numbers a window averages, {}×{}{}",
              average.window[0].kernel, average.window[1].kernel, average.count_padding ? "" : " less the padding")};
}

Tensor max_pool2d(const Tensor& x, Pair kernel, const MaxPoolOptions& options) {
  return max_pool("max_pool2d", 2, x, kernel, options);
}
Tensor max_pool1d(const Tensor& x, std::int64_t kernel, const MaxPoolOptions& options) {
  return max_pool("max_pool1d", 1, x, kernel, options);
}
Tensor avg_pool2d(const Tensor& x, Pair kernel, const AvgPoolOptions& options) {
  return avg_pool("avg_pool2d", 2, x, kernel, options);
}
Tensor avg_pool1d(const Tensor& x, std::int64_t kernel, const AvgPoolOptions& options) {
  return avg_pool("avg_pool1d", 1, x, kernel, options);
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<MaxPool>();
template const detail::RuleEntry& detail::unlisted_rule<AvgPool>();

}  // namespace gradus
