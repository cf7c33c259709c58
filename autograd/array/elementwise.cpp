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

// Every operand is either row-major of the result's shape or a single number.
bool is_flat(const Array& a, std::int64_t n) { return a.size() == 1 || (a.size() == n && a.contiguous()); }

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
      step[k] = in[k]->size() == 1 ? 0 : 1;
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
