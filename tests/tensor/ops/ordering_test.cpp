// Sorting, the largest numbers, medians, quantiles and running extremes: values as NumPy has them, where gradients go, and
// that what is chosen is chosen anew.
#include <autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "tests/catch.h"

using namespace gradus;

namespace ordering_test {

using Doubles = std::vector<double>;
using Places = std::vector<std::int64_t>;
const double NaN = std::nan("");
const double inf = INFINITY;

namespace {

Places list(const Indices& indices) { return Places(indices.begin(), indices.end()); }

Tensor gradient_at(const auto& f, const Tensor& x) {
  const Tensor v = variable(x);
  return grad(f(v), v);
}

/// The gradient of the sum of f(x) with weights 1, 2, 3, …
Doubles weighted(const auto& f, const Tensor& x) {
  return gradient_at(
             [&](const Tensor& t) {
               const Tensor y = flatten(f(t));
               return sum(y * arange(1.0, static_cast<double>(y.size()) + 1.0));
             },
             x)
      .to_vector();
}

}  // namespace

TEST_CASE("sort", "[ordering]") {
  const Tensor x{{3, 1, 2}, {0, 5, 4}};
  CHECK(sort(x).to_vector() == Doubles{1, 2, 3, 0, 4, 5});
  CHECK(sort(x, 0).to_vector() == Doubles{0, 1, 2, 3, 5, 4});
  CHECK(sort(x, -1, true).to_vector() == Doubles{3, 2, 1, 5, 4, 0});
  const Doubles with_nan = sort(Tensor{NaN, 2, -inf, inf, 1}).to_vector();
  CHECK(Doubles(with_nan.begin(), with_nan.begin() + 4) == Doubles{-inf, 1, 2, inf});
  CHECK(std::isnan(with_nan[4]));
  CHECK(std::isnan(sort(Tensor{NaN, 2, 1}, 0, true).to_vector()[2]));
  CHECK(weighted([](const Tensor& t) { return sort(t); }, x) == Doubles{3, 1, 2, 4, 6, 5});
  CHECK(weighted([](const Tensor& t) { return sort(t, 0); }, x) == Doubles{4, 2, 3, 1, 5, 6});
  CHECK(weighted([](const Tensor& t) { return sort(t, 0); }, Tensor{2, 1, 2, 1}) == Doubles{3, 1, 4, 2});
  CHECK(sort(cast(x, DType::float32)).dtype() == DType::float32);
  CHECK(sort(zeros({0, 3}), 0).shape() == Shape{0, 3});
  CHECK(sort(zeros({2, 0})).shape() == Shape{2, 0});
  CHECK_THROWS_AS(sort(x, 2), ShapeError);
  CHECK_THROWS_AS(sort(Tensor(1.0)), ShapeError);
  // It is the same order as argsort's, ties included.
  const Tensor ties{2, 1, 2, 0, 1, 2};
  for (const bool descending : {false, true}) {
    CHECK(sort(ties, 0, descending).to_vector() == take(ties, argsort(ties, 0, descending)).to_vector());
  }
  std::vector<double> many(10'000);
  for (std::size_t k = 0; k < many.size(); ++k) many[k] = static_cast<double>(k * 7919 % 10'007);
  const Tensor rows = reshape(Tensor(many), {100, 100});
  for (std::ptrdiff_t r = 0; r < 100; ++r) std::sort(many.begin() + 100 * r, many.begin() + 100 * (r + 1));
  CHECK(sort(rows).to_vector() == many);
}

TEST_CASE("topk", "[ordering]") {
  const Tensor x = variable(Tensor{{3, 1, 2}, {0, 5, 5}});
  const auto [values, indices] = topk(x, 2);
  CHECK(values.to_vector() == Doubles{3, 2, 5, 5});
  CHECK(list(indices) == Places{0, 2, 1, 2});
  CHECK(indices.shape() == Shape{2, 2});
  CHECK(grad(sum(values * Tensor{{1, 2}, {3, 4}}), x).to_vector() == Doubles{1, 0, 2, 0, 3, 4});
  CHECK(topk(x, 1, 0, false).values.to_vector() == Doubles{0, 1, 2});
  CHECK(list(topk(x, 1, 0, false).indices) == Places{1, 0, 0});
  CHECK(topk_values(x, 1).to_vector() == Doubles{3, 5});
  CHECK(topk(x, 0).values.shape() == Shape{2, 0});
  CHECK(std::isnan(topk_values(Tensor{1, NaN, 3}, 1).item()));
  CHECK(topk_values(Tensor{1, NaN, 3}, 2, -1, false).to_vector() == Doubles{1, 3});
  CHECK_THROWS_MATCHES(topk(x, 4), ShapeError, test::Message("[topk] there are no 4 numbers along axis 1 of [2, 3]"));
  CHECK_THROWS_MATCHES(topk(x, -1), ShapeError, test::Message("[topk] there are no -1 numbers along axis 1 of [2, 3]"));
  CHECK_THROWS_AS(compile([](const Tensor& t) { return topk(t, 1).values; })(Tensor{1, 2}), GraphError);
}

TEST_CASE("median", "[ordering]") {
  CHECK(median(Tensor{3, 1, 2}).item() == 2.0);
  CHECK(median(Tensor{4, 1, 2, 3}).item() == 2.5);
  const Tensor x{{1, 9, 2}, {8, 3, 7}};
  CHECK(median(x).item() == 5.0);
  CHECK(median(x, 0).to_vector() == Doubles{4.5, 6, 4.5});
  CHECK(median(x, 1, true).shape() == Shape{2, 1});
  CHECK(median(x, {0, 1}, true).shape() == Shape{1, 1});
  CHECK(std::isnan(median(Tensor{1, NaN, 3}).item()));
  CHECK(median(Tensor{inf, inf, 1}).item() == inf);
  CHECK(median(Tensor{-inf, inf, inf, inf}).item() == inf);
  CHECK(weighted([](const Tensor& t) { return median(t, 1); }, x) == Doubles{0, 0, 1, 0, 0, 2});
  CHECK(weighted([](const Tensor& t) { return median(t); }, Tensor{4, 1, 2, 3}) == Doubles{0, 0, 0.5, 0.5});
  // Those that tie share (K3).
  CHECK(weighted([](const Tensor& t) { return median(t); }, Tensor{2, 1, 2, 3, 2}) ==
        Doubles{1. / 3, 0, 1. / 3, 0, 1. / 3});
  for (const double g : gradient_at([](const Tensor& t) { return median(t); }, Tensor{1, NaN, 3}).to_vector()) {
    CHECK(std::isnan(g));
  }
  CHECK(gradient_at([](const Tensor& t) { return median(t) * 0.0; }, Tensor{1, NaN, 3}).to_vector() ==
        Doubles{0, 0, 0});  // K7
  CHECK_THROWS_AS(median(zeros({0})), ShapeError);
  CHECK_THROWS_AS(median(x, 2), ShapeError);
}

TEST_CASE("quantile", "[ordering]") {
  const Tensor x{4, 1, 3, 2};
  CHECK(quantile(x, 0.0).item() == 1.0);
  CHECK(quantile(x, 1.0).item() == 4.0);
  CHECK(quantile(x, 0.25).item() == 1.75);
  CHECK(quantile(x, {0.5, 0.75}).to_vector() == Doubles{2.5, 3.25});
  const Tensor m{{1, 9, 2}, {8, 3, 7}};
  CHECK(quantile(m, {0.5, 0.25}, 1).to_vector() == Doubles{2, 7, 1.5, 5});
  CHECK(quantile(m, {0.5, 0.25}, 1, true).shape() == Shape{2, 2, 1});
  CHECK(quantile(m, 0.5, {0, 1}, true).shape() == Shape{1, 1});
  CHECK(quantile(Tensor{1, inf}, 0.0).item() == 1.0);
  CHECK(quantile(Tensor{1, inf}, 0.5).item() == inf);
  CHECK(quantile(Tensor(3.0), 0.3).item() == 3.0);
  CHECK(quantile(cast(x, DType::float32), 0.1).dtype() == DType::float32);
  CHECK(weighted([](const Tensor& t) { return quantile(t, 0.25); }, x) == Doubles{0, 0.25, 0, 0.75});
  CHECK(weighted([](const Tensor& t) { return quantile(t, 1.0); }, Tensor{1, 2, 2}) == Doubles{0, 0.5, 0.5});
  CHECK(weighted([](const Tensor& t) { return quantile(t, {0.0, 1.0}); }, x) == Doubles{2, 1, 0, 0});
  CHECK_THROWS_MATCHES(quantile(x, 1.5), ValueError, test::Message("[quantile] 1.5 is no share: it must be in [0, 1]"));
  CHECK_THROWS_MATCHES(quantile(x, NaN), ValueError, test::Message("[quantile] nan is no share: it must be in [0, 1]"));
  CHECK_THROWS_MATCHES(quantile(x, std::vector<double>{}), ValueError,
                       test::Message("[quantile] no quantile is asked for"));
}

TEST_CASE("running extremes", "[ordering]") {
  const Tensor x{{1, 3, 2, 3, 4}, {5, 4, 6, 1, 6}};
  CHECK(cummax(x, 1).to_vector() == Doubles{1, 3, 3, 3, 4, 5, 5, 6, 6, 6});
  CHECK(cummin(x, 1).to_vector() == Doubles{1, 1, 1, 1, 1, 5, 4, 4, 1, 1});
  CHECK(cummax(x, 0).to_vector() == Doubles{1, 3, 2, 3, 4, 5, 4, 6, 3, 6});
  // The second 3 ties with the first from its own place on; so does the second 6.
  CHECK(weighted([](const Tensor& t) { return cummax(t, 1); }, x) == Doubles{1, 7, 0, 2, 5, 13, 0, 22, 0, 5});
  CHECK(weighted([](const Tensor& t) { return cummin(t, 0); }, Tensor{2, 1, 1, 3}) == Doubles{1, 2 + 3.5, 3.5, 0});
  const Doubles after = cummax(Tensor{1, NaN, 3}, 0).to_vector();
  CHECK(after[0] == 1.0);
  CHECK(std::isnan(after[1]));
  CHECK(std::isnan(after[2]));
  // Only what a gradient reaches through NaN is NaN (K7, K8).
  const Doubles g = gradient_at(
                        [](const Tensor& t) {
                          return sum(cummax(t, 0) * Tensor{1, 1, 0});
                        },
                        Tensor{1, NaN, 3})
                        .to_vector();
  CHECK((std::isnan(g[0]) && std::isnan(g[1]) && g[2] == 0.0));
  CHECK(gradient_at(
            [](const Tensor& t) {
              return sum(cummax(t, 0) * Tensor{1, 0, 0});
            },
            Tensor{1, NaN, 3})
            .to_vector() == Doubles{1, 0, 0});
  // The last is the maximum, with its gradient.
  const Tensor tied{2, 5, 5, 1};
  CHECK(gradient_at([](const Tensor& t) { return cummax(t, 0)[-1]; }, tied).to_vector() ==
        gradient_at([](const Tensor& t) { return max(t); }, tied).to_vector());
  CHECK(cummax(zeros({0}), 0).shape() == Shape{0});
  CHECK_THROWS_AS(cummax(x, 2), ShapeError);
  CHECK_THROWS_AS(cummin(Tensor(1.0), 0), ShapeError);
}

TEST_CASE("what is chosen is chosen anew in a compiled function, and for each of many", "[ordering]") {
  const auto f = [](const Tensor& t) {
    return sum(sort(t) * Tensor{1, 2, 3}) + median(t) + quantile(t, 0.75) + sum(topk_values(t, 2)) + sum(cummax(t, 0));
  };
  const auto compiled = compile([&](const Tensor& t) { return value_and_grad(f, t).gradient; });
  for (const Tensor& x : {Tensor{1, 2, 3}, Tensor{3, 1, 2}, Tensor{2, 3, 1}}) {
    CHECK(compiled(x).to_vector() == gradient_at(f, x).to_vector());
  }
  const Tensor rows{{1, 2, 3}, {3, 1, 2}, {2, 3, 1}};
  const Tensor each = vmap([&](const Tensor& t) { return f(t); })(rows);
  for (std::int64_t k = 0; k < 3; ++k) CHECK(each[k].item() == Approx(f(rows[k]).item()));
}

TEST_CASE("a sort is saved, read back and told", "[ordering]") {
  const Tensor x = variable(Tensor{3, 1, 2, 2}, "x");
  const Tensor y = sum(sort(x, 0, true) * Tensor{1, 2, 3, 4}) + median(x) + quantile(x, 0.3) + sum(cummin(x, 0)) +
                   sum(topk_values(x, 2, 0, false));
  Graph graph(y);
  graph.compute_gradients();
  const Graph back = from_json(to_json(graph));
  CHECK(back.run().front().item() == y.item());
  const std::string text = to_text(graph, derivation(graph));
  CHECK(text.find("Sort x") != std::string::npos);
  CHECK(text.find("scatter_add(G, argsort(x") != std::string::npos);
  CHECK(text.find("equal ones") != std::string::npos);
  bool sort_said = false;
  for (const std::string_view why : conventions(y)) {
    sort_said = sort_said || why.starts_with("sort has no derivative");
  }
  CHECK(sort_said);
}

}  // namespace ordering_test
