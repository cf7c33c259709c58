#include "autograd/scalar/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/scalar/pulls.h"
#include "autograd/scalar/replay_plan.h"
#include "autograd/scalar/replay_translation.h"

namespace gradus {

using detail::Action;
using detail::Instruction;
using detail::no_slot;

struct Replay::Plan {
  std::vector<Instruction> steps;
  std::vector<double> attributes;
  std::vector<std::pair<std::uint32_t, double>> constants;  // slots of values that no input changes
  std::vector<std::uint32_t> inputs;                        // their slots
  std::vector<std::uint32_t> input_adjoints;                // no_slot for one that the output does not depend on
  std::uint32_t output = 0;
  std::uint32_t output_adjoint = 0;
  std::uint32_t values = 0;  // the number of slots
  std::uint32_t adjoints = 0;
  std::size_t lanes = 0;
  std::unique_ptr<double[], void (*)(double*)> memory{nullptr, nullptr};
  detail::ReplayBlock block{};

  void prepare();
  void run(std::size_t points, std::span<const double> in, std::span<double> out, std::span<double> gradients);
};

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 22U;  // of values, before blocks become shorter
constexpr std::size_t fewest_lanes =
    32;  // below, going through the arrays of many inputs costs more than the cache saves

}  // namespace

// Gives each result's adjoint a slot from the step that adds its first part, which comes last, to the one that passes it
// on; then the slot serves another.
static std::uint32_t assign_adjoints(std::vector<Instruction>& steps, std::vector<std::uint32_t>& of_value,
                                     std::uint32_t output) {
  std::vector<std::uint32_t> free;
  std::uint32_t next = 0;
  const auto take = [&] {
    if (free.empty()) return next++;
    const std::uint32_t slot = free.back();
    free.pop_back();
    return slot;
  };
  of_value[output] = take();
  for (std::size_t j = steps.size(); j-- > 0;) {
    Instruction& s = steps[j];
    if (of_value[s.out] == no_slot) {  // a largest number: no gradient flows to it
      s.adjoint = no_slot;
      continue;
    }
    s.adjoint = of_value[s.out];
    free.push_back(s.adjoint);
    for (std::size_t k = 0; k < s.arity; ++k) {
      if (s.passive[k]) continue;
      std::uint32_t& slot = of_value[s.in[k]];
      s.keeps[k] = slot == no_slot ? 0 : ~std::uint64_t{0};
      if (slot == no_slot) slot = take();
      s.to[k] = slot;
    }
  }
  return next;
}

Replay::Replay(const Tape& tape, std::span<const Scalar> inputs, const Scalar& output)
    : plan_(std::make_unique<Plan>()) {
  std::vector<detail::Place> places;
  for (const Scalar& x : inputs) {
    if (x.is_constant()) throw GraphError("[replay] an input is a constant");
    tape.check_own(x);
    places.push_back(detail::place_of(x.key_));
  }
  std::vector<detail::Place> sorted = places;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    throw GraphError("[replay] a Scalar is twice among the inputs");
  }
  if (output.is_constant()) throw GraphError("[replay] the output is a constant");
  tape.check_own(output);
  const detail::Place top = detail::place_of(output.key_);

  Plan& plan = *plan_;
  detail::Translation translation(tape.records_, plan.steps, plan.attributes, plan.constants);
  translation.translate(places, top, detail::side_at(tape.records_, top));
  plan.output = translation.slot(top);
  plan.values = translation.slots();
  std::vector<std::uint32_t> adjoints(plan.values, no_slot);
  // Inputs have the first slots, in their order; those recorded after the output have none.
  std::uint32_t reached = 0;
  for (const detail::Place p : places) plan.inputs.push_back(p <= top ? reached++ : no_slot);
  plan.adjoints = assign_adjoints(plan.steps, adjoints, plan.output);
  for (const std::uint32_t slot : plan.inputs) {
    plan.input_adjoints.push_back(slot == no_slot ? no_slot : adjoints[slot]);
  }
  plan.output_adjoint = plan.adjoints == 0 ? 0 : adjoints[plan.output];
  plan.prepare();
}

void Replay::Plan::prepare() {
  lanes = detail::max_lanes;
  while (lanes > fewest_lanes && values * lanes * sizeof(double) > block_bytes) lanes /= 2;
  constexpr std::align_val_t alignment{64};
  const std::size_t slots = std::size_t{values} + adjoints + 1;
  memory = {static_cast<double*>(::operator new(slots* lanes * sizeof(double), alignment)),
            [](double* p) { ::operator delete(p, alignment); }};
  attributes.push_back(0.0);  // ops without attributes are given an address too
  block = {memory.get(), memory.get() + values * lanes, memory.get() + (std::size_t{values} + adjoints) * lanes,
           attributes.data()};
  for (const auto& [slot, value] : constants) std::fill_n(block.values + slot * lanes, lanes, value);
}

void Replay::Plan::run(std::size_t points, std::span<const double> in, std::span<double> out,
                       std::span<double> gradients) {
  for (std::size_t start = 0; start < points; start += lanes) {
    const std::size_t n = std::min(lanes, points - start);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      if (inputs[k] == no_slot) continue;
      double* const to = block.values + inputs[k] * lanes;
      std::copy_n(in.data() + k * points + start, n, to);
      std::fill(to + n, to + lanes, to[0]);  // the lanes of no point: some number that is harmless
    }
    detail::run_forward(steps, block, lanes);
    std::copy_n(block.values + output * lanes, n, out.data() + start);
    if (gradients.empty()) continue;
    std::fill_n(block.adjoints + output_adjoint * lanes, lanes, 1.0);
    detail::run_backward(steps, block, lanes);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      double* const to = gradients.data() + k * points + start;
      if (input_adjoints[k] == no_slot) {
        std::fill_n(to, n, 0.0);
      } else {
        std::copy_n(block.adjoints + input_adjoints[k] * lanes, n, to);
      }
    }
  }
}

Replay::~Replay() = default;
Replay::Replay(Replay&&) noexcept = default;
Replay& Replay::operator=(Replay&&) noexcept = default;

static void check_lengths(std::int64_t points, std::size_t inputs, std::size_t in, std::size_t out) {
  if (points < 0 || in != inputs * static_cast<std::size_t>(points) || out != static_cast<std::size_t>(points)) {
    throw ShapeError(
        fmt::format("[replay] {} points of {} inputs: {} numbers given, place for {} values", points, inputs, in, out));
  }
}

void Replay::values(std::int64_t points, std::span<const double> inputs, std::span<double> values) {
  check_lengths(points, plan_->inputs.size(), inputs.size(), values.size());
  plan_->run(static_cast<std::size_t>(points), inputs, values, {});
}

void Replay::gradients(std::int64_t points, std::span<const double> inputs, std::span<double> values,
                       std::span<double> gradients) {
  check_lengths(points, plan_->inputs.size(), inputs.size(), values.size());
  if (gradients.size() != inputs.size()) {
    throw ShapeError(
        fmt::format("[replay] {} numbers given, place for {} of the gradient", inputs.size(), gradients.size()));
  }
  plan_->run(static_cast<std::size_t>(points), inputs, values, gradients);
}

std::size_t Replay::size() const noexcept { return plan_->steps.size(); }

}  // namespace gradus
