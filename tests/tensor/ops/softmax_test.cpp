// The softmax family against quad precision: values, first and second derivatives, also where a softmax is sure of itself.
#include "autograd/tensor/ops/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/groups.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace softmax_test {

namespace {

Tensor element_of(const Tensor& x, std::int64_t k) { return ops::slice(x, {Slice(k)}); }

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

using Quads = std::vector<Quad>;

/// exp(x − max) for each number and their sum.
struct ExactRow {
  Quads e;
  Quad sum{0.0};
  Quad shift{0.0};
  Quads gaps;

  explicit ExactRow(const Group& x) {
    if (x.empty()) return;
    shift = Quad(*std::max_element(x.begin(), x.end()));
    for (const double v : x) {
      gaps.push_back(Quad(v) - shift);
      e.push_back(exp(gaps.back()));
      sum = sum + e.back();
    }
  }
  /// Σ exp but for the largest.
  [[nodiscard]] Quad others() const {
    Quad total(0.0);
    bool skipped = false;
    for (std::size_t i = 0; i < e.size(); ++i) {
      if (!skipped && gaps[i] == Quad(0.0)) {
        skipped = true;
      } else {
        total = total + e[i];
      }
    }
    return total;
  }
  [[nodiscard]] Quads softmax() const {
    Quads out;
    for (const Quad v : e) out.push_back(v / sum);
    return out;
  }
  [[nodiscard]] Quads log_softmax() const {
    Quads out;
    for (const Quad gap : gaps) out.push_back(gap - log1p(others()));
    return out;
  }
  /// 1 − p_i, as the sum of the others.
  [[nodiscard]] Quad lacking(std::size_t i) const {
    Quad total(0.0);
    for (std::size_t k = 0; k < e.size(); ++k) total = total + (k == i ? Quad(0.0) : e[k]);
    return total / sum;
  }
};

const std::vector<Group> hard_rows{{0.1, -0.7, 1.3}, {20, 0, -1},        {0, -40},     {-300, 0.5, 3, 3},
                                   {1e4, -1e4, 0},   {1000, 1001, 1002}, {2, 2, 2, 2}, {1e300, -1e300, 1e299},
                                   {-700, 0},        {1, -inf, 2},       {5},          {30, -30, 29.5}};

Tensor row_variable(const Group& row, DType dtype = DType::float64) {
  return variable(Array({static_cast<std::int64_t>(row.size())}, row).to(dtype));
}

}  // namespace

TEST_CASE("softmax: values over any axes of any layout", "[softmax]") {
  Numbers numbers(51);
  for (int round = 0; round < 200; ++round) {
    const Shape shape = random_shape(numbers, 6, round % 8 == 0 ? 6 : 3);
    const DType dtype = round % 2 == 0 ? DType::float32 : DType::float64;
    const Array x = shuffled_in_memory(numbers, random_array(numbers, shape, dtype, -10, 10));
    const auto mask = static_cast<std::uint32_t>(numbers.bits()) & ((1U << shape.rank()) - 1);
    const Axes axes = axes_of(numbers, mask, shape.rank());
    INFO(to_string(shape) << " over " << mask);
    const Tensor p = softmax(Tensor(x), axes);
    CHECK(p.dtype() == dtype);
    CHECK(worst_of_map(p.value(), x, mask, [](const Group& g) { return ExactRow(g).softmax(); }) <= 4.0);
    CHECK(worst_of_map(log_softmax(Tensor(x), axes).value(), x, mask,
                       [](const Group& g) { return ExactRow(g).log_softmax(); }) <= 4.0);
  }
}

TEST_CASE("softmax: values of hard rows", "[softmax]") {
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const Group& numbers : hard_rows) {
      const Array row = Array({static_cast<std::int64_t>(numbers.size())}, numbers).to(dtype);
      if (dtype == DType::float32 && !std::isfinite(static_cast<float>(numbers[0]))) continue;
      INFO(to_string(row));
      CHECK(worst_of_map(softmax(Tensor(row)).value(), row, 1, [](const Group& g) { return ExactRow(g).softmax(); }) <=
            4.0);
      CHECK(worst_of_map(log_softmax(Tensor(row)).value(), row, 1,
                         [](const Group& g) { return ExactRow(g).log_softmax(); }) <= 4.0);
      // Where logsumexp is near 0 it is a difference of numbers that are not: the unit is an ulp of the largest.
      const Group at = row.to_vector();
      const ExactRow exact(at);
      const double m = *std::max_element(at.begin(), at.end());
      const Quad unit(dtype == DType::float32 ? ulp_at(static_cast<float>(m)) : ulp_at(m));
      CHECK(ulps_of(dtype, logsumexp(Tensor(row)).item(), exact.shift + log1p(exact.others()), unit) <= 2.0);
    }
  }
}

TEST_CASE("softmax: the small excess of a logsumexp over 0 keeps its digits", "[softmax]") {
  for (const double gap : {5.0, 40.0, 100.0, 700.0}) {
    const Tensor x = variable(Array({2}, {0, -gap}));
    CHECK(ulps_of(DType::float64, logsumexp(x).item(), log1p(exp(Quad(-gap)))) <= 4.0);
  }
}

TEST_CASE("softmax: each entry of the Jacobian to a few ulps, however sure the softmax", "[softmax]") {
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const Group& numbers : hard_rows) {
      if (dtype == DType::float32 && !std::isfinite(static_cast<float>(numbers[0]))) continue;
      const Tensor x = row_variable(numbers, dtype);
      const ExactRow exact(x.to_vector());
      const Quads p = exact.softmax();
      INFO(to_string(x));
      for (std::size_t k = 0; k < p.size(); ++k) {
        Array seed = Array::zeros(x.shape());
        seed.mutable_data<double>()[k] = 1.0;
        seed = seed.to(dtype);
        const Group of_softmax = grad(softmax(x), std::vector<Tensor>{x}, seed)[0].to_vector();
        const Group of_log = grad(log_softmax(x), std::vector<Tensor>{x}, seed)[0].to_vector();
        const Group of_lse = grad(logsumexp(x), {x})[0].to_vector();
        for (std::size_t i = 0; i < p.size(); ++i) {
          const Quad delta = i == k ? exact.lacking(i) : -p[i];
          CHECK(ulps_of(dtype, of_softmax[i], p[k] * delta) <= 8.0);
          CHECK(ulps_of(dtype, of_log[i], delta) <= 8.0);
          CHECK(ulps_of(dtype, of_lse[i], p[i]) <= 8.0);
        }
      }
    }
  }
}

TEST_CASE("softmax: second derivatives of sure and unsure rows", "[softmax]") {
  for (const Group& numbers : {Group{0.1, -0.7, 1.3}, Group{20, 0, -1}, Group{-3, 4, 0.5, 4.5}, Group{30, 0}}) {
    const Tensor x = row_variable(numbers);
    const ExactRow exact(numbers);
    const Quads p = exact.softmax();
    const auto delta = [&](std::size_t i, std::size_t j) { return i == j ? exact.lacking(i) : -p[j]; };
    INFO(to_string(x));
    for (std::size_t k = 0; k < p.size(); ++k) {
      const Tensor first = recorded_grad(element_of(softmax(x), static_cast<std::int64_t>(k)), {x})[0];
      const Tensor first_of_log = recorded_grad(element_of(log_softmax(x), static_cast<std::int64_t>(k)), {x})[0];
      for (std::size_t i = 0; i < p.size(); ++i) {
        const Group second = grad(element_of(first, static_cast<std::int64_t>(i)), {x})[0].to_vector();
        const Group second_of_log = grad(element_of(first_of_log, static_cast<std::int64_t>(i)), {x})[0].to_vector();
        for (std::size_t j = 0; j < p.size(); ++j) {
          // ∂²p_k/∂x_i∂x_j: two products that may cancel; the unit is what each rounds away.
          const Quad a = p[k] * delta(k, i) * delta(k, j);
          const Quad b = p[k] * p[i] * delta(i, j);
          const Quad unit = Quad(ulp_at(static_cast<double>(a))) + Quad(ulp_at(static_cast<double>(b)));
          CHECK(ulps_of(DType::float64, second[j], a - b, unit) <= 64.0);
          CHECK(ulps_of(DType::float64, second_of_log[j], -(p[i] * delta(i, j))) <= 64.0);
        }
      }
    }
  }
}

TEST_CASE("softmax: infinities and NaN", "[softmax]") {
  const auto soft = [](const Group& row) { return softmax(row_variable(row)).to_vector(); };
  const auto log_soft = [](const Group& row) { return log_softmax(row_variable(row)).to_vector(); };
  CHECK(soft({inf, 0, inf}) == Group{0.5, 0, 0.5});
  CHECK(difference(log_soft({inf, 0, inf}), {-std::log(2.0), -inf, -std::log(2.0)}) == "");
  CHECK(difference(soft({-inf, -inf}), {NaN, NaN}) == "");
  CHECK(difference(log_soft({-inf, -inf}), {NaN, NaN}) == "");
  CHECK(difference(soft({NaN, 1}), {NaN, NaN}) == "");
  CHECK(difference(log_soft({1, NaN, 3}), {NaN, NaN, NaN}) == "");
  CHECK(log_soft({0, -inf}) == Group{0, -inf});
  const Tensor x = row_variable({1, -inf, 2});
  const Tensor loss = element_of(log_softmax(x), 0);
  CHECK(grad(loss, {x})[0].to_vector()[1] == 0.0);
  CHECK(logsumexp(row_variable({inf, inf, 0})).item() == inf);
  CHECK(std::isnan(logsumexp(row_variable({NaN, 0})).item()));
}

TEST_CASE("softmax: axes", "[softmax]") {
  const Tensor x(Array({2, 2}, {1, 2, 3, 5}));
  CHECK(softmax(x).to_vector() == softmax(x, 1).to_vector());
  CHECK(softmax(x, {0, 1}).to_vector() == softmax(reshape(x, {4})).to_vector());
  CHECK(softmax(x, Axes(std::span<const int>())).to_vector() == Group{1, 1, 1, 1});
  CHECK(softmax(Tensor(3.0), Axes()).item() == 1.0);
  CHECK(log_softmax(Tensor(3.0), Axes()).item() == 0.0);
  CHECK_THROWS_AS(softmax(x, 2), ShapeError);
  CHECK_THROWS_AS(log_softmax(Tensor(3.0)), ShapeError);
  CHECK(softmax(Tensor(Array::zeros({0, 3})), 0).shape() == Shape{0, 3});
  CHECK(log_softmax(Tensor(Array::zeros({3, 0})), 0).shape() == Shape{3, 0});
}

}  // namespace softmax_test
