// Slices: every number is where Python puts it, no number is copied, and each gradient comes back to its place.
#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/indexing.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/selecting.h"

using namespace gradus;
using namespace gradus::reference;

namespace slice_test {

namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

/// 0, 1, 2, … in a shape.
Tensor counted(const Shape& shape) {
  std::vector<double> numbers;
  for (std::int64_t k = 0; k < shape.size(); ++k) numbers.push_back(static_cast<double>(k));
  return variable(Array(shape, numbers));
}

std::optional<std::int64_t> random_bound(Numbers& numbers, std::int64_t size) {
  if (numbers.chance(0.3)) return std::nullopt;
  return numbers.whole(4 * size + 5) - 2 * size - 2;
}

/// The places a slice takes, one by one: what lies outside is first moved to the nearest end.
std::vector<std::int64_t> places_of(const Slice& s, std::int64_t size) {
  if (s.single) return {*s.start < 0 ? *s.start + size : *s.start};
  const auto from_start = [&](std::int64_t i) { return i < 0 ? i + size : i; };
  std::vector<std::int64_t> places;
  if (s.step > 0) {
    const std::int64_t stop = s.stop ? from_start(*s.stop) : size;
    for (std::int64_t i = std::max<std::int64_t>(s.start ? from_start(*s.start) : 0, 0); i < std::min(stop, size);
         i += s.step) {
      places.push_back(i);
    }
  } else {
    const std::int64_t stop = s.stop ? from_start(*s.stop) : -1;
    for (std::int64_t i = std::min(s.start ? from_start(*s.start) : size, size - 1);
         i > std::max<std::int64_t>(stop, -1); i += s.step) {
      places.push_back(i);
    }
  }
  return places;
}

Slice random_slice(Numbers& numbers, std::int64_t size) {
  if (size > 0 && numbers.chance(0.2)) return numbers.whole(2 * size) - size;
  const std::int64_t step = 1 + numbers.whole(3);
  return {random_bound(numbers, size), random_bound(numbers, size), numbers.chance(0.5) ? step : -step};
}

}  // namespace

TEST_CASE("slice: the places are those of Python", "[slice]") {
  struct Case {
    std::int64_t size;
    Slice slice;
    std::vector<double> places;  // list(range(size))[slice]
  };
  const std::vector<Case> cases{
      {7, {1, 6, 2}, {1, 3, 5}},
      {7, {3, 3}, {}},
      {7, {{}, {}, -1}, {6, 5, 4, 3, 2, 1, 0}},
      {7, {{}, {}, -3}, {6, 3, 0}},
      {7, {-3, {}}, {4, 5, 6}},
      {7, {{}, -3}, {0, 1, 2, 3}},
      {7, {-100, 100, 3}, {0, 3, 6}},
      {7, {100, -100, -3}, {6, 3, 0}},
      {7, {5, 1}, {}},
      {7, {1, 5, -1}, {}},
      {7, {-1, -8, -2}, {6, 4, 2, 0}},
      {7, {6, {}, lowest}, {6}},
      {7, {{}, {}, highest}, {0}},
      {0, {{}, {}, -1}, {}},
      {0, {-1, 1}, {}},
      {1, {{}, {}, -1}, {0}},
      {7, {-7, -6}, {0}},
      {7, {7, {}}, {}},
      {7, {7, {}, -1}, {6, 5, 4, 3, 2, 1, 0}},
      {5, {lowest, highest, 2}, {0, 2, 4}},
  };
  for (std::size_t k = 0; k < cases.size(); ++k) {
    INFO("case " << k);
    const Case& c = cases[k];
    CHECK(ops::slice(counted({c.size}), {c.slice}).to_vector() == c.places);
  }
}

TEST_CASE("slice: any slices of any shape", "[slice]") {
  Numbers numbers(1);
  for (int round = 0; round < 400; ++round) {
    const Shape shape = random_shape(numbers, 6, 4);
    std::vector<Slice> slices;
    std::vector<std::vector<std::int64_t>> places;
    Index sizes;
    for (int k = 0; k < shape.rank(); ++k) {
      const bool given = static_cast<std::size_t>(k) == slices.size() && !numbers.chance(0.1);
      const Slice s = given ? random_slice(numbers, shape[k]) : Slice();
      if (given) slices.push_back(s);
      places.push_back(places_of(s, shape[k]));
      if (!s.single) sizes.push_back(static_cast<std::int64_t>(places.back().size()));
    }
    const auto index_of = [&](const Index& index) -> std::optional<Index> {
      Index from;
      std::size_t next = 0;
      for (std::size_t k = 0; k < places.size(); ++k) {
        const bool single = k < slices.size() && slices[k].single;
        from.push_back(places[k][single ? 0 : static_cast<std::size_t>(index[next++])]);
      }
      return from;
    };
    const DType dtype = numbers.chance(0.3) ? DType::float32 : DType::float64;
    check_selection(
        numbers, [&](const Tensor& x) { return ops::slice(x, slices); }, whole_numbers(numbers, shape, dtype),
        Shape(sizes), index_of);
  }
}

TEST_CASE("slice: reads as x[1:3, 0, ::-1] does", "[slice]") {
  const Tensor x = counted({4, 2, 3});
  CHECK(ops::slice(x, {{1, 3}, 0, {{}, {}, -1}}).shape() == Shape{2, 3});
  CHECK(ops::slice(x, {{1, 3}, 0, {{}, {}, -1}}).to_vector() == std::vector<double>{8, 7, 6, 14, 13, 12});
  CHECK(ops::slice(x, {-1, -1, -1}).item() == 23);
  CHECK(ops::slice(x, {2}).shape() == Shape{2, 3});
  CHECK(ops::slice(x, {{}, 1}).to_vector() == std::vector<double>{3, 4, 5, 9, 10, 11, 15, 16, 17, 21, 22, 23});
  CHECK(ops::slice(x, {{{}, {}, 3}}).shape() == Shape{2, 2, 3});
  CHECK(ops::slice(x, Slice(0, 1), -1).shape() == Shape{4, 2, 1});
  CHECK(ops::slice(x, Slice(1), 2).shape() == Shape{4, 2});
  CHECK(ops::slice(Tensor(3.0), std::initializer_list<Slice>{}).item() == 3);
}

TEST_CASE("slice: a view, and of a view", "[slice]") {
  const Tensor x = counted({100, 50});
  const Tensor rows = ops::slice(x, {{10, 90, 2}});
  CHECK(rows.value().data<double>() == x.value().data<double>() + 500);
  const Tensor part = ops::slice(transpose(rows), {{{}, {}, -7}, {1, 3}});
  CHECK(part.value().data<double>() == x.value().data<double>() + 500 + 49 + 100);
  CHECK(part.value().strides()[0] == -7);
  CHECK(ops::slice(x, {{}, {0, 50}}).record().get() == x.record().get());
  CHECK(flip(counted({1, 1})).to_vector() == std::vector<double>{0});
  // Elementwise ops and products read reversed views.
  const Tensor reversed = flip(x);
  CHECK(sum(reversed * reversed).item() == sum(x * x).item());
  CHECK(ops::slice(matmul(reversed, transpose(reversed)), {0, 0}).item() == sum(ops::slice(x * x, {-1})).item());
}

TEST_CASE("flip: any axes of any shape", "[slice]") {
  Numbers numbers(2);
  for (int round = 0; round < 200; ++round) {
    const Shape shape = random_shape(numbers, 6, 4);
    std::vector<int> axes;
    for (int k = 0; k < shape.rank(); ++k) {
      if (numbers.chance(0.5)) axes.push_back(numbers.chance(0.5) ? k : k - shape.rank());
    }
    const bool all = numbers.chance(0.2);
    check_selection(
        numbers, [&](const Tensor& x) { return all ? flip(x) : flip(x, Axes(std::span<const int>(axes))); },
        whole_numbers(numbers, shape), shape,
        [&](const Index& index) -> std::optional<Index> {
          Index from = index;
          for (int k = 0; k < shape.rank(); ++k) {
            if (!all && std::ranges::count(axes, k) + std::ranges::count(axes, k - shape.rank()) == 0) continue;
            from[static_cast<std::size_t>(k)] = shape[k] - 1 - index[static_cast<std::size_t>(k)];
          }
          return from;
        });
  }
}

TEST_CASE("slice: gradients and gradients of gradients agree with differences", "[slice]") {
  Numbers numbers(8);
  const Array a = random_array(numbers, {3, 4}, DType::float64, -1, 1);
  using X = const std::vector<Tensor>&;
  SECTION("slice") {
    check_weighted_twice([](X x) { return ops::slice(x[0] * x[0], {{{}, {}, -2}, {1, 3}}); }, {a});
    check_weighted_twice([](X x) { return ops::slice(x[0], {1}) * x[0]; }, {a});
  }
  SECTION("flip") {
    check_weighted_twice([](X x) { return x[0] * flip(x[0], 1); }, {a});
  }
}

TEST_CASE("slice: messages name the index and the size", "[slice]") {
  const Tensor x = variable(Array::zeros({2, 5}));
  const auto says = [](const char* message) { return test::Message(message); };
  CHECK_THROWS_MATCHES(ops::slice(x, {0, 5}), ShapeError, says("[slice] index 5 is out of range for axis 1 of size 5"));
  CHECK_THROWS_MATCHES(ops::slice(x, {-3}), ShapeError, says("[slice] index -3 is out of range for axis 0 of size 2"));
  CHECK_THROWS_MATCHES(ops::slice(x, {{}, {}, {}}), ShapeError, says("[slice] 3 slices are given for [2, 5]"));
  CHECK_THROWS_MATCHES(ops::slice(x, {{0, 1, 0}}), ValueError, says("[slice] the step along axis 0 is 0"));
  CHECK_THROWS_MATCHES(ops::slice(x, Slice(), 2), ShapeError, says("[slice] axis 2 is out of range for 2 axes"));
  CHECK_THROWS_MATCHES(flip(x, 2), ShapeError, says("[flip] axis 2 is out of range for 2 axes"));
}

}  // namespace slice_test
