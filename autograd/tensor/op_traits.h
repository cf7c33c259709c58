// What an op's struct says of itself beside its mathematics, for those who know only its Rule.
#pragma once
#include <span>
#include <string_view>
#include <type_traits>

#include "autograd/math/op_list.h"
#include "autograd/math/pullback.h"
#include "autograd/tensor/fields.h"

namespace gradus::detail {

/// One constant for each type of op.
struct OpTraits {
  std::string_view key;     // what files call the op; no other op is called so
  std::string_view called;  // what people call it
  bool internal = false;    // it serves the derivatives of others only
  bool affine = false;      // its value is affine in each argument separately
  /// Shows the attributes; null where there are none, or nobody to see them.
  void (*visit_fields)(const void* op, FieldVisitor& visitor) = nullptr;
};

/// The unique name of an op: `key` where another op has the same `name`, else its name.
template <class Op>
constexpr std::string_view key_of() {
  if constexpr (requires { Op::key; }) {
    return Op::key;
  } else {
    return Op::name;
  }
}

/// What people call an op: `called` where that is not its name.
template <class Op>
constexpr std::string_view called() {
  if constexpr (requires { Op::called; }) {
    return Op::called;
  } else {
    return Op::name;
  }
}

/// Whether an op only serves the derivatives of others.
template <class Op>
constexpr bool is_internal() {
  if constexpr (is_pullback<Op>) {
    return true;
  } else if constexpr (requires { Op::internal; }) {
    return Op::internal;
  } else {
    return false;
  }
}

/// Whether an op's value is a sum of products of its arguments' elements and constants, with no argument twice in one.
template <class Op>
constexpr bool is_affine() {
  if constexpr (requires { Op::affine; }) {
    return Op::affine;
  } else if constexpr (requires { Op::multilinear; }) {
    return Op::multilinear;
  } else {
    return false;
  }
}

/// Whether an op can be made from a file: those that users call, and of the helpers of gradients those that say so and
/// the elementwise ones without attributes.
template <class Op>
constexpr bool is_saved() {
  if constexpr (requires { Op::saved; }) {
    return Op::saved;
  } else {
    return !is_internal<Op>() || (is_listed<Op> && std::is_empty_v<Op>);
  }
}

/// The shape of an op's result for arguments of these shapes.  Throws ShapeError, naming the op, where it has none.
template <class Op>
Shape shape_of_result(const Op& op, std::span<const Shape> x) {
  if constexpr (requires { op.result_shape(x); }) {
    return op.result_shape(x);
  } else {
    static_assert(
        !requires { Op::structural; }, "a structural op states result_shape");
    Shape shape = x[0];
    for (const Shape& other : x.subspan(1)) shape = broadcast(shape, other, Op::name);
    return shape;
  }
}

template <class Op>
constexpr OpTraits make_op_traits() {
  OpTraits traits{key_of<Op>(), called<Op>(), is_internal<Op>(), is_affine<Op>()};
  if constexpr (is_saved<Op>() && requires { Op::fields; }) traits.visit_fields = visit_fields<Op>;
  return traits;
}

template <class Op>
inline constexpr OpTraits op_traits = make_op_traits<Op>();

}  // namespace gradus::detail
