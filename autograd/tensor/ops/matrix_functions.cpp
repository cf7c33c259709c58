#include "autograd/tensor/ops/matrix_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/shape_checks.h"
#include "autograd/tensor/ops/solving.h"

namespace gradus {

template <class V>
V Expm::moved(const V& a, const V& t) {
  const Shape shape = shape_of(a);
  const std::int64_t n = shape[shape.rank() - 1];
  const int down = shape.rank() - 2;
  const int across = shape.rank() - 1;
  const auto joined = [](int axis, std::initializer_list<V> parts) {
    return gradus::apply(Concat{axis}, std::span<const V>(parts.begin(), parts.size()));
  };
  const V block = joined(down, {joined(across, {a, t}), joined(across, {bind(Flat{}, a), a})});
  const V whole = apply(Expm{}, block);
  const V above = apply(Extract{{}, Window::along(shape_of(whole), down, 0, n)}, whole);
  return apply(Extract{{}, Window::along(shape_of(above), across, n, n)}, above);
}

namespace {

void require_square_matrices(std::string_view op, const Shape& x) {
  if (x.rank() < 2 || x[x.rank() - 1] != x[x.rank() - 2]) detail::refuse_shape(op, "a square matrix is needed", x);
}

ShapeError do_not_fit(std::string_view op, std::string_view what, const Tensor& a, const Tensor& b) {
  return ShapeError(fmt::format("[{}] {}: {} and {}", op, what, to_string(a.shape()), to_string(b.shape())));
}

/// The product of some sizes.
std::int64_t product_of(std::span<const std::int64_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

/// With the given axes moved behind the others, or before them.
std::vector<int> moved_axes(int rank, std::span<const int> axes, bool behind) {
  std::vector<int> order;
  for (int k = 0; k < rank; ++k) {
    if (std::ranges::find(axes, k) == axes.end()) order.push_back(k);
  }
  order.insert(behind ? order.end() : order.begin(), axes.begin(), axes.end());
  return order;
}

std::vector<int> proper_axes(std::span<const int> axes, const Tensor& x) {
  std::vector<int> out;
  for (const int axis : axes) {
    out.push_back(normalize_axis(axis, x.rank(), "tensordot"));
    if (std::ranges::count(out, out.back()) > 1) {
      throw ShapeError(fmt::format("[tensordot] axis {} is given twice for {}", axis, to_string(x.shape())));
    }
  }
  return out;
}

}  // namespace

Shape Expm::result_shape(std::span<const Shape> x) const {
  require_square_matrices(name, x[0]);
  return x[0];
}

TaughtRule Expm::taught(std::size_t, const TaughtStep& step) const {
  return {detail::call_on("dexpm", Formula::transposed(step.x[0]), step.gradient, {}),
          "dexpm(X, T) is how the exponential of X moves along T: the upper right block of expm([[X, T], [0, X]])"};
}

Tensor expm(const Tensor& a) {
  require_square_matrices(Expm::name, a.shape());
  return apply(Expm{}, a);
}

Tensor matrix_power(const Tensor& a, std::int64_t n) {
  const Shape shape = a.shape();
  require_square_matrices("matrix_power", shape);
  if (n == 0) {
    const std::int64_t side = shape[shape.rank() - 1];
    const Tensor one = diag(Tensor(Array::full({side}, 1.0, a.dtype())));
    return bind(Flat{}, a) + one;  // of NaN NaN, and recorded, with a gradient of 0
  }
  Tensor square = n < 0 ? inv(a) : a;
  Tensor out;
  // Not −n, which the lowest number does not have.
  for (std::uint64_t left = n < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);;
       square = matmul(square, square)) {
    if ((left & 1U) != 0) out = out.defined() ? matmul(out, square) : square;
    left >>= 1U;
    if (left == 0) return out;
  }
}

Tensor kron(const Tensor& a, const Tensor& b) {
  // Axis k of both as two neighbouring axes: [m, 1, n, 1] times [1, p, 1, q].
  const int rank = std::max(a.rank(), b.rank());
  if (2 * rank > max_rank) throw do_not_fit("kron", "too many axes", a, b);
  std::vector<std::int64_t> of_a;
  std::vector<std::int64_t> of_b;
  std::vector<std::int64_t> joined;
  const Shape shape_a = a.shape();
  const Shape shape_b = b.shape();
  for (int k = 0; k < rank; ++k) {
    const int at_a = k - (rank - a.rank());
    const int at_b = k - (rank - b.rank());
    const std::int64_t size_a = at_a < 0 ? 1 : shape_a[at_a];
    const std::int64_t size_b = at_b < 0 ? 1 : shape_b[at_b];
    of_a.insert(of_a.end(), {size_a, 1});
    of_b.insert(of_b.end(), {1, size_b});
    joined.push_back(size_a * size_b);
  }
  const auto shape = [](const std::vector<std::int64_t>& sizes) { return Shape(std::span<const std::int64_t>(sizes)); };
  return reshape(reshape(a, shape(of_a)) * reshape(b, shape(of_b)), shape(joined));
}

Tensor tensordot(const Tensor& a, const Tensor& b, std::span<const int> axes_a, std::span<const int> axes_b) {
  const std::vector<int> from_a = proper_axes(axes_a, a);
  const std::vector<int> from_b = proper_axes(axes_b, b);
  const Shape shape_a = a.shape();
  const Shape shape_b = b.shape();
  if (from_a.size() != from_b.size()) throw do_not_fit("tensordot", "as many axes of both are needed", a, b);
  for (std::size_t k = 0; k < from_a.size(); ++k) {
    if (shape_a[from_a[k]] != shape_b[from_b[k]]) {
      throw do_not_fit(
          "tensordot",
          fmt::format("axis {} of the first is not as long as axis {} of the second", from_a[k], from_b[k]), a, b);
    }
  }
  const Tensor left = permute(a, moved_axes(a.rank(), from_a, true));
  const Tensor right = permute(b, moved_axes(b.rank(), from_b, false));
  const Shape shape_left = left.shape();
  const Shape shape_right = right.shape();
  const auto rows = shape_left.sizes().first(static_cast<std::size_t>(a.rank()) - from_a.size());
  const auto columns = shape_right.sizes().subspan(from_b.size());
  const std::int64_t inner = product_of(shape_right.sizes().first(from_b.size()));
  std::vector<std::int64_t> sizes(rows.begin(), rows.end());
  sizes.insert(sizes.end(), columns.begin(), columns.end());
  const Tensor product =
      matmul(reshape(left, Shape{product_of(rows), inner}), reshape(right, Shape{inner, product_of(columns)}));
  return reshape(product, Shape(std::span<const std::int64_t>(sizes)));
}

Tensor tensordot(const Tensor& a, const Tensor& b, std::initializer_list<int> axes_a,
                 std::initializer_list<int> axes_b) {
  return tensordot(a, b, std::span<const int>(axes_a.begin(), axes_a.size()),
                   std::span<const int>(axes_b.begin(), axes_b.size()));
}

Tensor tensordot(const Tensor& a, const Tensor& b, int axes) {
  if (axes < 0 || axes > std::min(a.rank(), b.rank())) {
    throw do_not_fit("tensordot", fmt::format("there are no {} axes on both sides", axes), a, b);
  }
  std::vector<int> last(static_cast<std::size_t>(axes));
  std::vector<int> first(static_cast<std::size_t>(axes));
  std::iota(last.begin(), last.end(), a.rank() - axes);
  std::iota(first.begin(), first.end(), 0);
  return tensordot(a, b, last, first);
}

Tensor cross(const Tensor& a, const Tensor& b, int axis) {
  const Shape shape = broadcast(a.shape(), b.shape(), "cross");
  const int k = normalize_axis(axis, shape.rank(), "cross");
  const auto length = [&](const Tensor& x) {
    const int own = k - (shape.rank() - x.rank());
    return own < 0 ? std::int64_t{1} : x.shape()[own];
  };
  if (length(a) != 3 || length(b) != 3) throw do_not_fit("cross", "vectors of three numbers are needed", a, b);
  const auto turned = [&](const Tensor& x, std::int64_t by) { return roll(x, -by, k - shape.rank()); };
  return turned(a, 1) * turned(b, 2) - turned(a, 2) * turned(b, 1);
}

// Saved graphs name this (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<Expm>();

}  // namespace gradus
