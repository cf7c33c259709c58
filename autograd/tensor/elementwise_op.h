// What the engine knows of an elementwise op's type.  boxed_rule.h fills one in from the op's struct; the code that runs,
// records and differentiates elementwise ops is compiled once for all of them.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "../array/kernels.h"
#include "../base/export.h"
#include "../math/op_list.h"

namespace gradus {

class Rule;
class Tensor;

namespace detail {

class OpSequence;

/// How the rule of an op type comes about: one object for every record, or for an op with attributes one for each.
struct RuleEntry {
  const Rule* shared = nullptr;
  std::unique_ptr<Rule> (*make)(const void* op) = nullptr;
};

/// An op of IEEE arithmetic on one number: it needs no kernel to give the same bits.
using SingleKernel = void (*)(const void* op, const void* const* in, void* out);

struct ElementwiseOp {
  std::string_view name;
  int arity = 0;
  /// In the table of slope loops: the place of the op, or of the op that this is the pullback of.
  std::uint32_t index = 0;
  const PerType<ElementwiseKernel>* kernels = nullptr;
  PerType<SingleKernel> single{};  // null unless the op is exact
  const std::uint32_t* keep = nullptr;
  const RuleEntry& (*rule)() = nullptr;

  /// The way back to an argument.
  struct Slope {
    bool is_one = false;                                          // the cotangent passes as it is
    std::size_t read_count = 0;                                   // how many arguments and results it looks at
    std::array<std::uint8_t, KernelTable::max_arity + 1> read{};  // which: arity stands for the result
    const ElementwiseOp* pullback = nullptr;  // of the cotangent and what is read; its struct begins with the op's
  };
  std::array<Slope, KernelTable::max_arity> slopes{};
  /// Of a pullback: how it moves with argument k, or what a cotangent hands to that, in ordinary ops of the tangent and
  /// the arguments.  `own` holds it where it depends on the attributes.
  const OpSequence& (*slope_in_ops)(const void* op, std::size_t k, std::unique_ptr<OpSequence>& own) = nullptr;
  /// The op, or the op that this is the pullback of, is in WithSlopes: how large its struct is, and of a pullback what it
  /// reads (bit 0 the argument, bit 1 the result).
  bool has_slope_loop = false;
  std::size_t attribute_bytes = 0;
  unsigned pullback_reads = 0;
};

/// What is known of a listed op.  Compiled once, into the library.
GRADUS_API const ElementwiseOp& listed_op(std::size_t index);
/// The same for any other.  Whoever defines one includes boxed_rule.h.
template <class Op>
const ElementwiseOp& unlisted_op();

template <class Op>
const ElementwiseOp& elementwise_op() {
  if constexpr (is_listed<Op>) {
    return listed_op(index_of<Op>);
  } else {
    return unlisted_op<Op>();
  }
}

/// One argument of an op: a tensor, or a C++ number, which takes the dtype of the others.
class TensorArgument {
 public:
  explicit TensorArgument(const Tensor& x) noexcept : tensor_(&x) {}
  template <class C>
  explicit TensorArgument(const C& c) noexcept : number_(static_cast<double>(c)) {}
  [[nodiscard]] const Tensor* tensor() const noexcept { return tensor_; }
  [[nodiscard]] double number() const noexcept { return number_; }

 private:
  const Tensor* tensor_ = nullptr;
  double number_ = 0.0;
};

/// An elementwise op on tensors, of which there is at least one: broadcast, promoted to one dtype, recorded where an
/// argument requires a gradient.  Throws ShapeError for shapes that do not broadcast together.
GRADUS_API Tensor apply_elementwise(const ElementwiseOp& type, const void* op, std::span<const TensorArgument> x);
/// The same for what most ops take: single numbers are little work, and many.
GRADUS_API Tensor apply_elementwise(const ElementwiseOp& type, const void* op, const Tensor& x);
GRADUS_API Tensor apply_elementwise(const ElementwiseOp& type, const void* op, const Tensor& x0, const Tensor& x1);

}  // namespace detail

}  // namespace gradus
