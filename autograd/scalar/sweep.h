// The reverse sweep: one jump from each record to the next one below, the adjoint of that one in a register.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "records.h"

namespace gradus::detail {

/// What the sweep reads and writes.
template <class T>
struct Walk {
  Cell<T>* cells;
  const Word* words;
  const T* side;  // the top of the stack

  [[nodiscard]] Cell<T>& cell(Place p) const { return at(cells, p); }
  [[nodiscard]] Word word_at(Place p) const { return at(words, p); }
};

template <class T>
struct External;

/// Adds adjoint · ∂op/∂x to the adjoints of the arguments of a record of the list; returns the side stack below it.
template <class T>
const T* pull_listed(const Walk<T>& walk, Place i, T adjoint, const T* side);
template <class T>
const T* pull_span(const Walk<T>& walk, Place i, T adjoint, const T* side);
template <class T>
void pull_external(const Walk<T>& walk, const External<T>& external, Place i);

/// From the record `top` down to the first opcode `stop`.  Adjoints hold the seeds of all records up to the top;
/// afterwards those of the leaves, and with `keep` of every record.
template <class T, bool keep>
void run_sweep(const Walk<T>& walk, Place top, const External<T>* const* externals);

inline bool is_zero(double x) { return x == 0.0; }
template <class T>
bool is_zero(const Dual<T>& x) {
  return is_zero(x.v) && is_zero(x.dot);
}

/// adjoint · derivative.  An adjoint of 0 passes nothing (K7): a number that is 0 does not get here, of a Dual each part
/// may be.
[[gnu::always_inline]] inline double times(double adjoint, double derivative) { return adjoint * derivative; }
template <class T>
Dual<T> times(const Dual<T>& adjoint, const Dual<T>& derivative) {
  return chain_product(adjoint, derivative);
}

/// y/b where 1/b is known; the product would lose digits where that is subnormal, and more where it is infinite.
[[gnu::always_inline]] inline double quotient(double y, double b, double inverse) {
  const double size = std::abs(b);
  if (size > 1e-300 && size < 1e300) [[likely]]
    return y * inverse;
  return y / b;
}
template <class T>
Dual<T> quotient(const Dual<T>& y, const Dual<T>& b, const Dual<T>&) {
  return y / b;
}

/// The sweep's state while it goes through the quick records, all of it in registers.
template <class T, bool keep>
struct Sweeper {
  Cell<T>* cells;
  const Word* words;
  const T* side;
  Place i;
  Word word;
  T w;  // the adjoint of record i

  [[nodiscard]] [[gnu::always_inline]] T value(Place p) const { return at(cells, p).value; }
  [[gnu::always_inline]] void store() {
    if constexpr (keep) at(cells, i).adjoint = w;
  }
  [[gnu::always_inline]] void load_word() { word = at(words, i); }
  /// Goes to the record before, whose adjoint is what was added to it in memory.
  [[gnu::always_inline]] void down() {
    i -= 2;
    load_word();
    w = at(cells, i).adjoint;
  }
  /// The same, where a last part did not go through memory.
  [[gnu::always_inline]] void down(T part) {
    down();
    w = w + part;
  }
  [[gnu::always_inline]] void add(Place p, T part) {
    T& to = at(cells, p).adjoint;
    to = to + part;
  }
  /// One argument.  That of the record before stays in a register: a trip through memory would be most of the time.
  [[gnu::always_inline]] void pull(Place a, T part) {
    if (a == i - 2) return down(part);
    add(a, part);
    down();
  }
  [[gnu::always_inline]] void pull(Place a, T to_a, Place b, T to_b) {
    if (b == i - 2) {
      if (a == b) return down(to_a + to_b);
      add(a, to_a);
      return down(to_b);
    }
    if (a == i - 2) {
      add(b, to_b);
      return down(to_a);
    }
    add(a, to_a);
    add(b, to_b);
    down();
  }

  template <Opcode code>
  [[gnu::always_inline]] void two() {
    store();
    const Place a = first(word);
    const Place b = second(word);
    if constexpr (code == Opcode::add) return pull(a, w, b, w);
    if constexpr (code == Opcode::sub) return pull(a, w, b, as<T>(-w));
    if (is_zero(w)) [[unlikely]]
      return down();  // K7: adds nothing, whatever the slope is
    if constexpr (code == Opcode::mul) return pull(a, times(w, value(b)), b, times(w, value(a)));
    if constexpr (code == Opcode::div) {
      const T divisor = value(b);
      const T inverse = as<T>(1.0 / divisor);  // off the chain of adjoints
      return pull(a, times(w, inverse), b, as<T>(-times(w, quotient(value(i), divisor, inverse))));
    }
  }

  template <Opcode code>
  [[gnu::always_inline]] void three() {
    store();
    const Place a = first(word);
    const Place b = second(word);
    constexpr bool below = code == Opcode::mul_add_below || code == Opcode::mul_sub_below;
    constexpr bool minus = code == Opcode::mul_sub || code == Opcode::mul_sub_below;
    if constexpr (!below) --side;
    if (is_zero(w)) [[unlikely]]
      return down();
    const T signed_w = minus ? as<T>(-w) : w;
    const T to_a = times(signed_w, value(b));
    const T to_b = times(signed_w, value(a));
    if constexpr (below) {
      add(a, to_a);
      add(b, to_b);
      return down(w);
    } else {
      Place c = 0;
      std::memcpy(&c, static_cast<const void*>(side), sizeof(c));
      add(c, w);
      return pull(a, to_a, b, to_b);
    }
  }

  template <Opcode code>
  [[gnu::always_inline]] void one() {
    store();
    const Place a = first(word);
    if constexpr (code == Opcode::neg) return pull(a, as<T>(-w));
    if constexpr (code == Opcode::plus || code == Opcode::from) {
      --side;
      return pull(a, code == Opcode::plus ? w : as<T>(-w));
    }
    constexpr bool beside = code == Opcode::over || code == Opcode::under || code == Opcode::times;
    if constexpr (beside) --side;
    if (is_zero(w)) [[unlikely]]
      return down();
    if constexpr (code == Opcode::over) {
      return pull(a, times(w, as<T>(1.0 / *side)));
    } else if constexpr (code == Opcode::under) {
      return pull(a, as<T>(-times(w, as<T>(value(i) / value(a)))));
    } else if constexpr (code == Opcode::square) {
      return pull(a, times(w, as<T>(2.0 * value(a))));
    } else if constexpr (code == Opcode::exp) {
      return pull(a, times(w, value(i)));
    } else if constexpr (code == Opcode::log) {
      return pull(a, times(w, as<T>(1.0 / value(a))));
    } else if constexpr (code == Opcode::sqrt) {
      return pull(a, times(w, as<T>(0.5 / value(i))));
    } else {
      return pull(a, times(w, *side));  // a factor or a slope
    }
  }
};

}  // namespace gradus::detail
