// Arrays: creation, views, and what is refused.
#include "autograd/array/array.h"

#include <limits>
#include <numeric>
#include <vector>

#include "autograd/array/elementwise.h"
#include "autograd/base/error.h"
#include "tests/catch.h"
#include "tests/reference/naive.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

std::vector<std::int64_t> strides(const Array& a) { return {a.strides().begin(), a.strides().end()}; }

/// 0, 1, 2, … in a shape.
Array counted(const Shape& shape) {
  std::vector<double> numbers(static_cast<std::size_t>(shape.size()));
  std::iota(numbers.begin(), numbers.end(), 0.0);
  return Array(shape, numbers);
}

}  // namespace

TEST_CASE("array: numbers are row-major", "[array]") {
  const Array a({2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK(a.shape() == Shape{2, 3});
  CHECK(a.size() == 6);
  CHECK(a.rank() == 2);
  CHECK(a.dtype() == DType::float64);
  CHECK(strides(a) == std::vector<std::int64_t>{3, 1});
  CHECK(a.contiguous());
  CHECK(element(a, {1, 0}) == 4.0);
}

TEST_CASE("array: the C++ type of the numbers decides the dtype", "[array]") {
  const std::vector<float> few{1.0F, 2.0F};
  CHECK(Array({2}, few).dtype() == DType::float32);
  CHECK(Array(1.0).dtype() == DType::float64);
  CHECK(Array::zeros({3}).dtype() == DType::float64);
  CHECK(Array::full({3}, 0.1, DType::float32).to_vector() == std::vector<double>(3, static_cast<double>(0.1F)));
}

TEST_CASE("array: a single number of any rank can be taken out", "[array]") {
  CHECK(Array(2.5).item() == 2.5);
  CHECK(Array({1, 1, 1}, {2.5}).item() == 2.5);
  CHECK(Array::scalar(0.1, DType::float32).item() == static_cast<double>(0.1F));
  CHECK_THROWS_MATCHES(counted({2}).item(), ShapeError,
                       test::Message("[item] one element is needed, the shape is [2]"));
  CHECK_THROWS_AS(counted({0}).item(), ShapeError);
}

TEST_CASE("array: the count of numbers must be that of the shape", "[array]") {
  CHECK_THROWS_MATCHES(Array({2, 2}, {1, 2, 3}), ShapeError, test::Message("[array] [2, 2] needs 4 numbers, got 3"));
  CHECK_THROWS_AS(Array(Shape{}, std::vector<double>{}), ShapeError);
  CHECK(Array({0, 3}, std::vector<double>{}).size() == 0);
}

TEST_CASE("array: a permutation is a view of the same numbers", "[array]") {
  const Array a = counted({2, 3, 4});
  const Array p = a.permute(std::vector<int>{2, 0, 1});
  CHECK(p.shape() == Shape{4, 2, 3});
  CHECK(p.bytes() == a.bytes());
  CHECK_FALSE(p.contiguous());
  for_each_index(p.shape(), [&](const Index& i) { CHECK(element(p, i) == element(a, {i[1], i[2], i[0]})); });
  CHECK(p.permute(std::vector<int>{-2, -1, 0}).contiguous());
  CHECK(p.to_vector() == elements(p));
  CHECK(p.packed().contiguous());
  CHECK(elements(p.packed()) == elements(p));
}

TEST_CASE("array: reshaping shares numbers that lie in order and copies others", "[array]") {
  const Array a = counted({2, 3, 4});
  CHECK(a.reshape({4, 6}).bytes() == a.bytes());
  CHECK(a.reshape({4, 6}).to_vector() == a.to_vector());
  const Array p = a.permute(std::vector<int>{1, 0, 2});
  CHECK(p.reshape({24}).to_vector() == elements(p));
  CHECK(counted({0, 3}).reshape({5, 0}).shape() == Shape{5, 0});
  CHECK(Array(7.0).reshape({1, 1}).item() == 7.0);
}

TEST_CASE("array: broadcasting repeats without copying", "[array]") {
  const Array row({1, 3}, {1, 2, 3});
  const Array wide = row.broadcast_to({2, 4, 3});
  CHECK(strides(wide) == std::vector<std::int64_t>{0, 0, 1});
  CHECK(wide.bytes() == row.bytes());
  for_each_index(wide.shape(), [&](const Index& i) { CHECK(element(wide, i) == broadcast_element(row, i)); });
  CHECK(Array(5.0).broadcast_to({3}).to_vector() == std::vector<double>{5, 5, 5});
  CHECK(counted({1}).broadcast_to({0}).size() == 0);
}

TEST_CASE("array: views keep the numbers alive", "[array]") {
  Array view;
  {
    const Array a = counted({2, 3});
    view = a.permute(std::vector<int>{1, 0}).broadcast_to({2, 3, 2});
  }
  CHECK(view.to_vector() == std::vector<double>{0, 3, 1, 4, 2, 5, 0, 3, 1, 4, 2, 5});
}

TEST_CASE("array: only the one owner of packed numbers is unique", "[array]") {
  Array a = counted({3});
  CHECK(a.unique());
  const Array copy = a;
  CHECK_FALSE(a.unique());
  const Array lone = counted({3}).reshape({3, 1});
  CHECK_FALSE(lone.unique());
}

TEST_CASE("array: the type changes by rounding once", "[array]") {
  const Array a({3}, {0.1, 1e300, -1e-300});
  const Array f = a.to(DType::float32);
  CHECK(f.dtype() == DType::float32);
  CHECK(f.to_vector() == std::vector<double>{static_cast<double>(0.1F), std::numeric_limits<double>::infinity(), -0.0});
  CHECK(a.to(DType::float64).bytes() == a.bytes());
  const Array t = counted({2, 3}).permute(std::vector<int>{1, 0});
  CHECK(t.to(DType::float32).to_vector() == elements(t));
}

TEST_CASE("array: a shape can be kept without its numbers", "[array]") {
  const Array a = Array::shape_only({2, 3}, DType::float32);
  CHECK(a.shape() == Shape{2, 3});
  CHECK(a.dtype() == DType::float32);
  CHECK_FALSE(a.has_data());
  CHECK(counted({2}).has_data());
  CHECK_FALSE(Array().defined());
}

TEST_CASE("array: a view that cannot be is refused with both shapes", "[array]") {
  const Array a = counted({2, 3});
  CHECK_THROWS_MATCHES(a.reshape({4, 2}), ShapeError,
                       test::Message("[reshape] sizes differ: [2, 3] has 6 elements, [4, 2] has 8"));
  CHECK_THROWS_MATCHES(a.broadcast_to({3, 3}), ShapeError,
                       test::Message("[broadcast_to] [2, 3] does not broadcast to [3, 3]"));
  CHECK_THROWS_AS(a.broadcast_to({3}), ShapeError);
  CHECK_THROWS_MATCHES(a.permute(std::vector<int>{0, 0}), ShapeError, test::Message("[permute] axis 0 is given twice"));
  CHECK_THROWS_MATCHES(a.permute(std::vector<int>{0}), ShapeError,
                       test::Message("[permute] 1 axes are given for [2, 3]"));
  CHECK_THROWS_MATCHES(a.permute(std::vector<int>{0, 2}), ShapeError,
                       test::Message("[permute] axis 2 is out of range for 2 axes"));
}
