// Minima that have been published: the problems of Moré, Garbow and Hillstrom, Testing unconstrained optimization software
// (ACM TOMS 7, 1981), on Scalars and on tensors.
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "tests/catch.h"

using namespace gradus;

namespace minimize_test {

namespace {

/// Residuals on any kind of number, where to start, and the sum of their squares at the minimum.
struct Problem {
  const char* name;
  std::vector<double> start;
  double minimum;
  std::function<std::vector<Scalar>(std::span<const Scalar>)> on_scalars;
  std::function<std::vector<DualScalar>(std::span<const DualScalar>)> on_duals;
  std::function<std::vector<Tensor>(std::span<const Tensor>)> on_tensors;
};

template <class F>
Problem problem(const char* name, std::vector<double> start, double minimum, F f) {
  return {name, std::move(start), minimum, f, f, f};
}

constexpr double bard_y[] = {.14, .18, .22, .25, .29, .32, .35, .39, .37, .58, .73, .96, 1.34, 2.10, 4.39};
constexpr double gaussian_y[] = {.0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989,
                                 .3521, .2420, .1295, .0540, .0175, .0044, .0009};
constexpr double meyer_y[] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                              8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};
constexpr double kowalik_y[] = {.1957, .1947, .1735, .1600, .0844, .0627, .0456, .0342, .0323, .0235, .0246};
constexpr double kowalik_u[] = {4, 2, 1, .5, .25, .167, .125, .1, .0833, .0714, .0625};
constexpr double osborne1_y[] = {.844, .908, .932, .936, .925, .908, .881, .850, .818, .784, .751,
                                 .718, .685, .658, .628, .603, .580, .558, .538, .522, .506, .490,
                                 .478, .467, .457, .448, .438, .431, .424, .420, .414, .411, .406};
constexpr double osborne2_y[] = {1.366, 1.191, 1.112, 1.013, .991, .885, .831, .847, .786, .725, .746, .679, .608,
                                 .655,  .616,  .606,  .602,  .626, .651, .724, .649, .649, .694, .644, .624, .661,
                                 .612,  .558,  .533,  .495,  .500, .423, .395, .375, .372, .391, .396, .405, .428,
                                 .429,  .523,  .562,  .607,  .653, .672, .708, .633, .668, .645, .632, .591, .559,
                                 .597,  .625,  .739,  .710,  .729, .720, .636, .581, .428, .292, .162, .098, .054};

/// The problems, with the numbers of the paper.
std::vector<Problem> problems() {
  std::vector<Problem> out;
  out.push_back(problem("Rosenbrock", {-1.2, 1}, 0, []<class S>(std::span<const S> x) {
    return std::vector<S>{10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]};
  }));
  out.push_back(problem("Freudenstein and Roth", {.5, -2}, 48.98425367924, []<class S>(std::span<const S> x) {
    return std::vector<S>{-13.0 + x[0] + ((5.0 - x[1]) * x[1] - 2.0) * x[1],
                          -29.0 + x[0] + ((x[1] + 1.0) * x[1] - 14.0) * x[1]};
  }));
  out.push_back(problem("Beale", {1, 1}, 0, []<class S>(std::span<const S> x) {
    return std::vector<S>{1.5 - x[0] * (1.0 - x[1]), 2.25 - x[0] * (1.0 - x[1] * x[1]),
                          2.625 - x[0] * (1.0 - x[1] * x[1] * x[1])};
  }));
  out.push_back(problem("Jennrich and Sampson", {.3, .4}, 124.362182, []<class S>(std::span<const S> x) {
    std::vector<S> r;
    for (int i = 1; i <= 10; ++i) r.push_back(2.0 + 2.0 * i - (exp(double(i) * x[0]) + exp(double(i) * x[1])));
    return r;
  }));
  out.push_back(problem("helical valley", {-1, 0, 0}, 0, []<class S>(std::span<const S> x) {
    const S turn = atan2(x[1], x[0]) / (2.0 * std::numbers::pi);
    return std::vector<S>{10.0 * (x[2] - 10.0 * turn), 10.0 * (sqrt(x[0] * x[0] + x[1] * x[1]) - 1.0), x[2] * 1.0};
  }));
  out.push_back(problem("Bard", {1, 1, 1}, 8.2148773e-3, []<class S>(std::span<const S> x) {
    std::vector<S> r;
    for (int i = 1; i <= 15; ++i) {
      const double u = i, v = 16 - i, w = std::min(u, v);
      r.push_back(bard_y[i - 1] - (x[0] + u / (v * x[1] + w * x[2])));
    }
    return r;
  }));
  out.push_back(problem("Gaussian", {.4, 1, 0}, 1.12793277e-8, []<class S>(std::span<const S> x) {
    std::vector<S> r;
    for (int i = 1; i <= 15; ++i) {
      const S t = (8.0 - i) / 2.0 - x[2];
      r.push_back(x[0] * exp(-(x[1] * t * t) / 2.0) - gaussian_y[i - 1]);
    }
    return r;
  }));
  out.push_back(problem("Box", {0, 10, 20}, 0, []<class S>(std::span<const S> x) {
    std::vector<S> r;
    for (int i = 1; i <= 10; ++i) {
      const double t = 0.1 * i;
      r.push_back(exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (std::exp(-t) - std::exp(-10 * t)));
    }
    return r;
  }));
  out.push_back(problem("Powell, singular", {3, -1, 0, 1}, 0, []<class S>(std::span<const S> x) {
    return std::vector<S>{x[0] + 10.0 * x[1], std::sqrt(5.0) * (x[2] - x[3]), (x[1] - 2.0 * x[2]) * (x[1] - 2.0 * x[2]),
                          std::sqrt(10.0) * ((x[0] - x[3]) * (x[0] - x[3]))};
  }));
  out.push_back(problem("Wood", {-3, -1, -3, -1}, 0, []<class S>(std::span<const S> x) {
    return std::vector<S>{10.0 * (x[1] - x[0] * x[0]),
                          1.0 - x[0],
                          std::sqrt(90.0) * (x[3] - x[2] * x[2]),
                          1.0 - x[2],
                          std::sqrt(10.0) * (x[1] + x[3] - 2.0),
                          (x[1] - x[3]) / std::sqrt(10.0)};
  }));
  out.push_back(problem("Kowalik and Osborne", {.25, .39, .415, .39}, 3.0750561e-4, []<class S>(std::span<const S> x) {
    std::vector<S> r;
    for (std::size_t i = 0; i < 11; ++i) {
      const double u = kowalik_u[i];
      r.push_back(kowalik_y[i] - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3]));
    }
    return r;
  }));
  out.push_back(problem("Brown and Dennis", {25, 5, -5, -1}, 85822.2016, []<class S>(std::span<const S> x) {
    std::vector<S> r;
    for (int i = 1; i <= 20; ++i) {
      const double t = i / 5.0;
      const S a = x[0] + t * x[1] - std::exp(t), b = x[2] + std::sin(t) * x[3] - std::cos(t);
      r.push_back(a * a + b * b);
    }
    return r;
  }));
  out.push_back(problem("Osborne 1", {.5, 1.5, -1, .01, .02}, 5.4648947e-5, []<class S>(std::span<const S> x) {
    std::vector<S> r;
    for (int i = 0; i < 33; ++i) {
      const double t = 10.0 * i;
      r.push_back(osborne1_y[i] - (x[0] + x[1] * exp(-t * x[3]) + x[2] * exp(-t * x[4])));
    }
    return r;
  }));
  out.push_back(problem("Osborne 2", {1.3, .65, .65, .7, .6, 3, 5, 7, 2, 4.5, 5.5}, 4.0137736e-2,
                        []<class S>(std::span<const S> x) {
                          std::vector<S> r;
                          for (int i = 0; i < 65; ++i) {
                            const double t = i / 10.0;
                            const auto bell = [&](std::size_t k) {
                              const S off = t - x[k + 7];
                              return x[k] * exp(-(off * off) * x[k + 4]);
                            };
                            const S sum = x[0] * exp(-t * x[4]) + bell(1) + bell(2) + bell(3);
                            r.push_back(osborne2_y[i] - sum);
                          }
                          return r;
                        }));
  out.push_back(problem("Watson", {0, 0, 0, 0, 0, 0}, 2.28767005e-3, []<class S>(std::span<const S> x) {
    std::vector<S> r;
    for (int i = 1; i <= 29; ++i) {
      const double t = i / 29.0;
      S slope = x[1] * 1.0, value = x[0] + t * x[1];
      double power = t;
      for (std::size_t j = 2; j < x.size(); ++j, power *= t) {
        slope = slope + (double(j) * power) * x[j];
        value = value + (power * t) * x[j];
      }
      r.push_back(slope - value * value - 1.0);
    }
    r.push_back(x[0] * 1.0);
    r.push_back(x[1] - x[0] * x[0] - 1.0);
    return r;
  }));
  out.push_back(problem("Broyden, tridiagonal", std::vector<double>(10, -1.0), 0, []<class S>(std::span<const S> x) {
    std::vector<S> r;
    for (std::size_t i = 0; i < x.size(); ++i) {
      S f = (3.0 - 2.0 * x[i]) * x[i] + 1.0;
      if (i > 0) f = f - x[i - 1];
      if (i + 1 < x.size()) f = f - 2.0 * x[i + 1];
      r.push_back(f);
    }
    return r;
  }));
  out.push_back(problem("linear, full rank", {1, 1, 1, 1, 1}, 5, []<class S>(std::span<const S> x) {
    S sum = x[0] * 1.0;
    for (std::size_t j = 1; j < x.size(); ++j) sum = sum + x[j];
    std::vector<S> r;
    for (std::size_t i = 0; i < 10; ++i) {
      const S all = -0.2 * sum - 1.0;
      r.push_back(i < x.size() ? x[i] + all : all);
    }
    return r;
  }));
  return out;
}

/// Only least squares see their way in these: the valleys are too narrow for the rounding of the sum.
std::vector<Problem> badly_scaled() {
  std::vector<Problem> out;
  out.push_back(problem("Brown, badly scaled", {1, 1}, 0, []<class S>(std::span<const S> x) {
    return std::vector<S>{x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2.0};
  }));
  out.push_back(problem("Powell, badly scaled", {0, 1}, 0, []<class S>(std::span<const S> x) {
    return std::vector<S>{1e4 * (x[0] * x[1]) - 1.0, exp(-x[0]) + exp(-x[1]) - 1.0001};
  }));
  out.push_back(problem("Meyer", {.02, 4000, 250}, 87.945855, []<class S>(std::span<const S> x) {
    std::vector<S> r;
    for (int i = 1; i <= 16; ++i) r.push_back(x[0] * exp(x[1] / (45.0 + 5.0 * i + x[2])) - meyer_y[i - 1]);
    return r;
  }));
  return out;
}

template <class S>
S half_square(const std::vector<S>& r) {
  S sum = r[0] * r[0];
  for (std::size_t i = 1; i < r.size(); ++i) sum = sum + r[i] * r[i];
  return sum * 0.5;
}

/// 2·value is the published sum of squares, to the digits that are published.
template <class X>
void published(const Problem& p, const MinimizeResult<X>& m) {
  INFO(p.name << ": " << m.message << " after " << m.iterations << " steps, " << m.evaluations << " evaluations");
  CHECK(2.0 * m.value == Approx(p.minimum).epsilon(1e-6).margin(1e-9));
}

struct OnScalars {
  const Problem& p;
  Scalar operator()(std::span<const Scalar> x) const { return half_square(p.on_scalars(x)); }
  DualScalar operator()(std::span<const DualScalar> x) const { return half_square(p.on_duals(x)); }
};

}  // namespace

TEST_CASE("minimize: the published minima, by every method that uses curvature", "[minimize]") {
  for (const Problem& p : problems()) {
    INFO(p.name);
    for (const MinimizeMethod method : {MinimizeMethod::bfgs, MinimizeMethod::lbfgs, MinimizeMethod::newton_cg}) {
      INFO("method " << static_cast<int>(method));
      published(p, minimize(OnScalars{p}, p.start, {.method = method, .max_iterations = 20000}));
    }
  }
}

TEST_CASE("least_squares: the published minima, of what is badly scaled too", "[minimize]") {
  std::vector<Problem> all = problems();
  for (Problem& p : badly_scaled()) all.push_back(std::move(p));
  for (const Problem& p : all) {
    INFO(p.name);
    const auto r = [&](std::span<const Scalar> x) { return p.on_scalars(x); };
    published(p, least_squares(r, p.start, {.max_iterations = 3000}));
  }
}

TEST_CASE("minimize and least_squares: on tensors, one and several", "[minimize]") {
  for (const Problem& p : problems()) {
    INFO(p.name);
    std::vector<Tensor> start;
    for (const double x : p.start) start.emplace_back(x);
    const auto r = [&](std::span<const Tensor> x) { return ops::stack(p.on_tensors(x)); };
    const auto m = least_squares(r, start, {.max_iterations = 3000});
    published(p, m);
    CHECK(m.x.size() == start.size());
    const auto f = [&](std::span<const Tensor> x) { return 0.5 * sum(square(r(x))); };
    published(p, minimize(f, start, {.method = MinimizeMethod::lbfgs, .max_iterations = 5000}));
  }
  // One tensor in, one tensor out, of its shape and dtype.
  const Tensor target(Array({2, 2}, {1, -2, 3, 4}));
  const auto f = [&](const Tensor& x) { return sum(square(square(x - target))) + sum(square(x - target)); };
  const MinimizeResult<Tensor> m = minimize(f, Tensor(Array::zeros({2, 2})));
  CHECK(m.success);
  CHECK(m.x.shape() == Shape{2, 2});
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(m.x.to_vector()[k] == Approx(target.value().to_vector()[k]).margin(1e-8));
  }
  CHECK(m.message == "no derivative is larger than gradient_tolerance, 1e-08");
  const auto narrow = minimize(f, Tensor(Array::zeros({2, 2}, DType::float32)), {.gradient_tolerance = 1e-3});
  CHECK(narrow.x.dtype() == DType::float32);
  const auto two = minimize([](const Tensor& a, const Tensor& b) { return square(a - 3.0) + square(b + a); },
                            {Tensor(0.0), Tensor(0.0)});
  CHECK(two.x[1].item() == Approx(-3.0));
}

TEST_CASE("minimize: gradient descent gets there, slowly", "[minimize]") {
  const Problem p = problems()[2];  // Beale
  const auto m =
      minimize(OnScalars{p}, p.start,
               {.method = MinimizeMethod::gradient_descent, .max_iterations = 20000, .gradient_tolerance = 1e-6});
  CHECK(m.success);
  CHECK(m.x[0] == Approx(3.0).epsilon(1e-4));
  CHECK(m.x[1] == Approx(0.5).epsilon(1e-4));
}

TEST_CASE("minimize: many unknowns", "[minimize]") {
  // The extended Rosenbrock function of a thousand unknowns.
  const auto rosenbrock = [](const Tensor& x) {
    const Tensor pairs = reshape(x, {500, 2});
    const Tensor a = ops::slice(pairs, {{}, 0}), b = ops::slice(pairs, {{}, 1});
    return sum(100.0 * square(b - square(a)) + square(1.0 - a));
  };
  std::vector<double> start;
  for (int i = 0; i < 500; ++i) start.insert(start.end(), {-1.2, 1.0});
  for (const MinimizeMethod method : {MinimizeMethod::lbfgs, MinimizeMethod::newton_cg}) {
    const auto m = minimize(rosenbrock, Tensor(Array({1000}, start)), {.method = method});
    CHECK(m.success);
    CHECK(m.value < 1e-14);
  }
}

TEST_CASE("minimize and least_squares: a step to where the function has no value is taken back", "[minimize]") {
  // The likelihood of a Gaussian by its covariance: the first steps lead to matrices that are not positive definite.
  const Tensor seen{{1.0, 0.9}, {0.9, 1.0}};
  int refused = 0;
  const auto likelihood = [&](const Tensor& x) {
    try {
      const Tensor l = cholesky(reshape(x, {2, 2}));
      return sum(log(diagonal(l))) + 0.5 * trace(solve(matmul(l, transpose(l)), seen));
    } catch (const ValueError&) {
      ++refused;
      throw;
    }
  };
  for (const MinimizeMethod method : {MinimizeMethod::bfgs, MinimizeMethod::newton_cg}) {
    refused = 0;
    const auto best = minimize(likelihood, Tensor{1.2, 0.5, 0.5, 0.8}, {.method = method});
    INFO(best.message);
    CHECK(refused > 0);
    CHECK(norm(best.x - reshape(seen, {-1})).item() < 1e-6);
  }
  refused = 0;
  const auto fit = least_squares(
      [&](const Tensor& x) {
        if (x.item() < 0.0) ++refused;
        return reshape(log(cholesky(reshape(x, {1, 1}))) + 1.0, {-1});
      },
      Tensor{30.0});
  CHECK(refused > 0);
  CHECK(fit.x.item() == Approx(std::exp(-2.0)));
  // At the start it is the user's error.
  CHECK_THROWS_AS(minimize(likelihood, Tensor{1.0, 2.0, 2.0, 1.0}), ValueError);
}

TEST_CASE("minimize: the callback, the limits and what is refused", "[minimize]") {
  const Problem p = problems()[0];
  const OnScalars f{p};
  std::vector<double> values;
  const auto stopped = minimize(f, p.start, {.callback = [&](const MinimizeStep& step) {
                                  CHECK(step.x.size() == 2);
                                  values.push_back(step.value);
                                  return step.iteration < 5;
                                }});
  CHECK(values.size() == 5);
  CHECK(std::is_sorted(values.rbegin(), values.rend()));
  CHECK_FALSE(stopped.success);
  CHECK(stopped.message == "the callback ended it");
  CHECK(minimize(f, p.start, {.max_iterations = 3}).message == "3 iterations were not enough");
  CHECK(minimize(f, {1.0, 1.0}).iterations == 0);
  const auto abs_value = [](const Tensor& x) { return abs(x - 1.0); };
  const auto stuck = minimize(abs_value, Tensor(0.25));
  CHECK(stuck.x.item() == Approx(1.0));

  const auto message = [](const std::string& text) { return test::Message(text); };
  CHECK_THROWS_MATCHES(minimize([](const Tensor& x) { return log(x); }, Tensor(-1.0)), ValueError,
                       message("[minimize] the function is nan where it starts"));
  CHECK_THROWS_MATCHES(minimize([](const Tensor& x) { return sum(sqrt(x)); }, Tensor(Array({2}, {1, 0}))), ValueError,
                       message("[minimize] the derivative by unknown 1 is inf where it starts"));
  CHECK_THROWS_MATCHES(minimize(f, p.start, {.max_iterations = -1}), ValueError,
                       message("[minimize] max_iterations is -1: it must not be negative"));
  CHECK_THROWS_MATCHES(minimize(f, p.start, {.memory = 0}), ValueError,
                       message("[minimize] memory is 0: it must be at least 1"));
  CHECK_THROWS_MATCHES(minimize(f, p.start, {.gradient_tolerance = -1}), ValueError,
                       message("[minimize] gradient_tolerance is -1: it must not be negative"));
  CHECK_THROWS_AS(minimize([](const Tensor& x) { return x; }, Tensor(Array({2}, {1, 2}))), GraphError);
  const auto only_scalars = [](std::span<const Scalar> x) -> Scalar { return x[0] * x[0]; };
  CHECK(minimize(only_scalars, {3.0}).x[0] == Approx(0.0).margin(1e-8));
  CHECK_THROWS_MATCHES(minimize(only_scalars, {3.0}, {.method = MinimizeMethod::newton_cg}), ValueError,
                       message("[minimize] newton_cg needs second derivatives: a function that takes DualScalars too"));
}

}  // namespace minimize_test
