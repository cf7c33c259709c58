// Derivations say nothing false: where no derivative exists, where digits are lost, what a sum adds up.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_latex.h"
#include "autograd/derive/write/derivation_text.h"
#include "tests/catch.h"
#include "tests/derive/derivation_text_of.h"
#include "tests/reference/with_gradients.h"

using namespace gradus;
using gradus::reference::holds;
using gradus::reference::text_of;
using gradus::reference::with_gradients;

namespace true_words_test {

namespace {

std::string latex_of(const Tensor& y) {
  const Graph graph = with_gradients(y);
  return to_latex(graph, derivation(graph));
}

void says(const std::string& text, std::string_view part) {
  INFO(text);
  INFO(part);
  CHECK(holds(text, part));
}

void does_not_say(const std::string& text, std::string_view part) {
  INFO(text);
  INFO(part);
  CHECK_FALSE(holds(text, part));
}

Tensor row(const std::vector<double>& x, const char* name) {
  return variable(Array(Shape{static_cast<std::int64_t>(x.size())}, x), name);
}

Tensor x_at(double x) { return variable(x, "x"); }

TEST_CASE("Where an op has a kink or a jump, a derivation says so", "[derivation]") {
  says(text_of(abs(x_at(0.0))),
       "At x = 0 abs has a kink, with slope −1 on the left and 1 on the right: there is no derivative, and 0 is taken "
       "by "
       "convention.");
  says(text_of(floor(x_at(2.0))), "At x = 2 floor jumps: there is no derivative, and 0 is taken by convention.");
  says(text_of(maximum(x_at(1.0), variable(1.0, "z"))), "0.5 is taken by convention");
  says(text_of(relu6(x_at(6.0))), "At x = 6 relu6 has a kink");
  says(text_of(norm(row({0.0, 0.0}, "x"))), "Where x is 0 norm has a kink");
  says(text_of(max(row({1.0, 1.0, 0.0}, "x"))), "Where x is 1 max has a kink");
  for (const Tensor& smooth : {abs(x_at(1e-9)), relu(x_at(0.1)), square(x_at(0.0)), sin(x_at(1e15)), sigmoid(x_at(0.0)),
                               exp(x_at(50.0)), x_at(1e-300) * 3.0, sqrt(x_at(1e-8)), silu(x_at(0.0))}) {
    does_not_say(text_of(smooth), "has a kink, with");
    does_not_say(text_of(smooth), " jumps:");
  }
}

TEST_CASE("The check does not call a convention good", "[derivation]") {
  for (const Tensor& y : {abs(x_at(0.0)), relu(x_at(0.0)), floor(x_at(2.0)), norm(row({0.0, 0.0}, "x")),
                          maximum(x_at(1.0), variable(1.0, "z")), exp(abs(3.0 * x_at(0.0)))}) {
    says(text_of(y), "no derivative\n");
    does_not_say(text_of(y), "< 1e−5\n");
  }
  for (const Tensor& y : {sin(x_at(3.0)), square(x_at(0.0)), exp(x_at(-4.0)), 1.0 / x_at(0.5), x_at(0.0) * 2.0,
                          tanh(x_at(0.0)), gelu(x_at(0.0)), pow(x_at(0.0), 3.0)}) {
    does_not_say(text_of(y), "no derivative\n");
  }
}

TEST_CASE("What has no value is not an equation", "[derivation]") {
  const std::string at_origin = text_of(hypot(x_at(0.0), variable(0.0, "z")));
  does_not_say(at_origin, "·0/0");
  const std::string power = text_of(pow(x_at(0.0), variable(0.0, "z")));
  does_not_say(power, "log(0) =");
  says(power, "has no value: by convention the derivative is 0 here.");
  const std::string divergence = text_of(kl_div(row({-0.2, -0.7}, "q"), row({0.0, 1.0}, "p")));
  says(divergence, "0·(log(0) − (−0.2)) has no value: by convention the result is 0 there.");
}

TEST_CASE("Cancelled digits are shown, or their loss is told", "[derivation]") {
  DerivationOptions three;
  three.digits = 3;
  const Tensor x = x_at(1.5);
  says(text_of(pow(x, 3.0) - 2.0 * x, three), "= 3.375 − 3 = 0.375");
  const std::string saturated = text_of(sigmoid(x_at(50.0)));
  does_not_say(saturated, "(1 − 1) =");
  says(saturated, "The digits of 1·(1 − 1) cancel: 1.92875e−22 is computed another way, which keeps them.");
  const std::string lost = text_of(log(1.0 - sigmoid(x_at(40.0))));
  says(lost, "All digits are lost here");
  says(lost, "log_sigmoid");
  does_not_say(lost, "not defined");
  const std::string noise = text_of(0.1 + 0.2 * x_at(1.0) - 0.3);
  says(noise, "All digits are lost here");
  says(noise, "0.3 − 0.3 ≈ 5.55112e−17");
  does_not_say(noise, "log_sigmoid");
  for (const Tensor& exact :
       {exp(x_at(0.0)) - 1.0, 2.0 * x_at(0.5) - 1.0, relu(x_at(1.0)) - 1.0, x_at(0.1) - 0.1, cos(x_at(0.0)) - 1.0}) {
    does_not_say(text_of(exact), "lost");
  }
}

TEST_CASE("What is out of range is not told as mathematics", "[derivation]") {
  const std::string small = text_of(exp(x_at(-800.0)));
  says(small, "exp(−800) ≈ 0");
  says(small, "y is too small for its type of number, and was rounded to 0.");
  says(text_of(exp(x_at(800.0))), "y is too large for its type of number, and became infinite.");
  says(text_of(log(softmax(row({0.0, 800.0}, "x")))), "A number of v₁ is too small");
  says(text_of(x_at(1e-170) * variable(1e-170, "z")), "is too small");
  for (const Tensor& exact :
       {relu(x_at(-3.0)), hard_sigmoid(x_at(-4.0)), 1.0 / x_at(0.0), log(x_at(0.0)), sin(x_at(0.0)), floor(x_at(0.3)),
        clamp(x_at(-2.0), 0.0, 1.0), x_at(2.0) - 2.0, step(x_at(-1.0)), relu6(x_at(-1.0))}) {
    does_not_say(text_of(exact), "its type of number");
  }
}

TEST_CASE("What was rounded is given with its sign", "[derivation]") {
  says(text_of(x_at(0.123456789) * 2.0), "x ≈ 0.123457\n");
  says(text_of(x_at(0.1) * 2.0), "x = 0.1\n");
  says(text_of(reciprocal(x_at(-0.0))), "x = −0\n");
  says(text_of(reciprocal(x_at(-0.0))), "1/x = 1/(−0) = −inf");
}

TEST_CASE("Powers of ten hold together, and quotients do", "[derivation]") {
  const Tensor y = square(x_at(1e-20)) + square(variable(123456789.0, "z"));
  says(latex_of(y), R"({\left(10^{-20}\right)}^{2})");
  says(latex_of(y), R"({\left(1.23457 \cdot 10^{8}\right)}^{2})");
  does_not_say(latex_of(y), R"(1 \cdot 10^{-20})");
  says(text_of(y), "(1e−20)²");
  says(text_of(erf(x_at(0.3))), "(2/√π)·exp(−x²)");
  says(text_of(exp2(x_at(0.3))), "log(2)·y");
}

TEST_CASE("Each argument is told of what it receives", "[derivation]") {
  says(text_of(1.0 / x_at(2.0)), "The denominator receives the gradient times minus the quotient");
  does_not_say(text_of(1.0 / x_at(2.0)), "The numerator receives");
  says(text_of(x_at(2.0) / 3.0), "The numerator receives the gradient divided by the denominator.");
  says(text_of(1.0 - x_at(2.0)), "What is subtracted receives the gradient with the opposite sign.");
}

TEST_CASE("An op is known by its type: nothing is said of another of its name", "[derivation]") {
  constexpr auto half_square = custom_op<"softplus">([](auto x) { return x * x * 0.5; });
  constexpr auto weighted = custom_op<"pow">([](auto x, auto z) { return x + 10.0 * z; });
  const Tensor x = x_at(3.0);
  const std::string one = text_of(half_square(x) * 2.0);
  says(one, "v₁ = softplus(x) = softplus(3) = 4.5\n");
  does_not_say(one, "cancel");
  const std::string two = text_of(weighted(x, variable(2.0, "z")) * 2.0);
  says(two, "v₁ = pow(x, z) = pow(3, 2) = 23\n");
  does_not_say(two, "cancel");
  // The rule of an op is not the op.
  const std::string slope = text_of(recorded_grad(pow(x, 2.0), {x})[0]);
  says(slope, "y = pow′(1, x) = pow′(1, 3) = 6\n");
  does_not_say(slope, "cancel");
}

TEST_CASE("A multiple of a power is no power", "[derivation]") {
  const Tensor x = x_at(3.0);
  const std::string slope = text_of(bind(Power{{}, 1.0, 2.0}, x));
  says(slope, "Take 2x\n");
  does_not_say(slope, "power 1");
}

TEST_CASE("A transposed factor, and what is summed", "[derivation]") {
  const Array two = Array({2, 2}, {1.0, 2.0, 3.0, 4.0});
  const std::string square_ones = text_of(matmul(variable(two, "Q"), variable(two, "K")));
  does_not_say(square_ones, "only (2×2) fits");
  does_not_say(square_ones, "batch");
  says(square_ones, "number [j, k] of the result is the sum over i of Q[i, j]·G[i, k]");
  says(text_of(einsum("ij,kj->ik", {variable(two, "Q"), variable(two, "K")})),
       "number [j, k] of the result is the sum over i of G[i, j]·Q[i, k]");
  const Array three = Array({3, 2}, {1.0, 2.0, 3.0, 4.0, 5.0, 6.0});
  says(text_of(matmul(variable(three, "X"), parameter(two, "W"))), "the batch X");
  const std::string hidden = text_of(matmul(tanh(variable(three, "X")), parameter(two, "W")));
  does_not_say(hidden, "batch");
  says(text_of(sum(variable(three, "X") + parameter(Array({2}, {1.0, 2.0}), "b"))), "sum(G, axis=0)");
  says(text_of(var(variable(two, "x"), 1)), "mean(x, axis=1, keepdims=true)");
  says(text_of(softmax(variable(two, "x"), 1)), "sum(y ⊙ G, axis=1, keepdims=true)");
  const std::string joined = text_of(concat({row({1.0, 2.0}, "a"), row({3.0, 4.0, 5.0}, "b")}));
  says(joined, "slice(G, [0:2])");
  says(joined, "slice(G, [2:5])");
}

TEST_CASE("Places are nested as they are given", "[derivation]") {
  const Indices places(Shape{2, 2}, {0, 0, 1, 0});
  says(text_of(gather(variable(Array({2, 2}, {1.0, 2.0, 3.0, 4.0}), "x"), 0, places)), "[[0, 0], [1, 0]]");
}

TEST_CASE("Orders that come out right are told why", "[derivation]") {
  DerivationOptions why;
  why.compare_orders = true;
  const Tensor zero = x_at(0.0);
  const std::string at_zero = text_of(zero * zero, why);
  says(at_zero, "it is used 2 times, by y.");
  says(at_zero, "Right by luck, since what gets lost is 0 with these numbers: assigning.");
  says(at_zero, "a leaf hands nothing on: naive recursion, visiting once.");
  const Tensor x = x_at(3.0);
  does_not_say(text_of(x * x, why), "by luck");
}

TEST_CASE("A row of a sum is called one", "[derivation]") {
  DerivationOptions descent;
  descent.learning_rate = 0.1;
  says(text_of(square(parameter(Array({2}, {1.0, 2.0}), "w")), descent), "sum(y)        5");
}

}  // namespace

}  // namespace true_words_test
