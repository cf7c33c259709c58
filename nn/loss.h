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

// --------------------------------------------------------------------------------------------- distances and rankings

struct TripletOptions {
  double margin = 1.0;
  double p = 2.0;     // of the norm
  double eps = 1e-6;  // added to each difference, so that there is a gradient where two are equal
  bool swap = false;  // the negative is measured from the positive where that is nearer (Balntas et al. 2016)
};
/// mean max(0, ‖anchor − positive‖ − ‖anchor − negative‖ + margin), distances along the last axis.  Throws ShapeError
/// unless all have the same shape.
GRADUS_API Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                      const TripletOptions& options = {}, Reduction reduction = Reduction::mean);

/// mean max(0, −target·(a − b) + margin) for targets 1, where a is to rank above b, and −1.  Throws ShapeError unless all
/// have the same shape.
GRADUS_API Tensor margin_ranking_loss(const Tensor& a, const Tensor& b, const Tensor& target, double margin = 0.0,
                                      Reduction reduction = Reduction::mean);

/// mean ln cosh(prediction − target): half the square of a small error, |e| − ln 2 of a large one.  Throws ShapeError
/// unless both have the same shape.
GRADUS_API Tensor log_cosh_loss(const Tensor& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

// -------------------------------------------------------------------------------------------------------- distributions

/// −ln of the normal density of the target, but for a constant: (ln v + (prediction − target)²/v)/2, v no less than eps
/// (its gradient is that of v all the same).  `full` adds ln(2π)/2.  Throws ShapeError unless prediction and target have
/// the same shape and the variance that shape, or that but for a last axis that is 1 or lacks; ValueError for a variance
/// below 0.
GRADUS_API Tensor gaussian_nll_loss(const Tensor& prediction, const Tensor& target, const Tensor& variance,
                                    bool full = false, double eps = 1e-6, Reduction reduction = Reduction::mean);

struct PoissonOptions {
  bool log_input = true;  // the prediction is the logarithm of the rate, else the rate
  bool full = false;      // adds Stirling's approximation of ln target! where the target is above 1
  double eps = 1e-8;      // added to a rate before its logarithm is taken
};
/// −ln of the Poisson probability of the target, but for ln target!: exp(prediction) − target·prediction.  Throws
/// ShapeError unless both have the same shape.
GRADUS_API Tensor poisson_nll_loss(const Tensor& prediction, const Tensor& target, const PoissonOptions& options = {},
                                   Reduction reduction = Reduction::mean);

/// The binary cross-entropy of σ(logits), weighed by the probability that was missed to the power gamma, and by alpha
/// where the target is 1, 1 − alpha where it is 0 (alpha below 0: not at all).  Lin et al. 2017; torchvision's
/// sigmoid_focal_loss, but for the reduction.  Throws ShapeError unless both have the same shape.
GRADUS_API Tensor sigmoid_focal_loss(const Tensor& logits, const Tensor& target, double alpha = 0.25,
                                     double gamma = 2.0, Reduction reduction = Reduction::mean);

}  // namespace gradus::nn
