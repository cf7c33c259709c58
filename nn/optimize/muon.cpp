#include "nn/optimize/muon.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "autograd/array/elementwise.h"
#include "autograd/array/matmul.h"
#include "autograd/array/norms.h"
#include "autograd/base/error.h"
#include "autograd/math/ops.h"

namespace gradus::nn {

namespace {

Array transposed(const Array& a) { return a.permute(std::array{1, 0}); }

// X ← a X + (b X Xᵀ + c (X Xᵀ)²) X, which takes each singular value s to a s + b s³ + c s⁵: towards 1, from X of norm 1.
Array orthogonalized(const Array& g, int iterations, double eps) {
  constexpr double a = 3.4445, b = -4.7750, c = 2.0315;
  const bool tall = g.size(0) > g.size(1);
  Array x = tall ? transposed(g) : g;
  x = x / std::max(norm_axes(x, 2.0, 3U, false).item(), eps);
  for (int k = 0; k < iterations; ++k) {
    const Array gram = matmul(x, transposed(x));
    x = a * x + matmul(b * gram + c * matmul(gram, gram), x);
  }
  return tall ? transposed(x) : x;
}

}  // namespace

Muon::Muon(const ParameterGroups& parameters, double rate, const MuonOptions& options)
    : Optimizer(
          parameters, rate,
          {.kind = "muon", .weight_decay = options.weight_decay, .decoupled = true, .state = {"momentum_buffer"}}),
      options_(options) {
  require_fraction("momentum", options.momentum);
  require_not_negative("eps", options.eps);
  for (const Slot& slot : slots()) {
    if (slot.parameter.rank() == 2) continue;
    throw ValueError(fmt::format("[muon] a parameter is {}: only matrices are moved; give the others to AdamW, say",
                                 to_string(slot.parameter.shape())));
  }
}

// m ← μ m + (1 − μ) g;  O = orthogonalized(m), or of (1 − μ) g + μ m with Nesterov's look ahead;
// p ← (1 − η λ) p − η √max(1, rows/columns) O.  Jordan 2024, in PyTorch's form.
void Muon::update(Slot& slot) {
  const Array g = slot.parameter.grad(), p = slot.parameter.value();
  Array& m = slot.state[0];
  m = m.defined() ? m + (1.0 - options_.momentum) * (g - m) : (1.0 - options_.momentum) * g;
  const Array along = options_.nesterov ? g + options_.momentum * (m - g) : m;
  const double widths = static_cast<double>(p.size(0)) / static_cast<double>(p.size(1));
  const Array step =
      slot.rate * std::sqrt(std::max(1.0, widths)) * orthogonalized(along, options_.iterations, options_.eps);
  slot.parameter.set_value((1.0 - slot.rate * slot.weight_decay) * p - step);
}

}  // namespace gradus::nn
