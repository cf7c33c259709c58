// Random numbers: the published answers of the generator, and what is promised of the numbers drawn from it.
#include "autograd/array/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "tests/catch.h"

using namespace gradus;

TEST_CASE("random: philox gives the known answers of Random123", "[random]") {
  using Words = std::array<std::uint32_t, 4>;
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t all = 0xffffffff;
  CHECK(philox({all, all, all, all}, {all, all}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("random: numbers lie in the half-open range and spread over it", "[random]") {
  const std::vector<double> v = uniform_array({100'000}, -2.0, 6.0, {.seed = 1}).to_vector();
  CHECK(*std::min_element(v.begin(), v.end()) >= -2.0);
  CHECK(*std::max_element(v.begin(), v.end()) < 6.0);
  double mean = 0.0;
  double square = 0.0;
  for (const double x : v) mean += x / 1e5, square += x * x / 1e5;
  // Six standard deviations of the mean and of the variance of 100,000 numbers.
  CHECK(std::abs(mean - 2.0) < 6 * 8.0 / std::sqrt(12.0) / std::sqrt(1e5));
  CHECK(std::abs(square - mean * mean - 64.0 / 12.0) < 6 * 64.0 * std::sqrt(1.0 / 180.0) / std::sqrt(1e5));
}

TEST_CASE("random: the upper end is never reached, whatever the type and the width of the range", "[random]") {
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const auto& [low, high] : {std::pair{0.0, 1.0},
                                    {1.0, 1.0 + 0x1p-20},
                                    {1.0, 1.0 + 0x1p-50},
                                    {-1e308, 1.7e308},
                                    {1e30, 1.000001e30},
                                    {-0x1p-1074, 0x1p-1074},
                                    {16777215.0, 16777216.0}}) {
      if (dtype == DType::float32 && std::abs(high) > 1e38) continue;
      for (const double x : uniform_array({2000}, low, high, {.seed = 2}, dtype).to_vector()) {
        if (x >= low && x < high) continue;
        FAIL_CHECK(x << " is not in [" << low << ", " << high << ") as " << name_of(dtype));
        break;
      }
    }
  }
}

TEST_CASE("random: a very wide range is filled too", "[random]") {
  const std::vector<double> v = uniform_array({1000}, -1e308, 1.7e308, {.seed = 3}).to_vector();
  CHECK(std::set<double>(v.begin(), v.end()).size() > 990);
  CHECK(std::count_if(v.begin(), v.end(), [](double x) { return x < 0; }) > 300);
}

TEST_CASE("random: an empty range holds one number", "[random]") {
  CHECK(uniform_array({3}, 0.25, 0.25, {}).to_vector() == std::vector<double>(3, 0.25));
}

TEST_CASE("random: the same key gives the same numbers, another gives others", "[random]") {
  const Key key{.seed = 42, .stream = 7};
  const auto numbers = uniform_array({1001}, 0.0, 1.0, key).to_vector();
  CHECK(uniform_array({1001}, 0.0, 1.0, key).to_vector() == numbers);
  CHECK(uniform_array({7, 143}, 0.0, 1.0, key).to_vector() == numbers);
  // A longer array starts with the same numbers.
  auto longer = uniform_array({2000}, 0.0, 1.0, key).to_vector();
  longer.resize(1001);
  CHECK(longer == numbers);
  for (const Key& other : {Key{43, 7}, Key{42, 8}, key.part(0), key.part(1), Key{std::uint64_t{42} << 32U, 7}}) {
    CHECK(uniform_array({1001}, 0.0, 1.0, other).to_vector() != numbers);
  }
}

TEST_CASE("random: the parts of a computation, and their parts, have streams of their own", "[random]") {
  const Key key{};
  std::set<std::uint64_t> streams{key.stream};
  std::size_t count = 1;
  for (std::uint64_t k = 0; k < 300; ++k, ++count) streams.insert(key.part(k).stream);
  for (std::uint64_t k = 0; k < 10; ++k) {
    for (std::uint64_t j = 0; j < 10; ++j, ++count) streams.insert(key.part(k).part(j).stream);
  }
  CHECK(streams.size() == count);
}

TEST_CASE("random: what is no range is refused", "[random]") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS_MATCHES(uniform_array({1}, 1.0, 0.0, {}), ValueError, test::Message("[uniform] 1 to 0 is not a range"));
  CHECK_THROWS_AS(uniform_array({1}, 0.0, inf, {}), ValueError);
  CHECK_THROWS_AS(uniform_array({1}, std::nan(""), 1.0, {}), ValueError);
}
