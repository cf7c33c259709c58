// The attributes of structural ops by name: what is compared when a graph is planned, and written when it is saved.  An op
// with attributes lists them once: `static constexpr auto fields = std::tuple(field("axes", &Sum::axes), …);`
#pragma once
#include <bit>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <tuple>

namespace gradus {

template <class Op, class T>
struct Field {
  std::string_view name;
  T Op::*member;
};

template <class Op, class T>
constexpr Field<Op, T> field(std::string_view name, T Op::*member) {
  return {name, member};
}

namespace detail {

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
  return std::apply([&](const auto&... f) { return (same_field(a.*(f.member), b.*(f.member)) && ...); }, Op::fields);
}

}  // namespace detail

}  // namespace gradus
