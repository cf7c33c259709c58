// Every op of the list, in several settings, behind one interface.  Tests loop over them at run time: each op is
// compiled once (op_case.h), whatever the number of tests.
#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/array/kernels.h"
#include "autograd/tensor/tensor.h"
#include "tests/reference/quad.h"

namespace gradus::reference {

inline constexpr std::size_t max_arity = KernelTable::max_arity;

/// The arguments of an op; those beyond its arity are zero.
template <class T>
using Point = std::array<T, max_arity>;

/// A compiled loop and the op it belongs to.
struct KernelCase {
  const PerType<ElementwiseKernel>* kernel;
  const void* op;
  std::size_t arity;
};

/// An op with its attributes.
class OpCase {
 public:
  OpCase() = default;
  OpCase(const OpCase&) = delete;
  OpCase& operator=(const OpCase&) = delete;
  virtual ~OpCase() = default;

  std::string_view name;
  std::string label;  ///< the name and what distinguishes this setting
  std::size_t arity = 0;
  bool internal = false;           ///< serves derivatives alone: its own first derivative is part of a second one
  std::vector<double> attributes;  ///< in the order of the op's own table; of pow: exponent, coefficient
  Domain domain{};
  Worst worst{};
  std::array<unsigned, max_arity> reads{};  ///< what the derivative by each argument looks at

  /// op(x…)
  [[nodiscard]] virtual float value(const Point<float>& x) const = 0;
  [[nodiscard]] virtual double value(const Point<double>& x) const = 0;
  [[nodiscard]] virtual Quad value(const Point<Quad>& x) const = 0;
  /// ∂op/∂x_i at x, where y is the value.
  [[nodiscard]] virtual float partial(std::size_t i, const Point<float>& x, float y) const = 0;
  [[nodiscard]] virtual double partial(std::size_t i, const Point<double>& x, double y) const = 0;
  [[nodiscard]] virtual Quad partial(std::size_t i, const Point<Quad>& x, Quad y) const = 0;
  /// ∂²op/∂x_i∂x_j from nested dual numbers; nothing where the value or a first derivative is not finite.
  [[nodiscard]] virtual std::optional<float> second(std::size_t i, std::size_t j, const Point<float>& x) const = 0;
  [[nodiscard]] virtual std::optional<double> second(std::size_t i, std::size_t j, const Point<double>& x) const = 0;
  /// The derivative in the form that people read, if the op states one.
  [[nodiscard]] virtual std::optional<Quad> shown(std::size_t i, const Point<Quad>& x, Quad y) const = 0;
  /// The tangent of the value when x moves along v: one dual number.
  [[nodiscard]] virtual double tangent(const Point<double>& x, const Point<double>& v) const = 0;

  [[nodiscard]] virtual KernelCase value_kernel() const = 0;
  [[nodiscard]] virtual KernelCase pullback_kernel(std::size_t i) const = 0;
  [[nodiscard]] virtual Array apply(std::span<const Array> x) const = 0;
  [[nodiscard]] virtual Tensor apply(std::span<const Tensor> x) const = 0;
};

/// All of them, in the order of the list.
const std::vector<std::unique_ptr<OpCase>>& op_cases();

namespace detail {

/// Appends the ops whose place in the list is `part` modulo GRADUS_OP_TABLE_PARTS, each with its place.
template <std::size_t part>
void add_op_cases(std::vector<std::pair<std::size_t, std::unique_ptr<OpCase>>>& to);

}  // namespace detail

}  // namespace gradus::reference
