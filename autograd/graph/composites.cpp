#include "autograd/graph/composites.h"

#include <cmath>
#include <concepts>
#include <tuple>
#include <typeindex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "autograd/array/indices.h"
#include "autograd/math/composites.h"
#include "autograd/math/loss_ops.h"
#include "autograd/tensor/indexing.h"
#include "autograd/tensor/reductions.h"
#include "autograd/tensor/softmax.h"
#include "autograd/tensor/structural.h"

namespace gradus {

namespace {

// ------------------------------------------------------------------- ops on whole arrays, along a set of axes; see unfold.h

Axes axes_of(std::uint32_t mask) {
  std::vector<int> list;
  for (int k = 0; k < max_rank; ++k) {
    if (((mask >> k) & 1U) != 0) list.push_back(k);
  }
  return Axes(std::span<const int>(list));
}

Tensor like(const Tensor& y, const Tensor& x) { return broadcast_to(y, x.shape()); }

double count_of(const Tensor& x, std::uint32_t axes) {
  return static_cast<double>(x.size()) / static_cast<double>(reduced(x.shape(), axes, false).size());
}

Tensor total(const Tensor& x, std::uint32_t axes, bool keepdims) { return sum(x, axes_of(axes), keepdims); }

Tensor composed(const Mean& op, const Tensor& x) { return total(x, op.axes, op.keepdims) / count_of(x, op.axes); }

Tensor composed(const Softmax& op, const Tensor& x) {
  const Tensor e = exp(x);
  return e / like(total(e, op.axes, true), x);
}

Tensor composed(const LogSumExp& op, const Tensor& x) { return log(total(exp(x), op.axes, op.keepdims)); }

Tensor composed(const LogSoftmax& op, const Tensor& x) { return x - like(log(total(exp(x), op.axes, true)), x); }

Tensor squared_deviations(const Tensor& x, std::uint32_t axes, bool keepdims, double correction) {
  const double n = count_of(x, axes);
  const Tensor mean = total(x, axes, true) / n;
  return total(square(x - like(mean, x)), axes, keepdims) / (n - correction);
}
Tensor composed(const Var& op, const Tensor& x) { return squared_deviations(x, op.axes, op.keepdims, op.correction); }
Tensor composed(const Std& op, const Tensor& x) {
  return sqrt(squared_deviations(x, op.axes, op.keepdims, op.correction));
}

/// Σ − log softmax(x)[label], for rows that have one.
Tensor composed(const CrossEntropy& op, const Tensor& x) {
  std::vector<std::int64_t> places;
  std::vector<double> counted;
  for (const std::int64_t label : op.labels.values()) {
    places.push_back(label < 0 ? 0 : label);
    counted.push_back(label < 0 ? 0.0 : 1.0);
  }
  const auto rows = static_cast<std::int64_t>(places.size());
  const Tensor of_label = reshape(gather(x, 1, Indices(Shape{rows, 1}, places)), Shape{rows});
  const Tensor loss = log(total(exp(x), 0b10, false)) - of_label;
  for (const double c : counted) {
    if (c == 0.0) return loss * Tensor(Array(Shape{rows}, counted));
  }
  return loss;
}

/// √Σx² and Σ|x|; the other norms stay.
bool is_composite(const Norm& op) { return op.p == 2.0 || op.p == 1.0; }
Tensor composed(const Norm& op, const Tensor& x) {
  return op.p == 2.0 ? sqrt(total(square(x), op.axes, op.keepdims)) : total(abs(x), op.axes, op.keepdims);
}

Tensor composed(const Bce&, const Tensor& p, const Tensor& t) {
  const Tensor yes = t * log(p);
  const Tensor weight = 1.0 - t;
  return -(yes + weight * log(1.0 - p));
}
Tensor composed(const BceWithLogits&, const Tensor& x, const Tensor& t) { return composed(Bce{}, sigmoid(x), t); }

// ----------------------------------------------------------------------------------------------------- the table of them

using Composed = std::optional<Tensor> (*)(const void* op, std::span<const Tensor> x);

double number_of(std::string_view, double value) { return value; }

template <class Op, std::size_t... K>
std::optional<Tensor> elementwise_composed(const Op& op, std::span<const Tensor> x, std::index_sequence<K...>) {
  if constexpr (std::same_as<decltype(composed_of(op, number_of, x[K]...)), NotStated>) {
    return std::nullopt;
  } else {
    return composed_of(op, number_of, x[K]...);
  }
}

class Table {
 public:
  Table() {
    for_each_op(Elementwise{}, [&]<class Op>(const Op&) {
      functions_[typeid(Op)] = [](const void* op, std::span<const Tensor> x) {
        return elementwise_composed(*static_cast<const Op*>(op), x,
                                    std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
      };
    });
    add<Mean, Softmax, LogSumExp, LogSoftmax, Var, Std, CrossEntropy, Norm, BceWithLogits, Bce>();
  }

  [[nodiscard]] Composed of(const Rule& rule) const {
    const AnyOp op = rule.op_struct();
    if (op.type == nullptr) return nullptr;
    const auto found = functions_.find(*op.type);
    return found == functions_.end() ? nullptr : found->second;
  }

 private:
  template <class... Op>
  void add() {
    ((functions_[typeid(Op)] = [](const void* any, std::span<const Tensor> x) -> std::optional<Tensor> {
       const Op& op = *static_cast<const Op*>(any);
       if constexpr (requires { is_composite(op); }) {
         if (!is_composite(op)) return std::nullopt;
       }
       if constexpr (Op::arity == 1) {
         return composed(op, x[0]);
       } else {
         return composed(op, x[0], x[1]);
       }
     }),
     ...);
  }

  std::unordered_map<std::type_index, Composed> functions_;
};

}  // namespace

std::optional<Tensor> detail::composed_result(const Rule& rule, std::span<const Tensor> x) {
  static const Table table;
  const Composed composed = table.of(rule);
  return composed == nullptr ? std::nullopt : composed(rule.op_struct().op, x);
}

}  // namespace gradus
