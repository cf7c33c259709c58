#include "autograd/differentiate/squared_roots.h"

#include <algorithm>

#include "autograd/differentiate/backward.h"
#include "autograd/differentiate/forward.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

/// c for c·x², written as a power, a square or a product with itself; nothing for anything else.
std::optional<double> squares_with(const Record& record, std::span<const std::uint32_t> to) {
  if (const Power* power = op_of<Power>(*record.rule)) {
    return power->exponent == 2.0 ? std::optional(power->coefficient) : std::nullopt;
  }
  const bool squares =
      op_of<Square>(*record.rule) != nullptr || (op_of<Mul>(*record.rule) != nullptr && to[0] == to[1]);
  return squares ? std::optional(1.0) : std::nullopt;
}

/// The root as what its op states its square to be; empty where its attributes leave no such form.
std::optional<Tensor> square_of(const Record& root, std::span<const Tensor> x) {
  const AnyOp any = root.rule->op_struct();
  return any.traits->squared(any.op, x);
}

/// Every argument is as old as this or older; what is computed from them is younger.
std::uint64_t newest_of(const Record& record) {
  std::uint64_t newest = 0;
  for (std::uint32_t k = 0; k < record.arity; ++k) {
    if (record.links()[k] != nullptr) newest = std::max(newest, record.links()[k]->id);
  }
  return newest;
}

}  // namespace

SquaredRoots::SquaredRoots(const Listing& list, std::span<const std::uint32_t> asked) {
  std::vector<std::size_t> first(list.computed() + 1, 0);  // where the arguments of each record begin
  for (std::size_t i = 0; i < list.computed(); ++i) first[i + 1] = first[i] + list[i].arity;
  const auto arguments_of = [&](std::size_t i) {
    return std::span(list.arguments()).subspan(first[i], first[i + 1] - first[i]);
  };
  for (std::size_t i = 0; i < list.computed(); ++i) {
    const std::span<const std::uint32_t> to = arguments_of(i);
    if (to.empty() || to[0] == Listing::none || to[0] >= list.computed()) continue;
    const std::optional<double> coefficient = squares_with(list[i], to);
    if (!coefficient) continue;
    const Record& root = list[to[0]];
    const OpTraits* traits = root.rule->op_struct().traits;
    if (traits == nullptr || traits->squared == nullptr || root.hooked) continue;
    if (std::find(asked.begin(), asked.end(), to[0]) != asked.end()) continue;
    if (!square_of(root, RecordedValues(root).arguments)) continue;
    squares_.emplace(i, RootOfSquare{&root, *coefficient, arguments_of(to[0])});
    by_root_[to[0]].push_back(i);
  }
}

std::vector<Tensor> pull_through(const RootOfSquare& square, const Tensor& cotangent) {
  const RecordedValues values(*square.root);
  const Tensor y = *square_of(*square.root, values.arguments);
  const Tensor seed = square.coefficient == 1.0 ? cotangent : cotangent * square.coefficient;
  return gradients_since<Tensor>(newest_of(*square.root), y, values.arguments, seed);
}

Tensor push_through(const RootOfSquare& square, std::span<const Tensor> tangents) {
  const RecordedValues values(*square.root);
  const Tensor y = *square_of(*square.root, values.arguments);
  const ForwardWalk<Tensor> walk(std::span(&y, 1), values.arguments, newest_of(*square.root));
  const Tensor tangent = walk.run(tangents)[0];
  return !tangent || square.coefficient == 1.0 ? tangent : tangent * square.coefficient;
}

}  // namespace gradus::detail
