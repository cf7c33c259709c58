// Running the compiled kernels, and their worst error in ulps.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "autograd/array/elementwise.h"
#include "tests/reference/op_errors.h"

namespace gradus::reference {

/// Operands as columns of numbers, one for each.
template <class T>
using Columns = std::vector<std::vector<T>>;

/// Runs the kernel for n elements; operand k is columns[k], or its first number for every element when shared[k].
template <class T>
std::vector<T> run_kernel(const KernelCase& kernel, const Columns<T>& columns, std::size_t n, unsigned shared = 0) {
  std::array<const void*, gradus::detail::max_operands> in{};
  std::array<std::int64_t, gradus::detail::max_operands> step{};
  for (std::size_t k = 0; k < columns.size(); ++k) {
    in[k] = columns[k].data();
    step[k] = ((shared >> k) & 1U) != 0 ? 0 : 1;
  }
  std::vector<T> out(n);
  (*kernel.kernel)[static_cast<std::size_t>(dtype_of<T>)](kernel.op, static_cast<std::int64_t>(n), in.data(),
                                                          step.data(), out.data());
  return out;
}

template <class T>
Columns<T> columns_of(const OpCase& op, const std::vector<Point<T>>& rows) {
  Columns<T> out(op.arity);
  for (const Point<T>& row : rows) {
    for (std::size_t k = 0; k < op.arity; ++k) out[k].push_back(row[k]);
  }
  return out;
}

template <class T>
WorstSeen kernel_value_error(const OpCase& op, const std::vector<Point<T>>& rows) {
  WorstSeen worst;
  const std::vector<T> got = run_kernel(op.value_kernel(), columns_of(op, rows), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) see_value(worst, op, rows[i], got[i]);
  return worst;
}

/// What the pullback kernel of argument i is given: cotangents, and those of (x…, y) that the rule reads.
template <class T>
Columns<T> pullback_operands(const OpCase& op, std::size_t i, const std::vector<Point<T>>& rows, std::vector<T> g) {
  Columns<T> all = columns_of(op, rows);
  all.push_back(run_kernel(op.value_kernel(), all, rows.size()));
  Columns<T> out{std::move(g)};
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (((op.reads[i] >> k) & 1U) != 0) out.push_back(all[k]);
  }
  return out;
}

/// The derivative as a backward pass computes it: value kernel, then pullback kernel with a cotangent of 1.
template <class T>
WorstSeen kernel_partial_error(const OpCase& op, std::size_t i, const std::vector<Point<T>>& rows) {
  WorstSeen worst;
  const Columns<T> in = pullback_operands(op, i, rows, std::vector<T>(rows.size(), T(1)));
  const std::vector<T> got = run_kernel(op.pullback_kernel(i), in, rows.size());
  for (std::size_t k = 0; k < rows.size(); ++k) see_partial(worst, op, i, rows[k], got[k]);
  return worst;
}

}  // namespace gradus::reference
