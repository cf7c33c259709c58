#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "autograd/array/blas_lock.h"
#include "autograd/array/lapack.h"
#include "autograd/base/error.h"
#include "autograd/minimize/line_search.h"
#include "autograd/minimize/minimize.h"
#include "autograd/minimize/minimize_progress.h"

namespace gradus::detail {

namespace {

using Numbers = std::vector<double>;

/// Residuals and their Jacobian somewhere.
struct Fit {
  Numbers x, r, jacobian;
  double value = 0.0;  // ½·Σ r²
  Numbers gradient;    // Jᵀ·r
};

Fit fit_at(const Residuals& f, Numbers x, bool with_jacobian) {
  Fit fit;
  fit.x = std::move(x);
  fit.r = f(fit.x, with_jacobian ? &fit.jacobian : nullptr);
  fit.value = 0.5 * dot_of(fit.r, fit.r);
  if (!with_jacobian) return fit;
  const std::size_t n = fit.x.size();
  fit.gradient.assign(n, 0.0);
  for (std::size_t i = 0; i < fit.r.size(); ++i) {
    for (std::size_t j = 0; j < n; ++j) fit.gradient[j] += fit.jacobian[i * n + j] * fit.r[i];
  }
  return fit;
}

/// The p that minimizes |J·p + r|² + λ·|D·p|², by a QR decomposition of both below each other; empty where there is none.
Numbers damped_step(const Fit& fit, std::span<const double> scale, double damping) {
  const auto n = static_cast<int>(fit.x.size());
  const auto m = static_cast<int>(fit.r.size());
  const int rows = m + n;
  Numbers a(static_cast<std::size_t>(rows) * fit.x.size(), 0.0);  // by columns
  Numbers b(static_cast<std::size_t>(rows), 0.0);
  for (std::size_t j = 0; j < fit.x.size(); ++j) {
    double* column = a.data() + j * static_cast<std::size_t>(rows);
    for (std::size_t i = 0; i < fit.r.size(); ++i) column[i] = fit.jacobian[i * fit.x.size() + j];
    column[fit.r.size() + j] = std::sqrt(damping) * scale[j];
  }
  for (std::size_t i = 0; i < fit.r.size(); ++i) b[i] = -fit.r[i];
  Numbers work(static_cast<std::size_t>(64 * (n + rows)));
  const auto work_size = static_cast<int>(work.size());
  const auto info = [&] {
    const auto alone = one_blas_call();
    return lapack::gels(rows, n, a.data(), b.data(), work.data(), work_size);
  }();
  if (info != 0 || !std::isfinite(largest(std::span(b).first(fit.x.size())))) return {};
  b.resize(fit.x.size());
  return b;
}

// The same without derivatives, and without a value where f says that it has none.
Fit fit_if_any(const Residuals& f, const Numbers& x) {
  try {
    return fit_at(f, x, false);
  } catch (const ValueError&) {
    return {x, {}, {}, std::numeric_limits<double>::quiet_NaN(), {}};
  }
}

// The largest norm that each column of the Jacobian has had (Moré 1978).
void enlarge(Numbers& scale, const Fit& fit) {
  for (std::size_t j = 0; j < scale.size(); ++j) {
    double square = 0.0;
    for (std::size_t i = 0; i < fit.r.size(); ++i) {
      const double d = fit.jacobian[i * scale.size() + j];
      square += d * d;
    }
    scale[j] = std::max(scale[j], std::sqrt(square));
  }
}

// By how much the value falls if the residuals are linear: ½·|J·p|² + λ·|D·p|².
double expected_fall(const Fit& fit, std::span<const double> p, std::span<const double> scale, double damping) {
  double fall = 0.0;
  for (std::size_t i = 0; i < fit.r.size(); ++i) {
    const double along = dot_of(std::span(fit.jacobian).subspan(i * p.size(), p.size()), p);
    fall += 0.5 * along * along;
  }
  for (std::size_t j = 0; j < p.size(); ++j) fall += damping * scale[j] * scale[j] * p[j] * p[j];
  return fall;
}

}  // namespace

MinimizeResult<Numbers> least_squares(const Residuals& f, Numbers x, const MinimizeOptions& options) {
  check_options(options, "least_squares");
  Fit at = fit_at(f, std::move(x), true);
  check_start(at.value, at.gradient, "least_squares");
  int evaluations = 1;
  Numbers scale(at.x.size(), 1e-12);
  double damping = 1e-3;
  double growth = 2.0;
  Progress progress(options);
  while (!progress.ends(at.x, at.value, at.gradient)) {
    enlarge(scale, at);
    bool moved = false;
    while (!moved && damping < 1e100) {
      const Numbers p = damped_step(at, scale, damping);
      if (!p.empty()) {
        Numbers to = at.x;
        for (std::size_t j = 0; j < p.size(); ++j) to[j] += p[j];
        if (to == at.x) break;  // too small a step for any number to change
        const Fit tried = fit_if_any(f, to);
        ++evaluations;
        const double gain = (at.value - tried.value) / expected_fall(at, p, scale, damping);
        if (std::isfinite(tried.value) && gain > 0.0) {
          Fit next = fit_at(f, std::move(to), true);
          ++evaluations;
          progress.step(at.x, next.x);
          at = std::move(next);
          const double steepness = 2.0 * gain - 1.0;
          damping = std::max(damping * std::max(1.0 / 3.0, 1.0 - steepness * steepness * steepness), 1e-300);
          growth = 2.0;
          moved = true;
          continue;
        }
      }
      damping *= growth;
      growth *= 2.0;
    }
    if (!moved) {
      progress.stuck();
      break;
    }
  }
  return progress.result(std::move(at.x), at.value, at.gradient, evaluations);
}

}  // namespace gradus::detail
