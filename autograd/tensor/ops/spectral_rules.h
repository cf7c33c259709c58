// The rules of the ops in spectral.h.  Inside the library only.
#pragma once
#include "solving.h"
#include "spectral.h"

namespace gradus {

namespace detail {

/// X R⁻¹ and X R⁻ᵀ for an upper triangular R that is given transposed.
template <class V>
V over_r(const V& x, const V& transposed_r) {
  return each_transposed(apply(SolveTriangular{{}, true, false}, transposed_r, each_transposed(x)));
}
template <class V>
V over_transposed_r(const V& x, const V& transposed_r) {
  return each_transposed(apply(SolveTriangular{{}, false, false}, each_transposed(transposed_r), each_transposed(x)));
}

/// The gradient of the first k columns of A, from those of Q and of Rᵀ's first k rows.
template <class V>
V qr_pulled(const V& gq, const V& gr, const V& q, const V& r) {  // both r transposed
  const V m = apply(Triangle<false>{{}, 0}, each_product_tn(r, gr) - each_product_tn(gq, q));
  const V mirrored = m + each_transposed(apply(Triangle<false>{{}, -1}, m));
  return over_transposed_r(gq + each_product(q, mirrored), r);
}

/// How Q moves, and R, transposed, when the first k columns of A move along t.
template <class V>
struct QrMoved {
  V q;
  V transposed_r;
  QrMoved(const V& t, const V& q0, const V& r0) {
    const V c = over_r(t, r0);
    const V b = each_product_tn(q0, c);
    const V below = apply(Triangle<false>{{}, -1}, b);
    const V upper = b - below + each_transposed(below);  // what is left when the turn of Q is taken away
    q = c - each_product(q0, upper);
    transposed_r = each_product_nt(r0, upper);
  }
};

}  // namespace detail

template <class V>
V Qr::vjp(wrt<0>, const V& g, const V& a, const V& y) const {
  const Shape shape = shape_of(a);
  const std::int64_t m = shape[shape.rank() - 2];
  const std::int64_t n = shape[shape.rank() - 1];
  const detail::QrParts<V> is(y, m);
  const detail::QrParts<V> pulled(g, m);
  if (n <= m) return detail::qr_pulled(pulled.q, pulled.transposed_r, is.q, is.transposed_r);
  // The columns further on are Q times theirs of R.
  const V further = detail::some_rows(pulled.transposed_r, m, n - m);
  const V gq = pulled.q + detail::each_product(detail::some_columns(a, m, n - m), further);
  return detail::beside_each_other<V>({detail::qr_pulled(gq, detail::some_rows(pulled.transposed_r, 0, m), is.q,
                                                         detail::some_rows(is.transposed_r, 0, m)),
                                       detail::each_product_nt(is.q, further)});
}

template <class V>
V Qr::jvp(wrt<0>, const V& t, const V& a, const V& y) const {
  const Shape shape = shape_of(a);
  const std::int64_t m = shape[shape.rank() - 2];
  const std::int64_t n = shape[shape.rank() - 1];
  const detail::QrParts<V> is(y, m);
  if (n <= m) {
    const detail::QrMoved<V> moved(t, is.q, is.transposed_r);
    return detail::below_each_other<V>({moved.q, moved.transposed_r});
  }
  const detail::QrMoved<V> moved(detail::some_columns(t, 0, m), is.q, detail::some_rows(is.transposed_r, 0, m));
  const V further = detail::each_product_tn(detail::some_columns(a, m, n - m), moved.q) +
                    detail::each_product_tn(detail::some_columns(t, m, n - m), is.q);
  return detail::below_each_other<V>({moved.q, moved.transposed_r, further});
}

template <class V>
V Eigh::vjp(wrt<0>, const V& g, const V&, const V& y) const {
  const detail::EighParts<V> is(y);
  const detail::EighParts<V> pulled(g);
  const V turned = detail::skew(detail::each_product_tn(is.vectors, pulled.vectors)) * 0.5;
  const V gaps = detail::inverse_gaps(is.values - detail::each_transposed(is.values));
  const V inner = chain_product(turned, gaps) + detail::row_on_diagonal(pulled.values);
  return detail::each_product_nt(detail::each_product(is.vectors, inner), is.vectors);
}

template <class V>
V Eigh::jvp(wrt<0>, const V& t, const V&, const V& y) const {
  const detail::EighParts<V> is(y);
  const V seen = detail::each_product(detail::each_product_tn(is.vectors, detail::each_symmetric(t)), is.vectors);
  const V gaps = detail::inverse_gaps(is.values - detail::each_transposed(is.values));
  return detail::below_each_other<V>(
      {detail::diagonal_as_row(seen), detail::each_product(is.vectors, chain_product(seen, gaps))});
}

template <class V>
V Svd::vjp(wrt<0>, const V& g, const V& a, const V& y) const {
  const Shape shape = shape_of(a);
  const std::int64_t m = shape[shape.rank() - 2];
  const std::int64_t n = shape[shape.rank() - 1];
  const detail::SvdParts<V> is(y, m);
  const detail::SvdParts<V> pulled(g, m);
  const V column = detail::each_transposed(is.s);
  const V gaps = detail::inverse_gaps((is.s - column) * (is.s + column));
  const V of_u = detail::each_product_tn(is.u, pulled.u);
  const V of_v = detail::each_product_tn(is.v, pulled.v);
  const V inner = chain_product(detail::skew(of_u), gaps) * is.s + column * chain_product(detail::skew(of_v), gaps) +
                  detail::row_on_diagonal(pulled.s);
  V left = detail::each_product(is.u, inner);  // what Vᵀ is multiplied by from the left
  if (m > n) left = left + chain_product(pulled.u - detail::each_product(is.u, of_u), 1.0 / is.s);
  const V out = detail::each_product_nt(left, is.v);
  if (n <= m) return out;
  return out + detail::each_product_nt(is.u, chain_product(pulled.v - detail::each_product(is.v, of_v), 1.0 / is.s));
}

template <class V>
V Svd::jvp(wrt<0>, const V& t, const V& a, const V& y) const {
  const Shape shape = shape_of(a);
  const std::int64_t m = shape[shape.rank() - 2];
  const std::int64_t n = shape[shape.rank() - 1];
  const detail::SvdParts<V> is(y, m);
  const V column = detail::each_transposed(is.s);
  const V gaps = detail::inverse_gaps((is.s - column) * (is.s + column));
  const V on_v = detail::each_product(t, is.v);        // dA V
  const V on_u = detail::each_product_tn(t, is.u);     // dAᵀ U
  const V seen = detail::each_product_tn(is.u, on_v);  // Uᵀ dA V
  const V back = detail::each_transposed(seen);
  V u = detail::each_product(is.u, chain_product(seen * is.s + column * back, gaps));
  V v = detail::each_product(is.v, chain_product(column * seen + back * is.s, gaps));
  if (m > n) u = u + chain_product(on_v - detail::each_product(is.u, seen), 1.0 / is.s);
  if (n > m) v = v + chain_product(on_u - detail::each_product(is.v, back), 1.0 / is.s);
  return detail::below_each_other<V>({u, detail::diagonal_as_row(seen), v});
}

template <class V>
V Pinv::vjp(wrt<0>, const V& g, const V& a, const V& p) const {
  using detail::each_product, detail::each_product_nt, detail::each_product_tn;
  const V rows = each_product_nt(each_product_tn(g, p), p);     // Gᵀ P Pᵀ
  const V columns = each_product_nt(each_product_tn(p, p), g);  // Pᵀ P Gᵀ
  return rows - each_product(a, each_product(p, rows)) + columns - each_product(each_product(columns, p), a) -
         each_product_nt(each_product_tn(p, g), p);
}

template <class V>
V Pinv::jvp(wrt<0>, const V& t, const V& a, const V& p) const {
  using detail::each_product, detail::each_product_nt, detail::each_product_tn;
  const V rows = each_product_nt(each_product_nt(p, p), t);                           // P Pᵀ dAᵀ
  const V columns = each_product(each_product_nt(detail::each_transposed(t), p), p);  // dAᵀ Pᵀ P
  return rows - each_product(each_product(rows, a), p) + columns - each_product(p, each_product(a, columns)) -
         each_product(each_product(p, t), p);
}

}  // namespace gradus
