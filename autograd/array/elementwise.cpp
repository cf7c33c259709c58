#include "autograd/array/elementwise.h"

#include <algorithm>

#include "autograd/array/strided.h"

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

template <class T>
void run_strided(const void* op, ElementwiseKernel kernel, std::span<const Array> in, const Shape& shape, T* out) {
  std::array<std::span<const std::int64_t>, max_operands> strides{};
  for (std::size_t k = 0; k < in.size(); ++k) strides[k] = in[k].strides();
  std::array<std::int64_t, max_rank> none{};
  for (std::size_t k = in.size(); k < max_operands; ++k) {
    strides[k] = std::span<const std::int64_t>(none).first(static_cast<std::size_t>(shape.rank()));
  }
  StridedLoop<max_operands> loop(shape.sizes(), strides);
  for (; !loop.done(); loop.next()) {
    const T* from[max_operands];
    std::int64_t step[max_operands];
    for (std::size_t k = 0; k < in.size(); ++k) {
      from[k] = in[k].data<T>() + loop.offset(k);
      step[k] = loop.step(k);
    }
    run_gathered(op, kernel, in.size(), loop.run(), from, step, out);
    out += loop.run();
  }
}

// Every operand is either row-major of the result's shape or a single number.
bool is_flat(const Array& a, std::int64_t n) { return a.size() == 1 || (a.size() == n && a.contiguous()); }

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
    run(op, n, from, step, out.mutable_bytes());
    return;
  }
  const Shape shape = out.shape();
  std::array<Array, max_operands> wide;
  for (std::size_t k = 0; k < in.size(); ++k) wide[k] = in[k]->broadcast_to(shape);
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    run_strided<T>(op, run, std::span(wide).first(in.size()), shape, out.mutable_data<T>());
  });
}

}  // namespace detail

void accumulate(Array& a, const Array& b) {
  if (!a.unique() || !a.contiguous() || !b.contiguous()) {
    a = Array::interpret(Add{}, a, b);
    return;
  }
  if (a.rank() == 0) {
    const std::array<const Array*, 2> both{&a, &b};
    detail::run_single(Add{}, both, a);
    return;
  }
  constexpr Add add;
  const void* in[] = {a.bytes(), b.bytes()};
  constexpr std::int64_t step[] = {1, 1};
  if (a.size() > 0) {
    detail::KernelsOf<Add>::get()[static_cast<std::size_t>(a.dtype())](&add, a.size(), in, step, a.mutable_bytes());
  }
}

}  // namespace gradus
