// A random program as plain data.  Every engine reads it, also those whose headers are C++17.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gradus::differential {

using Sizes = std::vector<std::int64_t>;

inline std::int64_t size_of(const Sizes& shape) {
  std::int64_t n = 1;
  for (const std::int64_t s : shape) n *= s;
  return n;
}

/// One value of a program: a leaf, or an op applied to values before it.
struct Step {
  std::string op;                     ///< "leaf", "constant", or a name from the tables of the engines
  std::vector<std::size_t> operands;  ///< which steps it reads
  Sizes shape;                        ///< of the value
  std::vector<std::int64_t> whole;    ///< axes, widths, indices: each op's own layout (reference_*.cpp)
  std::vector<double> real;           ///< the numbers of a leaf, the attributes of an op
  std::string spec;                   ///< einsum: its equation
  int setting = -1;                   ///< elementwise: the place in op_cases(); else negative

  /// Whether it is a leaf that is differentiated.
  [[nodiscard]] bool is_leaf() const { return op == "leaf"; }
  /// Whether its numbers are given.
  [[nodiscard]] bool is_given() const { return is_leaf() || op == "constant"; }
  [[nodiscard]] bool is_elementwise() const { return setting >= 0; }
};

/// Its result is the number Σ weights · values over all steps that have weights: those that no other step reads.
struct Program {
  std::uint64_t seed = 0;
  bool single = false;  ///< float32 instead of float64
  std::vector<Step> steps;
  std::vector<std::vector<double>> weights;  ///< for each step; empty for none
};

/// What an engine makes of a program: the result and its gradient for every leaf, in order.
struct Outcome {
  double value = 0.0;
  std::vector<std::vector<double>> gradients;
};

}  // namespace gradus::differential
