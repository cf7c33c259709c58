// Reductions over any axes of any layout: values and gradients against their definitions in quad precision.
#include "autograd/tensor/ops/reductions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/groups.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace reductions_test {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

using Quads = std::vector<Quad>;

Quad total(const Quads& x) {
  Quad sum(0.0);
  for (const Quad v : x) sum = sum + v;
  return sum;
}

Quad product(const Group& x) {
  Quad p(1.0);
  for (const double v : x) p = p * v;
  return p;
}

Quads deviations(const Group& x) {
  Quad mean(0.0);
  for (const double v : x) mean = mean + Quad(v);
  mean = mean / static_cast<double>(x.size());
  Quads out;
  for (const double v : x) out.push_back(Quad(v) - mean);
  return out;
}

Quad variance(const Group& x, double correction) {
  Quads squares;
  for (const Quad d : deviations(x)) squares.push_back(d * d);
  return total(squares) / std::max(0.0, static_cast<double>(x.size()) - correction);
}

Quad p_norm(const Group& x, double p) {
  Quads terms;
  Quad largest(0.0);
  Quad smallest(inf);
  double nonzero = 0.0;
  for (const double v : x) {
    const Quad size(std::abs(v));
    largest = largest < size ? size : largest;
    smallest = size < smallest ? size : smallest;
    nonzero += v == 0.0 ? 0.0 : 1.0;
    terms.push_back(p == 0.0 || std::isinf(p) ? Quad(0.0) : power(size, p));
  }
  if (p == 0.0) return Quad(nonzero);
  if (std::isinf(p)) return p > 0.0 ? largest : smallest;
  if (p < 0.0 && smallest == Quad(0.0)) return Quad(0.0);
  const Quad sum = total(terms);
  return p == 1.0 || sum == Quad(0.0) ? sum : power(sum, 1.0 / p);
}

/// Numbers in some layout, of any size now and then, with some zeros and some far from 0.
struct Sample {
  Array x;
  std::uint32_t mask;
  Axes axes;
  bool keepdims;

  Sample(Numbers& numbers, int round, double zeros, double offset) {
    const Shape shape = random_shape(numbers, 6, round % 8 == 0 ? 6 : 3);
    std::vector<double> values(static_cast<std::size_t>(shape.size()));
    for (double& v : values) v = numbers.chance(zeros) ? 0.0 : offset + numbers.real(-2.0, 2.0);
    x = Array(shape, values).to(round % 2 == 0 ? DType::float32 : DType::float64);
    if (numbers.chance(0.5)) x = shuffled_in_memory(numbers, x);
    mask = static_cast<std::uint32_t>(numbers.bits()) & ((1U << shape.rank()) - 1);
    axes = axes_of(numbers, mask, shape.rank());
    keepdims = numbers.chance(0.5);
  }
  [[nodiscard]] bool has_empty_group() const {
    for (int k = 0; k < x.rank(); ++k) {
      if (((mask >> k) & 1U) != 0 && x.sizes()[static_cast<std::size_t>(k)] == 0) return true;
    }
    return false;
  }
};

void check_form(const Tensor& y, const Sample& s) {
  REQUIRE(y.shape() == reduced(s.x.shape(), s.mask, s.keepdims));
  CHECK(y.dtype() == s.x.dtype());
}

/// The gradient of the sum of f over all groups.
template <class F>
Array gradient_of(const F& f, const Array& x) {
  const Tensor v = variable(x);
  return grad(sum(f(v)), {v})[0].value();
}

}  // namespace

TEST_CASE("reductions: a product and its gradient, with zeros", "[reductions]") {
  Numbers numbers(21);
  for (int round = 0; round < 300; ++round) {
    const Sample s(numbers, round, 0.1, 0.0);
    INFO("prod of " << to_string(s.x.shape()) << " over " << s.mask);
    const auto f = [&](const Tensor& x) { return prod(x, s.axes, s.keepdims); };
    const Tensor y = f(Tensor(s.x));
    check_form(y, s);
    CHECK(worst_of_reduction(y.value(), s.x, s.mask, product) <= 1.0);
    CHECK(worst_of_map(gradient_of(f, s.x), s.x, s.mask, [](const Group& x) {
            Quads out;
            for (std::size_t i = 0; i < x.size(); ++i) {
              Group others = x;
              others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
              out.push_back(product(others));
            }
            return out;
          }) <= 1.0);
  }
}

TEST_CASE("reductions: a product neither overflows nor underflows on the way", "[reductions]") {
  const Tensor x = variable(Array({4}, {1e200, 1e200, 1e-200, 2e-200}));
  CHECK(ulp_distance(prod(x).item(), 2.0) <= 2);
  CHECK(difference(grad(prod(x), {x})[0].to_vector(), {2e-200, 2e-200, 2e200, 1e200}, 2) == "");
  std::vector<double> many(4000);
  for (std::size_t k = 0; k < many.size(); ++k) many[k] = k % 2 == 0 ? 1e300 : 3e-301;
  CHECK(prod(Tensor(Array({4000}, many))).item() == 0.0);  // 0.3^2000
  many.resize(1000);
  const Quad exact = power(Quad(0.3), 500.0);
  CHECK(std::abs(prod(Tensor(Array({1000}, many))).item() / static_cast<double>(exact) - 1.0) < 1e-12);
  CHECK(prod(Tensor(Array({2}, {5e-324, 0.5}))).item() == 0.0);
  CHECK(prod(Tensor(Array({2}, {1e308, 10}))).item() == inf);
}

TEST_CASE("reductions: what is not finite in a product", "[reductions]") {
  const auto value = [](std::initializer_list<double> x) {
    return prod(Tensor(Array({static_cast<std::int64_t>(x.size())}, x))).item();
  };
  CHECK(value({inf, 2, -1}) == -inf);
  CHECK(std::isnan(value({inf, 0})));
  CHECK(std::isnan(value({0, NaN})));
  CHECK(value({-inf, -inf}) == inf);
  CHECK(std::signbit(value({-0.0, 5})));
}

TEST_CASE("reductions: the variance and its gradient, however far from 0", "[reductions]") {
  Numbers numbers(22);
  for (int round = 0; round < 300; ++round) {
    const Sample s(numbers, round, 0.0, round % 3 == 0 ? 3e5 : 0.0);
    const double correction = round % 5 == 0 ? 1.0 : 0.0;
    INFO("var of " << to_string(s.x.shape()) << " over " << s.mask << " with correction " << correction);
    const auto f = [&](const Tensor& x) { return var(x, s.axes, s.keepdims, correction); };
    const Tensor y = f(Tensor(s.x));
    check_form(y, s);
    CHECK(worst_of_reduction(y.value(), s.x, s.mask, [&](const Group& x) { return variance(x, correction); }) <= 4.0);
    CHECK(worst_of_map(gradient_of(f, s.x), s.x, s.mask, [&](const Group& x) {
            const double freedom = std::max(0.0, static_cast<double>(x.size()) - correction);
            Quads out = deviations(x);
            for (Quad& d : out) d = 2.0 * d / freedom;
            return out;
          }) <= 8.0);
  }
}

TEST_CASE("reductions: the standard deviation and its gradient", "[reductions]") {
  Numbers numbers(23);
  for (int round = 0; round < 300; ++round) {
    const Sample s(numbers, round, 0.0, round % 3 == 0 ? 3e5 : 0.0);
    const double correction = round % 5 == 0 ? 1.0 : 0.0;
    INFO("std of " << to_string(s.x.shape()) << " over " << s.mask << " with correction " << correction);
    const auto f = [&](const Tensor& x) { return stddev(x, s.axes, s.keepdims, correction); };
    const auto exact = [&](const Group& x) { return sqrt(variance(x, correction)); };
    const Tensor y = f(Tensor(s.x));
    check_form(y, s);
    CHECK(worst_of_reduction(y.value(), s.x, s.mask, exact) <= 4.0);
    CHECK(worst_of_map(gradient_of(f, s.x), s.x, s.mask, [&](const Group& x) {
            const double freedom = std::max(0.0, static_cast<double>(x.size()) - correction);
            const Quad scale = exact(x) * freedom;
            Quads out = deviations(x);
            for (Quad& d : out) d = scale == Quad(0.0) && freedom > 0.0 ? Quad(0.0) : d / scale;
            return out;
          }) <= 8.0);
  }
}

TEST_CASE("reductions: deviations of constant numbers are exactly 0", "[reductions]") {
  Numbers numbers(24);
  for (int round = 0; round < 100; ++round) {
    const std::int64_t n = 1 + numbers.whole(50);
    const double c = numbers.real(-10.0, 10.0);
    for (const DType dtype : {DType::float32, DType::float64}) {
      const Tensor x = variable(Array::full({n}, c, dtype));
      INFO(n << " times " << c);
      CHECK(var(x).item() == 0.0);
      CHECK(stddev(x).item() == 0.0);
      CHECK(grad(stddev(x), {x})[0].to_vector() == std::vector<double>(static_cast<std::size_t>(n), 0.0));
    }
  }
}

TEST_CASE("reductions: deviations of outliers, of huge and of tiny numbers", "[reductions]") {
  const Tensor outlier(Array({4}, {1e16, 1, 2, 4}));
  CHECK(ulps_of(DType::float64, var(outlier).item(), variance({1e16, 1, 2, 4}, 0.0)) <= 4.0);
  const Tensor close(Array({4}, {1e16, 1e16 + 2, 1e16 + 4, 1e16 + 4}));
  CHECK(var(close).item() == 2.75);
  CHECK(ulp_distance(stddev(Tensor(Array({2}, {3e200, -3e200}))).item(), 3e200) <= 1);
  CHECK(ulp_distance(stddev(Tensor(Array({2}, {3e-200, -3e-200}))).item(), 3e-200) <= 1);
  CHECK(std::isnan(var(Tensor(Array({2}, {inf, 1}))).item()));
  CHECK(std::isnan(var(Tensor(Array::zeros({0}))).item()));
  CHECK(std::isnan(var(Tensor(Array({1}, {5})), {}, false, 1.0).item()));
  CHECK(var(Tensor(Array({2}, {1, 2})), {}, false, 5.0).item() == inf);
}

TEST_CASE("reductions: norms of every kind and their gradients", "[reductions]") {
  Numbers numbers(25);
  const std::vector<double> powers{2.0, 1.0, inf, -inf, 0.0, 3.0, 0.5, 2.5, -1.5, 4.0};
  for (int round = 0; round < 600; ++round) {
    const double p = powers[static_cast<std::size_t>(round) / 2 % powers.size()];
    const Sample s(numbers, round, p < 0.0 ? 0.0 : 0.1, 0.0);
    if ((p < 0.0 || std::isinf(p)) && s.has_empty_group()) continue;
    INFO(p << "-norm of " << to_string(s.x.shape()) << " over " << s.mask);
    const auto f = [&](const Tensor& x) { return norm(x, p, s.axes, s.keepdims); };
    const Tensor y = f(Tensor(s.x));
    check_form(y, s);
    CHECK(worst_of_reduction(y.value(), s.x, s.mask, [&](const Group& x) { return p_norm(x, p); }) <= 4.0);
    if (p == 0.0 || std::isinf(p)) continue;
    CHECK(worst_of_map(gradient_of(f, s.x), s.x, s.mask, [&](const Group& x) {
            const Quad size = p_norm(x, p);
            Quads out;
            for (const double v : x) {
              const Quad slope = v == 0.0 ? Quad(0.0) : power(abs(Quad(v)) / size, p - 1.0);
              out.push_back(v < 0.0 ? -slope : slope);
            }
            return out;
          }) <= 4.0 + 2.0 * std::abs(p - 1.0));
  }
}

TEST_CASE("reductions: norms neither overflow nor underflow on the way", "[reductions]") {
  for (const double p : {2.0, 3.0, 0.5, -2.0}) {
    for (const double scale : {1e200, 1e-200, 1e-320}) {
      INFO(p << "-norm at " << scale);
      const Array x({3}, {3 * scale, -4 * scale, 12 * scale});
      const Tensor v = variable(x);
      const Quad exact = p_norm({3, 4, 12}, p);
      // Numbers below the normal ones have few digits themselves.
      const double tolerance = scale < 1e-300 ? 1e-3 : 1e-15;
      CHECK(std::abs(norm(v, p).item() / scale / static_cast<double>(exact) - 1.0) < tolerance);
      for (const double g : grad(norm(v, p), {v})[0].to_vector()) CHECK(std::isfinite(g));
    }
  }
  CHECK(norm(Tensor(Array({2}, {1e308, 1e308}))).item() == test::Approx(std::sqrt(2.0) * 1e308));
  CHECK(norm(Tensor(Array({2}, {5e-324, 0}))).item() == 5e-324);
}

TEST_CASE("reductions: what is not finite in a norm", "[reductions]") {
  for (const double p : {2.0, 1.0, inf, 3.0, 0.0}) {
    INFO("p = " << p);
    const Tensor bad = variable(Array({3}, {1, NaN, 0}));
    CHECK(std::isnan(norm(bad, p).item()));
    CHECK(std::isnan(grad(norm(bad, p), {bad})[0].to_vector()[1]));
    if (p != 0.0) CHECK(norm(Tensor(Array({2}, {1, -inf})), p).item() == inf);
  }
  CHECK(norm(Tensor(Array({2}, {0, 3})), -1.0).item() == 0.0);
  CHECK(norm(Tensor(Array({2}, {inf, 3})), -1.0).item() == 3.0);
  CHECK(norm(Tensor(Array({2}, {-inf, inf})), -1.0).item() == inf);
  CHECK(norm(Tensor(Array::zeros({0}))).item() == 0.0);
}

TEST_CASE("reductions: the largest and the smallest share the gradient among equals", "[reductions]") {
  Numbers numbers(26);
  for (int round = 0; round < 300; ++round) {
    Sample s(numbers, round, 0.0, 0.0);
    std::vector<double> few(static_cast<std::size_t>(s.x.size()));
    for (double& v : few) v = numbers.chance(0.02) ? NaN : static_cast<double>(numbers.whole(4));
    s.x = Array(s.x.shape(), few).to(s.x.dtype());
    for (const bool largest : {true, false}) {
      INFO((largest ? "max" : "min") << " of " << to_string(s.x.shape()) << " over " << s.mask);
      const auto f = [&](const Tensor& x) { return largest ? max(x, s.axes, s.keepdims) : min(x, s.axes, s.keepdims); };
      if (s.has_empty_group()) {
        CHECK_THROWS_AS(f(Tensor(s.x)), ShapeError);
        continue;
      }
      const auto extreme = [&](const Group& x) {
        for (const double v : x) {
          if (std::isnan(v)) return NaN;
        }
        return largest ? *std::max_element(x.begin(), x.end()) : *std::min_element(x.begin(), x.end());
      };
      const Tensor y = f(Tensor(s.x));
      check_form(y, s);
      CHECK(worst_of_reduction(y.value(), s.x, s.mask, [&](const Group& x) { return Quad(extreme(x)); }) == 0.0);
      CHECK(worst_of_map(gradient_of(f, s.x), s.x, s.mask, [&](const Group& x) {
              const double e = extreme(x);
              const auto ties = static_cast<double>(std::count(x.begin(), x.end(), e));
              Quads out;
              for (const double v : x) out.push_back(Quad(std::isnan(e) ? NaN : v == e ? 1.0 / ties : 0.0));
              return out;
            }) <= 0.5);
    }
  }
}

TEST_CASE("reductions: the place of the largest is the first, and a NaN is the largest", "[reductions]") {
  const Tensor x(Array({2, 4}, {1, 7, 7, 0, NaN, 2, NaN, -1}));
  CHECK(argmax(x, 1).shape() == Shape{2});
  CHECK(argmax(x, -1)[0] == 1);
  CHECK(argmax(x, 1)[1] == 0);
  CHECK(argmin(x, 1)[0] == 3);
  CHECK(argmin(x, 1)[1] == 0);
  CHECK(argmax(x)[0] == 4);
  CHECK(argmax(x).shape() == Shape{});
  CHECK(argmax(x, {}, true).shape() == Shape{1, 1});
  CHECK(argmax(x, 0, true).shape() == Shape{1, 4});
  CHECK(argmax(x, 0)[3] == 0);
  CHECK(argmin(x, 0)[3] == 1);
  CHECK(argmax(Tensor(3.0))[0] == 0);
  Numbers numbers(27);
  for (int round = 0; round < 200; ++round) {
    const Sample s(numbers, round, 0.3, 0.0);
    if (s.x.rank() == 0) continue;
    const int axis = static_cast<int>(numbers.whole(s.x.rank()));
    if (s.x.sizes()[static_cast<std::size_t>(axis)] == 0) continue;
    const Indices places = argmax(Tensor(s.x), axis - s.x.rank());
    const std::vector<Group> groups = groups_of(s.x, 1U << axis);
    REQUIRE(places.size() == static_cast<std::int64_t>(groups.size()));
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto expected = std::max_element(groups[i].begin(), groups[i].end()) - groups[i].begin();
      CHECK(places[static_cast<std::int64_t>(i)] == expected);
    }
  }
}

TEST_CASE("reductions: sums and products up to each place", "[reductions]") {
  Numbers numbers(28);
  for (int round = 0; round < 300; ++round) {
    const Sample s(numbers, round, 0.1, 0.0);
    if (s.x.rank() == 0) continue;
    const int axis = static_cast<int>(numbers.whole(s.x.rank()));
    INFO("along axis " << axis << " of " << to_string(s.x.shape()));
    const auto running = [](const auto& combine) {
      return [combine](const Group& x) {
        Quads out;
        for (const double v : x) out.push_back(out.empty() ? Quad(v) : combine(out.back(), Quad(v)));
        return out;
      };
    };
    const Tensor sums = cumsum(Tensor(s.x), axis - s.x.rank());
    const Tensor products = cumprod(Tensor(s.x), axis);
    CHECK(sums.dtype() == s.x.dtype());
    CHECK(worst_of_map(sums.value(), s.x, 1U << axis, running([](Quad a, Quad b) { return a + b; })) <= 1.0);
    CHECK(worst_of_map(products.value(), s.x, 1U << axis, running([](Quad a, Quad b) { return a * b; })) <= 1.0);
  }
}

TEST_CASE("reductions: a million sums keep their digits, infinities and order", "[reductions]") {
  const Tensor x = variable(Array::full({1'000'000}, 0.1, DType::float32));
  const Tensor y = cumsum(x, 0);
  CHECK(static_cast<float>(y.to_vector().back()) == static_cast<float>(1e6 * static_cast<double>(0.1F)));
  const std::vector<double> g = grad(sum(y), {x})[0].to_vector();
  CHECK(g.front() == 1e6);
  CHECK(g.back() == 1.0);
  CHECK(cumsum(Tensor(Array({4}, {1e16, 1, -1e16, 1})), 0).to_vector() == std::vector<double>{1e16, 1e16, 1, 2});
  CHECK(difference(cumsum(Tensor(Array({4}, {1, inf, 1, -inf})), 0).to_vector(), {1, inf, inf, NaN}) == "");
  CHECK(cumprod(Tensor(Array({4}, {1e200, 1e200, 1e-200, 1e-200})), 0).to_vector()[3] == test::Approx(1.0));
}

TEST_CASE("reductions: what they refuse", "[reductions]") {
  const Tensor x(Array::zeros({2, 0}));
  CHECK_THROWS_MATCHES(max(x, 1), ShapeError, test::Message("[max] nothing to reduce along axis 1 of [2, 0]"));
  CHECK_THROWS_MATCHES(min(x), ShapeError, test::Message("[min] nothing to reduce along axis 1 of [2, 0]"));
  CHECK_THROWS_MATCHES(argmax(x, 1), ShapeError, test::Message("[argmax] nothing to reduce along axis 1 of [2, 0]"));
  CHECK_THROWS_MATCHES(argmin(x), ShapeError, test::Message("[argmin] nothing to reduce along axis 1 of [2, 0]"));
  CHECK_THROWS_MATCHES(norm(x, inf), ShapeError, test::Message("[norm] nothing to reduce along axis 1 of [2, 0]"));
  CHECK_THROWS_AS(norm(x, -1.0, 1), ShapeError);
  CHECK_THROWS_MATCHES(norm(x, NaN), ValueError, test::Message("[norm] p is NaN"));
  CHECK(max(x, 0).shape() == Shape{0});
  CHECK(argmax(x, 0).shape() == Shape{0});
  CHECK(norm(x, inf, 0).shape() == Shape{0});
  CHECK(prod(x, 1).to_vector() == std::vector<double>{1, 1});
  CHECK(cumsum(x, 1).shape() == Shape{2, 0});
  CHECK_THROWS_AS(prod(x, 2), ShapeError);
  CHECK_THROWS_AS(var(x, {0, -2}), ShapeError);
  CHECK_THROWS_AS(cumsum(x, 2), ShapeError);
  CHECK_THROWS_AS(cumprod(Tensor(1.0), 0), ShapeError);
  CHECK_THROWS_AS(argmax(x, -3), ShapeError);
}

}  // namespace reductions_test
