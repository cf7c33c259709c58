#include "autograd/minimize/minimize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/minimize/line_search.h"
#include "autograd/minimize/minimize_progress.h"

namespace gradus::detail {

namespace {

using Numbers = std::vector<double>;

/// What a method makes of where it is.
class Directions {
 public:
  Directions() = default;
  Directions(const Directions&) = delete;
  Directions& operator=(const Directions&) = delete;
  virtual ~Directions() = default;
  /// A direction in which the function falls.
  [[nodiscard]] virtual Numbers next(const Visited& at) = 0;
  /// How far to go along it at first.
  [[nodiscard]] virtual double first_step(const Visited& at, std::span<const double> direction) = 0;
  virtual void moved(const Visited& from, const Visited& to) = 0;
  /// Forgets what it has learned.  Whether there was anything.
  virtual bool restart() { return false; }
};

Numbers downhill(const Visited& at) {
  Numbers d = at.gradient;
  for (double& g : d) g = -g;
  return d;
}

Numbers difference_of(std::span<const double> a, std::span<const double> b) {
  Numbers out(a.begin(), a.end());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] -= b[i];
  return out;
}

void add_multiple(Numbers& to, double factor, std::span<const double> x) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * x[i];
}

// Of a direction that has no size of its own: about as far as x is large.
double short_step(const Visited& at, std::span<const double> direction) {
  return 0.1 * std::max(1.0, largest(at.x)) / std::max(largest(direction), 1e-300);
}

class GradientDescent : public Directions {
 public:
  Numbers next(const Visited& at) override { return downhill(at); }
  double first_step(const Visited& at, std::span<const double> direction) override {
    // As much lower as the last step was (Nocedal and Wright, 3.60).
    if (fallen_ > 0.0) return std::min(2.0 * fallen_ / dot_of(at.gradient, at.gradient), 1e10);
    return short_step(at, direction);
  }
  void moved(const Visited& from, const Visited& to) override { fallen_ = from.value - to.value; }

 private:
  double fallen_ = 0.0;
};

/// A step and the change of the gradient along it, as far as they say that the function is curved upwards there.
struct Secant {
  Numbers s, y;
  double sy = 0.0;
  [[nodiscard]] static Secant of(const Visited& from, const Visited& to) {
    Secant out{difference_of(to.x, from.x), difference_of(to.gradient, from.gradient), 0.0};
    out.sy = dot_of(out.s, out.y);
    return out;
  }
  [[nodiscard]] bool curved_upwards() const { return sy > 1e-12 * std::sqrt(dot_of(s, s) * dot_of(y, y)); }
};

class Bfgs : public Directions {
 public:
  Numbers next(const Visited& at) override {
    const std::size_t n = at.x.size();
    if (inverse_.empty()) return downhill(at);
    Numbers d(n);
    for (std::size_t i = 0; i < n; ++i) d[i] = -dot_of(std::span(inverse_).subspan(i * n, n), at.gradient);
    return d;
  }
  double first_step(const Visited& at, std::span<const double> direction) override {
    return inverse_.empty() ? short_step(at, direction) : 1.0;
  }
  void moved(const Visited& from, const Visited& to) override {
    const Secant secant = Secant::of(from, to);
    if (!secant.curved_upwards()) return;
    const std::size_t n = to.x.size();
    if (inverse_.empty()) {
      inverse_.assign(n * n, 0.0);
      for (std::size_t i = 0; i < n; ++i) inverse_[i * n + i] = secant.sy / dot_of(secant.y, secant.y);
    }
    // H ← H − (H·y·sᵀ + s·yᵀ·H)/sᵀy + (1 + yᵀ·H·y/sᵀy)·s·sᵀ/sᵀy.
    Numbers hy(n);
    for (std::size_t i = 0; i < n; ++i) hy[i] = dot_of(std::span(inverse_).subspan(i * n, n), secant.y);
    const double scale = (1.0 + dot_of(secant.y, hy) / secant.sy) / secant.sy;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        inverse_[i * n + j] +=
            scale * secant.s[i] * secant.s[j] - (hy[i] * secant.s[j] + secant.s[i] * hy[j]) / secant.sy;
      }
    }
  }
  bool restart() override { return !std::exchange(inverse_, {}).empty(); }

 private:
  Numbers inverse_;  // of the Hessian, by rows; empty: nothing is known
};

class Lbfgs : public Directions {
 public:
  explicit Lbfgs(int memory) : memory_(static_cast<std::size_t>(memory)) {}
  // The two loops of Nocedal (1980): from the newest step to the oldest and back.
  Numbers next(const Visited& at) override {
    Numbers d = downhill(at);
    Numbers weights(steps_.size());
    for (std::size_t k = steps_.size(); k-- > 0;) {
      weights[k] = dot_of(steps_[k].s, d) / steps_[k].sy;
      add_multiple(d, -weights[k], steps_[k].y);
    }
    if (!steps_.empty()) {
      const Secant& newest = steps_.back();
      for (double& x : d) x *= newest.sy / dot_of(newest.y, newest.y);
    }
    for (std::size_t k = 0; k < steps_.size(); ++k) {
      add_multiple(d, weights[k] - dot_of(steps_[k].y, d) / steps_[k].sy, steps_[k].s);
    }
    return d;
  }
  double first_step(const Visited& at, std::span<const double> direction) override {
    return steps_.empty() ? short_step(at, direction) : 1.0;
  }
  void moved(const Visited& from, const Visited& to) override {
    Secant secant = Secant::of(from, to);
    if (!secant.curved_upwards()) return;
    steps_.push_back(std::move(secant));
    if (steps_.size() > memory_) steps_.pop_front();
  }
  bool restart() override { return !std::exchange(steps_, {}).empty(); }

 private:
  std::size_t memory_;
  std::deque<Secant> steps_;
};

class NewtonCg : public Directions {
 public:
  explicit NewtonCg(const Objective& f) : f_(f) {}
  // H·d = −g by conjugate gradients, the more exactly the smaller g is; a direction of negative curvature ends them
  // (Nocedal and Wright, algorithm 7.1).
  Numbers next(const Visited& at) override {
    const std::size_t n = at.x.size();
    Numbers d(n, 0.0);
    Numbers residual = at.gradient;
    Numbers p = downhill(at);
    double rr = dot_of(residual, residual);
    const double norm = std::sqrt(rr);
    const double enough = std::min(0.5, std::sqrt(norm)) * norm;
    for (std::size_t k = 0; k < 2 * n + 10 && std::sqrt(rr) > enough; ++k) {
      const Numbers hp = f_.hessian_times(at.x, p);
      const double curvature = dot_of(p, hp);
      if (!(curvature > 0.0)) return k == 0 ? downhill(at) : d;
      const double alpha = rr / curvature;
      add_multiple(d, alpha, p);
      add_multiple(residual, alpha, hp);
      const double next_rr = dot_of(residual, residual);
      for (std::size_t i = 0; i < n; ++i) p[i] = -residual[i] + next_rr / rr * p[i];
      rr = next_rr;
    }
    return d;
  }
  double first_step(const Visited&, std::span<const double>) override { return 1.0; }
  void moved(const Visited&, const Visited&) override {}

 private:
  const Objective& f_;
};

std::unique_ptr<Directions> directions(const Objective& f, const MinimizeOptions& options) {
  switch (options.method) {
    case MinimizeMethod::gradient_descent:
      return std::make_unique<GradientDescent>();
    case MinimizeMethod::lbfgs:
      return std::make_unique<Lbfgs>(options.memory);
    case MinimizeMethod::newton_cg:
      if (!f.hessian_times) {
        throw ValueError("[minimize] newton_cg needs second derivatives: a function that takes DualScalars too");
      }
      return std::make_unique<NewtonCg>(f);
    default:
      return std::make_unique<Bfgs>();
  }
}

}  // namespace

MinimizeResult<Numbers> minimize(const Objective& f, Numbers x, const MinimizeOptions& options) {
  check_options(options, "minimize");
  const Evaluations evaluations(f);
  Visited at = evaluations.at(std::move(x));
  check_start(at.value, at.gradient, "minimize");
  const std::unique_ptr<Directions> method = directions(f, options);
  Progress progress(options);
  while (!progress.ends(at.x, at.value, at.gradient)) {
    Numbers direction = method->next(at);
    if (!(dot_of(direction, at.gradient) < 0.0)) {
      method->restart();
      direction = downhill(at);
    }
    Visited next = search(evaluations, at, direction, method->first_step(at, direction));
    if (next.value >= at.value && largest(next.gradient) >= largest(at.gradient)) {
      if (method->restart()) continue;  // once more, straight down
      progress.stuck();
      break;
    }
    method->moved(at, next);
    progress.step(at.x, next.x);
    at = std::move(next);
  }
  return progress.result(std::move(at.x), at.value, at.gradient, evaluations.count());
}

// --------------------------------------------------------------------------------------------------------- of tensors

namespace {

// The unknowns of several tensors, one behind the other, and back.
class Unknowns {
 public:
  explicit Unknowns(TensorList x) {
    for (const Tensor& t : x) like_.push_back(t.value());
  }
  [[nodiscard]] Numbers start() const {
    Numbers out;
    for (const Array& a : like_) append(out, a);
    return out;
  }
  [[nodiscard]] Tensors tensors(std::span<const double> x) const {
    Tensors out;
    for (const Array& a : like_) {
      const auto size = static_cast<std::size_t>(a.size());
      out.emplace_back(Array(a.shape(), x.first(size)).to(a.dtype()), Counted<Record>());
      x = x.subspan(size);
    }
    return out;
  }
  [[nodiscard]] static Numbers numbers(const Tensors& list) {
    Numbers out;
    for (const Tensor& t : list) append(out, t.value());
    return out;
  }

 private:
  static void append(Numbers& out, const Array& a) {
    const Numbers more = a.to_vector();
    out.insert(out.end(), more.begin(), more.end());
  }
  std::vector<Array> like_;
};

MinimizeResult<Tensors> as_tensors(MinimizeResult<Numbers> m, const Unknowns& unknowns) {
  return {unknowns.tensors(m.x), m.value, m.gradient_norm, m.iterations, m.evaluations, m.success, m.message};
}

}  // namespace

MinimizeResult<Tensors> minimize(const Function& f, TensorList x, const MinimizeOptions& options) {
  const Unknowns unknowns(x);
  Objective objective;
  objective.value_and_gradient = [&](std::span<const double> at, std::span<double> gradient) {
    const ValueAndGrad both = value_and_grad(f, unknowns.tensors(at), Derivative::plain);
    std::ranges::copy(Unknowns::numbers(both.gradients), gradient.begin());
    return both.value.item();
  };
  objective.hessian_times = [&](std::span<const double> at, std::span<const double> v) {
    return Unknowns::numbers(hvp(f, unknowns.tensors(at), unknowns.tensors(v), Derivative::plain));
  };
  return as_tensors(minimize(objective, unknowns.start(), options), unknowns);
}

MinimizeResult<Tensors> least_squares(const Function& f, TensorList x, const MinimizeOptions& options) {
  const Unknowns unknowns(x);
  const Residuals residuals = [&](std::span<const double> at, std::vector<double>* jacobian_rows) {
    const Tensors point = unknowns.tensors(at);
    if (jacobian_rows == nullptr) return evaluate(f, point, Derivative::plain).y[0].to_vector();
    const Evaluated run = evaluate(f, point, Derivative::plain);
    const Numbers r = run.y[0].to_vector();
    const Tensors blocks = jacobian(f, point, Derivative::plain)[0];
    jacobian_rows->assign(r.size() * at.size(), 0.0);
    std::size_t column = 0;
    for (const Tensor& block : blocks) {
      const Numbers numbers = block.to_vector();
      const std::size_t width = r.empty() ? 0 : numbers.size() / r.size();
      for (std::size_t i = 0; i < r.size(); ++i) {
        std::copy_n(numbers.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                    jacobian_rows->begin() + static_cast<std::ptrdiff_t>(i * at.size() + column));
      }
      column += width;
    }
    return r;
  };
  return as_tensors(least_squares(residuals, unknowns.start(), options), unknowns);
}

}  // namespace gradus::detail
