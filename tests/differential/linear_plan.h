// Ops whose result is made of sums of elements: each is a list of links.
#pragma once
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/differential/structural_ops.h"

namespace gradus::differential {

/// An element of the result and an element of one argument that is added to it.
struct Link {
  std::size_t out;
  std::size_t argument;
  std::size_t in;
};
using Links = std::vector<Link>;

class LinearPlan : public Plan {
 public:
  /// Each sum is divided by its divisor; none means by nothing.
  LinearPlan(const Sizes& shape, Links links, std::vector<double> divisors = {})
      : size_(static_cast<std::size_t>(size_of(shape))), links_(std::move(links)), divisors_(std::move(divisors)) {}

  [[nodiscard]] Column value(const Arguments& x, Rounding& round) const override {
    Column y(size_);
    for (const Link& l : links_) y[l.out] = round.add(y[l.out], (*x[l.argument])[l.in]);
    return shared(y, round);
  }
  void pull(const Arguments&, const Column&, const Column& g, const std::vector<Column*>& to,
            Rounding& round) const override {
    const Column share = shared(g, round);
    for (const Link& l : links_) {
      if (to[l.argument] == nullptr) continue;
      Quad& sum = (*to[l.argument])[l.in];
      sum = round.add(sum, share[l.out]);
    }
  }

 private:
  [[nodiscard]] Column shared(Column sums, Rounding& round) const {
    for (std::size_t k = 0; k < divisors_.size(); ++k) sums[k] = round(sums[k] / divisors_[k]);
    return sums;
  }

  std::size_t size_;
  Links links_;
  std::vector<double> divisors_;
};

template <Links (*links)(const Step&, const Shapes&)>
std::unique_ptr<Plan> linear(const Step& step, const Shapes& x) {
  return std::make_unique<LinearPlan>(step.shape, links(step, x));
}

/// One link for each element of the result, from the index that `source` finds for it in argument 0.
template <class F>
Links links_from(const Step& step, const Sizes& x, const F& source) {
  Links out;
  for_each_place(step.shape, [&](const Index& index, std::size_t place) {
    out.push_back({place, 0, place_of(x, source(index))});
  });
  return out;
}

/// Every element of the result is the one at its place.
inline Links same_order(const Step& step, const Shapes&) {
  Links out;
  for (std::size_t k = 0; k < static_cast<std::size_t>(size_of(step.shape)); ++k) out.push_back({k, 0, k});
  return out;
}

/// The shape given, and nothing else.
inline Draft to_shape(Sizes shape) {
  Draft out;
  out.step.shape = std::move(shape);
  return out;
}

}  // namespace gradus::differential
