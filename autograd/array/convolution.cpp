#include "autograd/array/convolution.h"

#include <algorithm>

#include "autograd/array/gemm.h"
#include "autograd/array/onednn_convolution.h"

namespace gradus {

namespace {

using detail::MatrixIn;
using Range = WindowAxis::Range;

std::int64_t length(Range r) { return r.end - r.begin; }

// The output positions of one matrix product: whole planes of some images, or of one plane a part that lies together in
// memory: whole rows, or a piece of a row.
struct Block {
  Range images;
  Range rows;
  Range columns;
  [[nodiscard]] std::int64_t plane() const { return length(rows) * length(columns); }
  [[nodiscard]] std::int64_t positions() const { return length(images) * plane(); }
};

// The sizes of a convolution's matrices and how it is cut into blocks.
class Plan {
 public:
  const WindowAxes& window;
  std::int64_t groups;
  std::int64_t images;
  std::int64_t channels;  // of the input, in one group
  std::int64_t outputs;   // in one group
  std::int64_t taps;      // of all channels of a group: the rows of an unfolded block
  std::int64_t in_plane;
  std::int64_t out_plane;
  bool direct;  // a 1 × 1 window that neither jumps nor pads: the input is its own unfolding

  Plan(const Convolution& c, std::int64_t n, std::int64_t all_channels, std::int64_t all_outputs)
      : window(c.window),
        groups(c.groups),
        images(n),
        channels(all_channels / c.groups),
        outputs(all_outputs / c.groups),
        taps(channels * window[0].kernel * window[1].kernel),
        in_plane(window[0].input * window[1].input),
        out_plane(window[0].output * window[1].output),
        direct(plain(window[0]) && plain(window[1]) && out_plane >= small_plane &&
               out_plane <= detail::longest_blas_side) {
    if (empty()) return;
    const std::int64_t most = direct ? out_plane : std::max(small_plane, most_unfolded / taps);
    images_ = out_plane < small_plane ? std::clamp<std::int64_t>(most / out_plane, 1, images) : 1;
    rows_ = std::clamp<std::int64_t>(most / window[1].output, 1, window[0].output);
    columns_ = std::min(window[1].output, most);
  }

  /// Whether there is nothing to add anywhere.
  [[nodiscard]] bool empty() const { return images == 0 || taps == 0 || outputs == 0 || out_plane == 0; }
  /// How many positions the largest block has.
  [[nodiscard]] std::int64_t block_positions() const { return images_ * rows_ * columns_; }
  [[nodiscard]] bool several_images() const { return images_ > 1; }

  /// Where the plane of a group's first channel or output begins in an array of the input's or the output's shape.
  [[nodiscard]] std::int64_t input_at(std::int64_t image, std::int64_t group) const {
    return (image * groups + group) * channels * in_plane;
  }
  [[nodiscard]] std::int64_t output_at(const Block& b, std::int64_t group) const {
    return (b.images.begin * groups + group) * outputs * out_plane + b.rows.begin * window[1].output + b.columns.begin;
  }
  [[nodiscard]] std::int64_t weight_at(std::int64_t group) const { return group * outputs * taps; }

  /// f(group, block) for blocks that cover everything.
  template <class F>
  void for_each_block(F&& f) const {
    const std::int64_t height = window[0].output;
    const std::int64_t width = window[1].output;
    for (std::int64_t n = 0; n < images; n += images_) {
      for (std::int64_t group = 0; group < groups; ++group) {
        for (std::int64_t i = 0; i < height; i += rows_) {
          for (std::int64_t j = 0; j < width; j += columns_) {
            f(group, Block{{n, std::min(images, n + images_)},
                           {i, std::min(height, i + rows_)},
                           {j, std::min(width, j + columns_)}});
          }
        }
      }
    }
  }

 private:
  static constexpr std::int64_t small_plane = 128;           // fewer positions make slow products
  static constexpr std::int64_t most_unfolded = 128 * 1024;  // numbers in a block: about the second cache

  static bool plain(const WindowAxis& a) {
    return a.kernel == 1 && a.stride == 1 && a.before == 0 && a.input == a.output;
  }

  // The largest block.
  std::int64_t images_ = 1;
  std::int64_t rows_ = 1;
  std::int64_t columns_ = 1;
};

// Goes over an unfolded block [taps, positions]: f(its numbers for one tap and image, what the tap sees, tap row, tap
// column, the rows that lie inside, the columns that do).
template <class T, class X, class F>
void for_each_tap(const Plan& p, std::int64_t group, const Block& b, X* x, T* unfolded, F&& f) {
  const WindowAxis& vertical = p.window[0];
  const WindowAxis& horizontal = p.window[1];
  for (std::int64_t n = b.images.begin; n < b.images.end; ++n) {
    T* line = unfolded + (n - b.images.begin) * b.plane();
    X* plane = x + p.input_at(n, group);
    for (std::int64_t channel = 0; channel < p.channels; ++channel, plane += p.in_plane) {
      for (std::int64_t k = 0; k < vertical.kernel; ++k) {
        const Range rows = vertical.inside(k, b.rows);
        for (std::int64_t l = 0; l < horizontal.kernel; ++l, line += b.positions()) {
          f(line, plane, k, l, rows, horizontal.inside(l, b.columns));
        }
      }
    }
  }
}

// Copies what each tap sees at each position of a block; zeros for padding.
template <class T>
void unfold(const Plan& p, std::int64_t group, const Block& b, const T* x, T* unfolded) {
  const WindowAxis& vertical = p.window[0];
  const WindowAxis& horizontal = p.window[1];
  const std::int64_t width = length(b.columns);
  for_each_tap(p, group, b, x, unfolded,
               [&](T* line, const T* plane, std::int64_t k, std::int64_t l, Range rows, Range columns) {
                 if (length(columns) == 0) rows.end = rows.begin;
                 std::fill(line, line + (rows.begin - b.rows.begin) * width, T(0));
                 for (std::int64_t i = rows.begin; i < rows.end; ++i) {
                   T* to = line + (i - b.rows.begin) * width;
                   const T* from = plane + (i * vertical.stride + vertical.start(k)) * horizontal.input +
                                   columns.begin * horizontal.stride + horizontal.start(l);
                   std::fill(to, to + (columns.begin - b.columns.begin), T(0));
                   to += columns.begin - b.columns.begin;
                   const std::int64_t count = length(columns);
                   if (horizontal.stride == 1) {
                     std::copy_n(from, count, to);
                   } else {
                     for (std::int64_t j = 0; j < count; ++j) to[j] = from[j * horizontal.stride];
                   }
                   std::fill(to + count, to + count + (b.columns.end - columns.end), T(0));
                 }
                 std::fill(line + (rows.end - b.rows.begin) * width, line + b.plane(), T(0));
               });
}

// Adds each number of an unfolded block to the input its tap sees there.
template <class T>
void fold(const Plan& p, std::int64_t group, const Block& b, const T* unfolded, T* x) {
  const WindowAxis& vertical = p.window[0];
  const WindowAxis& horizontal = p.window[1];
  const std::int64_t width = length(b.columns);
  for_each_tap(p, group, b, x, unfolded,
               [&](const T* line, T* plane, std::int64_t k, std::int64_t l, Range rows, Range columns) {
                 const std::int64_t count = length(columns);
                 for (std::int64_t i = count == 0 ? rows.end : rows.begin; i < rows.end; ++i) {
                   const T* from = line + (i - b.rows.begin) * width + columns.begin - b.columns.begin;
                   T* to = plane + (i * vertical.stride + vertical.start(k)) * horizontal.input +
                           columns.begin * horizontal.stride + horizontal.start(l);
                   if (horizontal.stride == 1) {
                     for (std::int64_t j = 0; j < count; ++j) to[j] += from[j];
                   } else {
                     for (std::int64_t j = 0; j < count; ++j) to[j * horizontal.stride] += from[j];
                   }
                 }
               });
}

// The outputs of a block as a matrix [outputs, positions]: where they are, for one image; for several, whose planes lie
// apart, in a buffer.
template <class T>
class OutputMatrix {
 public:
  explicit OutputMatrix(const Plan& p)
      : p_(p), buffer_(Array::uninitialized({p.several_images() ? p.outputs * p.block_positions() : 0}, dtype_of<T>)) {}

  /// A matrix to read.
  MatrixIn<T> gathered(const T* y, std::int64_t group, const Block& b) {
    y += p_.output_at(b, group);
    if (!p_.several_images()) return {y, p_.out_plane, 1};
    T* to = buffer_.mutable_data<T>();
    for_each_plane(b, [&](std::int64_t from, std::int64_t at) { std::copy_n(y + from, p_.out_plane, to + at); });
    return {to, b.positions(), 1};
  }
  /// Calls write(where to, rows apart) and puts what it wrote into its place.
  template <class F>
  void write(T* y, std::int64_t group, const Block& b, F&& write_to) {
    y += p_.output_at(b, group);
    if (!p_.several_images()) return write_to(y, p_.out_plane);
    T* from = buffer_.mutable_data<T>();
    write_to(from, b.positions());
    for_each_plane(b, [&](std::int64_t to, std::int64_t at) { std::copy_n(from + at, p_.out_plane, y + to); });
  }

 private:
  // f(place in the array, place in the buffer) for each plane of a block.
  template <class F>
  void for_each_plane(const Block& b, F&& f) const {
    for (std::int64_t o = 0; o < p_.outputs; ++o) {
      for (std::int64_t n = 0; n < length(b.images); ++n) {
        f((n * p_.groups * p_.outputs + o) * p_.out_plane, o * b.positions() + n * p_.out_plane);
      }
    }
  }

  const Plan& p_;
  Array buffer_;
};

using detail::ConvolutionPass;

// Whether oneDNN did it, where it has a fast way.
bool done_by_onednn(const Plan& p, ConvolutionPass pass, const Convolution& c, const Array& first, const Array& second,
                    Array& out) {
  if constexpr (detail::have_onednn) {
    if (out.dtype() != DType::float32) return false;
    const detail::ConvolutionCase whole{pass, false, p.images, p.channels * p.groups, p.outputs * p.groups, c};
    return detail::onednn_convolution(whole, first.data<float>(), second.data<float>(), nullptr,
                                      out.mutable_data<float>());
  }
  return false;
}

Array unfolded_buffer(const Plan& p, DType dtype) {
  return Array::uninitialized({p.direct ? 0 : p.taps * p.block_positions()}, dtype);
}

// The windows of a block as a matrix [taps, positions].
template <class T>
MatrixIn<T> windows(const Plan& p, std::int64_t group, const Block& b, const T* x, Array& buffer) {
  if (p.direct) return {x + p.input_at(b.images.begin, group), p.in_plane, 1};
  unfold(p, group, b, x, buffer.mutable_data<T>());
  return {buffer.data<T>(), b.positions(), 1};
}

}  // namespace

Array convolve(const Array& x, const Array& w, const Convolution& c) {
  const Plan p(c, x.sizes()[0], x.sizes()[1], w.sizes()[0]);
  const Shape shape{p.images, w.sizes()[0], c.window[0].output, c.window[1].output};
  if (p.empty()) return Array::zeros(shape, x.dtype());
  const Array input = x.packed();
  const Array weight = w.packed();
  Array y = Array::uninitialized(shape, x.dtype());
  if (done_by_onednn(p, ConvolutionPass::forward, c, input, weight, y)) return y;
  Array buffer = unfolded_buffer(p, x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    OutputMatrix<T> outputs(p);
    p.for_each_block([&](std::int64_t group, const Block& b) {
      const MatrixIn<T> seen = windows(p, group, b, input.data<T>(), buffer);
      const MatrixIn<T> taps{weight.data<T>() + p.weight_at(group), p.taps, 1};
      outputs.write(y.mutable_data<T>(), group, b, [&](T* to, std::int64_t lead) {
        detail::gemm<T>(p.outputs, b.positions(), p.taps, taps, seen, to, lead, false);
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
  const Array outputs = g.packed();
  const Array weight = w.packed();
  Array x = Array::uninitialized(shape, g.dtype());
  if (done_by_onednn(p, ConvolutionPass::input, c, outputs, weight, x)) return x;
  if (!p.direct) x = Array::zeros(shape, g.dtype());
  Array buffer = unfolded_buffer(p, g.dtype());
  dispatch(g.dtype(), [&](auto zero) {
    using T = decltype(zero);
    OutputMatrix<T> matrix(p);
    p.for_each_block([&](std::int64_t group, const Block& b) {
      const MatrixIn<T> from = matrix.gathered(outputs.data<T>(), group, b);
      const MatrixIn<T> taps = MatrixIn<T>{weight.data<T>() + p.weight_at(group), p.taps, 1}.transposed();
      T* to = x.mutable_data<T>();
      if (p.direct) {
        detail::gemm<T>(p.taps, b.positions(), p.outputs, taps, from, to + p.input_at(b.images.begin, group),
                        p.in_plane, false);
      } else {
        T* unfolded = buffer.mutable_data<T>();
        detail::gemm<T>(p.taps, b.positions(), p.outputs, taps, from, unfolded, b.positions(), false);
        fold<T>(p, group, b, unfolded, to);
      }
    });
  });
  return x;
}

Array convolve_weight(const Array& x, const Array& g, const Convolution& c) {
  const Plan p(c, x.sizes()[0], x.sizes()[1], g.sizes()[1]);
  const Array input = x.packed();
  const Array outputs = g.packed();
  const Shape shape{g.sizes()[1], p.channels, c.window[0].kernel, c.window[1].kernel};
  if (p.empty()) return Array::zeros(shape, x.dtype());
  Array w = Array::uninitialized(shape, x.dtype());
  if (done_by_onednn(p, ConvolutionPass::weight, c, input, outputs, w)) return w;
  w = Array::zeros(shape, x.dtype());
  Array buffer = unfolded_buffer(p, x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    OutputMatrix<T> matrix(p);
    p.for_each_block([&](std::int64_t group, const Block& b) {
      const MatrixIn<T> seen = windows(p, group, b, input.data<T>(), buffer);
      const MatrixIn<T> from = matrix.gathered(outputs.data<T>(), group, b);
      detail::gemm<T>(p.outputs, p.taps, b.positions(), from, seen.transposed(),
                      w.mutable_data<T>() + p.weight_at(group), p.taps, true);
    });
  });
  return w;
}

}  // namespace gradus
