#include "autograd/differentiate/squared_roots.h"

#include <algorithm>

#include "autograd/differentiate/backward.h"
#include "autograd/differentiate/forward.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

/// c·x², written as a power, a square, a product with itself, or c·x·x.
struct SquareOfRoot {
  std::uint32_t root;
  double coefficient;
  std::uint32_t through = Listing::none;  // the product c·x
};

/// The places of the arguments of each record of a listing.
class Arguments {
 public:
  explicit Arguments(const Listing& list) : all_(list.arguments()), first_(list.computed() + 1, 0) {
    for (std::size_t i = 0; i < list.computed(); ++i) first_[i + 1] = first_[i] + list[i].arity;
  }
  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t i) const {
    return all_.subspan(first_[i], first_[i + 1] - first_[i]);
  }

 private:
  std::span<const std::uint32_t> all_;
  std::vector<std::size_t> first_;
};

/// The product (c·x)·x or x·(c·x) of a number c, which no gradient flows to.
std::optional<SquareOfRoot> square_with_factor(const Listing& list, const Arguments& arguments,
                                               std::span<const std::uint32_t> to) {
  for (std::size_t k = 0; k < 2; ++k) {
    const std::uint32_t inner = to[k];
    const std::uint32_t root = to[1 - k];
    if (inner == Listing::none || root == Listing::none || inner >= list.computed()) continue;
    if (op_of<Mul>(*list[inner].rule) == nullptr) continue;
    const std::span<const std::uint32_t> in = arguments.of(inner);
    for (std::size_t m = 0; m < 2; ++m) {
      const Array& factor = list[inner].kept()[1 - m];
      if (in[m] != root || in[1 - m] != Listing::none || factor.size() != 1 || !factor.has_data()) continue;
      return SquareOfRoot{root, factor.item(), inner};
    }
  }
  return std::nullopt;
}

std::optional<SquareOfRoot> square_at(const Listing& list, const Arguments& arguments, std::size_t i) {
  const std::span<const std::uint32_t> to = arguments.of(i);
  if (to.empty()) return std::nullopt;
  if (const Power* power = op_of<Power>(*list[i].rule)) {
    return power->exponent == 2.0 ? std::optional(SquareOfRoot{to[0], power->coefficient}) : std::nullopt;
  }
  if (op_of<Square>(*list[i].rule) != nullptr) return SquareOfRoot{to[0], 1.0};
  if (op_of<Mul>(*list[i].rule) == nullptr) return std::nullopt;
  return to[0] == to[1] ? std::optional(SquareOfRoot{to[0], 1.0}) : square_with_factor(list, arguments, to);
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
  const Arguments arguments(list);
  const auto is_looked_at = [&](std::uint32_t place) {
    return place != Listing::none &&
           (list[place].hooked || std::find(asked.begin(), asked.end(), place) != asked.end());
  };
  for (std::size_t i = 0; i < list.computed(); ++i) {
    const std::optional<SquareOfRoot> square = square_at(list, arguments, i);
    if (!square || square->root >= list.computed()) continue;
    const Record& root = list[square->root];
    const OpTraits* traits = root.rule->op_struct().traits;
    if (traits == nullptr || traits->squared == nullptr) continue;
    if (is_looked_at(square->root) || is_looked_at(square->through)) continue;
    if (!square_of(root, RecordedValues(root).arguments)) continue;
    squares_.emplace(i, RootOfSquare{&root, square->coefficient, square->through, arguments.of(square->root)});
    by_root_[square->root].push_back(i);
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
  return !tangent.defined() || square.coefficient == 1.0 ? tangent : tangent * square.coefficient;
}

}  // namespace gradus::detail
