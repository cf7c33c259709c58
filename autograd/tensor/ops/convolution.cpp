#include "autograd/tensor/ops/convolution.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "autograd/array/gemm.h"
#include "autograd/base/error.h"
#include "autograd/base/text.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/shape_checks.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/ops/window_checks.h"

namespace gradus {

Padding::Padding(std::string_view word) : same_(word == "same") {
  if (!same_ && word != "valid") {
    throw ValueError(fmt::format("[padding] {} is neither 'same' nor 'valid'", in_quotes(word)));
  }
}

namespace {

using detail::Images;

// One call: what it is called, and its operands as images and weights of two axes.
class Call {
 public:
  Call(std::string_view name, int axes, const Tensor& x, const Tensor& w, std::int64_t groups)
      : name_(name),
        shapes_(fmt::format("{} by {}", to_string(x.shape()), to_string(w.shape()))),
        images_(x, axes),
        groups_(groups) {
    const std::string sides = axes == 1 ? "length" : "height, width";
    const std::string kernel = axes == 1 ? "kernel" : "kernel height, kernel width";
    if (!images_ || w.rank() != axes + 2) {
      fail(fmt::format("images [n, c, {}] or [c, {}] and a weight [·, ·, {}] are needed", sides, sides, kernel));
    }
    detail::check_option(name, "groups", groups, 1);
    const DType dtype = promote(x.dtype(), w.dtype());
    x_ = cast(images_.tensor(), dtype);
    w_ = cast(detail::with_height(w, axes), dtype);
    if (std::max(plane(x_), w_.size()) > detail::longest_blas_side) fail("a side is too long");
    if (kernel_size(0) < 1 || kernel_size(1) < 1) fail("the kernel is empty");
  }

  [[nodiscard]] const Tensor& x() const { return x_; }
  [[nodiscard]] const Tensor& w() const { return w_; }
  [[nodiscard]] std::int64_t channels() const { return x_.value().sizes()[1]; }
  [[nodiscard]] std::int64_t weight_size(int axis) const { return w_.value().sizes()[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] std::int64_t input_size(int side) const {
    return x_.value().sizes()[static_cast<std::size_t>(2 + side)];
  }
  [[nodiscard]] std::int64_t kernel_size(int side) const { return weight_size(2 + side); }

  [[noreturn]] void fail(const std::string& what) const {
    throw ShapeError(fmt::format("[{}] {}: {}", name_, what, shapes_));
  }
  void check_groups(std::int64_t channels, const char* of) const {
    if (channels % groups_ != 0) fail(fmt::format("{} groups do not divide the {} {}", groups_, channels, of));
  }
  /// Refuses a result that is too long for a matrix.
  void check_result(std::int64_t outputs, std::int64_t height, std::int64_t width) const {
    if (plane(Shape{std::max<std::int64_t>(x_.value().sizes()[0], 1), outputs, height, width}) >
        detail::longest_blas_side) {
      fail("a side of the result is too long");
    }
  }
  void check_bias(const Tensor& bias, std::int64_t outputs) const {
    if (!bias.defined() || (bias.rank() == 1 && bias.size() == outputs)) return;
    throw ShapeError(
        fmt::format("[{}] the bias must have the shape [{}]: {}", name_, outputs, to_string(bias.shape())));
  }
  /// Adds the bias and gives the result the axes that the caller's images have.
  [[nodiscard]] Tensor finish(const Tensor& y, const Tensor& bias) const {
    return images_.like_given(bias.defined() ? y + reshape(bias, {bias.size(), 1, 1}) : y);
  }

 private:
  static std::int64_t plane(const Tensor& x) { return plane(x.shape()); }
  static std::int64_t plane(const Shape& shape) { return shape[2] * shape[3]; }

  std::string_view name_;
  std::string shapes_;
  Images images_;
  std::int64_t groups_;
  Tensor x_;
  Tensor w_;
};

Tensor conv(std::string_view name, int axes, const Tensor& x, const Tensor& w, const Tensor& bias,
            const ConvOptions& options) {
  const Call call(name, axes, x, w, options.groups);
  const std::int64_t outputs = call.weight_size(0);
  if (call.channels() != call.weight_size(1) * options.groups) {
    call.fail(fmt::format("{} groups of {} channels are needed", options.groups, call.weight_size(1)));
  }
  call.check_groups(outputs, "outputs");
  call.check_bias(bias, outputs);
  detail::require_one_number(name, "stride", options.stride, axes);
  detail::require_one_number(name, "dilation", options.dilation, axes);
  Convolution c{{}, options.groups};
  for (int side = axes == 1 ? 1 : 0; side < 2; ++side) {
    WindowAxis& a = c.window[static_cast<std::size_t>(side)];
    a.input = call.input_size(side);
    a.kernel = call.kernel_size(side);
    a.stride = detail::check_option(name, "stride", detail::side_of(options.stride, side), 1);
    a.dilation = detail::check_option(name, "dilation", detail::side_of(options.dilation, side), 1);
    detail::Ends zeros = detail::ends_of(name, options.padding.amount(), axes, side);
    if (options.padding.same()) {
      if (a.stride != 1)
        throw ValueError(fmt::format("[{}] padding 'same' needs a stride of 1, not {}", name, a.stride));
      const std::int64_t around = a.dilation * (a.kernel - 1);
      zeros = {around / 2, around - around / 2};
    }
    a.before = zeros.front;
    const std::int64_t room = a.input + zeros.front + zeros.behind - a.dilation * (a.kernel - 1) - 1;
    if (room < 0) call.fail("the kernel is larger than the padded image");
    a.output = room / a.stride + 1;
  }
  call.check_result(outputs, c.window[0].output, c.window[1].output);
  const DType dtype = call.x().dtype();
  // A bias of a wider type makes the result wider, but not the convolution.
  if (bias.defined() && promote(dtype, bias.dtype()) == dtype) {
    return call.finish(apply(ConvolveBiased{{}, c}, call.x(), call.w(), cast(bias, dtype)), {});
  }
  return call.finish(apply(Convolve{{}, c}, call.x(), call.w()), bias);
}

Tensor conv_transpose(std::string_view name, int axes, const Tensor& x, const Tensor& w, const Tensor& bias,
                      const ConvTransposeOptions& options) {
  const Call call(name, axes, x, w, options.groups);
  const std::int64_t outputs = call.weight_size(1) * options.groups;
  if (call.channels() != call.weight_size(0)) call.fail(fmt::format("{} channels are needed", call.weight_size(0)));
  call.check_groups(call.channels(), "channels");
  call.check_bias(bias, outputs);
  detail::require_one_number(name, "stride", options.stride, axes);
  detail::require_one_number(name, "dilation", options.dilation, axes);
  detail::require_one_number(name, "output_padding", options.output_padding, axes);
  Convolution c{{}, options.groups};
  for (int side = axes == 1 ? 1 : 0; side < 2; ++side) {
    WindowAxis& a = c.window[static_cast<std::size_t>(side)];
    a.output = call.input_size(side);
    a.kernel = call.kernel_size(side);
    a.stride = detail::check_option(name, "stride", detail::side_of(options.stride, side), 1);
    a.dilation = detail::check_option(name, "dilation", detail::side_of(options.dilation, side), 1);
    const detail::Ends cut = detail::ends_of(name, options.padding, axes, side);
    a.before = cut.front;
    const std::int64_t extra =
        detail::check_option(name, "output_padding", detail::side_of(options.output_padding, side), 0);
    if (extra >= std::max(a.stride, a.dilation)) {
      throw ValueError(fmt::format("[{}] output_padding {} is not below the stride, {}, or the dilation, {}", name,
                                   extra, a.stride, a.dilation));
    }
    a.input = (a.output - 1) * a.stride - cut.front - cut.behind + a.dilation * (a.kernel - 1) + extra + 1;
    if (a.output < 1 || a.input < 1) call.fail("nothing is left of the images");
  }
  call.check_result(outputs, c.window[0].input, c.window[1].input);
  return call.finish(apply(ConvolveInput{{}, c}, call.x(), call.w()), bias);
}

}  // namespace

Shape Convolve::result_shape(std::span<const Shape> x) const {
  const auto& [window, groups] = geometry;
  for (const Shape& s : x) {
    if (s.rank() != 4) detail::refuse_shape(name, "four axes are needed", s);
  }
  detail::require_window(name, window, x[0], &WindowAxis::input);
  detail::require_window(name, window, x[1], &WindowAxis::kernel);
  detail::require_overlap(name, window);
  if (x[1][0] % groups != 0 || x[0][1] != x[1][1] * groups) {
    detail::refuse_shape(name, fmt::format("the weight {} does not suit", to_string(x[1])), x[0]);
  }
  return {x[0][0], x[1][0], window[0].output, window[1].output};
}

Shape ConvolveBiased::result_shape(std::span<const Shape> x) const {
  const Shape shape = Convolve{{}, geometry}.result_shape(x.first(2));
  if (x[2] != Shape{x[1][0]}) detail::refuse_shape(name, "the bias does not suit", x[2]);
  return shape;
}

Shape ConvolveInput::result_shape(std::span<const Shape> x) const {
  const WindowAxes& window = geometry.window;
  for (const Shape& s : x) {
    if (s.rank() < 4) detail::refuse_shape(name, "4 axes are needed at least", s);
  }
  const Shape image{x[0][0], x[1][1] * geometry.groups, window[0].input, window[1].input};
  if (Convolve{{}, geometry}.result_shape(std::array{image, x[1]}) != x[0]) {
    detail::refuse_shape(name, "the window belongs to other sizes", x[0]);
  }
  return image;
}

Shape ConvolveWeight::result_shape(std::span<const Shape> x) const {
  const auto& [window, groups] = geometry;
  for (const Shape& s : x) {
    if (s.rank() < 4) detail::refuse_shape(name, "4 axes are needed at least", s);
  }
  if (x[0][1] % groups != 0) detail::refuse_shape(name, "the groups do not suit", x[0]);
  const Shape weight{x[1][1], x[0][1] / groups, window[0].kernel, window[1].kernel};
  if (Convolve{{}, geometry}.result_shape(std::array{x[0], weight}) != x[1]) {
    detail::refuse_shape(name, "the window belongs to other sizes", x[1]);
  }
  return weight;
}

// ------------------------------------------------------------------------------- the rules as they are taught (taught_rule.h)

namespace {

constexpr const char* each_weight = "each weight receives the sum of G times the input that it met";

}  // namespace

TaughtRule Convolve::taught(std::size_t k, const TaughtStep& step) const {
  if (k == 0) {
    return {detail::call_on("conv_transpose", step.gradient, step.x[1], step.options),
            "each input receives, from every place of the window that read it, G times the weight that it met there"};
  }
  return {detail::call_on("correlation", step.x[0], step.gradient, step.options), each_weight};
}

TaughtRule ConvolveBiased::taught(std::size_t k, const TaughtStep& step) const {
  if (k < 2) return Convolve{{}, geometry}.taught(k, step);
  return {detail::call_on("sum", step.gradient),
          "a bias is added at every place of every image: it receives all their gradients"};
}

TaughtRule ConvolveInput::taught(std::size_t k, const TaughtStep& step) const {
  if (k == 0) {
    return {detail::call_on("conv", step.gradient, step.x[1], step.options),
            "each input was spread over a window: it receives the sum of G in that window times the weights"};
  }
  return {detail::call_on("correlation", step.gradient, step.x[0], step.options), each_weight};
}

Tensor conv2d(const Tensor& x, const Tensor& w, const Tensor& bias, const ConvOptions& options) {
  return conv("conv2d", 2, x, w, bias, options);
}
Tensor conv1d(const Tensor& x, const Tensor& w, const Tensor& bias, const ConvOptions& options) {
  return conv("conv1d", 1, x, w, bias, options);
}
Tensor conv_transpose2d(const Tensor& x, const Tensor& w, const Tensor& bias, const ConvTransposeOptions& options) {
  return conv_transpose("conv_transpose2d", 2, x, w, bias, options);
}
Tensor conv_transpose1d(const Tensor& x, const Tensor& w, const Tensor& bias, const ConvTransposeOptions& options) {
  return conv_transpose("conv_transpose1d", 1, x, w, bias, options);
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<Convolve>();
template const detail::RuleEntry& detail::unlisted_rule<ConvolveBiased>();
template const detail::RuleEntry& detail::unlisted_rule<ConvolveInput>();
template const detail::RuleEntry& detail::unlisted_rule<ConvolveWeight>();

}  // namespace gradus
