// The worst error of the compiled kernels against quad precision, in ulps.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "autograd/array/kernels.h"
#include "autograd/math/pullback.h"
#include "tests/reference/op_errors.h"

namespace gradus::reference {

/// Runs the kernel for n elements; operand k is columns[k], or its first number for every element when shared[k].
template <class T, class Op>
std::vector<T> run_kernel(const PerType<ElementwiseKernel>& kernel, const Op& op,
                          const std::vector<std::vector<T>>& columns, std::size_t n, unsigned shared = 0) {
  std::array<const void*, KernelTable::max_arity> in{};
  std::array<std::int64_t, KernelTable::max_arity> step{};
  for (std::size_t k = 0; k < columns.size(); ++k) {
    in[k] = columns[k].data();
    step[k] = ((shared >> k) & 1U) != 0 ? 0 : 1;
  }
  std::vector<T> out(n);
  kernel[static_cast<std::size_t>(dtype_of<T>)](&op, static_cast<std::int64_t>(n), in.data(), step.data(), out.data());
  return out;
}

template <class T, std::size_t N>
std::vector<std::vector<T>> columns_of(const std::vector<std::array<T, N>>& rows) {
  std::vector<std::vector<T>> out(N);
  for (const auto& row : rows) {
    for (std::size_t k = 0; k < N; ++k) out[k].push_back(row[k]);
  }
  return out;
}

template <class Op>
const PerType<ElementwiseKernel>& value_kernel() {
  return kernels().value[index_of<Op>];
}
template <int I, class Op>
const PerType<ElementwiseKernel>& pullback_kernel() {
  return kernels().pullback[index_of<Op>][static_cast<std::size_t>(I)];
}

template <class T, class Op>
Worst kernel_value_error(const Op& op) {
  Worst worst;
  const auto rows = points<T, Op>(sample_size);
  const std::vector<T> got = run_kernel(value_kernel<Op>(), op, columns_of(rows), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    worst.see(op, label(op), rows[i], got[i], {value_at(op, widened(rows[i])), Quad(0.0)});
  }
  return worst;
}

/// What the pullback kernel of argument I is given: cotangents, and those of (x…, y) that the rule reads.
template <int I, class T, class Op>
std::vector<std::vector<T>> pullback_operands(const Op& op, const std::vector<Point<Op, T>>& rows, std::vector<T> g) {
  std::vector<std::vector<T>> all = columns_of(rows);
  all.push_back(run_kernel(value_kernel<Op>(), op, all, rows.size()));
  std::vector<std::vector<T>> out{std::move(g)};
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (((Pullback<Op, I>::mask >> k) & 1U) != 0) out.push_back(all[k]);
  }
  return out;
}

/// The derivative as a backward pass computes it: value kernel, then pullback kernel with a cotangent of 1.
template <class T, int I, class Op>
Worst kernel_partial_error(const Op& op) {
  Worst worst;
  const auto rows = points<T, Op>(sample_size);
  const auto in = pullback_operands<I>(op, rows, std::vector<T>(rows.size(), T(1)));
  const std::vector<T> got = run_kernel(pullback_kernel<I, Op>(), Pullback<Op, I>{op}, in, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    worst.see(op, partial_label<I>(op), rows[i], got[i], exact_partial<I>(op, widened(rows[i])));
  }
  return worst;
}

}  // namespace gradus::reference
