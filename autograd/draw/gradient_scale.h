// How large the gradients of a graph are beside each other, for drawings that are coloured by them.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "autograd/array/array.h"
#include "autograd/graph/graph.h"

namespace gradus {

/// The size of a gradient is the root of the mean of its squares (RMS).  It is compared with the median of the sizes in
/// the graph that are neither 0 nor infinite, in powers of ten.
class GradientScale {
 public:
  /// The graph must outlive the scale.
  explicit GradientScale(const Graph& graph);

  /// Steps below and above the middle.
  static constexpr int furthest = 3;

  struct Mark {
    bool known = false;  // whether there is a gradient at all
    int level = 0;  // -3: a thousandth of the median or less, 0, inf …; 3: a thousand times it or more, or no number
    double size = 0.0;   // the RMS
    std::string word{};  // "vanishing", "exploding", "dead", "3 of 16 dead"; mostly none
  };
  [[nodiscard]] Mark of(int slot) const;
  /// Of the gradients of several slots together; slots without one do not count.
  [[nodiscard]] Mark of(std::span<const int> slots) const;

 private:
  /// What the size of one or several gradients is worked out from, without overflow.
  struct Sum {
    double largest = 0.0;  // absolute value; not finite if one of the numbers is not
    double squares = 0.0;  // over the square of the largest
    std::size_t count = 0;
    void add(const Sum& other);
    [[nodiscard]] double rms() const;
  };
  static Sum sum_of(const Array& gradient);
  [[nodiscard]] Mark mark_of(const Sum& sum) const;
  [[nodiscard]] std::string dead_units(int slot) const;

  const Graph& graph_;
  std::vector<Sum> sums_;  // of each slot
  double median_ = 0.0;    // log10; of no gradients 0
};

}  // namespace gradus
