// How good predictions are: scikit-learn's functions by their names, with what they do at the edges.  What is true comes
// first.  They throw ShapeError unless both have the same number of rows, and of nothing they are NaN.
#pragma once
#include <cstdint>
#include <vector>

#include "../autograd/array/indices.h"
#include "../autograd/tensor/tensor.h"

namespace gradus::nn {

/// The classes that scores [rows, classes] rank first; of one score a row, whether it is above `threshold`.
[[nodiscard]] GRADUS_API Indices predicted_classes(const Tensor& scores, double threshold = 0.0);

/// The part of the rows whose class is right.
[[nodiscard]] GRADUS_API double accuracy_score(const Indices& truth, const Indices& predicted);

/// The part of the rows whose class is among the k that scores [rows, classes] rank first; of equal scores the later
/// class ranks first, as in scikit-learn.  Throws ValueError for a label that is no class and for k below 1.
[[nodiscard]] GRADUS_API double top_k_accuracy_score(const Indices& truth, const Tensor& scores, std::int64_t k = 2);

/// How the scores of classes become one.
enum class Average {
  binary,    // of the positive class alone; ValueError where there are more than two
  micro,     // of all classes counted together
  macro,     // the mean over the classes that occur
  weighted,  // the mean, each class as often as it is true
};

struct ScoreOptions {
  Average average = Average::binary;
  std::int64_t positive = 1;
  double zero_division = 0.0;  // what 0/0 is; where it is NaN, means leave it out
};

/// TP/(TP + FP): how much of what was predicted is right.
[[nodiscard]] GRADUS_API double precision_score(const Indices& truth, const Indices& predicted,
                                                const ScoreOptions& options = {});
/// TP/(TP + FN): how much of what is true was predicted.
[[nodiscard]] GRADUS_API double recall_score(const Indices& truth, const Indices& predicted,
                                             const ScoreOptions& options = {});
/// 2 TP/(2 TP + FP + FN): the harmonic mean of both.
[[nodiscard]] GRADUS_API double f1_score(const Indices& truth, const Indices& predicted,
                                         const ScoreOptions& options = {});

/// The scores of one class, and how often it is true.
struct ClassScores {
  std::int64_t label = 0;
  double precision = 0.0;
  double recall = 0.0;
  double f1 = 0.0;
  std::int64_t support = 0;
};
/// Of every class that occurs, in ascending order: what classification_report prints.
[[nodiscard]] GRADUS_API std::vector<ClassScores> class_scores(const Indices& truth, const Indices& predicted,
                                                               double zero_division = 0.0);

/// [classes, classes]: how often class i, the row, was predicted as j.  `classes` 0: up to the largest that occurs.
/// Throws ValueError for a label below 0 or from `classes` on.
[[nodiscard]] GRADUS_API Array confusion_matrix(const Indices& truth, const Indices& predicted,
                                                std::int64_t classes = 0);

/// The probability that a row of class 1 has a larger score than one of class 0, ties counting half: the area under the
/// ROC curve.  Scores [rows] or [rows, 1]; with [rows, classes] the mean over the classes, each against the others.  NaN
/// where a class has no rows or all.  Throws ValueError for a score that is NaN and a label that is no class.
[[nodiscard]] GRADUS_API double roc_auc_score(const Indices& truth, const Tensor& scores);

/// mean |truth − predicted|.  Both of one shape, or ShapeError; so the next three.
[[nodiscard]] GRADUS_API double mean_absolute_error(const Tensor& truth, const Tensor& predicted);
/// mean (truth − predicted)²
[[nodiscard]] GRADUS_API double mean_squared_error(const Tensor& truth, const Tensor& predicted);
/// √ of that.
[[nodiscard]] GRADUS_API double root_mean_squared_error(const Tensor& truth, const Tensor& predicted);
/// 1 − Σ (truth − predicted)²/Σ (truth − mean)²: the part of the variance that is explained.  Where all that is true is
/// equal, 1 if it was predicted exactly and else 0; NaN of fewer than two rows.  Of several columns the mean.
[[nodiscard]] GRADUS_API double r2_score(const Tensor& truth, const Tensor& predicted);

/// exp of the mean cross-entropy: as many equally likely classes would be as hard to guess.  Logits [rows, classes].
[[nodiscard]] GRADUS_API double perplexity(const Indices& truth, const Tensor& logits);

}  // namespace gradus::nn
