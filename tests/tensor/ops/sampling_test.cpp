// Random tensors of more distributions: of the right shape, told apart from others by their own distribution function and
// moments; the same on any number of threads; and what is refused.
#include <autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include "tests/catch.h"

using namespace gradus;

namespace sampling_test {

using Doubles = std::vector<double>;
constexpr Key key{.seed = 5, .stream = 1};
constexpr std::int64_t many = 20'000;
const double NaN = std::nan("");
const double inf = INFINITY;

namespace {

/// The largest distance between the distribution of x and the one with this distribution function, times √n.  A true
/// sample exceeds 1.95 once in a thousand times.
double kolmogorov(const Tensor& sample, const std::function<double(double)>& share_below) {
  Doubles x = sample.to_vector();
  std::sort(x.begin(), x.end());
  const auto n = static_cast<double>(x.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double share = share_below(x[i]);
    const auto rank = static_cast<double>(i);
    largest = std::max({largest, share - rank / n, (rank + 1) / n - share});
  }
  return largest * std::sqrt(n);
}

/// Whether counts follow probabilities: χ² of k − 1 degrees of freedom is within five of its standard deviations.
bool follow(const Doubles& counts, const Doubles& probabilities) {
  const double n = std::accumulate(counts.begin(), counts.end(), 0.0);
  double chi = 0.0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    const double expected = n * probabilities[k];
    chi += (counts[k] - expected) * (counts[k] - expected) / expected;
  }
  const auto freedom = static_cast<double>(counts.size() - 1);
  return chi < freedom + 5 * std::sqrt(2 * freedom);
}

double normal_share(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// The share of a gamma distribution below x, by its series: for moderate x.
double gamma_share(double a, double x) {
  if (x <= 0) return 0.0;
  double term = 1.0 / a;
  double sum = term;
  for (int k = 1; k < 2000; ++k) {
    term *= x / (a + k);
    sum += term;
  }
  return std::min(1.0, sum * std::exp(a * std::log(x) - x - std::lgamma(a)));
}

/// Mean and variance lie within five standard deviations of these; `fourth` is the fourth central moment.
bool moments(const Tensor& x, double mean_due, double variance_due, double fourth) {
  const auto n = static_cast<double>(x.size());
  return std::abs(mean(x).item() - mean_due) < 5 * std::sqrt(variance_due / n) &&
         std::abs(var(x).item() - variance_due) < 5 * std::sqrt((fourth - variance_due * variance_due) / n);
}

}  // namespace

TEST_CASE("waiting times", "[sampling]") {
  const Tensor x = exponential({many}, 2.0, key);
  CHECK(kolmogorov(x, [](double t) { return 1 - std::exp(-t / 2); }) < 1.95);
  CHECK(moments(x, 2, 4, 9 * 16));
  CHECK(exponential({3}, 0.0, key).to_vector() == Doubles{0, 0, 0});
  CHECK(exponential({2, 2}, 1.0, key, DType::float32).dtype() == DType::float32);
  CHECK_THROWS_MATCHES(exponential({3}, -1.0, key), ValueError, test::Message("[exponential] -1 is no scale"));
  CHECK_THROWS_MATCHES(exponential({3}, inf, key), ValueError, test::Message("[exponential] inf is no scale"));
}

TEST_CASE("gamma and beta", "[sampling]") {
  for (const double a : {0.05, 0.5, 1.0, 2.5, 30.0}) {
    INFO(a);
    const Tensor x = gamma({many}, a, 1.0, key.part(static_cast<std::uint64_t>(100 * a)));
    CHECK(kolmogorov(x, [&](double t) { return gamma_share(a, t); }) < 1.95);
    CHECK(moments(x, a, a, 3 * a * a + 6 * a));
  }
  CHECK(gamma({2}, 2.0, 3.0, key).to_vector()[0] == 3.0 * gamma({2}, 2.0, 1.0, key).to_vector()[0]);
  const Tensor tiny = gamma({100}, 1e-4, 1.0, key);  // most of it is below the smallest number
  CHECK(all_of(tiny >= 0.0).item() == 1.0);
  CHECK_THROWS_MATCHES(gamma({3}, 0.0, 1.0, key), ValueError,
                       test::Message("[gamma] the concentration must be positive, not 0"));
  CHECK_THROWS_MATCHES(gamma({3}, 1.0, NaN, key), ValueError, test::Message("[gamma] nan is no scale"));

  // 1 − (1 − x)ᵇ and xᵃ are distribution functions where the other parameter is 1.
  CHECK(kolmogorov(beta({many}, 1.0, 3.0, key), [](double x) { return 1 - std::pow(1 - x, 3); }) < 1.95);
  CHECK(kolmogorov(beta({many}, 0.2, 1.0, key), [](double x) { return std::pow(x, 0.2); }) < 1.95);
  const double a = 2, b = 5;
  CHECK(moments(beta({many}, a, b, key), a / (a + b), a * b / ((a + b) * (a + b) * (a + b + 1)), 0.0017));
  const Tensor ends = beta({1000}, 1e-3, 1e-3, key);  // nearly a coin: no 0/0
  CHECK(all_of(isfinite(ends)).item() == 1.0);
  CHECK(std::abs(mean(ends).item() - 0.5) < 0.1);
  CHECK_THROWS_MATCHES(beta({3}, 1.0, -2.0, key), ValueError,
                       test::Message("[beta] both parameters must be positive, not 1 and -2"));
}

TEST_CASE("numbers of events", "[sampling]") {
  for (const double rate : {0.1, 3.0, 9.9, 10.0, 40.0, 1e4}) {
    INFO(rate);
    const Tensor x = poisson({many}, rate, key.part(static_cast<std::uint64_t>(10 * rate)));
    CHECK(moments(x, rate, rate, 3 * rate * rate + rate));
    CHECK(all_of(x == floor(x)).item() == 1.0);
    if (rate > 50) continue;
    Doubles counts, probabilities;
    const Doubles numbers = x.to_vector();
    double p = std::exp(-rate), rest = 1.0;
    for (double k = 0; rest * many > 20; p *= rate / ++k) {
      if (p * many < 10) {
        if (counts.empty()) {
          counts.push_back(0);
          probabilities.push_back(0);
        }
        counts.back() += static_cast<double>(std::count(numbers.begin(), numbers.end(), k));
        probabilities.back() += p;
      } else {
        counts.push_back(static_cast<double>(std::count(numbers.begin(), numbers.end(), k)));
        probabilities.push_back(p);
      }
      rest -= p;
    }
    counts.push_back(static_cast<double>(many) - std::accumulate(counts.begin(), counts.end(), 0.0));
    probabilities.push_back(std::max(rest, 1e-9));
    CHECK(follow(counts, probabilities));
  }
  CHECK(poisson({3}, 0.0, key).to_vector() == Doubles{0, 0, 0});
  CHECK(moments(poisson({1000}, 1e12, key), 1e12, 1e12, 3e24));
  CHECK_THROWS_MATCHES(poisson({3}, -1.0, key), ValueError,
                       test::Message("[poisson] the rate must be in [0, 1e15], not -1"));
}

TEST_CASE("the normal distribution, cut off", "[sampling]") {
  struct Case {
    double low, high;
  };
  for (const Case& c : {Case{-2, 2}, Case{-0.5, 0.3}, Case{1, inf}, Case{-inf, -3}, Case{2, 2.1}, Case{-1, 8},
                        Case{4, 6}, Case{-inf, inf}}) {
    const double low = c.low, high = c.high;
    INFO(low << " to " << high);
    const Tensor x = truncated_normal({many}, 0.0, 1.0, low, high, key);
    CHECK((min(x).item() >= low && max(x).item() <= high));
    const double below = normal_share(low), above = normal_share(-high);
    // From the nearer end, for the shares in the tails are small.
    const auto share = [&](double v) {
      return low > 0 ? 1 - (normal_share(-v) - above) / (normal_share(-low) - above)
                     : (normal_share(v) - below) / (normal_share(high) - below);
    };
    CHECK(kolmogorov(x, share) < 1.95);
  }
  const Tensor moved = truncated_normal({5}, 10.0, 2.0, 9.0, 13.0, key);
  const Tensor standard = truncated_normal({5}, 0.0, 1.0, -0.5, 1.5, key);
  for (std::size_t k = 0; k < 5; ++k) CHECK(moved.to_vector()[k] == 10.0 + 2.0 * standard.to_vector()[k]);
  CHECK(all_of(truncated_normal({50}, 0.0, 1.0, 30.0, inf, key) >= 30.0).item() == 1.0);
  CHECK_THROWS_MATCHES(truncated_normal({3}, 0, 1, 2, 2, key), ValueError,
                       test::Message("[truncated_normal] 2 to 2 is not a range"));
  CHECK_THROWS_MATCHES(truncated_normal({3}, 0, 0, 1, 2, key), ValueError,
                       test::Message("[truncated_normal] there is no distribution of mean 0 and deviation 0"));
}

TEST_CASE("whole numbers, places and counts", "[sampling]") {
  const Indices dice = randint({many}, 1, 7, key);
  Doubles counts(6);
  for (const std::int64_t k : dice) {
    REQUIRE((k >= 1 && k < 7));
    ++counts[static_cast<std::size_t>(k - 1)];
  }
  CHECK(follow(counts, Doubles(6, 1.0 / 6)));
  CHECK(randint({2, 3}, -5, -4, key).shape() == Shape{2, 3});
  CHECK(randint({1}, -5, -4, key)[0] == -5);
  const std::int64_t lowest = std::numeric_limits<std::int64_t>::min(),
                     highest = std::numeric_limits<std::int64_t>::max();
  bool negative = false, positive = false;
  for (const std::int64_t k : randint({64}, lowest, highest, key)) (k < 0 ? negative : positive) = true;
  CHECK((negative && positive));
  CHECK_THROWS_MATCHES(randint({3}, 4, 4, key), ValueError,
                       test::Message("[randint] there is no whole number from 4 up to 4"));

  const Tensor logits = log(Tensor{0.1, 0.0, 0.6, 0.3}) + 7.0;
  const Indices drawn = categorical(broadcast_to(logits, {many, 4}), key);
  CHECK(drawn.shape() == Shape{many});
  Doubles chosen(4);
  for (const std::int64_t k : drawn) ++chosen[static_cast<std::size_t>(k)];
  CHECK(chosen[1] == 0.0);
  CHECK(follow({chosen[0], chosen[2], chosen[3]}, {0.1, 0.6, 0.3}));
  CHECK(categorical(zeros({3, 2}), key, 0).shape() == Shape{2});
  CHECK(categorical(Tensor{-inf, 0, -inf}, key)[0] == 1);
  CHECK_THROWS_MATCHES(categorical(Tensor{-inf, -inf}, key), ValueError,
                       test::Message("[categorical] row 0 has no probabilities: no logit is above −∞"));
  CHECK_THROWS_MATCHES(categorical(Tensor{1, NaN}, key), ValueError,
                       test::Message("[categorical] row 0 has no probabilities: a logit is NaN"));
  CHECK_THROWS_MATCHES(categorical(Tensor{1, inf}, key), ValueError,
                       test::Message("[categorical] row 0 has no probabilities: a logit is ∞"));
  CHECK_THROWS_AS(categorical(logits, key, 1), ShapeError);

  const Tensor counted = multinomial(many, Tensor{{0.2, 0.0, 0.8}, {0.5, 0.25, 0.25}}, key);
  CHECK(sum(counted, 1).to_vector() == Doubles(2, static_cast<double>(many)));
  const Doubles c = counted.to_vector();
  CHECK(c[1] == 0.0);
  CHECK(follow({c[0], c[2]}, {0.2, 0.8}));
  CHECK(follow({c[3], c[4], c[5]}, {0.5, 0.25, 0.25}));
  CHECK(multinomial(0, Tensor{1}, key).to_vector() == Doubles{0});
  CHECK_THROWS_MATCHES(multinomial(-1, Tensor{1}, key), ValueError,
                       test::Message("[multinomial] -1 is no number of trials"));
  CHECK_THROWS_MATCHES(multinomial(3, Tensor{0.5, 0.4}, key), ValueError,
                       test::Message("[multinomial] the probabilities of row 0 have the sum 0.9, not 1"));
  CHECK_THROWS_MATCHES(multinomial(3, Tensor{1.5, -0.5}, key), ValueError,
                       test::Message("[multinomial] row 0 has what is no probability"));
  CHECK_THROWS_MATCHES(multinomial(3, Tensor(1.0), key), ShapeError,
                       test::Message("[multinomial] probabilities along an axis are needed, not a single number"));
}

TEST_CASE("shuffled", "[sampling]") {
  const Tensor x = variable(reshape(arange(12.0), {4, 3}));
  const Tensor y = shuffle(x, key);
  CHECK(sort(y, 0).to_vector() == x.to_vector());
  CHECK(y.to_vector() != x.to_vector());
  CHECK(shuffle(x, key, 1).shape() == Shape{4, 3});
  CHECK(sort(flatten(grad(sum(y * x.detach()), x))).to_vector() == x.to_vector());
  Doubles first(4);  // each row comes first equally often
  for (std::uint64_t k = 0; k < 4000; ++k) {
    ++first[static_cast<std::size_t>(shuffle(arange(4.0), key.part(k)).to_vector()[0])];
  }
  CHECK(follow(first, Doubles(4, 0.25)));
  CHECK_THROWS_AS(shuffle(x, key, 2), ShapeError);
}

TEST_CASE("the same numbers on any number of threads, and in a longer tensor", "[sampling]") {
  const auto all = [](std::int64_t n) {
    return std::vector<Tensor>{exponential({n}, 1.0, key), gamma({n}, 0.7, 1.0, key),
                               beta({n}, 2.0, 3.0, key),   poisson({n}, 30.0, key),
                               poisson({n}, 3.0, key),     truncated_normal({n}, 0.0, 1.0, -1.0, 3.0, key)};
  };
  const int threads = num_threads();
  set_num_threads(4);
  const auto several = all(3000);
  set_num_threads(1);
  const auto one = all(3000);
  const auto fewer = all(7);
  set_num_threads(threads);
  for (std::size_t k = 0; k < one.size(); ++k) {
    CHECK(several[k].to_vector() == one[k].to_vector());
    Doubles start = one[k].to_vector();
    start.resize(7);
    CHECK(fewer[k].to_vector() == start);
  }
  // The bits themselves, so that a change of them is seen.
  Doubles fourth;
  for (const Tensor& x : fewer) fourth.push_back(x.to_vector()[3]);
  CHECK(fourth == Doubles{0x1.b8e5fa146eab6p+0, 0x1.b91dfd12ff07ep+1, 0x1.32571fde55dd9p-1, 0x1.8p+4, 0x1p+0,
                          0x1.584a724c68d6ap+0});
}

TEST_CASE("a key that is an argument of a compiled function draws anew", "[sampling]") {
  const auto drawn = compile([](const Tensor& x, const Key& k) { return x * exponential({2}, 1.0, k); });
  CHECK(drawn(Tensor{1, 1}, key).to_vector() == exponential({2}, 1.0, key).to_vector());
  CHECK(drawn(Tensor{1, 1}, key.part(1)).to_vector() == exponential({2}, 1.0, key.part(1)).to_vector());
  CHECK_THROWS_AS(compile([](const Tensor& x) {
                    return x * sum(Tensor(Array({1}, {static_cast<double>(categorical(x, key)[0])})));
                  })(Tensor{1, 2}),
                  GraphError);
}

}  // namespace sampling_test
