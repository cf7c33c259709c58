// The backward walk as other rules use it: over a part of a graph that was computed just now.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "../tensor/tensor.h"

namespace gradus::detail {

/// The gradient of Σ seed · y by each x, empty where y does not depend on it.  What is as old as `oldest` or older is an
/// end like a leaf, whose hooks are not run: the walk that is under way comes there by itself.
template <class V>
std::vector<V> gradients_since(std::uint64_t oldest, const Tensor& y, std::span<const Tensor> x, const V& seed);

extern template std::vector<Array> gradients_since(std::uint64_t, const Tensor&, std::span<const Tensor>, const Array&);
extern template std::vector<Tensor> gradients_since(std::uint64_t, const Tensor&, std::span<const Tensor>,
                                                    const Tensor&);

}  // namespace gradus::detail
