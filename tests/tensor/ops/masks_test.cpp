// Masks, orders and differences: against what NumPy and PyTorch give, and gradients against differences.
#include <autograd/autograd.h>

#include <cmath>
#include <vector>

#include "tests/catch.h"

using namespace gradus;

namespace masks_test {

using Doubles = std::vector<double>;
using Places = std::vector<std::int64_t>;
const double NaN = std::nan("");
const double inf = INFINITY;

namespace {

Places list(const Indices& indices) { return Places(indices.begin(), indices.end()); }

}  // namespace

TEST_CASE("what is no number, and what is there instead", "[masks]") {
  const Tensor x{1, NaN, inf, -inf};
  CHECK(isnan(x).to_vector() == Doubles{0, 1, 0, 0});
  CHECK(isinf(x).to_vector() == Doubles{0, 0, 1, 1});
  CHECK(isfinite(x).to_vector() == Doubles{1, 0, 0, 0});
  CHECK(nan_to_num(x, 7, 8, 9).to_vector() == Doubles{1, 7, 8, 9});
  CHECK(nan_to_num(x).to_vector() ==
        Doubles{1, 0, std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest()});
  CHECK(isfinite(nan_to_num(cast(x, DType::float32))).to_vector() == Doubles{1, 1, 1, 1});
  const Tensor v = variable(x);
  CHECK(grad(sum(3.0 * nan_to_num(v)), v).to_vector() == Doubles{3, 0, 0, 0});
}

TEST_CASE("any and all", "[masks]") {
  const Tensor x{{0, 0, 2}, {NaN, 1, 3}};
  CHECK(any_of(x).item() == 1.0);
  CHECK(all_of(x).item() == 0.0);
  CHECK(any_of(x, 0).to_vector() == Doubles{1, 1, 1});
  CHECK(all_of(x, 1).to_vector() == Doubles{0, 1});
  CHECK(all_of(x, 1, true).shape() == Shape{2, 1});
  CHECK(any_of(zeros({0})).item() == 0.0);
  CHECK(all_of(zeros({0})).item() == 1.0);
  CHECK_THROWS_AS(any_of(x, 2), ShapeError);
}

TEST_CASE("filled, selected and found", "[masks]") {
  const Tensor x = variable(Tensor{{1, 2}, {3, 4}});
  CHECK(masked_fill(x, x > 2.5, -1).to_vector() == Doubles{1, 2, -1, -1});
  CHECK(grad(sum(masked_fill(x, x > 2.5, -1)), x).to_vector() == Doubles{1, 1, 0, 0});
  CHECK(masked_fill(cast(x, DType::float32), x > 2.5, -1).dtype() == DType::float32);
  CHECK(masked_select(x, x > 2.5).to_vector() == Doubles{3, 4});
  CHECK(masked_select(x, Tensor{0, 1}).to_vector() == Doubles{2, 4});
  CHECK(masked_select(Tensor(3.0), Tensor(1.0)).to_vector() == Doubles{3});
  CHECK_THROWS_AS(masked_select(x, x), ValueError);
  const auto places = nonzero(Tensor{{0, 5}, {NaN, 0}});
  REQUIRE(places.size() == 2);
  CHECK(list(places[0]) == Places{0, 1});
  CHECK(list(places[1]) == Places{1, 0});
  CHECK(nonzero(Tensor(1.0)).empty());
}

TEST_CASE("numbers put in places", "[masks]") {
  const Tensor x = variable(zeros({2, 3}));
  const Tensor source = variable(Tensor{{1, 2, 3}, {4, 5, 6}});
  const Indices index(Shape{2, 2}, {2, 0, 1, 1});
  const Tensor y = scatter(x, 1, index, source);
  CHECK(y.to_vector() == Doubles{2, 0, 1, 0, 5, 0});
  CHECK(grad(sum(y * y), source).to_vector() == Doubles{2, 4, 0, 0, 10, 0});
  CHECK(scatter(x, 0, Indices(Shape{1, 3}, {1, 0, -1}), source).to_vector() == Doubles{0, 2, 0, 1, 0, 3});
  CHECK_THROWS_MATCHES(scatter(x, 1, Indices{0}, source), ShapeError,
                       test::Message("[scatter] the indices [1] do not fit [2, 3] and the source [2, 3]"));
  CHECK_THROWS_AS(scatter(x, 1, Indices(Shape{1, 1}, {3}), source), ShapeError);
  const Indices rows{0, 1, 0}, columns{1, 2, 1};
  CHECK(index_put(x, {rows, columns}, Tensor{1, 2, 3}).to_vector() == Doubles{0, 3, 0, 0, 0, 2});
  CHECK(index_put(x, {rows, columns}, Tensor{1, 2, 3}, true).to_vector() == Doubles{0, 4, 0, 0, 0, 2});
}

TEST_CASE("orders", "[masks]") {
  const Tensor x{{3, NaN, 1, 3}, {0, 2, 2, -1}};
  CHECK(list(argsort(x)) == Places{2, 0, 3, 1, 3, 0, 1, 2});
  CHECK(list(argsort(x, -1, true)) == Places{0, 3, 2, 1, 1, 2, 0, 3});
  CHECK(list(argsort(x, 0)) == Places{1, 1, 0, 1, 0, 0, 1, 0});
  CHECK(argsort(zeros({0, 2}), 0).shape() == Shape{0, 2});
  const Tensor v = variable(Tensor{5, 1, 3});
  CHECK(gather(v, 0, argsort(v)).to_vector() == Doubles{1, 3, 5});
  CHECK(grad(sum(gather(v, 0, argsort(v)) * Tensor{1, 2, 3}), v).to_vector() == Doubles{3, 1, 2});
  CHECK_THROWS_AS(argsort(x, 2), ShapeError);
  const Tensor row{1, 2, 2, 4};
  CHECK(list(searchsorted(row, Tensor{0, 2, 3, 9})) == Places{0, 1, 3, 4});
  CHECK(list(searchsorted(row, Tensor{0, 2, 3, 9}, true)) == Places{0, 3, 3, 4});
  CHECK_THROWS_MATCHES(searchsorted(x, row), ShapeError,
                       test::Message("[searchsorted] a sorted row is needed, not [2, 4]"));
  CHECK(unique(Tensor{{3, 1}, {1, 2}}).to_vector() == Doubles{1, 2, 3});
  const auto refused = [](auto f) { CHECK_THROWS_AS(compile(f)(Tensor{1, 2}), GraphError); };
  refused([](const Tensor& t) { return take(t, argsort(t)); });
  refused([](const Tensor& t) { return unique(t); });
  refused([](const Tensor& t) { return take(t, nonzero(t)[0]); });
  refused([](const Tensor& t) { return take(t, searchsorted(Tensor{1, 2}, t)); });
}

TEST_CASE("differences and sums in the logarithm", "[masks]") {
  const Tensor x{{1, 4, 9}, {2, 2, 8}};
  CHECK(diff(x).to_vector() == Doubles{3, 5, 0, 6});
  CHECK(diff(x, 2).to_vector() == Doubles{2, 6});
  CHECK(diff(x, 1, 0).to_vector() == Doubles{1, -2, -1});
  CHECK(diff(x, 0).to_vector() == x.to_vector());
  CHECK(diff(x, 5).shape() == Shape{2, 0});
  CHECK_THROWS_AS(diff(x, -1), ValueError);
  CHECK_THROWS_AS(diff(Tensor(1.0)), ShapeError);

  const Tensor big{1000, 1001, -2000, 1003, -inf, 990};
  const Doubles sums = logcumsumexp(big, 0).to_vector();
  for (std::size_t k = 0; k < sums.size(); ++k) {
    long double exact = 0.0L;
    for (std::size_t j = 0; j <= k; ++j) exact += std::exp(static_cast<long double>(big.to_vector()[j]) - 1000.0L);
    CHECK(sums[k] == test::Approx(static_cast<double>(1000.0L + std::log(exact))).epsilon(1e-15));
  }
  CHECK(logcumsumexp(Tensor{-inf, 2}, 0).to_vector() == Doubles{-inf, 2});
  const Tensor v = variable(normal({3, 5}, 0, 2, {.seed = 5}));
  CHECK(check_gradients([](const Tensor& t) { return logcumsumexp(t, 1); }, {v}).ok);
  CHECK(check_gradients([](const Tensor& t) { return diff(t * t, 2, 0); }, {v}).ok);
}

TEST_CASE("grids and triangles", "[masks]") {
  const Tensor a{1, 2}, b{3, 4, 5};
  const auto xy = meshgrid({a, b});
  CHECK(xy[0].shape() == Shape{3, 2});
  CHECK(xy[0].to_vector() == Doubles{1, 2, 1, 2, 1, 2});
  CHECK(xy[1].to_vector() == Doubles{3, 3, 4, 4, 5, 5});
  const auto ij = meshgrid({a, b}, MeshIndexing::ij);
  CHECK(ij[0].to_vector() == Doubles{1, 1, 1, 2, 2, 2});
  CHECK(ij[1].shape() == Shape{2, 3});
  CHECK(meshgrid({a, b, Tensor{6}})[2].shape() == Shape{3, 2, 1});
  CHECK_THROWS_AS(meshgrid({eye(2)}), ShapeError);
  const auto [rows, columns] = tril_indices(2, 3);
  CHECK(list(rows) == Places{0, 1, 1});
  CHECK(list(columns) == Places{0, 0, 1});
  const auto above = triu_indices(2, 3, 1);
  CHECK(reshape(arange(6), {2, 3})(above[0], above[1]).to_vector() == Doubles{1, 2, 5});
  CHECK_THROWS_AS(tril_indices(-1, 2), ShapeError);
}

}  // namespace masks_test
