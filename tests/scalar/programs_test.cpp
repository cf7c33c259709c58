// Random programs whose steps share their operands, in every way of differentiating there is: the tape, its replay,
// forward mode by tangents and duals, tensors eagerly and compiled.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/math/ops.h"
#include "autograd/scalar/replay.h"
#include "autograd/scalar/scalar_forward.h"
#include "autograd/scalar/spans.h"
#include "tests/catch.h"
#include "tests/reference/replays.h"

using namespace gradus;

namespace programs_test {

namespace {

/// How many programs: 3000 unless GRADUS_TEST_PROGRAMS says otherwise.
std::size_t program_count() {
  const char* asked = std::getenv("GRADUS_TEST_PROGRAMS");
  return asked == nullptr ? 3000 : std::strtoull(asked, nullptr, 10);
}

constexpr int whole_kinds = 18;  // what gives whole numbers for whole numbers; exact in any order
constexpr int kinds = 33;

struct Step {
  int kind;
  std::size_t a, b, c;
  double k;
};

struct Program {
  std::vector<Step> steps;
  bool whole = false;
  std::array<std::array<double, 3>, 2> points{};
};

template <class N>
N dot_of(const N& a, const N& b, const N& c) {
  if constexpr (std::same_as<N, Scalar>) {
    return dot(std::vector<Scalar>{a, b, c}, std::vector<Scalar>{c, b, a});
  } else {
    return a * c + b * b + c * a;
  }
}
template <class N>
N sum_of(const N& a, const N& b, const N& c) {
  if constexpr (std::same_as<N, Scalar>) {
    return sum(std::vector<Scalar>{a, b, a, c});
  } else {
    return a + b + a + c;
  }
}
template <class N>
N weighted(const N& a, const N& b, double k) {
  if constexpr (std::same_as<N, Scalar>) {
    return dot(std::vector<double>{k, 3.0, -1.0}, std::vector<Scalar>{a, b, a});
  } else {
    return k * a + 3.0 * b - a;
  }
}
template <class N>
N log_sum_exp_of(const N& a, const N& b, const N& c) {
  if constexpr (std::same_as<N, Scalar>) {
    return logsumexp(std::vector<Scalar>{a, b, c, a});
  } else {
    return logaddexp(logaddexp(a, b), logaddexp(c, a));
  }
}

template <class N>
N result_of(const Step& s, const std::vector<N>& v) {
  const N& a = v[s.a];
  const N& b = v[s.b];
  const N& c = v[s.c];
  switch (s.kind) {
    case 0:
      return a + b;
    case 1:
      return a - b;
    case 2:
      return a * b;
    case 3:
      return c + a * b;
    case 4:
      return c - a * b;
    case 5:
      return a * b - c;
    case 6:
      return a * b + c * a;
    case 7:
      return c * a - a * b;
    case 8:
      return -a;
    case 9:
      return a + s.k;
    case 10:
      return s.k - a;
    case 11:
      return s.k * a;
    case 12:
      return square(a);
    case 13:
      return maximum(a, b);
    case 14:
      return where(ops::greater(a, b), c, a);
    case 15:
      return dot_of(a, b, c);
    case 16:
      return sum_of(a, b, c);
    case 17:
      return weighted(a, b, s.k);
    case 18:
      return tanh(a);
    case 19:
      return sigmoid(a);
    case 20:
      return exp(tanh(a));
    case 21:
      return log(1.5 + square(a));
    case 22:
      return sqrt(1.0 + square(a));
    case 23:
      return a / (1.25 + square(b));
    case 24:
      return s.k / (1.25 + square(a));
    case 25:
      return a / 4.0;
    case 26:
      return sin(a);
    case 27:
      return pow(1.5 + tanh(a), tanh(b));
    case 28:
      return log_sum_exp_of(a, b, c);
    case 29:
      return c + tanh(c) * c;
    case 30:
      return N(c) + N(a);  // copies that are given away: a may be a product that others have too
    case 31:
      return N(c) - N(a);
    default:
      return erfc(a);
  }
}

/// Every value on the way, the result last: the sum of the last two.
template <class N>
std::vector<N> values_of(const Program& program, std::vector<N> v) {
  for (const Step& s : program.steps) v.push_back(result_of(s, v));
  v.push_back(v[v.size() - 1] + v[v.size() - 2]);
  return v;
}

Program some_program(std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  Program program;
  program.whole = below(2) == 0;
  const std::size_t steps = 2 + below(9);
  for (std::size_t k = 0; k < steps; ++k) {
    const std::size_t n = 3 + k;
    // Recent values and the same again are likelier than they would be by chance.
    const auto operand = [&] { return below(2) == 0 ? n - 1 - below(std::min<std::size_t>(n, 3)) : below(n); };
    Step s{};
    s.kind = static_cast<int>(below(static_cast<std::size_t>(program.whole ? whole_kinds : kinds)));
    s.a = operand();
    s.b = below(3) == 0 ? s.a : operand();
    s.c = below(3) == 0 ? s.b : operand();
    s.k = static_cast<double>(below(5)) - 2.0;
    program.steps.push_back(s);
  }
  for (auto& point : program.points) {
    for (double& x : point) {
      x = static_cast<double>(below(7)) - 3.0;
      if (!program.whole) x += static_cast<double>(below(1000)) / 1000.0;
    }
  }
  return program;
}

struct Gradient {
  double value;
  std::array<double, 3> by;
};

struct OnTape {
  Gradient gradient;
  double largest;  // of the values, and of the adjoints times what they meet
};

OnTape on_tape(const Program& program, const std::array<double, 3>& point) {
  Tape tape;
  std::vector<Scalar> x;
  for (const double p : point) x.push_back(tape.variable(p));
  const std::vector<Scalar> v = values_of(program, x);
  const std::vector<double> adjoints = tape.gradient(v.back(), x);
  double value = 1.0;
  double adjoint = 1.0;
  for (const Scalar& each : v) {
    value = std::max(value, std::abs(each.value()));
    try {
      adjoint = std::max(adjoint, std::abs(tape.gradient(v.back(), std::vector<Scalar>{each})[0]));
    } catch (const GraphError&) {  // a product that was given away: its adjoint is that of a sum
    }
  }
  return {{v.back().value(), {adjoints[0], adjoints[1], adjoints[2]}}, value * adjoint};
}

std::array<Gradient, 2> replayed(const Program& program) {
  Tape tape;
  std::vector<Scalar> x;
  for (const double p : program.points[0]) x.push_back(tape.variable(p));
  const Scalar y = values_of(program, x).back();
  if (y.is_constant()) return {};
  Replay replay(tape, x, y);
  std::vector<double> in;
  for (std::size_t k = 0; k < 3; ++k) {
    for (const auto& point : program.points) in.push_back(point[k]);
  }
  std::vector<double> value(2);
  std::vector<double> g(6);
  replay.gradients(2, in, value, g);
  return {Gradient{value[0], {g[0], g[2], g[4]}}, Gradient{value[1], {g[1], g[3], g[5]}}};
}

Gradient by_tangents(const Program& program, const std::array<double, 3>& point) {
  const auto r = gradient_forward(
      [&](const auto& x) {
        using N = std::remove_cvref_t<decltype(x[0])>;
        return values_of(program, std::vector<N>(x.begin(), x.end())).back();
      },
      point);
  return {r.value, r.gradient};
}

Gradient by_duals(const Program& program, const std::array<double, 3>& point) {
  Gradient out{};
  for (std::size_t k = 0; k < 3; ++k) {
    std::vector<Dual<double>> x;
    for (std::size_t j = 0; j < 3; ++j) x.emplace_back(point[j], j == k ? 1.0 : 0.0);
    const Dual<double> y = values_of(program, x).back();
    out.value = y.v;
    out.by[k] = y.dot;
  }
  return out;
}

std::vector<Tensor> on_tensors(const Program& program, std::span<const Tensor> x) {
  const Tensor y = values_of(program, std::vector<Tensor>(x.begin(), x.end())).back();
  std::vector<Tensor> out = grad(y, x);
  out.insert(out.begin(), y);
  return out;
}

std::vector<Tensor> as_variables(const std::array<double, 3>& point) {
  std::vector<Tensor> x;
  for (const double p : point) x.push_back(variable(p));
  return x;
}

Gradient as_numbers(const std::vector<Tensor>& r) { return {r[0].item(), {r[1].item(), r[2].item(), r[3].item()}}; }

Gradient by_pushing(const Program& program, const std::array<double, 3>& point) {
  const std::vector<Tensor> x = as_variables(point);
  const Tensor y = values_of(program, x).back();
  Gradient out{y.item(), {}};
  for (std::size_t k = 0; k < 3; ++k) {
    std::vector<Tensor> v(3, Tensor(0.0));
    v[k] = Tensor(1.0);
    out.by[k] = jvp(y, x, v).item();
  }
  return out;
}

std::string difference(const Gradient& got, const Gradient& expected, double tolerance) {
  const auto differ = [&](double a, double b) { return !(std::abs(a - b) <= tolerance); };
  if (differ(got.value, expected.value)) return fmt::format("value {}, not {}", got.value, expected.value);
  for (std::size_t k = 0; k < 3; ++k) {
    if (differ(got.by[k], expected.by[k])) return fmt::format("d/dx{} {}, not {}", k, got.by[k], expected.by[k]);
  }
  return {};
}

// Numbers so large would no longer be exact, or leave nothing to compare.
bool too_large(const Program& program, const OnTape& at) { return !(at.largest < (program.whole ? 0x1p40 : 1e6)); }

std::string wrong(const Program& program) {
  const std::array<Gradient, 2> from_replay = replayed(program);
  const auto compiled = compile([&](TensorList x) { return on_tensors(program, x); });
  for (std::size_t k = 0; k < 2; ++k) {
    const auto& point = program.points[k];
    const OnTape tape = on_tape(program, point);
    if (too_large(program, tape)) continue;
    const double tolerance = program.whole ? 0.0 : 1e-11 * tape.largest;
    const auto check = [&](const char* way, const Gradient& got) -> std::string {
      const std::string d = difference(got, tape.gradient, tolerance);
      return d.empty() ? d : fmt::format("{}: {} on the tape (point {})", way, d, k);
    };
    const std::vector<Tensor> x = as_variables(point);
    const std::vector<Tensor> eager = on_tensors(program, x);
    const std::vector<Tensor> again = compiled(TensorList(x));
    for (const std::string& d : {check("replay", from_replay[k]), check("tangents", by_tangents(program, point)),
                                 check("duals", by_duals(program, point)), check("tensors", as_numbers(eager)),
                                 check("pushed", by_pushing(program, point))}) {
      if (!d.empty()) return d;
    }
    for (std::size_t j = 0; j < eager.size(); ++j) {
      const std::string d = reference::other_bits(again[j].value(), eager[j].value());
      if (!d.empty()) return fmt::format("compiled, result {}: {}", j, d);
    }
  }
  return {};
}

std::string written(const Program& program) {
  std::string out;
  for (std::size_t k = 0; k < program.steps.size(); ++k) {
    const Step& s = program.steps[k];
    out += fmt::format("v{} = op {} of v{} v{} v{}, {}\n", 3 + k, s.kind, s.a, s.b, s.c, s.k);
  }
  for (const auto& point : program.points) out += fmt::format("at {} {} {}\n", point[0], point[1], point[2]);
  return out;
}

}  // namespace

TEST_CASE("a replay adds up what goes to one Scalar, in whatever order") {
  Tape tape;
  const std::vector<Scalar> x{tape.variable(2.0), tape.variable(3.0)};
  const auto gradient = [&](const Scalar& y) {
    std::vector<double> value(1);
    std::vector<double> g(2);
    Replay(tape, x, y).gradients(1, std::vector<double>{2.0, 3.0}, value, g);
    return g;
  };
  CHECK(gradient(x[0] + x[1] * x[0]) == std::vector<double>{4.0, 2.0});
  CHECK(gradient(x[0] * x[0] + x[0]) == std::vector<double>{5.0, 0.0});
  CHECK(gradient(x[0] - x[1] * x[0]) == std::vector<double>{-2.0, -2.0});
  CHECK(gradient(x[1] * x[0] - x[1]) == std::vector<double>{3.0, 1.0});
  CHECK(gradient(x[0] + x[0] * x[0]) == std::vector<double>{5.0, 0.0});
  CHECK(gradient(dot(x, x) + x[0]) == std::vector<double>{5.0, 6.0});
}

TEST_CASE("random programs have one gradient", "[programs]") {
  std::mt19937_64 random(20240611);
  const std::size_t count = program_count();
  std::size_t compared = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const Program program = some_program(random);
    compared += too_large(program, on_tape(program, program.points[0])) ? 0 : 1;
    const std::string found = wrong(program);
    if (found.empty()) continue;
    INFO("program " << k << "\n" << written(program) << found);
    REQUIRE(found.empty());
  }
  CHECK(compared > count / 2);
}

}  // namespace programs_test
