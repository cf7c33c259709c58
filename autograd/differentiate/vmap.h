// vmap: a function of one example made a function of many.
#pragma once
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "../base/export.h"
#include "../tensor/tensor.h"
#include "function.h"

namespace gradus {

/// Which axis of an argument numbers the examples; nothing for an argument that is the same for all.
using MappedAxis = std::optional<int>;

namespace detail {

GRADUS_API std::vector<Tensor> vmap(const Function& f, std::span<const Tensor> x, std::span<const MappedAxis> axes);

}  // namespace detail

/// The function that runs f on every example at once: its arguments have one more axis than f's, the first or as `axes`
/// say, and its results one more in front.  f is run once, on the first example, to see what it computes; then every op
/// is applied to all examples together, and recorded, so that what comes out is differentiated as anything else:
///     vmap([&](const Tensor& x, const Tensor& y) { return grad(loss(w, x, y), {w})[0]; })(xs, ys)
/// is the gradient for each example.  What f captures is the same for all, and so are the random numbers that it draws.
/// f must not look at numbers (item(), to_vector() and the like throw GraphError, as they do in compile()).
/// What is returned throws GraphError unless all arguments have the same number of examples, at least one, and when there
/// is nothing to map over, ShapeError for an axis that an argument does not have, and what f throws.
template <TensorFunction F>
[[nodiscard]] auto vmap(F f, std::vector<MappedAxis> axes = {}) {
  return [f = detail::function(std::move(f), "vmap"), axes = std::move(axes)](const std::same_as<Tensor> auto&... x) {
    const std::vector<Tensor> list{x...};
    return detail::one_or_all<ResultsOf<F>>(detail::vmap(f, list, axes));
  };
}

}  // namespace gradus
