// What layers with a weight and a bias have in common.
#pragma once
#include <utility>

#include "../module.h"

namespace gradus::nn {

/// A module with the parameters "weight" and, perhaps, "bias", which drawings call W and b.
template <class Self>
class Weighted : public Cloneable<Self> {
 public:
  [[nodiscard]] Tensor weight() const { return this->tensor("weight"); }
  /// Empty when there is none.
  [[nodiscard]] Tensor bias() const { return this->tensor("bias"); }

 protected:
  void add_weight(Array weight) { this->add_parameter("weight", std::move(weight), "W"); }
  /// Zeros, unless there is to be none.
  void add_bias(std::int64_t outputs, bool wanted = true) {
    if (wanted) this->add_parameter("bias", Array::zeros({outputs}), "b");
  }
};

}  // namespace gradus::nn
