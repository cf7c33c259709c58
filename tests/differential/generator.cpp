#include "tests/differential/generator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "autograd/math/ops.h"
#include "tests/differential/engines.h"
#include "tests/differential/evaluation.h"
#include "tests/differential/shapes.h"
#include "tests/differential/structural_ops.h"
#include "tests/reference/op_table.h"

namespace gradus::differential {

namespace {

using reference::OpCase;

constexpr std::size_t most_given = 14;  // leaves and constants in a program
constexpr int attempts = 6;             // to find operands for an op, before another op is drawn

/// An op that may be drawn, and how often.
struct Choice {
  int setting = -1;  // elementwise: its place in op_cases()
  const StructuralOp* structural = nullptr;
  double share = 1.0;
};

/// Their derivative is 0: where one of them is applied, the gradient ends.
bool is_flat(std::string_view name) {
  constexpr std::array flat{"step",       "sign",    "floor",         "ceil",  "round",    "less",
                            "less_equal", "greater", "greater_equal", "equal", "not_equal"};
  return std::find(flat.begin(), flat.end(), name) != flat.end();
}

/// All ops that every engine has.
const std::vector<Choice>& choices() {
  static const std::vector<Choice> all = [] {
    std::vector<Choice> out;
    const auto& cases = reference::op_cases();
    for (std::size_t k = 0; k < cases.size(); ++k) {
      const OpCase& op = *cases[k];
      if (!torch_has(std::string(op.name), op.arity)) continue;
      // The settings of an op share what it is due.
      const auto settings = std::count_if(cases.begin(), cases.end(), [&](const auto& other) {
        return other->name == op.name && other->arity == op.arity;
      });
      const double due = is_flat(op.name) ? 0.15 : 1.0;
      out.push_back({static_cast<int>(k), nullptr, due / static_cast<double>(settings)});
    }
    for (const StructuralOp& op : structural_ops()) {
      const std::string name(op.name);
      if (gradus_has(name) && torch_has(name, 0)) out.push_back({-1, &op, 1.0});
    }
    return out;
  }();
  return all;
}

class Generator {
 public:
  Generator(std::uint64_t stream, bool single) : numbers_(stream), single_(single) {
    program_.single = single;
    world_.resize(static_cast<std::size_t>(numbers_.whole(5)));
    do {
      for (std::int64_t& s : world_) s = 1 + numbers_.whole(4);
    } while (size_of(world_) > most_elements);
  }

  Program run() {
    const std::int64_t leaves = 2 + numbers_.whole(3);
    for (std::int64_t k = 0; k < leaves; ++k) append(given(narrowed(world_), std::nullopt));
    for (int ops = 0; ops < ops_in_a_program;) {
      if (try_op(draw_choice())) ++ops;
    }
    for (std::size_t k = 0; k < program_.steps.size(); ++k) {
      std::vector<double>& weights = program_.weights.emplace_back();
      if (readers_[k] > 0) continue;
      for (std::size_t i = 0; i < values_[k].size(); ++i) {
        weights.push_back(rounded(numbers_.real(0.5, 2.0) * (numbers_.chance(0.5) ? 1.0 : -1.0)));
      }
    }
    return program_;
  }

 private:
  struct Drawn {
    Step step;
    std::vector<Step> given;  // new leaves that it reads, numbered behind the steps that exist
  };

  // ------------------------------------------------------------------------------------------------------------- ops

  Choice draw_choice() {
    double total = 0.0;
    for (const Choice& c : choices()) total += c.share;
    double left = numbers_.real(0.0, total);
    for (const Choice& c : choices()) {
      left -= c.share;
      if (left < 0.0) return c;
    }
    return choices().back();
  }

  bool try_op(const Choice& choice) {
    for (int attempt = 0; attempt < attempts; ++attempt) {
      const bool fresh = attempt == attempts - 1 && numbers_.chance(0.7);
      std::optional<Drawn> drawn = choice.structural != nullptr ? draw_structural(*choice.structural, fresh)
                                                                : draw_elementwise(choice.setting, fresh);
      if (drawn && accept(*drawn)) return true;
    }
    return false;
  }

  std::optional<Drawn> draw_elementwise(int setting, bool fresh) {
    const OpCase& op = *reference::op_cases()[static_cast<std::size_t>(setting)];
    Drawn out;
    out.step.op = op.name;
    out.step.setting = setting;
    out.step.real = op.attributes;
    for (std::size_t k = 0; k < op.arity; ++k) {
      const auto fits = [&](const Sizes& shape) { return k == 0 || broadcast(shape, out.step.shape).has_value(); };
      const Sizes around = k == 0 ? narrowed(world_) : narrowed(out.step.shape);
      const std::size_t operand = draw_operand(out, fresh, fits, around, op.domain);
      out.step.operands.push_back(operand);
      const std::optional<Sizes> shape = broadcast(out.step.shape, shape_of(out, operand));
      if (!shape) return std::nullopt;
      out.step.shape = *shape;
    }
    return out;
  }

  std::optional<Drawn> draw_structural(const StructuralOp& op, bool fresh) {
    Drawn out;
    const auto any = [](const Sizes&) { return true; };
    const std::size_t first = draw_operand(out, fresh, any, narrowed(world_), std::nullopt);
    std::optional<Draft> draft = op.draw(numbers_, shape_of(out, first));
    if (!draft) return std::nullopt;
    out.step = draft->step;
    out.step.op = op.name;
    out.step.operands = {first};
    for (const Sizes& wanted : draft->others) {
      const auto fits = [&](const Sizes& shape) { return shape == wanted; };
      out.step.operands.push_back(draw_operand(out, false, fits, wanted, std::nullopt));
    }
    return out;
  }

  /// A step that fits, rather one that nobody reads yet; a new leaf of shape `around` when there is none, or `fresh`.
  template <class Fits>
  std::size_t draw_operand(Drawn& drawn, bool fresh, const Fits& fits, const Sizes& around,
                           const std::optional<Domain>& domain) {
    const bool room = given_ + drawn.given.size() < most_given;
    if (!room || !(fresh || numbers_.chance(0.08))) {
      std::vector<std::size_t> all;
      std::vector<std::size_t> unread;
      for (std::size_t k = 0; k < program_.steps.size(); ++k) {
        if (!fits(program_.steps[k].shape)) continue;
        all.push_back(k);
        if (readers_[k] == 0) unread.push_back(k);
      }
      if (!unread.empty() && numbers_.chance(0.7)) return one_of(unread);
      if (!all.empty()) return one_of(all);
    }
    drawn.given.push_back(given(around, domain));
    return program_.steps.size() + drawn.given.size() - 1;
  }

  std::size_t one_of(const std::vector<std::size_t>& list) {
    return list[static_cast<std::size_t>(numbers_.whole(static_cast<std::int64_t>(list.size())))];
  }

  [[nodiscard]] const Sizes& shape_of(const Drawn& drawn, std::size_t k) const {
    return k < program_.steps.size() ? program_.steps[k].shape : drawn.given[k - program_.steps.size()].shape;
  }

  // ------------------------------------------------------------------------------------------------------ acceptance

  bool accept(const Drawn& drawn) {
    if (size_of(drawn.step.shape) > most_elements || given_ + drawn.given.size() > most_given) return false;
    std::vector<Column> fresh;
    for (const Step& g : drawn.given) fresh.push_back(column_of(g.real));
    std::vector<Sizes> shapes;
    Arguments arguments;
    for (const std::size_t k : drawn.step.operands) {
      shapes.push_back(shape_of(drawn, k));
      arguments.push_back(k < values_.size() ? &values_[k] : &fresh[k - values_.size()]);
    }
    const std::unique_ptr<Plan> how = plan(drawn.step, shapes);
    if (!how->suitable(arguments)) return false;
    Rounding exact;
    Column value = how->value(arguments, exact);
    if (!std::all_of(value.begin(), value.end(), [&](Quad y) { return moderate(y); })) return false;
    for (const Step& g : drawn.given) append(g);
    for (const std::size_t k : drawn.step.operands) ++readers_[k];
    program_.steps.push_back(drawn.step);
    values_.push_back(std::move(value));
    readers_.push_back(0);
    return true;
  }

  [[nodiscard]] bool moderate(Quad y) const {
    const Quad size = abs(y);
    return y == Quad(0.0) || (size >= Quad(1e-8) && size <= Quad(single_ ? 1e4 : 1e6));
  }

  // ----------------------------------------------------------------------------------------------------------- leaves

  void append(const Step& given) {
    program_.steps.push_back(given);
    values_.push_back(column_of(given.real));
    readers_.push_back(0);
    ++given_;
  }

  /// A leaf, now and then a constant, of numbers in an op's domain or simply of numbers.
  Step given(const Sizes& shape, const std::optional<Domain>& domain) {
    Step out;
    out.op = numbers_.chance(0.1) ? "constant" : "leaf";
    out.shape = shape;
    const bool positive = numbers_.chance(0.3);
    for (std::int64_t k = 0; k < size_of(shape); ++k) {
      double x = domain ? numbers_.real(domain->low, domain->high) : numbers_.real(-3.0, 3.0);
      if (!domain && numbers_.chance(0.2)) x *= std::exp2(numbers_.real(-8.0, 5.0));
      out.real.push_back(rounded(!domain && positive ? std::abs(x) : x));
    }
    return out;
  }

  /// The shape with some axes 1 and some leading ones gone: it broadcasts to it.
  Sizes narrowed(const Sizes& shape) {
    Sizes out = shape;
    for (std::int64_t& s : out) {
      if (numbers_.chance(0.25)) s = 1;
    }
    if (!out.empty() && numbers_.chance(0.3)) {
      out.erase(out.begin(), out.begin() + 1 + numbers_.whole(static_cast<std::int64_t>(out.size())));
    }
    return out;
  }

  [[nodiscard]] double rounded(double x) const { return single_ ? static_cast<double>(static_cast<float>(x)) : x; }

  Numbers numbers_;
  bool single_;
  Sizes world_;  // what the shapes of leaves are made from
  Program program_;
  std::vector<Column> values_;
  std::vector<int> readers_;
  std::size_t given_ = 0;
};

}  // namespace

Sample make_sample(std::uint64_t seed, bool single) {
  // Every seed has a stream of streams of its own, for another try where cotangents grow out of bounds.
  Numbers streams(2 * seed + (single ? 1 : 0));
  for (;;) {
    Sample out{Generator(streams.bits(), single).run(), {}};
    out.program.seed = seed;
    out.exact = Evaluation(out.program).run(Rounding());
    const Quad most(single ? 1e6 : 1e12);
    const bool moderate = std::all_of(out.exact.cotangents.begin(), out.exact.cotangents.end(), [&](const Column& g) {
      return std::all_of(g.begin(), g.end(), [&](Quad x) { return abs(x) <= most; });
    });
    if (moderate) return out;
  }
}

}  // namespace gradus::differential
