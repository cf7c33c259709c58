// Scalar: one number recorded on a Tape, for numerical code in plain C++ loops.
#pragma once
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "autograd/math/ops.h"
#include "autograd/scalar/records.h"
#include "autograd/scalar/slopes.h"
#include "autograd/scalar/tape.h"

namespace gradus {

/// A T and its place on the thread's innermost tape; trivially copyable.  One made from a plain number is a constant and
/// records nothing.  Comparisons compare values.
template <class T>
class BasicScalar {
 public:
  using interpreted = void;
  static constexpr bool keeps_constants = true;
  using value_type = T;

  BasicScalar() noexcept : value_(as<T>(0.0)) {}
  BasicScalar(const T& value) noexcept : value_(value) {}  // NOLINT: numbers are constants
  template <class C>
  requires(std::is_arithmetic_v<C> && !std::same_as<C, T>)  //
      BasicScalar(C value) noexcept : value_(as<T>(static_cast<double>(value))) {}  // NOLINT: as above

  [[nodiscard]] const T& value() const noexcept { return value_; }
  [[nodiscard]] bool is_constant() const noexcept { return key_ == 0; }

  /// Any op of the list, recorded where an argument is no constant.
  template <class Op, class... X>
  static BasicScalar interpret(const Op& op, const X&... x);

  template <class X>
  BasicScalar& operator+=(const X& x) {
    return *this = *this + x;
  }
  template <class X>
  BasicScalar& operator-=(const X& x) {
    return *this = *this - x;
  }
  template <class X>
  BasicScalar& operator*=(const X& x) {
    return *this = *this * x;
  }
  template <class X>
  BasicScalar& operator/=(const X& x) {
    return *this = *this / x;
  }

 private:
  friend class BasicTape<T>;
  friend struct detail::Recording<T>;
  BasicScalar(const T& value, unsigned long long key) noexcept : value_(value), key_(key) {}

  T value_;
  unsigned long long key_ = 0;  // the place on the tape, and in the upper half its generation; 0: a constant
};

using Scalar = BasicScalar<double>;
static_assert(std::is_trivially_copyable_v<Scalar> && sizeof(Scalar) == 16);

template <class T>
inline constexpr int nesting<BasicScalar<T>> = nesting<T> == 0 ? 0 : nesting<T> + 1;

template <class T>
constexpr BasicScalar<T> constant_like(const BasicScalar<T>&, double c) {
  return as<T>(c);
}

namespace detail {

template <class X>
inline constexpr bool is_scalar = false;
template <class T>
inline constexpr bool is_scalar<BasicScalar<T>> = true;

/// The number a Scalar or constant stands for.
template <class T, class X>
constexpr decltype(auto) plain(const X& x) {
  if constexpr (is_scalar<X>) {
    return x.value();
  } else if constexpr (std::same_as<X, T>) {
    return x;
  } else {
    return as<T>(x);
  }
}

/// How ops on Scalars are recorded.
template <class T>
struct Recording {
  using S = BasicScalar<T>;
  using R = Records<T>;

  /// The place of a Scalar recorded since the last rewind; no place of the tape for all others.
  static Place place(const R& r, const S& s) { return s.key_ - r.tag; }
  /// Whether a Scalar is on the tape, and where.  Not when it is a constant; throws when it is stale.
  static bool is_live(const R& r, const S& s, Place& at) {
    at = place(r, s);
    if (at < r.size) [[likely]] return true;
    return is_old(r, s, at);
  }
  static bool is_old(const R& r, const S& s, Place& at) {
    if (s.key_ == 0) return false;
    at = s.key_ - r.older;
    if (at >= r.size) {
      BasicTape<T>::check_old(s);
      at = s.key_ & 0xffffffffU;
    }
    return true;
  }
  /// The place of an argument; a constant becomes a leaf.
  template <class X>
  static Place place_of(R& r, const X& x) {
    if constexpr (is_scalar<X>) {
      Place at = 0;
      if (is_live(r, x, at)) return at;
    }
    return r.append(word(Opcode::leaf, 0, 0), plain<T>(x)) - r.tag;
  }

  // ------------------------------------------------------------------------------------------------ one argument
  template <class Op>
  static S unary(const Op& op, const S& x) {
    if constexpr (has_slope<Op>) {
      T slope = as<T>(0.0);
      const T value = value_and_slope(op, x.value_, slope);
      return with_extra(opcode_of<Op>(), x, slope, value);
    } else {
      const T value = as<T>(bind(op, x.value_));
      R& r = *innermost<T>();
      Place at = 0;
      if (!is_live(r, x, at)) [[unlikely]] return value;
      return S(value, r.append(word(opcode_of<Op>(), at, 0), value));
    }
  }
  static S normal(const S& x) {
    T slope = as<T>(0.0);
    const T value = normal_and_slope(x.value_, slope);
    return with_extra(Opcode::norm_cdf, x, slope, value);
  }
  /// A record of one argument with a constant or a slope.
  static S with_extra(Opcode code, const S& x, const T& extra, const T& value) {
    R& r = *innermost<T>();
    Place at = 0;
    if (!is_live(r, x, at)) [[unlikely]] return value;
    const unsigned long long key = r.append(word(code, at, 0), value);
    r.push(extra);
    return S(value, key);
  }

  // ----------------------------------------------------------------------------------------------- two arguments
  template <class Op>
  static S binary(const Op& op, const S& a, const S& b) {
    R& r = *innermost<T>();
    const Place at_a = place(r, a);
    const Place at_b = place(r, b);
    if (at_a < r.size && at_b < r.size) [[likely]] {
      const T value = as<T>(bind(op, a.value_, b.value_));
      return S(value, r.append(word(opcode_of<Op>(), at_a, at_b), value));
    }
    return other_binary(op, a, b);
  }
  /// An argument is a constant, or older than the last rewind, or stale.
  template <class Op>
  [[gnu::noinline]] static S other_binary(const Op& op, const S a, const S b) {
    R& r = *innermost<T>();
    Place at_a = 0;
    Place at_b = 0;
    const bool live_a = is_live(r, a, at_a);
    const bool live_b = is_live(r, b, at_b);
    if (!live_b) return binary(op, a, b.value_);
    if (!live_a) return binary(op, a.value_, b);
    const T value = as<T>(bind(op, a.value_, b.value_));
    return S(value, r.append(word(opcode_of<Op>(), at_a, at_b), value));
  }
  template <class Op>
  static S binary(const Op& op, const S& a, const T& c) {
    const T value = as<T>(bind(op, a.value_, c));
    if constexpr (std::same_as<Op, Add>) return with_extra(Opcode::plus, a, c, value);
    if constexpr (std::same_as<Op, Sub>) return with_extra(Opcode::plus, a, as<T>(-c), value);
    if constexpr (std::same_as<Op, Mul>) return with_extra(Opcode::times, a, c, value);
    if constexpr (std::same_as<Op, Div>) return with_extra(Opcode::over, a, c, value);
  }
  template <class Op>
  static S binary(const Op& op, const T& c, const S& b) {
    const T value = as<T>(bind(op, c, b.value_));
    if constexpr (std::same_as<Op, Add>) return with_extra(Opcode::plus, b, c, value);
    if constexpr (std::same_as<Op, Sub>) return with_extra(Opcode::from, b, c, value);
    if constexpr (std::same_as<Op, Mul>) return with_extra(Opcode::times, b, c, value);
    if constexpr (std::same_as<Op, Div>) return with_extra(Opcode::under, b, c, value);
  }

  // ------------------------------------------------------------------------------------------------------ any op
  template <class Op, class... X>
  static S general(const Op& op, const X&... x) {
    static_assert(is_listed<Op>, "a Scalar takes the ops of the list");
    R& r = *innermost<T>();
    const T value = as<T>(bind(op, plain<T>(x)...));
    const auto live = [&]<class Y>(const Y& y) {
      Place at = 0;
      if constexpr (is_scalar<Y>) return is_live(r, y, at);
      return false;
    };
    // Every argument is looked at: none may be stale.
    if ((static_cast<unsigned>(live(x)) | ...) == 0) return value;
    const Place places[] = {place_of(r, x)..., 0, 0};
    const unsigned long long key = r.append(word(Opcode::general, places[0], places[1]), value);
    if constexpr (!std::is_empty_v<Op>) {
      static_assert(std::is_trivially_copyable_v<Op> && attribute_words<T, Op> <= 3);
      std::memcpy(static_cast<void*>(r.side), &op, sizeof(Op));
      r.side += attribute_words<T, Op>;
    }
    const Listed listed{static_cast<std::uint32_t>(sizeof...(X) == 3 ? places[2] : 0),
                        static_cast<std::uint32_t>(index_of<Op>)};
    std::memcpy(static_cast<void*>(r.side++), &listed, sizeof(listed));
    return S(value, key);
  }

  // ------------------------------------------------------------------------------------------------------- spans
  // The places of n Scalars on the side stack; constants become leaves first.
  static void push_places(R& r, std::span<const S> x, std::span<const S> y = {}) {
    auto* to = reinterpret_cast<std::byte*>(r.side);
    for (const std::span<const S> part : {x, y}) {
      for (const S& s : part) {
        const auto index = static_cast<std::uint32_t>(s.key_);
        std::memcpy(to, &index, sizeof(index));
        to += sizeof(index);
      }
    }
    r.side += place_words<T>(x.size() + y.size());
  }
  /// Σ x, Σ x·y (slopes null), or a function with slopes; n is the number of places in each span.
  static S span(Opcode op, const T& value, std::span<const S> x, std::span<const S> y, const T* slopes) {
    R& r = *innermost<T>();
    bool live = false;
    for (const std::span<const S> part : {x, y}) {
      for (const S& s : part) {
        Place at = 0;
        live = is_live(r, s, at) || live;
      }
    }
    if (!live) return value;
    const std::size_t n = x.size();
    BasicTape<T>::reserve_side(n + place_words<T>(n + y.size()));
    const unsigned long long key = r.append(word(op, 2 * n, 0), value);
    if (slopes != nullptr) {
      std::memcpy(static_cast<void*>(r.side), slopes, n * sizeof(T));
      r.side += n;
    }
    push_places(r, x, y);
    return S(value, key);
  }
};

}  // namespace detail

template <class T>
template <class Op, class... X>
inline BasicScalar<T> BasicScalar<T>::interpret(const Op& op, const X&... x) {
  using Recording = detail::Recording<T>;
  const auto argument = []<class Y>(const Y& y) -> decltype(auto) {
    if constexpr (detail::is_scalar<Y> || std::same_as<Y, T>) {
      return (y);
    } else {
      return as<T>(y);
    }
  };
  if constexpr (detail::opcode_of<Op>() == detail::Opcode::general) {
    return Recording::general(op, x...);
  } else if constexpr (sizeof...(X) == 1) {
    return Recording::unary(op, x...);
  } else {
    return Recording::binary(op, argument(x)...);
  }
}

template <class T>
inline BasicScalar<T> BasicTape<T>::variable(const T& value) {
  const unsigned long long at = records_.size;
  const unsigned long long key = records_.append(detail::word(detail::Opcode::leaf, 0, 0), value);
  if (at == leaves_ + 2) leaves_ = at;
  return Number(value, key);
}

template <class A, class B>
concept ScalarComparison = (detail::is_scalar<A> && (std::same_as<A, B> || std::is_arithmetic_v<B>)) ||
                           (std::is_arithmetic_v<A> && detail::is_scalar<B>);

namespace detail {

template <class X>
constexpr double size_of(const X& x) {
  if constexpr (std::is_arithmetic_v<X>) {
    return static_cast<double>(x);
  } else if constexpr (is_scalar<X>) {
    return size_of(x.value());
  } else {
    return size_of(x.v);
  }
}

}  // namespace detail

template <class A, class B>
requires ScalarComparison<A, B>
constexpr bool operator==(const A& a, const B& b) { return detail::size_of(a) == detail::size_of(b); }
template <class A, class B>
requires ScalarComparison<A, B>
constexpr std::partial_ordering operator<=>(const A& a, const B& b) {
  return detail::size_of(a) <=> detail::size_of(b);
}

/// |x|, by the name that <cmath> has for it.
template <class T>
BasicScalar<T> fabs(const BasicScalar<T>& x) {
  return bind(Abs{}, x);
}
/// Whether the value is a number, and finite.
template <class T>
bool isfinite(const BasicScalar<T>& x) {
  return std::isfinite(detail::size_of(x));
}
template <class T>
bool isnan(const BasicScalar<T>& x) {
  return std::isnan(detail::size_of(x));
}
template <class T>
bool isinf(const BasicScalar<T>& x) {
  return std::isinf(detail::size_of(x));
}

}  // namespace gradus
