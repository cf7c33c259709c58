// A recorded computation as a list of steps over numbered values, made to be run again: what is the same is computed
// once, and no record is needed any more.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "../array/array.h"
#include "../tensor/rule.h"
#include "../tensor/tensor.h"

namespace gradus::detail {

struct Program {
  struct Value {
    Shape shape;
    DType dtype = DType::float64;
    Array constant;  // null: an input or the result of a step
    int step = -1;   // the step that computes it
    [[nodiscard]] std::int64_t size() const { return shape.size(); }
  };
  struct Step {
    const Rule* rule = nullptr;
    ElementwiseLoop loop;    // without kernels: a structural op
    bool whole_sum = false;  // adds up all numbers of its argument, in one run
    std::vector<int> arguments;
    int result = -1;
  };
  /// A leaf whose numbers are given anew for each run.
  struct Input {
    int value;
    Counted<Record> leaf;
  };

  std::vector<Value> values;
  std::vector<Step> steps;  // arguments before results
  std::vector<Input> inputs;
  std::vector<int> outputs;
  std::vector<std::unique_ptr<Rule>> rules;  // that no record and no table owns
  std::size_t shared = 0;                    // steps left out because another computes the same
};

struct ProgramOptions {
  std::string_view op;                                // that errors name: "run", "compile"
  std::uint64_t oldest = 0;                           // what was computed by records as old as this is constant
  bool constants_too = false;                         // constant leaves are inputs like variables, but those
  std::uint64_t newest_constant = ~std::uint64_t{0};  // that are younger
};

/// Throws GraphError for an empty output, and when a step cannot be run again: a function of the user's, or one whose
/// gradient a hook may have changed.
Program make_program(std::span<const Tensor> outputs, const ProgramOptions& options);

}  // namespace gradus::detail
