// Derivatives of functions: jvp, vjp, value_and_grad, jacobian, hessian, hvp.
//
// A function is any callable from tensors to a tensor, or to several (function.h).  It is run on variables of its own
// that hold the numbers of x, inside a NoGrad too, so no .grad() changes and x itself may be a constant.  What it
// captures counts as constant.
//
// Each comes in two kinds.  The plain one gives constants, numbers computed without recording.  The `recorded_` one
// gives tensors that can be differentiated again, with respect to x, to the directions v and to what f captures: these
// nest to any order.  A function that differentiates inside uses the recorded kind, for the plain one cuts the graph.
//
// All throw GraphError for a wrong number of tensors and ShapeError for a direction or seed of the wrong shape.
#pragma once
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "autograd/base/export.h"
#include "autograd/differentiate/function.h"
#include "autograd/differentiate/gradient.h"

namespace gradus {

using TensorList = std::span<const Tensor>;
using TensorInit = std::initializer_list<Tensor>;

/// Whether a transform computes numbers or records.
enum class Derivative : bool { plain, recorded };

namespace detail {

using Tensors = std::vector<Tensor>;

/// A function run on variables of its own.
struct Evaluated {
  Tensors x;  // the variables: connected to the caller's tensors when the derivative is recorded
  Tensors y;
};
struct Pushed {
  Tensors values, tangents;
};
struct ValueAndGrad {
  Tensor value;
  Tensors gradients;
};

GRADUS_API Evaluated evaluate(const Function& f, TensorList x, Derivative kind);
GRADUS_API Tensors results(const Evaluated& run, Derivative kind);
GRADUS_API Tensors pull_back(const Evaluated& run, TensorList seeds, Derivative kind);
GRADUS_API Pushed jvp(const Function& f, TensorList x, TensorList v, Derivative kind);
GRADUS_API ValueAndGrad value_and_grad(const Function& f, TensorList x, Derivative kind);
GRADUS_API std::vector<Tensors> jacobian(const Function& f, TensorList x, Derivative kind);
GRADUS_API std::vector<Tensors> hessian(const Function& f, TensorList x, Derivative kind);
GRADUS_API Tensors hvp(const Function& f, TensorList x, TensorList v, Derivative kind);

inline TensorList list_of(TensorInit list) { return {list.begin(), list.size()}; }

}  // namespace detail

// ------------------------------------------------------------------------------------------------------- forward mode

/// The tangent of each y when x[k] moves along v[k], pushed through the graph that computed y, oldest record first;
/// zeros for a y that does not depend on x.  x may be leaves or intermediate results.
[[nodiscard]] GRADUS_API std::vector<Tensor> jvp(TensorList y, TensorList x, TensorList v);
[[nodiscard]] GRADUS_API Tensor jvp(const Tensor& y, TensorInit x, TensorInit v);
[[nodiscard]] GRADUS_API std::vector<Tensor> recorded_jvp(TensorList y, TensorList x, TensorList v);
[[nodiscard]] GRADUS_API Tensor recorded_jvp(const Tensor& y, TensorInit x, TensorInit v);

/// A function's value and its tangent; each a Tensor, or a list where the function returns several.
template <class R>
struct Jvp {
  R value;
  R tangent;
};

/// f(x) and J·v, in one run and one pass over its graph: the derivative along v, whatever the size of the result.
template <Derivative kind = Derivative::plain, TensorFunction F>
[[nodiscard]] Jvp<ResultsOf<F>> jvp(const F& f, TensorList x, TensorList v) {
  using R = ResultsOf<F>;
  detail::Pushed pushed = detail::jvp(detail::function(std::cref(f), "jvp"), x, v, kind);
  return {detail::one_or_all<R>(std::move(pushed.values)), detail::one_or_all<R>(std::move(pushed.tangents))};
}
template <TensorFunction F>
[[nodiscard]] auto jvp(const F& f, TensorInit x, TensorInit v) {
  return jvp(f, detail::list_of(x), detail::list_of(v));
}
template <TensorFunction F>
[[nodiscard]] auto recorded_jvp(const F& f, TensorList x, TensorList v) {
  return jvp<Derivative::recorded>(f, x, v);
}
template <TensorFunction F>
[[nodiscard]] auto recorded_jvp(const F& f, TensorInit x, TensorInit v) {
  return recorded_jvp(f, detail::list_of(x), detail::list_of(v));
}

// ------------------------------------------------------------------------------------------------------- reverse mode

/// Seeds of a function's results → cotangents of its arguments, one for each: uᵀ·J.  May be used any number of times;
/// keeps the graph of the function alive.
template <class R>
class VjpFunction {
 public:
  VjpFunction(detail::Evaluated run, Derivative kind) : run_(std::move(run)), kind_(kind) {}
  /// `seeds`: a tensor of the result's shape, or one for each result.
  [[nodiscard]] std::vector<Tensor> operator()(const R& seeds) const {
    return detail::pull_back(run_, detail::as_list(seeds), kind_);
  }

 private:
  detail::Evaluated run_;
  Derivative kind_;
};

/// A function's value and its pullback.
template <class R>
struct Vjp {
  R value;
  VjpFunction<R> pullback;
};

/// f(x) and its pullback: auto [y, pullback] = vjp(f, {x});
template <Derivative kind = Derivative::plain, TensorFunction F>
[[nodiscard]] Vjp<ResultsOf<F>> vjp(const F& f, TensorList x) {
  using R = ResultsOf<F>;
  detail::Evaluated run = detail::evaluate(detail::function(std::cref(f), "vjp"), x, kind);
  R value = detail::one_or_all<R>(detail::results(run, kind));
  return {std::move(value), VjpFunction<R>(std::move(run), kind)};
}
template <TensorFunction F>
[[nodiscard]] auto vjp(const F& f, TensorInit x) {
  return vjp(f, detail::list_of(x));
}
template <TensorFunction F>
[[nodiscard]] auto recorded_vjp(const F& f, TensorList x) {
  return vjp<Derivative::recorded>(f, x);
}
template <TensorFunction F>
[[nodiscard]] auto recorded_vjp(const F& f, TensorInit x) {
  return recorded_vjp(f, detail::list_of(x));
}

using detail::ValueAndGrad;

/// f(x) and its gradient with respect to each x.  Throws GraphError unless f returns one number.
template <SingleTensorFunction F>
[[nodiscard]] ValueAndGrad value_and_grad(const F& f, TensorList x) {
  return detail::value_and_grad(detail::function(std::cref(f), "value_and_grad"), x, Derivative::plain);
}
template <SingleTensorFunction F>
[[nodiscard]] ValueAndGrad value_and_grad(const F& f, TensorInit x) {
  return value_and_grad(f, detail::list_of(x));
}
template <SingleTensorFunction F>
[[nodiscard]] ValueAndGrad recorded_value_and_grad(const F& f, TensorList x) {
  return detail::value_and_grad(detail::function(std::cref(f), "value_and_grad"), x, Derivative::recorded);
}
template <SingleTensorFunction F>
[[nodiscard]] ValueAndGrad recorded_value_and_grad(const F& f, TensorInit x) {
  return recorded_value_and_grad(f, detail::list_of(x));
}

/// The function that gives both: auto [loss, gradients] = value_and_grad(f)(w, b);
template <SingleTensorFunction F>
[[nodiscard]] auto value_and_grad(F f) {
  return [f = std::move(f)](const std::same_as<Tensor> auto&... x) { return value_and_grad(f, TensorInit{x...}); };
}

// ----------------------------------------------------------------------------------------------------- whole matrices

/// ∂f/∂x, of shape f.shape + x.shape; a list where f returns several.  Row by row in reverse mode or column by column
/// in forward mode, whichever takes fewer passes.
template <Derivative kind = Derivative::plain, TensorFunction F>
[[nodiscard]] ResultsOf<F> jacobian(const F& f, const Tensor& x) {
  std::vector<Tensor> out;
  for (auto& row : detail::jacobian(detail::function(std::cref(f), "jacobian"), TensorList(&x, 1), kind)) {
    out.push_back(std::move(row[0]));
  }
  return detail::one_or_all<ResultsOf<F>>(std::move(out));
}
/// The same for several inputs: [input], or [result][input] where f returns several.
template <Derivative kind = Derivative::plain, TensorFunction F>
[[nodiscard]] auto jacobian(const F& f, TensorList x) {
  using R = std::conditional_t<SingleTensorFunction<F>, std::vector<Tensor>, std::vector<std::vector<Tensor>>>;
  return detail::one_or_all<R>(detail::jacobian(detail::function(std::cref(f), "jacobian"), x, kind));
}
template <TensorFunction F>
[[nodiscard]] auto jacobian(const F& f, TensorInit x) {
  return jacobian(f, detail::list_of(x));
}
template <TensorFunction F>
[[nodiscard]] auto recorded_jacobian(const F& f, const Tensor& x) {
  return jacobian<Derivative::recorded>(f, x);
}
template <TensorFunction F>
[[nodiscard]] auto recorded_jacobian(const F& f, TensorList x) {
  return jacobian<Derivative::recorded>(f, x);
}
template <TensorFunction F>
[[nodiscard]] auto recorded_jacobian(const F& f, TensorInit x) {
  return recorded_jacobian(f, detail::list_of(x));
}

/// ∂²f/∂x², of shape x.shape + x.shape: tangents pushed through the recorded gradient (forward over reverse).  What it
/// gives is what the rules give, not made symmetric afterwards.  Throws GraphError unless f returns one number.
template <SingleTensorFunction F>
[[nodiscard]] Tensor hessian(const F& f, const Tensor& x) {
  return detail::hessian(detail::function(std::cref(f), "hessian"), TensorList(&x, 1), Derivative::plain)[0][0];
}
/// The same for several inputs: block [i][j] is ∂²f/∂xᵢ∂xⱼ, of shape xᵢ.shape + xⱼ.shape.
template <SingleTensorFunction F>
[[nodiscard]] std::vector<std::vector<Tensor>> hessian(const F& f, TensorList x) {
  return detail::hessian(detail::function(std::cref(f), "hessian"), x, Derivative::plain);
}
template <SingleTensorFunction F>
[[nodiscard]] std::vector<std::vector<Tensor>> hessian(const F& f, TensorInit x) {
  return hessian(f, detail::list_of(x));
}
template <SingleTensorFunction F>
[[nodiscard]] Tensor recorded_hessian(const F& f, const Tensor& x) {
  return detail::hessian(detail::function(std::cref(f), "hessian"), TensorList(&x, 1), Derivative::recorded)[0][0];
}
template <SingleTensorFunction F>
[[nodiscard]] std::vector<std::vector<Tensor>> recorded_hessian(const F& f, TensorList x) {
  return detail::hessian(detail::function(std::cref(f), "hessian"), x, Derivative::recorded);
}
template <SingleTensorFunction F>
[[nodiscard]] std::vector<std::vector<Tensor>> recorded_hessian(const F& f, TensorInit x) {
  return recorded_hessian(f, detail::list_of(x));
}

/// The Hessian times v without the Hessian: one backward pass and one tangent through it, about the cost of two
/// gradients.  Throws GraphError unless f returns one number.
template <SingleTensorFunction F>
[[nodiscard]] Tensor hvp(const F& f, const Tensor& x, const Tensor& v) {
  return detail::hvp(detail::function(std::cref(f), "hvp"), TensorList(&x, 1), TensorList(&v, 1), Derivative::plain)[0];
}
/// The same for several inputs: Σⱼ ∂²f/∂xᵢ∂xⱼ · vⱼ for each i.
template <SingleTensorFunction F>
[[nodiscard]] std::vector<Tensor> hvp(const F& f, TensorList x, TensorList v) {
  return detail::hvp(detail::function(std::cref(f), "hvp"), x, v, Derivative::plain);
}
template <SingleTensorFunction F>
[[nodiscard]] std::vector<Tensor> hvp(const F& f, TensorInit x, TensorInit v) {
  return hvp(f, detail::list_of(x), detail::list_of(v));
}
template <SingleTensorFunction F>
[[nodiscard]] Tensor recorded_hvp(const F& f, const Tensor& x, const Tensor& v) {
  return detail::hvp(detail::function(std::cref(f), "hvp"), TensorList(&x, 1), TensorList(&v, 1),
                     Derivative::recorded)[0];
}
template <SingleTensorFunction F>
[[nodiscard]] std::vector<Tensor> recorded_hvp(const F& f, TensorList x, TensorList v) {
  return detail::hvp(detail::function(std::cref(f), "hvp"), x, v, Derivative::recorded);
}
template <SingleTensorFunction F>
[[nodiscard]] std::vector<Tensor> recorded_hvp(const F& f, TensorInit x, TensorInit v) {
  return recorded_hvp(f, detail::list_of(x), detail::list_of(v));
}

}  // namespace gradus
