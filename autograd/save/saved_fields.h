// How the attributes of ops are written and read, by their type.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../array/convolve.h"
#include "../array/indices.h"
#include "../array/lookup.h"
#include "../array/slice.h"
#include "../array/window.h"
#include "../array/window_pooling.h"
#include "../base/dtype.h"
#include "../base/shape.h"
#include "../tensor/ops/structural.h"
#include "saved_ops.h"

namespace gradus::detail {

using SavedAttributes = std::vector<SavedAttribute>;

/// The attributes of an op, in the order of its table.
[[nodiscard]] SavedAttributes attributes_of(const AnyOp& op);

/// Reads the attributes of one op.  Each reading function throws ValueError, naming the op and the attribute, for one
/// that is missing, of another type or out of range.
class AttributeReader {
 public:
  AttributeReader(const SavedOp& op, std::span<const Shape> arguments) : op_(op), arguments_(arguments) {}

  [[nodiscard]] const Shape& argument(std::size_t k) const { return arguments_[k]; }

  void load(std::string_view name, bool& value);
  void load(std::string_view name, int& value);
  void load(std::string_view name, std::int64_t& value);
  void load(std::string_view name, double& value);
  /// Axes of the first argument.
  void load(std::string_view name, std::uint32_t& axes);
  void load(std::string_view name, Shape& value);
  void load(std::string_view name, DType& value);
  void load(std::string_view name, Indices& value);
  /// An order of the first argument's axes.
  void load(std::string_view name, AxisOrder& value);
  /// Places along an axis: of the array whose shape is the attribute `shape`, else of the first argument.
  void load(std::string_view name, Lookup& value);
  void load(std::string_view name, Window& value);
  void load(std::string_view name, WindowAxes& value);
  void load(std::string_view name, AverageWindow& value);
  void load(std::string_view name, Convolution& value);

  /// Throws ValueError for an attribute that nothing has asked for.
  void check_all_read() const;
  [[noreturn]] void fail(std::string_view name, std::string_view what) const;

 private:
  template <class T>
  const T& get(std::string_view name, std::string_view type);
  [[nodiscard]] std::array<std::int64_t, 2> pair(std::string_view name, std::int64_t least);

  const SavedOp& op_;
  std::span<const Shape> arguments_;
  std::vector<std::string_view> read_;
};

}  // namespace gradus::detail
