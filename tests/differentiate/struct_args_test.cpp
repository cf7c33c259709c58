// Structs of parameters as arguments of transforms: the same numbers as their tensors one by one.
#include <array>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "tests/catch.h"

using namespace gradus;

namespace struct_args_test {

namespace {

struct Layer {
  Tensor w, b;
};

struct Model {
  Layer first;
  std::vector<Layer> rest;
  std::array<Tensor, 2> scale;
  int heads = 3;
  std::string name = "m";
};

Model model() {
  const Key key{7};
  return {{normal({2, 3}, 0, 1, key.part(0)), normal({2}, 0, 1, key.part(1))},
          {{normal({2, 2}, 0, 1, key.part(2)), normal({2}, 0, 1, key.part(3))}},
          {Tensor(1.5), Tensor(-0.5)}};
}

Tensor loss(const Model& m, const Tensor& x) {
  Tensor h = tanh(linear(x, m.first.w, m.first.b));
  for (const Layer& layer : m.rest) h = tanh(linear(h, layer.w, layer.b));
  return sum(h * m.scale[0] + m.scale[1]) * static_cast<double>(m.heads);
}

Tensor loss_of_list(TensorList t, const Tensor& x) { return loss({{t[0], t[1]}, {{t[2], t[3]}}, {t[4], t[5]}}, x); }

bool same(const Tensor& a, const Tensor& b) { return a.shape() == b.shape() && a.to_vector() == b.to_vector(); }

}  // namespace

TEST_CASE("A struct is taken apart and put together", "[transforms]") {
  static_assert(TensorStruct<Model> && TensorStruct<Layer>);
  static_assert(!TensorStruct<Tensor> && !TensorStruct<std::vector<Tensor>> && !TensorStruct<std::array<Tensor, 2>> &&
                !TensorStruct<int> && !TensorStruct<Key>);
  const Model m = model();
  const Tensor x{{1, 2, 3}, {-1, 0.5, 0.25}};
  const std::vector<Tensor> list{m.first.w, m.first.b, m.rest[0].w, m.rest[0].b, m.scale[0], m.scale[1]};

  const auto [value, gradient] = value_and_grad([&](const Model& p) { return loss(p, x); }, m);
  const auto by_list = value_and_grad([&](TensorList t) { return loss_of_list(t, x); }, list);
  CHECK(same(value, by_list.value));
  CHECK(same(gradient.first.w, by_list.gradients[0]));
  CHECK(same(gradient.first.b, by_list.gradients[1]));
  CHECK(same(gradient.rest[0].w, by_list.gradients[2]));
  CHECK(same(gradient.rest[0].b, by_list.gradients[3]));
  CHECK(same(gradient.scale[0], by_list.gradients[4]));
  CHECK(same(gradient.scale[1], by_list.gradients[5]));
  CHECK(gradient.heads == 3);
  CHECK(gradient.name == "m");
}

TEST_CASE("Other transforms of structs", "[transforms]") {
  const Layer p{{{1.0, 2.0}, {3.0, 4.0}}, {0.5, -0.5}}, v{{{0.1, 0.2}, {0.3, 0.4}}, {1.0, 2.0}};
  const auto f = [](const Layer& q) { return sum(matmul(square(q.w), q.b)) + prod(q.b); };
  const auto on_list = [](const Tensor& w, const Tensor& b) { return sum(matmul(square(w), b)) + prod(b); };

  const auto [value, tangent] = jvp(f, p, v);
  const auto expected = jvp(on_list, {p.w, p.b}, {v.w, v.b});
  CHECK(same(value, expected.value));
  CHECK(same(tangent, expected.tangent));

  const Layer product = hvp(f, p, v);
  const auto list = hvp(on_list, std::vector{p.w, p.b}, {v.w, v.b});
  CHECK(same(product.w, list[0]));
  CHECK(same(product.b, list[1]));

  const Layer rows = jacobian([](const Layer& q) { return matmul(q.w, q.b); }, p);
  CHECK(rows.w.shape() == Shape{2, 2, 2});
  CHECK(rows.b.to_vector() == p.w.to_vector());

  // Recorded, they are differentiated again: d/dw of |d(w²)/dw|² = 8w.
  const Tensor w = variable(3.0);
  const auto [unused, g] =
      recorded_value_and_grad([](const Layer& q) { return square(q.w) + 0.0 * q.b; }, Layer{w, Tensor(0.0)});
  CHECK(grad(square(g.w), w).item() == 24.0);
}

TEST_CASE("A compiled function of a struct", "[replay]") {
  const auto f = compile([](const Model& m, const Tensor& x) { return loss(m, x); });
  Model m = model();
  const Tensor x{{1, 2, 3}, {-1, 0.5, 0.25}};
  for (int k = 0; k < 3; ++k) {
    CHECK(same(f(m, x), loss(m, x)));
    m.rest[0].w = m.rest[0].w * 0.5;
    m.scale[1] = m.scale[1] + 1.0;
  }
  CHECK(f.traces() == 1);
}

}  // namespace struct_args_test
