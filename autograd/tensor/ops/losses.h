// Losses: how wrong a prediction is.  Prediction and target have the same shape; nothing is broadcast, because
// [100, 1] − [100] would be [100, 100] and train on nonsense.  Every loss is differentiated with respect to the target too.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "../../array/indices.h"
#include "structural.h"

namespace gradus {

/// What becomes of the losses of the elements: themselves, their mean (NaN of nothing, K14), their sum, or their sum
/// divided by the size of axis 0.
enum class Reduction { none, mean, sum, batch_mean };

/// Losses of elements, reduced.
GRADUS_API Tensor reduce(const Tensor& losses, Reduction reduction);

// ------------------------------------------------------------------------------------------------------------ distances

/// (prediction − target)².  Throws ShapeError unless both have the same shape.
GRADUS_API Tensor mse(const Tensor& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

/// |prediction − target|, with gradient 0 where they are equal (K1).  Throws ShapeError unless both have the same shape.
GRADUS_API Tensor mae(const Tensor& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

/// e²/2 for errors |e| ≤ delta, else delta·(|e| − delta/2).  Throws ShapeError unless both have the same shape, ValueError
/// unless delta is a positive number.
GRADUS_API Tensor huber(const Tensor& prediction, const Tensor& target, double delta = 1.0,
                        Reduction reduction = Reduction::mean);

/// e²/(2·beta) for errors |e| < beta, else |e| − beta/2; for beta = 0 it is mae.  Throws ShapeError unless both have the
/// same shape, ValueError when beta is negative or no finite number.
GRADUS_API Tensor smooth_l1(const Tensor& prediction, const Tensor& target, double beta = 1.0,
                            Reduction reduction = Reduction::mean);

/// max(0, margin − prediction·target) for targets −1 and 1.  Throws ShapeError unless both have the same shape.
GRADUS_API Tensor hinge(const Tensor& prediction, const Tensor& target, double margin = 1.0,
                        Reduction reduction = Reduction::mean);

/// a·b / (max(‖a‖, eps) · max(‖b‖, eps)) along an axis, which is reduced away.  Not a loss until it is taken from 1.  Throws
/// ShapeError unless both have the same shape, or for a bad axis.
GRADUS_API Tensor cosine_similarity(const Tensor& a, const Tensor& b, Axis axis = 1, double eps = 1e-8);

// ---------------------------------------------------------------------------------------------------------- probabilities

/// −t·log p − (1 − t)·log(1 − p) for probabilities p, each logarithm no less than −100 (K13): its derivative is 0 from
/// there on.  Prefer bce_with_logits.  Throws ShapeError unless both have the same shape, ValueError for a prediction
/// outside [0, 1].
GRADUS_API Tensor bce(const Tensor& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

/// The same for p = σ(logits), to the last digit however large the logits.  Throws ShapeError unless both have the same
/// shape.
GRADUS_API Tensor bce_with_logits(const Tensor& logits, const Tensor& target, Reduction reduction = Reduction::mean);

/// The same with −t·log p multiplied by `positive_weight`, which broadcasts to the shape of the logits: one number for
/// each class, say.  Throws ShapeError unless it does.
GRADUS_API Tensor bce_with_logits(const Tensor& logits, const Tensor& target, const Tensor& positive_weight,
                                  Reduction reduction = Reduction::mean);

/// How far `target` lies from the prediction, whose logarithm is given: t·(log t − log p), and 0 where t = 0; with
/// `log_target` the target is a logarithm too, and a target of −∞ has the limits: value 0, gradient 0.  The divergence of
/// distributions is Reduction::batch_mean or sum; the default mean divides by every element, as PyTorch does.  Throws ShapeError unless both have the same shape.
GRADUS_API Tensor kl_div(const Tensor& log_prediction, const Tensor& target, bool log_target = false,
                         Reduction reduction = Reduction::mean);

// ---------------------------------------------------------------------------------------------------------------- classes
// Scores have the shape [classes], [batch, classes] or [batch, classes, d…]; labels the same without the classes.
// A row of −∞ alone ranks no class: its loss and its gradient are NaN, unless the row counts for nothing.

/// How classification losses count.  Where every row is ignored or has weight 0, the mean is NaN and its gradient 0, the
/// other reductions are 0 (K17).
struct ClassOptions {
  Reduction reduction = Reduction::mean;  // with weights: the weighted mean over the labels
  Array class_weights = {};               // one for each class; none: all 1
  std::int64_t ignore_index = -100;       // rows with this label count for nothing
  double label_smoothing = 0.0;           // the part of each target spread evenly over the classes (cross_entropy)
};

namespace detail {

GRADUS_API Tensor cross_entropy(const Tensor& logits, const Indices& labels, const ClassOptions& options);
GRADUS_API Tensor cross_entropy(const Tensor& logits, std::span<const std::int64_t> labels,
                                const ClassOptions& options);
GRADUS_API Tensor cross_entropy(const Tensor& logits, const Tensor& target, const ClassOptions& options);

}  // namespace detail

// Templates, so that nn::cross_entropy is meant, and not one as good as the other, where both namespaces are in use.

/// −log softmax(logits)[label].  Throws ShapeError when labels or weights do not fit the logits, ValueError for a label that
/// is no class or a label_smoothing outside [0, 1].
template <detail::Deduced = detail::Deduced()>
Tensor cross_entropy(const Tensor& logits, const Indices& labels, const ClassOptions& options = {}) {
  return detail::cross_entropy(logits, labels, options);
}

/// The same for a batch: logits [batch, classes].
template <detail::Deduced = detail::Deduced()>
Tensor cross_entropy(const Tensor& logits, std::span<const std::int64_t> labels, const ClassOptions& options = {}) {
  return detail::cross_entropy(logits, labels, options);
}

/// −Σ target · log softmax(logits) over the classes, for targets that are probabilities of the logits' shape.  The mean is
/// over the batch, whatever the weights.  Throws ShapeError when target or weights do not fit the logits, ValueError for
/// a label_smoothing outside [0, 1].
template <detail::Deduced = detail::Deduced()>
Tensor cross_entropy(const Tensor& logits, const Tensor& target, const ClassOptions& options = {}) {
  return detail::cross_entropy(logits, target, options);
}

/// −log_probabilities[label].  Throws ShapeError when labels or weights do not fit, ValueError for a label that is no
/// class or when label_smoothing is asked for.
GRADUS_API Tensor nll(const Tensor& log_probabilities, const Indices& labels, const ClassOptions& options = {});

}  // namespace gradus
