#include "tests/differential/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <optional>

#include "autograd/math/ops.h"
#include "tests/differential/engines.h"
#include "tests/reference/ulp.h"

namespace gradus::differential {

namespace {

using Run = Outcome (*)(const Program&);

double ulp_of(Quad x, bool single) {
  return single ? reference::ulp_at(static_cast<float>(x)) : reference::ulp_at(static_cast<double>(x));
}

/// What an engine makes of a program, or the message of what it threw.
struct Attempt {
  std::optional<Outcome> outcome;
  std::string message;

  Attempt(Run run, const Program& program) {
    try {
      outcome = run(program);
    } catch (const std::exception& error) {
      message = error.what();
    }
  }
  [[nodiscard]] double worst(const Yardstick& yardstick) const {
    return outcome ? yardstick.worst(*outcome) : std::numeric_limits<double>::infinity();
  }
  [[nodiscard]] std::string describe(const Yardstick& yardstick) const {
    return outcome ? yardstick.describe(*outcome) : "threw " + message;
  }
};

}  // namespace

Yardstick::Yardstick(const Program& program, const Exact& exact, int evaluations) : single_(program.single) {
  std::size_t leaves = 0;
  for (std::size_t k = 0; k < program.steps.size(); ++k) {
    if (!program.steps[k].is_leaf()) continue;
    for (std::size_t i = 0; i < exact.cotangents[k].size(); ++i) {
      expected_.push_back({leaves, i, exact.cotangents[k][i], Quad(0.0)});
    }
    ++leaves;
  }
  expected_.push_back({leaves, 0, exact.value, Quad(0.0)});

  const Evaluation evaluation(program);
  Numbers seeds(program.seed);
  for (int run = 0; run < evaluations; ++run) {
    const Exact noisy = evaluation.run(Rounding(program.single, seeds.bits()));
    std::size_t at = 0;
    const auto see = [&](Quad x) {
      Expected& e = expected_[at++];
      e.unit = std::max(e.unit, abs(x - e.exact));
    };
    for (std::size_t k = 0; k < program.steps.size(); ++k) {
      if (program.steps[k].is_leaf()) std::for_each(noisy.cotangents[k].begin(), noisy.cotangents[k].end(), see);
    }
    see(noisy.value);
  }
  for (Expected& e : expected_) e.unit = e.unit + Quad(ulp_of(e.exact, single_));
}

double Yardstick::error(const Expected& e, const Outcome& outcome) const {
  const bool is_value = e.leaf == outcome.gradients.size();
  const double got = is_value ? outcome.value : outcome.gradients[e.leaf].at(e.element);
  return static_cast<double>(abs(Quad(got) - e.exact) / e.unit);
}

double Yardstick::worst(const Outcome& outcome) const {
  double worst = 0.0;
  for (const Expected& e : expected_) {
    const double here = error(e, outcome);
    if (!(here <= worst))
      worst = here <= std::numeric_limits<double>::max() ? here : std::numeric_limits<double>::infinity();
  }
  return worst;
}

bool Yardstick::disputed(const Outcome& outcome) const {
  Quad largest;
  for (const Expected& e : expected_) largest = std::max(largest, abs(e.exact));
  const double visible = static_cast<double>(largest) * (single_ ? 1e-3 : 1e-6);
  return std::any_of(expected_.begin(), expected_.end(), [&](const Expected& e) {
    const double units = error(e, outcome);
    // A NaN where the number is finite is no other meaning (0 · ∞ in its xlogy); it counts as wrong.
    return !std::isnan(units) && !(units <= allowed) && !(units * static_cast<double>(e.unit) <= visible);
  });
}

double Yardstick::looseness() const {
  const Expected& value = expected_.back();
  return static_cast<double>(value.unit / (abs(value.exact) + Quad(1e-300)));
}

std::string Yardstick::describe(const Outcome& outcome) const {
  const auto worst = std::max_element(expected_.begin(), expected_.end(), [&](const Expected& a, const Expected& b) {
    return error(a, outcome) < error(b, outcome);
  });
  const bool is_value = worst->leaf == outcome.gradients.size();
  return fmt::format(
      "{}: got {}, exact {}, one unit {:.3g}, off by {:.3g} units",
      is_value ? "the result" : fmt::format("gradient of leaf {}, element {}", worst->leaf, worst->element),
      is_value ? outcome.value : outcome.gradients[worst->leaf][worst->element], static_cast<double>(worst->exact),
      static_cast<double>(worst->unit), error(*worst, outcome));
}

Verdict judge(const Sample& sample) {
  const Attempt gradus(run_gradus, sample.program);
  const Attempt torch(run_torch, sample.program);
  Yardstick yardstick(sample.program, sample.exact, few_evaluations);
  Verdict out;
  const auto measure = [&] {
    out.gradus = gradus.worst(yardstick);
    out.torch = torch.worst(yardstick);
  };
  measure();
  if (out.gradus_is_wrong() || out.torch_is_wrong()) {
    yardstick = Yardstick(sample.program, sample.exact, many_evaluations);
    measure();
  }
  if (out.gradus_is_wrong()) out.what_gradus_did = gradus.describe(yardstick);
  if (out.torch_is_wrong()) out.what_torch_did = torch.describe(yardstick);
  out.disputed = !torch.outcome || yardstick.disputed(*torch.outcome);
  out.looseness = yardstick.looseness();
  return out;
}

}  // namespace gradus::differential
