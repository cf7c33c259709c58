// Tensors joined, split, padded and repeated.
#include "autograd/tensor/ops/joining.h"

#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/graph/graph.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/reshape.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/selecting.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

Shape random_shape_with_axes(Numbers& numbers, int most_axes = 6) {
  for (;;) {
    const Shape shape = random_shape(numbers, most_axes, 3);
    if (shape.rank() > 0) return shape;
  }
}

Shape resized(const Shape& shape, int axis, std::int64_t size) {
  Index sizes(shape.begin(), shape.end());
  sizes[static_cast<std::size_t>(axis)] = size;
  return Shape(sizes);
}

/// The axis or what it is called counted from the end.
int written(Numbers& numbers, int axis, int rank) { return numbers.chance(0.5) ? axis : axis - rank; }

void check_concat(Numbers& numbers, const Shape& shape, int axis, std::size_t count) {
  std::vector<Array> parts;
  std::vector<std::pair<std::size_t, std::int64_t>> places;  // which part and where in it
  for (std::size_t k = 0; k < count; ++k) {
    const std::int64_t size = numbers.whole(4);
    parts.push_back(whole_numbers(numbers, resized(shape, axis, size)));
    for (std::int64_t i = 0; i < size; ++i) places.emplace_back(k, i);
  }
  const auto along = static_cast<std::size_t>(axis);
  check_selection(
      numbers, [&](const std::vector<Tensor>& x) { return concat(x, written(numbers, axis, shape.rank())); }, parts,
      resized(shape, axis, static_cast<std::int64_t>(places.size())),
      [&](Index index) -> std::optional<Source> {
        const auto [part, place] = places[static_cast<std::size_t>(index[along])];
        index[along] = place;
        return Source{index, part};
      });
}

}  // namespace

TEST_CASE("concat: any shapes along any axis", "[concat]") {
  Numbers numbers(21);
  for (int round = 0; round < 200; ++round) {
    const Shape shape = random_shape_with_axes(numbers);
    check_concat(numbers, shape, static_cast<int>(numbers.whole(shape.rank())),
                 static_cast<std::size_t>(1 + numbers.whole(5)));
  }
}

TEST_CASE("concat: more than one op takes", "[concat]") {
  Numbers numbers(22);
  for (const std::size_t count : {30U, 31U, 32U, 33U, 62U, 63U, 100U, 1000U}) {
    check_concat(numbers, {2, 1, 2}, 1, count);
  }
}

TEST_CASE("concat: one tensor used several times, and constants between", "[concat]") {
  const Tensor x = variable(Array({2}, {1, 2}));
  const Tensor constant(Array({1}, {5}));
  const Tensor y = concat({x, constant, x * x, x});
  CHECK(y.to_vector() == std::vector<double>{1, 2, 5, 1, 4, 1, 2});
  CHECK(grad(sum(y * y), {x})[0].to_vector() == std::vector<double>{2 + 4 + 2, 4 + 32 + 4});
  CHECK_FALSE(concat({constant, constant}).requires_grad());
  CHECK(concat({x}).record().get() == x.record().get());
}

TEST_CASE("concat: dtypes promote, and each gradient has its own", "[concat]") {
  const Tensor narrow = variable(Array({1}, {0.1}).to(DType::float32));
  const Tensor wide = variable(Array({1}, {0.1}));
  const Tensor y = concat({narrow, wide});
  CHECK(y.dtype() == DType::float64);
  CHECK(y.to_vector() == std::vector<double>{static_cast<double>(0.1F), 0.1});
  CHECK(grad(sum(y), {narrow, wide})[0].dtype() == DType::float32);
  CHECK(concat({narrow, narrow}).dtype() == DType::float32);
}

TEST_CASE("concat: is one step of a graph, with its arguments", "[concat]") {
  const Tensor a = variable(Array({2}, {1, 2}), "a");
  const Tensor b = variable(Array({1}, {3}), "b");
  const Tensor y = concat({a, b});
  const Graph graph(std::vector<Tensor>{y});
  REQUIRE(graph.steps().size() == 1);
  CHECK(graph.steps()[0].arguments.size() == 2);
  CHECK(graph.formula(graph.steps()[0].result, 80).text() == "concat(a, b, axis=0)");
}

TEST_CASE("stack: any shapes along a new axis", "[stack]") {
  Numbers numbers(23);
  for (int round = 0; round < 200; ++round) {
    const Shape shape = random_shape(numbers, 5, 3);
    const auto axis = static_cast<int>(numbers.whole(shape.rank() + 1));
    const auto count = static_cast<std::size_t>(round == 0 ? 70 : 1 + numbers.whole(4));
    std::vector<Array> parts;
    for (std::size_t k = 0; k < count; ++k) parts.push_back(whole_numbers(numbers, shape));
    Index sizes(shape.begin(), shape.end());
    sizes.insert(sizes.begin() + axis, static_cast<std::int64_t>(count));
    check_selection(
        numbers, [&](const std::vector<Tensor>& x) { return ops::stack(x, written(numbers, axis, shape.rank() + 1)); },
        parts, Shape(sizes),
        [&](Index index) -> std::optional<Source> {
          const auto part = static_cast<std::size_t>(index[static_cast<std::size_t>(axis)]);
          index.erase(index.begin() + axis);
          return Source{index, part};
        });
  }
}

TEST_CASE("split: the parts joined are the whole", "[split]") {
  Numbers numbers(24);
  for (int round = 0; round < 200; ++round) {
    const Shape shape = random_shape_with_axes(numbers);
    const auto axis = static_cast<int>(numbers.whole(shape.rank()));
    std::vector<std::int64_t> sizes;
    for (std::int64_t left = shape[axis]; left > 0 || numbers.chance(0.3);) {
      sizes.push_back(numbers.whole(left + 1));
      left -= sizes.back();
    }
    const Tensor x = variable(whole_numbers(numbers, shape));
    const std::vector<Tensor> parts = split(x, sizes, written(numbers, axis, shape.rank()));
    REQUIRE(parts.size() == sizes.size());
    for (std::size_t k = 0; k < sizes.size(); ++k) CHECK(parts[k].shape() == resized(shape, axis, sizes[k]));
    if (parts.empty()) continue;
    CHECK(difference(concat(parts, axis).value(), x.value()) == "");
    // One part's gradient is ones there and zeros elsewhere.
    const auto chosen = static_cast<std::size_t>(numbers.whole(static_cast<std::int64_t>(parts.size())));
    std::vector<Tensor> ones;
    for (std::size_t k = 0; k < parts.size(); ++k) {
      ones.emplace_back(Array::full(parts[k].shape(), k == chosen ? 1.0 : 0.0));
    }
    CHECK(difference(grad(sum(parts[chosen]), {x})[0].value(), concat(ones, axis).value()) == "");
  }
  const Tensor x = variable(Array({2, 6}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  const std::vector<Tensor> thirds = split(x, 3, -1);
  REQUIRE(thirds.size() == 3);
  CHECK(thirds[1].to_vector() == std::vector<double>{2, 3, 8, 9});
  CHECK(split(x, {4, 2}, 1)[1].to_vector() == std::vector<double>{4, 5, 10, 11});
}

TEST_CASE("pad: a number around any shape, or something cut off", "[pad]") {
  Numbers numbers(25);
  for (int round = 0; round < 300; ++round) {
    const Shape shape = random_shape(numbers, 6, 3);
    const auto pairs = static_cast<std::size_t>(numbers.whole(shape.rank() + 1));
    std::vector<std::int64_t> widths;
    Index sizes(shape.begin(), shape.end());
    Index before(sizes.size(), 0);
    for (std::size_t k = 0; k < pairs; ++k) {
      const std::size_t axis = sizes.size() - 1 - k;
      const std::int64_t a = numbers.whole(4) - std::min<std::int64_t>(sizes[axis], 1);
      const std::int64_t b = numbers.whole(4) - std::min<std::int64_t>(sizes[axis] + std::min<std::int64_t>(a, 0), 1);
      widths.insert(widths.end(), {a, b});
      sizes[axis] += a + b;
      before[axis] = a;
    }
    const double value = numbers.chance(0.5) ? 0.0 : 7.0;
    check_selection(
        numbers, [&](const Tensor& x) { return pad(x, widths, PadMode::constant, value); },
        whole_numbers(numbers, shape), Shape(sizes),
        [&](Index index) -> std::optional<Index> {
          for (std::size_t k = 0; k < index.size(); ++k) {
            index[k] -= before[k];
            if (index[k] < 0 || index[k] >= shape[static_cast<int>(k)]) return std::nullopt;
          }
          return index;
        },
        value);
  }
}

TEST_CASE("pad: a tensor continued by itself", "[pad]") {
  const auto padded = [](PadMode mode, std::initializer_list<std::int64_t> widths) {
    return pad(Tensor(Array({4}, {0, 1, 2, 3})), widths, mode).to_vector();
  };
  CHECK(padded(PadMode::reflect, {3, 2}) == std::vector<double>{3, 2, 1, 0, 1, 2, 3, 2, 1});
  CHECK(padded(PadMode::replicate, {2, 3}) == std::vector<double>{0, 0, 0, 1, 2, 3, 3, 3, 3});
  CHECK(padded(PadMode::circular, {4, 1}) == std::vector<double>{0, 1, 2, 3, 0, 1, 2, 3, 0});
  CHECK(padded(PadMode::reflect, {-1, 1}) == std::vector<double>{1, 2, 3, 2});
  CHECK(padded(PadMode::circular, {0, 0}) == std::vector<double>{0, 1, 2, 3});
  const Tensor x(Array({2, 2}, {1, 2, 3, 4}));
  CHECK(pad(x, {1, 1, 1, 0}, PadMode::reflect).to_vector() == std::vector<double>{4, 3, 4, 3, 2, 1, 2, 1, 4, 3, 4, 3});
  Numbers numbers(26);
  for (int round = 0; round < 100; ++round) {
    const Shape shape = random_shape_with_axes(numbers, 3);
    if (shape.size() == 0) continue;
    const std::int64_t size = shape[shape.rank() - 1];
    for (const PadMode mode : {PadMode::reflect, PadMode::replicate, PadMode::circular}) {
      const std::int64_t most = mode == PadMode::reflect ? size - 1 : mode == PadMode::circular ? size : 9;
      const std::int64_t a = numbers.whole(most + 1);
      const std::int64_t b = numbers.whole(most + 1);
      check_selection(
          numbers,
          [&](const Tensor& t) {
            return pad(t, {a, b}, mode);
          },
          whole_numbers(numbers, shape), resized(shape, shape.rank() - 1, size + a + b),
          [&](Index index) -> std::optional<Index> {
            std::int64_t& i = index.back();
            i -= a;
            if (mode == PadMode::circular) i = (i + size) % size;
            if (mode == PadMode::replicate) i = std::min(std::max<std::int64_t>(i, 0), size - 1);
            if (mode == PadMode::reflect) i = size - 1 - std::abs(size - 1 - std::abs(i));
            return index;
          });
    }
  }
}

TEST_CASE("repeat: tiles of any shape", "[repeat]") {
  Numbers numbers(27);
  for (int round = 0; round < 200; ++round) {
    const Shape shape = random_shape(numbers, 4, 3);
    const auto lead = static_cast<std::size_t>(numbers.whole(3));
    std::vector<std::int64_t> times(lead + static_cast<std::size_t>(shape.rank()));
    for (std::int64_t& n : times) n = numbers.chance(0.05) ? 0 : 1 + numbers.whole(3);
    Index sizes(times);
    for (std::size_t k = lead; k < sizes.size(); ++k) sizes[k] *= shape[static_cast<int>(k - lead)];
    check_selection(
        numbers, [&](const Tensor& x) { return repeat(x, times); }, whole_numbers(numbers, shape), Shape(sizes),
        [&](Index index) -> std::optional<Index> {
          index.erase(index.begin(), index.begin() + static_cast<std::ptrdiff_t>(lead));
          for (std::size_t k = 0; k < index.size(); ++k) index[k] %= shape[static_cast<int>(k)];
          return index;
        });
  }
  // As many axes as there can be.
  const Tensor deep(Array(Shape(std::vector<std::int64_t>(16, 1)), {3}));
  CHECK(repeat(deep, std::vector<std::int64_t>(16, 2)).size() == 65536);
}

TEST_CASE("repeat_interleave and roll: along any axis of any shape", "[repeat][roll]") {
  Numbers numbers(28);
  for (int round = 0; round < 200; ++round) {
    const Shape shape = random_shape_with_axes(numbers);
    const auto axis = static_cast<int>(numbers.whole(shape.rank()));
    const auto k = static_cast<std::size_t>(axis);
    const int name = written(numbers, axis, shape.rank());
    const std::int64_t size = shape[axis];
    const std::int64_t times = numbers.whole(4);
    check_selection(
        numbers, [&](const Tensor& x) { return repeat_interleave(x, times, name); }, whole_numbers(numbers, shape),
        resized(shape, axis, size * times),
        [&](Index index) -> std::optional<Index> {
          index[k] /= times;
          return index;
        });
    const std::int64_t shift = numbers.whole(21) - 10;
    check_selection(
        numbers, [&](const Tensor& x) { return roll(x, shift, name); }, whole_numbers(numbers, shape), shape,
        [&](Index index) -> std::optional<Index> {
          index[k] = ((index[k] - shift) % size + size) % size;
          return index;
        });
  }
}

TEST_CASE("joining: gradients and gradients of gradients agree with differences", "[concat][pad]") {
  Numbers numbers(29);
  const Array a = random_array(numbers, {2, 3}, DType::float64, -1, 1);
  const Array b = random_array(numbers, {2, 2}, DType::float64, -1, 1);
  using X = const std::vector<Tensor>&;
  SECTION("concat") {
    check_weighted_twice([](X x) { return concat({x[0] * x[0], x[1], x[0]}, 1); }, {a, b});
  }
  SECTION("stack") {
    check_weighted_twice([](X x) { return ops::stack({x[0] * x[0], x[0]}, 1); }, {a});
  }
  SECTION("split") {
    check_weighted_twice(
        [](X x) {
          const auto parts = split(x[0], {1, 1, 1}, 1);
          return parts[0] * parts[2] + parts[1];
        },
        {a});
  }
  SECTION("pad") {
    check_weighted_twice([](X x) { return pad(x[0] * x[0], {1, -1, 0, 2}, PadMode::constant, 0.5); }, {a});
    check_weighted_twice([](X x) { return pad(x[0] * x[0], {2, 1, 1, 1}, PadMode::reflect); }, {a});
  }
  SECTION("repeat") {
    check_weighted_twice([](X x) { return repeat(x[0] * x[0], {2, 1, 2}); }, {a});
    check_weighted_twice([](X x) { return repeat_interleave(x[0] * x[0], 3, 0); }, {a});
  }
  SECTION("roll") {
    check_weighted_twice([](X x) { return roll(x[0], 1, 1) * x[0]; }, {a});
  }
}

TEST_CASE("joining: messages name the shapes", "[concat][pad]") {
  const Tensor x = variable(Array::zeros({2, 3}));
  const Tensor y = variable(Array::zeros({4, 2}));
  const auto says = [](const char* message) { return test::Message(message); };
  CHECK_THROWS_MATCHES(concat({}), ShapeError, says("[concat] at least one tensor is needed"));
  CHECK_THROWS_MATCHES(concat({x, y}), ShapeError, says("[concat] shapes differ beside axis 0: [2, 3] and [4, 2]"));
  CHECK_THROWS_MATCHES(concat({x, Tensor(1.0)}, 1), ShapeError,
                       says("[concat] shapes differ beside axis 1: [2, 3] and []"));
  CHECK_THROWS_MATCHES(concat({x, x}, 2), ShapeError, says("[concat] axis 2 is out of range for 2 axes"));
  CHECK_THROWS_MATCHES(concat({Tensor(1.0)}), ShapeError, says("[concat] axis 0 is out of range for 0 axes"));
  CHECK_THROWS_MATCHES(ops::stack({}), ShapeError, says("[stack] at least one tensor is needed"));
  CHECK_THROWS_MATCHES(ops::stack({x, y}), ShapeError, says("[stack] shapes differ: [2, 3] and [4, 2]"));
  CHECK_THROWS_MATCHES(ops::stack({x, x}, 3), ShapeError, says("[stack] axis 3 is out of range for 3 axes"));
  CHECK_THROWS_MATCHES(split(x, 2, 1), ShapeError, says("[split] axis 1 of [2, 3] does not split into 2 equal parts"));
  CHECK_THROWS_MATCHES(split(x, {1, 1}, 1), ShapeError, says("[split] axis 1 of [2, 3] does not split into [1, 1]"));
  CHECK_THROWS_AS(split(x, {4, -1}, 1), ShapeError);
  CHECK_THROWS_AS(split(x, 0, 1), ShapeError);
  CHECK_THROWS_MATCHES(pad(x, {1}), ShapeError,
                       says("[pad] widths are pairs, at most one for each axis: [1] for [2, 3]"));
  CHECK_THROWS_AS(pad(x, {0, 0, 0, 0, 1, 1}), ShapeError);
  CHECK_THROWS_MATCHES(pad(x, {-2, -2}), ShapeError, says("[pad] -2 and -2 do not fit axis 1 of [2, 3]"));
  CHECK_THROWS_AS(pad(x, {-4, 5}), ShapeError);
  CHECK_THROWS_AS(pad(x, {std::numeric_limits<std::int64_t>::max(), 1}), ShapeError);
  CHECK_THROWS_AS(pad(x, {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}),
                  ShapeError);
  CHECK_THROWS_MATCHES(pad(x, {3, 0}, PadMode::reflect), ShapeError,
                       says("[pad] axis 1 of [2, 3] is too short to be continued by 3"));
  CHECK_THROWS_AS(pad(Tensor(Array::zeros({0})), {1, 0}, PadMode::replicate), ShapeError);
  CHECK_THROWS_MATCHES(repeat(x, {2}), ShapeError,
                       says("[repeat] a number of times is needed for each axis: [2] for [2, 3]"));
  CHECK_THROWS_MATCHES(repeat(x, {2, -1}), ShapeError, says("[repeat] -1 is no number of times"));
  CHECK_THROWS_AS(repeat(x, {1, std::numeric_limits<std::int64_t>::max()}), ShapeError);
  CHECK_THROWS_MATCHES(repeat_interleave(x, -2, 0), ShapeError, says("[repeat_interleave] -2 is no number of times"));
  CHECK_THROWS_MATCHES(roll(x, 1, 2), ShapeError, says("[roll] axis 2 is out of range for 2 axes"));
}
