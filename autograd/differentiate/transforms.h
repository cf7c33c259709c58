// Derivatives of functions: jvp, vjp, value_and_grad, jacobian, hessian, hvp.
//
// A function is any callable from tensors to a tensor, or to several (function.h).  It is run on variables of its own
// that hold the numbers of x, inside a NoGrad too, so no .grad() changes and x itself may be a constant.  What it
// captures counts as constant.
//
// Each comes in two kinds.  The plain one gives constants, numbers computed without recording.  The `recorded_` one
// gives tensors that can be differentiated again, with respect to x, to the directions v and to what f captures: these
// nest to any order.  Inside a function that a transform is differentiating the plain kind records too, and so does
// grad(): nothing is cut that would be differentiated.
//
// x is a tensor, a list in braces, or anything that a span of tensors can look at (tensor_args.h).  Derivatives by one
// tensor are one tensor, those by a list a list.
//
// All throw GraphError for a wrong number of tensors and ShapeError for a direction or seed of the wrong shape.
#pragma once
#include <utility>
#include <vector>

#include "../base/export.h"
#include "function.h"
#include "gradient.h"
#include "tensor_args.h"

namespace gradus {

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
struct ValueWithGrad {
  Tensor value;
  Tensor gradient;
};

GRADUS_API Evaluated evaluate(const Function& f, TensorList x, Derivative kind);
GRADUS_API Tensors results(const Evaluated& run, Derivative kind);
GRADUS_API Tensors pull_back(const Evaluated& run, TensorList seeds, Derivative kind);
GRADUS_API Tensors jvp(TensorList y, TensorList x, TensorList v, Derivative kind);
GRADUS_API Pushed jvp(const Function& f, TensorList x, TensorList v, Derivative kind);
GRADUS_API ValueAndGrad value_and_grad(const Function& f, TensorList x, Derivative kind);
GRADUS_API std::vector<Tensors> jacobian(const Function& f, TensorList x, Derivative kind);
GRADUS_API std::vector<Tensors> hessian(const Function& f, TensorList x, Derivative kind);
GRADUS_API Tensors hvp(const Function& f, TensorList x, TensorList v, Derivative kind);

/// What of a list belongs to x: its one element where x is a tensor.
template <class X, class T>
auto of_argument(std::vector<T> list) {
  if constexpr (OneTensor<X>) {
    return std::move(list[0]);
  } else {
    return list;
  }
}

}  // namespace detail

// ------------------------------------------------------------------------------------------------------- forward mode

/// The tangent of y, or of each y, when x[k] moves along v[k], pushed through the graph that computed y, oldest record
/// first; zeros for a y that does not depend on x.  x may be leaves or intermediate results.
template <Derivative kind = Derivative::plain, TensorArgument Y = TensorArgs>
[[nodiscard]] auto jvp(const Y& y, TensorArgs x, TensorArgs v) {
  return detail::of_argument<Y>(detail::jvp(TensorArgs(y), x, v, kind));
}
template <TensorArgument Y = TensorArgs>
[[nodiscard]] auto recorded_jvp(const Y& y, TensorArgs x, TensorArgs v) {
  return jvp<Derivative::recorded>(y, x, v);
}

/// A function's value and its tangent; each a Tensor, or a list where the function returns several.
template <class R>
struct Jvp {
  R value;
  R tangent;
};

/// f(x) and J·v, in one run and one pass over its graph: the derivative along v, whatever the size of the result.
template <Derivative kind = Derivative::plain, TensorFunction F>
[[nodiscard]] Jvp<ResultsOf<F>> jvp(F&& f, TensorArgs x, TensorArgs v) {
  using R = ResultsOf<F>;
  detail::Pushed pushed = detail::jvp(detail::function(std::ref(f), "jvp"), x, v, kind);
  return {detail::one_or_all<R>(std::move(pushed.values)), detail::one_or_all<R>(std::move(pushed.tangents))};
}
template <TensorFunction F>
[[nodiscard]] auto recorded_jvp(F&& f, TensorArgs x, TensorArgs v) {
  return jvp<Derivative::recorded>(f, x, v);
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

/// f(x) and its pullback: auto [y, pullback] = vjp(f, {x})
template <Derivative kind = Derivative::plain, TensorFunction F>
[[nodiscard]] Vjp<ResultsOf<F>> vjp(F&& f, TensorArgs x) {
  using R = ResultsOf<F>;
  detail::Evaluated run = detail::evaluate(detail::function(std::ref(f), "vjp"), x, kind);
  R value = detail::one_or_all<R>(detail::results(run, kind));
  return {std::move(value), VjpFunction<R>(std::move(run), kind)};
}
template <TensorFunction F>
[[nodiscard]] auto recorded_vjp(F&& f, TensorArgs x) {
  return vjp<Derivative::recorded>(f, x);
}

using detail::ValueAndGrad;
using detail::ValueWithGrad;

/// f(x) and its gradient: auto [loss, gradient] = value_and_grad(f, x), and with respect to each of a list:
/// auto [loss, gradients] = value_and_grad(f, {w, b}).  Throws GraphError unless f returns one number.
template <Derivative kind = Derivative::plain, TensorArgument X = TensorArgs, SingleTensorFunction F>
[[nodiscard]] auto value_and_grad(F&& f, const X& x) {
  ValueAndGrad both = detail::value_and_grad(detail::function(std::ref(f), "value_and_grad"), TensorArgs(x), kind);
  if constexpr (OneTensor<X>) {
    return ValueWithGrad{std::move(both.value), std::move(both.gradients[0])};
  } else {
    return both;
  }
}
template <TensorArgument X = TensorArgs, SingleTensorFunction F>
[[nodiscard]] auto recorded_value_and_grad(F&& f, const X& x) {
  return value_and_grad<Derivative::recorded>(f, x);
}

/// The function that gives both: auto [loss, gradients] = value_and_grad(f)(w, b);
template <SingleTensorFunction F>
[[nodiscard]] auto value_and_grad(F f) {
  return [f = std::move(f)](const std::same_as<Tensor> auto&... x) {
    return detail::value_and_grad(detail::function(std::ref(f), "value_and_grad"), TensorArgs({x...}),
                                  Derivative::plain);
  };
}

// ----------------------------------------------------------------------------------------------------- whole matrices

/// ∂f/∂x, of shape f.shape + x.shape, row by row in reverse mode or column by column in forward mode, whichever takes
/// fewer passes: [result][input], without the first index where f returns a tensor, without the second where x is one.
template <Derivative kind = Derivative::plain, TensorArgument X = TensorArgs, TensorFunction F>
[[nodiscard]] auto jacobian(F&& f, const X& x) {
  using PerResult = decltype(detail::of_argument<X>(detail::Tensors()));
  std::vector<PerResult> rows;
  for (auto& row : detail::jacobian(detail::function(std::ref(f), "jacobian"), TensorArgs(x), kind)) {
    rows.push_back(detail::of_argument<X>(std::move(row)));
  }
  return detail::one_or_all<std::conditional_t<SingleTensorFunction<F>, PerResult, std::vector<PerResult>>>(
      std::move(rows));
}
template <TensorArgument X = TensorArgs, TensorFunction F>
[[nodiscard]] auto recorded_jacobian(F&& f, const X& x) {
  return jacobian<Derivative::recorded>(f, x);
}

/// ∂²f/∂x², of shape x.shape + x.shape: tangents pushed through the recorded gradient (forward over reverse).  What it
/// gives is what the rules give, not made symmetric afterwards; but a number that is NaN or infinite is NaN wherever its
/// mirror image is another.  By a list: block [i][j] is ∂²f/∂xᵢ∂xⱼ, of shape
/// xᵢ.shape + xⱼ.shape.  Throws GraphError unless f returns one number.
template <Derivative kind = Derivative::plain, TensorArgument X = TensorArgs, SingleTensorFunction F>
[[nodiscard]] auto hessian(F&& f, const X& x) {
  auto blocks = detail::hessian(detail::function(std::ref(f), "hessian"), TensorArgs(x), kind);
  if constexpr (OneTensor<X>) {
    return std::move(blocks[0][0]);
  } else {
    return blocks;
  }
}
template <TensorArgument X = TensorArgs, SingleTensorFunction F>
[[nodiscard]] auto recorded_hessian(F&& f, const X& x) {
  return hessian<Derivative::recorded>(f, x);
}

/// The Hessian times v without the Hessian: one backward pass and one tangent through it, about the cost of two
/// gradients.  By a list: Σⱼ ∂²f/∂xᵢ∂xⱼ · vⱼ for each i.  Throws GraphError unless f returns one number.
template <Derivative kind = Derivative::plain, TensorArgument X = TensorArgs, SingleTensorFunction F>
[[nodiscard]] auto hvp(F&& f, const X& x, TensorArgs v) {
  return detail::of_argument<X>(detail::hvp(detail::function(std::ref(f), "hvp"), TensorArgs(x), v, kind));
}
template <TensorArgument X = TensorArgs, SingleTensorFunction F>
[[nodiscard]] auto recorded_hvp(F&& f, const X& x, TensorArgs v) {
  return hvp<Derivative::recorded>(f, x, v);
}

}  // namespace gradus
