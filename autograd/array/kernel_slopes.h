// An op and its slope in one pass: what both are computed from, an exponential mostly, is computed once.  A part of
// kernels.cpp.
#pragma once
#include <algorithm>
#include <cstdint>

#include "autograd/array/kernels.h"
#include "autograd/array/pack_ends.h"
#include "autograd/math/pullback.h"

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

// Flattened: what is computed twice is seen to be the same only where nothing is called.
template <class Op, class T, class Arch>
[[gnu::flatten]] void slope_kernel(const void* struct_of_op, std::int64_t n, const void* in, std::int64_t step,
                                   void* out, void* slope) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  const Op& op = *static_cast<const Op*>(struct_of_op);
  const T* x = static_cast<const T*>(in);
  T* y = static_cast<T*>(out);
  T* d = static_cast<T*>(slope);
  alignas(64) T copies[P::size];
  if (step == 0) {
    std::fill_n(copies, P::size, *x);
    x = copies;
  }
  if (n < width) {
    const P a = step == 0 ? P::load(x) : load_some<P>(x, n);
    const P value = op.value(a);
    store_some(value, y, n);
    store_some(slope_of(op, a, value), d, n);
    return;
  }
  // The last register's worth may overlap the one before.  It is computed first, as `out` may be the operand.
  const std::int64_t last = n - width;
  const P a = P::load(x + step * last);
  const P end = op.value(a);
  const P end_slope = slope_of(op, a, end);
  for (std::int64_t i = 0; i < last; i += width) {
    const P b = P::load(x + step * i);
    const P value = op.value(b);
    const P along = slope_of(op, b, value);
    value.store(y + i);
    along.store(d + i);
  }
  end.store(y + last);
  end_slope.store(d + last);
}

}  // namespace

}  // namespace gradus
