#include "autograd/save/stable_forms.h"

#include "autograd/math/loss_ops.h"
#include "autograd/math/ops.h"
#include "autograd/save/op_forms.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus {

namespace {

/// a·b, and 0 where a is.
Tensor product_or_zero(const Tensor& a, const Tensor& b) {
  const Tensor is_zero = bind(Equal{}, a, 0.0);
  return bind(Where{}, is_zero, 0.0, a * b);
}

Tensor stable(const ChainProduct&, const Tensor& g, const Tensor& d) { return product_or_zero(g, d); }
Tensor stable(const GateProduct&, const Tensor& g, const Tensor& weight) {
  const Tensor is_zero = bind(Equal{}, weight, 0.0);
  return bind(Where{}, is_zero, 0.0, product_or_zero(g, weight));
}
Tensor stable(const XLogY&, const Tensor& a, const Tensor& b) { return product_or_zero(a, log(b)); }
Tensor stable(const KlTerm&, const Tensor& x, const Tensor& t) { return product_or_zero(t, log(t) - x); }
Tensor stable(const KlLogTerm&, const Tensor& x, const Tensor& t) { return product_or_zero(exp(t), t - x); }

/// eˣ − 1 = tanh(x/2)·(eˣ + 1)
Tensor stable(const Expm1&, const Tensor& x) {
  const Tensor t = tanh(0.5 * x);
  return t * (exp(x) + 1.0);
}

/// log(1 + x) = 2·artanh(x/(2 + x)), which subtracts nothing from 1 for small x.
Tensor stable(const Log1p&, const Tensor& x) {
  const Tensor is_small = bind(Less{}, abs(x), 0.5);
  const Tensor near = 2.0 * atanh(x / (2.0 + x));
  return bind(Where{}, is_small, near, log(1.0 + x));
}

Tensor stable(const Clamp&, const Tensor& x, const Tensor& low, const Tensor& high) {
  return minimum(maximum(x, low), high);
}

Tensor stable(const ops::Softplus& op, const Tensor& x) { return softplus(op.beta * x) / op.beta; }
Tensor stable(const ops::LogSigmoid&, const Tensor& x) { return -softplus(-x); }

/// log(eᵃ + eᵇ) = max(a, b) + log(1 + e^(−|a − b|))
Tensor stable(const LogAddExp&, const Tensor& a, const Tensor& b) {
  const Tensor larger = maximum(a, b);
  return larger + softplus(-abs(a - b));
}

/// −t·log p − (1 − t)·log(1 − p)
Tensor stable(const Bce&, const Tensor& p, const Tensor& t) {
  const Tensor yes = product_or_zero(t, log(p));
  const Tensor rest = 1.0 - t;
  const Tensor no = product_or_zero(rest, log1p(-p));
  return -(yes + no);
}

/// −t·log σ(x) − (1 − t)·log σ(−x)
Tensor stable(const BceWithLogits&, const Tensor& x, const Tensor& t) {
  const Tensor yes = product_or_zero(t, softplus(-x));
  const Tensor rest = 1.0 - t;
  return yes + product_or_zero(rest, softplus(x));
}

Tensor stable(const CrossEntropy& op, const Tensor& x) {
  return op.less_scores_of_labels([](const Tensor& rows) { return logsumexp(rows, 1); }, x);
}

detail::OpForms all_forms() {
  detail::OpForms forms;
  forms.add<ChainProduct, GateProduct, XLogY, KlTerm, KlLogTerm, Expm1, Log1p, ops::LogSigmoid, LogAddExp, Clamp, Bce,
            BceWithLogits, CrossEntropy>(
      [](const auto& op, const auto&... x) -> std::optional<Tensor> { return stable(op, x...); });
  forms.add<ops::Softplus>([](const ops::Softplus& op, const Tensor& x) {
    return op.beta == 1.0 ? std::nullopt : std::optional(stable(op, x));
  });
  return forms;
}

}  // namespace

std::optional<Tensor> detail::stable_result(const Rule& rule, std::span<const Tensor> x) {
  static const OpForms forms = all_forms();
  return forms.result(rule, x);
}

}  // namespace gradus
