// Ops whose result is made of sums of products: each is a list of triples.
#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "tests/differential/structural_ops.h"

namespace gradus::differential {

/// An element of the result, and those of the two arguments whose product is added to it.
struct Term {
  std::size_t out;
  std::size_t a;
  std::size_t b;
};
using Terms = std::vector<Term>;

class BilinearPlan : public Plan {
 public:
  BilinearPlan(const Sizes& shape, Terms terms)
      : size_(static_cast<std::size_t>(size_of(shape))), terms_(std::move(terms)) {}

  [[nodiscard]] Column value(const Arguments& x, Rounding& round) const override {
    Column y(size_);
    for (const Term& t : terms_) y[t.out] = round.add(y[t.out], round((*x[0])[t.a] * (*x[1])[t.b]));
    return y;
  }
  void pull(const Arguments& x, const Column&, const Column& g, const std::vector<Column*>& to,
            Rounding& round) const override {
    for (const Term& t : terms_) {
      if (g[t.out] == Quad(0.0)) continue;
      const auto add = [&](Column* column, std::size_t place, Quad factor) {
        if (column == nullptr) return;
        Quad& sum = (*column)[place];
        sum = round.add(sum, round(g[t.out] * factor));
      };
      add(to[0], t.a, (*x[1])[t.b]);
      add(to[1], t.b, (*x[0])[t.a]);
    }
  }

 private:
  std::size_t size_;
  Terms terms_;
};

template <Terms (*terms)(const Step&, const Shapes&)>
std::unique_ptr<Plan> bilinear(const Step& step, const Shapes& x) {
  return std::make_unique<BilinearPlan>(step.shape, terms(step, x));
}

}  // namespace gradus::differential
