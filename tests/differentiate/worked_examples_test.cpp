// Published worked examples, recomputed in double precision: values and gradients as a reader of the text expects them.
#include <cstdint>
#include <string>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

const Json& example(const char* name) {
  static const Json all = read_data("worked_examples.json");
  return all.at(name);
}

/// The recomputation rounds at other places: a few ulps apart is the same number.
constexpr std::uint64_t few = 4;

void same(const char* what, const Tensor& got, const Json& expected, std::uint64_t ulps = few) {
  INFO(what);
  CHECK(difference(got.to_vector(), numbers_of(expected), ulps) == "");
}

}  // namespace

TEST_CASE("examples: a circuit of two gates (CS231n)", "[examples]") {
  const Json& e = example("cs231n_xyz");
  const Tensor x = variable(-2.0, "x");
  const Tensor y = variable(5.0, "y");
  const Tensor z = variable(-4.0, "z");
  const Tensor q = x + y;
  const Tensor f = q * z;
  const auto d = grad(f, {x, y, z, q});
  same("q", q, e["q"], 0);
  same("f", f, e["f"], 0);
  same("df/dx", d[0], e["dx"], 0);
  same("df/dy", d[1], e["dy"], 0);
  same("df/dz", d[2], e["dz"], 0);
  same("df/dq", d[3], e["dq"], 0);
}

TEST_CASE("examples: a product (CS231n)", "[examples]") {
  const Json& e = example("cs231n_mul");
  const Tensor x = variable(4.0);
  const Tensor y = variable(-3.0);
  const Tensor f = x * y;
  const auto d = grad(f, {x, y});
  same("f", f, e["f"], 0);
  same("df/dx", d[0], e["dx"], 0);
  same("df/dy", d[1], e["dy"], 0);
}

TEST_CASE("examples: a sigmoid neuron, gate by gate (CS231n)", "[examples]") {
  const Json& e = example("cs231n_sigmoid_neuron");
  const Tensor w = variable(Array({3}, {2, -3, -3}));
  const Tensor x = variable(Array({2}, {-1, -2}));
  const Tensor w01 = w * Tensor(Array({3}, {1, 1, 0}));
  const Tensor spread(Array({2, 3}, {1, 0, 0, 0, 1, 0}));
  const Tensor inputs = reshape(matmul(reshape(x, {1, 2}), spread), {3}) + Tensor(Array({3}, {0, 0, 1}));
  const Tensor dot = sum((w01 + w * Tensor(Array({3}, {0, 0, 1}))) * inputs);
  const Tensor negative = -dot;
  const Tensor power = exp(negative);
  const Tensor denominator = 1 + power;
  const Tensor f = 1 / denominator;
  const auto d = grad(f, {w, x, denominator, power, negative, dot});
  same("w·x", dot, e["dot"]);
  same("exp", power, e["exp"]);
  same("1 + exp", denominator, e["den"]);
  same("f", f, e["f"]);
  same("df/dw", d[0], e["dw"]);
  same("df/dx", d[1], e["dx"]);
  same("df/d(1 + exp)", d[2], e["d_den"]);
  same("df/dexp", d[3], e["d_exp"]);
  same("df/d(−w·x)", d[4], e["d_neg"]);
  same("df/d(w·x)", d[5], e["d_dot"]);
  same("the fused sigmoid", grad(sigmoid(dot), {dot})[0], e["d_dot"]);
}

TEST_CASE("examples: staged computation (CS231n)", "[examples]") {
  const Json& e = example("cs231n_staged");
  const Tensor x = variable(3.0);
  const Tensor y = variable(-4.0);
  const Tensor sigy = sigmoid(y);
  const Tensor num = x + sigy;
  const Tensor sigx = sigmoid(x);
  const Tensor xpy = x + y;
  const Tensor den = sigx + pow(xpy, 2);
  const Tensor f = num * (1 / den);
  same("σ(y)", sigy, e["sigy"]);
  same("num", num, e["num"]);
  same("σ(x)", sigx, e["sigx"]);
  same("x + y", xpy, e["xpy"], 0);
  same("den", den, e["den"]);
  same("f", f, e["f"]);
  const auto d = grad(f, {x, y});
  same("df/dx", d[0], e["dx"]);
  same("df/dy", d[1], e["dy"]);
}

TEST_CASE("examples: the README of micrograd and its tests", "[examples]") {
  const Tensor x = variable(-4.0);
  const Tensor z = 2 * x + 2 + x;
  const Tensor q = relu(z) + z * x;
  const Tensor h = relu(z * z);
  const Tensor y = h + q + q * x;
  same("y", y, example("micrograd_sanity")["y"], 0);
  same("dy/dx", grad(y, {x})[0], example("micrograd_sanity")["dx"], 0);
}

TEST_CASE("examples: a diamond needs the topological order (micrograd)", "[examples]") {
  const Json& e = example("micrograd_pr64_diamond");
  const Tensor a = variable(1.0);
  const Tensor b = a + a;
  const Tensor c = b + b;
  same("c", c, e["c"], 0);
  same("dc/da", grad(c, {a})[0], e["da"], 0);
}

TEST_CASE("examples: the lecture's neuron (Karpathy)", "[examples]") {
  const Json& e = example("karpathy_neuron");
  const Tensor x1 = variable(2.0);
  const Tensor x2 = variable(0.0);
  const Tensor w1 = variable(-3.0);
  const Tensor w2 = variable(1.0);
  const Tensor b = variable(6.8813735870195432);
  const Tensor n = x1 * w1 + x2 * w2 + b;
  const Tensor o = tanh(n);
  const auto d = grad(o, {n, x1, x2, w1, w2, b});
  same("n", n, e["n"]);
  same("o", o, e["o"]);
  // The recomputation takes 1 − o², which loses up to an ulp of 1 against 0.5.
  same("do/dn", d[0], e["dn"]);
  same("do/dx1", d[1], e["x1"]);
  same("do/dx2", d[2], e["x2"]);
  same("do/dw1", d[3], e["w1"]);
  same("do/dw2", d[4], e["w2"]);
  same("do/db", d[5], e["b"]);
}

TEST_CASE("examples: the lecture's first expression and a step downhill (Karpathy)", "[examples]") {
  const Json& e = example("karpathy_L");
  Tensor a = variable(2.0);
  Tensor b = variable(-3.0);
  Tensor c = variable(10.0);
  Tensor f = variable(-2.0);
  const auto forward = [&] { return (a * b + c) * f; };
  const Tensor product = a * b;
  const Tensor d = product + c;
  const Tensor loss = d * f;
  const auto g = grad(loss, {a, b, c, f, d, product});
  same("L", loss, e["L"], 0);
  same("e", product, e["e"], 0);
  same("d", d, e["d"], 0);
  const char* names[] = {"a", "b", "c", "f", "dd", "de"};
  for (std::size_t k = 0; k < g.size(); ++k) same(names[k], g[k], e[names[k]], 0);
  Tensor* leaves[] = {&a, &b, &c, &f};
  for (std::size_t k = 0; k < 4; ++k) leaves[k]->set_value((*leaves[k] + 0.01 * g[k]).value());
  same("L after a step", forward(), example("karpathy_L_after_step")["L"]);
}

TEST_CASE("examples: values used twice (Karpathy)", "[examples]") {
  const Tensor a = variable(-2.0);
  const Tensor b = variable(3.0);
  const Tensor d = a * b;
  const Tensor e = a + b;
  const Tensor f = d * e;
  const auto g = grad(f, {a, b, d, e});
  const Json& expected = example("karpathy_reuse");
  same("f", f, expected["f"], 0);
  same("da", g[0], expected["da"], 0);
  same("db", g[1], expected["db"], 0);
  same("dd", g[2], expected["dd"], 0);
  same("de", g[3], expected["de"], 0);
  const Tensor x = variable(3.0);
  same("a + a", x + x, example("karpathy_a_plus_a")["b"], 0);
  same("d(a + a)/da", grad(x + x, {x})[0], example("karpathy_a_plus_a")["da"], 0);
  const Tensor y = 3 * pow(x, 2) - 4 * x + 5;
  same("3x² − 4x + 5", y, example("karpathy_quadratic")["f"], 0);
  same("6x − 4", grad(y, {x})[0], example("karpathy_quadratic")["df"], 0);
}

TEST_CASE("examples: calculus on a computational graph (Olah)", "[examples]") {
  const Json& expected = example("colah");
  const Tensor a = variable(2.0);
  const Tensor b = variable(1.0);
  const Tensor e = (a + b) * (b + 1);
  const auto g = grad(e, {a, b});
  same("e", e, expected["e"], 0);
  same("de/da", g[0], expected["da"], 0);
  same("de/db", g[1], expected["db"], 0);
}

TEST_CASE("examples: the code of the encyclopedia's article", "[examples]") {
  const Json& e = example("wikipedia_code");
  const Tensor x = variable(2.0);
  const Tensor y = variable(3.0);
  const Tensor z = x * (x + y) + y * y;
  const auto g = grad(z, {x, y});
  same("z", z, e["z"], 0);
  same("dz/dx", g[0], e["dx"], 0);
  same("dz/dy", g[1], e["dy"], 0);
}

TEST_CASE("examples: a vector of cubes and squares (PyTorch's tutorial)", "[examples]") {
  const Tensor a = variable(Array({2}, {2, 3}));
  const Tensor b = variable(Array({2}, {6, 4}));
  const Tensor q = 3 * pow(a, 3) - pow(b, 2);
  const auto g = grad(q, std::vector{a, b}, Array::full({2}, 1.0));
  const Json& expected = example("pytorch_blitz")["Q"];
  for (std::size_t k = 0; k < 2; ++k) {
    const std::vector<double> row = numbers_of(expected[k]);
    CHECK(std::vector{q.to_vector()[k], g[0].to_vector()[k], g[1].to_vector()[k]} == row);
  }
}

TEST_CASE("examples: exclusive or with two hidden units (Goodfellow et al.)", "[examples]") {
  const Tensor x(Array({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}));
  const Tensor hidden = relu(matmul(x, Tensor(Array({2, 2}, {1, 1, 1, 1}))) + Tensor(Array({2}, {0, -1})));
  const Tensor out = matmul(hidden, Tensor(Array({2, 1}, {1, -2})));
  same("hidden", hidden, example("goodfellow_xor")["hidden"], 0);
  same("out", out, example("goodfellow_xor")["out"], 0);
}

TEST_CASE("examples: a perceptron that computes NAND (Nielsen)", "[examples]") {
  const Tensor x(Array({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}));
  const Tensor z = matmul(x, Tensor(Array({2, 1}, {-2, -2}))) + 3;
  same("z", z, example("nielsen_nand")["z"], 0);
  CHECK(step(z).to_vector() == std::vector<double>{1, 1, 1, 0});
}

TEST_CASE("examples: one neuron learns 0 from 1, slowly by squares and fast by cross-entropy (Nielsen)", "[examples]") {
  struct Run {
    const char* name;
    double start;
    double bias;
    double rate;
    bool squares;
  };
  for (const Run& run : {Run{"nielsen_quad_0.6_0.9", 0.6, 0.9, 0.15, true},
                         {"nielsen_quad_2.0_2.0", 2, 2, 0.15, true},
                         {"nielsen_ce_0.6_0.9_eta.15", 0.6, 0.9, 0.15, false},
                         {"nielsen_ce_0.6_0.9_eta.005", 0.6, 0.9, 0.005, false},
                         {"nielsen_ce_2.0_2.0_eta.15", 2, 2, 0.15, false},
                         {"nielsen_ce_2.0_2.0_eta.005", 2, 2, 0.005, false}}) {
    INFO(run.name);
    const Json& e = example(run.name);
    Tensor w = parameter(run.start);
    Tensor b = parameter(run.bias);
    const auto output = [&] { return sigmoid(w + b); };
    CHECK(output().item() == test::Approx(e["a0"].get<double>()).epsilon(1e-15));
    for (int epoch = 0; epoch < 300; ++epoch) {
      const Tensor a = output();
      const auto g = grad(run.squares ? a * a / 2 : -log(1 - a), {w, b});
      if (epoch == 0) CHECK(g[0].item() == test::Approx(e["grad0"].get<double>()).epsilon(1e-14));
      w.set_value((w - run.rate * g[0]).value());
      b.set_value((b - run.rate * g[1]).value());
    }
    // Three hundred steps, each with a few roundings.
    CHECK(output().item() == test::Approx(e["a_end"].get<double>()).epsilon(1e-12));
    CHECK(w.item() == test::Approx(e["w"].get<double>()).epsilon(1e-12));
    CHECK(b.item() == test::Approx(e["b"].get<double>()).epsilon(1e-12));
  }
}
