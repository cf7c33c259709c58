#include "nn/layers/conv_layers.h"

#include <fmt/format.h>

#include "nn/layers/layer_parts.h"

namespace gradus::nn {

namespace {

ConvOptions of_op(const ConvLayerOptions& o) { return {o.stride, o.padding, o.dilation, o.groups}; }
ConvTransposeOptions of_op(const ConvTransposeLayerOptions& o) {
  return {o.stride, o.padding, o.output_padding, o.groups, o.dilation};
}

std::string channels(std::int64_t in, std::int64_t out, Pair kernel, std::int64_t groups, std::string_view layer) {
  check_sizes(layer, {{"in_channels", in}, {"out_channels", out}, {"groups", groups}});
  check_sizes(layer, {{"kernel_size", kernel.height}, {"kernel_size", kernel.width}});
  return fmt::format("{} → {}, kernel {}", in, out, written(kernel));
}

}  // namespace

Conv1d::Conv1d(std::int64_t in, std::int64_t out, std::int64_t kernel, const ConvLayerOptions& options, const Key& key)
    : options_(of_op(options)) {
  set_sizes(channels(in, out, kernel, options.groups, "conv1d"));
  add_weight(glorot({out, in / options.groups, kernel}, key));
  add_bias(out, options.bias);
}

// y = W ∗ x + b
Tensor Conv1d::forward(const Tensor& x) { return conv1d(x, weight(), bias(), options_); }

Conv2d::Conv2d(std::int64_t in, std::int64_t out, Pair kernel, const ConvLayerOptions& options, const Key& key)
    : options_(of_op(options)) {
  set_sizes(channels(in, out, kernel, options.groups, "conv2d"));
  add_weight(glorot({out, in / options.groups, kernel.height, kernel.width}, key));
  add_bias(out, options.bias);
}

// y = W ∗ x + b
Tensor Conv2d::forward(const Tensor& x) { return conv2d(x, weight(), bias(), options_); }

ConvTranspose1d::ConvTranspose1d(std::int64_t in, std::int64_t out, std::int64_t kernel,
                                 const ConvTransposeLayerOptions& options, const Key& key)
    : options_(of_op(options)) {
  set_sizes(channels(in, out, kernel, options.groups, "conv_transpose1d"));
  add_weight(glorot({in, out / options.groups, kernel}, key));
  add_bias(out, options.bias);
}

// y = W ∗ᵀ x + b
Tensor ConvTranspose1d::forward(const Tensor& x) { return conv_transpose1d(x, weight(), bias(), options_); }

ConvTranspose2d::ConvTranspose2d(std::int64_t in, std::int64_t out, Pair kernel,
                                 const ConvTransposeLayerOptions& options, const Key& key)
    : options_(of_op(options)) {
  set_sizes(channels(in, out, kernel, options.groups, "conv_transpose2d"));
  add_weight(glorot({in, out / options.groups, kernel.height, kernel.width}, key));
  add_bias(out, options.bias);
}

// y = W ∗ᵀ x + b
Tensor ConvTranspose2d::forward(const Tensor& x) { return conv_transpose2d(x, weight(), bias(), options_); }

}  // namespace gradus::nn
