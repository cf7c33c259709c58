// What is done with the attributes of an op, which its `fields` name (math/number.h): compared when a graph is planned,
// written into files, read from them, and told in the calls that people read.
#pragma once
#include <bit>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "../array/window.h"
#include "../base/dtype.h"
#include "../base/shape.h"
#include "../math/number.h"

namespace gradus {

struct AxisOrder;
struct AverageWindow;
struct Convolution;
struct Lookup;
class Indices;
class Window;

namespace detail {

/// Who looks at attributes of ops whose types it does not know: one function for each type that an attribute can have.
class FieldVisitor {
 public:
  /// An attribute's name in files, how people write it, and what they call it.
  struct About {
    std::string_view name;
    InCalls written;
    std::string_view word;
  };

  virtual ~FieldVisitor() = default;
  virtual void visit(const About& field, bool value) = 0;
  virtual void visit(const About& field, int axis) = 0;
  /// Numbers come with their default.
  virtual void visit(const About& field, std::int64_t value, std::int64_t preset) = 0;
  virtual void visit(const About& field, double value, double preset) = 0;
  /// A set of axes: bit k for axis k.
  virtual void visit(const About& field, std::uint32_t axes) = 0;
  virtual void visit(const About& field, const Shape& value) = 0;
  virtual void visit(const About& field, DType value) = 0;
  virtual void visit(const About& field, const Indices& value) = 0;
  virtual void visit(const About& field, const AxisOrder& value) = 0;
  virtual void visit(const About& field, const Lookup& value) = 0;
  virtual void visit(const About& field, const Window& value) = 0;
  virtual void visit(const About& field, const WindowAxes& value) = 0;
  virtual void visit(const About& field, const AverageWindow& value) = 0;
  virtual void visit(const About& field, const Convolution& value) = 0;
};

/// Shows every attribute of an op to a visitor, in the order of its table.
template <class Op>
void visit_fields(const void* any, FieldVisitor& visitor) {
  const Op& op = *static_cast<const Op*>(any);
  const auto show = [&]<class Owner, class T>(const Field<Owner, T>& f) {
    const FieldVisitor::About about{f.name, f.written, f.word};
    if constexpr (std::same_as<T, double> || std::same_as<T, std::int64_t>) {
      visitor.visit(about, op.*(f.member), Op{}.*(f.member));
    } else if constexpr (requires { visitor.visit(about, op.*(f.member)); }) {
      visitor.visit(about, op.*(f.member));
    }  // else an op of the user's with an attribute of its own kind
  };
  with_fields<Op>([&](const auto&... f) { (show(f), ...); });
}

/// Bit by bit for numbers, so that 0 is not −0 and a NaN is itself; false for what cannot be compared.
template <class T>
bool same_field(const T& a, const T& b) {
  if constexpr (std::same_as<T, double>) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  } else if constexpr (std::equality_comparable<T>) {
    return a == b;
  } else {
    return false;
  }
}

template <class Op>
bool same_fields(const Op& a, const Op& b) {
  return with_fields<Op>([&](const auto&... f) { return (same_field(a.*(f.member), b.*(f.member)) && ...); });
}

}  // namespace detail

}  // namespace gradus
