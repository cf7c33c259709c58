// Checkpoints: a part of a computation that is not kept but computed again when the backward pass comes to it.
#pragma once
#include <utility>
#include <vector>

#include "../base/export.h"
#include "transforms.h"

namespace gradus {

namespace detail {

GRADUS_API std::vector<Tensor> checkpoint(Function f, TensorList x);

}  // namespace detail

/// f(x…), recorded as one op that keeps x and the result alone.  What f computes inside is freed when it returns; a backward pass (or a
/// tangent) runs f again, so f must give the same result each time: random numbers take explicit keys, which do.
/// Tensors that f captures, such as the parameters of a layer, get their gradients like x.
/// Checkpoints nest, and can be differentiated to any order.
/// Throws what f throws, and GraphError for more than 31 x.  The backward pass throws GraphError when a leaf that f
/// captures has been given a new value in between, and when f gives another result than before: the gradient would be of
/// another function.
template <TensorFunction F>
[[nodiscard]] ResultsOf<F> checkpoint(F f, TensorArgs x) {
  return detail::one_or_all<ResultsOf<F>>(detail::checkpoint(detail::function(std::move(f), "checkpoint"), x));
}

}  // namespace gradus
