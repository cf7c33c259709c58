#include "autograd/differentiate/custom_op.h"

#include <fmt/format.h>

#include <memory>

#include "autograd/base/error.h"
#include "autograd/differentiate/function_rule.h"
#include "autograd/differentiate/listing.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus {

namespace {

using detail::bit_of;
using detail::Record;
using detail::Tensors;

Tensor constant(const Array& a) { return Tensor(a, Counted<Record>()); }
Tensor zeros_like(const Array& a) { return constant(Array::zeros(a.shape(), a.dtype())); }

class CustomRule : public detail::FunctionRule {
 public:
  CustomRule(std::string name, CustomValue value, CustomPullback pullback)
      : FunctionRule(std::move(name)), value_(std::move(value)), pullback_(std::move(pullback)) {}

  [[nodiscard]] Array evaluate(std::span<const Array> x) const override {
    const NoGrad no_grad;
    return value_(constants(x)).value();
  }
  void pull(Array&& g, std::span<const Array> x, const Array& y, std::uint32_t wanted, Array* out) const override {
    const NoGrad no_grad;
    const Tensors found = cotangents(constant(g), constants(x), constant(y));
    for (std::size_t k = 0; k < x.size(); ++k) {
      if ((wanted & bit_of(k)) != 0) out[k] = (found[k].defined() ? found[k] : zeros_like(x[k])).value();
    }
  }
  void pull(Tensor&& g, std::span<const Tensor> x, const Tensor& y, std::uint32_t wanted, Tensor* out) const override {
    const Tensors found = cotangents(g, x, y);
    for (std::size_t k = 0; k < x.size(); ++k) {
      if ((wanted & bit_of(k)) != 0) out[k] = found[k].defined() ? found[k] : zeros_like(x[k].value());
    }
  }
  [[nodiscard]] Array push(std::span<const Array> t, std::span<const Array> x, const Array& y) const override {
    const Recording recording;
    Tensors tangents;
    for (const Array& a : t) tangents.push_back(a.defined() ? constant(a) : Tensor());
    const Transposed f = transposed(tangents, constants(x), constant(y));
    return f.form.defined() ? detail::grad_or_zeros(f.form, std::span(&f.seed, 1))[0].value()
                            : Array::zeros(y.shape(), y.dtype());
  }
  [[nodiscard]] Tensor push(std::span<const Tensor> t, std::span<const Tensor> x, const Tensor& y) const override {
    const Recording recording;
    const Transposed f = transposed(t, x, y);
    return f.form.defined() ? detail::recorded_grad_or_zeros(f.form, std::span(&f.seed, 1))[0] : zeros_like(y.value());
  }

 private:
  static Tensors constants(std::span<const Array> x) {
    Tensors out;
    for (const Array& a : x) out.push_back(constant(a));
    return out;
  }

  [[nodiscard]] Tensors cotangents(const Tensor& g, TensorList x, const Tensor& y) const {
    Tensors found = pullback_(g, x, y);
    if (found.size() == x.size()) return found;
    throw GraphError(
        fmt::format("[{}] its backward gives {} gradients for {} arguments", name(), found.size(), x.size()));
  }

  // A gradient that is not recorded from its cotangent would transpose to nothing, silently; one that is zero does.
  void refuse_unrecorded(const Tensor& found) const {
    for (const double v : found.to_vector()) {
      if (v == 0.0) continue;
      throw GraphError(
          fmt::format("[{}] its backward is not written with recorded ops: forward mode needs them", name()));
    }
  }

  // The pullback is linear in its seed: ⟨uᵀJ, t⟩ = ⟨u, Jt⟩, so the tangent Jt is the gradient of that form by u.
  struct Transposed {
    Tensor seed;  // u, at 1: any place would do
    Tensor form;  // empty when it is 0
  };
  [[nodiscard]] Transposed transposed(TensorList tangents, TensorList x, const Tensor& y) const {
    Transposed out{variable(Array::full(y.shape(), 1.0, y.dtype())), {}};
    const Tensors found = cotangents(out.seed, x, y);
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (!tangents[k].defined() || !found[k].defined()) continue;
      if (!connected(found[k], out.seed)) refuse_unrecorded(found[k]);
      const Tensor part = sum(found[k] * tangents[k]);
      out.form = out.form.defined() ? out.form + part : part;
    }
    return out;
  }

  CustomValue value_;
  CustomPullback pullback_;
};

}  // namespace

Tensor custom_op(std::string name, const CustomValue& value, CustomPullback pullback, TensorArgs arguments) {
  const TensorList x = arguments;
  if (x.size() >= most_arguments) {
    throw GraphError(fmt::format("[{}] {} tensors: at most {} can be recorded", name, x.size(), most_arguments - 1));
  }
  Array result;
  {
    const NoGrad no_grad;
    Tensors plain;
    for (const Tensor& t : x) plain.push_back(constant(t.value()));
    result = value(plain).value();
  }
  const std::uint32_t keep = (1U << (x.size() + 1)) - 1U;
  return finish_function(std::make_unique<CustomRule>(std::move(name), value, std::move(pullback)), x,
                         std::move(result), keep);
}

}  // namespace gradus
