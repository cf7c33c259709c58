// The rule of every elementwise op, but for what depends on the op's type (boxed_rule.h).
#pragma once
#include <cstdint>
#include <span>

#include "../base/export.h"
#include "elementwise_op.h"
#include "rule.h"

namespace gradus::detail {

class GRADUS_API ElementwiseRule : public Rule {
 public:
  [[nodiscard]] Array evaluate(std::span<const Array> x) const override;
  void pull(Array&& g, std::span<const Array> x, const Array& y, std::uint32_t wanted, Array* out) const override;
  void pull(Tensor&& g, std::span<const Tensor> x, const Tensor& y, std::uint32_t wanted, Tensor* out) const override;
  [[nodiscard]] Array push(std::span<const Array> t, std::span<const Array> x, const Array& y) const override;
  [[nodiscard]] Tensor push(std::span<const Tensor> t, std::span<const Tensor> x, const Tensor& y) const override;
  [[nodiscard]] ElementwiseLoop elementwise() const override;

 protected:
  /// Of an op that lives as long as the rule.
  ElementwiseRule(const ElementwiseOp& type, const void* op) : Rule(type.keep), type_(type), op_(op) {}

 private:
  const ElementwiseOp& type_;
  const void* op_;
};

}  // namespace gradus::detail
