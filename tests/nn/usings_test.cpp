// All three namespaces in use at once, in the programs that people write.
#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;
using namespace gradus::nn;
using namespace std;

TEST_CASE("usings: expressions on tensors", "[usings]") {
  const Tensor x = variable(Array({2, 2}, {1.0, -2.0, 3.0, 0.5}), "x");
  const Tensor w = parameter(Array({2, 2}, {0.5, 1.0, -1.0, 2.0}), "w");
  const Tensor y = sum(tanh(matmul(x, w)) * sigmoid(x)) + mean(square(x)) + norm(w) + prod(abs(w) + 1.0) +
                   sum(where(x, relu(x), softplus(w))) + max(maximum(x, w)) + min(x) + sum(clamp(x, -1.0, 1.0)) +
                   sum(exp(-x) + log1p(exp(x)) + pow(abs(x), 1.5) + hypot(x, w) + max(x, w) + min(x, w)) +
                   logsumexp(x) + sum(softmax(x)) + var(x) + sum(transpose(x)) + sum(reshape(x, {4})) +
                   sum(concat({x, w})) + sum(sqrt(abs(x)) + erf(x) + floor(x) + fmax(0.0, 1.0) * x);
  y.backward();
  CHECK(isfinite(y.item()));
  CHECK(x.grad().size() == 4);
  CHECK(check_gradients([](const Tensor& t) { return sum(gelu(t) * silu(t)); }, {x}).ok);
  const auto fast = compile([](const Tensor& t) { return sum(exp(t)); });
  CHECK(fast(x).item() == sum(exp(x)).item());
  CHECK(grad(sum(x * x), {x}).size() == 1);
  CHECK_FALSE(to_dot(Graph(y)).empty());
}

TEST_CASE("usings: numbers on a tape", "[usings]") {
  Tape tape;
  const Scalar a = tape.variable(2.0), b = tape.variable(-3.0);
  const Scalar y = max(a, b) + min(a, b) + clamp(a, 0.0, 1.0) + abs(b) + fabs(b) + square(a) + sigmoid(b) +
                   norm_cdf(a) + pow(a, 3.0) + hypot(a, b) + exp(b) + sqrt(a);
  CHECK(isfinite(y));
  const vector<Scalar> both{a, b};
  CHECK(sum(both).value() == -1.0);
  CHECK(dot(both, both).value() == 13.0);
  CHECK(accumulate(both.begin(), both.end(), Scalar(0.0)).value() == -1.0);
}

TEST_CASE("usings: a model that learns", "[usings]") {
  MLP model({2, 8, 2}, gradus::tanh<Tensor>);
  SGD optimizer(model.parameters(), 0.5);
  const Tensor x(Array({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}));
  const vector<int64_t> labels{0, 1, 1, 0};
  double first = 0.0, last = 0.0;
  for (int i = 0; i < 50; ++i) {
    optimizer.zero_grad();
    const Tensor loss = cross_entropy(model(x), labels);
    loss.backward();
    optimizer.step();
    last = loss.item();
    if (i == 0) first = last;
  }
  CHECK(last < first);
  // The one of nn, with its box in the drawing.
  CHECK(to_dot(Graph(cross_entropy(model(x), labels))).find("cross-entropy") != string::npos);
  Sequential stacked;
  stacked.add("linear", make_shared<Linear>(2, 1)).add("relu", make_shared<Relu>());
  CHECK(mse_loss(stacked(x), Tensor(Array({4, 1}, {0, 1, 1, 0}))).size() == 1);
  CHECK(huber_loss(x, x).item() == 0.0);
}
