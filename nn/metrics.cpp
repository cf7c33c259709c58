#include "nn/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/losses.h"
#include "autograd/tensor/ops/masks.h"
#include "autograd/tensor/ops/reductions.h"

namespace gradus::nn {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

void require_rows(std::string_view metric, std::int64_t truth, std::int64_t predicted) {
  if (truth == predicted) return;
  throw ShapeError(fmt::format("[{}] {} rows are given and {} predicted", metric, truth, predicted));
}

// Scores of classes, a row each.
struct ScoreRows {
  std::vector<double> numbers;
  std::int64_t rows;
  std::int64_t classes;
  [[nodiscard]] std::span<const double> row(std::int64_t i) const {
    return std::span(numbers).subspan(static_cast<std::size_t>(i * classes), static_cast<std::size_t>(classes));
  }
};

ScoreRows score_rows(std::string_view metric, const Tensor& scores) {
  if (scores.rank() != 1 && scores.rank() != 2) {
    throw ShapeError(
        fmt::format("[{}] scores are [rows] or [rows, classes], not {}", metric, to_string(scores.shape())));
  }
  return {scores.to_vector(), scores.size(0), scores.rank() == 1 ? 1 : scores.size(1)};
}

void require_class(std::string_view metric, std::int64_t label, std::int64_t classes) {
  if (label >= 0 && label < classes) return;
  throw ValueError(fmt::format("[{}] the label {} is none of {} classes", metric, label, classes));
}

// What was counted of one class.
struct Counts {
  std::int64_t right = 0;      // true positives
  std::int64_t predicted = 0;  // with the false positives
  std::int64_t truly = 0;      // with the false negatives
};

std::map<std::int64_t, Counts> counts_of(std::string_view metric, const Indices& truth, const Indices& predicted) {
  require_rows(metric, truth.size(), predicted.size());
  std::map<std::int64_t, Counts> counts;
  for (std::int64_t i = 0; i < truth.size(); ++i) {
    ++counts[truth[i]].truly;
    ++counts[predicted[i]].predicted;
    if (truth[i] == predicted[i]) ++counts[truth[i]].right;
  }
  return counts;
}

double ratio(std::int64_t part, std::int64_t whole, double zero_division) {
  return whole == 0 ? zero_division : static_cast<double>(part) / static_cast<double>(whole);
}

// TP/(TP + FP)
double precision_of(const Counts& c, double zero_division) { return ratio(c.right, c.predicted, zero_division); }
// TP/(TP + FN)
double recall_of(const Counts& c, double zero_division) { return ratio(c.right, c.truly, zero_division); }
// 2 TP/(2 TP + FP + FN)
double f1_of(const Counts& c, double zero_division) { return ratio(2 * c.right, c.predicted + c.truly, zero_division); }

using ScoreOf = double (*)(const Counts&, double);

double mean_score(const std::map<std::int64_t, Counts>& counts, ScoreOf score, const ScoreOptions& options) {
  double sum = 0.0;
  double weights = 0.0;
  for (const auto& [label, c] : counts) {
    const double value = score(c, options.zero_division);
    const double weight = options.average == Average::macro ? 1.0 : static_cast<double>(c.truly);
    if (std::isnan(value) || weight == 0.0) continue;
    sum += weight * value;
    weights += weight;
  }
  return weights == 0.0 ? not_a_number : sum / weights;
}

double averaged(std::string_view metric, const Indices& truth, const Indices& predicted, ScoreOf score,
                const ScoreOptions& options) {
  const std::map<std::int64_t, Counts> counts = counts_of(metric, truth, predicted);
  if (counts.empty()) return not_a_number;
  if (options.average == Average::micro) {
    Counts all;
    for (const auto& [label, c] : counts) {
      all = {all.right + c.right, all.predicted + c.predicted, all.truly + c.truly};
    }
    return score(all, options.zero_division);
  }
  if (options.average != Average::binary) return mean_score(counts, score, options);
  if (counts.size() > 2) {
    throw ValueError(
        fmt::format("[{}] there are {} classes: choose an average other than binary", metric, counts.size()));
  }
  const auto positive = counts.find(options.positive);
  if (positive == counts.end() && counts.size() == 2) {
    throw ValueError(fmt::format("[{}] the positive class {} is none of {} and {}", metric, options.positive,
                                 counts.begin()->first, counts.rbegin()->first));
  }
  return score(positive == counts.end() ? Counts{} : positive->second, options.zero_division);
}

// The area under the curve of one class against the others: ranks of its scores, equal ones sharing theirs (Mann and
// Whitney 1947).
double area(const std::vector<std::pair<double, bool>>& sorted) {
  double ranks = 0.0;
  double positives = 0.0;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i;
    double here = 0.0;
    for (; end < sorted.size() && sorted[end].first == sorted[i].first; ++end) here += sorted[end].second ? 1.0 : 0.0;
    ranks += here * 0.5 * static_cast<double>(i + 1 + end);
    positives += here;
    i = end;
  }
  const double negatives = static_cast<double>(sorted.size()) - positives;
  return (ranks - 0.5 * positives * (positives + 1.0)) / (positives * negatives);
}

double area_of_class(const Indices& truth, const ScoreRows& scores, std::int64_t label, std::int64_t column) {
  std::vector<std::pair<double, bool>> sorted;
  for (std::int64_t i = 0; i < scores.rows; ++i) {
    sorted.emplace_back(scores.row(i)[static_cast<std::size_t>(column)], truth[i] == label);
  }
  std::ranges::sort(sorted);
  return area(sorted);
}

// The numbers of both, of one shape.
struct Pairs {
  std::vector<double> truth;
  std::vector<double> predicted;

  Pairs(std::string_view metric, const Tensor& t, const Tensor& p) : truth(t.to_vector()), predicted(p.to_vector()) {
    if (t.shape() == p.shape()) return;
    throw ShapeError(fmt::format("[{}] {} is true, {} predicted: the shapes must be the same", metric,
                                 to_string(t.shape()), to_string(p.shape())));
  }
  // mean f(truth − predicted)
  template <class F>
  [[nodiscard]] double mean_of(F f) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < truth.size(); ++i) sum += f(truth[i] - predicted[i]);
    return sum / static_cast<double>(truth.size());
  }
};

// R² of one column of several.
double r2_of(const Pairs& pairs, std::size_t column, std::size_t columns) {
  const auto rows = static_cast<double>(pairs.truth.size() / columns);
  double mean = 0.0;
  for (std::size_t i = column; i < pairs.truth.size(); i += columns) mean += pairs.truth[i] / rows;
  double residual = 0.0;
  double total = 0.0;
  bool constant = true;  // the mean of equal numbers need not be one of them
  for (std::size_t i = column; i < pairs.truth.size(); i += columns) {
    residual += (pairs.truth[i] - pairs.predicted[i]) * (pairs.truth[i] - pairs.predicted[i]);
    total += (pairs.truth[i] - mean) * (pairs.truth[i] - mean);
    constant = constant && pairs.truth[i] == pairs.truth[column];
  }
  if (constant) return residual == 0.0 ? 1.0 : (std::isnan(residual) ? not_a_number : 0.0);
  return 1.0 - residual / total;
}

}  // namespace

Indices predicted_classes(const Tensor& scores, double threshold) {
  const ScoreRows rows = score_rows("predicted_classes", scores);
  std::vector<std::int64_t> classes;
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    const std::span<const double> row = rows.row(i);
    classes.push_back(rows.classes == 1 ? row[0] > threshold : std::ranges::max_element(row) - row.begin());
  }
  return Indices(classes);
}

double accuracy_score(const Indices& truth, const Indices& predicted) {
  require_rows("accuracy_score", truth.size(), predicted.size());
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < truth.size(); ++i) right += truth[i] == predicted[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(truth.size());
}

double top_k_accuracy_score(const Indices& truth, const Tensor& scores, std::int64_t k) {
  constexpr std::string_view name = "top_k_accuracy_score";
  const ScoreRows rows = score_rows(name, scores);
  require_rows(name, truth.size(), rows.rows);
  if (k < 1) throw ValueError(fmt::format("[{}] k is {}: it must be at least 1", name, k));
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    require_class(name, truth[i], rows.classes);
    const std::span<const double> row = rows.row(i);
    const double own = row[static_cast<std::size_t>(truth[i])];
    std::int64_t above = 0;
    for (std::int64_t j = 0; j < rows.classes; ++j) {
      const double other = row[static_cast<std::size_t>(j)];
      above += other > own || (other == own && j > truth[i]) ? 1 : 0;
    }
    right += above < k ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(rows.rows);
}

double precision_score(const Indices& truth, const Indices& predicted, const ScoreOptions& options) {
  return averaged("precision_score", truth, predicted, precision_of, options);
}

double recall_score(const Indices& truth, const Indices& predicted, const ScoreOptions& options) {
  return averaged("recall_score", truth, predicted, recall_of, options);
}

double f1_score(const Indices& truth, const Indices& predicted, const ScoreOptions& options) {
  return averaged("f1_score", truth, predicted, f1_of, options);
}

std::vector<ClassScores> class_scores(const Indices& truth, const Indices& predicted, double zero_division) {
  std::vector<ClassScores> scores;
  for (const auto& [label, c] : counts_of("class_scores", truth, predicted)) {
    scores.push_back(
        {label, precision_of(c, zero_division), recall_of(c, zero_division), f1_of(c, zero_division), c.truly});
  }
  return scores;
}

Array confusion_matrix(const Indices& truth, const Indices& predicted, std::int64_t classes) {
  constexpr std::string_view name = "confusion_matrix";
  require_rows(name, truth.size(), predicted.size());
  std::int64_t n = classes;
  for (std::int64_t i = 0; classes == 0 && i < truth.size(); ++i) n = std::max({n, truth[i] + 1, predicted[i] + 1});
  std::vector<double> counts(static_cast<std::size_t>(n * n));
  for (std::int64_t i = 0; i < truth.size(); ++i) {
    require_class(name, truth[i], n);
    require_class(name, predicted[i], n);
    counts[static_cast<std::size_t>(truth[i] * n + predicted[i])] += 1.0;
  }
  return Array({n, n}, std::span<const double>(counts));
}

double roc_auc_score(const Indices& truth, const Tensor& scores) {
  constexpr std::string_view name = "roc_auc_score";
  const ScoreRows rows = score_rows(name, scores);
  require_rows(name, truth.size(), rows.rows);
  const std::int64_t classes = std::max<std::int64_t>(rows.classes, 2);
  for (const std::int64_t label : truth) require_class(name, label, classes);
  if (std::ranges::any_of(rows.numbers, [](double x) { return std::isnan(x); })) {
    throw ValueError(fmt::format("[{}] a score is NaN: it has no place among the others", name));
  }
  if (rows.classes == 1) return area_of_class(truth, rows, 1, 0);
  double sum = 0.0;
  for (std::int64_t label = 0; label < classes; ++label) sum += area_of_class(truth, rows, label, label);
  return sum / static_cast<double>(classes);
}

double mean_absolute_error(const Tensor& truth, const Tensor& predicted) {
  return Pairs("mean_absolute_error", truth, predicted).mean_of([](double e) { return std::abs(e); });
}

double mean_squared_error(const Tensor& truth, const Tensor& predicted) {
  return Pairs("mean_squared_error", truth, predicted).mean_of([](double e) { return e * e; });
}

double root_mean_squared_error(const Tensor& truth, const Tensor& predicted) {
  return std::sqrt(Pairs("root_mean_squared_error", truth, predicted).mean_of([](double e) { return e * e; }));
}

double r2_score(const Tensor& truth, const Tensor& predicted) {
  const Pairs pairs("r2_score", truth, predicted);
  const std::int64_t rows = truth.rank() == 0 ? 1 : truth.size(0);
  if (rows < 2) return not_a_number;
  const std::size_t columns = pairs.truth.size() / static_cast<std::size_t>(rows);
  double sum = 0.0;
  for (std::size_t j = 0; j < columns; ++j) sum += r2_of(pairs, j, columns);
  return sum / static_cast<double>(columns);
}

double perplexity(const Indices& truth, const Tensor& logits) {
  const NoGrad off;
  return std::exp(cross_entropy(logits, truth).item());
}

}  // namespace gradus::nn
