// Ops of the user's own: formulas, structs, and pairs of functions.
#include "autograd/differentiate/custom_op.h"

#include <stdexcept>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/check.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/check_function.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

using Numbers64 = std::vector<double>;
using List = std::vector<Tensor>;

constexpr auto bump = custom_op<"bump">([](auto x) { return exp(-(x * x)); });
constexpr auto blend = custom_op<"blend">([](auto x, auto y) { return x * y + tanh(x - y); });

/// x³, as a user would write an elementwise op.
struct Cube : Unary {
  static constexpr std::string_view name = "cube";
  static constexpr auto value(auto x) { return x * x * x; }
  static constexpr auto d(wrt<0>, auto x, auto) { return 3.0 * x * x; }
};

/// The numbers in reverse order, as a user would write a structural op.
struct Backwards : Unary {
  static constexpr std::string_view name = "backwards";
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  [[nodiscard]] Array value(const Array& x) const {
    std::vector<double> numbers = x.to_vector();
    return Array(x.shape(), Numbers64(numbers.rbegin(), numbers.rend())).to(x.dtype());
  }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return apply(Backwards{}, g);
  }
};

/// x·y with a pullback written by hand.
Tensor product(const Tensor& x, const Tensor& y) {
  return custom_op(
      "product", [](TensorList a) { return a[0] * a[1]; },
      [](const Tensor& g, TensorList a, const Tensor&) {
        return List{g * a[1], g * a[0]};
      },
      {x, y});
}

/// An op of that name whose pullback is this function, on two vectors.
Tensor with_pullback(std::string name, CustomPullback pullback, const Tensor& x, const Tensor& y) {
  return custom_op(std::move(name), [](TensorList a) { return a[0] + a[1]; }, std::move(pullback), {x, y});
}

}  // namespace

TEST_CASE("custom ops: a formula has all derivatives", "[custom_op]") {
  const Array at({3}, {-0.5, 0.25, 1.5});
  CHECK(bump(0.0) == 1.0);
  const Tensor x = variable(at);
  const Numbers64 y = bump(x).to_vector();
  for (std::size_t k = 0; k < y.size(); ++k) {
    const double z = at.to_vector()[k];
    CHECK(y[k] == test::Approx(std::exp(-z * z)).epsilon(1e-15));
    CHECK(grad(sum(bump(x)), {x})[0].to_vector()[k] == test::Approx(-2 * z * std::exp(-z * z)).epsilon(1e-14));
  }
  CHECK(check_function("bump", [](const List& a) { return bump(a[0]); }, {at}, {.order = 3, .saved = false}) == "");
  CHECK(check_function("blend", [](const List& a) { return blend(a[0], a[1]); }, {at, Array({2, 1}, {1, -2})},
                       {.order = 3, .saved = false}) == "");
  CHECK(bump(x).record()->rule->name() == "bump");
  CHECK(bump(variable(Array({2}, {1, 2}).to(DType::float32))).dtype() == DType::float32);
  const double slope = 2.0;
  const auto scaled = custom_op<"scaled">([slope](auto z) { return z * slope; });  // what it captures is a constant
  CHECK(grad(scaled(variable(3.0)), {variable(3.0)})[0].item() == 0.0);
  const Tensor z = variable(3.0);
  CHECK(grad(scaled(z), {z})[0].item() == 2.0);
}

TEST_CASE("custom ops: a struct of the user's, elementwise and structural", "[custom_op]") {
  const Array at({3}, {-0.5, 0.25, 1.5});
  CHECK(check_function("cube", [](const List& a) { return bind(Cube{}, a[0]); }, {at}, {.order = 3, .saved = false}) ==
        "");
  CHECK(check_function("backwards", [](const List& a) { return apply(Backwards{}, a[0]) * a[0]; }, {at},
                       {.saved = false}) == "");
  const Tensor x = variable(at);
  CHECK(apply(Backwards{}, x).to_vector() == Numbers64{1.5, 0.25, -0.5});
}

TEST_CASE("custom ops: a pullback by hand is differentiated again, and runs forward", "[custom_op]") {
  const Array a({2}, {2, 3});
  const Array b({2}, {5, 7});
  CHECK(check_function("product", [](const List& x) { return product(x[0], x[1]); }, {a, b},
                       {.order = 3, .replays = false}) == "");
  const Tensor x = variable(a);
  CHECK(grad(sum(product(x, x)), {x})[0].to_vector() == Numbers64{4, 6});
  CHECK(product(x, x).record()->rule->name() == "product");
  CHECK_FALSE(product(Tensor(a), Tensor(b)).requires_grad());
}

TEST_CASE("custom ops: one that throws forward changes nothing", "[custom_op]") {
  const Tensor x = variable(2.0);
  const Tensor y = x * x;
  const auto boom = [](TensorList) -> Tensor { throw std::runtime_error("boom"); };
  CHECK_THROWS_MATCHES(custom_op("boom_op", boom, nullptr, {y}), std::runtime_error, test::Message("boom"));
  CHECK(y.record()->refs.unique());
  CHECK(grad(y, {x})[0].item() == 4.0);
}

TEST_CASE("custom ops: one that throws in the backward pass is named, and no leaf changes", "[custom_op]") {
  REQUIRE(torture_cases().contains("user-op-throws-backward"));
  const Tensor x = variable(2.0);
  const Tensor w = variable(3.0);
  const auto throws = [](const Tensor&, TensorList, const Tensor&) -> List { throw std::runtime_error("boom"); };
  Tensor middle = with_pullback("boom_op", throws, x * x, w);
  const Tensor y = tanh(middle) * w;
  CHECK_THROWS_MATCHES(y.backward(), std::runtime_error, test::Message("boom (in the backward pass of boom_op)"));
  middle.set_name("half way");
  CHECK_THROWS_MATCHES(y.backward(), std::runtime_error,
                       test::Message("boom (in the backward pass of boom_op 'half way')"));
  CHECK_FALSE(x.has_grad());
  CHECK_FALSE(w.has_grad());
  (x * w).backward();  // another graph
  CHECK(x.grad().item() == 3.0);
  struct Own : std::exception {
    [[nodiscard]] const char* what() const noexcept override { return "own"; }
  };
  const Tensor other = with_pullback(
      "own_op", [](const Tensor&, TensorList, const Tensor&) -> List { throw Own(); }, x, w);
  CHECK_THROWS_AS(other.backward(), Own);
}

TEST_CASE("custom ops: gradients of the wrong shape, type or number are refused", "[custom_op]") {
  const Tensor x = variable(Array({3}, {1, 2, 3}));
  const Tensor y = variable(Array({3}, {1, 2, 3}));
  const auto wide = [](const Tensor& g, TensorList, const Tensor&) { return List{broadcast_to(g, {4, 3}), g}; };
  CHECK_THROWS_MATCHES(
      sum(with_pullback("wide", wide, x, y)).backward(), ShapeError,
      test::Message("[wide] its rule gives argument 0, float64 [3], a gradient that is float64 [4, 3]"));
  const auto narrow = [](const Tensor& g, TensorList, const Tensor&) { return List{g, cast(g, DType::float32)}; };
  CHECK_THROWS_AS(sum(with_pullback("narrow", narrow, x, y)).backward(), ShapeError);
  const auto few = [](const Tensor& g, TensorList, const Tensor&) { return List{g}; };
  CHECK_THROWS_MATCHES(
      sum(with_pullback("few", few, x, y)).backward(), GraphError,
      test::Message("[few] its backward gives 1 gradients for 2 arguments (in the backward pass of few)"));
  CHECK_FALSE(x.has_grad());
  CHECK_THROWS_AS(custom_op(
                      "many", [](TensorList a) { return a[0]; }, few, TensorList(List(31, x))),
                  GraphError);
}

TEST_CASE("custom ops: an argument that gets no gradient", "[custom_op]") {
  Tensor x = variable(Array({3}, {1, 2, 3}));
  Tensor y = variable(Array({3}, {1, 2, 3}));
  const auto none = [](const Tensor& g, TensorList, const Tensor&) { return List{g, Tensor()}; };
  const Tensor z = sum(with_pullback("none", none, x, y));
  z.backward();
  CHECK(x.grad().to_vector() == Numbers64{1, 1, 1});
  CHECK(y.grad().to_vector() == Numbers64{0, 0, 0});
  CHECK(recorded_grad(z, {y})[0].to_vector() == Numbers64{0, 0, 0});
  CHECK(jvp(z, {y}, {y}).item() == 0.0);
  CHECK(jvp(z, {x}, {x}).item() == 6.0);
}
