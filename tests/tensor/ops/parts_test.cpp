// Parts of tensors: every number is where NumPy has it, and its gradient comes back from there.
#include <autograd/autograd.h>

#include <cmath>
#include <vector>

#include "tests/catch.h"

using namespace gradus;

namespace parts_test {

namespace {

using Doubles = std::vector<double>;

Tensor counting(const Shape& shape) { return variable(reshape(arange(static_cast<double>(shape.size())), shape)); }

}  // namespace

TEST_CASE("rows, numbers and ranges", "[index]") {
  const Tensor x = counting({3, 4});
  CHECK(x[1].to_vector() == Doubles{4, 5, 6, 7});
  CHECK(x[-1].to_vector() == Doubles{8, 9, 10, 11});
  CHECK(x(1, 2).item() == 6.0);
  CHECK(x(-1, -1).item() == 11.0);
  CHECK(x[1][2].item() == 6.0);
  CHECK(x(all, 1).to_vector() == Doubles{1, 5, 9});
  CHECK(x(all, range(1, 4, 2)).to_vector() == Doubles{1, 3, 5, 7, 9, 11});
  CHECK(x(range(2), 0).to_vector() == Doubles{0, 4});
  CHECK(x(range(1, {}), 0).to_vector() == Doubles{4, 8});
  CHECK(x(range({}, {}, -1), 0).to_vector() == Doubles{8, 4, 0});
  CHECK(x(range(-2, {}), -1).to_vector() == Doubles{7, 11});
  CHECK(x[range(1, 2)].shape() == Shape{1, 4});
  CHECK(x(all, range(5, 9)).shape() == Shape{3, 0});
  CHECK_THROWS_MATCHES(x[3], ShapeError, test::Message("[slice] index 3 is out of range for axis 0 of size 3"));
  CHECK_THROWS_AS(x(0, 0, 0), ShapeError);
  CHECK_THROWS_AS(Tensor(1.0)[0], ShapeError);
  CHECK_THROWS_AS(x[range(0, 2, 0)], ValueError);
}

TEST_CASE("ellipsis and new axes", "[index]") {
  const Tensor x = counting({2, 3, 4});
  CHECK(x(ellipsis, 1).shape() == Shape{2, 3});
  CHECK(x(0, ellipsis, 1).to_vector() == Doubles{1, 5, 9});
  CHECK(x(1, 2, 3, ellipsis).item() == 23.0);
  CHECK(x(ellipsis).shape() == Shape{2, 3, 4});
  CHECK(x(newaxis, ellipsis, newaxis).shape() == Shape{1, 2, 3, 4, 1});
  CHECK(x(0, newaxis, range(2)).shape() == Shape{1, 2, 4});
  CHECK(x[newaxis].shape() == Shape{1, 2, 3, 4});
  CHECK_THROWS_MATCHES(x(ellipsis, ellipsis), ShapeError, test::Message("[index] an index has one ellipsis at most"));
  CHECK_THROWS_MATCHES(x(0, 0, 0, 0), ShapeError, test::Message("[index] 4 axes are named, the shape is [2, 3, 4]"));
}

// Expected by NumPy 1.24 of arange(24).reshape(2, 3, 4).
TEST_CASE("integer arrays, alone and together", "[index]") {
  const Tensor x = counting({2, 3, 4});
  CHECK(x[Indices{1, 0, 1}].shape() == Shape{3, 3, 4});
  CHECK(x(all, Indices{2, 0}, 1).to_vector() == Doubles{9, 1, 21, 13});
  CHECK(x(0, Indices{2, 0}, Indices{1, -1}).to_vector() == Doubles{9, 3});
  CHECK(x(Indices{0, 1}, Indices{2, 0}).shape() == Shape{2, 4});
  CHECK(x(Indices{0, 1}, Indices{2, 0}).to_vector() == Doubles{8, 9, 10, 11, 12, 13, 14, 15});
  // Something between them: what they find comes first.
  CHECK(x(Indices{0, 1}, all, Indices{1, 3}).to_vector() == Doubles{1, 5, 9, 15, 19, 23});
  CHECK(x(1, all, Indices{0, 2}).to_vector() == Doubles{12, 16, 20, 14, 18, 22});
  CHECK(x(Indices{1}, newaxis, Indices{2, 1}).shape() == Shape{2, 1, 4});
  // Broadcast together.
  const Indices column(Shape{2, 1}, {0, 1});
  CHECK(x(column, Indices{2, 0, 1}, 3).to_vector() == Doubles{11, 3, 7, 23, 15, 19});
  CHECK_THROWS_AS(x(Indices{0, 1}, Indices{0, 1, 2}), ShapeError);
  CHECK_THROWS_MATCHES(x(Indices{0, 1}, Indices{0, 3}), ShapeError,
                       test::Message("[index] index 3 is out of range for axis 1 of size 3"));
  CHECK_THROWS_AS(x[Indices{2}], ShapeError);
}

TEST_CASE("masks", "[index]") {
  const Tensor x = counting({2, 3});
  CHECK(x[x > 2.5].to_vector() == Doubles{3, 4, 5});
  CHECK(x[x > 99.0].size() == 0);
  CHECK(x[Tensor{0, 1}].to_vector() == Doubles{3, 4, 5});
  CHECK(x[Tensor{0, 1}].shape() == Shape{1, 3});
  CHECK(x(all, Tensor{1, 0, 1}).to_vector() == Doubles{0, 2, 3, 5});
  CHECK(x(1, Tensor{1, 0, 1}.value()).to_vector() == Doubles{3, 5});
  CHECK(grad(sum(x[x > 2.5] * Tensor{1, 10, 100}), x).to_vector() == Doubles{0, 0, 0, 1, 10, 100});
  CHECK_THROWS_MATCHES(
      (x[Tensor{0, 2}]), ValueError,
      test::Message("[index] a mask holds 0 and 1, not 2: a comparison gives one; places are Indices"));
  CHECK_THROWS_MATCHES((x[Tensor{1, 0, 1}]), ShapeError,
                       test::Message("[index] the mask is [3], and does not fit [2, 3] from axis 0 on"));
  CHECK_THROWS_AS(x[Tensor(1.0)], ShapeError);
  const auto f = compile([](const Tensor& t) { return t[t > 0.0]; });
  CHECK_THROWS_AS(f(Tensor{1, -1}), GraphError);
}

TEST_CASE("new values for a part", "[index]") {
  const Tensor x = counting({2, 3});
  CHECK(x.at(0, 1).set(9.0).to_vector() == Doubles{0, 9, 2, 3, 4, 5});
  CHECK(x.at(1).set(Tensor{7, 8, 9}).to_vector() == Doubles{0, 1, 2, 7, 8, 9});
  CHECK(x.at(all, range(1, {})).set(Tensor{-1, -2}).to_vector() == Doubles{0, -1, -2, 3, -1, -2});
  CHECK(x.at(all, range({}, {}, -2)).set(Tensor{1, 2}).to_vector() == Doubles{2, 1, 1, 2, 4, 1});
  CHECK(x.at(newaxis, 0, ellipsis).set(Tensor{{7, 8, 9}}).to_vector() == Doubles{7, 8, 9, 3, 4, 5});
  CHECK(x.at(x > 3.0).set(0.0).to_vector() == Doubles{0, 1, 2, 3, 0, 0});
  CHECK(x.at(x > 99.0).set(0.0).to_vector() == x.to_vector());
  CHECK(x.at(all, Indices{0, 2, 0}).set(Tensor{1, 2, 3}).to_vector() == Doubles{3, 1, 2, 3, 4, 2});
  CHECK(x.at(all, Indices{0, 2, 0}).add(Tensor{1, 2, 3}).to_vector() == Doubles{4, 1, 4, 7, 4, 7});
  CHECK(x.at(1).add(1.0).to_vector() == Doubles{0, 1, 2, 4, 5, 6});
  CHECK(x.at(1).get().to_vector() == Doubles{3, 4, 5});
  CHECK(x.to_vector() == Doubles{0, 1, 2, 3, 4, 5});
  CHECK_THROWS_MATCHES(x.at(1).set(Tensor{1, 2}), ShapeError,
                       test::Message("[at] [2] does not broadcast to the part, which is [3]"));
  CHECK_THROWS_AS(x.at(2).set(0.0), ShapeError);
  // Of its own type.
  CHECK(zeros({2}, DType::float32).at(0).set(ones({1})[0]).dtype() == DType::float32);
}

TEST_CASE("gradients reach what was put in and what was kept", "[index]") {
  const Tensor x = counting({2, 3});
  const Tensor v = variable(Array({3}, {7, 8, 9}));
  const Tensor weights{{1, 2, 3}, {4, 5, 6}};
  const auto by = [&](const Tensor& y) { return grad(sum(weights * y), {x, v}); };
  auto g = by(x.at(1).set(v));
  CHECK(g[0].to_vector() == Doubles{1, 2, 3, 0, 0, 0});
  CHECK(g[1].to_vector() == Doubles{4, 5, 6});
  g = by(x.at(1, Indices{2, 0, 2}).set(v));
  CHECK(g[0].to_vector() == Doubles{1, 2, 3, 0, 5, 0});
  CHECK(g[1].to_vector() == Doubles{0, 4, 6});
  g = by(x.at(1, Indices{2, 0, 2}).add(v));
  CHECK(g[0].to_vector() == weights.to_vector());
  CHECK(g[1].to_vector() == Doubles{6, 4, 6});
  // Nothing comes from what was overwritten, NaN neither.
  const Tensor bad = variable(Array({2}, {std::nan(""), 2.0}));
  const Tensor y = bad.at(0).set(1.0);
  CHECK(y.to_vector() == Doubles{1, 2});
  CHECK(grad(sum(y * y), bad).to_vector() == Doubles{0, 4});
  CHECK(check_gradients(
            [](const Tensor& a, const Tensor& b) {
              return a.at(all, Indices{0, 2}).set(b * b);
            },
            {x, variable(Array({2, 2}, {1, 2, 3, 4}))})
            .ok);
}

TEST_CASE("assigning to a part makes the tensor another one", "[index]") {
  const Tensor w = variable(Array({3}, {1, 2, 3}));
  Tensor x = w * 2.0;
  const Tensor before = x;
  x.at(0) = 10.0;
  x.at(range(1, {})) += 1.0;
  x.at(2) *= x(1);
  x.at(1) -= 2.0;
  x.at(0) /= 4.0;
  CHECK(before.to_vector() == Doubles{2, 4, 6});
  CHECK(x.to_vector() == Doubles{2.5, 3, 35});
  CHECK(grad(sum(x), w).to_vector() == Doubles{0, 2 + 2 * 7, 2 * 5});
  x.at(0) = x.at(1);
  CHECK(x(0).item() == 3.0);
  x.at(Indices{0, 0}) += 1.0;  // once, as in NumPy
  CHECK(x(0).item() == 4.0);
  x.at(x > 4.0) -= Tensor{1};
  x.at(1) += w(0);
  x.at(1) -= w[1];
  x.at(1) *= w[2];
  x.at(1) /= w[2];
  CHECK(x.to_vector() == Doubles{4, 2, 34});
  const auto f = compile([](const Tensor& t) {
    Tensor y = t * 1.0;
    y.at(0) = 2.0 * y(1);
    return y;
  });
  CHECK(f(Tensor{1, 2}).to_vector() == Doubles{4, 2});
  CHECK(f(Tensor{3, 4}).to_vector() == Doubles{8, 4});
}

TEST_CASE("row by row", "[index]") {
  const Tensor x = counting({3, 2});
  Doubles sums;
  for (const Tensor& row : x) sums.push_back(sum(row).item());
  CHECK(sums == Doubles{1, 5, 9});
  Tensor total(0.0);
  for (const Tensor& row : x) total += row(0) * row(1);
  CHECK(grad(total, x).to_vector() == Doubles{1, 0, 3, 2, 5, 4});
  for (const Tensor& row : zeros({0, 2})) CHECK(row.rank() == 99);
  CHECK_THROWS_MATCHES(begin(Tensor(1.0)), ShapeError,
                       test::Message("[begin] a single number has no rows to go through"));
}

TEST_CASE("values and gradients by one tensor", "[grad]") {
  const Tensor x{1.0, 2.0};
  const auto f = [](const Tensor& t) { return sum(t * t * t); };
  const auto [value, gradient] = value_and_grad(f, x);
  CHECK(value.item() == 9.0);
  CHECK(gradient.to_vector() == Doubles{3, 12});
  const auto [same, gradients] = value_and_grad(f, {x});
  CHECK(gradients.size() == 1);
  const Tensor v = variable(x);
  CHECK(grad(f(v), v).to_vector() == Doubles{3, 12});
  CHECK(grad(v * v, v, Array({2}, {1.0, 10.0})).to_vector() == Doubles{2, 40});
  const Tensor g = recorded_grad(f(v), v);
  CHECK(grad(sum(g), v).to_vector() == Doubles{6, 12});
  CHECK(recorded_grad(v * v, v, Tensor{1, 10}).to_vector() == Doubles{2, 40});
  CHECK(recorded_value_and_grad(f, v).gradient.requires_grad());
  CHECK(compile([&](const Tensor& t) { return value_and_grad(f, t); })(x).gradient.to_vector() == Doubles{3, 12});
  CHECK(permute(zeros({2, 3}), {1, 0}).shape() == Shape{3, 2});
  CHECK_THROWS_AS(permute(zeros({2, 3}), {1}), ShapeError);
  // A callable that changes something when it is called, as a module does.
  struct Counted {
    int calls = 0;
    Tensor operator()(const Tensor& t) {
      ++calls;
      return t * t;
    }
  };
  Counted model;
  CHECK(jacobian(model, x).to_vector() == Doubles{2, 0, 0, 4});
  CHECK(model.calls == 1);
}

}  // namespace parts_test
