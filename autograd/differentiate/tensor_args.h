// Tensors as arguments of a transform: one, a list in braces, a vector, an array or a span of them.
#pragma once
#include <concepts>
#include <initializer_list>
#include <span>
#include <type_traits>

#include "../tensor/tensor.h"

namespace gradus {

using TensorList = std::span<const Tensor>;

/// Looks at the tensors it is made from, which live to the end of the call: for parameters only.
class TensorArgs {
 public:
  TensorArgs(const Tensor& one) noexcept : list_(&one, 1) {}                                        // NOLINT
  TensorArgs(const Array& one) : own_(one) {}                                                       // NOLINT
  TensorArgs(std::initializer_list<Tensor> list) noexcept : list_(std::data(list), list.size()) {}  // NOLINT
  template <class List>
  requires(std::convertible_to<const List&, TensorList> && !std::same_as<List, TensorArgs>) TensorArgs(const List& list)
      : list_(list) {}  // NOLINT

  operator TensorList() const noexcept { return own_.defined() ? TensorList(&own_, 1) : list_; }  // NOLINT

 private:
  TensorList list_;
  Tensor own_;  // of an array
};

/// What a transform may be asked for a derivative by: its type says whether one is meant or a list.  A list in braces
/// has no type, so functions take TensorArgs by default.
template <class X>
concept TensorArgument = std::convertible_to<const X&, TensorArgs>;

/// What a derivative by is one tensor and not a list.
template <class X>
concept OneTensor = std::same_as<X, Tensor> || std::same_as<X, Array>;

}  // namespace gradus
