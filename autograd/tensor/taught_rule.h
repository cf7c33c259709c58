// The rule of an op on whole arrays as a teacher writes it.  What the engine computes it with (ops that serve others, kept
// accurate and fused) explains nothing.  An op whose own rule, recorded, does not read well states beside its vjp
//
//   TaughtRule taught(std::size_t k, const TaughtStep& step) const;      // what argument k receives
//
// and is defined in the op's own .cpp.  Where that rule is made of ops that people know, it is also stated as such, so that
// results in letters can go on with it:
//
//   Tensor plain_vjp(std::size_t k, const Tensor& g, std::span<const Tensor> x, const Tensor& y) const;
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "../array/array.h"
#include "../base/export.h"
#include "../base/shape.h"
#include "../math/formula.h"

namespace gradus {

/// A step whose rule is asked for, in symbols.
struct TaughtStep {
  const Formula& gradient;           ///< of the result
  std::span<const Formula> x;        ///< the arguments
  const Formula& y;                  ///< the result
  const Shape& shape;                ///< of the first argument
  std::span<const Formula> options;  ///< what the call of the op says behind its arguments
  std::span<const Shape> shapes{};   ///< of all arguments
  std::span<const Formula> parts{};  ///< what stands for each part that the op states; empty: themselves
};

/// What a rule is made of and people like to see in numbers first: the probabilities p and the one-hot label y of p − y.  An
/// op states them as
///
///   std::vector<TaughtPart> parts(const Array& x, const Formula& name, std::span<const Formula> options) const;
struct TaughtPart {
  std::string_view letters;  ///< what it is called: the first that is not taken
  Formula formula;
  Array value;
};

/// What an argument receives, and what that means in words; these are empty where the formula says all.
struct TaughtRule {
  Formula rule;
  std::string reason;
};

namespace detail {

/// " along axis 1", " along axes 0 and 2" of an array of so many axes; empty when there is nothing to choose.
[[nodiscard]] GRADUS_API std::string along(std::uint32_t axes, int rank);

/// function(x, options…).
[[nodiscard]] GRADUS_API Formula call_on(std::string_view function, const Formula& x,
                                         std::span<const Formula> options = {});
[[nodiscard]] GRADUS_API Formula call_on(std::string_view function, const Formula& a, const Formula& b,
                                         std::span<const Formula> options);

/// a ⊙ b.
[[nodiscard]] inline Formula times(const Formula& a, const Formula& b) { return Formula::elementwise_product(a, b); }

/// 1 where the two are equal, else 0, in equal shares for those that tie.
[[nodiscard]] GRADUS_API Formula where_equal(const Formula& a, const Formula& b);

}  // namespace detail

}  // namespace gradus
