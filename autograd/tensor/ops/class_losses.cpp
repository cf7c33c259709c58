// Losses on classes: cross-entropy and negative log-likelihood.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/loss_shapes.h"
#include "autograd/tensor/ops/losses.h"
#include "autograd/tensor/ops/softmax.h"

namespace gradus {

namespace {

// Where the classes lie in scores of a shape.
int class_axis(const Shape& scores, std::string_view op) {
  if (scores.rank() == 0)
    throw ShapeError(fmt::format("[{}] scores need an axis of classes: {}", op, to_string(scores)));
  return scores.rank() == 1 ? 0 : 1;
}

Shape without(const Shape& shape, int axis) { return reduced(shape, 1U << axis, false); }

// Scores as a matrix [rows, classes].
Tensor as_rows(const Tensor& scores, int axis) {
  const Shape shape = scores.shape();
  std::vector<int> order;
  for (int k = 0; k < shape.rank(); ++k) {
    if (k != axis) order.push_back(k);
  }
  order.push_back(axis);
  const Tensor last = axis == shape.rank() - 1 ? scores : permute(scores, order);
  return reshape(last, {without(shape, axis).size(), shape[axis]});
}

// The weights of the classes in the dtype of the scores; all 1 when none are given.
Array weights_of(const ClassOptions& options, std::int64_t classes, DType dtype, std::string_view op) {
  if (!options.class_weights.defined()) return Array::full({classes}, 1.0, dtype);
  if (options.class_weights.shape() != Shape{classes}) {
    throw ShapeError(fmt::format("[{}] class_weights {} do not fit {} classes", op,
                                 to_string(options.class_weights.shape()), classes));
  }
  return options.class_weights.to(dtype);
}

// The labels with the ignored ones made negative.
Indices checked_labels(const Indices& labels, const Shape& scores, int axis, std::int64_t ignored,
                       std::string_view op) {
  const Shape expected = without(scores, axis);
  if (labels.shape() != expected) {
    throw ShapeError(fmt::format("[{}] labels {} do not fit scores {}: {} is needed", op, to_string(labels.shape()),
                                 to_string(scores), to_string(expected)));
  }
  std::vector<std::int64_t> out(labels.values().begin(), labels.values().end());
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == ignored) {
      out[i] = -1;
    } else if (out[i] < 0 || out[i] >= scores[axis]) {
      throw ValueError(fmt::format("[{}] label {} of row {} is none of the {} classes", op, out[i], i, scores[axis]));
    }
  }
  return Indices(Shape{labels.size()}, std::move(out));
}

// The weight of each row: that of its label, 0 without one.
std::vector<double> row_weights(const Indices& labels, const std::vector<double>& class_weights) {
  std::vector<double> out(labels.values().size());
  std::ranges::transform(labels.values(), out.begin(), [&](std::int64_t label) {
    return label < 0 ? 0.0 : class_weights[static_cast<std::size_t>(label)];
  });
  return out;
}

// The losses of rows that carry a label, weighed already unless `weigh`: as the options want them.
Tensor finish_rows(const Tensor& losses, const Indices& labels, const Shape& shape, const ClassOptions& options,
                   const Array& class_weights, bool weigh) {
  const bool plain = !options.class_weights.defined() && std::ranges::count(labels.values(), -1) == 0;
  if (plain) return reduce(reshape(losses, shape), options.reduction);
  const std::vector<double> numbers = row_weights(labels, class_weights.to_vector());
  const Array weights = Array(Shape{labels.size()}, numbers).to(losses.dtype());
  const Tensor weighed = weigh ? chain_product(Tensor(weights), losses) : losses;
  if (options.reduction == Reduction::mean) {
    const Tensor total(sum_axes(weights, 1U, false));
    const bool nothing_counts = std::ranges::count(numbers, 0.0) == std::ssize(numbers);
    // A quotient 0/0 has the value of K17, but not its gradient.
    if (nothing_counts) return chain_product(total, sum(weighed)) + std::numeric_limits<double>::quiet_NaN();
    return sum(weighed) / total;
  }
  return reduce(reshape(weighed, shape), options.reduction);
}

// −Σ target · log softmax(logits) for each row, where a class that has no part in the target counts for nothing.
Tensor against_targets(const Tensor& logits, const Tensor& target) {
  return -sum(chain_product(target, log_softmax(logits, 1)), 1);
}

void check_smoothing(double smoothing) {
  if (smoothing >= 0.0 && smoothing <= 1.0) return;
  throw ValueError(fmt::format("[cross_entropy] label_smoothing must lie in [0, 1]: {}", smoothing));
}

// The targets that labels stand for, smoothed and weighed; zeros for a row without a label.
Array smoothed_targets(const Indices& labels, const std::vector<double>& class_weights, double smoothing) {
  const std::size_t classes = class_weights.size();
  std::vector<double> out(labels.values().size() * classes, 0.0);
  for (std::size_t i = 0; i < labels.values().size(); ++i) {
    const std::int64_t label = labels.values()[i];
    if (label < 0) continue;
    for (std::size_t c = 0; c < classes; ++c) {
      const double sure = c == static_cast<std::size_t>(label) ? 1.0 - smoothing : 0.0;
      out[i * classes + c] = class_weights[c] * (sure + smoothing / static_cast<double>(classes));
    }
  }
  return Array({labels.size(), static_cast<std::int64_t>(classes)}, out);
}

}  // namespace

Tensor detail::cross_entropy(const Tensor& logits, const Indices& labels, const ClassOptions& options) {
  const Shape shape = logits.shape();
  const int axis = class_axis(shape, CrossEntropy::name);
  const Indices rows = checked_labels(labels, shape, axis, options.ignore_index, CrossEntropy::name);
  const Array weights = weights_of(options, shape[axis], logits.dtype(), CrossEntropy::name);
  check_smoothing(options.label_smoothing);
  const Tensor matrix = as_rows(logits, axis);
  if (options.label_smoothing == 0.0) {
    return finish_rows(apply(CrossEntropy{{}, rows}, matrix), rows, labels.shape(), options, weights, true);
  }
  const Array target = smoothed_targets(rows, weights.to_vector(), options.label_smoothing).to(logits.dtype());
  return finish_rows(against_targets(matrix, Tensor(target)), rows, labels.shape(), options, weights, false);
}

Tensor detail::cross_entropy(const Tensor& logits, std::span<const std::int64_t> labels, const ClassOptions& options) {
  const Shape shape = logits.shape();
  if (shape.rank() != 2 || shape[0] != static_cast<std::int64_t>(labels.size())) {
    throw ShapeError(
        fmt::format("[cross_entropy] logits of shape [batch, classes] and a label for each row are needed: "
                    "{} with {} labels",
                    to_string(shape), labels.size()));
  }
  return cross_entropy(logits, Indices(labels), options);
}

Tensor detail::cross_entropy(const Tensor& logits, const Tensor& target, const ClassOptions& options) {
  detail::require_same_shape(CrossEntropy::name, "logits", logits, "target", target);
  const Shape shape = logits.shape();
  const int axis = class_axis(shape, CrossEntropy::name);
  const Array weights = weights_of(options, shape[axis], logits.dtype(), CrossEntropy::name);
  check_smoothing(options.label_smoothing);
  Tensor rows = as_rows(target, axis);
  if (options.label_smoothing != 0.0) {
    rows = rows * (1.0 - options.label_smoothing) + options.label_smoothing / static_cast<double>(shape[axis]);
  }
  if (options.class_weights.defined()) rows = rows * Tensor(weights);
  const Tensor losses = against_targets(as_rows(logits, axis), rows);
  return reduce(reshape(losses, without(shape, axis)), options.reduction);
}

Tensor nll(const Tensor& log_probabilities, const Indices& labels, const ClassOptions& options) {
  const Shape shape = log_probabilities.shape();
  const int axis = class_axis(shape, "nll");
  const Indices rows = checked_labels(labels, shape, axis, options.ignore_index, "nll");
  const Array weights = weights_of(options, shape[axis], log_probabilities.dtype(), "nll");
  if (options.label_smoothing != 0.0) throw ValueError("[nll] label_smoothing belongs to cross_entropy");
  // An ignored row looks up any class, and its weight of 0 makes nothing of it.
  std::vector<std::int64_t> places(rows.values().begin(), rows.values().end());
  std::ranges::replace(places, -1, 0);
  const Tensor picked = gather(as_rows(log_probabilities, axis), 1, Indices({rows.size(), 1}, std::move(places)));
  const Tensor losses = -reshape(picked, {rows.size()});
  return finish_rows(losses, rows, labels.shape(), options, weights, true);
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<CrossEntropy>();

}  // namespace gradus
