// Convolutions and pooling along one axis: padding at each end, and what is refused because there is no second axis.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/convolution.h"
#include "autograd/tensor/ops/pooling.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/naive.h"

using namespace gradus;
using namespace gradus::reference;

namespace one_axis_windows_test {

namespace {

using Line = std::vector<double>;

Array some(const Shape& shape, std::uint64_t seed) {
  Numbers numbers(seed);
  return random_array(numbers, shape);
}

Tensor zeros(const Shape& shape) { return Tensor(Array::zeros(shape)); }

}  // namespace

TEST_CASE("conv along one axis: padding in front and behind", "[conv]") {
  const Tensor x(Array({1, 1, 4}, {1, 2, 3, 4}));
  const Tensor w(Array({1, 1, 2}, {1, 10}));
  CHECK(conv1d(x, w, {}, {.padding = {2, 0}}).to_vector() == Line{0, 10, 21, 32, 43});
  CHECK(conv1d(x, w, {}, {.padding = {0, 3}}).to_vector() == Line{21, 32, 43, 4, 0, 0});
  CHECK(conv_transpose1d(x, w, {}, {.padding = {2, 1}}).to_vector() == Line{23, 34});
  check_twice(
      [](const auto& t) {
        return weighted(conv1d(t[0], t[1], t[2], {.stride = 2, .padding = {0, 4}}));
      },
      {some({2, 2, 6}, 73), some({3, 2, 3}, 74), some({3}, 75)});
  check_twice(
      [](const auto& t) {
        return weighted(conv_transpose1d(t[0], t[1], {}, {.padding = {2, 0}}));
      },
      {some({2, 2, 6}, 73), some({2, 3, 3}, 76)});
}

TEST_CASE("conv along one axis: a padding behind that the kernel needs whole", "[conv]") {
  const Tensor x(Array({1, 1, 1}, {2}));
  const Tensor w(Array({1, 1, 4}, {1, 2, 3, 4}));
  CHECK(conv1d(x, w, {}, {.padding = {0, 3}}).to_vector() == Line{2});
  // Who must know the shape before computing, the reader of files for one, is told the same.
  Convolve narrow;
  narrow.geometry.window[1] = {1, 4, 1, 1, 1, 0};
  CHECK(narrow.result_shape(std::array{Shape{1, 1, 1, 1}, Shape{1, 1, 1, 4}}) == Shape{1, 1, 1, 1});
  narrow.geometry.window[1] = {1, 4, 6, 1, 1, 0};
  CHECK_THROWS_MATCHES(narrow.result_shape(std::array{Shape{1, 1, 1, 1}, Shape{1, 1, 1, 4}}), ShapeError,
                       test::Message("[conv] the window leaves the input"));
}

TEST_CASE("pool: a window that a file makes far larger than its image is refused", "[pool]") {
  MaxPool huge;
  huge.window[1] = {6, 2147483647, 6, 1, 1, 0};
  CHECK_THROWS_MATCHES(huge.result_shape(std::array{Shape{1, 1, 1, 6}}), ShapeError,
                       test::Message("[max_pool] the window leaves the input"));
}

TEST_CASE("windows along one axis: two numbers that differ are refused", "[conv][pool]") {
  using test::Message;
  const Tensor line = zeros({4, 9});
  const Tensor w = zeros({4, 4, 2});
  CHECK_THROWS_MATCHES(conv1d(line, w, {}, {.stride = {1, 2}}), ValueError,
                       Message("[conv1d] stride is one number, as there is one axis: (1, 2)"));
  CHECK_THROWS_MATCHES(conv1d(line, w, {}, {.dilation = {1, 2}}), ValueError,
                       Message("[conv1d] dilation is one number, as there is one axis: (1, 2)"));
  CHECK_THROWS_MATCHES(conv_transpose1d(line, w, {}, {.stride = 2, .output_padding = {0, 1}}), ValueError,
                       Message("[conv_transpose1d] output_padding is one number, as there is one axis: (0, 1)"));
  CHECK_THROWS_MATCHES(max_pool1d(line, 2, {.stride = {1, 2}}), ValueError,
                       Message("[max_pool1d] stride is one number, as there is one axis: (1, 2)"));
  CHECK_THROWS_MATCHES(avg_pool1d(line, 2, {.padding = {0, 1}}), ValueError,
                       Message("[avg_pool1d] padding is one number, as there is one axis: (0, 1)"));
  CHECK(max_pool1d(line, 2, {.stride = {3, 3}}).shape() == Shape{4, 3});
}

TEST_CASE("windows: numbers that no window has are refused", "[conv][pool]") {
  using test::Message;
  const Tensor image = zeros({2, 4, 4});
  const Tensor w = zeros({2, 2, 2, 2});
  const auto complaint = [](std::string_view op, const char* option, int least, std::int64_t value) {
    return Message("[" + std::string(op) + "] " + option + " must be at least " + std::to_string(least) + ": " +
                   std::to_string(value));
  };
  for (const std::int64_t n : {-2, -1, 0}) {
    CHECK_THROWS_MATCHES(conv2d(image, w, {}, {.stride = n}), ValueError, complaint("conv2d", "stride", 1, n));
    CHECK_THROWS_MATCHES(conv2d(image, w, {}, {.dilation = n}), ValueError, complaint("conv2d", "dilation", 1, n));
    CHECK_THROWS_MATCHES(conv2d(image, w, {}, {.groups = n}), ValueError, complaint("conv2d", "groups", 1, n));
    CHECK_THROWS_MATCHES(conv_transpose2d(image, w, {}, {.stride = n}), ValueError,
                         complaint("conv_transpose2d", "stride", 1, n));
    CHECK_THROWS_MATCHES(conv_transpose2d(image, w, {}, {.dilation = n}), ValueError,
                         complaint("conv_transpose2d", "dilation", 1, n));
    CHECK_THROWS_MATCHES(conv_transpose2d(image, w, {}, {.groups = n}), ValueError,
                         complaint("conv_transpose2d", "groups", 1, n));
    CHECK_THROWS_MATCHES(max_pool2d(image, n), ValueError, complaint("max_pool2d", "kernel", 1, n));
    CHECK_THROWS_MATCHES(max_pool2d(image, 2, {.stride = n}), ValueError, complaint("max_pool2d", "stride", 1, n));
    CHECK_THROWS_MATCHES(max_pool2d(image, 2, {.dilation = n}), ValueError, complaint("max_pool2d", "dilation", 1, n));
    CHECK_THROWS_MATCHES(avg_pool2d(image, n), ValueError, complaint("avg_pool2d", "kernel", 1, n));
    CHECK_THROWS_MATCHES(avg_pool2d(image, 2, {.stride = n}), ValueError, complaint("avg_pool2d", "stride", 1, n));
  }
  for (const std::int64_t n : {-2, -1}) {
    CHECK_THROWS_MATCHES(conv2d(image, w, {}, {.padding = n}), ValueError, complaint("conv2d", "padding", 0, n));
    CHECK_THROWS_MATCHES(conv_transpose2d(image, w, {}, {.padding = n}), ValueError,
                         complaint("conv_transpose2d", "padding", 0, n));
    CHECK_THROWS_MATCHES(conv_transpose2d(image, w, {}, {.output_padding = n}), ValueError,
                         complaint("conv_transpose2d", "output_padding", 0, n));
    CHECK_THROWS_MATCHES(max_pool2d(image, 2, {.padding = n}), ValueError, complaint("max_pool2d", "padding", 0, n));
    CHECK_THROWS_MATCHES(avg_pool2d(image, 2, {.padding = n}), ValueError, complaint("avg_pool2d", "padding", 0, n));
  }
  CHECK_THROWS_MATCHES(conv1d(zeros({4, 9}), zeros({4, 4, 2}), {}, {.padding = {1, -1}}), ValueError,
                       complaint("conv1d", "padding", 0, -1));
}

}  // namespace one_axis_windows_test
