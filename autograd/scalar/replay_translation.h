// From the records of a tape to the steps of a replay.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "../base/error.h"
#include "pulls.h"
#include "replay_plan.h"

namespace gradus::detail {

inline constexpr std::uint32_t no_slot = 0xffffffffU;

// Translates the records that the output needs, in two passes: down to find them, with what lies beside each, and up.
class Translation {
 public:
  Translation(const Records<double>& records, std::vector<Instruction>& steps, std::vector<double>& attributes,
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
      const double* const below = side - words_beside(records_, p, side);
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
    const Word w = records_.word_at(p);
    const Opcode op = opcode(w);
    arguments_.clear();
    if (op == Opcode::leaf || op == Opcode::external) return;
    if (is_span(op)) {
      const std::size_t n = first(w) / 2;
      const bool slopes = op != Opcode::sum && op != Opcode::dot;
      const std::size_t places = op == Opcode::dot ? 2 * n : n;
      for (std::size_t k = 0; k < places; ++k) arguments_.push_back(load_place(side + (slopes ? n : 0), k));
      return;
    }
    arguments_.push_back(first(w));
    arguments_.push_back(second(w));
    if (op == Opcode::mul_add || op == Opcode::mul_sub) {
      Place c = 0;
      std::memcpy(&c, side, sizeof(c));
      arguments_.push_back(c);
    } else if (op == Opcode::mul_add_below || op == Opcode::mul_sub_below) {
      arguments_.push_back(p - 2);
    } else if (op == Opcode::general) {
      Listed listed{};
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
    const Word w = records_.word_at(p);
    const Opcode op = opcode(w);
    find_arguments(p, side, end);
    bool any = op == Opcode::external;
    for (const Place a : arguments_) any = any || varies(a);
    if (op == Opcode::leaf) {
      // An output of an external function, unless the leaves before it go back to something else.
      Place q = p;
      while (q > 0 && opcode(records_.word_at(q)) == Opcode::leaf) q -= 2;
      any = opcode(records_.word_at(q)) == Opcode::external && q > 0;
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
        return listed<ops::Tanh>({x(0)});
      case Opcode::sigmoid:
        return listed<ops::Sigmoid>({x(0)});
      case Opcode::erfc:
        return listed<Erfc>({x(0)});
      case Opcode::norm_cdf:
        return listed<NormCdf>({x(0)});
      default:
        return general(side, end);
    }
  }

  Argument general(const double* side, const double* end) {
    Listed op{};
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

  Argument constant(double value) {
    constants_.emplace_back(new_slot(), value);
    return {constants_.back().first, false};
  }

  // The largest, to which no gradient flows, and the sum of the exponentials of the differences.  Where all are −∞ so is
  // the result, which then depends on none of them (K12).
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
      const Argument e = listed<ExpDifference>({argument(x[k]), most});
      total = k == 0 ? e : step(Action::add, {total, e});
    }
    const Argument sum = step(Action::add, {listed<Log>({total}, Action::log), most});
    Argument any = listed<NotEqual>({most, constant(-std::numeric_limits<double>::infinity())});
    any.varies = false;
    return listed<Where>({any, sum, most});
  }

  const Records<double>& records_;
  std::vector<Instruction>& steps_;
  std::vector<double>& attributes_;
  std::vector<std::pair<std::uint32_t, double>>& constants_;
  std::vector<bool> needed_;
  std::vector<bool> varies_;
  std::vector<std::uint32_t> slots_;  // of each record's value
  std::vector<Place> arguments_;
  std::uint32_t next_ = 0;
};

}  // namespace gradus::detail
