// Initialisers: their distributions, and the same bits for the same key.
#include <cmath>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/parallel.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;
namespace init = gradus::nn::init;

namespace {

struct Moments {
  double mean = 0.0;
  double variance = 0.0;
  double largest = 0.0;
};

Moments moments(const Array& a) {
  const std::vector<double> x = a.to_vector();
  Moments m;
  for (const double v : x) m.mean += v / static_cast<double>(x.size());
  for (const double v : x) m.variance += (v - m.mean) * (v - m.mean) / static_cast<double>(x.size());
  for (const double v : x) m.largest = std::max(m.largest, std::abs(v));
  return m;
}

// Rows at right angles, of length `gain`.
double worst_angle(const Array& a, std::int64_t rows, double gain) {
  const std::vector<double> x = a.to_vector();
  const std::size_t n = x.size() / static_cast<std::size_t>(rows);
  double worst = 0.0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double dot = 0.0;
      for (std::size_t k = 0; k < n; ++k) dot += x[i * n + k] * x[j * n + k];
      worst = std::max(worst, std::abs(dot - (i == j ? gain * gain : 0.0)));
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("initialisers: variances by fan in and fan out", "[init]") {
  const Shape shape{200, 100}, convolution{50, 25, 2, 4};
  const Key key{7};
  struct Case {
    Array array;
    double variance;
    bool even;
  };
  const std::vector<Case> cases{
      {init::uniform(shape, key, -1.0, 1.0), 1.0 / 3.0, true},
      {init::normal(shape, key, 0.0, 2.0), 4.0, false},
      {init::glorot_uniform(shape, key), 2.0 / 300.0, true},
      {init::glorot_normal(shape, key, 3.0), 9.0 * 2.0 / 300.0, false},
      {init::he_uniform(shape, key), 2.0 / 100.0, true},
      {init::he_normal(shape, key), 2.0 / 100.0, false},
      {init::lecun_uniform(shape, key), 1.0 / 100.0, true},
      {init::lecun_normal(shape, key), 1.0 / 100.0, false},
      {init::he_normal(convolution, key), 2.0 / 200.0, false},
      {init::glorot_uniform(convolution, key), 2.0 / 600.0, true},
  };
  for (const Case& c : cases) {
    INFO("variance " << c.variance);
    const Moments m = moments(c.array);
    const double deviation = std::sqrt(c.variance);
    // Five standard errors of the mean and of the variance.
    const double count = static_cast<double>(c.array.size());
    CHECK(std::abs(m.mean) < 5.0 * deviation / std::sqrt(count));
    CHECK(std::abs(m.variance / c.variance - 1.0) < 5.0 * std::sqrt(2.0 / count));
    CHECK((m.largest <= std::sqrt(3.0) * deviation) == c.even);
  }
  CHECK(init::constant({2}, 0.25).to_vector() == std::vector<double>{0.25, 0.25});
  CHECK(init::he_normal({3, 2}, key, DType::float32).dtype() == DType::float32);
}

TEST_CASE("initialisers: truncated normal", "[init]") {
  const Array a = init::truncated_normal({200, 100}, Key{3});
  const Moments m = moments(a);
  CHECK(m.largest <= 2.0);
  CHECK(m.largest > 1.99);
  // Var = 1 − 2·2 φ(2)/(Φ(2) − Φ(−2)) = 0.7737
  CHECK_THAT(m.variance, test::WithinAbs(0.77374, 0.03));
  CHECK(std::abs(m.mean) < 0.035);
  for (const double x : init::truncated_normal({500}, Key{3}, 0.0, 1.0, 2.5, 3.0).to_vector()) {
    CHECK((x >= 2.5 && x <= 3.0));
  }
  CHECK_THROWS_MATCHES(
      init::truncated_normal({2}, Key{3}, 0.0, 1.0, 8.0, 9.0), ValueError,
      test::Message("[truncated_normal] the part 6.7e-16 of the numbers lies between 8 and 9: it must be "
                    "one in a thousand at least"));
  CHECK_THROWS_MATCHES(
      init::truncated_normal({2}, Key{3}, 0.0, 0.0), ValueError,
      test::Message("[truncated_normal] mean 0, deviation 0, between -2 and 2: they must be finite, the "
                    "deviation above 0, and the bounds ascend"));
}

TEST_CASE("initialisers: orthogonal, identity, sparse", "[init]") {
  CHECK(worst_angle(init::orthogonal({20, 50}, Key{1}, 2.0), 20, 2.0) < 1e-14);
  CHECK(worst_angle(init::orthogonal({64, 64}, Key{1}), 64, 1.0) < 1e-14);
  CHECK(worst_angle(init::orthogonal({50, 20}, Key{1}).permute(std::array{1, 0}).packed(), 20, 1.0) < 1e-14);
  CHECK(worst_angle(init::orthogonal({8, 3, 5}, Key{1}), 8, 1.0) < 1e-14);
  CHECK(init::orthogonal({8, 3, 5}, Key{1}).shape() == Shape{8, 3, 5});
  CHECK(init::identity({2, 3}, 2.0).to_vector() == std::vector<double>{2, 0, 0, 0, 2, 0});
  const std::vector<double> x = init::sparse({10, 40}, 0.25, Key{4}, 3.0).to_vector();
  for (std::size_t j = 0; j < 40; ++j) {
    int none = 0;
    for (std::size_t i = 0; i < 10; ++i) none += x[i * 40 + j] == 0.0 ? 1 : 0;
    CHECK(none == 3);
  }
  CHECK_THROWS_MATCHES(init::sparse({3, 3}, 1.5, Key{1}), ValueError,
                       test::Message("[sparse] the part that is 0 is 1.5: it must be from 0 to 1"));
  CHECK_THROWS_MATCHES(init::identity({3}), ShapeError, test::Message("[identity] a matrix has two axes, not [3]"));
  CHECK_THROWS_MATCHES(init::he_normal({3}, Key{1}), ShapeError,
                       test::Message("[he_normal] a weight has two axes at least, not [3]"));
}

TEST_CASE("initialisers: the same key, the same bits", "[init]") {
  const int before = num_threads();
  std::vector<std::vector<double>> all;
  for (const int threads : {1, 2, 8}) {
    set_num_threads(threads);
    std::vector<double> numbers = init::truncated_normal({400, 300}, Key{11}).to_vector();
    for (const Array& a : {init::orthogonal({40, 30}, Key{11}), init::sparse({30, 40}, 0.5, Key{11})}) {
      for (const double x : a.to_vector()) numbers.push_back(x);
    }
    all.push_back(numbers);
  }
  set_num_threads(before);
  CHECK(all[0] == all[1]);
  CHECK(all[0] == all[2]);
  CHECK(init::orthogonal({4, 4}, Key{1}).to_vector() != init::orthogonal({4, 4}, Key{2}).to_vector());
  // Bits that must never change: models made from a key are made again from it.
  CHECK(init::truncated_normal({1}, Key{5}).item() == normal_array({1}, 0.0, 1.0, Key{5}.part(0)).item());
}
