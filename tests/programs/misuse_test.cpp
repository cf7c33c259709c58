// What people do wrong, and what they are told: the op, the shapes, what to do instead.  And nothing is left half done.
#include <cmath>
#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

/// What f throws says; "nothing was thrown" where it throws nothing.
template <class F>
std::string told(const F& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

const Tensor x23 = ones({2, 3});

}  // namespace

TEST_CASE("misuse: shapes that do not fit") {
  CHECK(told([] { return ones({3}) + ones({4}); }) ==
        "[add] shapes do not broadcast: [3] with [4] (axis -1: 3 is not 4)");
  CHECK(told([] { return matmul(x23, x23); }) == "[matmul] inner sizes differ: [2, 3] by [2, 3]");
  CHECK(told([] { return mse(ones({5, 1}), ones({5})); }) == "[mse] shapes differ: prediction [5, 1], target [5]");
  CHECK(told([] {
          return einsum("ij,jk->ik", {x23, x23});
        }) == "[einsum] label 'j' has size 3 in operand 0, [2, 3], and size 2 in operand 1, [2, 3]");
  const std::vector<std::int64_t> labels{0, 3};
  CHECK(told([&] { return nn::cross_entropy(x23, labels); }) ==
        "[cross_entropy] label 3 of row 1 is none of the 3 classes");
  CHECK(told([] { return nn::Linear(4, 2)(x23); }) ==
        "[linear] x [..., k], W [n, k] and b [n] are needed: [2, 3] by [2, 4] and [2]");
  nn::Sequential model;
  model.add("body", std::make_shared<nn::MLP>(nn::MLP({3, 5, 5, 2}))).add("head", std::make_shared<nn::Linear>(3, 1));
  CHECK(told([&] { return model(x23); }) ==
        "[linear] x [..., k], W [n, k] and b [n] are needed: [2, 2] by [1, 3] and [1] (in Linear 'head')");
  CHECK(has(told([&] { return model(ones({2, 4})); }), "[2, 4] by [5, 3] and [5] (in Layer 'body.layer1')"));
  CHECK_FALSE(has(told([&] { return nn::LSTM(4, 8)(ones({2, 3, 5})); }), "(in "));  // the only one there is
  CHECK(has(told([] { return reshape(x23, {4, -1}); }), "[reshape] "));
  CHECK(told([] { return x23(0, 3); }) == "[slice] index 3 is out of range for axis 1 of size 3");
  CHECK(has(told([] { return sum(x23, 2); }), "axis 2 is out of range for 2 axes"));
  CHECK(has(told([] { return solve(x23, x23); }), "[solve] "));
}

TEST_CASE("misuse: gradients of what has none") {
  const Tensor w = parameter(Tensor{1.0, 2.0});
  CHECK(told([&] { (w * 2.0).backward(); }) ==
        "[backward] the tensor is [2]: give a seed of that shape, or reduce it to one number");
  CHECK(told([] { sum(x23).backward(); }) ==
        "[backward] nothing was recorded: no argument requires a gradient, or recording was off");
  CHECK(told([&] {
          const NoGrad off;
          return grad(sum(w), w);
        }) == "[grad] nothing was recorded: no argument requires a gradient, or recording was off");
  Tensor loss = sum(w * w);
  loss.backward();
  loss.backward();  // adds
  CHECK(w.grad().to_vector() == std::vector<double>{4.0, 8.0});
  std::move(loss).backward();
  CHECK(told([&] { return loss + 1.0; }) ==
        "[tensor] this tensor is empty: it was never given a value, or it was moved from");
  CHECK(has(told([&] { nn::SGD({w, w}, 0.1); }), "parameters 0 and 1 are one tensor: it would be moved twice a step"));
  CHECK(has(told([] { nn::SGD({x23}, 0.1); }), "parameter 0 is no leaf that is differentiated"));
}

TEST_CASE("misuse: tapes") {
  Scalar left;
  {
    Tape tape;
    left = tape.variable(1.0) * 2.0;
  }
  Tape tape(4);
  CHECK(told([&] { return tape.gradient(left, left); }) ==
        "[scalar] this Scalar was recorded on another tape, or before its tape was cleared or rewound");
  CHECK(told([&] { return left + tape.variable(1.0); }) ==
        "[scalar] this Scalar was recorded on another tape, or before its tape was cleared or rewound");
  CHECK(told([&] {
          Scalar s = tape.variable(1.0);
          for (int k = 0; k < 9; ++k) s = sin(s);
        }) == "[tape] full: it has room for 4 records; give the constructor a larger capacity, or mark() and rewind()");
}

TEST_CASE("misuse: looking at numbers while a function is traced") {
  const auto f = compile([](const Tensor& x) { return x.item() > 0.0 ? x : -x; });
  CHECK(told([&] { return f(Tensor(1.0)); }) ==
        "[compile] item() inside a compiled function: its numbers now are not those of the runs to come; write it with "
        "ops on tensors, or return the tensor");
}

TEST_CASE("misuse: a NaN is named where it arose") {
  const Tensor w = parameter(Tensor{-1.0, 1.0});
  const DetectAnomaly detect;
  const std::string text = told([&] { return sum(sqrt(w)); });
  INFO(text);
  CHECK(has(text, "sqrt"));
  CHECK(has(text, "misuse_test.cpp"));
}

TEST_CASE("misuse: names that are none") {
  CHECK(has(told([] { return nn::activation_named("rleu"); }), "did you mean 'relu'?"));
  CHECK(has(told([] {
              return Graph(sum(variable(x23, "x"))).run({{"y", x23.value()}});
            }),
            "[run] the graph has no leaf 'y'"));
}

TEST_CASE("misuse: more numbers than there is memory for, and what goes on after an exception") {
  const std::int64_t many = std::int64_t{1} << 46;
  CHECK_THROWS(zeros({many}) + 1.0);
  const Tensor w = parameter(Tensor{1.0, 2.0});
  const auto handle = w.register_hook([](const Tensor&) { throw ValueError("[mine] no"); });
  CHECK(told([&] { sum(w * w).backward(); }) == "[mine] no (in a hook of leaf)");
  CHECK_FALSE(w.has_grad());
  auto removed = handle;
  removed.remove();
  sum(w * w).backward();
  CHECK(w.grad().to_vector() == std::vector<double>{2.0, 4.0});
}
