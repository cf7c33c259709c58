// Tensors as arguments of a transform: one, a list in braces, a vector, an array or a span of them.
#pragma once
#include <concepts>
#include <initializer_list>
#include <span>
#include <type_traits>

#include "autograd/tensor/tensor.h"

namespace gradus {

using TensorList = std::span<const Tensor>;

/// Looks at the tensors it is made from, which live to the end of the call: for parameters only.
class TensorArgs {
 public:
  TensorArgs(const Tensor& one) noexcept : list_(&one, 1) {}                                        // NOLINT
  TensorArgs(std::initializer_list<Tensor> list) noexcept : list_(std::data(list), list.size()) {}  // NOLINT
  template <class List>
  requires(std::convertible_to<const List&, TensorList> && !std::same_as<List, TensorArgs>) TensorArgs(const List& list)
      : list_(list) {}  // NOLINT

  operator TensorList() const noexcept { return list_; }  // NOLINT

 private:
  TensorList list_;
};

/// What a transform may be asked for a derivative by: its type says whether one is meant or a list.  A list in braces
/// has no type, so functions take TensorArgs by default.
template <class X>
concept TensorArgument = std::convertible_to<const X&, TensorArgs>;

}  // namespace gradus
