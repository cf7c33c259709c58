// Schedules: rates by hand and PyTorch's.
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "autograd/base/error.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

std::vector<double> rates(const nn::Schedule& schedule, std::vector<std::int64_t> steps) {
  std::vector<double> out;
  for (const std::int64_t step : steps) out.push_back(schedule(step));
  return out;
}

void check_near(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t k = 0; k < got.size(); ++k) CHECK_THAT(got[k], test::WithinAbs(expected[k], 1e-15));
}

}  // namespace

TEST_CASE("schedules: their rates", "[schedule]") {
  check_near(rates(nn::constant_schedule(0.5), {0, 1, 1000}), {0.5, 0.5, 0.5});
  check_near(rates(nn::step_schedule(0.5, 3), {0, 2, 3, 5, 6}), {0.5, 0.5, 0.05, 0.05, 0.005});
  check_near(rates(nn::step_schedule(1.0, 2, 0.5), {1, 2, 4}), {1.0, 0.5, 0.25});
  check_near(rates(nn::exponential_schedule(1.0, 0.5), {0, 1, 3}), {1.0, 0.5, 0.125});
  check_near(rates(nn::cosine_schedule(1.0, 4), {0, 1, 2, 4, 9}),
             {1.0, 0.5 + std::numbers::sqrt2 / 4.0, 0.5, 0.0, 0.0});
  check_near(rates(nn::cosine_schedule(1.0, 4, 0.5), {0, 2, 4}), {1.0, 0.75, 0.5});
  check_near(rates(nn::cosine_restarts_schedule(1.0, 4), {0, 2, 4, 6, 4'000'000'002}), {1.0, 0.5, 1.0, 0.5, 0.5});
  check_near(rates(nn::cosine_restarts_schedule(1.0, 2, 2), {1, 2, 4, 6, 10}), {0.5, 1.0, 0.5, 1.0, 0.5});
  CHECK(nn::cosine_restarts_schedule(1.0, 2, 1'000'000'000)(std::numeric_limits<std::int64_t>::max()) >= 0.0);
  check_near(rates(nn::polynomial_schedule(1.0, 4), {0, 1, 4, 7}), {1.0, 0.75, 0.0, 0.0});
  check_near(rates(nn::polynomial_schedule(1.0, 4, 2.0, 0.2), {0, 2, 4}), {1.0, 0.4, 0.2});
}

TEST_CASE("schedules: one cycle as PyTorch's OneCycleLR", "[schedule]") {
  // The highest rate stands at step 0.3·10 − 1 = 2, the lowest at 9.
  const nn::Schedule cycle = nn::one_cycle_schedule(1.0, 10);
  check_near(rates(cycle, {0, 1, 2, 9, 20}), {0.04, 0.52, 1.0, 0.04e-4, 0.04e-4});
  check_near(rates(nn::one_cycle_schedule(1.0, 9, {.rising = 5.0 / 9.0, .first_divisor = 2.0, .last_divisor = 5.0}),
                   {0, 2, 4, 6, 8}),
             {0.5, 0.75, 1.0, 0.55, 0.1});
}

TEST_CASE("schedules: one after another", "[schedule]") {
  check_near(rates(nn::warm_up(nn::exponential_schedule(1.0, 0.5), 4), {0, 1, 3, 4, 5}), {0.0, 0.25, 0.75, 1.0, 0.5});
  check_near(rates(nn::warm_up(nn::constant_schedule(1.0), 2, 0.5), {0, 1, 2}), {0.5, 0.75, 1.0});
  const nn::Schedule joined = nn::join_schedules(
      {nn::constant_schedule(0.25), nn::polynomial_schedule(1.0, 4), nn::constant_schedule(0.125)}, {2, 5});
  check_near(rates(joined, {0, 1, 2, 3, 4, 5}), {0.25, 0.25, 1.0, 0.75, 0.5, 0.125});
}

TEST_CASE("schedules: on a plateau the rate goes down", "[schedule]") {
  nn::ReduceOnPlateau plateau({.factor = 0.5, .patience = 1, .threshold = 0.0, .cooldown = 2, .lowest = 0.2});
  double rate = 1.0;
  std::vector<double> seen;
  for (const double loss : {3.0, 2.0, 2.0, 2.0, 2.5, 2.5, 2.5, 2.5, 1.0, 1.0, 1.0, 1.0}) {
    rate = plateau(rate, loss);
    seen.push_back(rate);
  }
  CHECK(seen == std::vector<double>{1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.2});
  nn::ReduceOnPlateau patient;
  rate = 1.0;
  for (int k = 0; k < 11; ++k) rate = patient(rate, 1.0);
  CHECK(rate == 1.0);
  CHECK(patient(rate, 1.0) == 0.1);
}

TEST_CASE("schedules: what makes no sense is refused", "[schedule]") {
  CHECK_THROWS_MATCHES(nn::constant_schedule(-1.0), ValueError,
                       test::Message("[constant_schedule] a rate is -1: it must be finite and not negative"));
  CHECK_THROWS_MATCHES(nn::cosine_schedule(1.0, 0), ValueError,
                       test::Message("[cosine_schedule] 0 steps: there must be one at least"));
  CHECK_THROWS_MATCHES(nn::exponential_schedule(1.0, -2.0), ValueError,
                       test::Message("[exponential_schedule] the factor is -2: it must be finite and not negative"));
  CHECK_THROWS_MATCHES(nn::one_cycle_schedule(1.0, 10, {.rising = 2.0}), ValueError,
                       test::Message("[one_cycle_schedule] the rising part is 2, the divisors are 25 and 10000: the "
                                     "part must be from 0 to 1, the divisors above 0"));
  CHECK_THROWS_MATCHES(nn::warm_up({}, 3), ValueError,
                       test::Message("[warm_up] the schedule is empty: it holds no function"));
  CHECK_THROWS_MATCHES(nn::join_schedules({nn::constant_schedule(1.0)}, {1}), ValueError,
                       test::Message("[join_schedules] 1 schedules have one boundary fewer, not 1"));
  CHECK_THROWS_MATCHES(nn::join_schedules({nn::constant_schedule(1.0), {}}, {1}), ValueError,
                       test::Message("[join_schedules] a schedule is empty: it holds no function"));
  CHECK_THROWS_MATCHES(nn::join_schedules({nn::constant_schedule(1.0), nn::constant_schedule(1.0)}, {0}), ValueError,
                       test::Message("[join_schedules] the boundaries must ascend from above 0"));
  CHECK_THROWS_MATCHES(nn::ReduceOnPlateau({.factor = 1.0}), ValueError,
                       test::Message("[reduce_on_plateau] the factor is 1: it must be at least 0 and below 1"));
  CHECK_THROWS_MATCHES(
      nn::ReduceOnPlateau({.patience = -1}), ValueError,
      test::Message("[reduce_on_plateau] patience, threshold, cooldown and the lowest rate must not be negative"));
}
