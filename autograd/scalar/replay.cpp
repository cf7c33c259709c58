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

namespace gradus {

using detail::Action;
using detail::Instruction;
using detail::Opcode;
using detail::Place;

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
  detail::Block block{};

  void prepare();
  void run(std::size_t points, std::span<const double> in, std::span<double> out, std::span<double> gradients);
};

namespace {

constexpr std::uint32_t no_slot = 0xffffffffU;
constexpr std::size_t block_bytes = std::size_t{3} << 17U;  // of values: most of a second-level cache
constexpr std::size_t fewest_lanes = 16;

// Translates the records that the output needs, in two passes: down to find them, with what lies beside each, and up.
class Translation {
 public:
  Translation(const detail::Records<double>& records, std::vector<Instruction>& steps, std::vector<double>& attributes,
              std::vector<std::pair<std::uint32_t, double>>& constants)
      : records_(records), steps_(steps), attributes_(attributes), constants_(constants) {}

  void translate(std::span<const Place> inputs, Place output, const double* side) {
    const std::size_t n = output / 2 + 1;
    needed_.assign(n, false);
    slots_.assign(n, no_slot);
    varies_.assign(n, false);
    for (const Place p : inputs) {
      if (p / 2 >= n) continue;
      slots_[p / 2] = new_slot();
      varies_[p / 2] = true;
    }
    needed_[output / 2] = true;
    struct Found {
      Place place;
      const double* begin;
      const double* end;
    };
    std::vector<Found> found;  // last record first
    for (Place p = output; p > 0; p -= 2) {
      const double* const below = side - detail::words_beside(records_, p, side);
      if (needed_[p / 2] && !varies_[p / 2]) {
        find_arguments(p, below, side);
        for (const Place a : arguments_) needed_[a / 2] = true;
        found.push_back({p, below, side});
      }
      side = below;
    }
    for (std::size_t k = found.size(); k-- > 0;) translate(found[k].place, found[k].begin, found[k].end);
  }

  // The slot of a record's value; a value that no input changes is filled in once.
  std::uint32_t slot(Place p) {
    std::uint32_t& at = slots_[p / 2];
    if (at == no_slot) {
      at = new_slot();
      constants_.emplace_back(at, records_.cell(p).value);
    }
    return at;
  }
  [[nodiscard]] bool varies(Place p) const { return varies_[p / 2]; }
  [[nodiscard]] std::uint32_t slots() const { return next_; }

 private:
  std::uint32_t new_slot() { return next_++; }

  static bool is_span(Opcode op) { return op >= Opcode::sum && op <= Opcode::linear; }

  void find_arguments(Place p, const double* side, const double* end) {
    const detail::Word w = records_.word_at(p);
    const Opcode op = detail::opcode(w);
    arguments_.clear();
    if (op == Opcode::leaf || op == Opcode::external) return;
    if (is_span(op)) {
      const std::size_t n = detail::first(w) / 2;
      const bool slopes = op != Opcode::sum && op != Opcode::dot;
      const std::size_t places = op == Opcode::dot ? 2 * n : n;
      for (std::size_t k = 0; k < places; ++k) arguments_.push_back(detail::load_place(side + (slopes ? n : 0), k));
      return;
    }
    arguments_.push_back(detail::first(w));
    arguments_.push_back(detail::second(w));
    if (op == Opcode::mul_add || op == Opcode::mul_sub) {
      Place c = 0;
      std::memcpy(&c, side, sizeof(c));
      arguments_.push_back(c);
    } else if (op == Opcode::mul_add_below || op == Opcode::mul_sub_below) {
      arguments_.push_back(p - 2);
    } else if (op == Opcode::general) {
      detail::Listed listed{};
      std::memcpy(&listed, end - 1, sizeof(listed));
      arguments_.push_back(listed.third);
    }
  }

  // A step with these arguments, of which some may be passive.
  struct Argument {
    std::uint32_t slot;
    bool varies;
  };
  Argument argument(Place p) { return {slot(p), varies(p)}; }
  Argument step(Action action, std::span<const Argument> in, double constant = 0.0) {
    Instruction& s = steps_.emplace_back();
    s.action = action;
    s.arity = static_cast<std::uint8_t>(in.size());
    for (std::size_t k = 0; k < in.size(); ++k) {
      s.in[k] = in[k].slot;
      s.passive[k] = !in[k].varies;
    }
    s.constant = constant;
    s.out = new_slot();
    return {s.out, true};
  }
  Argument step(Action action, std::initializer_list<Argument> in, double constant = 0.0) {
    return step(action, std::span<const Argument>(in.begin(), in.size()), constant);
  }
  template <class Op>
  Argument listed(std::initializer_list<Argument> in, Action action = Action::kernel) {
    const Argument out = step(action, in);
    steps_.back().op = static_cast<std::uint32_t>(index_of<Op>);
    return out;
  }

  void translate(Place p, const double* side, const double* end) {
    const detail::Word w = records_.word_at(p);
    const Opcode op = detail::opcode(w);
    find_arguments(p, side, end);
    bool any = op == Opcode::external;
    for (const Place a : arguments_) any = any || varies(a);
    if (op == Opcode::leaf) {
      // An output of an external function, unless the leaves before it go back to something else.
      Place q = p;
      while (q > 0 && detail::opcode(records_.word_at(q)) == Opcode::leaf) q -= 2;
      any = detail::opcode(records_.word_at(q)) == Opcode::external && q > 0;
    }
    if (!any) return;
    if (op == Opcode::linear || op == Opcode::external || op == Opcode::leaf) {
      throw GraphError("[replay] the output depends on a value that was recorded from outside the tape");
    }
    slots_[p / 2] = is_span(op) ? span(op, side).slot : single(op, side, end).slot;
    varies_[p / 2] = true;
  }

  Argument single(Opcode op, const double* side, const double* end) {
    const auto x = [&](std::size_t k) { return argument(arguments_[k]); };
    switch (op) {
      case Opcode::add:
        return step(Action::add, {x(0), x(1)});
      case Opcode::sub:
        return step(Action::sub, {x(0), x(1)});
      case Opcode::mul:
        return step(Action::mul, {x(0), x(1)});
      case Opcode::div:
        return step(Action::div, {x(0), x(1)});
      case Opcode::mul_add:
      case Opcode::mul_add_below:
        return step(Action::mul_add, {x(0), x(1), x(2)});
      case Opcode::mul_sub:
      case Opcode::mul_sub_below:
        return step(Action::mul_sub, {x(0), x(1), x(2)});
      case Opcode::neg:
        return step(Action::neg, {x(0)});
      case Opcode::plus:
        return step(Action::plus, {x(0)}, *side);
      case Opcode::from:
        return step(Action::from, {x(0)}, *side);
      case Opcode::times:
        return step(Action::times, {x(0)}, *side);
      case Opcode::over:
        return step(Action::over, {x(0)}, *side);
      case Opcode::under:
        return step(Action::under, {x(0)}, *side);
      case Opcode::square:
        return step(Action::square, {x(0)});
      case Opcode::exp:
        return listed<Exp>({x(0)}, Action::exp);
      case Opcode::log:
        return listed<Log>({x(0)}, Action::log);
      case Opcode::sqrt:
        return listed<Sqrt>({x(0)}, Action::sqrt);
      case Opcode::tanh:
        return listed<Tanh>({x(0)});
      case Opcode::sigmoid:
        return listed<Sigmoid>({x(0)});
      case Opcode::erfc:
        return listed<Erfc>({x(0)});
      case Opcode::norm_cdf:
        return step(Action::times, {listed<Erfc>({step(Action::times, {x(0)}, -0.70710678118654752440)})}, 0.5);
      default:
        return general(side, end);
    }
  }

  Argument general(const double* side, const double* end) {
    detail::Listed op{};
    std::memcpy(&op, end - 1, sizeof(op));
    static constexpr auto arities = []<class... Op>(OpList<Op...>) {
      return std::array<std::size_t, sizeof...(Op)>{static_cast<std::size_t>(Op::arity)...};
    }(Elementwise{});
    std::array<Argument, 3> in{};
    for (std::size_t k = 0; k < arities[op.position]; ++k) in[k] = argument(arguments_[k]);
    const Argument out = step(Action::kernel, std::span<const Argument>(in.data(), arities[op.position]));
    steps_.back().op = op.position;
    steps_.back().attributes = static_cast<std::uint32_t>(attributes_.size());
    attributes_.insert(attributes_.end(), side, end - 1);
    return out;
  }

  // Spans become chains of steps, left to right as they were added up.
  Argument span(Opcode op, const double* side) {
    const std::vector<Place> x = arguments_;
    const std::size_t n = op == Opcode::dot ? x.size() / 2 : x.size();
    if (op == Opcode::log_sum_exp) return log_sum_exp(x);
    Argument total = argument(x[0]);
    if (op == Opcode::dot) total = step(Action::mul, {total, argument(x[n])});
    if (op == Opcode::weighted) total = step(Action::times, {total}, side[0]);
    for (std::size_t k = 1; k < n; ++k) {
      if (op == Opcode::dot) {
        total = step(Action::mul_add, {argument(x[k]), argument(x[n + k]), total});
      } else {
        const Argument next = argument(x[k]);
        total = step(Action::add, {total, op == Opcode::sum ? next : step(Action::times, {next}, side[k])});
      }
    }
    return total;
  }

  // The largest, to which no gradient flows, and the sum of the exponentials of the differences.
  Argument log_sum_exp(const std::vector<Place>& x) {
    Argument most = argument(x[0]);
    most.varies = false;
    for (std::size_t k = 1; k < x.size(); ++k) {
      Argument next = argument(x[k]);
      next.varies = false;
      most = listed<Maximum>({most, next});
      most.varies = false;
    }
    Argument total{};
    for (std::size_t k = 0; k < x.size(); ++k) {
      const Argument e = listed<Exp>({step(Action::sub, {argument(x[k]), most})}, Action::exp);
      total = k == 0 ? e : step(Action::add, {total, e});
    }
    return step(Action::add, {listed<Log>({total}, Action::log), most});
  }

  const detail::Records<double>& records_;
  std::vector<Instruction>& steps_;
  std::vector<double>& attributes_;
  std::vector<std::pair<std::uint32_t, double>>& constants_;
  std::vector<bool> needed_;
  std::vector<bool> varies_;
  std::vector<std::uint32_t> slots_;  // of each record's value
  std::vector<Place> arguments_;
  std::uint32_t next_ = 0;
};

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
  std::vector<Place> places;
  for (const Scalar& x : inputs) {
    if (x.is_constant()) throw GraphError("[replay] an input is a constant");
    tape.check(x);
    places.push_back(detail::place_of(x.key_));
  }
  std::vector<Place> sorted = places;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    throw GraphError("[replay] a Scalar is twice among the inputs");
  }
  if (output.is_constant()) throw GraphError("[replay] the output is a constant");
  tape.check(output);
  const Place top = detail::place_of(output.key_);

  Plan& plan = *plan_;
  Translation translation(tape.records_, plan.steps, plan.attributes, plan.constants);
  translation.translate(places, top, detail::side_at(tape.records_, top));
  plan.output = translation.slot(top);
  plan.values = translation.slots();
  std::vector<std::uint32_t> adjoints(plan.values, no_slot);
  // Inputs have the first slots, in their order; those recorded after the output have none.
  std::uint32_t reached = 0;
  for (const Place p : places) plan.inputs.push_back(p <= top ? reached++ : no_slot);
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
