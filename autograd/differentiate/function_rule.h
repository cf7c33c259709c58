// Rules made at run time from functions: what checkpoint and custom_op record.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "../tensor/rule.h"

namespace gradus::detail {

/// A rule with a name of its own, drawn as a call of that name.
class FunctionRule : public Rule {
 public:
  explicit FunctionRule(std::string name) : Rule(nullptr), name_(std::move(name)) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view symbol() const override { return name_; }
  [[nodiscard]] OpKind kind() const override { return OpKind::function; }
  [[nodiscard]] Formula formula(std::span<const Formula> x) const override;

 private:
  std::string name_;
};

/// The result of a function with a rule, recorded when an argument requires a gradient and this thread records.  `keep`
/// has the bit of each argument that the rule reads, and the one behind them for the result (bit_of).
Tensor finish_function(std::unique_ptr<Rule> rule, std::span<const Tensor> arguments, Array result, std::uint32_t keep);

}  // namespace gradus::detail
