// Every op there is, with its struct: for the few who walk the lists.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "autograd/math/loss_ops.h"
#include "autograd/math/norm_ops.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/ops/convolution.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/join_axes.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/matrix_functions.h"
#include "autograd/tensor/ops/op_lists.h"
#include "autograd/tensor/ops/pooling.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/solving.h"
#include "autograd/tensor/ops/spectral.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/passed.h"

namespace gradus {

namespace detail {

template <class... A, class... B, class... C>
OpList<A..., B..., C...> joined(OpList<A...>, OpList<B...>, OpList<C...>);

}  // namespace detail

using EveryOp = decltype(detail::joined(Elementwise{}, LossOps{}, StructuralOps{}));

/// Calls f(std::type_identity<Op>) for the type of each op in a list.
template <class F, class... Op>
constexpr void for_each_type(OpList<Op...>, F&& f) {
  (f(std::type_identity<Op>{}), ...);
}

namespace detail {

template <class... Op>
constexpr bool have_keys_of_their_own(OpList<Op...>) {
  std::array keys{key_of<Op>()...};
  std::ranges::sort(keys);
  return std::ranges::adjacent_find(keys) == keys.end();
}

static_assert(have_keys_of_their_own(EveryOp{}), "two ops have one name: one of them states another `key`");

}  // namespace detail

}  // namespace gradus
