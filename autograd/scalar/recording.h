// What applying an op to Scalars means: a record, unless all are constants.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/scalar/scalar_types.h"
#include "autograd/scalar/slopes.h"

namespace gradus::detail {

/// How ops on Scalars are recorded.
template <class T>
struct Recording {
  using S = BasicScalar<T>;
  using R = Records<T>;

  /// The place of a Scalar recorded since the last rewind; no place of the tape for all others.
  static Place place(const R& r, Key key) { return static_cast<Place>(key) - r.tag; }
  /// Whether a Scalar is of the last two generations, and where: all but the constants and the stale, mostly.
  [[gnu::always_inline]] static bool find(const R& r, Key key, Place& at) {
    at = place(r, key);
    if (!rare(at >= r.size)) return true;
    at = static_cast<Place>(key) - r.older;
    return at < r.older_end;
  }
  /// Whether a Scalar is on the tape, and where.  Not when it is a constant; throws when it is stale.
  [[gnu::always_inline]] static bool is_live(const R& r, const S& s, Place& at) {
    if (!rare(!find(r, s.key_, at))) return true;
    return is_old(r, s, at);
  }
  [[gnu::noinline]] static bool is_old(const R&, const S s, Place& at) {
    if (s.is_constant()) return false;
    BasicTape<T>::check_old(s);
    at = detail::place_of(s.key_);
    return true;
  }
  /// The place of an argument; a constant becomes a leaf.
  template <class X>
  static Place place_or_leaf(R& r, const X& x) {
    if constexpr (is_scalar<X>) {
      Place at = 0;
      if (is_live(r, x, at)) return at;
    }
    return static_cast<Place>(r.append(word(Opcode::leaf, 0, 0), plain<T>(x))) & place_mask;
  }

  // ------------------------------------------------------------------------------------------------ one argument
  template <class Op>
  [[gnu::always_inline]] static S unary(const Op& op, const S& x) {
    if constexpr (has_slope<Op>) {
      T slope = as<T>(0.0);
      const T value = value_and_slope(op, x.value_, slope);
      return with_extra(opcode_of<Op>(), x, slope, value);
    } else {
      const T value = as<T>(bind(op, x.value_));
      R& r = *innermost<T>();
      Place at = 0;
      if (rare(!is_live(r, x, at))) return value;
      return S(value, r.append(word(opcode_of<Op>(), at, 0), value));
    }
  }
  static S normal(const S& x) {
    T slope = as<T>(0.0);
    const T value = normal_and_slope(x.value_, slope);
    return with_extra(Opcode::norm_cdf, x, slope, value);
  }
  /// A record of one argument with a constant or a slope.
  [[gnu::always_inline]] static S with_extra(Opcode code, const S& x, const T& extra, const T& value) {
    R& r = *innermost<T>();
    Place at = 0;
    if (rare(!is_live(r, x, at))) return value;
    const Key key = r.append(word(code, at, 0), value);
    r.push(extra);
    return S(value, key);
  }

  // ----------------------------------------------------------------------------------------------- two arguments
  template <class Op>
  [[gnu::always_inline]] static S binary(const Op& op, const S& a, const S& b) {
    R& r = *innermost<T>();
    Place at_a = 0;
    Place at_b = 0;
    if (rare(!find(r, a.key_, at_a) || !find(r, b.key_, at_b))) return other_binary(op, a, b);
    const T value = as<T>(bind(op, a.value_, b.value_));
    return S(value, r.append(word(opcode_of<Op>(), at_a, at_b), value));
  }
  /// An argument is a constant, or older than the last rewind, or stale.
  template <class Op>
  [[gnu::noinline]] static S other_binary(const Op& op, const S a, const S b) {
    if (b.is_constant()) return binary(op, a, b.value_);
    if (a.is_constant()) return binary(op, a.value_, b);
    R& r = *innermost<T>();
    Place at_a = 0;
    Place at_b = 0;
    is_live(r, a, at_a);
    is_live(r, b, at_b);
    const T value = as<T>(bind(op, a.value_, b.value_));
    return S(value, r.append(word(opcode_of<Op>(), at_a, at_b), value));
  }
  template <class Op>
  [[gnu::always_inline]] static S binary(const Op& op, const S& a, const T& c) {
    const T value = as<T>(bind(op, a.value_, c));
    if constexpr (std::same_as<Op, Add>) return with_extra(Opcode::plus, a, c, value);
    if constexpr (std::same_as<Op, Sub>) return with_extra(Opcode::plus, a, as<T>(-c), value);
    if constexpr (std::same_as<Op, Mul>) return with_extra(Opcode::times, a, c, value);
    if constexpr (std::same_as<Op, Div>) return with_extra(Opcode::over, a, c, value);
  }
  template <class Op>
  [[gnu::always_inline]] static S binary(const Op& op, const T& c, const S& b) {
    const T value = as<T>(bind(op, c, b.value_));
    if constexpr (std::same_as<Op, Add>) return with_extra(Opcode::plus, b, c, value);
    if constexpr (std::same_as<Op, Sub>) return with_extra(Opcode::from, b, c, value);
    if constexpr (std::same_as<Op, Mul>) return with_extra(Opcode::times, b, c, value);
    if constexpr (std::same_as<Op, Div>) return with_extra(Opcode::under, b, c, value);
  }

  // ---------------------------------------------------------------------------------------------------- products
  using P = BasicProduct<T>;
  [[gnu::always_inline]] static P product(const S& a, const S& b) {
    R& r = *innermost<T>();
    const T value = as<T>(a.value_ * b.value_);
    Place at = 0;
    if (rare(!find(r, a.key_, at) || !find(r, b.key_, at))) return P(other_binary(Mul{}, a, b));
    return P(value, a.key_, b.key_);
  }
  [[gnu::always_inline]] static S settled(const P& p) {
    if (!p.waits_) return S(p.value_, p.a_);
    R& r = *innermost<T>();
    Place at_a = 0;
    Place at_b = 0;
    if (rare(!find(r, p.a_, at_a) || !find(r, p.b_, at_b))) return other_settled(p.value_, p.a_, p.b_);
    return S(p.value_, r.append(word(Opcode::mul, at_a, at_b), p.value_));
  }
  /// The product was made before the tape was rewound, or it is stale.
  [[gnu::noinline]] static S other_settled(const T value, Key a, Key b) {
    R& r = *innermost<T>();
    Place at_a = 0;
    Place at_b = 0;
    is_live(r, S(value, a), at_a);
    is_live(r, S(value, b), at_b);
    return S(value, r.append(word(Opcode::mul, at_a, at_b), value));
  }
  /// c ± p.
  template <class Op>
  [[gnu::always_inline]] static S sum(const Op& op, const S& c, const P& p) {
    if (!p.waits_) return other_sum(op, c, S(p.value_, p.a_));
    R& r = *innermost<T>();
    Place at_a = 0;
    Place at_b = 0;
    Place at_c = 0;
    if (rare(!find(r, p.a_, at_a) || !find(r, p.b_, at_b) || !find(r, c.key_, at_c))) {
      return other_sum(op, c, p.value_, p.a_, p.b_);
    }
    const T value = as<T>(bind(op, c.value_, p.value_));
    constexpr bool minus = std::same_as<Op, Sub>;
    if (at_c == r.size - 2) {
      return S(value, r.append(word(minus ? Opcode::mul_sub_below : Opcode::mul_add_below, at_a, at_b), value));
    }
    const Key key = r.append(word(minus ? Opcode::mul_sub : Opcode::mul_add, at_a, at_b), value);
    std::memcpy(static_cast<void*>(r.side++), &at_c, sizeof(at_c));
    return S(value, key);
  }
  // Numbers by value, in registers: an argument in memory would be put together there on the usual path too.
  template <class Op>
  [[gnu::noinline]] static S other_sum(const Op& op, const S c, const T value, Key a, Key b) {
    return binary(op, c, settled(P(value, a, b)));
  }
  template <class Op>
  [[gnu::noinline]] static S other_sum(const Op& op, const S c, const S recorded) {
    return binary(op, c, recorded);
  }

  // ------------------------------------------------------------------------------------------------------ any op
  template <class Op, class... X>
  static S general(const Op& op, const X&... x) {
    const T value = as<T>(bind(op, plain<T>(x)...));
    if constexpr (!is_listed<Op>) {
      return unlisted(op, value, x...);
    } else {
      return recorded(op, value, x...);
    }
  }
  template <class Op, class... X>
  static S recorded(const Op& op, const T& value, const X&... x) {
    R& r = *innermost<T>();
    const auto live = [&]<class Y>(const Y& y) {
      Place at = 0;
      if constexpr (is_scalar<Y>) return is_live(r, y, at);
      return false;
    };
    // Every argument is looked at: none may be stale.
    if ((static_cast<unsigned>(live(x)) | ...) == 0) return value;
    const Place places[] = {place_or_leaf(r, x)..., 0, 0};
    const Key key = r.append(word(Opcode::general, places[0], places[1]), value);
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

  /// An op of the user's own, which no table of the sweep knows: recorded with its slopes.
  template <class Op, class... X>
  static S unlisted(const Op& op, const T& value, const X&... x) {
    const std::array<S, sizeof...(X)> in{S(x)...};
    const auto slopes = [&]<std::size_t... K>(std::index_sequence<K...>) {
      const auto slope = [](const auto& d) {
        if constexpr (is_gate<std::remove_cvref_t<decltype(d)>>) {
          return as<T>(d.weight);
        } else {
          return as<T>(d);
        }
      };
      return std::array<T, sizeof...(X)>{slope(partial<static_cast<int>(K)>(op, plain<T>(x)..., value))...};
    }
    (std::index_sequence_for<X...>{});
    return span(Opcode::linear, value, in, {}, slopes.data());
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
  // The same, with constants as leaves, whose values the sweep and a replay can read.
  static std::vector<S> without_constants(R& r, std::span<const S> x) {
    std::vector<S> out(x.begin(), x.end());
    for (S& s : out) {
      if (s.is_constant()) s = S(s.value_, r.append(word(Opcode::leaf, 0, 0), s.value_));
    }
    return out;
  }
  /// Σ x, Σ x·y (slopes null), or a function with slopes; n is the number of places in each span.
  static S span(Opcode op, const T& value, std::span<const S> x, std::span<const S> y, const T* slopes) {
    R& r = *innermost<T>();
    bool live = false;
    bool constant = false;
    for (const std::span<const S> part : {x, y}) {
      for (const S& s : part) {
        Place at = 0;
        (is_live(r, s, at) ? live : constant) = true;
      }
    }
    if (!live) return value;
    if (constant && op != Opcode::linear) {
      const std::vector<S> all_x = without_constants(r, x);
      const std::vector<S> all_y = without_constants(r, y);
      return span(op, value, all_x, all_y, slopes);
    }
    const std::size_t n = x.size();
    BasicTape<T>::reserve_side(n + place_words<T>(n + y.size()));
    const Key key = r.append(word(op, 2 * n, 0), value);
    if (slopes != nullptr) {
      std::memcpy(static_cast<void*>(r.side), slopes, n * sizeof(T));
      r.side += n;
    }
    push_places(r, x, y);
    return S(value, key);
  }
};

}  // namespace gradus::detail
