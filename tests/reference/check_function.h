// Everything that must hold of the derivatives of a function of tensors, in one call.
#pragma once
#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "autograd/differentiate/check.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/math/ops.h"
#include "autograd/save/graph_json.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/reference/naive.h"
#include "tests/reference/replays.h"
#include "tests/reference/same.h"
#include "tests/reference/sample.h"

namespace gradus::reference {

struct FunctionChecks {
  int order = 2;            // up to which derivative differences are taken
  bool replays = true;      // false for one that cannot be compiled
  bool saved = true;        // false for one with ops of the test's own, which no file knows
  bool differences = true;  // false where the function has no derivative in the ordinary sense: a kink close by
  double rounding = 1e-13;  // relative to the size of what was added up
};

namespace checking {

/// Σₖ ⟨a[k], b[k]⟩ and the size of its parts.
struct Dot {
  double sum = 0.0;
  double size = 0.0;
  Dot(TensorList a, TensorList b) {
    for (std::size_t k = 0; k < a.size(); ++k) {
      const std::vector<double> p = elements(a[k].value());
      const std::vector<double> q = elements(b[k].value());
      for (std::size_t i = 0; i < p.size(); ++i) {
        sum += p[i] * q[i];
        size += std::abs(p[i] * q[i]);
      }
    }
  }
};

inline std::vector<Tensor> random_like(TensorList x, std::uint64_t seed) {
  Numbers numbers(seed);
  std::vector<Tensor> out;
  for (const Tensor& t : x) out.emplace_back(random_array(numbers, t.shape(), t.dtype()));
  return out;
}

inline std::string disagreement(const std::string& what, double a, double b, double size, double rounding) {
  if (std::abs(a - b) <= rounding * (size + std::abs(a) + std::abs(b))) return {};
  return fmt::format("{}: {} and {}\n", what, a, b);
}

inline std::string disagreement(const std::string& what, TensorList a, TensorList b, double rounding) {
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k].shape() != b[k].shape()) return fmt::format("{}: shapes of number {} differ\n", what, k);
    const std::string apart = far_apart(a[k].to_vector(), b[k].to_vector(), rounding);
    if (!apart.empty()) return fmt::format("{}: number {}: {}\n", what, k, apart);
  }
  return {};
}

/// What is wrong when the graph of y is written as JSON and read back; empty when nothing is.
inline std::string read_back_wrong(const Tensor& y) {
  if (!y.requires_grad()) return {};
  Graph graph(y);
  graph.compute_gradients();
  const std::string text = to_json(graph);
  try {
    return to_json(from_json(text)) == text ? "" : "read back from JSON it is another graph\n";
  } catch (const Error& error) {
    return fmt::format("it cannot be read back from JSON: {}\n", error.what());
  }
}

}  // namespace checking

/// What is wrong with the derivatives of f at the inputs; empty when nothing is.  Checked are
///   - forward against reverse mode, ⟨u, J v⟩ = ⟨Jᵀu, v⟩, plain and recorded,
///   - that the pullback is linear in its seed and the tangent in its direction, and that gradients have the inputs' shapes,
///   - that the Hessian of a weighted sum is symmetric, ⟨v, H w⟩ = ⟨w, H v⟩,
///   - that compiled and run again it gives the same bits, and written as JSON and read back too,
///   - derivatives up to an order against differences (check_gradients).
inline std::string check_function(const std::string& label, const std::function<Tensor(const std::vector<Tensor>&)>& f,
                                  const std::vector<Array>& inputs, const FunctionChecks& checks = {}) {
  using checking::disagreement;
  using checking::Dot;
  using checking::random_like;
  using checking::read_back_wrong;
  std::vector<Tensor> x;
  for (const Array& a : inputs) x.push_back(variable(a));
  const auto run = vjp(f, TensorList(x));
  const std::vector<Tensor> u = random_like(TensorList(&run.value, 1), 1);
  const std::vector<Tensor> v = random_like(x, 2);
  const std::vector<Tensor> w = random_like(x, 3);
  std::string wrong;

  const std::vector<Tensor> reverse = run.pullback(u[0]);
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (reverse[k].shape() != x[k].shape()) wrong += fmt::format("the gradient of input {} has another shape\n", k);
    if (reverse[k].dtype() != x[k].dtype()) wrong += fmt::format("the gradient of input {} has another dtype\n", k);
  }
  const auto forward = jvp(f, TensorList(x), TensorList(v));
  if (forward.tangent.shape() != run.value.shape()) return label + ": the tangent has another shape than the value";
  wrong += disagreement("value of vjp and jvp", TensorList(&run.value, 1), TensorList(&forward.value, 1), 0.0);
  const Dot outer(u, TensorList(&forward.tangent, 1));
  const Dot inner(reverse, v);
  wrong += disagreement("⟨u, Jv⟩ and ⟨Jᵀu, v⟩", outer.sum, inner.sum, outer.size + inner.size, checks.rounding);

  const auto recorded = recorded_jvp(f, TensorList(x), TensorList(v));
  wrong += disagreement("plain and recorded tangent", TensorList(&forward.tangent, 1), TensorList(&recorded.tangent, 1),
                        checks.rounding);
  const std::vector<Tensor> recorded_reverse = recorded_vjp(f, TensorList(x)).pullback(u[0]);
  wrong += disagreement("plain and recorded gradient", reverse, recorded_reverse, checks.rounding);

  const std::vector<Tensor> u2 = random_like(u, 4);
  const std::vector<Tensor> both = run.pullback(2.0 * u[0] - 3.0 * u2[0]);
  const std::vector<Tensor> second = run.pullback(u2[0]);
  std::vector<Tensor> combined;
  for (std::size_t k = 0; k < x.size(); ++k) combined.push_back(2.0 * reverse[k] - 3.0 * second[k]);
  wrong += disagreement("pullback of a sum of seeds", both, combined, 100 * checks.rounding);
  std::vector<Tensor> direction;
  for (std::size_t k = 0; k < x.size(); ++k) direction.push_back(2.0 * v[k] - 3.0 * w[k]);
  const Tensor along = jvp(f, TensorList(x), TensorList(direction)).tangent;
  const Tensor parts = 2.0 * forward.tangent - 3.0 * jvp(f, TensorList(x), TensorList(w)).tangent;
  wrong += disagreement("tangent of a sum of directions", TensorList(&along, 1), TensorList(&parts, 1),
                        100 * checks.rounding);

  const auto weighted = [&](const std::vector<Tensor>& at) { return sum(f(at) * u[0]); };
  const std::vector<Tensor> hv = hvp(weighted, TensorList(x), TensorList(v));
  const std::vector<Tensor> hw = hvp(weighted, TensorList(x), TensorList(w));
  const Dot one(w, hv);
  const Dot other(v, hw);
  wrong += disagreement("⟨w, Hv⟩ and ⟨v, Hw⟩", one.sum, other.sum, one.size + other.size, 100 * checks.rounding);

  if (checks.replays) wrong += replayed_wrong(f, inputs);
  if (checks.replays && checks.saved) wrong += read_back_wrong(f(x));

  if (checks.differences) {
    CheckOptions options;
    options.order = checks.order;
    const GradientReport report = check_gradients(f, TensorList(x), options);
    if (!report.ok) wrong += report.to_string() + "\n";
  }
  return wrong.empty() ? wrong : label + ":\n" + wrong;
}

}  // namespace gradus::reference
