// Products with batches and vectors, against NumPy's definition of them.
#include "autograd/tensor/ops/linear_algebra.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/naive.h"
#include "tests/reference/tolerance.h"

using namespace gradus;
using namespace gradus::reference;

namespace linear_algebra_test {

namespace {

Index all_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

/// a·b as NumPy defines it, element by element.
Array naive_matmul(const Array& a, const Array& b) {
  Index sa = all_of(a.shape());
  Index sb = all_of(b.shape());
  const bool row = sa.size() == 1;
  const bool column = sb.size() == 1;
  if (row) sa.insert(sa.begin(), 1);
  if (column) sb.push_back(1);
  const Array left = a.packed().reshape(Shape(sa));
  const Array right = b.packed().reshape(Shape(sb));
  const std::int64_t inner = sa.back();
  const Shape batch = broadcast(Shape(Index(sa.begin(), sa.end() - 2)), Shape(Index(sb.begin(), sb.end() - 2)), "test");
  Index shape = all_of(batch);
  shape.push_back(sa[sa.size() - 2]);
  shape.push_back(sb.back());
  std::vector<double> out;
  for_each_index(Shape(shape), [&](const Index& index) {
    double s = 0.0;
    for (std::int64_t k = 0; k < inner; ++k) {
      Index i = index;
      Index j = index;
      i.back() = k;
      j[j.size() - 2] = k;
      // Only the batch axes broadcast, but no matrix axis of these can be larger than the index.
      const auto at = [](const Array& x, Index full) {
        Index own(full.end() - x.rank(), full.end());
        for (std::size_t d = 0; d + 2 < own.size(); ++d) own[d] = x.sizes()[d] == 1 ? 0 : own[d];
        return element(x, own);
      };
      s += at(left, i) * at(right, j);
    }
    out.push_back(s);
  });
  if (column) shape.pop_back();
  if (row) shape.erase(shape.end() - (column ? 1 : 2));
  return Array(Shape(shape), out);
}

/// A batch of matrices, broadcast here and there and in any order in memory.
Array random_factor(Numbers& numbers, const Shape& batch, std::int64_t rows, std::int64_t columns) {
  Index sizes = all_of(batch);
  for (std::int64_t& s : sizes) s = numbers.chance(0.3) ? 1 : s;
  if (numbers.chance(0.4)) sizes.erase(sizes.begin(), sizes.begin() + numbers.whole(batch.rank() + 1));
  sizes.push_back(rows);
  sizes.push_back(columns);
  Array a = random_array(numbers, Shape(sizes));
  if (numbers.chance(0.5)) a = shuffled_in_memory(numbers, a);
  if (numbers.chance(0.1)) {
    Index wide = all_of(batch);
    wide.push_back(rows);
    wide.push_back(columns);
    a = a.broadcast_to(Shape(wide));
  }
  return a;
}

Tensor zeros(const Shape& shape) { return Tensor(Array::zeros(shape)); }

}  // namespace

TEST_CASE("matmul: batches and vectors of any layout, as NumPy multiplies them", "[matmul]") {
  Numbers numbers(31);
  for (int round = 0; round < 600; ++round) {
    const Shape batch = random_shape(numbers, 3, 3);
    const std::int64_t most = round % 10 == 0 ? 24 : 4;
    const std::int64_t m = numbers.whole(most) + (round % 9 == 0 ? 0 : 1);
    const std::int64_t k = numbers.whole(most) + (round % 8 == 0 ? 0 : 1);
    const std::int64_t n = numbers.whole(most) + (round % 7 == 0 ? 0 : 1);
    const Array a = round % 5 == 0 ? random_array(numbers, {k}) : random_factor(numbers, batch, m, k);
    const Array b = round % 6 == 0 ? random_array(numbers, {k}) : random_factor(numbers, batch, k, n);
    const Array expected = naive_matmul(a, b);
    INFO(to_string(a.shape()) << " by " << to_string(b.shape()));
    const Tensor got = matmul(Tensor(a), Tensor(b));
    CHECK(got.shape() == expected.shape());
    CHECK(far_apart(got.to_vector(), expected.to_vector(), 1e-13) == "");
    const Tensor single = matmul(Tensor(a.to(DType::float32)), Tensor(b.to(DType::float32)));
    CHECK(single.dtype() == DType::float32);
    CHECK(far_apart(single.to_vector(), expected.to_vector(), 2e-5) == "");
  }
}

TEST_CASE("matmul: gradients of every layout are those of the product written out", "[matmul]") {
  // Written out: both operands repeated over the whole batch and multiplied elementwise, then summed.
  Numbers numbers(32);
  for (int round = 0; round < 200; ++round) {
    const Shape batch = random_shape(numbers, 3, 3);
    const std::int64_t m = 1 + numbers.whole(6);
    const std::int64_t k = 1 + numbers.whole(6);
    const std::int64_t n = 1 + numbers.whole(6);
    const Tensor a = variable(random_factor(numbers, batch, m, k));
    const Tensor b = variable(random_factor(numbers, batch, k, n));
    const Tensor y = matmul(a, b);
    Index left = all_of(a.shape());
    left.push_back(1);
    Index right = all_of(b.shape());
    right.insert(right.end() - 2, 1);
    const Tensor twin = sum(reshape(a, Shape(left)) * reshape(b, Shape(right)), -2);
    INFO(to_string(a.shape()) << " by " << to_string(b.shape()));
    REQUIRE(twin.shape() == y.shape());
    const Array seed = random_array(numbers, y.shape());
    const auto g = grad(y, std::vector{a, b}, seed);
    const auto expected = grad(twin, std::vector{a, b}, seed);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(g[i].shape() == expected[i].shape());
      CHECK(far_apart(g[i].to_vector(), expected[i].to_vector(), 1e-12) == "");
    }
  }
}

TEST_CASE("matmul: gradients and gradients of gradients agree with differences", "[matmul]") {
  Numbers numbers(33);
  const auto random = [&](const Shape& shape) { return random_array(numbers, shape, DType::float64, -1, 1); };
  const auto product = [](const std::vector<Tensor>& x) { return weighted(matmul(x[0], x[1])); };
  check_twice(product, {random({2, 2, 3}), random({2, 3, 2})});
  check_twice(product, {random({2, 2, 3}), random({3, 2})});
  check_twice(product, {random({2, 3}), random({2, 3, 2})});
  check_twice(product, {random({2, 1, 2, 3}), random({3, 3, 2})});
  check_twice(product, {random({3}), random({2, 3, 2})});
  check_twice(product, {random({2, 2, 3}), random({3})});
  check_twice(product, {random({3}), random({3})});
  check_twice([](const auto& x) { return weighted(matmul(transpose(x[0]), x[0])); }, {random({2, 3})});
  check_twice([](const auto& x) { return weighted(dot(x[0], x[1]) * x[0]); }, {random({3}), random({3})});
  check_twice([](const auto& x) { return weighted(outer(x[0], x[1])); }, {random({2}), random({3})});
  check_twice([](const auto& x) { return weighted(vecdot(x[0], x[1])); }, {random({2, 3}), random({3})});
  check_twice([](const auto& x) { return weighted(linear(x[0], x[1], x[2])); },
              {random({2, 2, 3}), random({2, 3}), random({2})});
}

TEST_CASE("matmul: the rows of a batch and the batch itself are one product", "[matmul]") {
  // Rows that are folded with the batch give the bits of the folded matrix.
  Numbers numbers(34);
  const Array x = random_array(numbers, {5, 40, 30});
  const Array w = random_array(numbers, {30, 20});
  const Array folded = matmul(x.reshape({200, 30}), w);
  CHECK(difference(matmul(x, w).reshape({200, 20}), folded) == "");
  const Tensor weights = variable(w);
  const Tensor flat = variable(w);
  const Array seed = random_array(numbers, {5, 40, 20});
  const Array got = grad(matmul(Tensor(x), weights), std::vector{weights}, seed)[0].value();
  const Array twin =
      grad(matmul(Tensor(x.reshape({200, 30})), flat), std::vector{flat}, seed.reshape({200, 20}))[0].value();
  CHECK(difference(got, twin) == "");
}

TEST_CASE("matmul: products are summed over or repeated along the batch axes that are asked for", "[matmul]") {
  Numbers numbers(35);
  const Array a = random_array(numbers, {3, 2, 4});
  const Array b = random_array(numbers, {3, 4, 5});
  const Array all = matmul(a, b);
  CHECK(far_apart(matmul(a, b, false, false, {}).to_vector(), sum_axes(all, 0b1, false).to_vector(), 1e-14) == "");
  CHECK(matmul(a, b, false, false, {1}).shape() == Shape{1, 2, 5});
  const Array repeated = matmul(a, b, false, false, {2, 1});
  CHECK(repeated.shape() == Shape{2, 1, 2, 5});
  CHECK(far_apart(repeated.to_vector(), sum_axes(all, 0b1, false).broadcast_to({2, 1, 2, 5}).to_vector(), 1e-14) == "");
  CHECK_THROWS_MATCHES(matmul(a, b, false, false, {4}), ShapeError,
                       test::Message("[matmul] the batch axes do not broadcast to [4]: [3, 2, 4] by [3, 4, 5]"));
}

TEST_CASE("matmul: zero times infinity is NaN at every size and in every batch", "[matmul]") {
  const double inf = std::numeric_limits<double>::infinity();
  for (const std::int64_t n : {2, 40, 300}) {
    std::vector<double> ones(static_cast<std::size_t>(n), 1.0);
    std::vector<double> numbers = ones;
    ones[0] = 0.0;
    numbers[0] = inf;
    const Tensor a(Array({n}, ones));
    const Tensor b = variable(Array({n}, numbers));
    CHECK(std::isnan(dot(a, b).item()));
    CHECK(std::isnan(matmul(reshape(a, {1, 1, n}), b).item()));
    const Tensor columns(b.value().reshape({n, 1}).broadcast_to({n, 20}));
    CHECK(std::isnan(matmul(broadcast_to(a, {3, 20, n}), columns).to_vector()[0]));
  }
}

TEST_CASE("products: empty operands", "[matmul]") {
  CHECK(matmul(zeros({0, 2, 3}), zeros({3, 4})).shape() == Shape{0, 2, 4});
  CHECK(matmul(zeros({2, 2, 0}), zeros({0, 4})).to_vector() == std::vector<double>(16, 0.0));
  CHECK(matmul(zeros({0}), zeros({0})).item() == 0.0);
  CHECK(outer(zeros({0}), zeros({3})).shape() == Shape{0, 3});
  CHECK(vecdot(zeros({2, 0}), zeros({0})).to_vector() == std::vector<double>(2, 0.0));
  const Tensor w = variable(Array::full({3, 4}, 1.0));
  const Tensor x = variable(Array::zeros({0, 5, 3}));
  const auto g = grad(sum(matmul(x, w)), {w, x});
  CHECK(g[0].to_vector() == std::vector<double>(12, 0.0));
  CHECK(g[1].shape() == Shape{0, 5, 3});
}

TEST_CASE("products: what does not fit is named with both shapes", "[matmul]") {
  using test::Message;
  CHECK_THROWS_MATCHES(matmul(Tensor(1.0), zeros({2, 2})), ShapeError,
                       Message("[matmul] matrices or vectors are needed, not a single number: [] by [2, 2]"));
  CHECK_THROWS_MATCHES(matmul(zeros({3}), zeros({4})), ShapeError, Message("[matmul] inner sizes differ: [3] by [4]"));
  CHECK_THROWS_MATCHES(matmul(zeros({3}), zeros({2, 4, 3})), ShapeError,
                       Message("[matmul] inner sizes differ: [3] by [2, 4, 3]"));
  CHECK_THROWS_MATCHES(matmul(zeros({2, 3}), zeros({2})), ShapeError,
                       Message("[matmul] inner sizes differ: [2, 3] by [2]"));
  CHECK_THROWS_MATCHES(matmul(zeros({2, 3, 4}), zeros({3, 4, 5})), ShapeError,
                       Message("[matmul] the batch axes do not broadcast: [2, 3, 4] by [3, 4, 5]"));
  CHECK_THROWS_MATCHES(dot(zeros({2, 2}), zeros({2})), ShapeError,
                       Message("[dot] two vectors are needed: [2, 2] by [2]"));
  CHECK_THROWS_MATCHES(dot(zeros({3}), zeros({2})), ShapeError, Message("[dot] the sizes differ: [3] by [2]"));
  CHECK_THROWS_MATCHES(outer(Tensor(1.0), zeros({2})), ShapeError,
                       Message("[outer] two vectors are needed: [] by [2]"));
  CHECK_THROWS_MATCHES(vecdot(zeros({2}), zeros({3})), ShapeError,
                       Message("[vecdot] shapes do not broadcast: [2] with [3] (axis -1: 2 is not 3)"));
  CHECK_THROWS_MATCHES(vecdot(Tensor(1.0), Tensor(1.0)), ShapeError,
                       Message("[vecdot] axis -1 is out of range for 0 axes"));
  CHECK_THROWS_MATCHES(linear(zeros({5, 3}), zeros({2, 4}), zeros({2})), ShapeError,
                       Message("[linear] x [..., k], W [n, k] and b [n] are needed: [5, 3] by [2, 4] and [2]"));
  CHECK_THROWS_MATCHES(linear(zeros({5, 3}), zeros({3})), ShapeError,
                       Message("[linear] x [..., k], W [n, k] and b [n] are needed: [5, 3] by [3]"));
}

TEST_CASE("products: linear is x Wᵀ + b", "[matmul]") {
  Numbers numbers(36);
  const Tensor x(random_array(numbers, {2, 3, 4}));
  const Tensor w(random_array(numbers, {5, 4}));
  const Tensor b(random_array(numbers, {5}));
  CHECK(far_apart(linear(x, w, b).to_vector(), (matmul(x, transpose(w)) + b).to_vector(), 1e-14) == "");
  CHECK(linear(x, w).shape() == Shape{2, 3, 5});
  CHECK(linear(Tensor(random_array(numbers, {4})), w, b).shape() == Shape{5});
}

TEST_CASE("products: the cases of the torture table", "[torture]") {
  const auto input = [](const Json& c, const char* name) { return variable(array_of(c.at("inputs").at(name)), name); };
  for (const std::string id : {"matmul-22", "matmul-rows0", "matmul-inf-zero", "bc-bias"}) {
    INFO(id);
    const Json& c = torture_cases().at(id);
    const Tolerance tolerance(c.at("tolerance").get<std::string>());
    std::vector<Tensor> x;
    for (const auto& [name, array] : c.at("inputs").items()) x.push_back(input(c, name.c_str()));
    // In the order of the names: a, b; and b, w, x.
    const Tensor y = id == "bc-bias" ? sum(matmul(x[1], x[2]) + x[0]) : matmul(x[0], x[1]);
    const Tensor result = id == "matmul-inf-zero" ? y : sum(y);
    CHECK(tolerance.of_value(result.to_vector(), array_of(c.at("expected").at("value")).to_vector()) == "");
    const auto g = grad(result, x, Array::full(result.shape(), 1.0));
    for (std::size_t k = 0; k < x.size(); ++k) {
      const Array expected = array_of(c.at("expected").at("grads").at(x[k].name()));
      CHECK(g[k].shape() == expected.shape());
      CHECK(tolerance.of_gradient(g[k].to_vector(), expected.to_vector()) == "");
    }
  }
  const Json& refused = torture_cases().at("matmul-rank0");
  CHECK_THROWS_AS(matmul(input(refused, "a"), input(refused, "b")), ShapeError);
  // ½ xᵀAx with x a vector.
  const Json& hessian = torture_cases().at("hess-matmul-quad");
  const Tensor x = input(hessian, "x");
  const Tensor a(Array({2, 2}, {2, 1, 0, 4}));
  const Tensor g = recorded_grad(0.5 * matmul(matmul(x, a), x), {x})[0];
  CHECK(g.to_vector() == numbers_of(hessian.at("expected").at("grad")));
  std::vector<double> rows;
  for (const auto& unit : {Array({2}, {1, 0}), Array({2}, {0, 1})}) {
    for (const double v : grad(g, std::vector{x}, unit)[0].to_vector()) rows.push_back(v);
  }
  CHECK(rows == numbers_of(hessian.at("expected").at("hessian")));
}

}  // namespace linear_algebra_test
