// Elementwise ops over operands of any shape and layout, against the definition of broadcasting.
#include "autograd/array/elementwise.h"

#include <string>
#include <type_traits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/naive.h"
#include "tests/reference/op_table.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

/// a op b from the definition: every index of the broadcast shape in turn, in the dtype both promote to; a single number
/// takes that of the other.
template <class Op>
Array one_by_one(const Op& op, const Array& a, const Array& b) {
  const bool one_number = (a.rank() == 0) != (b.rank() == 0);
  const DType dtype = !one_number ? promote(a.dtype(), b.dtype()) : a.rank() == 0 ? b.dtype() : a.dtype();
  const Shape shape = broadcast(a.shape(), b.shape(), "test");
  std::vector<double> numbers;
  for_each_index(shape, [&](const Index& index) {
    dispatch(dtype, [&](auto zero) {
      using T = decltype(zero);
      const auto x = static_cast<T>(broadcast_element(a, index));
      const auto y = static_cast<T>(broadcast_element(b, index));
      numbers.push_back(static_cast<double>(bind(op, x, y)));
    });
  });
  return Array(shape, numbers).to(dtype);
}

}  // namespace

TEST_CASE("elementwise: any two operands that broadcast, however they lie in memory", "[elementwise]") {
  Numbers numbers(1);
  const DType types[] = {DType::float32, DType::float64};
  for (int round = 0; round < 1500; ++round) {
    const Shape shape = random_shape(numbers, 6, round % 10 == 0 ? 20 : 4);
    if (shape.size() > 20000) continue;
    const Array a = random_operand(numbers, shape, types[numbers.whole(2)]);
    const Array b = random_operand(numbers, shape, types[numbers.whole(2)]);
    const auto check = [&](const auto& op) {
      const std::string wrong = difference(bind(op, a, b), one_by_one(op, a, b));
      INFO(op.name << " of " << to_string(a.shape()) << " and " << to_string(b.shape()) << ": " << wrong);
      CHECK(wrong.empty());
    };
    // Correctly rounded, so that the bits must agree.
    check(Add{});
    check(Sub{});
    check(Mul{});
    check(Div{});
  }
}

TEST_CASE("elementwise: every op gives for a view what it gives for a packed copy", "[elementwise]") {
  Numbers numbers(2);
  for (const auto& op : op_cases()) {
    for (const DType dtype : {DType::float32, DType::float64}) {
      for (int round = 0; round < 10; ++round) {
        const Shape shape = random_shape(numbers, 4, 9);
        std::vector<Array> views;
        std::vector<Array> packed;
        for (std::size_t k = 0; k < op->arity; ++k) {
          views.push_back(random_operand(numbers, shape, dtype));
          packed.push_back(views.back().packed());
        }
        INFO(op->label << " on " << to_string(shape));
        CHECK(difference(op->apply(views), op->apply(packed)).empty());
      }
    }
  }
}

TEST_CASE("elementwise: operands are left as they were", "[elementwise]") {
  const Array a({3}, {1, 2, 3});
  const Array b({3}, {4, 5, 6});
  const Array c = a * b + a;
  CHECK(a.to_vector() == std::vector<double>{1, 2, 3});
  CHECK(b.to_vector() == std::vector<double>{4, 5, 6});
  CHECK(c.to_vector() == std::vector<double>{5, 12, 21});
}

TEST_CASE("elementwise: two dtypes promote, C++ numbers do not", "[elementwise]") {
  const Array f = Array({2}, {1, 2}).to(DType::float32);
  const Array d({2}, {0.1, 0.2});
  CHECK((f + d).dtype() == DType::float64);
  CHECK((f + d).to_vector() == std::vector<double>{1.1, 2.2});
  CHECK((f * 0.1).dtype() == DType::float32);
  CHECK((2 - f).dtype() == DType::float32);
  CHECK((f * 0.1).to_vector()[0] == static_cast<double>(0.1F));
  CHECK((d * 0.1F).dtype() == DType::float64);
}

TEST_CASE("elementwise: shapes that do not broadcast are named, with the axis", "[elementwise]") {
  const Array a = Array::zeros({2, 3});
  CHECK_THROWS_MATCHES(a * Array::zeros({3, 2}), ShapeError,
                       test::Message("[mul] shapes do not broadcast: [2, 3] with [3, 2] (axis -2: 2 is not 3)"));
  CHECK_THROWS_MATCHES(Array::zeros({0}) + Array::zeros({3}), ShapeError,
                       test::Message("[add] shapes do not broadcast: [0] with [3] (axis -1: 0 is not 3)"));
  CHECK_THROWS_MATCHES(Array::zeros({4}) - Array::zeros({3, 4, 5}), ShapeError,
                       test::Message("[sub] shapes do not broadcast: [4] with [3, 4, 5] (axis -1: 4 is not 5)"));
}

TEST_CASE("elementwise: adding in place changes nobody else's numbers", "[elementwise]") {
  const Array b({3}, {10, 20, 30});
  Array own({3}, {1, 2, 3});
  const void* place = own.bytes();
  accumulate(own, b);
  CHECK(own.bytes() == place);
  CHECK(own.to_vector() == std::vector<double>{11, 22, 33});
  const Array other = own;
  accumulate(own, b);
  CHECK(other.to_vector() == std::vector<double>{11, 22, 33});
  CHECK(own.to_vector() == std::vector<double>{21, 42, 63});
  Array repeated = Array(1.0).broadcast_to({3});
  accumulate(repeated, b);
  CHECK(repeated.to_vector() == std::vector<double>{11, 21, 31});
}

namespace {

/// Not in the list: it has no compiled kernel.
struct Cube : Unary {
  static constexpr std::string_view name = "cube";
  static constexpr auto value(auto x) { return x * x * x; }
};

}  // namespace

TEST_CASE("elementwise: an op of one's own works without being in the list", "[elementwise]") {
  const Array a({2, 2}, {1, 2, 3, 4});
  CHECK(bind(Cube{}, a).to_vector() == std::vector<double>{1, 8, 27, 64});
  CHECK(bind(Cube{}, a.permute(std::vector<int>{1, 0})).to_vector() == std::vector<double>{1, 27, 8, 64});
  CHECK(bind(Cube{}, a.to(DType::float32)).dtype() == DType::float32);
}
