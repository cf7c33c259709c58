#include "autograd/graph/written_pullback.h"

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "autograd/math/loss_ops.h"
#include "autograd/math/ops.h"
#include "autograd/math/pullback.h"
#include "autograd/math/readable_forms.h"
#include "autograd/tensor/ops/op_lists.h"

namespace gradus::detail {

namespace {

/// What a derivative as people write it looks at, as `reads` has it for the one that is computed.
template <class D>
constexpr unsigned bits_of(const D& derivative) {
  if constexpr (std::same_as<D, Reads>) {
    return derivative.bits;
  } else if constexpr (is_gate<D>) {
    return bits_of(derivative.weight);
  } else {
    return 0U;
  }
}

template <class Op, int I, std::size_t... K>
unsigned shown_reads(std::index_sequence<K...>) {
  return bits_of(shown_derivative<I>(Op{}, attribute_number, Reads::argument(K)...));
}

bool is_one(const Tensor& g) {
  if (g.requires_grad() || !g.value().has_data()) return false;
  const std::vector<double> numbers = g.value().to_vector();
  return std::all_of(numbers.begin(), numbers.end(), [](double v) { return v == 1.0; });
}

/// cotangent · derivative; the derivative alone where the cotangent is 1.
template <class D>
Tensor times(const Tensor& g, const D& derivative) {
  if constexpr (is_gate<D>) {
    return times(g, derivative.weight);
  } else if constexpr (std::same_as<D, One>) {
    return g;
  } else if constexpr (std::same_as<D, Tensor>) {
    return is_one(g) ? derivative : g * derivative;
  } else {
    return g * static_cast<double>(derivative);
  }
}

/// The rule's cotangent and arguments, with y where it was kept or is there already.
template <class Op, int I>
struct PullbackArguments {
  static constexpr unsigned mask = Pullback<Op, I>::mask;
  static constexpr auto arity = static_cast<std::size_t>(Op::arity);
  static constexpr unsigned all_x = (1U << Op::arity) - 1U;

  std::span<const Tensor> x;
  Tensor y;

  template <std::size_t K>
  [[nodiscard]] Tensor at() const {
    if constexpr (((mask >> K) & 1U) != 0) {
      return x[1 + static_cast<std::size_t>(std::popcount(mask & ((1U << K) - 1U)))];
    } else {
      return K == arity ? y : Tensor();
    }
  }
};

template <class Op, std::size_t... K>
Tensor value_of_op(const Op& op, std::span<const Tensor> x, std::index_sequence<K...>) {
  return bind(op, x[K]...);
}

template <class Op, int I>
Tensor written(const Op& op, std::span<const Tensor> x, AppliedOps& applied) {
  using Arguments = PullbackArguments<Op, I>;
  return [&]<std::size_t... K>(std::index_sequence<K...> all) {
    Arguments arguments{x, {}};
    unsigned known = Arguments::mask;
    const unsigned shown = shown_reads<Op, I>(all);
    if ((shown & ~known) == 1U << Op::arity && (known & Arguments::all_x) == Arguments::all_x) {
      const std::span<const Tensor> of_op = x.subspan(1, Arguments::arity);
      arguments.y = applied.find(typeid(Op), of_op);
      if (!arguments.y.defined()) {
        arguments.y = value_of_op(op, of_op, std::make_index_sequence<Arguments::arity>{});
        applied.add(typeid(Op), of_op, arguments.y);
      }
      known |= 1U << Op::arity;
    }
    if ((shown & ~known) == 0) {
      return times(x[0], shown_derivative<I>(op, attribute_number, arguments.template at<K>()...));
    }
    return times(x[0], partial<I>(op, arguments.template at<K>()...));
  }
  (std::make_index_sequence<static_cast<std::size_t>(Op::arity) + 1>{});
}

template <class Op, std::size_t... I>
std::optional<Tensor> written_of(const Rule& rule, std::span<const Tensor> x, AppliedOps& applied,
                                 std::index_sequence<I...>) {
  std::optional<Tensor> found;
  const auto look = [&]<int J>(wrt<J>) {
    const auto* pullback = op_of<Pullback<Op, J>>(rule);
    if (pullback != nullptr) found = written<Op, J>(pullback->op, x, applied);
  };
  (look(wrt<static_cast<int>(I)>{}), ...);
  return found;
}

template <class... Op>
std::optional<Tensor> written_among(OpList<Op...>, const Rule& rule, std::span<const Tensor> x, AppliedOps& applied) {
  std::optional<Tensor> found;
  const auto look = [&]<class O>(std::type_identity<O>) {
    if constexpr (!O::internal) {
      if (!found) {
        found = written_of<O>(rule, x, applied, std::make_index_sequence<static_cast<std::size_t>(O::arity)>{});
      }
    }
  };
  (look(std::type_identity<Op>{}), ...);
  return found;
}

}  // namespace

void AppliedOps::add(const std::type_info& type, std::span<const Tensor> x, const Tensor& y) {
  std::vector<const Record*> records;
  for (const Tensor& t : x) records.push_back(t.record().get());
  list_.push_back({&type, std::move(records), y});
}

Tensor AppliedOps::find(const std::type_info& type, std::span<const Tensor> x) const {
  for (const Applied& applied : list_) {
    if (*applied.type != type || applied.x.size() != x.size()) continue;
    bool same = true;
    for (std::size_t k = 0; k < x.size(); ++k) {
      same = same && x[k].record().get() != nullptr && x[k].record().get() == applied.x[k];
    }
    if (same) return applied.y;
  }
  return {};
}

std::optional<Tensor> written_pullback(const Rule& rule, std::span<const Tensor> x, AppliedOps& applied) {
  if (!rule.internal()) return std::nullopt;
  if (is_op<ChainProduct, GateProduct>(rule)) {
    return is_one(x[0]) ? x[1] : is_one(x[1]) ? x[0] : x[0] * x[1];
  }
  if (auto found = written_among(Elementwise{}, rule, x, applied)) return found;
  if (auto found = written_of<Power>(rule, x, applied, std::make_index_sequence<1>{})) return found;
  return written_of<Huber>(rule, x, applied, std::make_index_sequence<1>{});
}

}  // namespace gradus::detail
