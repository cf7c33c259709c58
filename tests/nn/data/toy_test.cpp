#include <cmath>
#include <map>
#include <numbers>
#include <set>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;
namespace toy = gradus::nn::toy;
using nn::Dataset;

namespace {

std::vector<std::pair<std::string, Dataset (*)(std::int64_t, const Key&)>> every_set() {
  return {{"line", [](std::int64_t n, const Key& key) { return toy::line(n, key); }},
          {"sine", [](std::int64_t n, const Key& key) { return toy::sine(n, key); }},
          {"exclusive_or", [](std::int64_t n, const Key& key) { return toy::exclusive_or(n, key, 0.1); }},
          {"moons", [](std::int64_t n, const Key& key) { return toy::moons(n, key); }},
          {"circles", [](std::int64_t n, const Key& key) { return toy::circles(n, key); }},
          {"spirals", [](std::int64_t n, const Key& key) { return toy::spirals(n, key); }},
          {"blobs", [](std::int64_t n, const Key& key) { return toy::blobs(n, key); }},
          {"digits", [](std::int64_t n, const Key& key) { return toy::digits(n, key); }}};
}

std::map<std::int64_t, int> counts(const Dataset& set) {
  std::map<std::int64_t, int> count;
  for (const std::int64_t label : set.labels) ++count[label];
  return count;
}

}  // namespace

TEST_CASE("toy: a key decides all, and rows are what was asked for", "[toy]") {
  for (const auto& [name, make] : every_set()) {
    INFO(name);
    const Dataset set = make(101, Key{1});
    CHECK(set.rows() == 101);
    CHECK(set.y.shape() == Shape{101, 1});
    CHECK(set.x.to_vector() == make(101, Key{1}).x.to_vector());
    CHECK(set.x.to_vector() != make(101, Key{2}).x.to_vector());
    CHECK(set.labels == make(101, Key{1}).labels);
    CHECK_THROWS_WITH(make(0, Key{1}), "[toy] 0 rows: a set has at least one");
    CHECK(make(1, Key{1}).rows() == 1);
    if (set.classes == 0) {
      CHECK(set.labels.size() == 0);
      continue;
    }
    const auto count = counts(set);
    CHECK(std::ssize(count) == set.classes);
    for (const auto& [label, rows] : count) {
      CHECK((label >= 0 && label < set.classes));
      CHECK(std::abs(rows - 101.0 / static_cast<double>(set.classes)) < 1.0);  // as even as 101 rows allow
    }
    CHECK(set.y.to_vector<std::int64_t>() == std::vector<std::int64_t>(set.labels.begin(), set.labels.end()));
  }
}

TEST_CASE("toy: numbers to learn lie on their curve", "[toy]") {
  const Dataset line = toy::line(50, Key{3}, 0.0, -2.0, 0.5);
  CHECK((line.y - (-2.0 * line.x + 0.5)).to_vector() == std::vector<double>(50, 0.0));
  const Dataset sine = toy::sine(2000, Key{3}, 0.2);
  const Tensor error = sine.y - sin(sine.x);
  CHECK(std::abs(std::sqrt(mean(square(error)).item()) - 0.2) < 0.01);
  CHECK(std::abs(mean(error).item()) < 0.02);
  CHECK(max(abs(sine.x)).item() <= std::numbers::pi);
  CHECK_THROWS_WITH(toy::line(3, Key{}, -1.0), "[toy] noise -1: a standard deviation is 0 or more");
}

TEST_CASE("toy: the table of exclusive or", "[toy]") {
  const Dataset set = toy::exclusive_or(4, Key{7});
  std::set<std::vector<double>> rows;
  const auto x = set.x.to_vector();
  for (std::size_t i = 0; i < 4; ++i)
    rows.insert({x[2 * i], x[2 * i + 1], static_cast<double>(set.labels[static_cast<std::int64_t>(i)])});
  CHECK(rows == std::set<std::vector<double>>{{0, 0, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 0}});
}

TEST_CASE("toy: where the classes lie", "[toy]") {
  const Dataset circles = toy::circles(100, Key{1}, 0.0, 0.25);
  const Tensor radius = sqrt(sum(square(circles.x), 1));
  for (std::int64_t i = 0; i < 100; ++i) {
    CHECK(std::abs(radius.to_vector()[static_cast<std::size_t>(i)] - (circles.labels[i] == 0 ? 1.0 : 0.25)) < 1e-12);
  }
  const Dataset moons = toy::moons(101, Key{1}, 0.0);
  for (std::int64_t i = 0; i < 101; ++i) {
    const double a = moons.x.to_vector()[static_cast<std::size_t>(2 * i)];
    const double b = moons.x.to_vector()[static_cast<std::size_t>(2 * i + 1)];
    const bool upper = moons.labels[i] == 0;
    CHECK(std::abs(std::hypot(upper ? a : a - 1.0, upper ? b : b - 0.5) - 1.0) < 1e-12);
    CHECK((upper ? b >= 0.0 : b <= 0.5));
  }
  // Half a turn takes one spiral to the other.
  const Dataset spirals = toy::spirals(20, Key{1}, 0.0);
  std::set<std::pair<std::int64_t, std::int64_t>> arms[2];
  for (std::int64_t i = 0; i < 20; ++i) {
    const double sign = spirals.labels[i] == 0 ? 1.0 : -1.0;
    const auto rounded = [&](std::int64_t k) {
      return std::llround(1e9 * sign * spirals.x.to_vector()[static_cast<std::size_t>(2 * i + k)]);
    };
    arms[spirals.labels[i]].insert({rounded(0), rounded(1)});
  }
  CHECK(arms[0] == arms[1]);
  CHECK(arms[0].size() == 10);
  CHECK_THROWS_WITH(toy::spirals(10, Key{}, 0.0, 1.0, 1), "[toy] 1 spirals: it takes two to tell apart");
  CHECK_THROWS_WITH(toy::spirals(10, Key{}, 0.0, INFINITY), "[toy] inf turns are no spiral");
  CHECK_THROWS_WITH(toy::circles(10, Key{}, 0.0, 1.5), "[toy] the inner circle's radius is between 0 and 1, not 1.5");
}

TEST_CASE("toy: blobs lie around their centres", "[toy]") {
  const Tensor centres = toy::ring(8, 2.0);
  CHECK(centres.shape() == Shape{8, 2});
  const Dataset set = toy::blobs(8000, Key{1}, centres, 0.1);
  const Tensor off = set.x - take(centres, set.labels, 0);
  CHECK(std::abs(std::sqrt(mean(square(off)).item()) - 0.1) < 0.002);
  CHECK(toy::blobs(30, Key{1}, 5, 1.0, 7).x.shape() == Shape{30, 7});
  CHECK_THROWS_WITH(toy::blobs(3, Key{}, 0), "[toy] 0 blobs of 2 features: at least one of both");
  CHECK_THROWS_WITH(toy::blobs(3, Key{}, Tensor{1.0, 2.0}),
                    "[toy] centres are a matrix with a row for each blob, not [2]");
  CHECK_THROWS_WITH(toy::ring(0), "[toy] a ring of 0 points");
}

TEST_CASE("toy: digits", "[toy]") {
  std::set<std::vector<double>> pictures;
  for (std::int64_t d = 0; d < 10; ++d) pictures.insert(toy::digit(d).to_vector());
  CHECK(pictures.size() == 10);
  const std::vector<double> seven = toy::digit(7, 0, 0).to_vector();
  CHECK(std::vector<double>(seven.begin(), seven.begin() + 8) == std::vector<double>{1, 1, 1, 1, 1, 1, 0, 0});
  CHECK(sum(toy::digit(8)).item() == 4 * 13);
  CHECK_THROWS_WITH(toy::digit(10), "[toy] 10 is no digit from 0 to 9");
  CHECK_THROWS_WITH(toy::digit(1, 3, 0), "[toy] a digit starts 0 to 2 rows down and 0 to 6 columns right, not 3 and 0");

  const Dataset clean = toy::digits(500, Key{5});
  CHECK(clean.x.shape() == Shape{500, 1, 12, 12});
  std::set<std::vector<double>> seen;
  for (std::int64_t i = 0; i < 500; ++i) {
    const std::vector<double> picture = clean.take({i}).x.to_vector();
    seen.insert(picture);
    int found = 0;
    for (std::int64_t down = 0; down < 3; ++down) {
      for (std::int64_t right = 0; right < 7; ++right) {
        found += toy::digit(clean.labels[i], down, right).to_vector() == picture ? 1 : 0;
      }
    }
    CHECK(found == 1);
  }
  CHECK(seen.size() > 150);  // of 210
  const Dataset noisy = toy::digits(500, Key{5}, {.noise = 0.5});
  CHECK(noisy.labels == clean.labels);
  CHECK(std::abs(std::sqrt(mean(square(noisy.x - clean.x)).item()) - 0.5) < 0.01);
  const Dataset centred = toy::digits(20, Key{5}, {.shifted = false});
  CHECK(centred.take({3}).x.to_vector() == toy::digit(centred.labels[3]).to_vector());
}
