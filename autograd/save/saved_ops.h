// Ops as files name them: a key and attributes.  What comes from a file is checked before it becomes a rule, because the
// kernels trust the rules they belong to.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "../base/shape.h"
#include "../tensor/rule.h"

namespace gradus::detail {

using AttributeValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>>;

struct SavedAttribute {
  std::string name;
  AttributeValue value;
};

struct SavedOp {
  std::string key;  // "matmul"
  std::vector<SavedAttribute> attributes;

  [[nodiscard]] const AttributeValue* find(std::string_view name) const noexcept;
};

/// Whether ops of this rule's kind can be made from a file: those that users call, not the helpers of gradients, nor
/// functions of the user's.
[[nodiscard]] bool can_be_saved(const Rule& rule);
/// The op behind a rule; for one that cannot be saved its name alone, "custom:matmul" where that is the key of another.
[[nodiscard]] SavedOp saved_op(const Rule& rule);

/// A rule for arguments of these shapes, and the shape that it will give them.
struct LoadedRule {
  std::unique_ptr<Rule> rule;
  Shape shape;
};

/// Throws ValueError for an unknown op, a wrong number of arguments, an attribute that is missing, unknown or of another
/// type, and ValueError or ShapeError for one that is out of range or does not suit the arguments.
[[nodiscard]] LoadedRule load_rule(const SavedOp& op, std::span<const Shape> arguments);

}  // namespace gradus::detail
