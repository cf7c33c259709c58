// What reads well and would mean something else does not compile, or says so.
#include <autograd/autograd.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/catch.h"

using namespace gradus;

namespace traps_test {

namespace {

template <class A>
concept MaxAlong = requires(const Tensor& x, A a) {
  max(x, a);
};
template <class A>
concept EveryAxis = requires(const Tensor& x, A a) {
  sum(x, a);
  mean(x, a);
  min(x, a);
  prod(x, a);
  var(x, a);
  norm(x, 2.0, a);
  softmax(x, a);
  logsumexp(x, a);
  cumsum(x, a);
  cumprod(x, a);
  argmax(x, a);
  argmin(x, a);
  flip(x, a);
  squeeze(x, a);
  unsqueeze(x, a);
  flatten(x, a, a);
  transpose(x, a, a);
  take(x, Indices{0}, a);
  gather(x, a, Indices{0});
  roll(x, 1, a);
  repeat_interleave(x, 2, a);
  concat({x, x}, a);
  ops::stack({x, x}, a);
  split(x, 2, a);
  vecdot(x, x, a);
  x.size(a);
};
template <class A>
concept AnyAxis = requires(const Tensor& x, A a) {
  sum(x, a);
}
|| requires(const Tensor& x, A a) { mean(x, a); }
|| requires(const Tensor& x, A a) { min(x, a); }
|| requires(const Tensor& x, A a) { softmax(x, a); }
|| requires(const Tensor& x, A a) { cumsum(x, a); }
|| requires(const Tensor& x, A a) { argmax(x, a); }
|| requires(const Tensor& x, A a) { unsqueeze(x, a); }
|| requires(const Tensor& x, A a) { transpose(x, a, a); }
|| requires(const Tensor& x, A a) { concat({x, x}, a); }
|| requires(const Tensor& x, A a) { vecdot(x, x, a); }
|| requires(const Tensor& x, A a) { x.size(a); }
|| requires(const Tensor& x, A a) { x[a]; };

// Axes are whole numbers: max(x, 0.0) is not the larger of x and 0, and sum(x, true) keeps no axis.
static_assert(MaxAlong<int> && !MaxAlong<double> && !MaxAlong<float> && !MaxAlong<bool>);
static_assert(EveryAxis<int> && EveryAxis<long> && EveryAxis<std::size_t>);
static_assert(!AnyAxis<double> && !AnyAxis<float> && !AnyAxis<bool>);

template <class X>
concept Tested = requires(X x) {
  x ? 1 : 2;
};
// A comparison gives a tensor: an `if` would not ask what it says.
static_assert(!Tested<Tensor> && !Tested<Array>);
static_assert(!std::is_constructible_v<bool, Tensor> && !std::is_constructible_v<bool, Array>);

template <class A, class B>
concept SlicedBy = requires(const Tensor& x, A a, B b) {
  ops::slice(x, a, b);
};
static_assert(SlicedBy<Slice, int> && !SlicedBy<int, int>);

// Assigning to what a function gives would be lost.
static_assert(!std::is_assignable_v<Tensor, Tensor> && std::is_assignable_v<Tensor&, Tensor>);

Tensor numbers(const std::vector<float>& list) { return Tensor(list); }

}  // namespace

TEST_CASE("a tensor and an array say whether they are there", "[tensor]") {
  CHECK_FALSE(Tensor().defined());
  CHECK_FALSE(Array().defined());
  CHECK(Tensor(0.0).defined());
  CHECK(Array(0.0).defined());
}

TEST_CASE("an array without numbers says so, whatever is asked of it", "[array]") {
  const Array none;
  const std::string message = "[array] this array is empty: it was never given numbers, or it was moved from";
  const auto says_so = [&](auto use) { CHECK_THROWS_MATCHES(use(), GraphError, test::Message(message)); };
  says_so([&] { return to_string(none); });
  says_so([&] { return none * 2.0; });
  says_so([&] { return none + Array(1.0); });
  says_so([&] { return none.rank(); });
  says_so([&] { return none.size(); });
  says_so([&] { return none.dtype(); });
  says_so([&] { return none.shape(); });
  says_so([&] { return none.sizes(); });
  says_so([&] { return none.strides(); });
  says_so([&] { return none.contiguous(); });
  says_so([&] { return none.has_data(); });
  says_so([&] { return none.unique(); });
  says_so([&] { return none.item(); });
  says_so([&] { return none.to_vector(); });
  says_so([&] { return none.packed(); });
  says_so([&] { return none.to(DType::float32); });
  says_so([&] { return none.reshape({1}); });
  says_so([&] { return none.permute({}); });
  says_so([&] { return none.broadcast_to({1}); });
  says_so([&] { return none.data<double>(); });
  says_so([&] { return none.bytes(); });
  says_so([&] { return tanh(none); });
}

TEST_CASE("numbers are read as what they are", "[array]") {
  const Array doubles({2}, {1.0, 2.0});
  CHECK(doubles.data<double>()[1] == 2.0);
  CHECK_THROWS_MATCHES(doubles.data<float>(), ValueError,
                       test::Message("[data] the numbers are float64, not float32: to(DType::float32) converts them"));
  Array floats = doubles.to(DType::float32);
  CHECK(floats.mutable_data<float>()[1] == 2.0F);
  CHECK_THROWS_AS(floats.mutable_data<double>(), ValueError);
  CHECK(floats.span<float>().size() == 2);
  CHECK_THROWS_AS(floats.span<double>(), ValueError);
  const Array turned = Array({2, 2}, {1.0, 2.0, 3.0, 4.0}).permute(std::vector<int>{1, 0});
  CHECK_THROWS_MATCHES(
      turned.span<double>(), ValueError,
      test::Message("[span] this is a view of [2, 2] with strides of its own: packed() has the numbers in order"));
  CHECK(turned.packed().span<double>()[1] == 3.0);
}

TEST_CASE("axes are counted from the end too, and are there or not", "[shape]") {
  const Tensor x = zeros({4, 7});
  CHECK(x.shape()[-1] == 7);
  CHECK(x.shape()[-2] == 4);
  CHECK(x.size(-1) == 7);
  CHECK(x.size(0) == 4);
  CHECK(x.value().size(1) == 7);
  CHECK_THROWS_MATCHES(x.size(2), ShapeError, test::Message("[shape] axis 2 is out of range for the shape [4, 7]"));
  CHECK_THROWS_MATCHES(x.shape()[-3], ShapeError,
                       test::Message("[shape] axis -3 is out of range for the shape [4, 7]"));
  CHECK_THROWS_AS(Tensor(1.0).shape()[0], ShapeError);
}

TEST_CASE("a single number does not widen what arrays there are", "[dtype]") {
  const Tensor x = numbers({1, 2, 3});
  const Tensor number(2.0);
  const Tensor row = zeros({3});
  CHECK((x * number).dtype() == DType::float32);
  CHECK((number * x).dtype() == DType::float32);
  CHECK((x * number.value()).dtype() == DType::float32);
  CHECK((x.value() * number.value()).dtype() == DType::float32);
  CHECK((x * 2.0).dtype() == DType::float32);
  CHECK((x * row).dtype() == DType::float64);
  CHECK((row * Tensor(2.0F)).dtype() == DType::float64);
  CHECK((number * Tensor(2.0F)).dtype() == DType::float64);
  CHECK(where(x > number, x, number).dtype() == DType::float32);
  CHECK(where(number, x, row).dtype() == DType::float64);
  CHECK(maximum(x, number).dtype() == DType::float32);
  CHECK(clamp(x, number, 3.0).dtype() == DType::float32);
  CHECK(pow(x, number).dtype() == DType::float32);
  CHECK(einsum("i,->i", {x, number}).dtype() == DType::float32);

  // Its gradient keeps its own type.
  const Tensor scale = parameter(0.5);
  const Tensor y = sum(x * scale);
  CHECK(y.dtype() == DType::float32);
  const Tensor g = grad(y, scale);
  CHECK(g.dtype() == DType::float64);
  CHECK(g.item() == 6.0);
  const Tensor second = recorded_grad(sum(x * scale * scale), scale);
  CHECK(grad(second, scale).item() == 12.0);
}

TEST_CASE("a gradient of what was not recorded is refused and not zero", "[grad]") {
  const Tensor x = variable(Array({2}, {1.0, 2.0}));
  const std::string why = "nothing was recorded: no argument requires a gradient, or recording was off";
  Tensor y;
  {
    const NoGrad off;
    y = sum(x * x);
  }
  CHECK_THROWS_MATCHES(grad(y, {x}), GraphError, test::Message("[grad] " + why));
  CHECK_THROWS_MATCHES(grad(y, x), GraphError, test::Message("[grad] " + why));
  CHECK_THROWS_MATCHES(recorded_grad(y, {x}), GraphError, test::Message("[recorded_grad] " + why));
  CHECK_THROWS_AS(grad(Tensor(3.0), {x}), GraphError);
  CHECK_THROWS_AS(grad({y, y}, {x}, {Array(1.0), Array(1.0)}), GraphError);
  // Zeros are right where something was recorded, and for a function that may be constant.
  CHECK(grad(sum(x), variable(1.0)).item() == 0.0);
  CHECK(value_and_grad([](const Tensor&) { return Tensor(3.0); }, x).gradient.to_vector() == std::vector<double>{0, 0});
  CHECK(hessian([](const Tensor& t) { return sum(3.0 * t); }, x).to_vector() == std::vector<double>(4, 0.0));
}

}  // namespace traps_test
