// The adding problem, on which networks with gates are held beside a plain recurrent one.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "zoo_training.h"

namespace zoo {

/// The adding problem (after Hochreiter and Schmidhuber 1997), (x, y): x [count, length, 2] has at each time a number of [0, 1)
/// and a mark, which is 1 at one time of the first half and at one of the second; y [count, 1] is the sum of the two numbers
/// marked.
std::array<gradus::Tensor, 2> adding_problem(std::int64_t count, std::int64_t length, const gradus::Key& key);

/// A network that reads x of the adding problem and answers with its y.
struct Adder {
  std::string_view name;   // "LSTM"
  std::string_view title;  // of its drawing
  std::function<gradus::Tensor(const gradus::Tensor& x)> answer;
  std::vector<gradus::Tensor> parameters;
};

/// Trains it on 30 numbers each, and a plain recurrent network of so many units beside it; tells how far from the sums both
/// are on examples not seen.  Uses the keys 0 and 1 for the plain network and 3, 4 and 5 for examples.
void add_beside_plain(Run& run, const Adder& adder, std::int64_t units);

}  // namespace zoo
