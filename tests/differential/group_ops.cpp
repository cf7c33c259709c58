// Reductions along axes, which give one number for each group, and maps, which give as many as they take.
#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/differential/group_plan.h"

namespace gradus::differential {

namespace {

Quad largest(const Column& x) { return *std::max_element(x.begin(), x.end()); }
Quad power_of(Quad x, double p) { return x == Quad(0.0) ? Quad(0.0) : power(x, p); }

// ------------------------------------------------------------------------------------------------------------ products

/// Π of all but one, for each.
Column products_of_others(const Column& x, Rounding& round) {
  Column out(x.size(), Quad(1.0));
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (k != i) out[i] = round(out[i] * x[k]);
    }
  }
  return out;
}

class Product : public GroupOp {
 public:
  using GroupOp::GroupOp;
  [[nodiscard]] Column value(const Column& x, Rounding& round) const override {
    Quad product(1.0);
    for (const Quad v : x) product = round(product * v);
    return {product};
  }
  [[nodiscard]] Column pull(const Column& x, const Column&, const Column& g, Rounding& round) const override {
    Column out = products_of_others(x, round);
    for (Quad& v : out) v = round(v * g[0]);
    return out;
  }
};

class CumulativeProduct : public GroupOp {
 public:
  using GroupOp::GroupOp;
  [[nodiscard]] Column value(const Column& x, Rounding& round) const override {
    Column out;
    Quad product(1.0);
    for (const Quad v : x) out.push_back(product = round(product * v));
    return out;
  }
  [[nodiscard]] Column pull(const Column& x, const Column&, const Column& g, Rounding& round) const override {
    Column out(x.size());
    for (std::size_t k = 0; k < x.size(); ++k) {
      const Column first(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(k) + 1);
      const Column others = products_of_others(first, round);
      for (std::size_t i = 0; i <= k; ++i) out[i] = round.add(out[i], round(others[i] * g[k]));
    }
    return out;
  }
};

// ---------------------------------------------------------------------------------------------------- norms, deviations

Quad sum_of(const Column& x, Rounding& round) {
  Quad sum;
  for (const Quad v : x) sum = round.add(sum, v);
  return sum;
}

Column centred(const Column& x, Rounding& round) {
  Rounding exact;
  const Quad mean = sum_of(x, exact) / static_cast<double>(x.size());
  Column out;
  for (const Quad v : x) out.push_back(round(v - mean));
  return out;
}

/// attribute: the correction, 1 for the unbiased variance
class Variance : public GroupOp {
 public:
  using GroupOp::GroupOp;
  [[nodiscard]] Column value(const Column& x, Rounding& round) const override {
    Column squares = centred(x, round);
    for (Quad& d : squares) d = round(d * d);
    return {round(sum_of(squares, round) / freedom(x))};
  }
  [[nodiscard]] Column pull(const Column& x, const Column&, const Column& g, Rounding& round) const override {
    Column out = centred(x, round);
    for (Quad& d : out) d = round(2.0 * d * g[0] / freedom(x));
    return out;
  }
  // Not where the mean takes all digits away.
  [[nodiscard]] bool suitable(const Column& x) const override {
    if (!(freedom(x) > 0.0)) return false;
    Rounding exact;
    Quad size;
    for (const Quad v : x) size = largest({size, abs(v)});
    return value(x, exact)[0] > 1e-4 * (size * size) && size > Quad(1e-2);
  }

 protected:
  [[nodiscard]] double freedom(const Column& x) const { return static_cast<double>(x.size()) - attribute_; }
};

class Deviation : public Variance {
 public:
  using Variance::Variance;
  [[nodiscard]] Column value(const Column& x, Rounding& round) const override {
    return {round(power(Variance::value(x, round)[0], 0.5))};
  }
  [[nodiscard]] Column pull(const Column& x, const Column& y, const Column& g, Rounding& round) const override {
    Column out = centred(x, round);
    for (Quad& d : out) d = round(d * g[0] / (freedom(x) * y[0]));
    return out;
  }
};

/// attribute: p, also infinity
class Norm : public GroupOp {
 public:
  using GroupOp::GroupOp;
  [[nodiscard]] Column value(const Column& x, Rounding& round) const override {
    Column sizes;
    for (const Quad v : x) sizes.push_back(abs(v));
    if (std::isinf(attribute_)) return {largest(sizes)};
    for (Quad& v : sizes) v = round(power_of(v, attribute_));
    return {round(power_of(sum_of(sizes, round), 1.0 / attribute_))};
  }
  [[nodiscard]] Column pull(const Column& x, const Column& y, const Column& g, Rounding& round) const override {
    Column out;
    for (const Quad v : x) {
      const Quad share =
          std::isinf(attribute_) ? Quad(abs(v) == y[0] ? 1.0 : 0.0) : power_of(abs(v) / y[0], attribute_ - 1.0);
      out.push_back(round(g[0] * (v < Quad(0.0) ? -share : share)));
    }
    return out;
  }
  // Away from 0, and for p < 2 or infinite p also from the places where single elements bend it.
  [[nodiscard]] bool suitable(const Column& x) const override {
    Rounding exact;
    const Quad norm = value(x, exact)[0];
    if (!(norm > Quad(1e-2))) return false;
    int ends = 0;
    for (const Quad v : x) {
      if (attribute_ < 2.0 && abs(v) <= 1e-2 * norm) return false;
      ends += near(abs(v), norm) ? 1 : 0;
    }
    return !std::isinf(attribute_) || ends == 1;
  }
};

// ------------------------------------------------------------------------------------------------------------- softmax

/// exp(x − max) and their sum.
Column shifted(const Column& x, Quad& sum, Rounding& round) {
  Column out;
  const Quad top = largest(x);
  for (const Quad v : x) out.push_back(round(exp(v - top)));
  sum = sum_of(out, round);
  return out;
}

Column shares(const Column& x, Rounding& round) {
  Quad sum;
  Column out = shifted(x, sum, round);
  for (Quad& v : out) v = round(v / sum);
  return out;
}

class LogSumExp : public GroupOp {
 public:
  using GroupOp::GroupOp;
  [[nodiscard]] Column value(const Column& x, Rounding& round) const override {
    Quad sum;
    shifted(x, sum, round);
    return {round(largest(x) + round(log(sum)))};
  }
  [[nodiscard]] Column pull(const Column& x, const Column&, const Column& g, Rounding& round) const override {
    Column out = shares(x, round);
    for (Quad& v : out) v = round(v * g[0]);
    return out;
  }
};

class Softmax : public GroupOp {
 public:
  using GroupOp::GroupOp;
  [[nodiscard]] Column value(const Column& x, Rounding& round) const override { return shares(x, round); }
  [[nodiscard]] Column pull(const Column&, const Column& y, const Column& g, Rounding& round) const override {
    Quad mean;
    for (std::size_t k = 0; k < y.size(); ++k) mean = round.add(mean, round(g[k] * y[k]));
    Column out;
    for (std::size_t k = 0; k < y.size(); ++k) out.push_back(round(y[k] * round(g[k] - mean)));
    return out;
  }
};

class LogSoftmax : public GroupOp {
 public:
  using GroupOp::GroupOp;
  [[nodiscard]] Column value(const Column& x, Rounding& round) const override {
    Quad sum;
    shifted(x, sum, round);
    Column out;
    for (const Quad v : x) out.push_back(round(round(v - largest(x)) - round(log(sum))));
    return out;
  }
  [[nodiscard]] Column pull(const Column& x, const Column&, const Column& g, Rounding& round) const override {
    const Quad total = sum_of(g, round);
    Column out = shares(x, round);
    for (std::size_t k = 0; k < x.size(); ++k) out[k] = round(g[k] - round(out[k] * total));
    return out;
  }
};

// --------------------------------------------------------------------------------------------------------------- draws

std::optional<Draft> draw_reduced(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  return draw_reduction(numbers, x, draw_axes(numbers, x));
}
std::optional<Draft> draw_spread(Numbers& numbers, const Sizes& x) {
  std::optional<Draft> out = draw_reduced(numbers, x);
  if (out) out->step.real = {numbers.chance(0.7) ? 1.0 : 0.0};
  return out;
}
std::optional<Draft> draw_norm(Numbers& numbers, const Sizes& x) {
  static constexpr double kinds[] = {1.0, 2.0, 2.0, std::numeric_limits<double>::infinity(), 3.0, 2.5};
  std::optional<Draft> out = draw_reduced(numbers, x);
  if (out) out->step.real = {kinds[numbers.whole(std::size(kinds))]};
  return out;
}

constexpr StructuralOp ops[] = {
    {"amax", draw_reduced, reduction<Extreme<false>>}, {"amin", draw_reduced, reduction<Extreme<true>>},
    {"prod", draw_reduced, reduction<Product>},        {"var", draw_spread, reduction<Variance>},
    {"std", draw_spread, reduction<Deviation>},        {"norm", draw_norm, reduction<Norm>},
    {"logsumexp", draw_reduced, reduction<LogSumExp>}, {"cumprod", draw_along_axis, map_along<CumulativeProduct>},
    {"softmax", draw_along_axis, map_along<Softmax>},  {"log_softmax", draw_along_axis, map_along<LogSoftmax>},
};

}  // namespace

std::span<const StructuralOp> group_ops() { return ops; }

}  // namespace gradus::differential
