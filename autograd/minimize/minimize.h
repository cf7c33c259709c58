// Minimizing functions of tensors and of Scalars, and least squares: by the derivatives that Gradus computes.
#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "../base/export.h"
#include "../differentiate/transforms.h"
#include "../scalar/scalar.h"
#include "../scalar/second_order.h"

namespace gradus {

/// How the next direction is found.  Every method goes as far along it as a line search for the strong Wolfe conditions
/// says (Nocedal and Wright, Numerical Optimization, 2006, algorithms 3.5 and 3.6).
enum class MinimizeMethod : std::uint8_t {
  gradient_descent,  ///< straight down
  bfgs,              ///< with an n × n approximation of the inverse Hessian: up to some thousand unknowns
  lbfgs,             ///< the same from the last few steps alone (Liu and Nocedal 1989): any number of unknowns
  newton_cg,         ///< Newton's, solved by conjugate gradients with Hessians times vectors: any number of unknowns
};

/// Where a minimization stands.
struct MinimizeStep {
  int iteration = 0;            ///< how many steps have been made
  double value = 0.0;           ///< the function, or half the sum of the squared residuals
  double gradient_norm = 0.0;   ///< the largest |∂f/∂xᵢ|
  std::span<const double> x{};  ///< all unknowns, one tensor behind the other
};

struct MinimizeOptions {
  MinimizeMethod method = MinimizeMethod::bfgs;
  int max_iterations = 1000;
  double gradient_tolerance = 1e-8;  ///< done when no |∂f/∂xᵢ| is larger
  double step_tolerance = 0.0;       ///< done when a step is smaller than this times the size of x
  int memory = 10;                   ///< of lbfgs: how many steps
  /// Called after each step; false ends the minimization.
  std::function<bool(const MinimizeStep&)> callback{};
};

/// What a minimization found.  X is a Tensor, a list of them, or numbers.
template <class X>
struct MinimizeResult {
  X x;
  double value = 0.0;          ///< the function there; of least squares half the sum of the squares
  double gradient_norm = 0.0;  ///< the largest |∂f/∂xᵢ| there
  int iterations = 0;
  int evaluations = 0;   ///< of the function with its gradient, or of the residuals with their Jacobian
  bool success = false;  ///< one of the tolerances was reached
  std::string message;   ///< why it ended
};

namespace detail {

/// A function of numbers with its derivatives, whatever computes them.
struct Objective {
  std::function<double(std::span<const double> x, std::span<double> gradient)> value_and_gradient;
  std::function<std::vector<double>(std::span<const double> x, std::span<const double> v)> hessian_times;
};
/// Residuals of numbers, with their Jacobian by rows where it is asked for.
using Residuals = std::function<std::vector<double>(std::span<const double> x, std::vector<double>* jacobian)>;

GRADUS_API MinimizeResult<std::vector<double>> minimize(const Objective& f, std::vector<double> x,
                                                        const MinimizeOptions& options);
GRADUS_API MinimizeResult<std::vector<double>> least_squares(const Residuals& f, std::vector<double> x,
                                                             const MinimizeOptions& options);
GRADUS_API MinimizeResult<Tensors> minimize(const Function& f, TensorList x, const MinimizeOptions& options);
GRADUS_API MinimizeResult<Tensors> least_squares(const Function& f, TensorList x, const MinimizeOptions& options);

template <class X>
auto minimum_of_argument(MinimizeResult<Tensors> m) {
  using Out = decltype(of_argument<X>(Tensors()));
  return MinimizeResult<Out>{
      of_argument<X>(std::move(m.x)), m.value, m.gradient_norm, m.iterations, m.evaluations, m.success, m.message};
}

}  // namespace detail

/// A function of numbers given together: f(std::span<const S>) for S = Scalar, and for Newton's method S = DualScalar.
template <class F>
concept ScalarsFunction = std::invocable<F&, std::span<const Scalar>>;

/// The x at which f(x), one number, is smallest as far as can be seen from where it starts: f is a function of one tensor
/// or of several, and the answer is one or a list, as x0 is.  It never ends higher than it began.  Where f is not finite, or
/// throws a ValueError (of a matrix that is not positive definite, say), the search turns back.
/// Throws GraphError unless f gives one number, ValueError where f or its gradient is not finite at x0 and for options
/// that make no sense, what f throws at x0, and what it throws beside
/// ValueErrors elsewhere.
template <TensorArgument X = TensorArgs, SingleTensorFunction F>
[[nodiscard]] auto minimize(const F& f, const X& x0, const MinimizeOptions& options = {}) {
  return detail::minimum_of_argument<X>(
      detail::minimize(detail::function(std::cref(f), "minimize"), TensorArgs(x0), options));
}
/// The same for f(std::span<const S>) on numbers and Scalars: faster for formulas of few numbers.
template <ScalarsFunction F>
[[nodiscard]] MinimizeResult<std::vector<double>> minimize(const F& f, std::vector<double> x0,
                                                           const MinimizeOptions& options = {}) {
  Tape tape;
  detail::Objective objective;
  objective.value_and_gradient = [&](std::span<const double> x, std::span<double> gradient) {
    tape.clear();
    std::vector<Scalar> inputs;
    for (const double number : x) inputs.push_back(tape.variable(number));
    const Scalar y = f(std::span<const Scalar>(inputs));
    tape.gradient(y, inputs, gradient);
    return y.value();
  };
  if constexpr (std::invocable<const F&, std::span<const DualScalar>>) {
    objective.hessian_times = [&](std::span<const double> x, std::span<const double> v) {
      return scalars::hvp(f, x, v);
    };
  }
  return detail::minimize(objective, std::move(x0), options);
}

/// The x at which ½·Σ rᵢ² is smallest, by the method of Levenberg and Marquardt: r = f(x) is a tensor of residuals.  The
/// damping follows Nielsen (1999), the scaling of the unknowns Moré (1978).  `method` and `memory` mean nothing here.
/// Throws as minimize() does.
template <TensorArgument X = TensorArgs, SingleTensorFunction F>
[[nodiscard]] auto least_squares(const F& f, const X& x0, const MinimizeOptions& options = {}) {
  return detail::minimum_of_argument<X>(
      detail::least_squares(detail::function(std::cref(f), "least_squares"), TensorArgs(x0), options));
}
/// The same for f(std::span<const Scalar>) that returns a std::vector<Scalar>.
template <ScalarsFunction F>
[[nodiscard]] MinimizeResult<std::vector<double>> least_squares(const F& f, std::vector<double> x0,
                                                                const MinimizeOptions& options = {}) {
  Tape tape;
  const detail::Residuals residuals = [&](std::span<const double> x, std::vector<double>* jacobian) {
    tape.clear();
    std::vector<Scalar> inputs;
    for (const double number : x) inputs.push_back(tape.variable(number));
    const std::vector<Scalar> r = f(std::span<const Scalar>(inputs));
    if (jacobian != nullptr) *jacobian = tape.jacobian(r, inputs);
    std::vector<double> values;
    for (const Scalar& number : r) values.push_back(number.value());
    return values;
  };
  return detail::least_squares(residuals, std::move(x0), options);
}

}  // namespace gradus
