#include "nn/optimize/clip.h"

#include <fmt/format.h>

#include <cmath>
#include <span>

#include "autograd/array/elementwise.h"
#include "autograd/array/norms.h"
#include "autograd/base/error.h"
#include "autograd/math/ops.h"

namespace gradus::nn {

namespace {

Array& gradient_of(const Tensor& p) { return static_cast<gradus::detail::Leaf&>(*p.record()).gradient; }

constexpr std::uint32_t all_axes = ~std::uint32_t{0};

}  // namespace

// ‖g‖ = (Σ ‖gₖ‖ᵖ)^(1/p);  g ← g · min(1, c / (‖g‖ + 1e-6)).  Pascanu, Mikolov and Bengio 2013, in PyTorch's form.
double clip_grad_norm(const std::vector<Tensor>& parameters, double max_norm, double norm_type, bool finite) {
  if (!(max_norm >= 0.0)) {
    throw ValueError(fmt::format("[clip_grad_norm] the largest norm is {}: it must be at least 0", max_norm));
  }
  if (!(norm_type > 0.0))
    throw ValueError(fmt::format("[clip_grad_norm] the norm is {}: it must be above 0", norm_type));
  std::vector<double> norms;
  for (const Tensor& p : parameters) {
    if (p.has_grad()) norms.push_back(norm_axes(gradient_of(p), norm_type, all_axes, false).item());
  }
  const Array each({static_cast<std::int64_t>(norms.size())}, std::span<const double>(norms));
  const double norm = norms.empty() ? 0.0 : norm_axes(each, norm_type, all_axes, false).item();
  if (finite && !std::isfinite(norm)) {
    throw ValueError(fmt::format("[clip_grad_norm] the norm of the gradients is {}", norm));
  }
  const double scale = max_norm / (norm + 1e-6);
  if (scale >= 1.0) return norm;
  for (const Tensor& p : parameters) {
    if (p.has_grad()) gradient_of(p) = scale * gradient_of(p);
  }
  return norm;
}

void clip_grad_value(const std::vector<Tensor>& parameters, double clip) {
  if (!(clip >= 0.0)) throw ValueError(fmt::format("[clip_grad_value] the bound is {}: it must be at least 0", clip));
  for (const Tensor& p : parameters) {
    if (p.has_grad()) gradient_of(p) = clamp(gradient_of(p), -clip, clip);
  }
}

}  // namespace gradus::nn
