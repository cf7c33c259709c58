#include "autograd/tensor/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/tensor/boxed_rule.h"

namespace gradus {

namespace {

// The softmax of one row, the entries' sum but for the largest, and the place of the largest.
template <class T>
struct Row {
  const T* x;
  std::int64_t n;
  std::int64_t largest = 0;
  T others = 0;  // Σ exp(x − max) without the largest entry

  Row(const T* row, std::int64_t size) : x(row), n(size) {
    largest = std::max_element(x, x + n, [](T a, T b) { return !(a != a) && (a < b || b != b); }) - x;
    for (std::int64_t j = 0; j < n; ++j) others += j == largest ? T(0) : relative(j);
  }
  [[nodiscard]] T relative(std::int64_t j) const { return ExpDifference::value(x[j], x[largest]); }
  [[nodiscard]] T share(std::int64_t j) const { return relative(j) / (1 + others); }
  [[nodiscard]] T loss(std::int64_t label) const {
    const T gap = x[label] == x[largest] ? T(0) : x[largest] - x[label];
    return std::log1p(others) + gap;
  }
  /// p − 1 for the label.
  [[nodiscard]] T shortfall(std::int64_t label) const {
    if (label == largest) return -others / (1 + others);
    T rest = 0;
    for (std::int64_t j = 0; j < n; ++j) rest += j == label ? T(0) : relative(j);
    return -rest / (1 + others);
  }
};

// f(row, label, where the row's results go) for each row of a matrix that has a label, else zeros; `width` results a row.
template <class F>
void for_each_row(const Array& x, const Indices& labels, std::int64_t width, Array& out, F&& f) {
  const Array flat = x.packed();
  const std::int64_t columns = x.sizes()[1];
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (std::int64_t i = 0; i < labels.size(); ++i) {
      T* to = out.mutable_data<T>() + i * width;
      if (labels[i] < 0) {
        std::fill_n(to, width, T(0));
      } else {
        f(Row<T>(flat.data<T>() + i * columns, columns), labels[i], to);
      }
    }
  });
}

}  // namespace

Array Softmax::value(const Array& x) const {
  if (x.size() == 0) return x;
  const Array largest = gradus::max(x, axes, true, name);
  const Array e = bind(ExpDifference{}, x, largest);
  const Array shares = e / gradus::sum(e, axes, true);
  const std::vector<double> shifts = largest.to_vector();
  if (std::ranges::count(shifts, -std::numeric_limits<double>::infinity()) == 0) return shares;
  std::vector<double> factors(shifts.size());
  std::ranges::transform(shifts, factors.begin(), [&](double m) { return std::isinf(m) && m < 0 ? of_nothing : 1.0; });
  return shares * Array(largest.shape(), factors).to(x.dtype());
}

Array LogSumExp::value(const Array& x) const {
  if (x.size() == 0) {  // −∞ is the neutral element
    return Array::full(reduced(x.shape(), axes, keepdims), -std::numeric_limits<double>::infinity(), x.dtype());
  }
  return gradus::logsumexp(x, axes, keepdims, name);
}

Array CrossEntropy::value(const Array& x) const {
  Array out = Array::uninitialized({x.sizes()[0]}, x.dtype());
  for_each_row(x, labels, 1, out, [](const auto& row, std::int64_t label, auto* to) { *to = row.loss(label); });
  return out;
}

Array CrossEntropySlope::value(const Array& x) const {
  Array out = Array::uninitialized(x.shape(), x.dtype());
  for_each_row(x, labels, x.sizes()[1], out, [](const auto& row, std::int64_t label, auto* to) {
    for (std::int64_t j = 0; j < row.n; ++j) to[j] = j == label ? row.shortfall(label) : row.share(j);
  });
  return out;
}

Array CrossEntropySlope::counted_rows(DType dtype) const {
  std::vector<double> counts(labels.values().size());
  std::ranges::transform(labels.values(), counts.begin(), [](std::int64_t label) { return label < 0 ? 0.0 : 1.0; });
  return Array(Shape{labels.size(), 1}, counts).to(dtype);
}

Tensor softmax(const Tensor& x, const Axes& axes) { return apply(Softmax{{}, axes.mask(x.rank(), Softmax::name)}, x); }

Tensor log_softmax(const Tensor& x, const Axes& axes) {
  return apply(LogSoftmax{{}, axes.mask(x.rank(), LogSoftmax::name)}, x);
}

Tensor logsumexp(const Tensor& x, const Axes& axes, bool keepdims) {
  return apply(LogSumExp{{}, axes.mask(x.rank(), LogSumExp::name), keepdims}, x);
}

}  // namespace gradus
