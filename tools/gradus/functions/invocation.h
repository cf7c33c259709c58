// A call of a function on tensors: its arguments, and its options as the function wants them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/array/indices.h"
#include "autograd/base/error.h"
#include "autograd/base/shape.h"
#include "autograd/tensor/tensor.h"
#include "tools/gradus/language/calls.h"

namespace gradus::command {

/// A failure while an expression runs, and the byte of the expression that failed.
struct EvaluationError : Error {
  EvaluationError(const std::string& message, std::size_t place) : Error(message), offset(place) {}
  std::size_t offset;
};

/// A value on the stack: a tensor, or a plain number, which takes the dtype of what it meets.
struct Value {
  Tensor tensor;
  std::optional<double> number;

  Value(Tensor t) : tensor(std::move(t)) {}  // NOLINT: results of ops become values
  Value(double c) : number(c) {}             // NOLINT
  [[nodiscard]] Tensor as_tensor() const { return number ? Tensor(*number) : tensor; }
};

/// Places are whole numbers: constants, as far as differentiation is concerned.
[[nodiscard]] Value places_as_value(const Indices& places);

/// Arguments and options have been counted and checked against the declaration; an option that is not given has its
/// preset.
class Invocation {
 public:
  Invocation(const Function& function, std::span<const Value> arguments, std::span<const Option> options)
      : function_(function), arguments_(arguments), options_(options) {}

  /// The name of the function.
  [[nodiscard]] std::string_view function() const noexcept { return function_.name; }
  [[nodiscard]] std::size_t count() const noexcept { return arguments_.size(); }
  [[nodiscard]] const Value& argument(std::size_t k) const noexcept { return arguments_[k]; }
  [[nodiscard]] bool has_argument(std::size_t k) const noexcept { return k < arguments_.size(); }
  [[nodiscard]] Tensor tensor(std::size_t k) const { return arguments_[k].as_tensor(); }
  /// The arguments from the k-th on.
  [[nodiscard]] std::vector<Tensor> tensors(std::size_t k = 0) const;
  /// An argument of whole numbers, as places or labels.  Throws ValueError for any other number.
  [[nodiscard]] Indices indices(std::size_t k) const;

  /// Whether the option has a value other than none.
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] bool is_given(std::string_view name) const noexcept { return find(name) != nullptr; }
  [[nodiscard]] double number(std::string_view name) const;
  [[nodiscard]] std::int64_t whole(std::string_view name) const;
  /// Whether an option that takes lists was given a single number.
  [[nodiscard]] bool is_whole(std::string_view name) const { return std::holds_alternative<double>(value(name)); }
  [[nodiscard]] bool is_text(std::string_view name) const { return std::holds_alternative<std::string>(value(name)); }
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] std::vector<std::int64_t> list(std::string_view name) const;
  /// One axis, or a list of them.  Throws EvaluationError for one that no tensor can have.
  [[nodiscard]] int axis(std::string_view name = "axis") const;
  [[nodiscard]] std::vector<int> axis_list(std::string_view name = "axis") const;
  /// All for none.
  [[nodiscard]] Axes axes(std::string_view name = "axis") const;
  [[nodiscard]] Shape shape(std::string_view name) const;

 private:
  [[nodiscard]] const Option* find(std::string_view name) const noexcept;
  [[nodiscard]] const OptionValue& value(std::string_view name) const;
  [[nodiscard]] int checked_axis(std::string_view name, std::int64_t axis) const;

  const Function& function_;
  std::span<const Value> arguments_;
  std::span<const Option> options_;
};

}  // namespace gradus::command
