// Where a derivative does not exist: every op says so exactly there, and squares of such ops are right there too.
#include "autograd/differentiate/conventions.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/math/loss_ops.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/pooling.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"

using namespace gradus;

namespace conventions_test {

namespace {

/// What an op says of its derivative by argument `k` at a point.
template <class Op>
std::string_view stated(const Op& op, const std::vector<double>& x, std::size_t k, int order) {
  const auto ask = detail::op_traits<Op>.convention;
  if (ask == nullptr) return "";
  std::vector<Array> arguments;
  for (const double v : x) arguments.push_back(Array::scalar(v, DType::float64));
  return ask(&op, arguments, Array::scalar(0.0, DType::float64), 1U << k, order);
}

template <class Op>
double value_at(const Op& op, const std::vector<double>& x) {
  return [&]<std::size_t... K>(std::index_sequence<K...>) { return static_cast<double>(op.value(x[K]...)); }
  (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
}

/// Whether f has a slope at x: the same from the left and from the right, up to what is left of the curvature.
bool has_slope(const auto& f, double x, double h) {
  const double middle = f(x);
  const double right = (f(x + h) - middle) / h;
  const double left = (middle - f(x - h)) / h;
  const bool jumps = std::abs(right) > 1e4;
  return !jumps && std::abs(right - left) <= 1e-4 * (1.0 + std::abs(right));
}
// Nearer by, a kink is as sharp as before, and a curve is straighter.
bool has_slope(const auto& f, double x) { return has_slope(f, x, 1e-6) || has_slope(f, x, 1e-7); }

/// All points of a grid in quarters.
template <class F>
void for_each_point(std::size_t arity, const F& f) {
  std::vector<double> grid;
  for (double v = -3.5; v <= 6.5; v += arity == 1 ? 0.25 : arity == 2 ? 0.5 : 1.75) grid.push_back(v);
  std::vector<std::size_t> place(arity, 0);
  while (true) {
    std::vector<double> x;
    for (const std::size_t p : place) x.push_back(grid[p]);
    f(x);
    std::size_t k = 0;
    while (k < arity && ++place[k] == grid.size()) place[k++] = 0;
    if (k == arity) return;
  }
}

/// Whether the op's words and its numbers agree about where it has a derivative.
template <class Op>
void check_op(const Op& op) {
  for_each_point(static_cast<std::size_t>(Op::arity), [&](const std::vector<double>& x) {
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (std::is_same_v<Op, Where> && k == 0) continue;  // a condition is true or not
      const auto along = [&](double v) {
        std::vector<double> moved = x;
        moved[k] = v;
        return value_at(op, moved);
      };
      const double y = along(x[k]);
      if (!std::isfinite(y) || !std::isfinite(along(x[k] + 1e-6)) || !std::isfinite(along(x[k] - 1e-6))) continue;
      const std::string_view text = stated(op, x, k, 1);
      if (std::abs(along(x[k] + 1e-6) - along(x[k] - 1e-6)) > 1e-4 && text.empty() &&
          std::abs(along(x[k] + 1e-9) - along(x[k] - 1e-9)) > 1e-6) {
        const double jump = std::abs(along(x[k] + 1e-12) - along(x[k] - 1e-12));
        INFO(Op::name << " at " << x[0] << ", argument " << k);
        CHECK(jump < 1e-3);  // infinitely steep, as √x at 0, and no jump
        continue;
      }
      INFO(Op::name << " at " << x[0] << (x.size() > 1 ? ", " + std::to_string(x[1]) : "") << ", argument " << k << ": "
                    << text);
      CHECK(has_slope(along, x[k]) == text.empty());
    }
  });
}

Tensor vector_of(std::vector<double> numbers) {
  return variable(Array({static_cast<std::int64_t>(numbers.size())}, numbers), "x");
}

constexpr double one_half = 0.5;

/// The Hessian by all four ways of nesting, each flattened; they must be the same.
template <class F>
std::vector<std::vector<double>> hessians(const F& f, const Tensor& x) {
  const auto gradient = [&](const Tensor& at) { return recorded_value_and_grad(f, {at}).gradients[0]; };
  std::vector<std::vector<double>> out;
  out.push_back(hessian(f, x).value().to_vector());  // forward over reverse
  std::vector<double> reverse_over_reverse;
  std::vector<double> reverse_over_forward;
  std::vector<double> forward_over_forward;
  const Tensor g = gradient(x);
  for (std::int64_t k = 0; k < x.size(); ++k) {
    Array seed = Array::zeros(x.shape());
    seed.mutable_data<double>()[k] = 1.0;
    const Tensor at = variable(x.value(), "x");
    for (const double v : grad(recorded_grad(f(at), {at})[0], std::vector{at}, seed)[0].value().to_vector()) {
      reverse_over_reverse.push_back(v);
    }
    const auto tangent = [&](const Tensor& v) { return recorded_jvp(f, {v}, {Tensor(seed)}).tangent; };
    for (const double v : value_and_grad(tangent, {x}).gradients[0].value().to_vector()) {
      reverse_over_forward.push_back(v);
    }
    for (std::int64_t m = 0; m < x.size(); ++m) {
      Array axis = Array::zeros(x.shape());
      axis.mutable_data<double>()[m] = 1.0;
      forward_over_forward.push_back(jvp(tangent, {x}, {Tensor(axis)}).tangent.item());
    }
  }
  out.push_back(reverse_over_reverse);
  out.push_back(reverse_over_forward);
  out.push_back(forward_over_forward);
  return out;
}

template <class F>
void check_hessian(const F& f, const Tensor& x, const std::vector<double>& expected) {
  for (const std::vector<double>& h : hessians(f, x)) {
    REQUIRE(h.size() == expected.size());
    for (std::size_t k = 0; k < h.size(); ++k) CHECK(h[k] == test::Approx(expected[k]).margin(1e-15));
  }
}

std::vector<std::string_view> at(const Tensor& y, int order = 1) { return conventions(y, order); }

}  // namespace

TEST_CASE("conventions: an op says that it has no derivative exactly where it has none", "[conventions]") {
  for_each_op(Elementwise{}, [](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    if constexpr (!Op::internal) check_op(op);
  });
  check_op(ops::Elu{{}, 0.5});
  check_op(ops::HardTanh{{}, -0.5, 2.0});
  check_op(Huber{{}, 1.5, 1.5});
  check_op(ops::LeakyRelu{{}, 1.0});
}

TEST_CASE("conventions: second derivatives that do not exist where the first does", "[conventions]") {
  CHECK(stated(ops::Elu{}, {0.0}, 0, 1).empty());
  CHECK(stated(ops::Elu{}, {0.0}, 0, 2) == "elu has no second derivative at 0: alpha, that on the left, is taken");
  CHECK(stated(ops::Elu{{}, 0.5}, {0.0}, 0, 2) ==
        "elu has no derivative at 0 unless alpha is 1: alpha, that on the left, is taken");
  CHECK(stated(ops::Celu{}, {0.0}, 0, 2) == "celu has no second derivative at 0: 1/alpha, that on the left, is taken");
  CHECK(stated(ops::Softsign{}, {0.0}, 0, 2) == "softsign has no second derivative at 0: 0 is taken");
  CHECK(stated(ops::Softsign{}, {0.5}, 0, 2).empty());
  for (const double end : {-1.5, 1.5}) {
    CHECK(stated(Huber{{}, 1.5, 1.5}, {end}, 0, 2) ==
          "the Huber loss has no second derivative where the parabola ends: that of the parabola is taken");
  }
  // What is said to be taken is what the numbers are.
  const auto second = [](const auto& f) {
    return hessian(f, variable(Array::scalar(0.0, DType::float64), "x")).item();
  };
  CHECK(second([](const Tensor& x) { return elu(x, 3.0); }) == 3.0);
  CHECK(second([](const Tensor& x) { return celu(x, 4.0); }) == 0.25);
  CHECK(second([](const Tensor& x) { return softsign(x); }) == 0.0);
  CHECK(hessian(
            [](const Tensor& x) {
              return bind(Huber{{}, 2.0, 2.0}, x);
            },
            variable(Array::scalar(2.0, DType::float64), "x"))
            .item() == 1.0);
}

TEST_CASE("conventions: of ops on whole arrays", "[conventions]") {
  const Tensor zero = vector_of({0, 0});
  const Tensor x = vector_of({3, -3, 1});
  const Tensor y = vector_of({3, 0, 1});
  CHECK(at(norm(zero)).at(0) == "the norm has no derivative where it is 0: 0 is taken");
  CHECK(at(norm(y)).empty());
  CHECK(at(norm(y, 1.0)).at(0) == "this norm has no derivative where an entry is 0: 0 is taken for that entry");
  CHECK(at(norm(x, 1.0)).empty());
  CHECK(at(norm(y, 1.5)).empty());
  CHECK(at(norm(y, 1.5), 2).at(0) ==
        "this norm has no second derivative where an entry is 0: 0 is taken for that entry");
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(at(norm(x, infinity)).at(0) ==
        "this norm has no derivative where several entries have the extreme size: they share it");
  CHECK(at(norm(y, infinity)).empty());
  CHECK(at(stddev(vector_of({2, 2, 2}))).at(0) == "std has no derivative where all numbers are equal: 0 is taken");
  CHECK(at(stddev(x)).empty());
  CHECK(at(max(vector_of({2, 1, 2}))).at(0) == "the largest number has no derivative where several are: they share it");
  CHECK(at(min(vector_of({2, 1, 2}))).empty());
  CHECK(at(min(vector_of({1, 1, 2}))).at(0) ==
        "the smallest number has no derivative where several are: they share it");
  CHECK(at(logsumexp(vector_of({-infinity, -infinity}))).at(0) ==
        "nothing can be told of numbers that are all −∞: the derivative of logsumexp is taken as 0");
  CHECK(at(logsumexp(x)).empty());
  const auto image = [](std::vector<double> v) { return variable(Array({1, 1, 2, 2}, v), "x"); };
  CHECK(at(max_pool2d(image({1, 5, 5, 2}), 2)).at(0) ==
        "the largest number of a window has no derivative where several are: they share it");
  CHECK(at(max_pool2d(image({1, 5, 4, 2}), 2)).empty());
}

TEST_CASE("conventions: only of what is differentiated, each once, and not of roots that serve squares",
          "[conventions]") {
  const Tensor x = variable(Array::scalar(0.0, DType::float64), "x");
  const Tensor constant(0.0);
  CHECK(at(x * abs(constant)).empty());
  CHECK(at(xlogy(x, Tensor(-1.0))).at(0) == "0·ln y has no derivative for y ≤ 0: 0 is taken");
  CHECK(at(xlogy(constant, exp(x) - 2.0)).empty());
  CHECK(at(xlogy(constant, exp(x))).empty());
  CHECK(at(bind(KlTerm{}, x, constant)).empty());
  CHECK(at(bind(KlTerm{}, constant, x)).at(0) == "t·log t has no derivative at 0: log t counts as 0 there");
  CHECK(at(abs(x) + relu(x) + abs(2.0 * x)) ==
        std::vector<std::string_view>{"|x| has no derivative at 0: 0 is taken",
                                      "relu has no derivative at 0: 0 is taken"});
  CHECK(at(pow(abs(x), 2)).empty());
  const Tensor n = norm(vector_of({0, 0}));
  CHECK(at(square(n)).empty());
  CHECK(at(n * n).empty());
  CHECK(at(n * n + n).size() == 1);
  CHECK(at(3.0 * n * n).empty());
  const Tensor triple = 3.0 * n;
  CHECK(at(triple * n).empty());
  CHECK(at(triple * n + triple).size() == 1);
  CHECK(at(pow(n, 4)).size() == 1);
}

TEST_CASE("squares of norms, deviations and absolute values have their second derivatives everywhere",
          "[conventions]") {
  const Tensor zero = vector_of({0, 0});
  const std::vector<double> identity{1, 0, 0, 1};
  check_hessian([](const Tensor& x) { return one_half * pow(norm(x), 2); }, zero, identity);
  check_hessian([](const Tensor& x) { return one_half * square(norm(x)); }, zero, identity);
  check_hessian(
      [](const Tensor& x) {
        const Tensor n = norm(x);
        return one_half * (n * n);
      },
      zero, identity);
  check_hessian(
      [](const Tensor& x) {
        const Tensor n = norm(x);
        return 0.25 * n * n + n * (n * 0.25);
      },
      zero, identity);
  check_hessian([](const Tensor& x) { return one_half * sum(pow(abs(x), 2)); }, zero, identity);
  check_hessian(
      [](const Tensor& x) { return one_half * pow(hypot(ops::slice(x, {Slice(0)}), ops::slice(x, {Slice(1)})), 2); },
      zero, identity);
  check_hessian([](const Tensor& x) { return pow(stddev(x), 2); }, vector_of({2, 2}), {0.5, -0.5, -0.5, 0.5});
  // Away from the point the numbers are those of the root's own rule.
  check_hessian([](const Tensor& x) { return one_half * pow(norm(x), 2); }, vector_of({3, -4}), identity);
  check_hessian([](const Tensor& x) { return pow(norm(x), 2) * norm(x); }, vector_of({3, 4}),
                {3 * (5 + 9.0 / 5), 3 * 12.0 / 5, 3 * 12.0 / 5, 3 * (5 + 16.0 / 5)});
  // Other powers and other norms keep their rules.
  check_hessian([](const Tensor& x) { return pow(norm(x), 4); }, zero, {0, 0, 0, 0});
  check_hessian([](const Tensor& x) { return one_half * pow(norm(x, 1.0), 2); }, vector_of({1, -2}), {1, -1, -1, 1});
}

TEST_CASE("a root that is looked at itself gets its own derivative beside that of its square", "[conventions]") {
  const Tensor x = vector_of({3, 4});
  const Tensor n = norm(x);
  const Tensor y = square(n);
  const std::vector<Tensor> g = recorded_grad(y, {n, x});
  CHECK(g[0].item() == 10.0);
  CHECK(g[1].value().to_vector() == std::vector<double>{6, 8});
}

}  // namespace conventions_test
