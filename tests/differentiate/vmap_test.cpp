// vmap: a function on many examples at once gives what it gives on each, for every kind of op, and is differentiated.
#include <functional>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "tests/catch.h"

using namespace gradus;

namespace vmap_test {

namespace {

Tensor numbers(const Shape& shape, std::uint64_t seed) { return Tensor(uniform(shape, 0.2, 1.8, {.seed = seed})); }

/// f on every example by itself.
Tensor one_by_one(const std::function<Tensor(const Tensor&)>& f, const Tensor& x) {
  std::vector<Tensor> out;
  for (std::int64_t k = 0; k < x.shape()[0]; ++k) out.push_back(f(ops::slice(x, {Slice(k)})));
  return ops::stack(out);
}

void same(const Tensor& a, const Tensor& b) {
  CHECK(a.shape() == b.shape());
  const std::vector<double> x = a.to_vector(), y = b.to_vector();
  REQUIRE(x.size() == y.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (x[k] != y[k]) CHECK(x[k] == Approx(y[k]).epsilon(1e-13).margin(1e-15));
  }
}

}  // namespace

TEST_CASE("vmap: every kind of op, its value and its gradient, as on each example alone", "[vmap]") {
  const Tensor w = parameter(uniform({3, 4}, -1, 1, {.seed = 1}));
  const Tensor v = parameter(uniform({4}, -1, 1, {.seed = 2}));
  const Tensor u = parameter(uniform({3}, -1, 1, {.seed = 5}));
  struct Case {
    const char* name;
    std::function<Tensor(const Tensor&)> f;  // of an example [3, 4]
  };
  const std::vector<Case> cases{
      {"elementwise", [&](const Tensor& x) { return tanh(x * w) + exp(-x) * 2.0; }},
      {"broadcasting", [&](const Tensor& x) { return x * v + sum(x, 1, true) - mean(x, 0) / max(x); }},
      {"a number of it", [&](const Tensor& x) { return w * sum(x) + mean(x); }},
      {"matmul", [&](const Tensor& x) { return matmul(x, transpose(w)); }},
      {"matmul from the left", [&](const Tensor& x) { return matmul(transpose(w), x); }},
      {"matmul of itself", [&](const Tensor& x) { return matmul(x, transpose(x)); }},
      {"a vector", [&](const Tensor& x) { return matmul(x, v); }},
      {"a vector from the left", [&](const Tensor& x) { return matmul(u, x); }},
      {"of vectors", [&](const Tensor& x) { return matmul(w, ops::slice(x, {Slice(1)})); }},
      {"reductions",
       [&](const Tensor& x) { return prod(x, 1) + var(x, 1) + norm(x, 2.0, 1) + stddev(x, 1) + min(x, 1); }},
      {"running sums", [&](const Tensor& x) { return cumsum(x, 1) + cumprod(x, 0); }},
      {"softmax", [&](const Tensor& x) { return softmax(x, 1) + log_softmax(x, 0) + logsumexp(x, 1, true); }},
      {"layout",
       [&](const Tensor& x) {
         return reshape(permute(x, std::array{1, 0}), {2, 6});
       }},
      {"joining",
       [&](const Tensor& x) {
         return concat({x, w, x * 2.0}, 1);
       }},
      {"side by side",
       [&](const Tensor& x) {
         return ops::stack({x, w}, 2);
       }},
      {"slices",
       [&](const Tensor& x) {
         return ops::slice(x, {{0, 2}, {1, 4, 2}});
       }},
      {"looked up",
       [&](const Tensor& x) {
         return take(x, Indices({2}, {2, 0}), 0);
       }},
      {"padded",
       [&](const Tensor& x) {
         return pad(x, {1, 1, 0, 2});
       }},
      {"diagonals", [&](const Tensor& x) { return diagonal(x) + sum(tril(x)); }},
      {"chosen", [&](const Tensor& x) { return where(ops::greater(x, 1.0), x * x, w); }},
      {"einsum",
       [&](const Tensor& x) {
         return einsum("ij,kj->ik", {x, w});
       }},
      {"a derivative", [&](const Tensor& x) { return recorded_grad(sum(tanh(x * w) * x), {x})[0]; }},
      {"a derivative by what it captures", [&](const Tensor& x) { return recorded_grad(sum(tanh(x * w)), {w})[0]; }},
      {"the same for all", [&](const Tensor&) { return w * 2.0; }},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const Tensor x = variable(numbers({5, 3, 4}, 7).value());
    const Tensor many = vmap(c.f)(x);
    const Tensor each = one_by_one(c.f, x);
    same(many, each);
    const Tensor weights = numbers(many.shape(), 9);
    const std::vector<Tensor> g = grad(sum(many * weights), {x, w, v, u});
    const std::vector<Tensor> h = grad(sum(each * weights), {x, w, v, u});
    for (std::size_t k = 0; k < g.size(); ++k) same(g[k], h[k]);
  }
}

TEST_CASE("vmap: several arguments, axes, results and nesting", "[vmap]") {
  const Tensor a = numbers({4, 3}, 1), b = numbers({3, 4}, 2), c = numbers({3}, 3);
  const auto f = [](const Tensor& x, const Tensor& y, const Tensor& z) {
    return std::vector<Tensor>{sum(x * y), z * x};
  };
  const std::vector<Tensor> out = vmap(f, {0, 1, std::nullopt})(a, b, c);
  REQUIRE(out.size() == 2);
  same(out[0], sum(a * transpose(b), 1));
  same(out[1], a * c);
  same(vmap(f, {0, -1, {}})(a, b, c)[0], out[0]);
  const auto product = [](const Tensor& x, const Tensor& y) { return sum(x * y); };
  const auto row = [&](const Tensor& x) { return vmap([&](const Tensor& y) { return product(x, y); })(a); };
  same(vmap(row)(a), matmul(a, transpose(a)));
  const auto compiled = compile([&](const Tensor& x) { return vmap([](const Tensor& z) { return z * sum(z); })(x); });
  same(compiled(a), a * sum(a, 1, true));
  same(hessian([&](const Tensor& x) { return sum(vmap([](const Tensor& z) { return sum(z * z * z); })(x)); },
               c * 1.0 + a),
       hessian([](const Tensor& x) { return sum(x * x * x); }, c + a));
}

TEST_CASE("vmap: what cannot be mapped is refused", "[vmap]") {
  const auto f = [](const Tensor& x) { return x * 2.0; };
  const auto g = [](const Tensor& x, const Tensor& y) { return x * y; };
  const Tensor x = numbers({3, 2}, 1);
  CHECK_THROWS_MATCHES(vmap(f, {0, 0})(x), GraphError, test::Message("[vmap] 2 axes but 1 arguments: each needs one"));
  CHECK_THROWS_MATCHES(vmap(f, {std::nullopt})(x), GraphError, test::Message("[vmap] no argument is mapped over"));
  CHECK_THROWS_MATCHES(vmap(f)(numbers({0, 2}, 1)), GraphError, test::Message("[vmap] there are no examples"));
  CHECK_THROWS_MATCHES(vmap(g)(x, numbers({2, 2}, 1)), GraphError,
                       test::Message("[vmap] argument 1 has 2 examples, those before have 3"));
  CHECK_THROWS_AS(vmap(f, {2})(x), ShapeError);
  CHECK_THROWS_AS(vmap(f)(Tensor(1.0)), ShapeError);
  CHECK_THROWS_AS(vmap([](const Tensor& z) { return z * z.item(); })(Tensor(Array({2}, {1, 2}))), GraphError);
  // What a failed run leaves behind: nothing.
  same(vmap(f)(x), x * 2.0);
}

TEST_CASE("hessian: many directions at once are those one by one", "[vmap]") {
  const Tensor data = numbers({20, 6}, 3);
  const auto loss = [&](const Tensor& w) {
    const Tensor z = matmul(data, w);
    return mean(softplus(-z)) + sum(softmax(w, 0) * w) + prod(w) + norm(concat({w, w * w}, 0)) +
           sum(ops::slice(w, {{1, 4}}) * 2.0);
  };
  const Tensor w = numbers({6}, 4);
  const Tensor h = hessian(loss, w);
  for (std::int64_t k = 0; k < 6; ++k) {
    Array direction = Array::zeros({6});
    direction.mutable_data<double>()[k] = 1.0;
    same(ops::slice(h, {Slice(k)}), hvp(loss, w, Tensor(direction)));
  }
  const auto wide = [&](const Tensor& x) { return matmul(data, x) * x.shape()[0]; };
  same(jacobian(wide, w), data * 6.0);
}

}  // namespace vmap_test
