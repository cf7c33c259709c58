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

#include "scalar_types.h"
#include "slopes.h"

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
    at -= product_bit;
    if (at < r.size) return is_product_at(r, at);
    at = static_cast<Place>(key) - r.older;
    if (at < r.older_end) return true;
    at -= product_bit;
    return at < r.older_end && is_product_at(r, at);
  }
  /// Whether a Scalar is on the tape, and where.  Not when it is a constant; throws when it is stale.  A product that was
  /// taken in is recorded once more.
  [[gnu::always_inline]] static bool is_live(R& r, const S& s, Place& at) {
    if (!rare(!find(r, s.key_, at))) return true;
    return is_old(r, s, at);
  }
  [[gnu::noinline]] static bool is_old(R& r, const S s, Place& at) {
    if (s.is_constant()) return false;
    BasicTape<T>::check_old(s);
    at = detail::place_of(is_taken(r, s.key_) ? product_again(r, s) : s.key_);
    return true;
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
    return S(value, key_of<Op>(r.append(word(opcode_of<Op>(), at_a, at_b), value)));
  }
  template <class Op>
  static Key key_of(Key key) {
    if constexpr (std::same_as<Op, Mul>) return static_cast<Key>(static_cast<Place>(key) + product_bit);
    return key;
  }
  /// An argument is a constant, or older than the last rewind, or a product that was taken in, or stale.
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
    return S(value, key_of<Op>(r.append(word(opcode_of<Op>(), at_a, at_b), value)));
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
  // a·b is recorded at once.  A sum that it is given away to, c + a·b, makes that last record its own, in place: one
  // record for both.  Should another Scalar stand for the product, its key says that it is one; it finds that the record
  // is no product any more, whose factors stand there still, and is recorded once more.

  static bool is_product_at(const R& r, Place at) { return opcode(r.word_at(at)) == Opcode::mul; }
  /// Of a Scalar that is not stale: whether it is a product that a sum has taken in.
  static bool is_taken(const R& r, Key key) {
    return detail::is_product(key) && !is_product_at(r, detail::place_of(key));
  }
  static Key product_again(R& r, const S& s) {
    const Word w = r.word_at(detail::place_of(s.key_));
    return r.append(word(Opcode::mul, first(w), second(w)), s.value_);
  }
  static S settled(R& r, const S& s) { return is_taken(r, s.key_) ? S(s.value_, product_again(r, s)) : s; }

  /// The key of the last record if it is a product; none has it otherwise.
  [[gnu::always_inline]] static bool is_last_product(const R& r, Key key) {
    const Place last = r.size - 2;
    return key == static_cast<Key>(last + r.tag + product_bit) && is_product_at(r, last);
  }
  /// The key of a result that is kept.  Of a product nobody else has it is its record's: no sum takes it in.
  [[gnu::always_inline]] static Key kept(Key key) {
    if (is_last_product(*innermost<T>(), key)) return static_cast<Key>(static_cast<Place>(key) - product_bit);
    return key;
  }
  /// c ± p, where p is given away.
  template <class Op>
  [[gnu::always_inline]] static S sum(const Op& op, const S& c, const S& p) {
    R& r = *innermost<T>();
    const Place last = r.size - 2;
    Place at_c = 0;
    if (!is_last_product(r, p.key_) || rare(!find(r, c.key_, at_c)) || at_c == last) return binary(op, c, p);
    const T value = as<T>(bind(op, c.value_, p.value_));
    constexpr bool minus = std::same_as<Op, Sub>;
    const bool below = at_c == last - 2;
    const Word w = r.word_at(last);
    r.cell(last).value = value;
    if (below) {
      r.word_at(last) = word(minus ? Opcode::mul_sub_below : Opcode::mul_add_below, first(w), second(w));
    } else {
      r.word_at(last) = word(minus ? Opcode::mul_sub : Opcode::mul_add, first(w), second(w));
      std::memcpy(static_cast<void*>(r.side++), &at_c, sizeof(at_c));
    }
    return S(value, static_cast<Key>(last + r.tag));
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
    const auto live = [&]<class Y>(const Y& y) -> Place {
      Place at = 0;
      if constexpr (is_scalar<Y>) return is_live(r, y, at) ? at : 0;
      return at;
    };
    // Every argument is looked at: none may be stale.
    Place places[] = {live(x)..., 0, 0};
    if ((places[0] | places[1] | places[2]) == 0) return value;
    const auto leaf = [&]<class Y>(Place& at, const Y& y) {
      if (at == 0) at = static_cast<Place>(r.append(word(Opcode::leaf, 0, 0), plain<T>(y))) & place_mask;
    };
    Place* at = places;
    (leaf(*at++, x), ...);
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
        const auto index = static_cast<std::uint32_t>(detail::place_of(s.key_));
        std::memcpy(to, &index, sizeof(index));
        to += sizeof(index);
      }
    }
    r.side += place_words<T>(x.size() + y.size());
  }
  // The same, with records for all: constants as leaves, whose values the sweep and a replay can read, where those are
  // asked for; products that were taken in once more.
  static std::vector<S> with_records(R& r, std::span<const S> x, bool constants) {
    std::vector<S> out(x.begin(), x.end());
    for (S& s : out) {
      if (is_taken(r, s.key_)) s = settled(r, s);
      if (constants && s.is_constant()) s = S(s.value_, r.append(word(Opcode::leaf, 0, 0), s.value_));
    }
    return out;
  }
  /// Σ x, Σ x·y (slopes null), or a function with slopes; n is the number of places in each span.
  static S span(Opcode op, const T& value, std::span<const S> x, std::span<const S> y, const T* slopes) {
    R& r = *innermost<T>();
    bool live = false;
    bool constant = false;
    bool taken = false;
    for (const std::span<const S> part : {x, y}) {
      for (const S& s : part) {
        Place at = 0;
        if (rare(!find(r, s.key_, at)) && !s.is_constant()) {
          BasicTape<T>::check_old(s);
          taken = taken || is_taken(r, s.key_);
        }
        (s.is_constant() ? constant : live) = true;
      }
    }
    if (!live) return value;
    if (taken || (constant && op != Opcode::linear)) {
      const std::vector<S> all_x = with_records(r, x, op != Opcode::linear);
      const std::vector<S> all_y = with_records(r, y, op != Opcode::linear);
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
