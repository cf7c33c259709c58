// Shapes and axes: what can be asked of them without any numbers, and what is refused.
#include "autograd/base/shape.h"

#include <limits>
#include <string>
#include <vector>

#include "autograd/base/dtype.h"
#include "autograd/base/error.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"

using namespace gradus;

TEST_CASE("shape: sizes, rank and the number of elements", "[shape]") {
  CHECK(Shape{}.size() == 1);
  CHECK(Shape{}.rank() == 0);
  CHECK(Shape{2, 3, 4}.size() == 24);
  CHECK(Shape{2, 0, 4}.size() == 0);
  CHECK(Shape{2, 3}[1] == 3);
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK_FALSE(Shape{2, 3} == Shape{3, 2});
  CHECK_FALSE(Shape{2} == Shape{2, 1});
}

TEST_CASE("shape: as text", "[shape]") {
  CHECK(to_string(Shape{}) == "[]");
  CHECK(to_string(Shape{64, 784}) == "[64, 784]");
}

TEST_CASE("shape: copies have the same sizes", "[shape]") {
  const Shape a{2, 3, 4};
  Shape b = a;
  CHECK(b == a);
  b = Shape{5};
  CHECK(b == Shape{5});
  CHECK(a == Shape{2, 3, 4});
}

TEST_CASE("shape: what cannot be held in memory cannot be constructed", "[shape]") {
  for (const char* id :
       {"shape-overflow-0", "shape-overflow-1", "shape-overflow-2", "shape-overflow-6", "shape-overflow-zero-dim"}) {
    INFO(id);
    const auto written = reference::torture_cases().at(id).at("inputs").at("shape").get<std::string>();
    const auto sizes = reference::Json::parse(written).get<std::vector<std::int64_t>>();
    CHECK_THROWS_AS(Shape(sizes), ShapeError);
  }
  CHECK_THROWS_MATCHES((Shape{2, -1}), ShapeError, test::Message("[shape] negative size: [2, -1]"));
  CHECK_THROWS_MATCHES((Shape{std::int64_t{1} << 62}), ShapeError,
                       test::Message("[shape] too many elements: [4611686018427387904]"));
  CHECK_THROWS_AS(Shape{std::numeric_limits<std::int64_t>::min()}, ShapeError);
  CHECK(Shape{(std::int64_t{1} << 60) - 1}.rank() == 1);
}

TEST_CASE("shape: there are at most sixteen axes", "[shape]") {
  CHECK(Shape(std::vector<std::int64_t>(16, 1)).rank() == max_rank);
  CHECK_THROWS_MATCHES(Shape(std::vector<std::int64_t>(17, 1)), ShapeError,
                       test::Message("[shape] 17 axes, at most 16 are allowed"));
  REQUIRE(reference::torture_cases().contains("rank-too-high"));
  CHECK_THROWS_AS(Shape(std::vector<std::int64_t>(1000, 1)), ShapeError);
}

TEST_CASE("shape: broadcasting lines up the last axes", "[shape]") {
  CHECK(broadcast({3, 1}, {1, 4}, "op") == Shape{3, 4});
  CHECK(broadcast({2, 1, 3}, {4, 1}, "op") == Shape{2, 4, 3});
  CHECK(broadcast({}, {2, 3}, "op") == Shape{2, 3});
  CHECK(broadcast({1}, {0}, "op") == Shape{0});
  CHECK(broadcast({0, 3}, {1, 1}, "op") == Shape{0, 3});
  CHECK_THROWS_MATCHES(broadcast({2, 3}, {3, 3}, "op"), ShapeError,
                       test::Message("[op] shapes do not broadcast: [2, 3] with [3, 3] (axis -2: 2 is not 3)"));
  CHECK_THROWS_AS(broadcast({0}, {3}, "op"), ShapeError);
}

TEST_CASE("shape: broadcasting is commutative and takes equal shapes as they are", "[shape]") {
  const std::vector<Shape> shapes = {{}, {1}, {3}, {0}, {1, 3}, {3, 1}, {2, 3}, {2, 1, 3}, {1, 1, 1}};
  const auto both = [](const Shape& a, const Shape& b) -> std::string {
    try {
      return to_string(broadcast(a, b, "op"));
    } catch (const ShapeError&) {
      return "refused";
    }
  };
  for (const Shape& a : shapes) {
    CHECK(both(a, a) == to_string(a));
    for (const Shape& b : shapes) {
      INFO(to_string(a) << " with " << to_string(b));
      CHECK(both(a, b) == both(b, a));
      // b is what a broadcasts to exactly when the two together give b.
      CHECK(broadcasts_to(a, b) == (both(a, b) == to_string(b)));
    }
  }
}

TEST_CASE("shape: summing axes away, or keeping them with size 1", "[shape]") {
  CHECK(reduced({2, 3, 4}, 0b010, false) == Shape{2, 4});
  CHECK(reduced({2, 3, 4}, 0b010, true) == Shape{2, 1, 4});
  CHECK(reduced({2, 3, 4}, 0b111, false) == Shape{});
  CHECK(reduced({2, 3, 4}, 0, false) == Shape{2, 3, 4});
  CHECK(reduced({2, 0}, 0b10, false) == Shape{2});
}

TEST_CASE("axes: all, none, some, and counted from the end", "[shape]") {
  CHECK(Axes().mask(3, "sum") == 0b111);
  CHECK(Axes(std::span<const int>()).mask(3, "sum") == 0);
  CHECK(Axes(1).mask(3, "sum") == 0b010);
  CHECK(Axes(-1).mask(3, "sum") == 0b100);
  CHECK(Axes({0, -1}).mask(3, "sum") == 0b101);
  CHECK(Axes().mask(16, "sum") == 0xffff);
  CHECK(Axes().mask(0, "sum") == 0);
}

TEST_CASE("axes: what is out of range or given twice is refused by name", "[shape]") {
  CHECK_THROWS_MATCHES(Axes(3).mask(3, "sum"), ShapeError, test::Message("[sum] axis 3 is out of range for 3 axes"));
  CHECK_THROWS_MATCHES(Axes(-2).mask(1, "sum"), ShapeError, test::Message("[sum] axis -2 is out of range for 1 axis"));
  CHECK_THROWS_AS(Axes(0).mask(0, "sum"), ShapeError);
  CHECK_THROWS_MATCHES(Axes({1, -2}).mask(3, "mean"), ShapeError, test::Message("[mean] axis -2 is given twice"));
  CHECK_THROWS_AS(Axes(std::vector<int>(17, 0)), ShapeError);
}

TEST_CASE("dtype: what two promote to, and what they are called", "[shape]") {
  CHECK(promote(DType::float32, DType::float32) == DType::float32);
  CHECK(promote(DType::float32, DType::float64) == DType::float64);
  CHECK(promote(DType::float64, DType::float32) == DType::float64);
  CHECK(size_of(DType::float32) == 4);
  CHECK(size_of(DType::float64) == 8);
  CHECK(name_of(DType::float32) == "float32");
  CHECK(name_of(DType::float64) == "float64");
}
