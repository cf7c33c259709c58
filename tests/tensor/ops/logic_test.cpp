// Signs between tensors: what they give is what the ops of that name give.
#include <autograd/autograd.h>

#include <limits>
#include <type_traits>
#include <vector>

#include "tests/catch.h"

using namespace gradus;

namespace logic_test {

using Doubles = std::vector<double>;
const double NaN = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("comparisons are 1 where they hold", "[logic]") {
  const Tensor a{1.0, 2.0, 3.0, NaN};
  const Tensor b{2.0, 2.0, 2.0, NaN};
  CHECK((a < b).to_vector() == Doubles{1, 0, 0, 0});
  CHECK((a <= b).to_vector() == Doubles{1, 1, 0, 0});
  CHECK((a > b).to_vector() == Doubles{0, 0, 1, 0});
  CHECK((a >= b).to_vector() == Doubles{0, 1, 1, 0});
  CHECK((a == b).to_vector() == Doubles{0, 1, 0, 0});
  CHECK((a != b).to_vector() == Doubles{1, 0, 1, 1});
  CHECK((a < 2.0).to_vector() == Doubles{1, 0, 0, 0});
  CHECK((2.0 < a).to_vector() == Doubles{0, 0, 1, 0});
  CHECK((a == 2).to_vector() == Doubles{0, 1, 0, 0});
  CHECK((a.value() >= b).to_vector() == Doubles{0, 1, 1, 0});
  static_assert(std::is_same_v<decltype(Array() < Array()), Array>);
  CHECK((Tensor{1.0F} < 2.0).dtype() == DType::float32);
  CHECK_THROWS_AS(a < zeros({3}), ShapeError);
}

TEST_CASE("and, or, not", "[logic]") {
  const Tensor a{0.0, 0.0, 2.0, NaN};
  const Tensor b{0.0, 3.0, -1.0, 0.0};
  CHECK((a && b).to_vector() == Doubles{0, 0, 1, 0});
  CHECK((a || b).to_vector() == Doubles{0, 1, 1, 1});
  CHECK((!a).to_vector() == Doubles{1, 1, 0, 0});
  CHECK((a && true).to_vector() == Doubles{0, 0, 1, 1});
  CHECK((!(a > 1.0) && b < 1.0).to_vector() == Doubles{1, 0, 0, 1});
  CHECK((+b).to_vector() == b.to_vector());
  const Tensor x = variable(Array({2}, {0.5, 2.0}));
  CHECK(grad(sum(where(x > 0.0 && x < 1.0, x * x, 3.0 * x)), x).to_vector() == Doubles{1, 3});
}

TEST_CASE("x += y makes x another tensor, and what was recorded keeps its value", "[logic]") {
  const Tensor w = parameter(Array({2}, {1.0, 2.0}));
  Tensor x = w * 2.0;
  const Tensor before = x;
  x += 1.0;
  x *= w;
  x -= Tensor{1, 1};
  x /= 2;
  CHECK(before.to_vector() == Doubles{2, 4});
  CHECK(x.to_vector() == Doubles{1, 4.5});
  CHECK(grad(sum(x), w).to_vector() == Doubles{2.5, 4.5});
  Tensor narrow{1.0F, 2.0F};
  narrow += ones({2});
  CHECK(narrow.dtype() == DType::float32);
  CHECK_THROWS_MATCHES(narrow += zeros({2, 2}), ShapeError,
                       test::Message("[+=] the tensor is [2], the result [2, 2]: x = x + y gives a tensor of another "
                                     "shape"));
}

TEST_CASE("the argument of a function that is differentiated is changed as any other tensor", "[logic]") {
  const auto f = [](Tensor x) {
    x += 1.0;
    x *= x;
    x.at(0) = 0.0;
    return sum(x);
  };
  const Tensor x = variable(Array({2}, {1.0, 2.0}));
  const Doubles slope{0.0, 6.0};
  CHECK(value_and_grad(f, x).gradient.to_vector() == slope);
  CHECK(recorded_value_and_grad(f, x).gradient.to_vector() == slope);
  CHECK(jvp(f, x, ones({2})).tangent.item() == 6.0);
  CHECK(hessian(f, x).to_vector() == Doubles{0, 0, 0, 2});
  CHECK(vmap(f)(ops::stack({x, x})).to_vector() == Doubles{9, 9});
  CHECK(compile(f)(x).item() == 9.0);
  CHECK(compile([&](const Tensor& y) { return value_and_grad(f, y).gradient; })(x).to_vector() == slope);
  CHECK(grad(checkpoint(f, x), x).to_vector() == slope);
  CHECK(check_gradients(f, x, 2).ok);
  CHECK(x.to_vector() == Doubles{1, 2});
}

TEST_CASE("a leaf that is differentiated is updated outside of recording alone", "[logic]") {
  Tensor w = parameter(Array({2}, {1.0, 2.0}));
  CHECK_THROWS_MATCHES(w += 1.0, GraphError,
                       test::Message("[+=] this is a leaf that is differentiated, and would be one no more: give the "
                                     "result a name of its own, or update the leaf by set_value() or inside a NoGrad"));
  CHECK_THROWS_AS(w -= w, GraphError);
  CHECK_THROWS_AS(w *= 2.0, GraphError);
  CHECK_THROWS_AS(w /= 2.0, GraphError);
  CHECK_THROWS_AS(w.at(0) = 3.0, GraphError);
  CHECK(w.to_vector() == Doubles{1, 2});
  sum(w * w).backward();
  {
    const NoGrad off;
    w -= 0.5 * w.grad();
    w.at(1) = 7.0;
  }
  CHECK(w.is_leaf());
  CHECK(w.to_vector() == Doubles{0, 7});
}

}  // namespace logic_test
