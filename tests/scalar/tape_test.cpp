// The tape itself: its limits, marks, several outputs, functions from outside.
#include "autograd/scalar/tape.h"

#include <cmath>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/scalar/scalar.h"
#include "tests/catch.h"

using namespace gradus;
using test::Approx;

TEST_CASE("a tape that is full says so, and stays usable") {
  Tape tape(100);
  CHECK(tape.capacity() == 100);
  const Scalar x = tape.variable(1.0);
  Scalar y = x;
  const auto record = [&] {
    for (int k = 0; k < 200; ++k) y = y + 1.0;
  };
  CHECK_THROWS_AS(record(), GraphError);
  CHECK_THROWS_WITH(record(), test::ContainsSubstring("[tape] full") && test::ContainsSubstring("100"));
  CHECK(tape.size() == 100);
  CHECK(tape.gradient(y, std::vector<Scalar>{x})[0] == 1.0);
  tape.clear();
  const Scalar z = tape.variable(3.0);
  CHECK(tape.gradient(exp(z), std::vector<Scalar>{z})[0] == Approx(std::exp(3.0)));
  CHECK_THROWS_AS(Tape(0), ValueError);
  CHECK_THROWS_AS(Tape(Tape::max_capacity + 1), ValueError);
}

TEST_CASE("a rewound tape forgets what came after the mark, and only that") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0)};
  const Scalar u = x[0] * x[1];
  const TapeMark mark = tape.mark();
  const std::size_t size = tape.size();
  Scalar old;
  for (int k = 1; k <= 5; ++k) {
    const Scalar y = u * static_cast<double>(k) + sin(x[0]);
    CHECK(tape.gradient(y, x)[0] == Approx(3.0 * k + std::cos(2.0)));
    CHECK(tape.gradient(u, x)[1] == 2.0);
    if (k > 1) {
      CHECK_THROWS_AS(old + 1.0, GraphError);
      CHECK_THROWS_AS(old * x[0], GraphError);
      CHECK_THROWS_AS(tape.gradient(old, x), GraphError);
    }
    old = y;
    tape.rewind(mark);
    CHECK(tape.size() == size);
  }
}

TEST_CASE("marks nest") {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  const TapeMark first = tape.mark();
  const Scalar y = x * x;
  const TapeMark second = tape.mark();
  static_cast<void>(exp(y));
  tape.rewind(second);
  const Scalar z = y * x;
  CHECK(tape.gradient(z, std::vector<Scalar>{x, y}) == std::vector<double>{12.0, 2.0});
  tape.rewind(first);
  CHECK_THROWS_AS(y + x, GraphError);
  CHECK_THROWS_AS(tape.rewind(second), GraphError);
  CHECK(tape.gradient(x * 3.0, std::vector<Scalar>{x})[0] == 3.0);
  tape.rewind(first);
  tape.clear();
  CHECK_THROWS_AS(tape.rewind(first), GraphError);
}

TEST_CASE("variables made at any time, results on the way, and constants have gradients") {
  Tape tape;
  const Scalar a = tape.variable(2.0);
  const Scalar b = a * a;
  const Scalar c = tape.variable(3.0);
  const Scalar y = b * c + c;
  CHECK(tape.gradient(y, std::vector<Scalar>{a, b, c, y, Scalar(1.0)}) ==
        std::vector<double>{12.0, 3.0, 5.0, 1.0, 0.0});
  CHECK(tape.gradient(b, std::vector<Scalar>{a, b, c, y}) == std::vector<double>{4.0, 1.0, 0.0, 0.0});
  CHECK(tape.gradient(a, std::vector<Scalar>{a, b}) == std::vector<double>{1.0, 0.0});
}

TEST_CASE("several outputs with seeds, and the Jacobian") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0)};
  const std::vector<Scalar> y{x[0] * x[1], x[0] / x[1], Scalar(7.0), x[1] - 1.0};
  const std::vector<double> j = tape.jacobian(y, x);
  CHECK(j == std::vector<double>{3.0, 2.0, 1.0 / 3.0, -2.0 / 9.0, 0.0, 0.0, 0.0, 1.0});
  std::vector<double> g(2);
  const std::vector<double> seeds{1.0, 3.0, 5.0, -1.0};
  tape.gradient(y, seeds, x, g);
  CHECK(g[0] == Approx(4.0));
  CHECK(g[1] == Approx(2.0 - 6.0 / 9.0 - 1.0));
  CHECK_THROWS_AS(tape.gradient(y, std::vector<double>{1.0}, x, g), ShapeError);
  CHECK_THROWS_AS(tape.gradient(y[0], x, std::span<double>(g).first(1)), ShapeError);
  CHECK_THROWS_AS(tape.jacobian(y, x, g), ShapeError);
}

TEST_CASE("a value from outside with slopes by hand") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(3.0), tape.variable(4.0), Scalar(5.0)};
  const Scalar y = tape.record(25.0, x, std::vector<double>{6.0, 8.0, 9.0});
  CHECK(tape.gradient(y * x[0], x) == std::vector<double>{43.0, 24.0, 0.0});
  CHECK_THROWS_AS(tape.record(1.0, x, std::vector<double>{1.0}), ShapeError);
}

TEST_CASE("an external function with an adjoint by hand") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0)};
  const Scalar u = x[0] + x[1];
  const std::vector<Scalar> in{u, x[1], Scalar(10.0)};
  std::vector<Scalar> out(2);
  int calls = 0;
  // (u·v, u·w)
  const std::vector<double> values{15.0, 50.0};
  tape.record(
      values, in,
      [&calls](std::span<const double> y, std::span<double> to) {
        ++calls;
        to[0] = 3.0 * y[0] + 10.0 * y[1];
        to[1] = 5.0 * y[0];
        to[2] = 5.0 * y[1];
      },
      out);
  const Scalar z = out[0] * 2.0 + out[1];
  CHECK(z.value() == 80.0);
  CHECK(tape.gradient(z, x) == std::vector<double>{16.0, 26.0});
  CHECK(tape.gradient(out[1], x) == std::vector<double>{10.0, 10.0});
  CHECK(calls == 2);
  CHECK(tape.gradient(u, x) == std::vector<double>{1.0, 1.0});
  CHECK(tape.gradient(x[0] * 4.0, x) == std::vector<double>{4.0, 0.0});  // none of its outputs is reached
  CHECK(calls == 2);
}

TEST_CASE("an external function that throws leaves the tape as it was") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0)};
  std::vector<Scalar> out(1);
  tape.record(
      std::vector<double>{1.0}, x, [](auto, auto) { throw std::runtime_error("no"); }, out);
  CHECK_THROWS_AS(tape.gradient(out[0], x), std::runtime_error);
  CHECK(tape.gradient(x[0] * x[0], x)[0] == 4.0);
}

TEST_CASE("tapes of threads do not meet") {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  bool thrown = false;
  double other = 0.0;
  std::thread([&] {
    Tape mine;
    const Scalar y = mine.variable(5.0);
    other = mine.gradient(y * y, std::vector<Scalar>{y})[0];
    try {
      static_cast<void>(Scalar(x * y));
    } catch (const GraphError&) {
      thrown = true;
    }
  }).join();
  CHECK(thrown);
  CHECK(other == 10.0);
  CHECK(tape.gradient(x * x, std::vector<Scalar>{x})[0] == 4.0);
}

TEST_CASE("a tape held by a pointer may end before the one inside it") {
  auto outer = std::make_unique<Tape>();
  Tape inner;
  outer.reset();
  const Scalar x = inner.variable(2.0);
  CHECK(inner.gradient(x * x, std::vector<Scalar>{x})[0] == 4.0);
  CHECK(&Tape::current() == &inner);
}

TEST_CASE("a million records in a chain, and again") {
  Tape tape;
  for (int round = 0; round < 2; ++round) {
    tape.clear();
    const Scalar x = tape.variable(1.0);
    Scalar y = x;
    for (int k = 0; k < 1'000'000; ++k) y = y * 1.0000001;
    CHECK(tape.gradient(y, std::vector<Scalar>{x})[0] == Approx(std::pow(1.0000001, 1e6)));
  }
  CHECK(tape.bytes() <= 33 * tape.size());
}

TEST_CASE("a record takes 24 bytes") {
  Tape tape;
  const Scalar x = tape.variable(1.5);
  Scalar y = x;
  for (int k = 0; k < 1000; ++k) y = sin(y) / x + y * y;
  const std::size_t plain = tape.bytes() / tape.size();
  CHECK(plain <= 32);
  tape.clear();
  const Scalar z = tape.variable(1.5);
  Scalar u = z;
  for (int k = 0; k < 1000; ++k) u = u / z - z * u;
  CHECK(tape.bytes() <= 24 * tape.size() + 8 * tape.size() / 2);
}
