// Tensors from a few words, from braces and from what numbers lie in; arrays where tensors are meant.
#include <autograd/autograd.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/catch.h"

using namespace gradus;

namespace creation_test {

using Doubles = std::vector<double>;

TEST_CASE("zeros, ones, full, eye and their likes", "[creation]") {
  CHECK(zeros({2, 3}).to_vector() == Doubles(6, 0.0));
  CHECK(zeros({2, 3}).shape() == Shape{2, 3});
  CHECK(zeros({}).rank() == 0);
  CHECK(ones({2}, DType::float32).dtype() == DType::float32);
  CHECK(ones({2}).to_vector() == Doubles{1, 1});
  CHECK(full({2}, 2.5).to_vector() == Doubles{2.5, 2.5});
  CHECK(eye(2).to_vector() == Doubles{1, 0, 0, 1});
  CHECK(eye(2, DType::float32).dtype() == DType::float32);
  CHECK(eye(2, 3).to_vector() == Doubles{1, 0, 0, 0, 1, 0});
  CHECK(eye(3, 2).to_vector() == Doubles{1, 0, 0, 1, 0, 0});
  CHECK(eye(0).shape() == Shape{0, 0});
  CHECK_THROWS_AS(eye(-1), ShapeError);
  const Tensor x = full({3}, 7.0, DType::float32);
  CHECK(zeros_like(x).dtype() == DType::float32);
  CHECK(zeros_like(x).to_vector() == Doubles{0, 0, 0});
  CHECK(ones_like(x).to_vector() == Doubles{1, 1, 1});
  CHECK(full_like(x, 4).to_vector() == Doubles{4, 4, 4});
  CHECK_FALSE(zeros_like(variable(1.0)).requires_grad());
  static_assert(std::is_same_v<decltype(zeros({1})), Tensor>);
}

TEST_CASE("arange, linspace and logspace", "[creation]") {
  CHECK(arange(4).to_vector() == Doubles{0, 1, 2, 3});
  CHECK(arange(1, 4).to_vector() == Doubles{1, 2, 3});
  CHECK(arange(5, 0, -2).to_vector() == Doubles{5, 3, 1});
  CHECK(arange(0, 1, 0.25).to_vector() == Doubles{0, 0.25, 0.5, 0.75});
  CHECK(arange(3, 1).size() == 0);
  CHECK(arange(2, DType::float32).dtype() == DType::float32);
  CHECK_THROWS_MATCHES(arange(0, 1, 0), ValueError, test::Message("[arange] 0 is no step"));
  CHECK_THROWS_AS(arange(std::nan("")), ValueError);
  CHECK_THROWS_AS(arange(0, 1, 1e-300), ShapeError);

  CHECK(linspace(0, 1, 5).to_vector() == Doubles{0, 0.25, 0.5, 0.75, 1});
  CHECK(linspace(2, 9, 1).to_vector() == Doubles{2});
  CHECK(linspace(2, 9, 0).size() == 0);
  CHECK(linspace(0, 1).size() == 50);
  const Doubles fine = linspace(-0.1, 0.1, 1001).to_vector();
  CHECK(fine.back() == 0.1);
  for (std::size_t k = 0; k < fine.size(); ++k) CHECK(fine[k] == -fine[fine.size() - 1 - k]);
  CHECK(linspace(-1.7e308, 1.7e308, 3).to_vector() == Doubles{-1.7e308, 0, 1.7e308});
  CHECK_THROWS_MATCHES(linspace(0, 1, -1), ValueError, test::Message("[linspace] -1 is no count of numbers"));
  CHECK_THROWS_AS(linspace(0, INFINITY, 3), ValueError);
  CHECK(logspace(0, 2, 3).to_vector() == Doubles{1, 10, 100});
  CHECK(logspace(0, 3, 4, 2.0, DType::float32).to_vector() == Doubles{1, 2, 4, 8});
}

TEST_CASE("random numbers are tensors", "[creation]") {
  const Key key{.seed = 3};
  CHECK(uniform({100}, -1, 1, key).to_vector() == uniform_array({100}, -1, 1, key).to_vector());
  CHECK(normal({100}, 0, 1, key).to_vector() == normal_array({100}, 0, 1, key).to_vector());
  CHECK(bernoulli({100}, 0.5, key).to_vector() == bernoulli_array({100}, 0.5, key).to_vector());
  const Tensor w = parameter(normal({2, 2}, 0, 1, key, DType::float32), "w");
  CHECK(w.is_leaf());
  CHECK(w.dtype() == DType::float32);
  CHECK(w.name() == "w");
}

TEST_CASE("numbers in braces, nested", "[creation]") {
  const Tensor m{{1, 2}, {3, 4}};
  CHECK(m.shape() == Shape{2, 2});
  CHECK(m.dtype() == DType::float64);
  CHECK(m.to_vector() == Doubles{1, 2, 3, 4});
  CHECK(Tensor{1, 2, 3}.shape() == Shape{3});
  CHECK(Tensor{2.5}.shape() == Shape{1});
  CHECK(Tensor(2.5).rank() == 0);
  CHECK(Tensor{{{1}, {2}}, {{3}, {4}}, {{5}, {6}}}.shape() == Shape{3, 2, 1});
  CHECK(Tensor{{{1.0}}}.shape() == Shape{1, 1, 1});
  CHECK(Tensor({{1, 2}, {3, 4}}).to_vector() == m.to_vector());
  CHECK(Tensor{1.5F, 2.0F}.dtype() == DType::float32);
  CHECK(Tensor{1.5F, 2.0}.dtype() == DType::float64);
  CHECK(Tensor(1.5F).dtype() == DType::float32);
  CHECK(dot(Tensor{1, 2}, {3, 4}).item() == 11.0);
  const Tensor copy{m};
  CHECK(copy.shape() == Shape{2, 2});
  const Tensor of_array{Array({1}, {2.0})};
  CHECK(of_array.shape() == Shape{1});
  CHECK_THROWS_MATCHES((Tensor{{1, 2}, {3}}), ShapeError,
                       test::Message("[tensor] the lists of a nested list differ in length: 2 and 1; numbers under a "
                                     "shape are Tensor(shape, numbers), in parentheses"));
  CHECK_THROWS_MATCHES((Tensor{{1, 2}, 3}), ShapeError,
                       test::Message("[tensor] a nested list has numbers and lists beside each other"));
  CHECK_THROWS_AS((Tensor{1, {2, 3}}), ShapeError);
}

TEST_CASE("numbers out of vectors, arrays and spans, and back", "[creation]") {
  const std::vector<double> doubles{1, 2, 3};
  const std::vector<float> floats{1, 2, 3};
  const std::vector<int> whole{1, 2, 3};
  CHECK(Tensor(doubles).to_vector() == doubles);
  CHECK(Tensor(floats).dtype() == DType::float32);
  CHECK(Tensor(whole).dtype() == DType::float64);
  CHECK(Tensor(whole).to_vector() == doubles);
  CHECK(Tensor(std::span(doubles).first(2)).shape() == Shape{2});
  CHECK(Tensor(std::array{4.0, 5.0}).to_vector() == Doubles{4, 5});
  CHECK(Tensor({3, 1}, doubles).shape() == Shape{3, 1});
  CHECK(Tensor({3, 1}, whole).shape() == Shape{3, 1});
  CHECK(Tensor({1, 3}, {1, 2, 3}).shape() == Shape{1, 3});
  CHECK(Tensor({1, 3}, {1, 2, 3}, "x").name() == "x");
  CHECK_THROWS_AS(Tensor({2}, doubles), ShapeError);
  static_assert(!std::is_constructible_v<Tensor, std::string> && !std::is_constructible_v<Tensor, std::vector<bool>>);

  const Tensor x{1.0, -2.0};
  CHECK(x.to_vector<float>() == std::vector<float>{1, -2});
  CHECK(x.to_vector<int>() == std::vector<int>{1, -2});
  CHECK(x.to_vector<std::int64_t>() == std::vector<std::int64_t>{1, -2});
  CHECK_THROWS_MATCHES(Tensor{0.5}.to_vector<int>(), ValueError,
                       test::Message("[to_vector] 0.5 is no whole number of this type"));
  CHECK_THROWS_AS(Tensor{3e9}.to_vector<int>(), ValueError);
  CHECK(Tensor{3e9}.to_vector<std::int64_t>()[0] == 3'000'000'000);
  CHECK_THROWS_AS(Tensor{std::nan("")}.to_vector<std::int64_t>(), ValueError);
  double total = 0.0;
  for (const double number : x.span<double>()) total += number;
  CHECK(total == -1.0);
  CHECK(Indices(std::vector<int>{2, 0})[0] == 2);
  CHECK(Indices(std::vector<std::int64_t>{2, 0}).size() == 2);
}

TEST_CASE("rows of numbers: a vector of vectors", "[creation]") {
  const std::vector<std::vector<double>> rows{{1, 2, 3}, {4, 5, 6}};
  CHECK(Tensor(rows).shape() == Shape{2, 3});
  CHECK(Tensor(rows).to_vector() == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(Tensor(std::array<std::array<float, 2>, 1>{{{1.0F, 2.0F}}}, "x").dtype() == DType::float32);
  CHECK(Tensor(std::vector<std::vector<int>>{{1}, {2}}).shape() == Shape{2, 1});
  CHECK(Tensor(std::vector<std::vector<double>>{}).shape() == Shape{0, 0});
  CHECK_THROWS_MATCHES(Tensor(std::vector<std::vector<double>>{{1, 2}, {3}}), ShapeError,
                       test::Message("[tensor] the rows differ in length: 2 and 1"));
}

TEST_CASE("an array is taken where a constant tensor is", "[creation]") {
  const Tensor w = parameter(Array({2}, {3.0, 4.0}));
  sum(w * w).backward();
  CHECK(norm(w.grad()).item() == 10.0);
  CHECK(sum(w.grad(), 0, true).shape() == Shape{1});
  CHECK(prod(w.grad(), 0, true).item() == 48.0);
  CHECK(norm(w.grad(), 1.0, 0, true).item() == 14.0);
  const Tensor y = w * w.grad() - w.grad() / 2.0 + maximum(w.grad(), w);
  CHECK(y.to_vector() == Doubles{18 - 3 + 6, 32 - 4 + 8});
  CHECK(y.requires_grad());
  CHECK(grad(sum(w * w.grad()), w).to_vector() == Doubles{6, 8});
  CHECK(where(w.grad() > 7.0, w, w.grad()).to_vector() == Doubles{6, 4});
  CHECK(matmul(eye(2), w.grad()).to_vector() == Doubles{6, 8});
  CHECK(concat({w.grad(), w}).size() == 4);
  static_assert(std::is_same_v<decltype(Array() + Array()), Array>);
  static_assert(std::is_same_v<decltype(Tensor() + Array()), Tensor>);
  static_assert(std::is_same_v<decltype(Array() + Tensor()), Tensor>);
  static_assert(!std::is_convertible_v<Tensor, Array>);
  CHECK(hvp([](const Tensor& x) { return sum(x * x * x); }, w, w.grad()).to_vector() == Doubles{108, 192});

  // And a tensor where its numbers are asked for.
  Tensor u = variable(zeros({2}));
  u.set_value(Tensor{5, 6});
  CHECK(u.to_vector() == Doubles{5, 6});
  u.descend(0.5, ones({2}));
  CHECK(u.to_vector() == Doubles{4.5, 5.5});
  (u * u).backward(Tensor{1.0, 0.0});
  CHECK(u.grad().to_vector() == Doubles{9, 0});
}

}  // namespace creation_test
