// What an op's struct says of itself beside its mathematics, for those who know only its Rule.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "../math/op_list.h"
#include "../math/pullback.h"
#include "../math/readable_forms.h"
#include "fields.h"
#include "taught_rule.h"
#include "tensor.h"

namespace gradus::detail {

/// One constant for each type of op.
struct OpTraits {
  std::string_view key;      // what files call the op; no other op is called so
  std::string_view called;   // what people call it
  bool internal = false;     // it serves the derivatives of others only
  bool affine = false;       // its value is affine in each argument separately
  bool multilinear = false;  // on whole arrays, and linear in each argument separately
  bool can_die = false;      // where it gives 0 it hands nothing back: a unit that always does can learn no more
  /// Shows the attributes; null where there are none, or nobody to see them.
  void (*visit_fields)(const void* op, FieldVisitor& visitor) = nullptr;

  // For people; null where the op states nothing.
  const OpWords* words = nullptr;
  /// The rule of an op on whole arrays as a teacher writes it.
  TaughtRule (*taught)(const void* op, std::size_t k, const TaughtStep& step) = nullptr;
  /// The rule for argument k in ops that people know, recorded, where what is computed is made of others.
  Tensor (*plain_vjp)(const void* op, std::size_t k, const Tensor& g, std::span<const Tensor> x,
                      const Tensor& y) = nullptr;
  /// What is said of the rule that is read off the pullback, for a first argument of this shape.
  std::string (*reason)(const void* op, const Shape& first) = nullptr;
  /// What the result is in simpler ops, recorded; nothing where the attributes leave no such form.
  std::optional<Tensor> (*composed)(const void* op, std::span<const Tensor> x) = nullptr;
  /// At a point where a convention decides its derivative by the arguments in `moving` (bit k), or with `order` 2 the
  /// second one: why, and what is taken.  Else empty, as where the numbers were not kept.
  std::string_view (*convention)(const void* op, std::span<const Array> x, const Array& y, std::uint32_t moving,
                                 int order) = nullptr;
  /// The square of the result, recorded, in ops that are smooth where this one is not; nothing where the attributes
  /// leave no such form.
  std::optional<Tensor> (*squared)(const void* op, std::span<const Tensor> x) = nullptr;
  /// The same as people write it, where that is to be shown beside the name.
  std::optional<Formula> (*spelled)(const void* op, std::span<const Formula> x) = nullptr;
  /// What its rule is made of, in numbers (taught_rule.h).
  std::vector<TaughtPart> (*parts)(const void* op, const Array& x, const Formula& name,
                                   std::span<const Formula> options) = nullptr;
  /// The same as people write it, for an op whose name says little.
  Formula (*written_out)(std::span<const Formula> x) = nullptr;
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

/// op.composed(x…, attributes…) of so many tensors.
template <class Op, std::size_t... K>
auto composed_of_tensors(const Op& op, std::span<const Tensor> x, std::index_sequence<K...>) {
  return composed_of(op, attribute_number, x[K]...);
}

// ------------------------------------------------------------------------------------------------------- conventions

/// What an op states of its derivative by argument I, or of all of them, at one point.
template <int I, class Op>
constexpr std::string_view convention_at(const Op& op, int order, const auto&... x) {
  if constexpr (requires { op.convention(wrt<I>{}, x...); }) {
    if (const std::string_view text = op.convention(wrt<I>{}, x...); !text.empty()) return text;
  } else if constexpr (requires { op.convention(x...); }) {
    if (const std::string_view text = op.convention(x...); !text.empty()) return text;
  }
  if constexpr (requires { op.second_convention(x...); }) {
    if (order == 2) return op.second_convention(x...);
  }
  return {};
}

template <class Op>
concept StatesConvention = requires {
  &Op::convention;
}
|| requires { &Op::second_convention; }
|| requires(const Op& op) { op.convention(wrt<0>{}, 0.0, 0.0); }
|| requires(const Op& op) { op.convention(wrt<0>{}, 0.0, 0.0, 0.0); };

/// The first convention that decides at an element of the arguments.
template <class Op, std::size_t... K>
std::string_view convention_among(const Op& op, std::span<const Array> x, const Array& y, std::uint32_t moving,
                                  int order, std::index_sequence<K...>) {
  std::string_view found;
  const auto look = [&]<int I>(wrt<I>, const auto&... a) {
    if (found.empty() && ((moving >> I) & 1U) != 0) found = convention_at<I>(op, order, a...);
  };
  if constexpr (requires { Op::structural; }) {
    if ((x[K].has_data() && ...)) (look(wrt<static_cast<int>(K)>{}, x[K]..., y), ...);
  } else if ((x[K].has_data() && ...)) {
    const std::vector<double> numbers[] = {x[K].broadcast_to(y.shape()).to_vector()...};
    for (std::size_t i = 0; i < numbers[0].size() && found.empty(); ++i) {
      [&](const auto&... a) { (look(wrt<static_cast<int>(K)>{}, a...), ...); }(numbers[K][i]...);
    }
  }
  return found;
}

template <class Op>
constexpr void add_conventions(OpTraits& traits) {
  if constexpr (Op::arity > 0) {
    using Arguments = std::make_index_sequence<static_cast<std::size_t>(Op::arity)>;
    if constexpr (StatesConvention<Op>) {
      traits.convention = [](const void* op, std::span<const Array> x, const Array& y, std::uint32_t moving,
                             int order) {
        return convention_among(*static_cast<const Op*>(op), x, y, moving, order, Arguments{});
      };
    }
    const auto squared = []<std::size_t... K>(const Op& op, std::span<const Tensor> x, std::index_sequence<K...>) {
      if constexpr (requires { op.squared(x[K]...); }) {
        return op.squared(x[K]...);
      } else {
        return NotStated{};
      }
    };
    if constexpr (is_stated<decltype(squared(std::declval<const Op&>(), {}, Arguments{}))>) {
      traits.squared = [](const void* op, std::span<const Tensor> x) -> std::optional<Tensor> {
        return decltype(squared){}(*static_cast<const Op*>(op), x, Arguments{});
      };
    }
  }
}

template <class Op>
constexpr void add_what_people_read(OpTraits& traits) {
  if constexpr (requires { Op::can_die; }) traits.can_die = Op::can_die;
  if constexpr (requires { Op::multilinear; }) traits.multilinear = Op::multilinear;
  if constexpr (requires { Op::words; }) traits.words = &Op::words;
  if constexpr (requires { &Op::taught; }) {
    traits.taught = [](const void* op, std::size_t k, const TaughtStep& step) {
      return static_cast<const Op*>(op)->taught(k, step);
    };
  }
  if constexpr (requires { &Op::plain_vjp; }) {
    traits.plain_vjp = [](const void* op, std::size_t k, const Tensor& g, std::span<const Tensor> x, const Tensor& y) {
      return static_cast<const Op*>(op)->plain_vjp(k, g, x, y);
    };
  }
  if constexpr (requires { &Op::reason; }) {
    traits.reason = [](const void* op, const Shape& first) { return static_cast<const Op*>(op)->reason(first); };
  }
  if constexpr (Op::arity > 0) {
    using Arguments = std::make_index_sequence<static_cast<std::size_t>(Op::arity)>;
    if constexpr (is_stated<decltype(composed_of_tensors(std::declval<const Op&>(), {}, Arguments{}))>) {
      traits.composed = [](const void* op, std::span<const Tensor> x) -> std::optional<Tensor> {
        return composed_of_tensors(*static_cast<const Op*>(op), x, Arguments{});
      };
    }
  }
  if constexpr (requires { Op::spelled_out; }) {
    traits.spelled = [](const void* op, std::span<const Formula> x) -> std::optional<Formula> {
      return [&]<std::size_t... K>(std::index_sequence<K...>)->std::optional<Formula> {
        if constexpr (requires { static_cast<const Op*>(op)->spelled(x[K]...); }) {
          return static_cast<const Op*>(op)->spelled(x[K]...);
        } else {
          return composed_of(*static_cast<const Op*>(op), attribute_number, x[K]...);
        }
      }
      (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
    };
  }
  if constexpr (requires { &Op::parts; }) {
    traits.parts = [](const void* op, const Array& x, const Formula& name, std::span<const Formula> options) {
      return static_cast<const Op*>(op)->parts(x, name, options);
    };
  }
  if constexpr (requires { Op::written_out; }) {
    traits.written_out = [](std::span<const Formula> x) {
      return [&]<std::size_t... K>(std::index_sequence<K...>) { return Op::composed(x[K]...); }
      (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
    };
  }
}

template <class Op>
constexpr OpTraits make_op_traits() {
  OpTraits traits{key_of<Op>(), called<Op>(), is_internal<Op>(), is_affine<Op>()};
  if constexpr (is_saved<Op>() && requires { Op::fields; }) traits.visit_fields = visit_fields<Op>;
  if constexpr (!is_pullback<Op>) {
    add_what_people_read<Op>(traits);
    add_conventions<Op>(traits);
  }
  return traits;
}

template <class Op>
inline constexpr OpTraits op_traits = make_op_traits<Op>();

}  // namespace gradus::detail
