#include "autograd/tensor/elementwise_rule.h"

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "autograd/array/elementwise.h"
#include "autograd/tensor/anomaly.h"
#include "autograd/tensor/op_sequence.h"
#include "autograd/tensor/tensor.h"

namespace gradus {

namespace detail {

namespace {

// The cotangent and what a pullback reads.
constexpr std::size_t most = max_operands;

// One number of each operand.
[[gnu::always_inline]] inline void run_one(const ElementwiseOp& type, const void* op, const void* const* from,
                                           Array& out) {
  const auto dtype = static_cast<std::size_t>(out.dtype());
  if (type.single[dtype] != nullptr) {
    type.single[dtype](op, from, out.mutable_bytes());
  } else {
    static constexpr std::array<std::int64_t, most> steps{};
    (*type.kernels)[dtype](op, 1, from, steps.data(), out.mutable_bytes());
  }
}

// One pass over operands of one dtype; single numbers take a short way.
Array run(const ElementwiseOp& type, const void* op, const Array* const* in, std::size_t count) {
  bool single = true;
  for (std::size_t k = 0; k < count; ++k) single = single && in[k]->rank() == 0;
  if (!single) return run_elementwise(type.name, op, *type.kernels, {in, count});
  std::array<const void*, most> from;
  for (std::size_t k = 0; k < count; ++k) from[k] = in[k]->bytes();
  Array out = Array::uninitialized_scalar(in[0]->dtype());
  run_one(type, op, from.data(), out);
  return out;
}

// The same, written over the first operand where nobody else holds its numbers.
Array run_over(const ElementwiseOp& type, const void* op, Array&& first, const Array* const* in, std::size_t count) {
  if (!first.unique() || !first.contiguous()) return run(type, op, in, count);
  run_elementwise_into(op, *type.kernels, {in, count}, first);
  return std::move(first);
}

// ------------------------------------------------------------------------------------- an op on arrays and on tensors

/// Numbers, 0-d arrays too, take the dtype of the arrays, and arrays of two dtypes become float64.
Array apply_to_arrays(const ElementwiseOp& type, const void* op, std::span<const Array* const> x,
                      std::span<const double> numbers) {
  ResultType type_of_result;
  bool alike = true;
  for (const Array* a : x) {
    alike = alike && a != nullptr && a->dtype() == x[0]->dtype();
    if (a != nullptr) type_of_result.add(a->dtype(), a->rank());
  }
  const DType dtype = type_of_result.get();
  if (alike) return run(type, op, x.data(), x.size());
  std::array<Array, most> own;
  std::array<const Array*, most> in{};
  for (std::size_t k = 0; k < x.size(); ++k) {
    in[k] = x[k];
    if (x[k] != nullptr && x[k]->dtype() == dtype) continue;
    own[k] = x[k] == nullptr ? Array::scalar(numbers[k], dtype) : x[k]->to(dtype);
    in[k] = &own[k];
  }
  return run(type, op, in.data(), x.size());
}

Operand operand_of(const Tensor& x) { return {&x.value(), x.record().get()}; }

bool requires_grad(const Operand& a) { return a.record != nullptr && a.record->requires_grad; }

[[gnu::noinline]] Tensor apply_to_numbers_and_arrays(const ElementwiseOp& type, const void* op,
                                                     std::span<const TensorArgument> x) {
  ResultType type_of_result;
  for (const TensorArgument& a : x) {
    if (a.tensor() != nullptr) type_of_result.add(a.tensor()->dtype(), a.tensor()->rank());
  }
  const DType dtype = type_of_result.get();
  std::array<Tensor, most> own;  // keeps alive what is not the caller's
  std::array<Operand, most> operands{};
  std::array<const Array*, most> in{};
  const auto replace = [&](std::size_t k, Tensor t) {
    own[k] = std::move(t);
    operands[k] = operand_of(own[k]);
    in[k] = operands[k].value;
  };
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (x[k].tensor() == nullptr) {
      replace(k, Tensor(Array::scalar(x[k].number(), dtype), Counted<Record>()));
    } else if (x[k].tensor()->dtype() != dtype) {
      replace(k, cast_to(*x[k].tensor(), dtype));
    } else {
      operands[k] = operand_of(*x[k].tensor());
      in[k] = operands[k].value;
    }
  }
  Array result = run(type, op, in.data(), x.size());
  // Implicit in the API, explicit in the graph: no rule ever sees an argument that was broadcast.
  for (std::size_t k = 0; k < x.size() && result.rank() != 0; ++k) {
    if (!requires_grad(operands[k]) || operands[k].value->same_shape(result)) continue;
    replace(k, broadcast_for(Tensor(*operands[k].value, Counted<Record>::share(operands[k].record)), result));
  }
  return finish(type.name, type.rule, op, std::span<const Operand>(operands).first(x.size()), std::move(result));
}

// finish() for single numbers, which have no time to lose.
template <std::size_t count>
[[gnu::always_inline]] inline Tensor finish_number(const ElementwiseOp& type, const void* op,
                                                   const std::array<Operand, count>& operands, Array&& result) {
  std::uint32_t tracked = 0;
  for (std::size_t k = 0; k < count; ++k) tracked |= requires_grad(operands[k]) ? bit_of(k) : 0U;
  if (tracked == 0 || !recording()) return finish(type.name, type.rule, op, operands, std::move(result));
  const RuleEntry& entry = type.rule();
  if (entry.make != nullptr) return finish(type.name, type.rule, op, operands, std::move(result));
  Record* record = make_record(entry.shared, false, operands, result, type.keep[tracked]);
  return Tensor(std::move(result), Counted<Record>::adopt(record));
}

// Single numbers of one dtype need no conversion and no broadcasting.
template <class... X>
Tensor apply_to_tensors(const ElementwiseOp& type, const void* op, const X&... x) {
  constexpr std::size_t count = sizeof...(X);
  const std::array<Operand, count> operands{operand_of(x)...};
  const Array& first = *operands[0].value;
  bool single = true;
  for (const Operand& a : operands) single = single && a.value->rank() == 0 && a.value->dtype() == first.dtype();
  if (!single) return apply_to_numbers_and_arrays(type, op, std::array{TensorArgument(x)...});
  std::array<const void*, count> from;
  for (std::size_t k = 0; k < count; ++k) from[k] = operands[k].value->bytes();
  Array result = Array::uninitialized_scalar(first.dtype());
  run_one(type, op, from.data(), result);
  return finish_number(type, op, operands, std::move(result));
}

}  // namespace

Tensor apply_elementwise(const ElementwiseOp& type, const void* op, std::span<const TensorArgument> x) {
  return apply_to_numbers_and_arrays(type, op, x);
}
Tensor apply_elementwise(const ElementwiseOp& type, const void* op, const Tensor& x) {
  return apply_to_tensors(type, op, x);
}
Tensor apply_elementwise(const ElementwiseOp& type, const void* op, const Tensor& x0, const Tensor& x1) {
  return apply_to_tensors(type, op, x0, x1);
}

// ----------------------------------------------------------------------------------------------------------- sequences

int OpSequence::append(const ElementwiseOp& type, std::shared_ptr<const void> op, std::span<const Operand> operands) {
  steps_.push_back({&type, std::move(op), {operands.begin(), operands.end()}});
  return values_++;
}

int OpSequence::append_constant(int like, double c) {
  steps_.push_back({nullptr, nullptr, {{like, 0.0}, {-1, c}}});
  return values_++;
}

namespace {

Array apply_operands(const ElementwiseOp& type, const void* op, std::span<const Array* const> x,
                     std::span<const double> numbers) {
  return apply_to_arrays(type, op, x, numbers);
}

Tensor apply_operands(const ElementwiseOp& type, const void* op, std::span<const Tensor* const> x,
                      std::span<const double> numbers) {
  std::vector<TensorArgument> arguments;
  for (std::size_t k = 0; k < x.size(); ++k) {
    arguments.push_back(x[k] == nullptr ? TensorArgument(numbers[k]) : TensorArgument(*x[k]));
  }
  return apply_elementwise(type, op, arguments);
}

}  // namespace

template <class V>
V OpSequence::run(std::span<const V* const> arguments) const {
  std::vector<V> results;
  results.reserve(steps_.size());
  const auto value = [&](const Operand& operand) -> const V* {
    if (operand.value < 0) return nullptr;
    const auto k = static_cast<std::size_t>(operand.value);
    return k < arguments.size() ? arguments[k] : &results[k - arguments.size()];
  };
  for (const Step& step : steps_) {
    if (step.type == nullptr) {
      results.push_back(constant_like(*value(step.operands[0]), step.operands[1].number));
      continue;
    }
    std::array<const V*, most> x{};
    std::array<double, most> numbers{};
    const std::size_t n = step.operands.size();
    for (std::size_t k = 0; k < n; ++k) {
      x[k] = value(step.operands[k]);
      numbers[k] = step.operands[k].number;
    }
    results.push_back(apply_operands(*step.type, step.op.get(), std::span<const V* const>(x).first(n),
                                     std::span<const double>(numbers).first(n)));
  }
  return *value(result_);
}

Array OpSequence::apply(std::span<const Array* const> arguments) const { return run(arguments); }
Tensor OpSequence::apply(std::span<const Tensor* const> arguments) const { return run(arguments); }

}  // namespace detail

Written Written::applied(detail::OpSequence* sequence, const detail::ElementwiseOp& type,
                         std::shared_ptr<const void> op, std::span<const detail::OpSequence::Operand> operands) {
  if (sequence != nullptr) return {*sequence, sequence->append(type, std::move(op), operands)};
  std::array<const void*, detail::most> in{};
  for (std::size_t k = 0; k < operands.size(); ++k) in[k] = &operands[k].number;
  constexpr std::array<std::int64_t, detail::most> steps{};
  double result = 0.0;
  (*type.kernels)[static_cast<std::size_t>(DType::float64)](op.get(), 1, in.data(), steps.data(), &result);
  return Written(result);
}

namespace detail {

// --------------------------------------------------------------------------------------------------------------- the rule

namespace {

// A fused pullback: over the cotangent's memory when this is its last use.
Array apply_pullback(const ElementwiseOp& type, const void* op, Array& g, bool last, const Array* const* in,
                     std::size_t count) {
  return last ? run_over(type, op, std::move(g), in, count) : run(type, op, in, count);
}
Tensor apply_pullback(const ElementwiseOp& type, const void* op, Tensor&, bool, const Tensor* const* in,
                      std::size_t count) {
  const auto apply = [&](auto... k) { return apply_elementwise(type, op, std::array{TensorArgument(*in[k])...}); };
  switch (count) {
    case 1:
      return apply_elementwise(type, op, *in[0]);
    case 2:
      return apply_elementwise(type, op, *in[0], *in[1]);
    case 3:
      return apply(0, 1, 2);
    case 4:
      return apply(0, 1, 2, 3);
    default:
      return apply(0, 1, 2, 3, 4);
  }
}

/// The one reverse rule of all elementwise ops, for values and for recorded gradients: the cotangent of argument k.
template <class V>
V pull_one(const ElementwiseOp& type, const void* op, V& g, bool last, std::size_t k, std::span<const V> x,
           const V& y) {
  std::array<const V*, most + 1> in;  // the cotangent as well
  std::size_t n = 0;
  if (type.slope_in_ops != nullptr) {
    // A pullback's own derivative is written out in ordinary ops, which ends the tower.
    in[n++] = &g;
    for (const V& a : x) in[n++] = &a;
    std::unique_ptr<OpSequence> own;
    return type.slope_in_ops(op, k, own).apply(std::span<const V* const>(in.data(), n));
  }
  const ElementwiseOp::Slope& slope = type.slopes[k];
  if (slope.is_one) return g;
  in[n++] = &g;
  for (std::size_t j = 0; j < slope.read_count; ++j) in[n++] = slope.read[j] < x.size() ? &x[slope.read[j]] : &y;
  return apply_pullback(*slope.pullback, op, g, last, in.data(), n);
}

template <class V>
void pull_all(const ElementwiseOp& type, const void* op, V& g, std::span<const V> x, const V& y, std::uint32_t wanted,
              V* out) {
  for (std::uint32_t left = wanted; left != 0; left &= left - 1) {
    const auto k = static_cast<std::size_t>(std::countr_zero(left));
    out[k] = pull_one(type, op, g, (left & (left - 1)) == 0, k, x, y);
  }
}

/// pull_all for a single number, which depends on single numbers.
void pull_single(const ElementwiseOp& type, const void* op, Array& g, const Array* x, const Array& y,
                 std::uint32_t wanted, Array* out) {
  std::array<const void*, most + 1> from;
  for (std::uint32_t left = wanted; left != 0; left &= left - 1) {
    const auto k = static_cast<std::size_t>(std::countr_zero(left));
    const bool last = (left & (left - 1)) == 0;
    const ElementwiseOp::Slope& slope = type.slopes[k];
    if (slope.is_one) {
      out[k] = last ? std::move(g) : g;
      continue;
    }
    from[0] = g.bytes();
    for (std::size_t j = 0; j < slope.read_count; ++j) {
      const std::size_t read = slope.read[j];
      from[1 + j] = read < static_cast<std::size_t>(type.arity) ? x[read].bytes() : y.bytes();
    }
    if (last && g.unique()) {
      run_one(*slope.pullback, op, from.data(), g);
      out[k] = std::move(g);
    } else {
      Array part = Array::uninitialized_scalar(g.dtype());
      run_one(*slope.pullback, op, from.data(), part);
      out[k] = std::move(part);
    }
  }
}

/// The one forward rule: an elementwise op scales a tangent by the same derivative as a cotangent.
template <class V>
V push_all(const ElementwiseOp& type, const void* op, std::span<const V> t, std::span<const V> x, const V& y) {
  V sum;
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (!t[k].defined()) continue;
    V moving = t[k];
    if (type.slope_in_ops != nullptr && k == 0) {  // a pullback is linear in its cotangent
      std::array<const V*, most> in{&moving};
      for (std::size_t j = 1; j < x.size(); ++j) in[j] = &x[j];
      add_to(sum, apply_pullback(type, op, moving, false, in.data(), x.size()));
    } else {
      add_to(sum, pull_one(type, op, moving, false, k, x, y));
    }
  }
  return sum;
}

}  // namespace

Array ElementwiseRule::evaluate(std::span<const Array> x) const {
  std::array<const Array*, most> in{};
  for (std::size_t k = 0; k < x.size(); ++k) in[k] = &x[k];
  constexpr std::array<double, most> none{};
  return apply_to_arrays(type_, op_, std::span<const Array* const>(in).first(x.size()), none);
}

void ElementwiseRule::pull(Array&& g, std::span<const Array> x, const Array& y, std::uint32_t wanted,
                           Array* out) const {
  if (g.rank() == 0 && type_.slope_in_ops == nullptr) {
    pull_single(type_, op_, g, x.data(), y, wanted, out);
  } else {
    pull_all(type_, op_, g, x, y, wanted, out);
  }
}
void ElementwiseRule::pull(Tensor&& g, std::span<const Tensor> x, const Tensor& y, std::uint32_t wanted,
                           Tensor* out) const {
  pull_all(type_, op_, g, x, y, wanted, out);
}
Array ElementwiseRule::push(std::span<const Array> t, std::span<const Array> x, const Array& y) const {
  return push_all(type_, op_, t, x, y);
}
Tensor ElementwiseRule::push(std::span<const Tensor> t, std::span<const Tensor> x, const Tensor& y) const {
  return push_all(type_, op_, t, x, y);
}

ElementwiseLoop ElementwiseRule::elementwise() const {
  ElementwiseLoop loop{op_, type_.kernels};
  if (type_.has_slope_loop) {
    loop.slopes = &kernels().slopes[type_.index];
    loop.attribute_bytes = type_.attribute_bytes;
    loop.pullback_reads = type_.pullback_reads;
  }
  return loop;
}

}  // namespace detail

}  // namespace gradus
