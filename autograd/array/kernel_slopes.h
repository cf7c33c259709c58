// An op and its slope in one pass: what both are computed from, an exponential mostly, is computed once.  A part of
// kernels.cpp.
#pragma once
#include <algorithm>
#include <cstdint>

#include "../math/ops.h"
#include "../math/pullback.h"
#include "kernels.h"
#include "pack_ends.h"

namespace gradus {

namespace {

template <class Op, class P>
P slope_of(const Op& op, const P& x, const P& y) {
  const Pullback<Op, 0> pullback{op};
  if constexpr (reads<Op, 0> == 0b11) {
    return as<P>(pullback.d(wrt<0>{}, Unread{}, x, y, Unread{}));
  } else {
    static_assert(reads<Op, 0> == 0b01);
    return as<P>(pullback.d(wrt<0>{}, Unread{}, x, Unread{}));
  }
}

// y = op(x) and slope = ∂op/∂x for `count` registers.
template <class T>
using SlopeLoop = void (*)(const void* op, std::int64_t count, const T* x, std::int64_t by, T* y, T* slope);

// Flattened: what is computed twice is seen to be the same only where nothing is called.
template <class Op, class T, class Arch>
[[gnu::flatten]] void slopes_of_registers(const void* struct_of_op, std::int64_t count, const T* x, std::int64_t by,
                                          T* y, T* slope) {
  using P = Pack<T, Arch>;
  const Op& op = *static_cast<const Op*>(struct_of_op);
  for (std::int64_t i = 0; i < count; ++i) {
    const P a = P::load(x + i * by);
    const P value = op.value(a);
    const P along = slope_of(op, a, value);
    value.store(y + i * static_cast<std::int64_t>(P::size));
    along.store(slope + i * static_cast<std::int64_t>(P::size));
  }
}

// n numbers.  A last register that would not be full overlaps the one before; it is computed first, as y may be x.
template <class T, class Arch>
[[gnu::noinline]] void run_slopes(SlopeLoop<T> loop, const void* op, std::int64_t n, const T* x, std::int64_t step,
                                  T* y, T* slope) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  alignas(64) T copies[P::size];
  alignas(64) T some[P::size];
  alignas(64) T some_slopes[P::size];
  const bool few = n < width;
  if (step == 0) {
    std::fill_n(copies, P::size, *x);
    x = copies;
  } else if (few) {
    load_some<P>(x, n).store(copies);
    x = copies;
  }
  if (few) {
    loop(op, 1, x, 0, some, some_slopes);
    store_some(P::load(some), y, n);
    store_some(P::load(some_slopes), slope, n);
    return;
  }
  const std::int64_t last = n - width;
  const bool overlaps = last % width != 0;
  if (overlaps) loop(op, 1, x + step * last, 0, some, some_slopes);
  loop(op, n / width, x, step * width, y, slope);
  if (!overlaps) return;
  P::load(some).store(y + last);
  P::load(some_slopes).store(slope + last);
}

template <class Op, class T, class Arch>
void slope_kernel(const void* op, std::int64_t n, const void* x, std::int64_t step, void* y, void* slope) {
  run_slopes<T, Arch>(&slopes_of_registers<Op, T, Arch>, op, n, static_cast<const T*>(x), step, static_cast<T*>(y),
                      static_cast<T*>(slope));
}

}  // namespace

}  // namespace gradus
