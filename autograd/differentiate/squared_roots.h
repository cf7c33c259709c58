// Squares of what is not smooth everywhere: |x|², ‖x‖², hypot², std².  A derivative that is to be differentiated again goes
// from the square to what the root is of in one step, so that the second derivative is right where the root has none.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "../base/export.h"
#include "../tensor/tensor.h"
#include "listing.h"

namespace gradus::detail {

/// A record that is `coefficient` times the square of another one, whose op states its square.
struct RootOfSquare {
  const Record* root;
  double coefficient;
  std::uint32_t through;                     // the place of c·x in (c·x)·x; none
  std::span<const std::uint32_t> arguments;  // the places of the root's arguments
};

class GRADUS_API SquaredRoots {
 public:
  SquaredRoots() = default;
  /// Those in a listing, apart from roots that somebody looks at: the places in `asked`, and what has hooks.
  SquaredRoots(const Listing& list, std::span<const std::uint32_t> asked);

  /// What the record at this place is the square of, or null.
  [[nodiscard]] const RootOfSquare* at(std::size_t place) const {
    if (squares_.empty()) return nullptr;
    const auto found = squares_.find(place);
    return found == squares_.end() ? nullptr : &found->second;
  }
  /// The places of the squares of the record at this place.
  [[nodiscard]] std::span<const std::size_t> of_root(std::size_t place) const {
    if (squares_.empty()) return {};
    const auto found = by_root_.find(place);
    return found == by_root_.end() ? std::span<const std::size_t>() : found->second;
  }

 private:
  std::unordered_map<std::size_t, RootOfSquare> squares_;
  std::unordered_map<std::size_t, std::vector<std::size_t>> by_root_;
};

/// The cotangents of the root's arguments for one of the square, recorded; an empty one where nothing arrives.
[[nodiscard]] std::vector<Tensor> pull_through(const RootOfSquare& square, const Tensor& cotangent);

/// The tangent of the square for tangents of the root's arguments, recorded; empty where none of them moves.
[[nodiscard]] Tensor push_through(const RootOfSquare& square, std::span<const Tensor> tangents);

}  // namespace gradus::detail
