// The one pool of threads.
#include "autograd/base/parallel.h"

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "autograd/base/error.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

/// A number of threads while it lives.
struct Threads {
  explicit Threads(int count) { set_num_threads(count); }
  ~Threads() { set_num_threads(before); }
  int before = num_threads();
};

}  // namespace

TEST_CASE("parallel: every piece of work is done once, on any number of threads", "[parallel]") {
  for (const int threads : {1, 2, 3, 8}) {
    const Threads guard(threads);
    CHECK(num_threads() == threads);
    for (const std::int64_t count : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> done(static_cast<std::size_t>(count));
      detail::parallel_for(count, [&](std::int64_t i) { ++done[static_cast<std::size_t>(i)]; });
      for (const auto& times : done) REQUIRE(times == 1);
    }
  }
}

TEST_CASE("parallel: ranges cover everything and start on whole steps", "[parallel]") {
  const Threads guard(3);
  std::vector<std::atomic<int>> done(200'001);
  detail::parallel_ranges(200'001, 1, 64, [&](std::int64_t begin, std::int64_t end) {
    if (begin % 64 != 0) throw std::runtime_error("a range starts within a step");
    for (std::int64_t i = begin; i < end; ++i) ++done[static_cast<std::size_t>(i)];
  });
  for (const auto& times : done) REQUIRE(times == 1);
}

TEST_CASE("parallel: work within work is not spread again, and an exception reaches the caller", "[parallel]") {
  const Threads guard(2);
  std::atomic<int> inner = 0;
  detail::parallel_for(4, [&](std::int64_t) {
    const std::thread::id here = std::this_thread::get_id();
    detail::parallel_for(10, [&](std::int64_t) { inner += std::this_thread::get_id() == here ? 1 : 0; });
  });
  CHECK(inner == 40);
  CHECK_THROWS_AS(detail::parallel_for(100,
                                       [](std::int64_t i) {
                                         if (i == 57) throw std::runtime_error("57");
                                       }),
                  std::runtime_error);
}

TEST_CASE("parallel: several threads may ask at once", "[parallel]") {
  const Threads guard(2);
  std::atomic<std::int64_t> sum = 0;
  std::vector<std::thread> users;
  for (int k = 0; k < 3; ++k) {
    users.emplace_back([&] {
      for (int round = 0; round < 200; ++round) detail::parallel_for(8, [&](std::int64_t i) { sum += i; });
    });
  }
  for (std::thread& user : users) user.join();
  CHECK(sum == 3 * 200 * 28);
}

TEST_CASE("parallel: there is at least one thread", "[parallel]") {
  CHECK_THROWS_WITH(set_num_threads(0), "[set_num_threads] at least 1 is needed: 0");
  CHECK_THROWS_AS(set_num_threads(-2), ValueError);
}
