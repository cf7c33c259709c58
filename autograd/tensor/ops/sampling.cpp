#include "autograd/tensor/ops/sampling.h"

#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/trace.h"

namespace gradus {

Tensor exponential(const Shape& shape, double scale, const Key& key, DType dtype) {
  return detail::drawn(key, [=](const Key& k) { return exponential_array(shape, scale, k, dtype); });
}
Tensor gamma(const Shape& shape, double concentration, double scale, const Key& key, DType dtype) {
  return detail::drawn(key, [=](const Key& k) { return gamma_array(shape, concentration, scale, k, dtype); });
}
Tensor beta(const Shape& shape, double a, double b, const Key& key, DType dtype) {
  return detail::drawn(key, [=](const Key& k) { return beta_array(shape, a, b, k, dtype); });
}
Tensor poisson(const Shape& shape, double rate, const Key& key, DType dtype) {
  return detail::drawn(key, [=](const Key& k) { return poisson_array(shape, rate, k, dtype); });
}
Tensor truncated_normal(const Shape& shape, double mean, double deviation, double low, double high, const Key& key,
                        DType dtype) {
  return detail::drawn(
      key, [=](const Key& k) { return truncated_normal_array(shape, mean, deviation, low, high, k, dtype); });
}

Indices categorical(const Tensor& logits, const Key& key, Axis axis) {
  detail::refuse_in_trace(logits, "categorical()");
  return categorical_places(logits.value(), key, axis);
}

Tensor multinomial(std::int64_t n, const Tensor& probabilities, const Key& key) {
  detail::refuse_in_trace(probabilities, "multinomial()");
  return detail::drawn(key, [n, p = probabilities.value()](const Key& k) { return multinomial_array(n, p, k); });
}

Tensor shuffle(const Tensor& x, const Key& key, Axis axis) {
  const int along = normalize_axis(axis, x.rank(), "shuffle");
  return take(x, permutation(x.size(along), key), along);
}

}  // namespace gradus
