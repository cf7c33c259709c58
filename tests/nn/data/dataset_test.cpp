#include <algorithm>
#include <map>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;
using nn::Dataset;
using nn::SplitRows;

namespace {

/// Every row on one side, each once.
void check_partition(const SplitRows& rows, std::int64_t count) {
  std::vector<std::int64_t> all(rows.training.begin(), rows.training.end());
  all.insert(all.end(), rows.held_out.begin(), rows.held_out.end());
  std::sort(all.begin(), all.end());
  REQUIRE(std::ssize(all) == count);
  for (std::int64_t i = 0; i < count; ++i) CHECK(all[static_cast<std::size_t>(i)] == i);
  CHECK(std::is_sorted(rows.training.begin(), rows.training.end()));
  CHECK(std::is_sorted(rows.held_out.begin(), rows.held_out.end()));
}

}  // namespace

TEST_CASE("dataset: rows are held out by key", "[dataset]") {
  const SplitRows rows = nn::split_rows(100, 0.2, Key{1});
  check_partition(rows, 100);
  CHECK(rows.held_out.size() == 20);
  CHECK(nn::split_rows(100, 0.2, Key{1}).held_out == rows.held_out);
  CHECK_FALSE(nn::split_rows(100, 0.2, Key{2}).held_out == rows.held_out);
  CHECK(nn::split_rows(2, 0.01, Key{1}).held_out.size() == 1);
  CHECK(nn::split_rows(2, 0.99, Key{1}).training.size() == 1);
  CHECK_THROWS_WITH(nn::split_rows(1, 0.5, Key{1}), "[split] it takes two rows to hold one out, not 1");
  CHECK_THROWS_WITH(nn::split_rows(9, 1.0, Key{1}), "[split] a part between 0 and 1 can be held out, not 1");
  CHECK_THROWS_WITH(nn::split_rows(9, NAN, Key{1}), "[split] a part between 0 and 1 can be held out, not nan");
}

TEST_CASE("dataset: both sides have the classes in the same proportions", "[dataset]") {
  std::vector<std::int64_t> labels;
  for (int i = 0; i < 100; ++i) labels.push_back(i % 10 == 0 ? 2 : i % 10 < 4 ? 0 : 1);  // 30, 60, 10
  labels.push_back(7);                                                                   // a class of its own
  const SplitRows rows = nn::split_rows(Indices(labels), 0.2, Key{1});
  check_partition(rows, 101);
  std::map<std::int64_t, int> held_out;
  for (const std::int64_t row : rows.held_out) ++held_out[labels[static_cast<std::size_t>(row)]];
  CHECK(held_out == std::map<std::int64_t, int>{{0, 6}, {1, 12}, {2, 2}});

  const SplitRows few = nn::split_rows(Indices{0, 1, 1, 0, 0}, 0.1, Key{1});
  check_partition(few, 5);
  CHECK(few.held_out.size() == 1);
  check_partition(nn::split_rows(Indices{0, 1, 1, 0, 0}, 0.99, Key{1}), 5);
  CHECK_THROWS_WITH(nn::split_rows(Indices{0, 1, 2}, 0.5, Key{1}),
                    "[split] no class has two rows: there is none to hold out");
  CHECK_THROWS_WITH(nn::split_rows(Indices{}, 0.5, Key{1}), "[split] no class has two rows: there is none to hold out");
}

TEST_CASE("dataset: rows are taken with what belongs to them", "[dataset]") {
  const Dataset set{Tensor{{1, 2}, {3, 4}, {5, 6}}, Tensor{{0}, {1}, {1}}, {0, 1, 1}, 2};
  const Dataset part = set.take({2, 0, -1});
  CHECK(part.x.to_vector() == std::vector<double>{5, 6, 1, 2, 5, 6});
  CHECK(part.y.to_vector() == std::vector<double>{1, 0, 1});
  CHECK(part.labels == Indices{1, 0, 1});
  CHECK(part.classes == 2);
  CHECK_THROWS_AS(set.take({3}), ShapeError);
  CHECK(set.to(DType::float32).x.dtype() == DType::float32);
  CHECK(set.to(DType::float32).y.dtype() == DType::float32);

  const auto [training, held_out] = nn::split(nn::toy::moons(50, Key{1}), 0.3, Key{2});
  CHECK(training.rows() == 34);
  CHECK(held_out.rows() == 16);
  CHECK(std::count(held_out.labels.begin(), held_out.labels.end(), 1) == 8);
  CHECK(nn::split(nn::toy::line(50, Key{1}), 0.3, Key{2}).second.rows() == 15);
}

TEST_CASE("dataset: batches hold every row once", "[dataset]") {
  const std::vector<Indices> parts = nn::batches(10, 4, Key{1});
  REQUIRE(parts.size() == 3);
  CHECK(parts[2].size() == 2);
  std::vector<std::int64_t> all;
  for (const Indices& part : parts) all.insert(all.end(), part.begin(), part.end());
  CHECK_FALSE(std::is_sorted(all.begin(), all.end()));
  std::sort(all.begin(), all.end());
  CHECK(all == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(nn::batches(10, 4, Key{1}) == parts);
  CHECK_FALSE(nn::batches(10, 4, Key{2}) == parts);
  CHECK(nn::batches(3, 2) == std::vector<Indices>{{0, 1}, {2}});
  CHECK(nn::batches(0, 2).empty());
  CHECK_THROWS_WITH(nn::batches(3, 0), "[batches] a batch has at least 1 row, not 0");
}
