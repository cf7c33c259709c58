// Normal numbers, coin tosses and permutations: the same bits everywhere, of the right distribution.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "autograd/array/random.h"
#include "autograd/base/error.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

constexpr Key key{.seed = 42, .stream = 7};

double mean_of(const std::vector<double>& x, int power) {
  double sum = 0.0;
  for (const double v : x) sum += std::pow(v, power);
  return sum / static_cast<double>(x.size());
}

/// The share of a standard normal distribution below x.
double normal_share(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// The largest distance between the distribution of x and the normal one, times √n.
double kolmogorov(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  const auto n = static_cast<double>(x.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double share = normal_share(x[i]);
    const auto rank = static_cast<double>(i);
    largest = std::max({largest, share - rank / n, (rank + 1) / n - share});
  }
  return largest * std::sqrt(n);
}

/// Word i of the key's stream, from which element i is made.
std::uint64_t word(std::uint64_t i) {
  const auto bits = philox({static_cast<std::uint32_t>(i / 2), 0, static_cast<std::uint32_t>(key.stream), 0},
                           {static_cast<std::uint32_t>(key.seed), 0});
  return (std::uint64_t{bits[2 * (i % 2) + 1]} << 32U) | bits[2 * (i % 2)];
}

}  // namespace

TEST_CASE("normal: the bits, as computed by another implementation", "[random]") {
  const std::vector<double> expected{-0x1.0c3017528e48ep-3, 0x1.eed8ce8b7f6abp-1,  -0x1.c5fef07be5e94p-1,
                                     0x1.5bfa71effbe0cp+0,  -0x1.411ff423e2de1p-4, -0x1.c6d7278a84f9dp-3,
                                     -0x1.5ed4b2f4d6a87p-1, 0x1.fa779e11ea5a8p-7};
  CHECK(normal_array({8}, 0.0, 1.0, key).to_vector() == expected);
  // A fingerprint of the bits of 40,000 numbers, some of them far out in the tails.
  std::uint64_t fingerprint = 0;
  for (const double z : normal_array({40'000}, 0.0, 1.0, key).to_vector()) {
    fingerprint = (fingerprint ^ std::bit_cast<std::uint64_t>(z)) * 0x100000001B3;
  }
  CHECK(fingerprint == 0x5d2413a9f09805cf);
}

TEST_CASE("normal: each number is the quantile of its share, to the last digits", "[random]") {
  const std::vector<double> v = normal_array({20'000}, 0.0, 1.0, key).to_vector();
  double worst = 0.0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double share = (static_cast<double>(word(i) >> 1U) + 0.5) * 0x1p-64;
    REQUIRE((v[i] < 0) == ((word(i) & 1U) == 0));
    const double z = std::abs(v[i]);
    // One ulp of z moves the share by z·density(z) ulps of 1.
    const double slack = (1 + z * z) * share * std::numeric_limits<double>::epsilon();
    worst = std::max(worst, std::abs(0.5 * std::erfc(z / std::sqrt(2.0)) - share) / slack);
  }
  CHECK(worst < 4);
}

TEST_CASE("normal: moments and tails", "[random]") {
  const std::vector<double> v = normal_array({200'000}, 0.0, 1.0, key).to_vector();
  const double n = static_cast<double>(v.size());
  // Five standard deviations of the mean of the first to fourth powers, whose variances are 1, 2, 15 and 96.
  CHECK(std::abs(mean_of(v, 1)) < 5 * std::sqrt(1 / n));
  CHECK(std::abs(mean_of(v, 2) - 1) < 5 * std::sqrt(2 / n));
  CHECK(std::abs(mean_of(v, 3)) < 5 * std::sqrt(15 / n));
  CHECK(std::abs(mean_of(v, 4) - 3) < 5 * std::sqrt(96 / n));
  CHECK(kolmogorov(v) < 1.95);  // exceeded by one true normal sample in a thousand
  for (const double limit : {2.0, 3.0, 4.0}) {
    const double expected = 2 * normal_share(-limit) * n;
    const auto beyond =
        static_cast<double>(std::count_if(v.begin(), v.end(), [&](double x) { return std::abs(x) > limit; }));
    CHECK(std::abs(beyond - expected) < 5 * std::sqrt(expected));
  }
}

TEST_CASE("normal: mean, deviation and dtype", "[random]") {
  const std::vector<double> standard = normal_array({999}, 0.0, 1.0, key).to_vector();
  const std::vector<double> moved = normal_array({999}, 3.0, 0.5, key).to_vector();
  const Array narrow = normal_array({999}, 3.0, 0.5, key, DType::float32);
  CHECK(narrow.dtype() == DType::float32);
  for (std::size_t i = 0; i < standard.size(); ++i) {
    REQUIRE(moved[i] == 3.0 + 0.5 * standard[i]);
    REQUIRE(narrow.data<float>()[i] == static_cast<float>(moved[i]));
  }
  CHECK(normal_array({3}, 2.0, 0.0, key).to_vector() == std::vector<double>(3, 2.0));
  CHECK(normal_array({2, 0}, 0.0, 1.0, key).shape() == Shape{2, 0});
  CHECK(normal_array({}, 0.0, 1.0, key).item() == standard[0]);
}

TEST_CASE("normal: part of a larger array is the same alone, another key gives other numbers", "[random]") {
  const std::vector<double> numbers = normal_array({1001}, 0.0, 1.0, key).to_vector();
  CHECK(normal_array({7, 143}, 0.0, 1.0, key).to_vector() == numbers);
  std::vector<double> longer = normal_array({2000}, 0.0, 1.0, key).to_vector();
  longer.resize(1001);
  CHECK(longer == numbers);
  for (const Key& other : {Key{43, 7}, Key{42, 8}, key.part(0), key.part(1)}) {
    const std::vector<double> others = normal_array({1001}, 0.0, 1.0, other).to_vector();
    // Independent: the correlation is within five of its standard deviations.
    CHECK(std::abs(std::inner_product(numbers.begin(), numbers.end(), others.begin(), 0.0)) < 5 * std::sqrt(1001.0));
  }
  // So are neighbours in one stream.
  CHECK(std::abs(std::inner_product(numbers.begin() + 1, numbers.end(), numbers.begin(), 0.0)) < 5 * std::sqrt(1000.0));
}

TEST_CASE("bernoulli: 1 with the probability, else 0", "[random]") {
  const std::vector<double> u = uniform_array({100'000}, 0.0, 1.0, key).to_vector();
  for (const double p : {0.001, 0.3, 0.5, 0.99}) {
    const std::vector<double> v = bernoulli_array({100'000}, p, key).to_vector();
    for (std::size_t i = 0; i < v.size(); ++i) REQUIRE(v[i] == (u[i] < p ? 1.0 : 0.0));
    CHECK(std::abs(mean_of(v, 1) - p) < 5 * std::sqrt(p * (1 - p) / 1e5));
  }
  CHECK(bernoulli_array({1000}, 0.0, key).to_vector() == std::vector<double>(1000, 0.0));
  CHECK(bernoulli_array({1000}, 1.0, key, DType::float32).to_vector() == std::vector<double>(1000, 1.0));
  CHECK(bernoulli_array({2, 3}, 0.5, key, DType::float32).dtype() == DType::float32);
  const std::vector<double> first{0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1};
  CHECK(bernoulli_array({16}, 0.5, key).to_vector() == first);
}

TEST_CASE("permutation: every number once, and the same order everywhere", "[random]") {
  CHECK(permutation(0, key).size() == 0);
  CHECK(permutation(1, key)[0] == 0);
  const Indices order = permutation(10'000, key);
  CHECK(order.shape() == Shape{10'000});
  const std::set<std::int64_t> seen(order.values().begin(), order.values().end());
  CHECK(seen.size() == 10'000);
  CHECK(*seen.begin() == 0);
  CHECK(*seen.rbegin() == 9'999);
  const Indices ten = permutation(10, key);
  CHECK(std::vector<std::int64_t>(ten.values().begin(), ten.values().end()) ==
        std::vector<std::int64_t>{3, 1, 7, 5, 8, 9, 6, 0, 2, 4});
  CHECK_FALSE(std::ranges::equal(permutation(10, key.part(1)).values(), ten.values()));
}

TEST_CASE("permutation: every order is equally likely", "[random]") {
  std::map<std::vector<std::int64_t>, int> count;
  constexpr int rounds = 24'000;
  for (std::uint64_t k = 0; k < rounds; ++k) {
    const Indices order = permutation(4, key.part(k));
    ++count[{order.values().begin(), order.values().end()}];
  }
  REQUIRE(count.size() == 24);
  double chi_squared = 0.0;
  for (const auto& [order, n] : count) chi_squared += (n - 1000.0) * (n - 1000.0) / 1000.0;
  CHECK(chi_squared < 49.7);  // 23 degrees of freedom: exceeded once in a thousand
}

TEST_CASE("random: what is no distribution is refused", "[random]") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS_MATCHES(normal_array({1}, 0.0, -1.0, key), ValueError,
                       test::Message("[normal] there is no distribution of mean 0 and deviation -1"));
  CHECK_THROWS_AS(normal_array({1}, 0.0, inf, key), ValueError);
  CHECK_THROWS_AS(normal_array({1}, std::nan(""), 1.0, key), ValueError);
  CHECK_THROWS_MATCHES(bernoulli_array({1}, 1.5, key), ValueError,
                       test::Message("[bernoulli] 1.5 is not a probability"));
  CHECK_THROWS_AS(bernoulli_array({1}, -0.1, key), ValueError);
  CHECK_THROWS_AS(bernoulli_array({1}, std::nan(""), key), ValueError);
  CHECK_THROWS_MATCHES(permutation(-1, key), ShapeError, test::Message("[shape] negative size: [-1]"));
}
