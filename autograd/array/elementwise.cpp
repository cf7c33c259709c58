#include "autograd/array/elementwise.h"

#include <algorithm>

#include "autograd/array/strided.h"
#include "autograd/base/parallel.h"

namespace gradus {

namespace {

using detail::max_operands;
constexpr std::int64_t gather_block = 256;

// Operands whose numbers lie neither side by side nor in one place are copied together, a block at a time.
template <class T>
void run_gathered(const void* op, ElementwiseKernel kernel, std::size_t count, std::int64_t n, const T* const* from,
                  const std::int64_t* stride, T* out) {
  alignas(64) T blocks[max_operands][gather_block];
  const void* in[max_operands];
  std::int64_t step[max_operands];
  for (std::int64_t i = 0; i < n; i += gather_block) {
    const std::int64_t m = std::min(gather_block, n - i);
    for (std::size_t k = 0; k < count; ++k) {
      const T* p = from[k] + i * stride[k];
      in[k] = p;
      step[k] = stride[k];
      if (stride[k] == 0 || stride[k] == 1) continue;
      for (std::int64_t j = 0; j < m; ++j) blocks[k][j] = p[j * stride[k]];
      in[k] = blocks[k];
      step[k] = 1;
    }
    kernel(op, m, in, step, out + i);
  }
}

// Operands as they lie: where each starts and its steps along the axes of the result.
template <class T>
struct Operands {
  std::size_t count;
  std::array<const T*, max_operands> start{};
  std::array<std::array<std::int64_t, max_rank>, max_operands> strides{};
};

template <class T>
void run_strided(const void* op, ElementwiseKernel kernel, const Operands<T>& in, std::span<const std::int64_t> sizes,
                 T* out) {
  std::array<std::span<const std::int64_t>, max_operands> strides{};
  for (std::size_t k = 0; k < max_operands; ++k) strides[k] = std::span(in.strides[k]).first(sizes.size());
  StridedLoop<max_operands> loop(sizes, strides);
  for (; !loop.done(); loop.next()) {
    const T* from[max_operands];
    std::int64_t step[max_operands];
    for (std::size_t k = 0; k < in.count; ++k) {
      from[k] = in.start[k] + loop.offset(k);
      step[k] = loop.step(k);
    }
    run_gathered(op, kernel, in.count, loop.run(), from, step, out);
    out += loop.run();
  }
}

// Large work is cut along the outermost axis.
template <class T>
void run_broadcast(const void* op, ElementwiseKernel kernel, std::span<const Array> wide, Array& out) {
  Operands<T> in{wide.size()};
  for (std::size_t k = 0; k < wide.size(); ++k) {
    in.start[k] = wide[k].data<T>();
    std::ranges::copy(wide[k].strides(), in.strides[k].begin());
  }
  T* to = out.mutable_data<T>();
  const std::int64_t slices = out.sizes()[0];
  const std::int64_t each = out.size() / slices;
  detail::parallel_ranges(slices, each, 1, [&](std::int64_t begin, std::int64_t end) {
    std::array<std::int64_t, max_rank> sizes{};
    std::ranges::copy(out.sizes(), sizes.begin());
    sizes[0] = end - begin;
    Operands<T> part = in;
    for (std::size_t k = 0; k < part.count; ++k) part.start[k] += begin * part.strides[k][0];
    run_strided<T>(op, kernel, part, std::span(sizes).first(static_cast<std::size_t>(out.rank())), to + begin * each);
  });
}

// Whether every element is one number in memory.
bool is_single(const Array& a) {
  return a.size() == 1 || (!a.contiguous() && std::ranges::all_of(a.strides(), [](std::int64_t s) { return s == 0; }));
}

// Every operand is either row-major of the result's shape or a single number.
bool is_flat(const Array& a, std::int64_t n) { return is_single(a) || (a.size() == n && a.contiguous()); }

// Large work is cut into runs of whole registers.
void run_flat(const void* op, ElementwiseKernel kernel, std::int64_t n, std::span<const void* const> from,
              const std::int64_t* step, Array& out) {
  constexpr std::int64_t few = 1 << 16;
  if (n <= few) {
    kernel(op, n, from.data(), step, out.mutable_bytes());
    return;
  }
  const auto element = static_cast<std::int64_t>(size_of(out.dtype()));
  detail::parallel_ranges(n, 1, 64, [&](std::int64_t begin, std::int64_t end) {
    const void* part[max_operands];
    for (std::size_t k = 0; k < from.size(); ++k) {
      part[k] = static_cast<const std::byte*>(from[k]) + begin * step[k] * element;
    }
    kernel(op, end - begin, part, step, static_cast<std::byte*>(out.mutable_bytes()) + begin * element);
  });
}

// Operands that are as large as the result, or single numbers, or rows that repeat along its leading axes: what a layer's
// bias is.  Row-major all of them.
class RepeatedRows {
 public:
  explicit RepeatedRows(std::span<const Array* const> in) : in_(in), full_(in[0]) {
    for (const Array* a : in) {
      if (a->size() > full_->size()) full_ = a;
    }
    fits_ = full_->size() > 0;
    for (const Array* a : in)
      fits_ = fits_ && a->contiguous() && (a->size() == 1 ? a->rank() <= full_->rank() : add(*a));
  }

  /// Whether this is the case; then the result has the shape of full().  Without rows() there is nothing to repeat.
  [[nodiscard]] bool fits() const noexcept { return fits_; }
  [[nodiscard]] const Array& full() const noexcept { return *full_; }
  [[nodiscard]] bool rows() const noexcept { return row_ != 0; }

  void run(const void* op, ElementwiseKernel kernel, Array& out) const {
    dispatch(out.dtype(), [&](auto zero) {
      using T = decltype(zero);
      const std::int64_t rows = out.size() / row_;
      detail::parallel_ranges(rows, row_, 1, [&](std::int64_t begin, std::int64_t end) {
        run_rows<T>(op, kernel, begin, end, out.mutable_data<T>());
      });
    });
  }

 private:
  static constexpr std::int64_t short_row = 128;
  static constexpr std::int64_t block = 1024;

  // The sizes of `a` are the last ones of the result.
  bool add(const Array& a) {
    const auto sizes = full_->sizes();
    if (a.rank() > full_->rank() || !std::ranges::equal(a.sizes(), sizes.last(a.sizes().size()))) return false;
    if (a.size() == full_->size()) return a.rank() == full_->rank();
    if (row_ != 0 && row_ != a.size()) return false;
    row_ = a.size();
    return true;
  }

  template <class T>
  void run_rows(const void* op, ElementwiseKernel kernel, std::int64_t begin, std::int64_t end, T* out) const {
    // Short rows are repeated in a buffer, so that a call has more to do.
    const std::int64_t at_once = row_ <= short_row ? std::min(block / row_, end - begin) : 1;
    alignas(64) T copies[max_operands][block];
    const T* from[max_operands];
    std::int64_t step[max_operands];
    bool moves[max_operands];
    for (std::size_t k = 0; k < in_.size(); ++k) {
      from[k] = in_[k]->data<T>();
      step[k] = in_[k]->size() == 1 ? 0 : 1;
      moves[k] = in_[k]->size() == full_->size();
      if (moves[k] || step[k] == 0 || at_once == 1) continue;
      for (std::int64_t i = 0; i < at_once; ++i) std::copy_n(from[k], row_, copies[k] + i * row_);
      from[k] = copies[k];
    }
    for (std::int64_t i = begin; i < end; i += at_once) {
      const void* in[max_operands];
      for (std::size_t k = 0; k < in_.size(); ++k) in[k] = moves[k] ? from[k] + i * row_ : from[k];
      kernel(op, std::min(at_once, end - i) * row_, in, step, out + i * row_);
    }
  }

  std::span<const Array* const> in_;
  const Array* full_;
  std::int64_t row_ = 0;
  bool fits_ = true;
};

Array result_for(std::string_view name, std::span<const Array* const> in) {
  const bool same = std::ranges::all_of(in, [&](const Array* a) { return a->same_shape(*in[0]); });
  if (same) return Array::uninitialized_like(*in[0]);
  Shape shape = in[0]->shape();
  for (const Array* a : in.subspan(1)) shape = broadcast(shape, a->shape(), name);
  return Array::uninitialized(shape, in[0]->dtype());
}

}  // namespace

namespace detail {

Array run_elementwise(std::string_view name, const void* op, const PerType<ElementwiseKernel>& kernel,
                      std::span<const Array* const> in) {
  if (const RepeatedRows rows(in); rows.fits()) {
    Array out = Array::uninitialized_like(rows.full());
    if (rows.rows()) {
      rows.run(op, kernel[static_cast<std::size_t>(out.dtype())], out);
    } else {
      run_elementwise_into(op, kernel, in, out);
    }
    return out;
  }
  Array out = result_for(name, in);
  run_elementwise_into(op, kernel, in, out);
  return out;
}

void run_elementwise_into(const void* op, const PerType<ElementwiseKernel>& kernel, std::span<const Array* const> in,
                          Array& out) {
  const DType dtype = out.dtype();
  const ElementwiseKernel run = kernel[static_cast<std::size_t>(dtype)];
  const std::int64_t n = out.size();
  if (n == 0) return;
  if (std::ranges::all_of(in, [&](const Array* a) { return is_flat(*a, n); })) {
    const void* from[max_operands];
    std::int64_t step[max_operands];
    for (std::size_t k = 0; k < in.size(); ++k) {
      from[k] = in[k]->bytes();
      step[k] = is_single(*in[k]) ? 0 : 1;
    }
    run_flat(op, run, n, std::span(from).first(in.size()), step, out);
    return;
  }
  const Shape shape = out.shape();
  std::array<Array, max_operands> wide;
  for (std::size_t k = 0; k < in.size(); ++k) wide[k] = in[k]->broadcast_to(shape);
  dispatch(dtype, [&](auto zero) {
    run_broadcast<decltype(zero)>(op, run, std::span<const Array>(wide).first(in.size()), out);
  });
}

}  // namespace detail

void accumulate(Array& a, const Array& b) {
  if (!a.unique() || !a.contiguous() || !b.contiguous()) {
    a = Array::interpret(Add{}, a, b);
    return;
  }
  const std::array<const Array*, 2> both{&a, &b};
  if (a.rank() == 0) {
    detail::run_single(Add{}, both, a);
    return;
  }
  constexpr Add add;
  detail::run_elementwise_into(&add, detail::KernelsOf<Add>::get(), both, a);
}

}  // namespace gradus
