// Losses, against quad precision and published numbers.
#include "nn/loss.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/quad.h"
#include "tests/reference/same.h"
#include "tests/reference/tolerance.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// −log softmax(row)[label] and its gradient, in quad precision, shifted so that nothing overflows.
struct ExactRow {
  Quad loss;
  std::vector<Quad> gradient;

  ExactRow(const std::vector<double>& row, std::size_t label) {
    const Quad shift(*std::max_element(row.begin(), row.end()));
    Quad total(0.0);
    for (const double x : row) total = total + exp(Quad(x) - shift);
    loss = log(total) - (Quad(row[label]) - shift);
    for (std::size_t k = 0; k < row.size(); ++k) {
      gradient.push_back(exp(Quad(row[k]) - shift) / total - (k == label ? 1.0 : 0.0));
    }
  }
};

struct Errors {
  double loss;      // in ulps of the loss
  double gradient;  // the worst: in ulps of softmax, or at the label of 1, from which softmax is subtracted
};

Errors errors_of(const std::vector<double>& row, std::int64_t label) {
  const Tensor x = variable(Array({1, static_cast<std::int64_t>(row.size())}, row));
  const Tensor loss = nn::cross_entropy(x, std::array{label});
  const ExactRow exact(row, static_cast<std::size_t>(label));
  Errors errors{ulp_error(loss.item(), exact.loss), 0.0};
  const std::vector<double> g = grad(loss, {x})[0].to_vector();
  for (std::size_t k = 0; k < row.size(); ++k) {
    const bool at_label = k == static_cast<std::size_t>(label);
    const double unit = at_label ? 0x1p-53 : ulp_at(static_cast<double>(exact.gradient[k]));
    errors.gradient = std::max(errors.gradient, static_cast<double>(abs(Quad(g[k]) - exact.gradient[k]) / unit));
  }
  return errors;
}

void check_rows(const std::vector<std::vector<double>>& rows) {
  for (const auto& row : rows) {
    for (std::int64_t label = 0; label < static_cast<std::int64_t>(row.size()); ++label) {
      INFO(fmt::format("logits ({}), label {}", fmt::join(row, ", "), label));
      const Errors errors = errors_of(row, label);
      CHECK(errors.loss <= 4.0);
      CHECK(errors.gradient <= 4.0);
    }
  }
}

}  // namespace

TEST_CASE("mse: the mean of the squared differences", "[loss]") {
  const Tensor p = variable(Array({2, 2}, {1, 2, 3, 4}));
  const Tensor t(Array({2, 2}, {1, 0, 0, 8}));
  const Tensor loss = nn::mse_loss(p, t);
  CHECK(loss.item() == (0 + 4 + 9 + 16) / 4.0);
  CHECK(grad(loss, {p})[0].to_vector() == std::vector<double>{0, 1, 1.5, -2});
}

TEST_CASE("mse: shapes that only broadcast are refused", "[loss]") {
  const Json& c = torture_cases().at("mse-shape-mismatch");
  REQUIRE(c.at("error_kind") == "ShapeError");
  const Tensor x(array_of(c.at("inputs").at("x")));
  const Tensor y(array_of(c.at("inputs").at("y")));
  CHECK_THROWS_MATCHES(nn::mse_loss(x, y), ShapeError,
                       test::Message("[mse] shapes differ: prediction [3], target [3, 1]"));
  CHECK_THROWS_AS(nn::mse_loss(Tensor(Array::zeros({100, 1})), Tensor(Array::zeros({100}))), ShapeError);
}

TEST_CASE("cross-entropy: right to a few ulps", "[loss]") {
  check_rows({{0.1, -0.7, 1.3}, {2, 2, 2}, {-1, 0, 0.5, 3}});
}

TEST_CASE("cross-entropy: huge logits neither overflow nor lose digits", "[loss]") {
  check_rows({{1e4, -1e4, 0}, {1e300, -1e300, 1e299}, {1e308, 1e308, -1e308}});
}

TEST_CASE("cross-entropy: logits that share a large part count by their differences", "[loss]") {
  check_rows({{-1000, -1001, -1002}, {500, 500.25, 499}});
}

TEST_CASE("cross-entropy: the small loss of a confident prediction keeps its digits", "[loss]") {
  check_rows({{10, 0, -100}, {30, -30, 0.5}, {-20, 20}});
}

TEST_CASE("cross-entropy: a published case", "[loss]") {
  const Json& c = torture_cases().at("ce-forge");
  const Tolerance tolerance(c.at("tolerance").get<std::string>());
  const Tensor x = variable(array_of(c.at("inputs").at("x")).reshape({1, 3}));
  const Tensor loss = nn::cross_entropy(x, std::array{std::int64_t{2}});
  CHECK(tolerance.of_value(loss.to_vector(), numbers_of(c.at("expected").at("value").at("data"))) == "");
  CHECK(tolerance.of_gradient(grad(loss, {x})[0].to_vector(),
                              numbers_of(c.at("expected").at("grads").at("x").at("data"))) == "");
}

TEST_CASE("cross-entropy: a class that is ruled out changes nothing", "[loss]") {
  const Tensor x = variable(Array({1, 3}, {1, -inf, 2}));
  const Tensor loss = nn::cross_entropy(x, std::array{std::int64_t{0}});
  CHECK(loss.item() == test::Approx(std::log1p(std::exp(1.0))).epsilon(1e-15));
  CHECK(grad(loss, {x})[0].to_vector()[1] == 0.0);
}

TEST_CASE("cross-entropy: the mean over the rows", "[loss]") {
  const std::vector<double> rows{0.5, -1, 2, 0, 3, -2};
  const Tensor x = variable(Array({2, 3}, rows));
  const Tensor loss = nn::cross_entropy(x, std::array<std::int64_t, 2>{2, 0});
  const ExactRow first({0.5, -1, 2}, 2);
  const ExactRow second({0, 3, -2}, 0);
  CHECK(ulp_error(loss.item(), (first.loss + second.loss) / 2.0) <= 4.0);
  const std::vector<double> g = grad(loss, {x})[0].to_vector();
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(static_cast<double>(abs(Quad(g[k]) - first.gradient[k] / 2.0)) <= 0x1p-52);
    CHECK(static_cast<double>(abs(Quad(g[3 + k]) - second.gradient[k] / 2.0)) <= 0x1p-52);
  }
}

TEST_CASE("cross-entropy: labels that do not fit are refused", "[loss]") {
  const Tensor x(Array::zeros({2, 3}));
  CHECK_THROWS_MATCHES(
      nn::cross_entropy(x, std::array<std::int64_t, 1>{0}), ShapeError,
      test::Message("[cross_entropy] logits of shape [batch, classes] and a label for each row are needed: "
                    "[2, 3] with 1 labels"));
  CHECK_THROWS_MATCHES(nn::cross_entropy(x, std::array<std::int64_t, 2>{0, 3}), ValueError,
                       test::Message("[cross_entropy] label 3 of row 1 is none of the 3 classes"));
  CHECK_THROWS_AS(nn::cross_entropy(x, std::array<std::int64_t, 2>{-1, 0}), ValueError);
  CHECK_THROWS_AS(nn::cross_entropy(Tensor(Array::zeros({3})), std::array<std::int64_t, 3>{0, 0, 0}), ShapeError);
}

TEST_CASE("cross-entropy: float32 stays float32", "[loss]") {
  const Tensor x = variable(Array({1, 2}, {1, 2}).to(DType::float32));
  const Tensor loss = nn::cross_entropy(x, std::array{std::int64_t{0}});
  CHECK(loss.dtype() == DType::float32);
  CHECK(grad(loss, {x})[0].dtype() == DType::float32);
}
