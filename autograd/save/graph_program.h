// A graph as a straight-line program over single numbers, for readers that have no engine: a page that computes every value
// and every gradient again while somebody moves an input.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../base/export.h"
#include "../graph/graph.h"
#include "../math/leaf_code.h"

namespace gradus {

/// Instruction k computes number k from earlier ones.  The first `inputs.size()` numbers are given.
struct GraphProgram {
  struct Instruction {
    /// A function of leaf numbers ("add", "exp", "where"), "fround", which rounds to float32, or nothing for a constant.
    LeafCode::Function function;
    double constant = 0.0;
    std::array<int, 3> x{-1, -1, -1};
  };
  /// An element of a leaf that may be moved.
  struct Input {
    int slot = -1;
    std::int64_t element = 0;
    double value = 0.0;
  };
  /// A step's arrow: ∂result/∂argument, where both are single numbers, and what the argument receives along it.
  struct Arrow {
    int derivative = -1;        // -1: it is no single number
    std::vector<int> received;  // a number for each element; empty where there is no gradient
  };

  std::vector<Input> inputs;
  std::vector<Instruction> instructions;
  std::vector<std::vector<int>> values;     // of each slot, the number of each element
  std::vector<std::vector<int>> gradients;  // the same; empty where there is none
  std::vector<std::vector<Arrow>> arrows;   // of each step and argument
};

/// The program of a graph: values and the gradients of the sum of all outputs, by the very formulas that the ops state, in
/// double precision (rounded after every op where the graph is float32).  Its inputs are the elements of all leaves that
/// are differentiated.  Throws GraphError where a graph has more than `most_numbers` numbers, and where a step has no form
/// in single numbers: a function of the user's, an op that as_scalars() does not know.
[[nodiscard]] GRADUS_API GraphProgram program_of(const Graph& graph, std::int64_t most_numbers = 2000);

/// All numbers of a program for these inputs.
[[nodiscard]] GRADUS_API std::vector<double> numbers_of(const GraphProgram& program, std::span<const double> inputs);

/// The graph recorded again with other numbers in its differentiated leaves, in the order of GraphProgram::inputs; with
/// gradients when the graph has some.
[[nodiscard]] GRADUS_API Graph recorded_at(const Graph& graph, std::span<const double> inputs);

/// [[op, x, …], …] in JSON, a constant as its number alone; without the inputs, which come first.
[[nodiscard]] GRADUS_API std::string instructions_json(const GraphProgram& program);

}  // namespace gradus
