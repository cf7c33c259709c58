// fmt::print("{}", x) for tensors, arrays, shapes, types and graphs: what << writes, with fmt's own width and alignment.
// Not in autograd.h: fmt costs a compiler half a second.
#pragma once
#include <fmt/format.h>

#include <string>

#include "graph/graph_text.h"
#include "tensor/printing.h"

namespace gradus::detail {

inline std::string text_of(const Array& x) { return printed(x); }
inline std::string text_of(const Tensor& x) { return printed(x); }
inline std::string text_of(const Graph& x) { return printed(x); }
inline std::string text_of(const Shape& x) { return to_string(x); }
inline std::string text_of(DType x) { return to_string(x); }

template <class T>
struct TextFormatter : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const T& x, Context& context) const {
    const std::string text = text_of(x);
    return fmt::formatter<fmt::string_view>::format(text, context);
  }
};

}  // namespace gradus::detail

template <>
struct fmt::formatter<gradus::Array> : gradus::detail::TextFormatter<gradus::Array> {};
template <>
struct fmt::formatter<gradus::Tensor> : gradus::detail::TextFormatter<gradus::Tensor> {};
template <>
struct fmt::formatter<gradus::Graph> : gradus::detail::TextFormatter<gradus::Graph> {};
template <>
struct fmt::formatter<gradus::Shape> : gradus::detail::TextFormatter<gradus::Shape> {};
template <>
struct fmt::formatter<gradus::DType> : gradus::detail::TextFormatter<gradus::DType> {};
