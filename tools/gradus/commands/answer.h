// What `gradus eval` found out, and how it is printed.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "autograd/array/array.h"

namespace gradus::command {

struct NamedArray {
  std::string name;
  Array value;
};

/// The value, or those of several results; one derivative for each chosen variable, and with --order 2 one block for each
/// two of them.
struct Answer {
  std::vector<NamedArray> values;
  std::vector<NamedArray> gradients;        // with `jacobian` those of every number of the result
  std::vector<std::vector<Array>> hessian;  // [row][column], of shape row + column; empty for --order 1
  std::vector<std::string> conventions;     // that decided second derivatives
  bool jacobian = false;
};

/// How numbers are printed as text.
struct NumberStyle {
  std::optional<int> digits;             // significant ones; without, as many as tell the number from its neighbours
  std::optional<std::int64_t> elements;  // arrays of up to so many as grids, larger ones by shape and range
};

void print_answer_text(const Answer& answer, const NumberStyle& style);
void print_answer_json(const Answer& answer);

}  // namespace gradus::command
