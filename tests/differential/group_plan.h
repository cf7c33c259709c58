// Ops that work on groups of elements: each group is reduced to one number, or mapped to another group.
#pragma once
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "tests/differential/structural_ops.h"

namespace gradus::differential {

using Groups = std::vector<std::vector<std::size_t>>;

/// One kind of op: what it makes of the numbers of a group, and of the cotangent.
class GroupOp {
 public:
  explicit GroupOp(const Step& step) : attribute_(step.real.empty() ? 0.0 : step.real[0]) {}
  GroupOp(const GroupOp&) = delete;
  GroupOp& operator=(const GroupOp&) = delete;
  virtual ~GroupOp() = default;

  [[nodiscard]] virtual Column value(const Column& x, Rounding& round) const = 0;
  [[nodiscard]] virtual Column pull(const Column& x, const Column& y, const Column& g, Rounding& round) const = 0;
  [[nodiscard]] virtual bool suitable(const Column&) const { return true; }

 protected:
  double attribute_;
};

class GroupPlan : public Plan {
 public:
  GroupPlan(std::size_t size, Groups in, Groups out, std::unique_ptr<GroupOp> op)
      : size_(size), in_(std::move(in)), out_(std::move(out)), op_(std::move(op)) {}

  [[nodiscard]] Column value(const Arguments& x, Rounding& round) const override {
    Column y(size_);
    for (std::size_t k = 0; k < in_.size(); ++k) {
      const Column part = op_->value(taken(*x[0], in_[k]), round);
      for (std::size_t i = 0; i < part.size(); ++i) y[out_[k][i]] = part[i];
    }
    return y;
  }
  void pull(const Arguments& x, const Column& y, const Column& g, const std::vector<Column*>& to,
            Rounding& round) const override {
    if (to[0] == nullptr) return;
    for (std::size_t k = 0; k < in_.size(); ++k) {
      const Column part = op_->pull(taken(*x[0], in_[k]), taken(y, out_[k]), taken(g, out_[k]), round);
      for (std::size_t i = 0; i < part.size(); ++i) {
        Quad& sum = (*to[0])[in_[k][i]];
        sum = round.add(sum, part[i]);
      }
    }
  }
  [[nodiscard]] bool suitable(const Arguments& x) const override {
    return std::all_of(in_.begin(), in_.end(), [&](const auto& group) { return op_->suitable(taken(*x[0], group)); });
  }

 private:
  static Column taken(const Column& from, const std::vector<std::size_t>& places) {
    Column out;
    for (const std::size_t place : places) out.push_back(from[place]);
    return out;
  }

  std::size_t size_;
  Groups in_;
  Groups out_;
  std::unique_ptr<GroupOp> op_;
};

/// The elements that share their place along the axes which stay.
inline Groups groups(const Sizes& x, const std::vector<bool>& gone) {
  const Sizes kept = reduced(x, gone, true);
  const std::vector<std::size_t> place = broadcast_places(kept, x);
  Groups out(static_cast<std::size_t>(size_of(kept)));
  for (std::size_t k = 0; k < place.size(); ++k) out[place[k]].push_back(k);
  return out;
}

template <class Op>
std::unique_ptr<Plan> reduction(const Step& step, const Shapes& x) {
  Groups in = groups(x[0], reduced_axes(step, x[0].size()));
  Groups out;
  for (std::size_t k = 0; k < in.size(); ++k) out.push_back({k});
  return std::make_unique<GroupPlan>(in.size(), std::move(in), std::move(out), std::make_unique<Op>(step));
}

/// whole = {axis}
template <class Op>
std::unique_ptr<Plan> map_along(const Step& step, const Shapes& x) {
  std::vector<bool> along(x[0].size(), false);
  along[axis_of(step.whole[0], along.size())] = true;
  const Groups in = groups(x[0], along);
  return std::make_unique<GroupPlan>(static_cast<std::size_t>(size_of(step.shape)), in, in, std::make_unique<Op>(step));
}

// -------------------------------------------------------------------------------------------------------- extremes

/// Whether an engine may take one for the other.
inline bool near(Quad a, Quad b) { return abs(a - b) <= 1e-3 * (abs(a) + Quad(1e-3)); }
template <bool smallest>
class Extreme : public GroupOp {
 public:
  using GroupOp::GroupOp;
  [[nodiscard]] Column value(const Column& x, Rounding&) const override {
    // A window that sees only padding: too large for any program, so that it is not accepted.
    if (x.empty()) return {Quad(smallest ? 1e300 : -1e300)};
    return {x[which(x)]};
  }
  [[nodiscard]] Column pull(const Column& x, const Column&, const Column& g, Rounding&) const override {
    Column out(x.size());
    out[which(x)] = g[0];
    return out;
  }
  [[nodiscard]] bool suitable(const Column& x) const override {
    if (x.empty()) return false;
    const std::size_t best = which(x);
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (k != best && near(x[k], x[best])) return false;
    }
    return true;
  }

 private:
  static std::size_t which(const Column& x) {
    const auto place = smallest ? std::min_element(x.begin(), x.end()) : std::max_element(x.begin(), x.end());
    return static_cast<std::size_t>(place - x.begin());
  }
};

}  // namespace gradus::differential
