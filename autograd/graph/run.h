// What goes into a run of a graph, and what comes out (graph.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../array/array.h"
#include "../base/export.h"
#include "../tensor/tensor.h"

namespace gradus {

class Graph;

namespace detail {
class Replay;
}  // namespace detail

/// A value for a leaf, which is named by its name, the id of its slot, the number of its slot, or the tensor that it is.
/// A name comes before an id; a number is never mistaken.
class GRADUS_API RunInput {
 public:
  RunInput(std::string name, Array value) : name_(std::move(name)), value_(std::move(value)) {}
  RunInput(std::string name, const Tensor& value) : RunInput(std::move(name), value.value()) {}
  /// In the leaf's dtype.
  RunInput(std::string name, double value) : RunInput(std::move(name), Array(value)) { number_ = true; }
  RunInput(int slot, Array value) : slot_(slot), value_(std::move(value)) {}
  RunInput(int slot, const Tensor& value) : RunInput(slot, value.value()) {}
  RunInput(int slot, double value) : RunInput(slot, Array(value)) { number_ = true; }
  RunInput(Tensor leaf, Array value) : leaf_(std::move(leaf)), value_(std::move(value)) {}
  RunInput(Tensor leaf, const Tensor& value) : RunInput(std::move(leaf), value.value()) {}
  RunInput(Tensor leaf, double value) : RunInput(std::move(leaf), Array(value)) { number_ = true; }

 private:
  friend class detail::Replay;
  std::optional<int> slot_;
  std::string name_;  // empty, and no slot: the leaf says which
  Tensor leaf_;
  Array value_;
  bool number_ = false;
};

/// The outputs of a run and the gradient of each leaf that has one.
class GRADUS_API GraphRun {
 public:
  std::vector<Array> outputs;

  /// Zeros for a leaf that the outputs do not depend on.  Throws GraphError for a leaf that the graph does not have, and
  /// for a constant.
  [[nodiscard]] const Array& gradient(std::string_view name) const;
  [[nodiscard]] const Array& gradient(const Tensor& leaf) const;

 private:
  friend class detail::Replay;
  struct Entry {
    std::string name, id;
    const void* leaf;
    Array gradient;
  };
  std::vector<Entry> gradients_;
};

}  // namespace gradus
