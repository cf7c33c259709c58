// Losses as models use them: those of autograd/tensor/losses.h, each drawn in a box of its own.  What they throw is said
// there.
#pragma once
#include <cstdint>
#include <span>

#include "../autograd/tensor/ops/losses.h"
#include "../autograd/tensor/tensor.h"

namespace gradus::nn {

/// mean (prediction − target)².  Throws ShapeError unless both have the same shape: [100, 1] and [100] do not.
GRADUS_API Tensor mse_loss(const Tensor& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

/// mean |prediction − target|.
GRADUS_API Tensor mae_loss(const Tensor& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

/// Squared for errors up to delta, linear beyond: outliers pull no harder than delta.
GRADUS_API Tensor huber_loss(const Tensor& prediction, const Tensor& target, double delta = 1.0,
                             Reduction reduction = Reduction::mean);

/// huber_loss divided by its delta, here beta: its slope is 1 far out.
GRADUS_API Tensor smooth_l1_loss(const Tensor& prediction, const Tensor& target, double beta = 1.0,
                                 Reduction reduction = Reduction::mean);

/// mean max(0, margin − prediction·target) for targets −1 and 1.
GRADUS_API Tensor hinge_loss(const Tensor& prediction, const Tensor& target, double margin = 1.0,
                             Reduction reduction = Reduction::mean);

/// mean (1 − cosine_similarity(a, b)) along an axis: 0 where both point the same way.
GRADUS_API Tensor cosine_loss(const Tensor& a, const Tensor& b, Axis axis = 1, double eps = 1e-8,
                              Reduction reduction = Reduction::mean);

/// Binary cross-entropy of probabilities.  For a model that ends without a sigmoid take bce_with_logits_loss: it does not
/// saturate.
GRADUS_API Tensor bce_loss(const Tensor& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

/// Binary cross-entropy of σ(logits), exact however large the logits.
GRADUS_API Tensor bce_with_logits_loss(const Tensor& logits, const Tensor& target,
                                       Reduction reduction = Reduction::mean);

/// The same with the examples of target 1 weighed by `positive_weight`, which broadcasts to the logits.
GRADUS_API Tensor bce_with_logits_loss(const Tensor& logits, const Tensor& target, const Tensor& positive_weight,
                                       Reduction reduction = Reduction::mean);

/// The Kullback–Leibler divergence of a target from a prediction given as logarithms.
GRADUS_API Tensor kl_div_loss(const Tensor& log_prediction, const Tensor& target, bool log_target = false,
                              Reduction reduction = Reduction::mean);

/// mean over the rows of −log softmax(logits)[row, label], computed without overflow, for logits of shape
/// [batch, classes].  Throws ShapeError when the number of labels is not the batch, ValueError for a label that is no
/// class.
GRADUS_API Tensor cross_entropy(const Tensor& logits, std::span<const std::int64_t> labels,
                                const ClassOptions& options = {});
/// The same for logits [classes], [batch, classes] or [batch, classes, d…] and labels of that shape without the classes.
GRADUS_API Tensor cross_entropy(const Tensor& logits, const Indices& labels, const ClassOptions& options = {});
/// The same for targets that are probabilities of the logits' shape.
GRADUS_API Tensor cross_entropy(const Tensor& logits, const Tensor& target, const ClassOptions& options = {});

/// mean −log_probabilities[label]: cross_entropy for a model that ends with log_softmax.
GRADUS_API Tensor nll_loss(const Tensor& log_probabilities, const Indices& labels, const ClassOptions& options = {});

}  // namespace gradus::nn
