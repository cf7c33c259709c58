// All elementwise ops: the table itself, and walks over the list of them.
#pragma once
#include <cstddef>
#include <type_traits>
#include <utility>

#include "activations.h"
#include "bessel_functions.h"
#include "binary_functions.h"
#include "gamma_functions.h"
#include "gelu_activations.h"
#include "inverse_error_function.h"
#include "op_list.h"
#include "piecewise_activations.h"
#include "remainders.h"
#include "selection.h"
#include "sinc.h"
#include "smooth_activations.h"

namespace gradus {

/// Calls f(op) for a default-made op of each type in the list.
template <class F, class... Op>
constexpr void for_each_op(OpList<Op...>, F&& f) {
  (f(Op{}), ...);
}

/// The same for every op whose place in the list is Part modulo Parts: large tables are compiled in parts.
template <std::size_t Part, std::size_t Parts, class F, class... Op>
constexpr void for_each_op_of_part(OpList<Op...>, F&& f) {
  const auto visit = [&]<std::size_t K, class O>(std::integral_constant<std::size_t, K>, std::type_identity<O>) {
    if constexpr (K % Parts == Part) f(O{});
  };
  [&]<std::size_t... K>(std::index_sequence<K...>) {
    (visit(std::integral_constant<std::size_t, K>{}, std::type_identity<Op>{}), ...);
  }
  (std::index_sequence_for<Op...>{});
}

}  // namespace gradus
