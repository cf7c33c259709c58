// Axes merged, dropped, added and swapped; diagonals and triangles.
#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/reshape.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/selecting.h"

using namespace gradus;
using namespace gradus::reference;

namespace axes_test {

namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

/// The index at a place in row-major order.
Index index_at(const Shape& shape, std::size_t place) {
  Index index(static_cast<std::size_t>(shape.rank()));
  auto rest = static_cast<std::int64_t>(place);
  for (std::size_t k = index.size(); k-- > 0;) {
    const std::int64_t size = shape[static_cast<int>(k)];
    index[k] = rest % size;
    rest /= size;
  }
  return index;
}

/// An op that keeps the numbers in row-major order under another shape.
void check_reshaped(Numbers& numbers, const Shape& from, const Shape& to,
                    const std::function<Tensor(const Tensor&)>& f) {
  check_selection(numbers, f, whole_numbers(numbers, from), to, [&](const Index& index) -> std::optional<Index> {
    return index_at(from, row_major_place(to, index));
  });
}

Shape random_matrices(Numbers& numbers) {
  for (;;) {
    const Shape shape = random_shape(numbers, 6, 4);
    if (shape.rank() >= 2) return shape;
  }
}

/// Where a diagonal may lie: inside, at the edges and beyond them.
std::int64_t random_offset(Numbers& numbers) {
  return numbers.chance(0.05) ? (numbers.chance(0.5) ? lowest : highest) : numbers.whole(11) - 5;
}

}  // namespace

TEST_CASE("reshape: one size may be left to be found", "[axes]") {
  Numbers numbers(31);
  for (int round = 0; round < 100; ++round) {
    const Shape from = random_shape(numbers, 6, 3);
    std::vector<std::int64_t> sizes(from.begin(), from.end());
    for (std::size_t k = sizes.size(); k > 1; --k) {
      std::swap(sizes[k - 1], sizes[static_cast<std::size_t>(numbers.whole(static_cast<std::int64_t>(k)))]);
    }
    const Shape to(sizes);
    if (from.size() > 0 && !sizes.empty()) {
      sizes[static_cast<std::size_t>(numbers.whole(static_cast<std::int64_t>(sizes.size())))] = -1;
    }
    check_reshaped(numbers, from, to, [&](const Tensor& x) { return reshape(x, sizes); });
  }
  const Tensor x = variable(Array::zeros({2, 6}));
  CHECK(reshape(x, {3, -1}).shape() == Shape{3, 4});
  CHECK(reshape(x, {-1}).shape() == Shape{12});
  CHECK(reshape(x, {2, 6}).record().get() == x.record().get());
  CHECK(reshape(Tensor(1.0), {1, -1, 1}).shape() == Shape{1, 1, 1});
  CHECK(reshape(Tensor(Array::zeros({0, 3})), {-1, 3}).shape() == Shape{0, 3});
  CHECK(reshape(Tensor(Array({1}, {2})), {}).item() == 2);
}

TEST_CASE("flatten: any neighbouring axes", "[axes]") {
  Numbers numbers(32);
  for (int round = 0; round < 100; ++round) {
    const Shape shape = random_shape(numbers, 6, 3);
    if (shape.rank() == 0) continue;
    const auto first = static_cast<int>(numbers.whole(shape.rank()));
    const int last = first + static_cast<int>(numbers.whole(shape.rank() - first));
    Index sizes(shape.begin(), shape.begin() + first);
    sizes.push_back(
        std::accumulate(shape.begin() + first, shape.begin() + last + 1, std::int64_t{1}, std::multiplies<>()));
    sizes.insert(sizes.end(), shape.begin() + last + 1, shape.end());
    check_reshaped(numbers, shape, Shape(sizes), [&](const Tensor& x) {
      return flatten(x, first - (numbers.chance(0.5) ? shape.rank() : 0), last - shape.rank());
    });
    check_reshaped(numbers, shape, {shape.size()}, [](const Tensor& x) { return flatten(x); });
  }
  CHECK(flatten(Tensor(2.0)).shape() == Shape{1});
}

TEST_CASE("squeeze and unsqueeze: axes of size 1 go and come", "[axes]") {
  Numbers numbers(33);
  for (int round = 0; round < 100; ++round) {
    const Shape shape = random_shape(numbers, 6, 2);
    Index all;
    std::ranges::copy_if(shape, std::back_inserter(all), [](std::int64_t size) { return size != 1; });
    check_reshaped(numbers, shape, Shape(all), [](const Tensor& x) { return squeeze(x); });
    const auto axis = static_cast<int>(numbers.whole(shape.rank() + 1));
    const int written = axis - (numbers.chance(0.5) ? shape.rank() + 1 : 0);
    Index longer(shape.begin(), shape.end());
    longer.insert(longer.begin() + axis, 1);
    check_reshaped(numbers, shape, Shape(longer), [&](const Tensor& x) { return unsqueeze(x, written); });
    check_reshaped(numbers, Shape(longer), shape, [&](const Tensor& x) { return squeeze(x, written); });
  }
  const Tensor x(Array::zeros({1, 2, 1}));
  CHECK(squeeze(x, 1).shape() == Shape{1, 2, 1});
  CHECK(squeeze(x, {0, -1}).shape() == Shape{2});
  CHECK(squeeze(Tensor(1.0)).rank() == 0);
}

TEST_CASE("permute, transpose and broadcast: any shape", "[axes]") {
  Numbers numbers(34);
  for (int round = 0; round < 150; ++round) {
    const Shape shape = random_shape(numbers, 6, 3);
    const std::vector<int> order = random_order(numbers, shape.rank());
    Index sizes;
    for (const int axis : order) sizes.push_back(shape[axis]);
    check_selection(
        numbers, [&](const Tensor& x) { return permute(x, order); }, whole_numbers(numbers, shape), Shape(sizes),
        [&](const Index& index) -> std::optional<Index> {
          Index from(index.size());
          for (std::size_t k = 0; k < order.size(); ++k) from[static_cast<std::size_t>(order[k])] = index[k];
          return from;
        });
    const Array narrow = whole_numbers(numbers, random_operand(numbers, shape, DType::float64).shape());
    check_selection(
        numbers, [&](const Tensor& x) { return broadcast_to(x, shape); }, narrow, shape,
        [&](const Index& index) -> std::optional<Index> {
          Index from(index.end() - narrow.rank(), index.end());
          for (std::size_t k = 0; k < from.size(); ++k) from[k] = narrow.sizes()[k] == 1 ? 0 : from[k];
          return from;
        });
    if (shape.rank() == 0) continue;
    const auto a = static_cast<std::size_t>(numbers.whole(shape.rank()));
    const auto b = static_cast<std::size_t>(numbers.whole(shape.rank()));
    Index swapped(shape.begin(), shape.end());
    std::swap(swapped[a], swapped[b]);
    check_selection(
        numbers, [&](const Tensor& x) { return transpose(x, static_cast<int>(a), static_cast<int>(b) - shape.rank()); },
        whole_numbers(numbers, shape), Shape(swapped),
        [&](Index index) -> std::optional<Index> {
          std::swap(index[a], index[b]);
          return index;
        });
  }
}

TEST_CASE("diagonal: of every matrix of a batch", "[diagonal]") {
  Numbers numbers(35);
  for (int round = 0; round < 200; ++round) {
    const Shape shape = random_matrices(numbers);
    const std::int64_t offset = random_offset(numbers);
    const std::int64_t rows = shape[shape.rank() - 2];
    const std::int64_t columns = shape[shape.rank() - 1];
    // (row, column) of each element of the diagonal.
    std::vector<std::pair<std::int64_t, std::int64_t>> places;
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        if (j - i == offset) places.emplace_back(i, j);
      }
    }
    Index sizes(shape.begin(), shape.end() - 2);
    sizes.push_back(static_cast<std::int64_t>(places.size()));
    const auto index_of = [&](Index index) -> std::optional<Index> {
      const auto [i, j] = places[static_cast<std::size_t>(index.back())];
      index.back() = i;
      index.push_back(j);
      return index;
    };
    check_selection(
        numbers, [&](const Tensor& x) { return diagonal(x, offset); }, whole_numbers(numbers, shape), Shape(sizes),
        index_of);
    if (shape.rank() != 2) continue;
    check_selection(
        numbers, [&](const Tensor& x) { return diag(x, offset); }, whole_numbers(numbers, shape), Shape(sizes),
        index_of);
  }
}

TEST_CASE("diag: a vector as a matrix", "[diagonal]") {
  Numbers numbers(36);
  for (std::int64_t n = 0; n < 5; ++n) {
    for (std::int64_t offset = -3; offset <= 3; ++offset) {
      const std::int64_t side = n + std::abs(offset);
      check_selection(
          numbers, [&](const Tensor& x) { return diag(x, offset); }, whole_numbers(numbers, {n}), {side, side},
          [&](const Index& index) -> std::optional<Index> {
            if (index[1] - index[0] != offset) return std::nullopt;
            return Index{std::min(index[0], index[1])};
          });
    }
  }
}

TEST_CASE("trace: the sum of the diagonal", "[diagonal]") {
  const Tensor x = variable(Array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(trace(x).item() == 6);
  CHECK(grad(trace(x), {x})[0].to_vector() == std::vector<double>{1, 0, 0, 0, 1, 0});
  CHECK(trace(Tensor(Array::zeros({0, 3}))).item() == 0);
}

TEST_CASE("triu and tril: any shape with matrices", "[diagonal]") {
  Numbers numbers(37);
  for (int round = 0; round < 200; ++round) {
    const Shape shape = random_matrices(numbers);
    const std::int64_t offset = random_offset(numbers);
    for (const bool upper : {true, false}) {
      check_selection(
          numbers, [&](const Tensor& x) { return upper ? triu(x, offset) : tril(x, offset); },
          whole_numbers(numbers, shape), shape,
          [&](const Index& index) -> std::optional<Index> {
            const std::int64_t above = index.back() - index[index.size() - 2];
            return (upper ? above >= offset : above <= offset) ? std::optional(index) : std::nullopt;
          });
    }
  }
}

TEST_CASE("triu and tril: what is left out is zero, were it NaN", "[diagonal]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor x = variable(Array({2, 2}, {1, nan, nan, 4}));
  CHECK(tril(triu(x)).to_vector() == std::vector<double>{1, 0, 0, 4});
  CHECK(std::isnan(triu(x).to_vector()[1]));
}

TEST_CASE("axes: gradients and gradients of gradients agree with differences", "[axes][diagonal]") {
  Numbers numbers(38);
  const Array a = random_array(numbers, {2, 3}, DType::float64, -1, 1);
  const Array v = random_array(numbers, {3}, DType::float64, -1, 1);
  using X = const std::vector<Tensor>&;
  SECTION("reshape") {
    check_weighted_twice([](X x) { return flatten(reshape(x[0] * x[0], {3, -1}), 0, 1); }, {a});
    check_weighted_twice([](X x) { return squeeze(unsqueeze(x[0] * x[0], 1)); }, {a});
  }
  SECTION("transpose") {
    check_weighted_twice([](X x) { return matmul(x[0], transpose(x[0], 0, 1)); }, {a});
  }
  SECTION("diagonals") {
    check_weighted_twice([](X x) { return diagonal(x[0] * x[0], 1); }, {a});
    check_weighted_twice([](X x) { return matmul(x[1], diag(x[0] * x[0])); }, {v, a});
    check_weighted_twice([](X x) { return trace(matmul(x[0], transpose(x[0]))); }, {a});
  }
  SECTION("triangles") {
    check_weighted_twice([](X x) { return matmul(triu(x[0]), transpose(tril(x[0], 1))); }, {a});
  }
}

TEST_CASE("axes: messages name the shapes", "[axes][diagonal]") {
  const Tensor x = variable(Array::zeros({2, 3}));
  const auto says = [](const char* message) { return test::Message(message); };
  CHECK_THROWS_MATCHES(reshape(x, {4, -1}), ShapeError, says("[reshape] no size fits for -1: [2, 3] as [4, -1]"));
  CHECK_THROWS_MATCHES(reshape(x, {-1, -1}), ShapeError, says("[shape] negative size: [1, -1]"));
  CHECK_THROWS_MATCHES(reshape(x, {-2, 3}), ShapeError, says("[shape] negative size: [-2, 3]"));
  CHECK_THROWS_MATCHES(reshape(Tensor(Array::zeros({0, 3})), {0, -1}), ShapeError,
                       says("[reshape] any size would do for -1: [0, 3] as [0, -1]"));
  CHECK_THROWS_AS(reshape(x, {highest, 2, -1}), ShapeError);
  CHECK_THROWS_MATCHES(flatten(x, 1, 0), ShapeError, says("[flatten] axis 1 comes behind axis 0 in [2, 3]"));
  CHECK_THROWS_MATCHES(flatten(x, 0, 2), ShapeError, says("[flatten] axis 2 is out of range for 2 axes"));
  CHECK_THROWS_MATCHES(squeeze(x, 2), ShapeError, says("[squeeze] axis 2 is out of range for 2 axes"));
  CHECK_THROWS_MATCHES(unsqueeze(x, -4), ShapeError, says("[unsqueeze] axis -4 is out of range for 3 axes"));
  CHECK_THROWS_AS(unsqueeze(Tensor(Array(Shape(std::vector<std::int64_t>(16, 1)), {1})), 0), ShapeError);
  CHECK_THROWS_MATCHES(transpose(x, 0, 2), ShapeError, says("[transpose] axis 2 is out of range for 2 axes"));
  CHECK_THROWS_MATCHES(diagonal(Tensor(Array::zeros({3}))), ShapeError,
                       says("[diagonal] a matrix is needed, or more axes: [3]"));
  CHECK_THROWS_MATCHES(triu(Tensor(1.0)), ShapeError, says("[triu] a matrix is needed, or more axes: []"));
  CHECK_THROWS_MATCHES(tril(Tensor(1.0)), ShapeError, says("[tril] a matrix is needed, or more axes: []"));
  CHECK_THROWS_MATCHES(diag(Tensor(Array::zeros({1, 1, 1}))), ShapeError,
                       says("[diag] a vector or a matrix is needed: [1, 1, 1]"));
  CHECK_THROWS_AS(diag(Tensor(Array::zeros({2})), lowest), ShapeError);
  CHECK_THROWS_AS(diag(Tensor(Array::zeros({2})), highest), ShapeError);
  CHECK_THROWS_MATCHES(trace(Tensor(Array::zeros({3}))), ShapeError, says("[trace] a matrix is needed: [3]"));
}

}  // namespace axes_test
