#include "autograd/array/convolve.h"

#include <algorithm>

#include "autograd/array/convolution_case.h"
#include "autograd/array/elementwise.h"
#include "autograd/array/gemm.h"
#include "autograd/array/onednn_convolution.h"
#include "autograd/array/window_columns.h"
#include "autograd/base/parallel.h"

namespace gradus {

namespace {

using detail::ConvolutionPass;
using detail::MatrixIn;
using detail::parallel_for;
using detail::UnfoldedBlock;
using Plan = detail::UnfoldPlan;

// The outputs of a block as a matrix [outputs, positions]: where they are, for one image; for several, whose planes lie
// apart, in a buffer.
template <class T>
class OutputMatrix {
 public:
  explicit OutputMatrix(const Plan& p)
      : p_(p), buffer_(Array::uninitialized({p.several_images() ? p.outputs * p.block_positions() : 0}, dtype_of<T>)) {}

  /// A matrix to read.
  MatrixIn<T> gathered(const T* y, const UnfoldedBlock& b) {
    y += p_.output_at(b);
    if (!p_.several_images()) return {y, p_.out_plane, 1};
    T* to = buffer_.mutable_data<T>();
    for_each_plane(b, [&](std::int64_t from, std::int64_t at) { std::copy_n(y + from, p_.out_plane, to + at); });
    return {to, b.positions(), 1};
  }
  /// Calls write(where to, rows apart) and puts what it wrote into its place.
  template <class F>
  void write(T* y, const UnfoldedBlock& b, F&& write_to) {
    y += p_.output_at(b);
    if (!p_.several_images()) return write_to(y, p_.out_plane);
    T* from = buffer_.mutable_data<T>();
    write_to(from, b.positions());
    for_each_plane(b, [&](std::int64_t to, std::int64_t at) { std::copy_n(from + at, p_.out_plane, y + to); });
  }

 private:
  // f(place in the array, place in the buffer) for each plane of a block.
  template <class F>
  void for_each_plane(const UnfoldedBlock& b, F&& f) const {
    for (std::int64_t o = 0; o < p_.outputs; ++o) {
      for (std::int64_t n = 0; n < detail::length(b.images); ++n) {
        f((n * p_.groups * p_.outputs + o) * p_.out_plane, o * b.positions() + n * p_.out_plane);
      }
    }
  }

  const Plan& p_;
  Array buffer_;
};

Array unfolded_buffer(const Plan& p, DType dtype) {
  return Array::uninitialized({p.direct ? 0 : p.taps * p.block_positions()}, dtype);
}

// The windows of a block as a matrix [taps, positions].
template <class T>
MatrixIn<T> windows(const Plan& p, const UnfoldedBlock& b, const T* x, Array& buffer) {
  if (p.direct) return {x + p.direct_at(b), p.in_plane, 1};
  detail::unfold(p, b, x, buffer.mutable_data<T>());
  return {buffer.data<T>(), b.positions(), 1};
}

template <class T>
void add_bias(std::int64_t rows, std::int64_t columns, const T* bias, T* to, std::int64_t lead) {
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) to[i * lead + j] += bias[i];
  }
}

// Whether oneDNN did it, where it has a fast way.
bool done_by_onednn(ConvolutionPass pass, const Convolution& c, const Array& first, const Array& second,
                    const Array& bias, Array& out) {
  if constexpr (detail::have_onednn) {
    return out.dtype() == DType::float32 && detail::onednn_convolution(pass, c, first, second, bias, out);
  }
  return false;
}

}  // namespace

Array convolve(const Array& x, const Array& w, const Convolution& c, const Array& bias) {
  const Plan p(c, x.sizes()[0], x.sizes()[1], w.sizes()[0]);
  const Shape shape{p.images, w.sizes()[0], c.window[0].output, c.window[1].output};
  if (p.empty()) {
    const Array zeros = Array::zeros(shape, x.dtype());
    return bias.defined() ? zeros + bias.reshape({bias.size(), 1, 1}) : zeros;
  }
  Array y = Array::uninitialized(shape, x.dtype());
  if (done_by_onednn(ConvolutionPass::forward, c, x, w, bias, y)) return y;
  const Array input = x.packed();
  const Array weight = w.packed();
  const Array added = bias.defined() ? bias.packed() : bias;
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const std::int64_t of_plane = p.blocks_of_plane();
    T* const to = y.mutable_data<T>();
    parallel_for(p.image_sets() * p.groups * of_plane, [&](std::int64_t k) {
      const UnfoldedBlock b = p.block(k / of_plane / p.groups, k / of_plane % p.groups, k % of_plane);
      Array buffer = unfolded_buffer(p, dtype_of<T>);
      const MatrixIn<T> seen = windows(p, b, input.data<T>(), buffer);
      const MatrixIn<T> taps{weight.data<T>() + p.weight_at(b.group), p.taps, 1};
      OutputMatrix<T>(p).write(to, b, [&](T* rows, std::int64_t lead) {
        detail::gemm_alone<T>(p.outputs, b.positions(), p.taps, taps, seen, rows, lead, false);
        if (added.defined()) add_bias(p.outputs, b.positions(), added.data<T>() + b.group * p.outputs, rows, lead);
      });
    });
  });
  return y;
}

Array convolve_input(const Array& g, const Array& w, const Convolution& c) {
  const std::int64_t channels = w.sizes()[1] * c.groups;
  const Plan p(c, g.sizes()[0], channels, g.sizes()[1]);
  const Shape shape{p.images, channels, c.window[0].input, c.window[1].input};
  if (p.empty()) return Array::zeros(shape, g.dtype());
  Array x = Array::uninitialized(shape, g.dtype());
  if (done_by_onednn(ConvolutionPass::input, c, g, w, {}, x)) return x;
  const Array outputs = g.packed();
  const Array weight = w.packed();
  dispatch(g.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* const to = x.mutable_data<T>();
    // The blocks of one plane add to the same inputs.
    parallel_for(p.image_sets() * p.groups, [&](std::int64_t k) {
      Array buffer = unfolded_buffer(p, dtype_of<T>);
      OutputMatrix<T> matrix(p);
      for (std::int64_t l = 0; l < p.blocks_of_plane(); ++l) {
        const UnfoldedBlock b = p.block(k / p.groups, k % p.groups, l);
        const MatrixIn<T> from = matrix.gathered(outputs.data<T>(), b);
        const MatrixIn<T> taps = MatrixIn<T>{weight.data<T>() + p.weight_at(b.group), p.taps, 1}.transposed();
        if (p.direct) {
          detail::gemm_alone<T>(p.taps, b.positions(), p.outputs, taps, from, to + p.direct_at(b), p.in_plane, false);
          continue;
        }
        if (l == 0) {
          for (std::int64_t n = b.images.begin; n < b.images.end; ++n) {
            std::fill_n(to + p.input_at(n, b.group), p.channels * p.in_plane, T(0));
          }
        }
        T* const unfolded = buffer.mutable_data<T>();
        detail::gemm_alone<T>(p.taps, b.positions(), p.outputs, taps, from, unfolded, b.positions(), false);
        detail::fold<T>(p, b, unfolded, to);
      }
    });
  });
  return x;
}

Array convolve_weight(const Array& x, const Array& g, const Convolution& c) {
  const Plan p(c, x.sizes()[0], x.sizes()[1], g.sizes()[1]);
  const Shape shape{g.sizes()[1], p.channels, c.window[0].kernel, c.window[1].kernel};
  if (p.empty()) return Array::zeros(shape, x.dtype());
  Array w = Array::uninitialized(shape, x.dtype());
  if (done_by_onednn(ConvolutionPass::weight, c, x, g, {}, w)) return w;
  const Array input = x.packed();
  const Array outputs = g.packed();
  const detail::ConvolutionCase whole{ConvolutionPass::weight, false, p.images, p.channels * p.groups,
                                      p.outputs * p.groups,    c};
  const std::int64_t sets = p.image_sets();
  const std::int64_t parts = std::min(detail::image_parts(whole), sets);
  Array sums = parts == 1 ? Array() : Array::uninitialized({parts, w.size()}, x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* const to = (parts == 1 ? w : sums).mutable_data<T>();
    parallel_for(parts * p.groups, [&](std::int64_t k) {
      const std::int64_t part = k / p.groups;
      T* const sum = to + part * w.size() + p.weight_at(k % p.groups);
      Array buffer = unfolded_buffer(p, dtype_of<T>);
      OutputMatrix<T> matrix(p);
      bool more = false;
      for (std::int64_t set = part * sets / parts; set < (part + 1) * sets / parts; ++set) {
        for (std::int64_t l = 0; l < p.blocks_of_plane(); ++l, more = true) {
          const UnfoldedBlock b = p.block(set, k % p.groups, l);
          const MatrixIn<T> seen = windows(p, b, input.data<T>(), buffer);
          const MatrixIn<T> from = matrix.gathered(outputs.data<T>(), b);
          detail::gemm_alone<T>(p.outputs, p.taps, b.positions(), from, seen.transposed(), sum, p.taps, more);
        }
      }
    });
    if (parts == 1) return;
    detail::add_up_rows(parts, w.size(), to);
    std::copy_n(to, w.size(), w.mutable_data<T>());
  });
  return w;
}

}  // namespace gradus
