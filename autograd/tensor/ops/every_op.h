// Every op there is, with its struct: for the few who walk the lists.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "../../math/loss_ops.h"
#include "../../math/norm_ops.h"
#include "../../math/ops.h"
#include "../op_traits.h"
#include "../passed.h"
#include "convolution.h"
#include "diagonal.h"
#include "indexing.h"
#include "join_axes.h"
#include "joining.h"
#include "linear_algebra.h"
#include "matrix_functions.h"
#include "op_lists.h"
#include "ordering.h"
#include "pooling.h"
#include "reductions.h"
#include "softmax.h"
#include "solving.h"
#include "spectral.h"
#include "structural.h"

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
