// Pooling against its definition, and its derivatives.
#include "autograd/tensor/ops/pooling.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/naive.h"

using namespace gradus;
using namespace gradus::reference;

namespace pooling_test {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The places in the plane, row-major, that a window sees inside the image.
std::vector<std::size_t> seen(const WindowAxes& window, std::int64_t i, std::int64_t j) {
  const auto& [v, h] = window;
  std::vector<std::size_t> out;
  for (std::int64_t k = 0; k < v.kernel; ++k) {
    for (std::int64_t l = 0; l < h.kernel; ++l) {
      const std::int64_t row = i * v.stride + k * v.dilation - v.before;
      const std::int64_t column = j * h.stride + l * h.dilation - h.before;
      if (row < 0 || row >= v.input || column < 0 || column >= h.input) continue;
      out.push_back(static_cast<std::size_t>(row * h.input + column));
    }
  }
  return out;
}

/// f(the numbers of the window's plane, what the window sees, its row and column) for each output of each plane.
template <class F>
std::vector<double> for_each_window(const Array& x, const WindowAxes& window, F&& f) {
  const std::vector<double> all = x.to_vector();
  const auto size = static_cast<std::ptrdiff_t>(window[0].input * window[1].input);
  std::vector<double> out;
  for (auto plane = all.begin(); plane != all.end(); plane += size) {
    const std::vector<double> numbers(plane, plane + size);
    for (std::int64_t i = 0; i < window[0].output; ++i) {
      for (std::int64_t j = 0; j < window[1].output; ++j) out.push_back(f(numbers, seen(window, i, j), i, j));
    }
  }
  return out;
}

double largest(const std::vector<double>& plane, const std::vector<std::size_t>& places) {
  double m = -inf;
  for (const std::size_t p : places) m = plane[p] > m || std::isnan(plane[p]) ? plane[p] : m;
  return m;
}

/// The number of places of an axis that a mean is divided by, as PyTorch counts them.
double counted(const WindowAxis& a, std::int64_t j, bool with_padding) {
  const std::int64_t begin = j * a.stride - a.before;
  const std::int64_t end = std::min(begin + a.kernel, a.input + a.before);
  if (with_padding) return static_cast<double>(end - begin);
  return static_cast<double>(std::min(end, a.input) - std::max<std::int64_t>(begin, 0));
}

struct Problem {
  Array x;
  Pair kernel{1};
  MaxPoolOptions options;
  WindowAxes window;
};

Problem random_problem(Numbers& numbers, bool dilated) {
  Problem p;
  p.options.ceil_mode = numbers.chance(0.5);
  for (WindowAxis& a : p.window) {
    a.kernel = 1 + numbers.whole(4);
    a.stride = 1 + numbers.whole(4);
    a.dilation = dilated ? 1 + numbers.whole(3) : 1;
    const std::int64_t reach = a.dilation * (a.kernel - 1) + 1;
    a.before = numbers.whole(reach / 2 + 1);
    a.input = std::max<std::int64_t>(1, reach - 2 * a.before) + numbers.whole(6);
    const std::int64_t room = a.input + 2 * a.before - reach;
    // As many windows as begin before the end: one that hangs over in ceil mode.
    a.output = 0;
    for (std::int64_t j = 0; j * a.stride <= room; ++j) ++a.output;
    const std::int64_t next = a.output * a.stride;
    if (p.options.ceil_mode && next < room + a.stride && next < a.input + a.before) ++a.output;
  }
  const auto& [v, h] = p.window;
  p.x = shuffled_in_memory(numbers, random_array(numbers, {numbers.whole(3), 1 + numbers.whole(2), v.input, h.input}));
  p.kernel = {v.kernel, h.kernel};
  p.options.stride = {v.stride, h.stride};
  p.options.padding = {v.before, h.before};
  p.options.dilation = {v.dilation, h.dilation};
  return p;
}

/// Whole numbers, so that some are equal.
Array with_ties(Numbers& numbers, const Shape& shape) {
  std::vector<double> values(static_cast<std::size_t>(shape.size()));
  for (double& v : values) v = static_cast<double>(numbers.whole(4));
  return Array(shape, values);
}

Tensor zeros(const Shape& shape) { return Tensor(Array::zeros(shape)); }

double inner(const Array& a, const Array& b) { return sum_axes(a * b, Axes().mask(a.rank(), ""), false).item(); }

}  // namespace

TEST_CASE("max_pool: values and shares of any geometry, against the definition", "[pool]") {
  Numbers numbers(81);
  for (int round = 0; round < 400; ++round) {
    Problem p = random_problem(numbers, true);
    if (round % 2 == 0) p.x = with_ties(numbers, p.x.shape());
    INFO(to_string(p.x.shape()) << " by " << p.kernel.height << ", " << p.kernel.width);
    const Tensor x = variable(p.x);
    const Tensor y = max_pool2d(x, p.kernel, p.options);
    const auto expected = for_each_window(
        p.x, p.window, [](const auto& plane, const auto& places, auto, auto) { return largest(plane, places); });
    REQUIRE(y.shape() == Shape{p.x.shape()[0], p.x.shape()[1], p.window[0].output, p.window[1].output});
    CHECK(difference(y.to_vector(), expected) == "");
    CHECK(difference(max_pool2d(Tensor(p.x.to(DType::float32)), p.kernel, p.options).value(),
                     Array(y.shape(), expected).to(DType::float32)) == "");
    // Each cotangent in equal shares to the largest of its window.
    const Array g = random_array(numbers, y.shape());
    const std::vector<double> cotangents = g.to_vector();
    std::vector<double> shares(static_cast<std::size_t>(p.x.size()), 0.0);
    std::size_t window = 0;
    const std::size_t in_plane = static_cast<std::size_t>(p.window[0].input * p.window[1].input);
    const std::size_t out_plane = static_cast<std::size_t>(p.window[0].output * p.window[1].output);
    for_each_window(p.x, p.window, [&](const auto& plane, const auto& places, auto, auto) {
      const double m = largest(plane, places);
      double count = 0.0;
      for (const std::size_t at : places) count += plane[at] == m ? 1.0 : 0.0;
      for (const std::size_t at : places) {
        if (plane[at] == m) shares[window / out_plane * in_plane + at] += cotangents[window] / count;
      }
      ++window;
      return 0.0;
    });
    const Array by_x = grad(y, std::vector{x}, g)[0].value();
    CHECK(far_apart(by_x.to_vector(), shares, 1e-13) == "");
    // What gathers by the same shares is the adjoint.
    const Array u = random_array(numbers, p.x.shape());
    CHECK(inner(max_pool_take(p.x, u, p.window), g) == test::Approx(inner(u, by_x)).epsilon(1e-11).margin(1e-11));
  }
}

TEST_CASE("avg_pool: values and adjoints of any geometry, against the definition", "[pool]") {
  Numbers numbers(82);
  for (int round = 0; round < 400; ++round) {
    const Problem p = random_problem(numbers, false);
    const bool with_padding = numbers.chance(0.5);
    const AvgPoolOptions options{p.options.stride, p.options.padding, p.options.ceil_mode, with_padding};
    INFO(to_string(p.x.shape()) << " by " << p.kernel.height << ", " << p.kernel.width);
    const Tensor x = variable(p.x);
    const Tensor y = avg_pool2d(x, p.kernel, options);
    const auto mean = [&](const auto& plane, const auto& places, std::int64_t i, std::int64_t j) {
      double s = 0.0;
      for (const std::size_t at : places) s += plane[at];
      return s / (counted(p.window[0], i, with_padding) * counted(p.window[1], j, with_padding));
    };
    const auto expected = for_each_window(p.x, p.window, mean);
    REQUIRE(y.shape() == Shape{p.x.shape()[0], p.x.shape()[1], p.window[0].output, p.window[1].output});
    CHECK(far_apart(y.to_vector(), expected, 1e-14) == "");
    CHECK(far_apart(avg_pool2d(Tensor(p.x.to(DType::float32)), p.kernel, options).to_vector(), expected, 1e-6) == "");
    const Array g = random_array(numbers, y.shape());
    const Array u = random_array(numbers, p.x.shape());
    const Array by_x = grad(y, std::vector{x}, g)[0].value();
    CHECK(inner(by_x, u) == test::Approx(inner(g, avg_pool2d(Tensor(u), p.kernel, options).value())).margin(1e-11));
  }
}

TEST_CASE("pool: gradients and gradients of gradients agree with differences", "[pool]") {
  Numbers numbers(83);
  // Numbers a step apart, in any order, so that no difference changes which is the largest.
  std::vector<double> apart(60);
  const std::vector<int> order = random_order(numbers, 60);
  for (std::size_t k = 0; k < apart.size(); ++k) apart[k] = 0.03 * static_cast<double>(order[k]) - 1.0;
  const Array x({1, 3, 4, 5}, apart);
  const auto check = [&](auto&& pool) { check_twice([&](const auto& t) { return weighted(pool(t[0])); }, {x}); };
  check([](const Tensor& t) { return max_pool2d(t, 2); });
  check([](const Tensor& t) { return max_pool2d(t, {3, 2}, {.stride = 1, .padding = 1, .dilation = {1, 2}}); });
  check([](const Tensor& t) { return max_pool2d(t * t, 2, {.stride = {1, 2}, .ceil_mode = true}); });
  check([](const Tensor& t) { return avg_pool2d(t, 2); });
  check([](const Tensor& t) { return avg_pool2d(t * t, {2, 3}, {.stride = 1, .padding = 1}); });
  check([](const Tensor& t) {
    return avg_pool2d(t, 3, {.stride = 2, .padding = 1, .ceil_mode = true, .count_include_pad = false});
  });
  check([](const Tensor& t) { return max_pool1d(reshape(t, {4, 15}), 4); });
  check([](const Tensor& t) { return avg_pool1d(reshape(t, {2, 2, 15}), 4, {.padding = 2}); });
}

TEST_CASE("pool: known numbers", "[pool]") {
  const Tensor x(Array({1, 1, 5}, {1, 5, 2, 4, 3}));
  CHECK(max_pool1d(x, 2).to_vector() == std::vector<double>{5, 4});
  CHECK(max_pool1d(x, 2, {.ceil_mode = true}).to_vector() == std::vector<double>{5, 4, 3});
  CHECK(max_pool1d(x, 2, {.stride = 1, .padding = 1}).to_vector() == std::vector<double>{1, 5, 5, 4, 4, 3});
  CHECK(max_pool1d(x, 2, {.stride = 1, .dilation = 3}).to_vector() == std::vector<double>{4, 5});
  CHECK(avg_pool1d(x, 2).to_vector() == std::vector<double>{3, 3});
  CHECK(avg_pool1d(x, 2, {.ceil_mode = true}).to_vector() == std::vector<double>{3, 3, 3});
  CHECK(avg_pool1d(x, 2, {.padding = 1}).to_vector() == std::vector<double>{0.5, 3.5, 3.5});
  CHECK(avg_pool1d(x, 2, {.padding = 1, .count_include_pad = false}).to_vector() == std::vector<double>{1, 3.5, 3.5});
}

TEST_CASE("max_pool: equal numbers share the gradient, and padding has no part in it", "[pool]") {
  const Tensor x = variable(Array({1, 1, 2, 2}, {3, 3, 1, 3}));
  CHECK(grad(sum(max_pool2d(x, 2) * 6), {x})[0].to_vector() == std::vector<double>{2, 2, 0, 2});
  const Tensor low = variable(Array({1, 1, 2}, {-5, -7}));
  const Tensor y = max_pool1d(low, 2, {.stride = 1, .padding = 1});
  CHECK(y.to_vector() == std::vector<double>{-5, -5, -7});
  CHECK(grad(sum(y), {low})[0].to_vector() == std::vector<double>{2, 1});
  const Tensor bottom = variable(Array({1, 1, 2}, {-inf, -inf}));
  CHECK(max_pool1d(bottom, 2).item() == -inf);
  CHECK(grad(sum(max_pool1d(bottom, 2)), {bottom})[0].to_vector() == std::vector<double>{0.5, 0.5});
  // Dilated windows can step over the whole image.
  const Tensor dot = variable(Array({1, 1, 1}, {2}));
  const Tensor over = max_pool1d(dot, 2, {.stride = 1, .padding = 2, .dilation = 3});
  CHECK(over.to_vector() == std::vector<double>{-inf, -inf});
  CHECK(grad(sum(over), {dot})[0].to_vector() == std::vector<double>{0});
}

TEST_CASE("max_pool: NaN is not hidden, and infects no other window", "[pool]") {
  for (const DType dtype : {DType::float32, DType::float64}) {
    const Tensor x = variable(Array({1, 1, 6}, {1, not_a_number, not_a_number, 3, 4, 2}).to(dtype));
    const Tensor y = max_pool1d(x, 2);
    CHECK(std::isnan(y.to_vector()[0]));
    CHECK(std::isnan(y.to_vector()[1]));
    CHECK(y.to_vector()[2] == 4);
    const std::vector<double> g = grad(sum(y), {x})[0].to_vector();
    for (std::size_t k = 0; k < 4; ++k) CHECK(std::isnan(g[k]));
    CHECK(g[4] == 1);
    CHECK(g[5] == 0);
    // A zero cotangent adds nothing (K7).
    const auto zero = grad(y, std::vector{x}, Array({1, 1, 3}, {0, 0, 1}).to(dtype))[0].to_vector();
    CHECK(zero == std::vector<double>{0, 0, 0, 0, 1, 0});
  }
}

TEST_CASE("pool: tangents are what the rules for forward mode say", "[pool]") {
  // Along t, max_pool moves by the mean of t over the largest; the shares themselves do not move.
  const Array x({1, 1, 1, 4}, {1, 1, 5, 2});
  const Array t({1, 1, 1, 4}, {10, 20, 30, 40});
  WindowAxes window;
  window[1] = {4, 2, 2, 2, 1, 0};
  const MaxPool pool{{}, window};
  CHECK(pool.jvp(wrt<0>{}, t, x, pool.value(x)).to_vector() == std::vector<double>{15, 30});
  const MaxPoolTake take{{}, window};
  const Array y = take.value(x, t);
  CHECK(take.jvp(wrt<1>{}, x, x, t, y).to_vector() == std::vector<double>{1, 5});
  CHECK(take.jvp(wrt<0>{}, t, x, t, y).to_vector() == std::vector<double>{0, 0});
  const MaxPoolSpread spread{{}, window};
  const Array s = spread.value(x, y);
  CHECK(spread.jvp(wrt<1>{}, y, x, y, s).to_vector() == std::vector<double>{7.5, 7.5, 30, 0});
  CHECK(spread.jvp(wrt<0>{}, t, x, y, s).to_vector() == std::vector<double>(4, 0.0));
}

TEST_CASE("pool: one image alone, and empty batches", "[pool]") {
  Numbers numbers(84);
  const Tensor x = variable(random_array(numbers, {2, 4, 6}));
  CHECK(max_pool2d(x, 2).shape() == Shape{2, 2, 3});
  CHECK(max_pool2d(x, 2).to_vector() == max_pool2d(reshape(x, {1, 2, 4, 6}), 2).to_vector());
  CHECK(grad(sum(avg_pool2d(x, 2)), {x})[0].to_vector() == std::vector<double>(48, 0.25));
  CHECK(max_pool1d(reshape(x, {8, 6}), 3).shape() == Shape{8, 2});
  const Tensor none = variable(Array::zeros({0, 2, 4, 4}));
  const Tensor y = max_pool2d(none, 2);
  CHECK(y.shape() == Shape{0, 2, 2, 2});
  CHECK(grad(sum(y), {none})[0].shape() == none.shape());
  CHECK(grad(sum(avg_pool2d(none, 3)), {none})[0].shape() == none.shape());
}

TEST_CASE("pool: what does not fit is named with the shape", "[pool]") {
  using test::Message;
  const Tensor x = zeros({1, 2, 4, 4});
  CHECK_THROWS_MATCHES(max_pool2d(zeros({4, 4}), 2), ShapeError,
                       Message("[max_pool2d] images [n, c, height, width] or [c, height, width] are needed: [4, 4]"));
  CHECK_THROWS_MATCHES(avg_pool1d(x, 2), ShapeError,
                       Message("[avg_pool1d] images [n, c, length] or [c, length] are needed: [1, 2, 4, 4]"));
  CHECK_THROWS_MATCHES(avg_pool2d(x, 5), ShapeError,
                       Message("[avg_pool2d] the window, 5, is larger than the padded image: [1, 2, 4, 4]"));
  CHECK_THROWS_MATCHES(max_pool2d(zeros({1, 2, 0, 4}), 1), ShapeError,
                       Message("[max_pool2d] the images are empty: [1, 2, 0, 4]"));
  CHECK_THROWS_MATCHES(max_pool2d(x, 3, {.padding = 2}), ValueError,
                       Message("[max_pool2d] padding 2 is more than half of the window, 3"));
  CHECK_THROWS_MATCHES(max_pool2d(x, {0, 1}), ValueError, Message("[max_pool2d] kernel must be at least 1: 0"));
  CHECK_THROWS_MATCHES(avg_pool2d(x, 2, {.stride = 0}), ValueError,
                       Message("[avg_pool2d] stride must be at least 1: 0"));
  CHECK_THROWS_MATCHES(max_pool1d(zeros({2, 4}), 2, {.dilation = 0}), ValueError,
                       Message("[max_pool1d] dilation must be at least 1: 0"));
}

}  // namespace pooling_test
