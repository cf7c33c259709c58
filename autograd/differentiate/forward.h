// Forward mode on a recorded graph: tangents flow from the arguments to the results, oldest record first.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "../tensor/tensor.h"
#include "listing.h"

namespace gradus::detail {

/// The part of a graph that lies between some x and some y, to push tangents through: once or many times.  V says what
/// kind of tangent: Array for numbers, Tensor for a tangent that is recorded itself.
template <class V>
class ForwardWalk {
 public:
  /// Records as old as `oldest` or older are ends.
  ForwardWalk(std::span<const Tensor> y, std::span<const Tensor> x, std::uint64_t oldest = 0);

  /// The tangent of each y when x[k] moves along tangents[k], of x[k]'s shape and dtype; an empty one stays where it
  /// is.  What comes out is empty for a y that does not move.
  [[nodiscard]] std::vector<V> run(std::span<const V> tangents) const { return run(tangents, 0); }

  /// The same in `count` directions at once: every tangent has one more axis in front, of that size.
  [[nodiscard]] std::vector<V> run_many(std::span<const V> tangents, std::int64_t count) const {
    return run(tangents, count);
  }
  /// The size of the largest array on the way.
  [[nodiscard]] std::int64_t largest() const;

 private:
  [[nodiscard]] std::vector<V> run(std::span<const V> tangents, std::int64_t count) const;

  Listing list_;
  std::vector<std::uint32_t> from_, to_;  // the places of x and y
  std::vector<std::uint32_t> uses_;       // how many arguments, and outputs, each place serves
};

extern template class ForwardWalk<Array>;
extern template class ForwardWalk<Tensor>;

}  // namespace gradus::detail
