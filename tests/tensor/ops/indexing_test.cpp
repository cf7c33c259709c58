// Look-ups and scatters: every number is where the definition puts it, and its gradient comes back from there.
#include "autograd/tensor/ops/indexing.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/selecting.h"

using namespace gradus;
using namespace gradus::reference;

namespace indexing_test {

namespace {

/// 0, 1, 2, … in a shape.
Tensor counted(const Shape& shape) {
  std::vector<double> numbers;
  for (std::int64_t k = 0; k < shape.size(); ++k) numbers.push_back(static_cast<double>(k));
  return variable(Array(shape, numbers));
}

Indices random_indices(Numbers& numbers, const Shape& shape, std::int64_t size) {
  std::vector<std::int64_t> values(static_cast<std::size_t>(shape.size()));
  for (std::int64_t& i : values) i = numbers.whole(2 * size) - size;
  return Indices(shape, values);
}

std::int64_t at(const Indices& indices, const Index& index, std::int64_t size) {
  const std::int64_t i = indices[static_cast<std::int64_t>(row_major_place(indices.shape(), index))];
  return i < 0 ? i + size : i;
}

/// The sizes of a shape with those of an axis replaced.
Shape replaced(const Shape& shape, int axis, const Shape& by) {
  Index sizes(shape.begin(), shape.begin() + axis);
  sizes.insert(sizes.end(), by.begin(), by.end());
  sizes.insert(sizes.end(), shape.begin() + axis + 1, shape.end());
  return Shape(sizes);
}

struct Axis {
  Array x;
  int axis;     // from 0
  int written;  // as a user may write it
  std::int64_t size;
};

/// An array of at least one axis, one of them chosen and not empty.
Axis random_axis(Numbers& numbers, int most_axes = 6) {
  for (;;) {
    const Shape shape = random_shape(numbers, most_axes, 3);
    if (shape.rank() == 0) continue;
    const auto axis = static_cast<int>(numbers.whole(shape.rank()));
    if (shape[axis] == 0) continue;
    const DType dtype = numbers.chance(0.3) ? DType::float32 : DType::float64;
    return {whole_numbers(numbers, shape, dtype), axis, numbers.chance(0.5) ? axis : axis - shape.rank(), shape[axis]};
  }
}

/// Indices of an array's rank, now and then shorter than the array.
Indices random_pointwise(Numbers& numbers, const Axis& a) {
  Index sizes(a.x.sizes().begin(), a.x.sizes().end());
  for (std::int64_t& s : sizes) s -= s > 1 && numbers.chance(0.2) ? 1 : 0;
  sizes[static_cast<std::size_t>(a.axis)] = numbers.whole(5);
  return random_indices(numbers, Shape(sizes), a.size);
}

}  // namespace

TEST_CASE("take: indices of any shape along any axis", "[take]") {
  Numbers numbers(3);
  for (int round = 0; round < 300; ++round) {
    const Axis a = random_axis(numbers, 5);
    const Indices indices = random_indices(numbers, random_shape(numbers, 3, 3), a.size);
    const auto places = static_cast<std::size_t>(indices.shape().rank());
    const auto axis = static_cast<std::size_t>(a.axis);
    check_selection(
        numbers, [&](const Tensor& x) { return take(x, indices, a.written); }, a.x,
        replaced(a.x.shape(), a.axis, indices.shape()),
        [&](const Index& index) -> std::optional<Index> {
          const auto behind = index.begin() + static_cast<std::ptrdiff_t>(axis);
          Index from(index.begin(), behind);
          from.push_back(at(indices, Index(behind, behind + static_cast<std::ptrdiff_t>(places)), a.size));
          from.insert(from.end(), behind + static_cast<std::ptrdiff_t>(places), index.end());
          return from;
        });
  }
}

TEST_CASE("take: without an axis from all elements", "[take]") {
  const Tensor x = counted({2, 3});
  CHECK(take(x, Indices({2, 2}, {5, 0, -1, 3})).to_vector() == std::vector<double>{5, 0, 5, 3});
  CHECK(take(x, {}).shape() == Shape{0});
  CHECK(take(Tensor(4.0), {0, 0}).to_vector() == std::vector<double>{4, 4});
}

TEST_CASE("take: is the product with one-hot rows", "[take]") {
  Numbers numbers(4);
  const Tensor x = variable(random_array(numbers, {7, 5}));
  const Indices indices{3, 0, 3, 6, 3};
  const Tensor weights(random_array(numbers, {5, 5}));
  const Tensor taken = take(x, indices, 0);
  const Tensor product = matmul(Tensor(one_hot(indices, 7)), x);
  CHECK(difference(taken.value(), product.value()) == "");
  const auto slope = [&](const Tensor& y) { return grad(sum(tanh(y) * weights), {x})[0].value(); };
  CHECK(difference(slope(taken), slope(product), 4) == "");
}

TEST_CASE("gather: indices of the array's rank", "[gather]") {
  Numbers numbers(5);
  for (int round = 0; round < 300; ++round) {
    const Axis a = random_axis(numbers);
    const Indices indices = random_pointwise(numbers, a);
    check_selection(
        numbers, [&](const Tensor& x) { return gather(x, a.written, indices); }, a.x, indices.shape(),
        [&](const Index& index) -> std::optional<Index> {
          Index from = index;
          from[static_cast<std::size_t>(a.axis)] = at(indices, index, a.size);
          return from;
        });
  }
}

TEST_CASE("scatter_add: what shares a place is added", "[scatter_add]") {
  Numbers numbers(6);
  for (int round = 0; round < 300; ++round) {
    const Axis a = random_axis(numbers);
    const Indices indices = random_pointwise(numbers, a);
    // The source may be longer than the indices, and of another dtype.
    Index sizes(indices.shape().begin(), indices.shape().end());
    for (std::int64_t& s : sizes) s += numbers.chance(0.2) ? 1 : 0;
    const Tensor x = variable(a.x);
    const Tensor source = variable(whole_numbers(numbers, Shape(sizes)));
    const Tensor y = scatter_add(x, a.written, indices, source);
    std::vector<double> expected = elements(a.x);
    const Array w = whole_numbers(numbers, a.x.shape());
    std::vector<double> slopes(static_cast<std::size_t>(source.size()));
    for_each_index(indices.shape(), [&](const Index& index) {
      Index to = index;
      to[static_cast<std::size_t>(a.axis)] = at(indices, index, a.size);
      expected[row_major_place(a.x.shape(), to)] += element(source.value(), index);
      slopes[row_major_place(source.shape(), index)] = element(w, to);
    });
    CHECK(y.dtype() == DType::float64);
    CHECK(y.shape() == x.shape());
    CHECK(difference(y.to_vector(), expected) == "");
    const auto g = grad(sum(y * Tensor(w)), {x, source});
    CHECK(difference(g[0].to_vector(), elements(w)) == "");
    CHECK(difference(g[1].to_vector(), slopes) == "");
  }
}

TEST_CASE("scatter_add: the same bits every time, in the order of the source", "[scatter_add]") {
  const Tensor x(Array::zeros({1}));
  const Tensor source(Array({4}, {1.0, 1e16, -1e16, 1.0}));
  CHECK(scatter_add(x, 0, {0, 0, 0, 0}, source).item() == 1.0);
  Numbers numbers(7);
  const Tensor many(random_array(numbers, {10'000}, DType::float32));
  std::vector<std::int64_t> places(10'000);
  for (std::int64_t& p : places) p = numbers.whole(10);
  const Tensor zeros(Array::zeros({10}, DType::float32));
  std::vector<double> expected(10);
  for (std::size_t i = 0; i < places.size(); ++i) {
    float sum = static_cast<float>(expected[static_cast<std::size_t>(places[i])]);
    sum += many.value().data<float>()[i];
    expected[static_cast<std::size_t>(places[i])] = static_cast<double>(sum);
  }
  CHECK(scatter_add(zeros, 0, Indices(std::span<const std::int64_t>(places)), many).to_vector() == expected);
}

TEST_CASE("indexing: gradients and gradients of gradients agree with differences", "[take][gather]") {
  Numbers numbers(8);
  const Array a = random_array(numbers, {3, 4}, DType::float64, -1, 1);
  const Array b = random_array(numbers, {2, 4}, DType::float64, -1, 1);
  using X = const std::vector<Tensor>&;
  SECTION("take") {
    check_weighted_twice([](X x) { return take(x[0] * x[0], Indices({2, 2}, {0, 2, 2, 2}), 0); }, {a});
  }
  SECTION("gather") {
    check_weighted_twice([](X x) { return gather(x[0] * x[0], 1, Indices({3, 2}, {0, 0, 1, 3, 2, 2})); }, {a});
  }
  SECTION("scatter_add") {
    check_weighted_twice(
        [](X x) {
          return scatter_add(x[0] * x[0], 0, Indices({2, 4}, {0, 1, 0, 2, 0, 0, 2, 2}), x[1] * x[1]);
        },
        {a, b});
  }
  SECTION("embedding") {
    check_weighted_twice([](X x) { return embedding(x[0] * x[0], Indices({2, 2}, {0, 2, 1, 2})); }, {a});
    check_weighted_twice([](X x) { return embedding(x[0] * x[0], Indices({2, 2}, {0, 2, 0, 2}), 1); }, {a});
  }
}

TEST_CASE("one_hot: a row for each index", "[one_hot]") {
  const Array rows = one_hot(Indices({2, 2}, {0, 2, 2, 1}), 3, DType::float32);
  CHECK(rows.dtype() == DType::float32);
  CHECK(rows.shape() == Shape{2, 2, 3});
  CHECK(rows.to_vector() == std::vector<double>{1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0});
  CHECK(one_hot({}, 0).shape() == Shape{0, 0});
  CHECK(one_hot(Indices({}, {1}), 2).to_vector() == std::vector<double>{0, 1});
  CHECK_THROWS_MATCHES(one_hot({0, 3}, 3), ValueError, test::Message("[one_hot] 3 is none of the 3 classes"));
  CHECK_THROWS_MATCHES(one_hot({-1}, 3), ValueError, test::Message("[one_hot] -1 is none of the 3 classes"));
  CHECK_THROWS_MATCHES(one_hot({}, -1), ValueError, test::Message("[one_hot] -1 is no number of classes"));
}

TEST_CASE("embedding: rows, and none of the gradient for the padding", "[embedding]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor weight = variable(Array({3, 2}, {-0.0, 1, nan, 5, 2, 3}));
  const Indices words({2, 2}, {2, 1, 0, 2});
  for (const std::optional<std::int64_t> padding : {std::optional<std::int64_t>(), std::optional<std::int64_t>(1),
                                                    std::optional<std::int64_t>(-2), std::optional<std::int64_t>(0)}) {
    const Tensor y = embedding(weight, words, padding);
    CHECK(y.shape() == Shape{2, 2, 2});
    CHECK(difference(y.to_vector(), {2, 3, nan, 5, 0, 1, 2, 3}) == "");
    CHECK(std::signbit(y.to_vector()[4]));
    std::vector<double> expected{1, 1, 1, 1, 2, 2};
    if (padding) {
      const auto blank = static_cast<std::size_t>(*padding < 0 ? *padding + 3 : *padding);
      expected[2 * blank] = expected[2 * blank + 1] = 0;
    }
    CHECK(grad(sum(y), {weight})[0].to_vector() == expected);
  }
  const Tensor small = variable(Array({2, 1}, {1, 2}));
  CHECK(embedding(small, {}, 0).shape() == Shape{0, 1});
  CHECK(grad(sum(embedding(small, {1, 1}, 1)), {small})[0].to_vector() == std::vector<double>{0, 0});
}

TEST_CASE("indexing: messages name the index and the size", "[take][gather]") {
  const Tensor x = variable(Array::zeros({2, 5}));
  const auto says = [](const char* message) { return test::Message(message); };
  CHECK_THROWS_MATCHES(take(x, {0, 7}, 1), ShapeError, says("[take] index 7 is out of range for axis 1 of size 5"));
  CHECK_THROWS_MATCHES(take(x, {-11}), ShapeError, says("[take] index -11 is out of range for axis 0 of size 10"));
  CHECK_THROWS_MATCHES(take(x, {0}, -3), ShapeError, says("[take] axis -3 is out of range for 2 axes"));
  CHECK_THROWS_AS(take(x, Indices(Shape(std::vector<std::int64_t>(16, 1)), {0}), 0), ShapeError);
  CHECK_THROWS_MATCHES(gather(x, 0, {0}), ShapeError,
                       says("[gather] the indices need the array's number of axes: [1] for [2, 5]"));
  CHECK_THROWS_MATCHES(gather(x, 1, Indices({3, 1}, {0, 0, 0})), ShapeError,
                       says("[gather] the indices are longer than the array along axis 0: [3, 1] for [2, 5]"));
  CHECK_THROWS_MATCHES(gather(x, 0, Indices({1, 2}, {0, 2})), ShapeError,
                       says("[gather] index 2 is out of range for axis 0 of size 2"));
  CHECK_THROWS_MATCHES(scatter_add(x, 0, Indices({1, 2}, {0, 1}), Tensor(Array::zeros({1, 1}))), ShapeError,
                       says("[scatter_add] the source does not cover the indices: [1, 1] for [1, 2]"));
  CHECK_THROWS_MATCHES(embedding(Tensor(1.0), {0}), ShapeError,
                       says("[embedding] the weight must be a matrix [rows, features]: []"));
  CHECK_THROWS_MATCHES(embedding(x, {2}), ShapeError, says("[embedding] index 2 is out of range for axis 0 of size 2"));
  CHECK_THROWS_MATCHES(embedding(x, {1}, 4), ShapeError,
                       says("[embedding] index 4 is out of range for axis 0 of size 2"));
}

}  // namespace indexing_test
