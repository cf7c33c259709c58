#include "tests/torture/torture.h"

namespace gradus::torture {

namespace {

Tensor repeat(int times, Tensor y, Tensor (*f)(const Tensor&)) {
  for (int k = 0; k < times; ++k) y = f(y);
  return y;
}

/// The expression of micrograd's README.
Tensor micrograd(const Inputs& in) {
  const Tensor& a = in["a"];
  const Tensor& b = in["b"];
  Tensor c = a + b;
  Tensor d = a * b + pow(b, 3);
  c = c + (c + 1);
  c = c + (1 + c + (-a));
  d = d + (d * 2 + relu(b + a));
  d = d + (3 * d + relu(b - a));
  const Tensor f = pow(c - d, 2);
  return f / 2 + 10 / f;
}

Tensor fan_in(const Tensor& x) {
  Tensor y = 0.0 * x;
  for (int i = 1; i < 100000; ++i) y = y + static_cast<double>(i) * x;
  return y;
}

}  // namespace

Table graphs() {
  return {
      {"micrograd-readme", micrograd},
      {"micrograd-68",
       [](const Inputs& in) {
         const Tensor c = in["a"] + in["b"];
         const Tensor d = in["a"] * in["b"];
         return (c + d) + (c * d);
       }},
      {"micrograd-64", [](const Inputs& in) { return repeat(2, in["a"], [](const Tensor& y) { return y + y; }); }},
      {"ctensor-5",
       [](const Inputs& in) {
         const Tensor& x = in["x"];
         const Tensor a(1.0);
         return x * (x * a) + (x * x) * a + x * (x * a);
       }},
      {"self-mul", [](const Inputs& in) { return in["x"] * in["x"]; }},
      {"self-div", [](const Inputs& in) { return in["x"] / in["x"]; }},
      {"self-sub", [](const Inputs& in) { return in["x"] - in["x"]; }},
      {"self-max", [](const Inputs& in) { return maximum(in["x"], in["x"]); }},
      {"self-pow", [](const Inputs& in) { return pow(in["x"], in["x"]); }},
      {"self-atan2", [](const Inputs& in) { return atan2(in["x"], in["x"]); }},
      {"self-hypot", [](const Inputs& in) { return hypot(in["x"], in["x"]); }},
      {"stop-gradient", [](const Inputs& in) { return in["x"] * in["x"].detach(); }},
      {"disconnected", [](const Inputs& in) { return in["x"] * in["x"]; }},
      {"zero-times", [](const Inputs& in) { return 0 * in["x"] + in["y"]; }},
      {"diamond-60", [](const Inputs& in) { return repeat(60, in["x"], [](const Tensor& y) { return y + y; }); }},
      {"diamond-mul-5", [](const Inputs& in) { return repeat(5, in["x"], [](const Tensor& y) { return y * y; }); }},
      {"chain-1e6-add",
       [](const Inputs& in) { return repeat(1000000, in["x"], [](const Tensor& y) { return y + 1; }); }},
      {"fan-in-1e5", [](const Inputs& in) { return fan_in(in["x"]); }},
      {"mlp-2-2-1",
       [](const Inputs& in) {
         const Tensor x(Array({2}, {in.parameter("x", 0), in.parameter("x", 1)}));
         const Tensor hidden = tanh(matmul(in["W1"], x) + in["b1"]);
         return bce_with_logits(dot(in["w2"], hidden) + in["b2"], Tensor(in.parameter("t")));
       }},
      {"perceptron-exact",
       [](const Inputs& in) {
         return relu(dot(in["w"], Tensor(Array({3}, {1.0, 2.0, 3.0}))) + in["b"]);
       }},
  };
}

}  // namespace gradus::torture
