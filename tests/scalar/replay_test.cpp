// A tape over many points at once.
#include "autograd/scalar/replay.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/scalar/spans.h"
#include "tests/catch.h"

using namespace gradus;
using test::Approx;

namespace {

double noise(std::size_t k) { return std::fmod(0.5 + 0.6180339887498949 * static_cast<double>(k), 1.0); }

// Replays f at some points and compares each with a gradient recorded there.
template <class F>
void compare(F f, std::size_t inputs, std::size_t points, double low, double high) {
  std::vector<double> in(inputs * points);
  for (std::size_t k = 0; k < in.size(); ++k) in[k] = low + (high - low) * noise(k);
  std::vector<double> values(points);
  std::vector<double> gradients(in.size());
  Tape tape;
  std::vector<Scalar> x;
  for (std::size_t k = 0; k < inputs; ++k) x.push_back(tape.variable(0.5 * (low + high)));
  std::optional<Replay> replay(std::in_place, tape, x, f(x));
  tape.clear();
  replay->gradients(static_cast<std::int64_t>(points), in, values, gradients);
  std::vector<double> again(points);
  replay->values(static_cast<std::int64_t>(points), in, again);
  CHECK(again == values);
  for (std::size_t i = 0; i < points; ++i) {
    tape.clear();
    x.clear();
    for (std::size_t k = 0; k < inputs; ++k) x.push_back(tape.variable(in[k * points + i]));
    const Scalar y = f(x);
    const std::vector<double> g = tape.gradient(y, x);
    INFO("point " << i);
    CHECK(values[i] == Approx(y.value()).epsilon(1e-12));
    double largest = 0.0;
    for (const double d : g) largest = std::max(largest, std::abs(d));
    bool same = true;
    for (std::size_t k = 0; k < inputs; ++k) {
      same = same && std::abs(gradients[k * points + i] - g[k]) <= 1e-12 * std::abs(g[k]) + 1e-14 * largest;
    }
    CHECK(same);
  }
}

}  // namespace

TEST_CASE("replays agree with the tape, whatever the number of points") {
  for (const std::size_t points : {1U, 7U, 64U, 65U, 200U}) {
    compare(
        [](const std::vector<Scalar>& x) -> Scalar {
          const Scalar root = x[3] * sqrt(x[4]);
          const Scalar d1 = (log(x[0] / x[1]) + (x[2] + 0.5 * x[3] * x[3]) * x[4]) / root;
          return x[0] * norm_cdf(d1) - x[1] * exp(-x[2] * x[4]) * norm_cdf(d1 - root);
        },
        5, points, 0.5, 1.5);
  }
}

TEST_CASE("a long tape is replayed in shorter blocks") {
  compare(
      [](const std::vector<Scalar>& x) {
        Scalar s = 0.0;
        for (std::size_t k = 0; k + 1 < x.size(); ++k) {
          const Scalar w = x[k + 1] - x[k] * x[k];
          s += 100.0 * (w * w) + (1.0 - x[k]) * (1.0 - x[k]);
        }
        return s;
      },
      3000, 40, -1.0, 1.0);
}

TEST_CASE("every kind of record is replayed") {
  const std::vector<double> w{0.5, -1.0, 2.0};
  compare(
      [&w](const std::vector<Scalar>& x) -> Scalar {
        const std::vector<Scalar> part(x.begin(), x.begin() + 3);
        const Scalar a = dot(part, part) + dot(w, part) - sum(x) * 2.0 + logsumexp(part);
        const Scalar b = tanh(x[0]) / x[1] + sigmoid(x[2]) * (3.0 - x[3]) - 2.0 / x[1] + x[0] / 4.0;
        const Scalar c = square(x[0]) + leaky_relu(x[3] - 1.0) + clamp(x[2], 0.6, 1.2) + pow(x[1], x[2]) - (-x[0]);
        return a * b + c - a * c + maximum(x[0], x[1]) + x[0] * x[0];
      },
      4, 100, 0.5, 1.5);
}

TEST_CASE("what does not depend on the inputs stays, and an input may be a result on the way") {
  Tape tape;
  const Scalar p = tape.variable(3.0);
  const Scalar q = exp(p);
  const Scalar x = p * p;
  const Scalar unused = tape.variable(1.0);
  const Scalar y = x * q + x / p;
  Replay replay(tape, std::vector<Scalar>{x, unused}, y);
  std::vector<double> values(2);
  std::vector<double> gradients(4);
  replay.gradients(2, std::vector<double>{1.0, 2.0, 8.0, 9.0}, values, gradients);
  const double slope = std::exp(3.0) + 1.0 / 3.0;
  CHECK(values[1] == Approx(2.0 * slope));
  CHECK(gradients[0] == Approx(slope));
  CHECK(gradients[1] == Approx(slope));
  CHECK(gradients[2] == 0.0);
  Replay itself(tape, std::vector<Scalar>{x}, x);
  itself.gradients(1, std::vector<double>{5.0}, std::span<double>(values).first(1),
                   std::span<double>(gradients).first(1));
  CHECK(values[0] == 5.0);
  CHECK(gradients[0] == 1.0);
  Replay other(tape, std::vector<Scalar>{unused}, y);
  other.gradients(1, std::vector<double>{5.0}, std::span<double>(values).first(1),
                  std::span<double>(gradients).first(1));
  CHECK(values[0] == Approx(9.0 * slope));
  CHECK(gradients[0] == 0.0);
}

TEST_CASE("a zero adjoint contributes exactly zero in a replay") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(1.0), tape.variable(2.0)};
  const Scalar y = where(x[0] - x[0], sqrt(x[0]) / x[0] + log(x[0]) * x[0], x[1]);
  Replay replay(tape, x, y);
  std::vector<double> values(2);
  std::vector<double> gradients(4);
  replay.gradients(2, std::vector<double>{0.0, 4.0, 1.0, 1.0}, values, gradients);
  CHECK(gradients == std::vector<double>{0.0, 0.0, 1.0, 1.0});
}

TEST_CASE("logsumexp keeps its conventions in a replay") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<double>> points{{-inf, -inf, -inf}, {1.0, -inf, 2.0},        {-inf, 0.5, -inf},
                                                {inf, 1.0, inf},    {inf, -inf, 3.0},        {700.0, 710.0, -720.0},
                                                {0.0, 0.0, 0.0},    {1.0, 2.0, std::nan("")}};
  std::vector<double> in;
  for (std::size_t k = 0; k < 3; ++k) {
    for (const auto& point : points) in.push_back(point[k]);
  }
  std::vector<double> values(points.size());
  std::vector<double> gradients(in.size());
  Tape tape;
  std::vector<Scalar> x{tape.variable(1.0), tape.variable(2.0), tape.variable(3.0)};
  Replay(tape, x, logsumexp(x)).gradients(static_cast<std::int64_t>(points.size()), in, values, gradients);
  const auto same = [](double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-14 * std::abs(b);
  };
  for (std::size_t i = 0; i < points.size(); ++i) {
    INFO("point " << i);
    tape.clear();
    x.clear();
    for (const double p : points[i]) x.push_back(tape.variable(p));
    const Scalar y = logsumexp(x);
    const std::vector<double> g = tape.gradient(y, x);
    CHECK(same(values[i], y.value()));
    for (std::size_t k = 0; k < 3; ++k) {
      INFO("by " << k << ": " << gradients[k * points.size() + i] << ", not " << g[k]);
      CHECK(same(gradients[k * points.size() + i], g[k]));
    }
  }
}

TEST_CASE("what cannot be replayed is an error") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0)};
  const Scalar hand = tape.record(4.0, x, std::vector<double>{4.0});
  std::vector<Scalar> out(1);
  tape.record(
      std::vector<double>{1.0}, x, [](auto, auto) {}, out);
  CHECK_THROWS_AS(Replay(tape, x, hand * 2.0), GraphError);
  CHECK_THROWS_AS(Replay(tape, x, exp(out[0])), GraphError);
  CHECK_THROWS_AS(Replay(tape, x, Scalar(1.0)), GraphError);
  CHECK_THROWS_AS(Replay(tape, std::vector<Scalar>{Scalar(1.0)}, x[0]), GraphError);
  CHECK_THROWS_AS(Replay(tape, std::vector<Scalar>{x[0], x[0]}, x[0] + 1.0), GraphError);
  Replay replay(tape, x, exp(x[0]));
  std::vector<double> two(2);
  CHECK_THROWS_AS(replay.values(2, std::vector<double>{1.0}, two), ShapeError);
  CHECK_THROWS_AS(replay.gradients(1, std::vector<double>{1.0}, std::span<double>(two).first(1), two), ShapeError);
  tape.clear();
  CHECK_THROWS_AS(Replay(tape, x, x[0]), GraphError);
}
