// Rows of numbers put side by side and taken apart again: how recorded Jacobians are put together, and how a
// checkpoint has several results.  All arrays here are vectors.  Join and Part, Part and Padded are adjoint.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "autograd/tensor/rule.h"
#include "autograd/tensor/structural.h"

namespace gradus::detail {

/// Some neighbouring elements of a vector.
struct Part : Unary {
  static constexpr std::string_view name = "part";
  static constexpr OpKind kind = OpKind::layout;
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::int64_t first = 0;
  std::int64_t count = 0;
  [[nodiscard]] Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const;
};

/// A vector with zeros before and behind it.
struct Padded : Unary {
  static constexpr std::string_view name = "padded";
  static constexpr OpKind kind = OpKind::layout;
  static constexpr bool structural = true;
  static constexpr bool multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  std::int64_t first = 0;  // zeros before
  std::int64_t size = 0;   // of the result
  [[nodiscard]] Array value(const Array& x) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& x, const V&) const {
    return apply(Part{{}, first, shape_of(x)[0]}, g);
  }
};

template <class V>
V Part::vjp(wrt<0>, const V& g, const V& x, const V&) const {
  return apply(Padded{{}, first, shape_of(x)[0]}, g);
}

/// One vector behind another.
struct Join : Binary {
  static constexpr std::string_view name = "join";
  static constexpr OpKind kind = OpKind::layout;
  static constexpr bool structural = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  static constexpr std::uint32_t reads(wrt<1>) { return 0; }
  [[nodiscard]] Array value(const Array& a, const Array& b) const;
  template <class V>
  V vjp(wrt<0>, const V& g, const V& a, const V&, const V&) const {
    return apply(Part{{}, 0, shape_of(a)[0]}, g);
  }
  template <class V>
  V vjp(wrt<1>, const V& g, const V& a, const V& b, const V&) const {
    return apply(Part{{}, shape_of(a)[0], shape_of(b)[0]}, g);
  }
  template <class V>
  V jvp(wrt<0>, const V& t, const V& a, const V& b, const V&) const {
    return apply(Padded{{}, 0, shape_of(a)[0] + shape_of(b)[0]}, t);
  }
  template <class V>
  V jvp(wrt<1>, const V& t, const V& a, const V& b, const V&) const {
    return apply(Padded{{}, shape_of(a)[0], shape_of(a)[0] + shape_of(b)[0]}, t);
  }
};

/// All numbers of some tensors of one dtype as one vector, recorded.  There is at least one.
Tensor joined(std::span<const Tensor> parts);
/// The tensor of a shape whose numbers start at `first` in a vector.
Tensor part_of(const Tensor& joined, std::int64_t first, const Shape& shape);

}  // namespace gradus::detail
