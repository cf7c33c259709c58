// Convolutions against their definition, and their derivatives.
#include "autograd/tensor/ops/convolution.h"

#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/einsum.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/naive.h"

using namespace gradus;
using namespace gradus::reference;

namespace convolution_test {

namespace {

/// conv(x, w) by the definition; `padding` in front of each side, as many outputs as given.
Array naive_conv(const Array& x, const Array& w, const Convolution& c) {
  const Shape sx = x.shape();
  const Shape sw = w.shape();
  const WindowAxis& v = c.window[0];
  const WindowAxis& h = c.window[1];
  const std::int64_t outputs_in_group = sw[0] / c.groups;
  const std::vector<double> numbers_x = x.to_vector();
  const std::vector<double> numbers_w = w.to_vector();
  const auto place = [](const Shape& shape, std::int64_t a, std::int64_t b, std::int64_t i, std::int64_t j) {
    return static_cast<std::size_t>(((a * shape[1] + b) * shape[2] + i) * shape[3] + j);
  };
  std::vector<double> out;
  for_each_index({sx[0], sw[0], v.output, h.output}, [&](const Index& at) {
    double s = 0.0;
    for (std::int64_t channel = 0; channel < sw[1]; ++channel) {
      for (std::int64_t k = 0; k < sw[2]; ++k) {
        for (std::int64_t l = 0; l < sw[3]; ++l) {
          const std::int64_t i = at[2] * v.stride + k * v.dilation - v.before;
          const std::int64_t j = at[3] * h.stride + l * h.dilation - h.before;
          if (i < 0 || i >= sx[2] || j < 0 || j >= sx[3]) continue;
          s += numbers_x[place(sx, at[0], at[1] / outputs_in_group * sw[1] + channel, i, j)] *
               numbers_w[place(sw, at[1], channel, k, l)];
        }
      }
    }
    out.push_back(s);
  });
  return Array({sx[0], sw[0], v.output, h.output}, out);
}

/// One random problem: operands and options.
struct Problem {
  Array x;
  Array w;
  Array bias;
  ConvOptions options;
  Convolution geometry;
};

Problem random_problem(Numbers& numbers, std::int64_t most_side, std::int64_t most_channels) {
  Problem p;
  Convolution& c = p.geometry;
  c.groups = 1 + numbers.whole(3);
  for (WindowAxis& a : c.window) {
    a.kernel = 1 + numbers.whole(4);
    a.stride = 1 + numbers.whole(3);
    a.dilation = 1 + numbers.whole(2);
    a.before = numbers.whole(4);
    const std::int64_t reach = a.dilation * (a.kernel - 1) + 1;
    a.input = std::max<std::int64_t>(reach - 2 * a.before, 1) + numbers.whole(most_side);
    a.output = (a.input + 2 * a.before - reach) / a.stride + 1;
  }
  if (numbers.chance(0.2)) {  // the case without unfolding, when the plane is large enough
    for (WindowAxis& a : c.window) a = {a.input + 10, 1, a.input + 10, 1, 1, 0};
  }
  const WindowAxis& v = c.window[0];
  const WindowAxis& h = c.window[1];
  const std::int64_t channels = 1 + numbers.whole(most_channels);
  const std::int64_t outputs = c.groups * (1 + numbers.whole(most_channels));
  p.x = shuffled_in_memory(numbers, random_array(numbers, {numbers.whole(4), c.groups * channels, v.input, h.input}));
  p.w = shuffled_in_memory(numbers, random_array(numbers, {outputs, channels, v.kernel, h.kernel}));
  p.bias = random_array(numbers, {outputs});
  p.options = {{v.stride, h.stride}, {v.before, h.before}, {v.dilation, h.dilation}, c.groups};
  return p;
}

double inner(const Array& a, const Array& b) {
  const std::vector<double> x = a.to_vector();
  const std::vector<double> y = b.to_vector();
  double s = 0.0;
  for (std::size_t k = 0; k < x.size(); ++k) s += x[k] * y[k];
  return s;
}

Array plus_bias(const Array& y, const Array& bias) { return y + bias.reshape({bias.size(), 1, 1}); }

Tensor zeros(const Shape& shape) { return Tensor(Array::zeros(shape)); }

Array random(const Shape& shape, std::uint64_t seed = 61) {
  Numbers numbers(seed);
  return random_array(numbers, shape, DType::float64, -1, 1);
}

}  // namespace

TEST_CASE("conv: values of any geometry, against the definition", "[conv]") {
  Numbers numbers(51);
  for (int round = 0; round < 400; ++round) {
    const Problem p = random_problem(numbers, round % 10 == 0 ? 30 : 6, 3);
    INFO(to_string(p.x.shape()) << " by " << to_string(p.w.shape()) << ", " << p.options.groups << " groups");
    const Array expected = plus_bias(naive_conv(p.x, p.w, p.geometry), p.bias);
    const Tensor got = conv2d(Tensor(p.x), Tensor(p.w), Tensor(p.bias), p.options);
    REQUIRE(got.shape() == expected.shape());
    CHECK(far_apart(got.to_vector(), expected.to_vector(), 1e-13) == "");
    const auto as_float = [](const Array& a) { return Tensor(a.to(DType::float32)); };
    const Tensor single = conv2d(as_float(p.x), as_float(p.w), as_float(p.bias), p.options);
    CHECK(single.dtype() == DType::float32);
    CHECK(far_apart(single.to_vector(), expected.to_vector(), 3e-5) == "");
  }
}

TEST_CASE("conv: large planes and long rows, a block at a time, against the definition", "[conv]") {
  // Several blocks in a plane, in a row, and several images in a block.
  struct Sizes {
    Shape x;
    Shape w;
    ConvOptions options;
  };
  const std::vector<Sizes> cases = {
      {{1, 32, 70, 65}, {2, 32, 3, 3}, {1, 1}},
      {{2, 40, 1, 2000}, {3, 40, 1, 5}, {1, {0, 2}}},
      {{2, 40, 1, 2000}, {3, 40, 1, 5}, {{1, 3}, {0, 2}}},
      {{70, 3, 5, 5}, {4, 3, 3, 3}, {1, 1}},
      {{300, 2, 2, 3}, {4, 1, 2, 2}, {1, 0, 1, 2}},
      {{3, 300, 12, 12}, {2, 300, 3, 3}, {2, 1}},
  };
  Numbers numbers(52);
  for (const Sizes& s : cases) {
    INFO(to_string(s.x) << " by " << to_string(s.w));
    const Tensor x = variable(random_array(numbers, s.x));
    const Tensor w = variable(random_array(numbers, s.w));
    const Tensor y = conv2d(x, w, {}, s.options);
    Convolution c{{}, s.options.groups};
    const Pair padding = s.options.padding.amount();
    c.window[0] = {s.x[2], s.w[2], y.shape()[2], s.options.stride.height, 1, padding.height};
    c.window[1] = {s.x[3], s.w[3], y.shape()[3], s.options.stride.width, 1, padding.width};
    const Array expected = naive_conv(x.value(), w.value(), c);
    CHECK(far_apart(y.to_vector(), expected.to_vector(), 1e-12) == "");
    // The adjoints: ⟨g, conv(x, w)⟩ = ⟨ConvolveInput(g, w), x⟩ = ⟨ConvolveWeight(x, g), w⟩ for other x and w too.
    const Array g = random_array(numbers, y.shape());
    const auto got = grad(y, std::vector{x, w}, g);
    const Array other_x = random_array(numbers, s.x);
    const Array other_w = random_array(numbers, s.w);
    CHECK(inner(got[0].value(), other_x) == test::Approx(inner(g, naive_conv(other_x, w.value(), c))).epsilon(1e-10));
    CHECK(inner(got[1].value(), other_w) == test::Approx(inner(g, naive_conv(x.value(), other_w, c))).epsilon(1e-10));
  }
}

TEST_CASE("conv: the three ops are adjoint to each other in any geometry", "[conv]") {
  Numbers numbers(53);
  for (int round = 0; round < 400; ++round) {
    const Problem p = random_problem(numbers, round % 10 == 0 ? 30 : 6, 3);
    if (p.x.size() == 0) continue;
    const Array y = naive_conv(p.x, p.w, p.geometry);
    const Array g = shuffled_in_memory(numbers, random_array(numbers, y.shape()));
    const double expected = inner(g, y);
    const Array by_x = convolve_input(g, p.w, p.geometry);
    const Array by_w = convolve_weight(p.x, g, p.geometry);
    INFO(to_string(p.x.shape()) << " by " << to_string(p.w.shape()) << ", " << p.options.groups << " groups");
    REQUIRE(by_x.shape() == p.x.shape());
    REQUIRE(by_w.shape() == p.w.shape());
    CHECK(inner(by_x, p.x) == test::Approx(expected).epsilon(1e-11).margin(1e-10));
    CHECK(inner(by_w, p.w) == test::Approx(expected).epsilon(1e-11).margin(1e-10));
    // float32 computes the same.
    const auto as_float = [](const Array& a) { return a.to(DType::float32); };
    CHECK(far_apart(convolve_input(as_float(g), as_float(p.w), p.geometry).to_vector(), by_x.to_vector(), 5e-5) == "");
    CHECK(far_apart(convolve_weight(as_float(p.x), as_float(g), p.geometry).to_vector(), by_w.to_vector(), 5e-4) == "");
  }
}

TEST_CASE("conv: gradients and gradients of gradients agree with differences", "[conv]") {
  const auto check = [](const Shape& x, const Shape& w, std::int64_t outputs, const ConvOptions& options) {
    INFO(to_string(x) << " by " << to_string(w));
    check_twice([&](const auto& t) { return weighted(conv2d(t[0], t[1], t[2], options)); },
                {random(x), random(w, 62), random({outputs}, 63)});
  };
  check({2, 2, 3, 4}, {2, 2, 2, 2}, 2, {});
  check({1, 2, 4, 3}, {2, 1, 2, 3}, 2, {.stride = {2, 1}, .padding = {1, 2}, .groups = 2});
  check({1, 1, 5, 4}, {2, 1, 2, 2}, 2, {.stride = 1, .padding = 1, .dilation = {2, 1}});
  check({2, 2, 2, 2}, {1, 2, 1, 1}, 1, {});
  check_twice([](const auto& t) { return weighted(conv1d(t[0], t[1], t[2], {.stride = 2, .padding = 1})); },
              {random({2, 2, 5}), random({2, 2, 3}, 64), random({2}, 65)});
}

TEST_CASE("conv: transposed convolutions, against the adjoint of the definition", "[conv]") {
  Numbers numbers(54);
  for (int round = 0; round < 300; ++round) {
    const auto pair = [&](std::int64_t least, std::int64_t most) {
      return Pair{least + numbers.whole(most), least + numbers.whole(most)};
    };
    ConvTransposeOptions o;
    o.stride = pair(1, 3);
    o.dilation = pair(1, 2);
    o.groups = 1 + numbers.whole(2);
    o.output_padding = {numbers.whole(std::max(o.stride.height, o.dilation.height)),
                        numbers.whole(std::max(o.stride.width, o.dilation.width))};
    const Pair kernel = pair(1, 3);
    o.padding = {numbers.whole(o.dilation.height * (kernel.height - 1) / 2 + 1),
                 numbers.whole(o.dilation.width * (kernel.width - 1) / 2 + 1)};
    const std::int64_t channels = o.groups * (1 + numbers.whole(3));
    const std::int64_t outputs = 1 + numbers.whole(3);
    const Array x = random_array(numbers, {1 + numbers.whole(3), channels, 1 + numbers.whole(5), 1 + numbers.whole(5)});
    const Array w = random_array(numbers, {channels, outputs, kernel.height, kernel.width});
    const Tensor y = conv_transpose2d(Tensor(x), Tensor(w), {}, o);
    const auto size = [](std::int64_t n, std::int64_t s, std::int64_t p, std::int64_t d, std::int64_t k,
                         std::int64_t extra) { return (n - 1) * s - 2 * p + d * (k - 1) + extra + 1; };
    const Shape shape{
        x.shape()[0], outputs * o.groups,
        size(x.shape()[2], o.stride.height, o.padding.height, o.dilation.height, kernel.height,
             o.output_padding.height),
        size(x.shape()[3], o.stride.width, o.padding.width, o.dilation.width, kernel.width, o.output_padding.width)};
    REQUIRE(y.shape() == shape);
    Convolution c{{}, o.groups};
    c.window[0] = {shape[2], kernel.height, x.shape()[2], o.stride.height, o.dilation.height, o.padding.height};
    c.window[1] = {shape[3], kernel.width, x.shape()[3], o.stride.width, o.dilation.width, o.padding.width};
    const Array u = random_array(numbers, shape);
    CHECK(inner(y.value(), u) == test::Approx(inner(x, naive_conv(u, w, c))).epsilon(1e-11).margin(1e-10));
  }
}

TEST_CASE("conv: transposed convolutions have gradients of any order", "[conv]") {
  check_twice(
      [](const auto& t) {
        return weighted(
            conv_transpose2d(t[0], t[1], t[2], {.stride = {2, 1}, .padding = {1, 0}, .output_padding = {1, 0}}));
      },
      {random({2, 2, 2, 2}), random({2, 2, 3, 2}, 66), random({2}, 67)});
  check_twice([](const auto& t) { return weighted(conv_transpose1d(t[0], t[1], t[2], {.stride = 2, .groups = 2})); },
              {random({1, 4, 3}), random({4, 1, 2}, 68), random({2}, 69)});
}

TEST_CASE("conv: known numbers", "[conv]") {
  // [1, 2, 3, 4] against [1, 10]: the weight is not flipped.
  const Tensor x(Array({1, 1, 4}, {1, 2, 3, 4}));
  const Tensor w(Array({1, 1, 2}, {1, 10}));
  CHECK(conv1d(x, w).to_vector() == std::vector<double>{21, 32, 43});
  CHECK(conv1d(x, w, {}, {.padding = "same"}).to_vector() == std::vector<double>{21, 32, 43, 4});
  CHECK(conv1d(x, w, {}, {.padding = "valid"}).to_vector() == std::vector<double>{21, 32, 43});
  CHECK(conv1d(x, w, {}, {.padding = 1}).to_vector() == std::vector<double>{10, 21, 32, 43, 4});
  CHECK(conv1d(x, w, {}, {.stride = 2}).to_vector() == std::vector<double>{21, 43});
  CHECK(conv1d(x, w, {}, {.dilation = 3}).to_vector() == std::vector<double>{41});
  CHECK(conv1d(x, w, Tensor(Array({1}, {0.5}))).to_vector() == std::vector<double>{21.5, 32.5, 43.5});
  CHECK(conv_transpose1d(x, w).to_vector() == std::vector<double>{1, 12, 23, 34, 40});
  CHECK(conv_transpose1d(x, w, {}, {.stride = 2}).to_vector() == std::vector<double>{1, 10, 2, 20, 3, 30, 4, 40});
  CHECK(conv_transpose1d(x, w, {}, {.stride = 3, .padding = 1, .output_padding = 1}).to_vector() ==
        std::vector<double>{10, 0, 2, 20, 0, 3, 30, 0, 4, 40});
}

TEST_CASE("conv: padding 'same' keeps the size, with an odd zero behind", "[conv]") {
  for (const std::int64_t kernel : {1, 2, 3, 4, 5}) {
    for (const std::int64_t dilation : {1, 2, 3}) {
      const Tensor x(random({2, 1, 7, 6}));
      const Tensor w(random({3, 1, kernel, kernel + 1}, 70));
      const Tensor y = conv2d(x, w, {}, {.padding = "same", .dilation = dilation});
      REQUIRE(y.shape() == Shape{2, 3, 7, 6});
      const std::int64_t before_h = dilation * (kernel - 1) / 2;
      const std::int64_t before_w = dilation * kernel / 2;
      Convolution c;
      c.window[0] = {7, kernel, 7, 1, dilation, before_h};
      c.window[1] = {6, kernel + 1, 6, 1, dilation, before_w};
      CHECK(far_apart(y.to_vector(), naive_conv(x.value(), w.value(), c).to_vector(), 1e-13) == "");
    }
  }
}

TEST_CASE("conv: one image alone, and one axis as an image of height 1", "[conv]") {
  const Tensor x = variable(random({2, 5, 6}));
  const Tensor w = variable(random({3, 2, 2, 3}, 71));
  const Tensor alone = conv2d(x, w);
  const Tensor batch = conv2d(reshape(x, {1, 2, 5, 6}), w);
  CHECK(alone.shape() == Shape{3, 4, 4});
  CHECK(alone.to_vector() == batch.to_vector());
  CHECK(grad(sum(alone * alone), {x})[0].shape() == x.shape());
  const Tensor line(random({2, 9}));
  const Tensor v(random({3, 2, 4}, 72));
  const Tensor y = conv1d(line, v, {}, {.stride = 2, .padding = 1});
  CHECK(y.shape() == Shape{3, 4});
  CHECK(y.to_vector() ==
        conv2d(reshape(line, {1, 2, 1, 9}), reshape(v, {3, 2, 1, 4}), {}, {.stride = {1, 2}, .padding = {0, 1}})
            .to_vector());
  CHECK(conv_transpose1d(line, Tensor(random({2, 3, 4}))).shape() == Shape{3, 12});
}

TEST_CASE("conv: a window as large as the image is an einsum", "[conv]") {
  const Tensor x = variable(random({3, 4, 5, 6}));
  const Tensor w = variable(random({2, 4, 5, 6}, 73));
  const Tensor y = reshape(conv2d(x, w), {3, 2});
  const Tensor twin = einsum("nchw,ochw->no", {x, w});
  CHECK(far_apart(y.to_vector(), twin.to_vector(), 1e-13) == "");
  const auto g = grad(sum(tanh(y)), {x, w});
  const auto expected = grad(sum(tanh(twin)), {x, w});
  for (std::size_t k = 0; k < 2; ++k) CHECK(far_apart(g[k].to_vector(), expected[k].to_vector(), 1e-13) == "");
}

TEST_CASE("conv: empty batches, and no channels", "[conv]") {
  const Tensor w = variable(random({3, 2, 2, 2}));
  const Tensor x = variable(Array::zeros({0, 2, 5, 5}));
  const Tensor y = conv2d(x, w, zeros({3}));
  CHECK(y.shape() == Shape{0, 3, 4, 4});
  const auto g = grad(sum(y), {x, w});
  CHECK(g[0].shape() == x.shape());
  CHECK(g[1].to_vector() == std::vector<double>(24, 0.0));
  CHECK(conv_transpose2d(zeros({0, 3, 4, 4}), w).shape() == Shape{0, 2, 5, 5});
  CHECK(conv2d(zeros({1, 0, 2, 2}), zeros({1, 0, 1, 1}), Tensor(Array({1}, {3}))).to_vector() ==
        std::vector<double>(4, 3.0));
}

TEST_CASE("conv: what does not fit is named with the shapes", "[conv]") {
  using test::Message;
  const Tensor x = zeros({1, 4, 5, 5});
  const Tensor w = zeros({6, 4, 3, 3});
  CHECK_THROWS_MATCHES(conv2d(zeros({5, 5}), w), ShapeError,
                       Message("[conv2d] images [n, c, height, width] or [c, height, width] and a weight [·, ·, kernel "
                               "height, kernel width] are needed: [5, 5] by [6, 4, 3, 3]"));
  CHECK_THROWS_MATCHES(conv1d(x, w), ShapeError,
                       Message("[conv1d] images [n, c, length] or [c, length] and a weight [·, ·, kernel] are needed: "
                               "[1, 4, 5, 5] by [6, 4, 3, 3]"));
  CHECK_THROWS_MATCHES(conv2d(x, zeros({6, 3, 3, 3})), ShapeError,
                       Message("[conv2d] 1 groups of 3 channels are needed: [1, 4, 5, 5] by [6, 3, 3, 3]"));
  CHECK_THROWS_MATCHES(conv2d(x, zeros({3, 2, 3, 3}), {}, {.groups = 2}), ShapeError,
                       Message("[conv2d] 2 groups do not divide the 3 outputs: [1, 4, 5, 5] by [3, 2, 3, 3]"));
  CHECK_THROWS_MATCHES(conv2d(x, zeros({6, 4, 3, 6})), ShapeError,
                       Message("[conv2d] the kernel is larger than the padded image: [1, 4, 5, 5] by [6, 4, 3, 6]"));
  CHECK_THROWS_MATCHES(conv2d(x, zeros({6, 4, 0, 3})), ShapeError,
                       Message("[conv2d] the kernel is empty: [1, 4, 5, 5] by [6, 4, 0, 3]"));
  CHECK_THROWS_MATCHES(conv2d(x, w, zeros({4})), ShapeError, Message("[conv2d] the bias must have the shape [6]: [4]"));
  CHECK_THROWS_MATCHES(conv2d(x, w, {}, {.stride = 0}), ValueError, Message("[conv2d] stride must be at least 1: 0"));
  CHECK_THROWS_MATCHES(conv2d(x, w, {}, {.dilation = {1, -1}}), ValueError,
                       Message("[conv2d] dilation must be at least 1: -1"));
  CHECK_THROWS_MATCHES(conv2d(x, w, {}, {.padding = -1}), ValueError,
                       Message("[conv2d] padding must be at least 0: -1"));
  CHECK_THROWS_MATCHES(conv2d(x, w, {}, {.groups = 0}), ValueError, Message("[conv2d] groups must be at least 1: 0"));
  CHECK_THROWS_MATCHES(conv2d(x, w, {}, {.stride = std::int64_t{1} << 40}), ValueError,
                       Message("[conv2d] stride must be at most 1073741824: 1099511627776"));
  CHECK_THROWS_MATCHES(conv2d(x, w, {}, {.stride = 2, .padding = "same"}), ValueError,
                       Message("[conv2d] padding 'same' needs a stride of 1, not 2"));
  CHECK_THROWS_MATCHES(Padding("half"), ValueError, Message("[padding] 'half' is neither 'same' nor 'valid'"));
  CHECK_THROWS_MATCHES(conv_transpose2d(x, w), ShapeError,
                       Message("[conv_transpose2d] 6 channels are needed: [1, 4, 5, 5] by [6, 4, 3, 3]"));
  CHECK_THROWS_MATCHES(
      conv_transpose2d(x, zeros({4, 1, 2, 2}), {}, {.groups = 3}), ShapeError,
      Message("[conv_transpose2d] 3 groups do not divide the 4 channels: [1, 4, 5, 5] by [4, 1, 2, 2]"));
  CHECK_THROWS_MATCHES(conv_transpose2d(x, zeros({4, 1, 2, 2}), {}, {.stride = 2, .output_padding = 2}), ValueError,
                       Message("[conv_transpose2d] output_padding 2 is not below the stride, 2, or the dilation, 1"));
  CHECK_THROWS_MATCHES(conv_transpose2d(zeros({1, 4, 1, 1}), zeros({4, 1, 2, 2}), {}, {.padding = 1}), ShapeError,
                       Message("[conv_transpose2d] nothing is left of the images: [1, 4, 1, 1] by [4, 1, 2, 2]"));
}

TEST_CASE("conv: operands promote", "[conv]") {
  const Tensor x = variable(random({1, 1, 3, 3}).to(DType::float32));
  const Tensor w = variable(random({1, 1, 2, 2}));
  const Tensor y = conv2d(x, w);
  CHECK(y.dtype() == DType::float64);
  const auto g = grad(sum(y), {x, w});
  CHECK(g[0].dtype() == DType::float32);
  CHECK(g[1].dtype() == DType::float64);
  // A wider bias makes the result wider; a narrower one becomes as wide.
  const Tensor narrow = variable(Array({1}, {0.5}).to(DType::float32));
  CHECK(conv2d(x, w.detach(), narrow).dtype() == DType::float64);
  const Tensor single = conv2d(x, Tensor(w.value().to(DType::float32)), Tensor(Array({1}, {0.1})));
  CHECK(single.dtype() == DType::float64);
  const Tensor twin = conv2d(x, Tensor(w.value().to(DType::float32)));
  CHECK(single.to_vector()[0] == twin.to_vector()[0] + 0.1);
  CHECK(grad(sum(conv2d(x, w, narrow)), {narrow})[0].to_vector() == std::vector<double>{4});
}

}  // namespace convolution_test
