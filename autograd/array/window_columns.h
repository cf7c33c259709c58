// The windows of a convolution as the columns of a matrix, a block that fits the cache at a time.  Inside the library only.
#pragma once
#include <algorithm>
#include <cstdint>

#include "convolve.h"
#include "gemm.h"

namespace gradus::detail {

inline std::int64_t length(WindowAxis::Range r) { return r.end - r.begin; }

/// The output positions of one matrix product: whole planes of some images, or of one plane a part that lies together in
/// memory: whole rows, or a piece of a row.
struct UnfoldedBlock {
  WindowAxis::Range images;
  std::int64_t group;
  WindowAxis::Range rows;
  WindowAxis::Range columns;
  [[nodiscard]] std::int64_t plane() const { return length(rows) * length(columns); }
  [[nodiscard]] std::int64_t positions() const { return length(images) * plane(); }
};

/// The sizes of a convolution's matrices and how it is cut into blocks: as the shapes alone say.
class UnfoldPlan {
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

  UnfoldPlan(const Convolution& c, std::int64_t n, std::int64_t all_channels, std::int64_t all_outputs)
      : window(c.window),
        groups(c.groups),
        images(n),
        channels(all_channels / c.groups),
        outputs(all_outputs / c.groups),
        taps(channels * window[0].kernel * window[1].kernel),
        in_plane(window[0].input * window[1].input),
        out_plane(window[0].output * window[1].output),
        direct(plain(window[0]) && plain(window[1]) && out_plane >= small_plane && out_plane <= longest_blas_side) {
    if (empty()) return;
    const std::int64_t for_work = most_work / taps / outputs;
    const std::int64_t most = std::max(small_plane, direct ? for_work : std::min(for_work, most_unfolded / taps));
    images_ = out_plane < small_plane ? std::clamp<std::int64_t>(most / out_plane, 1, images) : 1;
    rows_ = std::clamp<std::int64_t>(most / window[1].output, 1, window[0].output);
    columns_ = std::min(window[1].output, most);
  }

  /// Whether there is nothing to add anywhere.
  [[nodiscard]] bool empty() const { return images == 0 || taps == 0 || outputs == 0 || out_plane == 0; }
  /// How many positions the largest block has.
  [[nodiscard]] std::int64_t block_positions() const { return images_ * rows_ * columns_; }
  [[nodiscard]] bool several_images() const { return images_ > 1; }
  /// How many sets of images the blocks are of.
  [[nodiscard]] std::int64_t image_sets() const { return pieces(images, images_); }
  [[nodiscard]] std::int64_t blocks_of_plane() const {
    return pieces(window[0].output, rows_) * pieces(window[1].output, columns_);
  }
  /// One of the blocks of a group in a set of images.
  [[nodiscard]] UnfoldedBlock block(std::int64_t set, std::int64_t group, std::int64_t of_plane) const {
    const std::int64_t across = pieces(window[1].output, columns_);
    return {piece(images, images_, set), group, piece(window[0].output, rows_, of_plane / across),
            piece(window[1].output, columns_, of_plane % across)};
  }

  /// Where the plane of a group's first channel or output begins in an array of the input's or the output's shape.
  [[nodiscard]] std::int64_t input_at(std::int64_t image, std::int64_t group) const {
    return (image * groups + group) * channels * in_plane;
  }
  /// Where a block of a direct convolution begins in the input.
  [[nodiscard]] std::int64_t direct_at(const UnfoldedBlock& b) const {
    return input_at(b.images.begin, b.group) + b.rows.begin * window[1].input + b.columns.begin;
  }
  [[nodiscard]] std::int64_t output_at(const UnfoldedBlock& b) const {
    return (b.images.begin * groups + b.group) * outputs * out_plane + b.rows.begin * window[1].output +
           b.columns.begin;
  }
  [[nodiscard]] std::int64_t weight_at(std::int64_t group) const { return group * outputs * taps; }

 private:
  static constexpr std::int64_t small_plane = 128;           // fewer positions make slow products
  static constexpr std::int64_t most_unfolded = 128 * 1024;  // numbers in a block: about the second cache

  static constexpr std::int64_t most_work = 1 << 23;  // multiplications in a block: about 200 µs

  static bool plain(const WindowAxis& a) {
    return a.kernel == 1 && a.stride == 1 && a.before == 0 && a.input == a.output;
  }
  static std::int64_t pieces(std::int64_t all, std::int64_t step) { return (all + step - 1) / step; }
  static WindowAxis::Range piece(std::int64_t all, std::int64_t step, std::int64_t k) {
    return {k * step, std::min(all, (k + 1) * step)};
  }

  // The largest block.
  std::int64_t images_ = 1;
  std::int64_t rows_ = 1;
  std::int64_t columns_ = 1;
};

/// Goes over an unfolded block [taps, positions]: f(its numbers for one tap and image, the channel's plane, the rows and
/// the columns where the tap lies inside, the place in the plane that it sees at the first of them).
template <class T, class X, class F>
void for_each_tap(const UnfoldPlan& p, const UnfoldedBlock& b, X* x, T* unfolded, F&& f) {
  const WindowAxis& vertical = p.window[0];
  const WindowAxis& horizontal = p.window[1];
  for (std::int64_t n = b.images.begin; n < b.images.end; ++n) {
    T* line = unfolded + (n - b.images.begin) * b.plane();
    X* plane = x + p.input_at(n, b.group);
    for (std::int64_t channel = 0; channel < p.channels; ++channel, plane += p.in_plane) {
      for (std::int64_t k = 0; k < vertical.kernel; ++k) {
        for (std::int64_t l = 0; l < horizontal.kernel; ++l, line += b.positions()) {
          WindowAxis::Range rows = vertical.inside(k, b.rows);
          const WindowAxis::Range columns = horizontal.inside(l, b.columns);
          if (length(columns) == 0) rows.end = rows.begin;
          f(line, plane, rows, columns,
            (rows.begin * vertical.stride + vertical.start(k)) * horizontal.input + columns.begin * horizontal.stride +
                horizontal.start(l));
        }
      }
    }
  }
}

/// Whether the rows of a block lie in it as they do in the input: then they can be moved as one line, and what the
/// padding columns got by that is wrong.
inline bool as_one_line(const UnfoldPlan& p, const UnfoldedBlock& b) {
  const auto& [vertical, horizontal] = p.window;
  return vertical.stride == 1 && horizontal.stride == 1 && length(b.columns) == horizontal.input;
}

/// Zeros in the padding columns of some rows.
template <class T>
void clear_padding(const UnfoldedBlock& b, WindowAxis::Range rows, WindowAxis::Range columns, T* line) {
  const std::int64_t width = length(b.columns);
  const std::int64_t before = columns.begin - b.columns.begin;
  const std::int64_t after = b.columns.end - columns.end;
  if (before == 0 && after == 0) return;
  for (std::int64_t i = rows.begin - b.rows.begin; i < rows.end - b.rows.begin; ++i) {
    T* const row = line + i * width;
    for (std::int64_t j = 0; j < before; ++j) row[j] = T(0);
    for (std::int64_t j = width - after; j < width; ++j) row[j] = T(0);
  }
}

/// Copies what each tap sees at each position of a block; zeros for padding.
template <class T>
void unfold(const UnfoldPlan& p, const UnfoldedBlock& b, const T* x, T* unfolded) {
  const std::int64_t step = p.window[1].stride;
  const std::int64_t down = p.window[0].stride * p.window[1].input;
  const std::int64_t width = length(b.columns);
  const bool one_line = as_one_line(p, b);
  for_each_tap(p, b, x, unfolded,
               [&](T* line, const T* plane, WindowAxis::Range rows, WindowAxis::Range columns, std::int64_t at) {
                 T* to = line + (rows.begin - b.rows.begin) * width;
                 std::fill(line, to, T(0));
                 std::fill(line + (rows.end - b.rows.begin) * width, line + b.plane(), T(0));
                 if (length(rows) == 0) return;
                 to += columns.begin - b.columns.begin;
                 const std::int64_t count = length(columns);
                 if (one_line) {
                   std::copy_n(plane + at, (length(rows) - 1) * width + count, to);
                 } else {
                   for (std::int64_t i = rows.begin; i < rows.end; ++i, at += down, to += width) {
                     const T* const from = plane + at;
                     if (step == 1) {
                       std::copy_n(from, count, to);
                     } else {
                       for (std::int64_t j = 0; j < count; ++j) to[j] = from[j * step];
                     }
                   }
                 }
                 clear_padding(b, rows, columns, line);
               });
}

/// Adds each number of an unfolded block to the input its tap sees there.  What stands for padding is lost.
template <class T>
void fold(const UnfoldPlan& p, const UnfoldedBlock& b, T* unfolded, T* x) {
  const std::int64_t step = p.window[1].stride;
  const std::int64_t down = p.window[0].stride * p.window[1].input;
  const std::int64_t width = length(b.columns);
  const bool one_line = as_one_line(p, b);
  for_each_tap(p, b, x, unfolded,
               [&](T* line, T* plane, WindowAxis::Range rows, WindowAxis::Range columns, std::int64_t at) {
                 if (length(rows) == 0) return;
                 const T* from = line + (rows.begin - b.rows.begin) * width + columns.begin - b.columns.begin;
                 const std::int64_t count = length(columns);
                 if (one_line) {
                   clear_padding(b, rows, columns, line);
                   T* const to = plane + at;
                   const std::int64_t all = (length(rows) - 1) * width + count;
                   for (std::int64_t j = 0; j < all; ++j) to[j] += from[j];
                   return;
                 }
                 for (std::int64_t i = rows.begin; i < rows.end; ++i, at += down, from += width) {
                   T* const to = plane + at;
                   if (step == 1) {
                     for (std::int64_t j = 0; j < count; ++j) to[j] += from[j];
                   } else {
                     for (std::int64_t j = 0; j < count; ++j) to[j * step] += from[j];
                   }
                 }
               });
}

}  // namespace gradus::detail
