// A gradient that was recorded, in the ops that people write.
#pragma once
#include <optional>
#include <span>
#include <typeinfo>
#include <vector>

#include "../tensor/rule.h"
#include "../tensor/tensor.h"

namespace gradus::detail {

/// Elementwise ops that were applied, so that a value which is there already is not computed again.
class AppliedOps {
 public:
  void add(const std::type_info& type, std::span<const Tensor> x, const Tensor& y);
  /// What the op of this type was applied to these very tensors; empty when it was not.
  [[nodiscard]] Tensor find(const std::type_info& type, std::span<const Tensor> x) const;

 private:
  struct Applied {
    const std::type_info* type;
    std::vector<const Record*> x;
    Tensor y;
  };
  std::vector<Applied> list_;
};

/// The pullback of an elementwise op, recorded as cotangent times derivative, with the derivative as people write it where
/// its arguments tell it: 1 − y² for tanh.  Also the product of the chain rule as an ordinary one.  Nothing for any other rule.
[[nodiscard]] std::optional<Tensor> written_pullback(const Rule& rule, std::span<const Tensor> x, AppliedOps& applied);

}  // namespace gradus::detail
