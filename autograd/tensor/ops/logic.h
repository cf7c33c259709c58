// Comparisons as people write them, number by number, and what joins them: x < 0.5 (math/selection.h), a == b,
// x > 0.0 && x < 1.0, !(x == y).  The result is 1 where it holds and 0 elsewhere, in the dtype of what is compared: a mask
// for where(), and for x[mask].  Derivative 0.
//
// && and || look at both sides, whatever the first one is.  There is no number but 0 that counts as false; NaN is true, as
// in NumPy.  Whether all or some numbers hold is all_of(x) and any_of(x): a tensor in an `if` does not compile.
#pragma once
#include "../../math/selection.h"
#include "../tensor.h"

namespace gradus {

namespace detail {

template <class A, class B>
concept ComparedNumbers = Infix<A, B> && ComparedByOps<number<A, B>>;

}  // namespace detail

template <class A, class B>
requires detail::ComparedNumbers<A, B>
auto operator&&(const A& a, const B& b) { return bind(Mul{}, bind(NotEqual{}, a, 0.0), bind(NotEqual{}, b, 0.0)); }
template <class A, class B>
requires detail::ComparedNumbers<A, B>
auto operator||(const A& a, const B& b) { return bind(Maximum{}, bind(NotEqual{}, a, 0.0), bind(NotEqual{}, b, 0.0)); }
template <class A>
requires detail::ComparedNumbers<A, A>
auto operator!(const A& a) { return bind(Equal{}, a, 0.0); }
/// x itself.
template <Interpreted A>
requires detail::ComparedNumbers<A, A> A operator+(const A& a) { return a; }

}  // namespace gradus
