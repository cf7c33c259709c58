// Whether a function computes the same bits when it is compiled, and when its graph is run again.
#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/graph/graph.h"
#include "autograd/replay/compile.h"
#include "tests/reference/naive.h"
#include "tests/reference/ulp.h"

namespace gradus::reference {

using TensorsFunction = std::function<Tensor(const std::vector<Tensor>&)>;

/// Empty when two arrays have the same shape, dtype and bits; the sign and payload of a NaN do not count.
inline std::string other_bits(const Array& got, const Array& expected) {
  if (!got.same_shape(expected)) return "another shape";
  if (got.dtype() != expected.dtype()) return "another dtype";
  const std::vector<double> a = elements(got);
  const std::vector<double> b = elements(expected);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != a[i] && b[i] != b[i]) continue;
    if (std::bit_cast<std::uint64_t>(a[i]) == std::bit_cast<std::uint64_t>(b[i])) continue;
    return fmt::format("number {}: {} instead of {}", i, a[i], b[i]);
  }
  return {};
}

/// A function's value and the gradients of Σ f.
inline std::vector<Tensor> value_and_gradients(const TensorsFunction& f, const std::vector<Tensor>& x) {
  const Tensor y = f(x);
  std::vector<Tensor> out{y};
  const std::vector<Tensor> g = grad(y, x, Array::full(y.shape(), 1.0, y.dtype()));
  out.insert(out.end(), g.begin(), g.end());
  return out;
}

/// What comes out otherwise than eagerly, at `inputs` (where f is traced) and at `others`; empty when nothing does.
inline std::string replayed_wrong(const TensorsFunction& f, const std::vector<Array>& inputs,
                                  const std::vector<Array>& others) {
  const auto compiled = compile(
      [f](std::span<const Tensor> x) { return value_and_gradients(f, std::vector<Tensor>(x.begin(), x.end())); });
  std::vector<Tensor> leaves;
  for (const Array& a : inputs) leaves.push_back(variable(a));
  const Graph graph(f(leaves));
  std::string wrong;
  for (const std::vector<Array>* at : {&inputs, &others}) {
    std::vector<Tensor> x;
    std::vector<RunInput> given;
    for (std::size_t k = 0; k < at->size(); ++k) {
      x.push_back(variable((*at)[k]));
      given.emplace_back(leaves[k], (*at)[k]);
    }
    const std::vector<Tensor> eager = value_and_gradients(f, x);
    const std::vector<Tensor> from_compile = compiled(TensorList(x));
    const GraphRun from_graph = graph.run_with_gradients(given);
    const auto look = [&](const std::string& what, std::size_t k, const Array& got) {
      const std::string why = other_bits(got, eager[k].value());
      if (why.empty()) return;
      wrong += fmt::format("{}, {} of {} inputs: {}\n", what, k == 0 ? "value" : fmt::format("gradient {}", k - 1),
                           at == &inputs ? "the traced" : "other", why);
    };
    for (std::size_t k = 0; k < eager.size(); ++k) look("compiled", k, from_compile[k].value());
    look("run", 0, graph.run(given)[0]);
    look("run with gradients", 0, from_graph.outputs[0]);
    for (std::size_t k = 0; k < x.size(); ++k) look("run with gradients", k + 1, from_graph.gradient(leaves[k]));
  }
  return wrong;
}

/// The same at inputs an eighth smaller.
inline std::string replayed_wrong(const TensorsFunction& f, const std::vector<Array>& inputs) {
  std::vector<Array> others;
  for (const Array& a : inputs) others.push_back(a * 0.875);
  return replayed_wrong(f, inputs, others);
}

}  // namespace gradus::reference
