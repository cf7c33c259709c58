#include "autograd/array/matmul.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "autograd/array/gemm.h"
#include "autograd/array/strided.h"
#include "autograd/base/error.h"

namespace gradus {

namespace {

using detail::MatrixIn;

// What is checked is checked of shapes alone too: X is an array or a shape.
template <class X>
std::string both(const X& a, const X& b) {
  return fmt::format("{} by {}", to_string(Shape::trusted(a.sizes())), to_string(Shape::trusted(b.sizes())));
}

template <class X>
Shape batch_of(const X& a) {
  return Shape::trusted(a.sizes().first(static_cast<std::size_t>(a.rank() - 2)));
}

// Shapes as the product sees them, transposes applied.
template <class X>
std::string seen(const X& a, bool transposed) {
  std::array<std::int64_t, max_rank> sizes{};
  const auto rank = static_cast<std::size_t>(a.rank());
  std::ranges::copy(a.sizes(), sizes.begin());
  if (transposed) std::swap(sizes[rank - 1], sizes[rank - 2]);
  return to_string(Shape::trusted(std::span(sizes).first(rank)));
}

// One factor: its sizes and strides with op applied, and its numbers.
class Factor {
 public:
  Factor(const Array& a, bool transposed) : array_(&a) {
    read(transposed);
    if (detail::fits_blas(rows, columns, row, column)) return;
    packed_ = a.packed();
    array_ = &packed_;
    read(transposed);
  }
  Factor(const Factor&) = delete;
  Factor& operator=(const Factor&) = delete;

  [[nodiscard]] const Array& array() const noexcept { return *array_; }
  template <class T>
  [[nodiscard]] MatrixIn<T> matrix() const {
    return {array_->data<T>(), row, column};
  }

  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t row = 0;     // stride from row to row
  std::int64_t column = 0;  // and from column to column

 private:
  void read(bool transposed) {
    const auto last = static_cast<std::size_t>(array_->rank()) - 1;
    const std::size_t i = transposed ? last : last - 1;
    const std::size_t j = transposed ? last - 1 : last;
    rows = array_->sizes()[i];
    columns = array_->sizes()[j];
    row = array_->strides()[i];
    column = array_->strides()[j];
  }

  const Array* array_;
  Array packed_;  // where the numbers do not lie as BLAS can read them
};

// How the batch is walked: the sizes of its axes, and the steps of the factors and of the result along them.
struct Batch {
  std::size_t rank = 0;
  std::array<std::int64_t, max_rank> sizes{};
  std::array<std::array<std::int64_t, max_rank>, 3> steps{};

  /// Whether several products go to one place.
  [[nodiscard]] bool summed() const { return std::ranges::count(std::span(steps[2]).first(rank), 0) != 0; }
  void add(std::int64_t size, std::int64_t a, std::int64_t b, std::int64_t out) {
    if (size == 1) return;
    sizes[rank] = size;
    steps[0][rank] = a;
    steps[1][rank] = b;
    steps[2][rank] = out;
    ++rank;
  }
  void remove(std::size_t axis) {
    --rank;
    const auto close = [&](std::array<std::int64_t, max_rank>& list) {
      const auto from = list.begin() + static_cast<std::ptrdiff_t>(axis);
      std::copy(from + 1, list.begin() + static_cast<std::ptrdiff_t>(rank) + 1, from);
    };
    close(sizes);
    for (auto& list : steps) close(list);
  }
  [[nodiscard]] StridedLoop<3> loop() const {
    const auto part = [&](const std::array<std::int64_t, max_rank>& list) { return std::span(list).first(rank); };
    return {part(sizes), {part(steps[0]), part(steps[1]), part(steps[2])}};
  }
};

// The stride of an axis counted from the end of the batch axes: 0 where it is repeated or missing.
std::int64_t step_of(std::span<const std::int64_t> sizes, std::span<const std::int64_t> strides, int from_end) {
  const int axis = static_cast<int>(sizes.size()) - 1 - from_end;
  if (axis < 0 || sizes[static_cast<std::size_t>(axis)] == 1) return 0;
  return strides[static_cast<std::size_t>(axis)];
}

Batch batch_walk(const Factor& a, const Factor& b, const Array& out, const Shape& full) {
  Batch walk;
  const auto steps = [](const Array& x, int from_end) {
    const auto count = static_cast<std::size_t>(x.rank() - 2);
    return step_of(x.sizes().first(count), x.strides().first(count), from_end);
  };
  for (int k = full.rank() - 1; k >= 0; --k) {
    walk.add(full[full.rank() - 1 - k], steps(a.array(), k), steps(b.array(), k), steps(out, k));
  }
  return walk;
}

// The products that are left when the batch axes that lie right in memory have become a part of the matrices:
// x[b, t, k] · w[k, n] is one product of b·t rows, and its gradient with respect to w one with b·t in the middle.
struct Products {
  std::int64_t m, n, k;
  std::int64_t a_row, a_column, b_row, b_column;

  Products(const Factor& a, const Factor& b)
      : m(a.rows), n(b.columns), k(a.columns), a_row(a.row), a_column(a.column), b_row(b.row), b_column(b.column) {}

  /// The transposed product, bᵀ · aᵀ.
  [[nodiscard]] Products turned() const {
    Products p = *this;
    p.m = n;
    p.n = m;
    p.a_row = b_column;
    p.a_column = b_row;
    p.b_row = a_column;
    p.b_column = a_row;
    return p;
  }

  void fold(Batch& walk) {
    for (std::size_t axis = walk.rank; axis-- > 0;) {
      const std::int64_t steps[] = {walk.steps[0][axis], walk.steps[1][axis], walk.steps[2][axis]};
      if (!into_rows(walk.sizes[axis], steps) && !into_middle(walk.sizes[axis], steps)) continue;
      walk.remove(axis);
      axis = walk.rank;  // an outer axis may follow on
    }
  }

 private:
  bool into_rows(std::int64_t size, const std::int64_t (&steps)[3]) {
    const std::int64_t row = m == 1 ? steps[0] : a_row;
    if (steps[1] != 0 || steps[2] != m * n || steps[0] != m * row || size > detail::longest_blas_side / m ||
        !detail::fits_blas(m * size, k, row, a_column)) {
      return false;
    }
    m *= size;
    a_row = row;
    return true;
  }
  bool into_middle(std::int64_t size, const std::int64_t (&steps)[3]) {
    const std::int64_t column = k == 1 ? steps[0] : a_column;
    const std::int64_t row = k == 1 ? steps[1] : b_row;
    if (steps[2] != 0 || steps[0] != k * column || steps[1] != k * row || size > detail::longest_blas_side / k ||
        !detail::fits_blas(m, k * size, a_row, column) || !detail::fits_blas(k * size, n, row, b_column)) {
      return false;
    }
    k *= size;
    a_column = column;
    b_row = row;
    return true;
  }
};

void multiply_batch(const Factor& a, const Factor& b, Array& out, const Shape& full) {
  Batch walk = batch_walk(a, b, out, full);
  Products p(a, b);
  // One matrix times many vectors: (A·v)ᵀ = vᵀ·Aᵀ is one product with a row for each vector.
  const bool turned = b.columns == 1 && a.rows > 1 && walk.rank > 0 &&
                      std::ranges::count(std::span(walk.steps[0]).first(walk.rank), 0) == std::ptrdiff_t(walk.rank);
  if (turned) {
    p = p.turned();
    std::swap(walk.steps[0], walk.steps[1]);
  }
  p.fold(walk);
  const bool summed = walk.summed();
  dispatch(out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* to = out.mutable_data<T>();
    if (summed) std::fill_n(to, out.size(), T(0));
    const MatrixIn<T> left{(turned ? b : a).array().data<T>(), p.a_row, p.a_column};
    const MatrixIn<T> right{(turned ? a : b).array().data<T>(), p.b_row, p.b_column};
    for (StridedLoop<3> loop = walk.loop(); !loop.done(); loop.next()) {
      for (std::int64_t i = 0; i < loop.run(); ++i) {
        const auto at = [&](std::size_t operand) { return loop.offset(operand) + i * loop.step(operand); };
        detail::gemm<T>(p.m, p.n, p.k, left.at(at(0)), right.at(at(1)), to + at(2), p.n, summed);
      }
    }
  });
}

bool broadcast_together(const Shape& a, const Shape& b) {
  for (int k = 1; k <= std::min(a.rank(), b.rank()); ++k) {
    const std::int64_t m = a[a.rank() - k];
    const std::int64_t n = b[b.rank() - k];
    if (m != n && m != 1 && n != 1) return false;
  }
  return true;
}

// The sizes m × k by k × n, with the transposes applied; checked.
struct Sides {
  std::int64_t m, n, k;

  template <class X>
  Sides(const X& a, const X& b, bool transpose_a, bool transpose_b) {
    const auto of_a = a.sizes().template last<2>();
    const auto of_b = b.sizes().template last<2>();
    m = of_a[transpose_a ? 1 : 0];
    k = of_a[transpose_a ? 0 : 1];
    n = of_b[transpose_b ? 0 : 1];
    if (of_b[transpose_b ? 1 : 0] != k) {
      throw ShapeError(
          fmt::format("[matmul] inner sizes differ: {} by {}", seen(a, transpose_a), seen(b, transpose_b)));
    }
    if (std::max({m, n, k}) > detail::longest_blas_side) {
      throw ShapeError(fmt::format("[matmul] a side is too long: {}", both(a, b)));
    }
  }
};

template <class T>
MatrixIn<T> as_it_lies(const Array& a, bool transposed) {
  const MatrixIn<T> matrix{a.data<T>(), a.strides()[0], a.strides()[1]};
  return transposed ? matrix.transposed() : matrix;
}

// Two matrices, no batch: nothing but the product may cost time here.
bool is_single(const Array& a, const Array& b) { return a.rank() == 2 && b.rank() == 2 && a.dtype() == b.dtype(); }

Array single_product(const Array& a, const Array& b, bool transpose_a, bool transpose_b) {
  const Sides s(a, b, transpose_a, transpose_b);
  if (s.k == 0) return Array::zeros({s.m, s.n}, a.dtype());
  Array out = Array::uninitialized({s.m, s.n}, a.dtype());
  if (out.size() == 0) return out;
  dispatch(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* to = out.mutable_data<T>();
    if (detail::is_tiny(s.m, s.n, s.k)) {
      detail::tiny_product(s.m, s.n, s.k, as_it_lies<T>(a, transpose_a), as_it_lies<T>(b, transpose_b), to, s.n, false);
    } else {
      const Factor left(a, transpose_a);
      const Factor right(b, transpose_b);
      detail::blas_product(s.m, s.n, s.k, left.matrix<T>(), right.matrix<T>(), to, s.n, false);
    }
  });
  return out;
}

template <class X>
void require_matrices(const X& a, const X& b) {
  if (a.rank() < 2 || b.rank() < 2) throw ShapeError(fmt::format("[matmul] two matrices are needed: {}", both(a, b)));
}

template <class X>
Shape common_batch(const X& a, const X& b) {
  if (a.rank() == 2 && b.rank() == 2) return {};
  require_matrices(a, b);
  const Shape of_a = batch_of(a);
  const Shape of_b = batch_of(b);
  if (!broadcast_together(of_a, of_b)) {
    throw ShapeError(fmt::format("[matmul] the batch axes do not broadcast: {}", both(a, b)));
  }
  return broadcast(of_a, of_b, "matmul");
}

Array batch_product(const Array& a, const Array& b, bool transpose_a, bool transpose_b, const Shape& batch) {
  const Shape shape = matmul_shape(a.shape(), b.shape(), transpose_a, transpose_b, batch);
  if (a.dtype() != b.dtype()) {
    const DType dtype = promote(a.dtype(), b.dtype());
    return matmul(a.to(dtype), b.to(dtype), transpose_a, transpose_b, batch);
  }
  const Sides sides(a, b, transpose_a, transpose_b);
  const Shape full = broadcast(common_batch(a, b), batch, "matmul");
  // An axis of size 0 in the batch leaves nothing to add, as one in the middle does.
  if (shape.size() == 0 || full.size() == 0 || sides.k == 0) return Array::zeros(shape, a.dtype());
  Array out = Array::uninitialized(shape, a.dtype());
  multiply_batch(Factor(a, transpose_a), Factor(b, transpose_b), out, full);
  return out;
}

}  // namespace

Shape matmul_batch(const Array& a, const Array& b) { return common_batch(a, b); }

Shape matmul_shape(const Shape& a, const Shape& b, bool transpose_a, bool transpose_b, const Shape& batch) {
  require_matrices(a, b);
  const Sides sides(a, b, transpose_a, transpose_b);
  if (!broadcast_together(common_batch(a, b), batch)) {
    throw ShapeError(fmt::format("[matmul] the batch axes do not broadcast to {}: {}", to_string(batch), both(a, b)));
  }
  std::array<std::int64_t, max_rank + 2> sizes{};
  std::ranges::copy(batch, sizes.begin());
  const auto rank = static_cast<std::size_t>(batch.rank());
  sizes[rank] = sides.m;
  sizes[rank + 1] = sides.n;
  return Shape(std::span<const std::int64_t>(sizes).first(rank + 2));
}

Array matmul(const Array& a, const Array& b, bool transpose_a, bool transpose_b) {
  if (is_single(a, b)) return single_product(a, b, transpose_a, transpose_b);
  return matmul(a, b, transpose_a, transpose_b, matmul_batch(a, b));
}

Array matmul(const Array& a, const Array& b, bool transpose_a, bool transpose_b, const Shape& batch) {
  if (batch.rank() == 0 && is_single(a, b)) return single_product(a, b, transpose_a, transpose_b);
  return batch_product(a, b, transpose_a, transpose_b, batch);
}

}  // namespace gradus
