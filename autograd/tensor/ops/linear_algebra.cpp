#include "autograd/tensor/ops/linear_algebra.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus {

namespace {

std::string both(const Tensor& a, const Tensor& b) {
  return fmt::format("{} by {}", to_string(a.shape()), to_string(b.shape()));
}

// The shape without the axes in `mask`.
Tensor without(const Tensor& x, std::uint32_t mask) { return reshape(x, reduced(x.shape(), mask, false)); }

void require_vectors(const Tensor& a, const Tensor& b, std::string_view op) {
  if (a.rank() != 1 || b.rank() != 1) throw ShapeError(fmt::format("[{}] two vectors are needed: {}", op, both(a, b)));
}

Tensor product(const Tensor& a, const Tensor& b) {
  MatMul op;
  if (a.rank() > 2 || b.rank() > 2) op.batch = matmul_batch(a.value(), b.value());
  if (a.dtype() == b.dtype()) return apply(op, a, b);
  const DType dtype = promote(a.dtype(), b.dtype());
  return apply(op, cast(a, dtype), cast(b, dtype));
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b) {
  const int rank_a = a.rank();
  const int rank_b = b.rank();
  if (rank_a >= 2 && rank_b >= 2) return product(a, b);
  if (rank_a == 0 || rank_b == 0) {
    throw ShapeError(fmt::format("[matmul] matrices or vectors are needed, not a single number: {}", both(a, b)));
  }
  if (a.value().sizes().back() != b.value().sizes()[static_cast<std::size_t>(std::max(rank_b - 2, 0))]) {
    throw ShapeError(fmt::format("[matmul] inner sizes differ: {}", both(a, b)));
  }
  const Tensor left = rank_a == 1 ? reshape(a, {1, a.size()}) : a;
  const Tensor right = rank_b == 1 ? reshape(b, {b.size(), 1}) : b;
  const Tensor y = product(left, right);
  const std::uint32_t last = 1U << (y.rank() - 1);
  return without(y, (rank_a == 1 ? last >> 1 : 0U) | (rank_b == 1 ? last : 0U));
}

Tensor dot(const Tensor& a, const Tensor& b) {
  require_vectors(a, b, "dot");
  if (a.size() != b.size()) throw ShapeError(fmt::format("[dot] the sizes differ: {}", both(a, b)));
  return matmul(a, b);
}

Tensor outer(const Tensor& a, const Tensor& b) {
  require_vectors(a, b, "outer");
  return reshape(a, {a.size(), 1}) * b;
}

Tensor vecdot(const Tensor& a, const Tensor& b, Axis axis) {
  const Shape shape = broadcast(a.shape(), b.shape(), "vecdot");
  const int k = normalize_axis(axis, shape.rank(), "vecdot");
  return sum(a * b, k);
}

Tensor linear(const Tensor& x, const Tensor& w, const Tensor& b) {
  const auto misfit = [&] {
    const auto bias = b.defined() ? " and " + to_string(b.shape()) : std::string();
    return ShapeError(fmt::format("[linear] x [..., k], W [n, k] and b [n] are needed: {} by {}{}",
                                  to_string(x.shape()), to_string(w.shape()), bias));
  };
  if (x.rank() == 0 || w.rank() != 2 || x.value().sizes().back() != w.value().sizes()[1]) throw misfit();
  if (b.defined() && (b.rank() != 1 || b.size() != w.value().sizes()[0])) throw misfit();
  const Tensor y = x.rank() == 1 ? matmul(w, x) : [&] {
    const DType dtype = promote(x.dtype(), w.dtype());
    return apply(MatMul(false, true, matmul_batch(x.value(), w.value())), cast(x, dtype), cast(w, dtype));
  }();
  return b.defined() ? y + b : y;
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<MatMul>();

}  // namespace gradus
