// Metrics: numbers by hand, and scikit-learn's at the edges.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

bool is(double got, double expected) { return got == expected || (std::isnan(got) && std::isnan(expected)); }

}  // namespace

TEST_CASE("metrics: classes that are right", "[metrics]") {
  const Indices truth{0, 1, 2, 2, 1, 0}, predicted{0, 2, 2, 2, 1, 1};
  CHECK(nn::accuracy_score(truth, predicted) == 4.0 / 6.0);
  CHECK(nn::confusion_matrix(truth, predicted).to_vector() == std::vector<double>{1, 1, 0, 0, 1, 1, 0, 0, 2});
  CHECK(nn::confusion_matrix({0, 1}, {1, 1}, 3).to_vector() == std::vector<double>{0, 1, 0, 0, 1, 0, 0, 0, 0});
  const Tensor scores{{0.9, 0.1, 0.0}, {0.2, 0.3, 0.5}, {0.3, 0.3, 0.4}, {0.1, 0.8, 0.1}};
  CHECK(nn::predicted_classes(scores) == Indices{0, 2, 2, 1});
  CHECK(nn::predicted_classes(Tensor{-1.0, 0.0, 0.5}) == Indices{0, 0, 1});
  CHECK(nn::predicted_classes(Tensor{{0.4}, {0.6}}, 0.5) == Indices{0, 1});
  CHECK(is(nn::accuracy_score({}, {}), not_a_number));
}

TEST_CASE("metrics: the best k of equal scores", "[metrics]") {
  // scikit-learn: top_k_accuracy_score([0, 1, 2, 2], scores, k=2) is 0.75 for its own example.
  const Tensor scores{{0.5, 0.2, 0.2}, {0.3, 0.4, 0.2}, {0.2, 0.4, 0.3}, {0.7, 0.2, 0.1}};
  CHECK(nn::top_k_accuracy_score({0, 1, 2, 2}, scores) == 0.75);
  CHECK(nn::top_k_accuracy_score({0, 1, 2, 2}, scores, 1) == 0.5);
  CHECK(nn::top_k_accuracy_score({0, 1, 2, 2}, scores, 3) == 1.0);
  const Tensor tied{{0.5, 0.5, 0.5}};
  CHECK(nn::top_k_accuracy_score({2}, tied, 1) == 1.0);
  CHECK(nn::top_k_accuracy_score({0}, tied, 2) == 0.0);
  CHECK_THROWS_MATCHES(nn::top_k_accuracy_score({3}, tied, 2), ValueError,
                       test::Message("[top_k_accuracy_score] the label 3 is none of 3 classes"));
  CHECK_THROWS_MATCHES(nn::top_k_accuracy_score({0}, tied, 0), ValueError,
                       test::Message("[top_k_accuracy_score] k is 0: it must be at least 1"));
}

TEST_CASE("metrics: precision, recall and F1", "[metrics]") {
  const Indices truth{0, 1, 2, 0, 1, 2}, predicted{0, 2, 1, 0, 0, 1};  // scikit-learn's example
  const auto near = [](double x) { return test::WithinRel(x, 1e-15); };
  using nn::Average;
  CHECK_THAT(nn::precision_score(truth, predicted, {.average = Average::macro}), near(2.0 / 9.0));
  CHECK_THAT(nn::precision_score(truth, predicted, {.average = Average::micro}), near(1.0 / 3.0));
  CHECK_THAT(nn::precision_score(truth, predicted, {.average = Average::weighted}), near(2.0 / 9.0));
  CHECK_THAT(nn::recall_score(truth, predicted, {.average = Average::macro}), near(1.0 / 3.0));
  CHECK_THAT(nn::f1_score(truth, predicted, {.average = Average::macro}), near(0.8 / 3.0));
  const std::vector<nn::ClassScores> each = nn::class_scores(truth, predicted);
  REQUIRE(each.size() == 3);
  CHECK(each[0].label == 0);
  CHECK(each[0].precision == 2.0 / 3.0);
  CHECK(each[0].recall == 1.0);
  CHECK_THAT(each[0].f1, near(0.8));
  CHECK(each[2].support == 2);
  const Indices two{0, 1, 1, 0, 1}, guess{0, 1, 0, 0, 0};
  CHECK(nn::precision_score(two, guess) == 1.0);
  CHECK_THAT(nn::recall_score(two, guess), near(1.0 / 3.0));
  CHECK(nn::f1_score(two, guess) == 0.5);
  CHECK(nn::recall_score(two, guess, {.positive = 0}) == 1.0);
}

TEST_CASE("metrics: nothing over nothing", "[metrics]") {
  using nn::Average;
  const Indices truth{0, 1, 2, 0, 1, 2}, zeros{0, 0, 0, 0, 0, 0};  // as scikit-learn's documentation has it
  CHECK_THAT(nn::precision_score(truth, zeros, {.average = Average::macro}), test::WithinRel(1.0 / 9.0, 1e-15));
  CHECK_THAT(nn::precision_score(truth, zeros, {.average = Average::macro, .zero_division = 1.0}),
             test::WithinRel((1.0 / 3.0 + 2.0) / 3.0, 1e-15));
  CHECK_THAT(nn::precision_score(truth, zeros, {.average = Average::macro, .zero_division = not_a_number}),
             test::WithinRel(1.0 / 3.0, 1e-15));
  CHECK(nn::f1_score({0, 0}, {0, 0}) == 0.0);
  CHECK(nn::f1_score({0, 0}, {0, 0}, {.zero_division = 1.0}) == 1.0);
  CHECK(is(nn::recall_score({}, {}), not_a_number));
  CHECK(nn::recall_score({1, 1}, {1, 1}) == 1.0);
  CHECK_THROWS_MATCHES(nn::f1_score(truth, zeros), ValueError,
                       test::Message("[f1_score] there are 3 classes: choose an average other than binary"));
  CHECK_THROWS_MATCHES(nn::f1_score({0, 2}, {0, 2}), ValueError,
                       test::Message("[f1_score] the positive class 1 is none of 0 and 2"));
  CHECK_THROWS_MATCHES(nn::accuracy_score({0, 2}, {0}), ShapeError,
                       test::Message("[accuracy_score] 2 rows are given and 1 predicted"));
  CHECK_THROWS_MATCHES(nn::confusion_matrix({0, -1}, {0, 1}), ValueError,
                       test::Message("[confusion_matrix] the label -1 is none of 2 classes"));
}

TEST_CASE("metrics: the area under the curve", "[metrics]") {
  CHECK(nn::roc_auc_score({0, 0, 1, 1}, Tensor{0.1, 0.4, 0.35, 0.8}) == 0.75);
  CHECK(nn::roc_auc_score({0, 1, 0, 1}, Tensor{0.5, 0.5, 0.5, 0.5}) == 0.5);
  CHECK(nn::roc_auc_score({0, 1, 1}, Tensor{{0.5}, {0.5}, {0.75}}) == 0.75);
  CHECK(nn::roc_auc_score({1, 0}, Tensor{0.1, 0.9}) == 0.0);
  CHECK(is(nn::roc_auc_score({1, 1}, Tensor{0.1, 0.9}), not_a_number));
  const Tensor scores{{0.8, 0.1, 0.1}, {0.2, 0.5, 0.3}, {0.1, 0.2, 0.7}, {0.4, 0.3, 0.3}};
  // One against the others: 1, 0.75 … by counting pairs.
  CHECK_THAT(nn::roc_auc_score({0, 1, 2, 1}, scores), test::WithinRel((1.0 + 1.0 + 1.0) / 3.0, 1e-15));
  CHECK_THAT(nn::roc_auc_score({1, 0, 2, 1}, scores), test::WithinRel((1.0 / 3.0 + 0.25 + 1.0) / 3.0, 1e-15));
  CHECK_THROWS_MATCHES(nn::roc_auc_score({0, 1}, Tensor{0.1, not_a_number}), ValueError,
                       test::Message("[roc_auc_score] a score is NaN: it has no place among the others"));
  CHECK_THROWS_MATCHES(nn::roc_auc_score({0, 2}, Tensor{0.1, 0.2}), ValueError,
                       test::Message("[roc_auc_score] the label 2 is none of 2 classes"));
  CHECK_THROWS_MATCHES(nn::roc_auc_score({0}, Tensor(0.1)), ShapeError,
                       test::Message("[roc_auc_score] scores are [rows] or [rows, classes], not []"));
}

TEST_CASE("metrics: numbers that are near", "[metrics]") {
  const Tensor truth{3.0, -0.5, 2.0, 7.0}, predicted{2.5, 0.0, 2.0, 8.0};  // scikit-learn's example
  CHECK(nn::mean_absolute_error(truth, predicted) == 0.5);
  CHECK(nn::mean_squared_error(truth, predicted) == 0.375);
  CHECK(nn::root_mean_squared_error(truth, predicted) == std::sqrt(0.375));
  CHECK_THAT(nn::r2_score(truth, predicted), test::WithinRel(0.9486081370449679, 1e-15));
  const Tensor columns{{0.5, 1.0}, {-1.0, 1.0}, {7.0, -6.0}}, guesses{{0.0, 2.0}, {-1.0, 2.0}, {8.0, -5.0}};
  CHECK_THAT(nn::r2_score(columns, guesses), test::WithinRel((0.965438 + 0.908163) / 2.0, 1e-5));
  const Tensor level{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
  CHECK(nn::r2_score(level, level) == 1.0);
  CHECK(nn::r2_score(level, Tensor{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2}) == 0.0);
  CHECK(is(nn::r2_score(Tensor{1.0}, Tensor{1.0}), not_a_number));
  CHECK_THROWS_MATCHES(
      nn::mean_absolute_error(truth, Tensor{{3.0, -0.5, 2.0, 7.0}}), ShapeError,
      test::Message("[mean_absolute_error] [4] is true, [1, 4] predicted: the shapes must be the same"));
  CHECK_THAT(nn::perplexity({0, 3}, Tensor{{0.0, 0.0, 0.0, 0.0}, {1.0, 1.0, 1.0, 1.0}}), test::WithinRel(4.0, 1e-15));
}
