// How large the gradients of a graph are, for drawings that are coloured by them.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "../array/array.h"
#include "../graph/graph.h"

namespace gradus {

/// The size of a gradient is its length (norm), the root of the sum of its squares: that of one number is its absolute value.
///
/// The level of a value compares its size with the seed, that is the gradient of the results, in powers of ten.  Words are
/// for parameters alone.  Where parameters lie in several layers, one vanishes whose gradient is a thousandth, or less, of
/// that of a parameter in a layer nearer to the results, and less than the seed; one explodes whose gradient is a
/// thousand times both.  Where there is no depth to compare over, both compare with the seed.  A gradient of exactly 0 is
/// neither.
class GradientScale {
 public:
  /// The graph must outlive the scale.
  explicit GradientScale(const Graph& graph);

  /// Steps below and above the seed.
  static constexpr int furthest = 3;

  struct Mark {
    bool known = false;  // whether there is a gradient at all
    bool zero = false;   // exactly; the level then tells nothing
    int level = 0;       // -3: a thousandth of the seed or less; 3: a thousand times it or more, or no finite number
    double size = 0.0;   // the norm
    std::string word{};  // "vanishing", "exploding", "not finite", "dead", "3 of 16 dead"; mostly none
  };
  [[nodiscard]] Mark of(int slot) const;
  /// Of the gradients of several parameters together; slots without one do not count.
  [[nodiscard]] Mark of(std::span<const int> parameters) const;

 private:
  /// What the size of one or several gradients is worked out from, without overflow.
  struct Sum {
    double largest = 0.0;  // absolute value; not finite if one of the numbers is not
    double squares = 0.0;  // over the square of the largest
    std::size_t count = 0;
    void add(const Sum& other);
    [[nodiscard]] double norm() const;
  };
  /// Sizes of the gradients, neither 0 nor infinite, of the parameters that lie no further than this from a result.
  struct Extremes {
    double smallest = 0.0, largest = 0.0;  // 0 where there are none
  };
  static Sum sum_of(const Array& gradient);
  void find_seed();
  void find_distances();
  void find_extremes();
  [[nodiscard]] Mark mark_of(const Sum& sum) const;
  /// The word for parameters whose gradients have a size and which lie so far from the results; often none.
  [[nodiscard]] static bool only_adds(const Graph::Step& step);
  [[nodiscard]] std::string diagnosis(double size, int distance) const;
  [[nodiscard]] std::string dead_units(int slot) const;

  const Graph& graph_;
  std::vector<Sum> sums_;         // of each slot
  std::vector<int> distances_;    // of each slot to the nearest result, in ops that do more than add; -1: none
  std::vector<Extremes> nearer_;  // by distance
  bool has_depth_ = false;        // whether parameters lie in several layers
  double seed_ = 1.0;
};

}  // namespace gradus
