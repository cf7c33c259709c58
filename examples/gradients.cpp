// Ways to differentiate: a function, its derivatives in both directions, an op of one's own, and a check of it all.
#include <autograd/autograd.h>
#include <fmt/core.h>

using namespace gradus;

namespace {

/// An op from its formula alone: its derivatives, to any order, come from running it on dual numbers.
constexpr auto bump = custom_op<"bump">([](auto x) { return exp(-(x * x)); });

Tensor energy(const Tensor& x) { return sum(bump(x) + 0.5 * x * x); }

}  // namespace

int main() {
  const Tensor x(Array({3}, {0.0, 0.5, 2.0}));
  const Tensor v(Array({3}, {1.0, 0.0, -1.0}));

  // Reverse mode: the gradient of one number, with the number.
  const auto [value, gradients] = value_and_grad(energy)(x);
  fmt::print("energy         {:.6f}\n", value.item());
  fmt::print("gradient      ");
  for (const double g : gradients[0].to_vector()) fmt::print(" {:.6f}", g);

  // Forward mode: how the energy changes along v, in one pass.
  fmt::print("\nalong v        {:.6f}\n", jvp(energy, {x}, {v}).tangent.item());

  // Second derivatives: the whole matrix, or its product with v alone.
  fmt::print("Hessian diag. ");
  const std::vector<double> h = hessian(energy, x).to_vector();
  for (const std::size_t k : {std::size_t{0}, std::size_t{4}, std::size_t{8}}) fmt::print(" {:.6f}", h[k]);
  fmt::print("\nHessian · v   ");
  for (const double p : hvp(energy, x, v).to_vector()) fmt::print(" {:.6f}", p);

  // Third order: the derivative of a Hessian is one more transform around it.
  const Tensor third = jacobian([](const Tensor& z) { return recorded_hessian(energy, z); }, x);
  fmt::print("\nthird order    a tensor {} with {:.6f} at its heart\n", to_string(third.shape()),
             third.to_vector()[13]);

  // Are they right?  Differences of the values say so.
  fmt::print("check, order 2 {}\n", check_gradients(energy, {x}, 2).ok ? "right" : "wrong");
}
