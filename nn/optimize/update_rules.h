// How a number of a parameter moves: p, its gradient g and what the optimizer keeps beside it, each rule once for every
// type of number.  update_kernels.cpp compiles them as one pass over memory.
#pragma once
#include "../../autograd/math/ops.h"

namespace gradus::nn::detail {

/// v ← μ v + (1 − d) g;  p ← p − η v, or with Nesterov's look ahead p − η (g + μ v).
/// Sutskever, Martens, Dahl and Hinton 2013, in PyTorch's form.
struct SGDRule {
  double rate, momentum, undamped;
  bool nesterov;
  void operator()(auto& p, auto g) const { p = p - rate * g; }
  void operator()(auto& p, auto g, auto& v) const {
    v = momentum * v + undamped * g;
    p = p - rate * (nesterov ? g + momentum * v : v);
  }
};

/// s ← s + g²;  p ← p − η g / (√s + ε).  Duchi, Hazan and Singer 2011.
struct AdagradRule {
  double rate, eps;
  void operator()(auto& p, auto g, auto& s) const {
    s = s + g * g;
    p = p - rate * g / (sqrt(s) + eps);
  }
};

/// s ← ρ s + (1 − ρ) g²;  Δ = g √(d + ε) / √(s + ε);  d ← ρ d + (1 − ρ) Δ²;  p ← p − η Δ.  Zeiler 2012, algorithm 1.
struct AdadeltaRule {
  double rate, rho, eps;
  void operator()(auto& p, auto g, auto& s, auto& d) const {
    s = rho * s + (1.0 - rho) * (g * g);
    const auto delta = g * (sqrt(d + eps) / sqrt(s + eps));
    d = rho * d + (1.0 - rho) * (delta * delta);
    p = p - rate * delta;
  }
};

/// s ← α s + (1 − α) g²;  p ← p − η g / (√s + ε).  Tieleman and Hinton 2012, lecture 6.5.
/// Centred, ḡ ← α ḡ + (1 − α) g, and s − ḡ² under the root (Graves 2013);  with momentum, b ← μ b + g / …;  p ← p − η b.
struct RMSpropRule {
  double rate, alpha, eps, momentum;
  bool centered;
  void operator()(auto& p, auto g, auto& s) const {
    s = alpha * s + (1.0 - alpha) * (g * g);
    p = p - rate * g / (sqrt(s) + eps);
  }
  void operator()(auto& p, auto g, auto& s, auto& b, auto& mean) const {
    s = alpha * s + (1.0 - alpha) * (g * g);
    mean = mean + (1.0 - alpha) * (g - mean);
    b = momentum * b + g / (sqrt(centered ? s - mean * mean : s) + eps);
    p = p - rate * b;
  }
};

/// m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  p ← p − η m̂ / (√v̂ + ε), where m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
/// Kingma and Ba 2015, algorithm 1.  AMSGrad: the largest v so far in the place of v (Reddi, Kale and Kumar 2018).
struct AdamRule {
  double rate, beta1, beta2, eps;
  double root;  // 1/√(1 − β₂ᵗ);  1/(1 − β₁ᵗ) is in the rate
  void operator()(auto& p, auto g, auto& m, auto& v) const {
    m = m + (1.0 - beta1) * (g - m);
    v = beta2 * v + (1.0 - beta2) * (g * g);
    p = p - rate * m / (root * sqrt(v) + eps);
  }
  void operator()(auto& p, auto g, auto& m, auto& v, auto& largest) const {
    m = m + (1.0 - beta1) * (g - m);
    v = beta2 * v + (1.0 - beta2) * (g * g);
    largest = maximum(largest, v);
    p = p - rate * m / (root * sqrt(largest) + eps);
  }
};

/// m as in Adam;  u ← max(β₂ u, |g| + ε);  p ← p − η m̂ / u.  Kingma and Ba 2015, algorithm 2.
struct AdamaxRule {
  double rate, beta1, beta2, eps;
  void operator()(auto& p, auto g, auto& m, auto& u) const {
    m = m + (1.0 - beta1) * (g - m);
    u = maximum(beta2 * u, abs(g) + eps);
    p = p - rate * m / u;
  }
};

/// m and v as in Adam;  p ← p − η (a g + b m) / (√v̂ + ε), whose weights a and b look a step ahead.  Dozat 2016.
struct NAdamRule {
  double of_gradient, of_mean, beta1, beta2, eps, root;
  void operator()(auto& p, auto g, auto& m, auto& v) const {
    m = m + (1.0 - beta1) * (g - m);
    v = beta2 * v + (1.0 - beta2) * (g * g);
    p = p - (of_gradient * g + of_mean * m) / (root * sqrt(v) + eps);
  }
};

/// p ← p − η sign(β₁ m + (1 − β₁) g);  m ← β₂ m + (1 − β₂) g.  Chen et al. 2023, algorithm 2.
struct LionRule {
  double rate, beta1, beta2;
  void operator()(auto& p, auto g, auto& m) const {
    p = p - rate * sign(beta1 * m + (1.0 - beta1) * g);
    m = beta2 * m + (1.0 - beta2) * g;
  }
};

}  // namespace gradus::nn::detail
