// The kinds of numbers an array can hold.
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace gradus {

enum class DType : std::uint8_t { float32, float64 };

template <class T>
concept Element = std::same_as<T, float> || std::same_as<T, double>;

template <Element T>
inline constexpr DType dtype_of = std::same_as<T, float> ? DType::float32 : DType::float64;

/// Bytes one element takes.
constexpr std::size_t size_of(DType dtype) { return dtype == DType::float32 ? sizeof(float) : sizeof(double); }

constexpr std::string_view name_of(DType dtype) { return dtype == DType::float32 ? "float32" : "float64"; }

/// The type that holds both without loss: float64 unless both are float32.
constexpr DType promote(DType a, DType b) {
  return a == DType::float64 || b == DType::float64 ? DType::float64 : DType::float32;
}

/// The type of what is computed from several operands: the type that holds all of them without loss.  A single number
/// (rank 0) does not widen what arrays there are, as in PyTorch: float32 x times a float64 number is float32.
class ResultType {
 public:
  constexpr void add(DType dtype, int rank) {
    DType& of_kind = rank == 0 ? numbers_ : arrays_;
    of_kind = promote(of_kind, dtype);
    any_array_ = any_array_ || rank != 0;
  }
  [[nodiscard]] constexpr DType get() const { return any_array_ ? arrays_ : numbers_; }

 private:
  DType numbers_ = DType::float32;
  DType arrays_ = DType::float32;
  bool any_array_ = false;
};

/// Calls f with a value of the C++ type behind dtype: dispatch(d, [](auto zero) { using T = decltype(zero); … }).
template <class F>
decltype(auto) dispatch(DType dtype, F&& f) {
  return dtype == DType::float32 ? f(float{}) : f(double{});
}

}  // namespace gradus
