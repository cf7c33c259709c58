#include "autograd/array/pooling.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

namespace gradus {

namespace {

using Range = WindowAxis::Range;

// The shape with other last two axes.
Shape with_sides(const Array& x, std::int64_t height, std::int64_t width) {
  std::array<std::int64_t, max_rank> sizes{};
  const std::size_t rank = x.sizes().size();
  std::ranges::copy(x.sizes(), sizes.begin());
  sizes[rank - 2] = height;
  sizes[rank - 1] = width;
  return Shape(std::span<const std::int64_t>(sizes).first(rank));
}
Shape input_shape(const Array& g, const WindowAxes& w) { return with_sides(g, w[0].input, w[1].input); }
Shape output_shape(const Array& x, const WindowAxes& w) { return with_sides(x, w[0].output, w[1].output); }

// f(place, columns) for each tap of the windows in output row i that lies inside the input: the window at column j sees
// place + j · stride there.
template <class F>
void for_each_tap(const WindowAxes& window, std::int64_t i, F&& f) {
  const auto& [vertical, horizontal] = window;
  for (std::int64_t k = 0; k < vertical.kernel; ++k) {
    const std::int64_t row = i * vertical.stride + vertical.start(k);
    if (row < 0 || row >= vertical.input) continue;
    for (std::int64_t l = 0; l < horizontal.kernel; ++l) {
      f(row * horizontal.input + horizontal.start(l), horizontal.inside(l, horizontal.all()));
    }
  }
}

// f(input plane's place, output row's place, i) for each output row of all planes.
template <class F>
void for_each_row(std::int64_t planes, const WindowAxes& window, F&& f) {
  const auto& [vertical, horizontal] = window;
  for (std::int64_t plane = 0; plane < planes; ++plane) {
    for (std::int64_t i = 0; i < vertical.output; ++i) {
      f(plane * vertical.input * horizontal.input, (plane * vertical.output + i) * horizontal.output, i);
    }
  }
}

std::int64_t planes_of(const Array& x) {
  std::int64_t n = 1;
  for (const std::int64_t s : x.sizes().first(x.sizes().size() - 2)) n *= s;
  return n;
}

// The largest numbers of the windows of row i.
template <class T>
void largest(const WindowAxes& window, std::int64_t i, const T* plane, T* out) {
  const std::int64_t stride = window[1].stride;
  std::fill_n(out, window[1].output, -std::numeric_limits<T>::infinity());
  for_each_tap(window, i, [&](std::int64_t place, Range columns) {
    for (std::int64_t j = columns.begin; j < columns.end; ++j) {
      const T v = plane[place + j * stride];
      out[j] = v > out[j] || v != v ? v : out[j];
    }
  });
}

// v, or 0, without a branch: one that depends on the numbers is guessed wrong half of the time.
template <class T>
T only_if(bool condition, T v) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  return std::bit_cast<T>(std::bit_cast<Bits>(v) & (Bits(0) - Bits(condition)));
}

// Which numbers are the largest of their windows in one row, and how many of them there are.
template <class T>
class Winners {
 public:
  explicit Winners(const WindowAxes& window)
      : window_(window),
        largest_(static_cast<std::size_t>(window[1].output)),
        count_(static_cast<std::size_t>(window[1].output)) {}

  void find(std::int64_t i, const T* plane) {
    largest(window_, i, plane, largest_.data());
    hit_by_nan_ = std::ranges::any_of(largest_, [](T m) { return m != m; });
    std::ranges::fill(count_, T(0));
    each(i, plane,
         [count = count_.data()](std::int64_t, std::int64_t j, bool wins) { count[j] += static_cast<T>(wins); });
  }
  /// f(place in the plane, column, whether it is a largest number of the column's window); all of them where one is NaN.
  template <class F>
  void each(std::int64_t i, const T* plane, const F& f) const {
    if (hit_by_nan_) {
      each(i, plane, f, [](T v, T m) { return v == m || m != m; });
    } else {
      each(i, plane, f, [](T v, T m) { return v >= m; });
    }
  }
  /// What a number becomes on its way through a window: itself, or NaN unless it is zero.
  [[nodiscard]] T through(std::int64_t column, T v) const {
    const T m = largest_[static_cast<std::size_t>(column)];
    return m == m || v == T(0) ? v : m;
  }
  /// A share of v for each of the largest; v itself where nothing is inside.
  [[nodiscard]] T share(std::int64_t column, T v) const {
    return v / std::max(count_[static_cast<std::size_t>(column)], T(1));
  }

 private:
  template <class F, class Wins>
  void each(std::int64_t i, const T* plane, const F& f, const Wins& wins) const {
    const std::int64_t stride = window_[1].stride;
    const T* const m = largest_.data();
    for_each_tap(window_, i, [=](std::int64_t place, Range columns) {
      for (std::int64_t j = columns.begin; j < columns.end; ++j) {
        f(place + j * stride, j, wins(plane[place + j * stride], m[j]));
      }
    });
  }

  const WindowAxes& window_;
  std::vector<T> largest_;
  std::vector<T> count_;
  bool hit_by_nan_ = false;
};

// What to divide the sums of an axis by.
template <class T>
std::vector<T> divisors(const WindowAxis& a, bool count_padding) {
  std::vector<T> out;
  for (std::int64_t j = 0; j < a.output; ++j) {
    const std::int64_t begin = j * a.stride - a.before;
    const std::int64_t end = std::min(begin + a.kernel, a.input + (count_padding ? a.before : 0));
    out.push_back(static_cast<T>(end - (count_padding ? begin : std::max<std::int64_t>(begin, 0))));
  }
  return out;
}

}  // namespace

Array max_pool(const Array& x, const WindowAxes& window) {
  const Array input = x.packed();
  Array out = Array::uninitialized(output_shape(x, window), x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for_each_row(planes_of(x), window, [&](std::int64_t plane, std::int64_t row, std::int64_t i) {
      largest(window, i, input.data<T>() + plane, out.mutable_data<T>() + row);
    });
  });
  return out;
}

Array max_pool_take(const Array& x, const Array& u, const WindowAxes& window) {
  const Array input = x.packed();
  const Array moved = u.packed();
  Array out = Array::zeros(output_shape(x, window), x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    Winners<T> winners(window);
    for_each_row(planes_of(x), window, [&](std::int64_t plane, std::int64_t row, std::int64_t i) {
      const T* from = moved.data<T>() + plane;
      T* to = out.mutable_data<T>() + row;
      winners.find(i, input.data<T>() + plane);
      winners.each(i, input.data<T>() + plane, [&](std::int64_t place, std::int64_t j, bool wins) {
        to[j] += only_if(wins, winners.through(j, from[place]));
      });
      for (std::int64_t j = 0; j < window[1].output; ++j) to[j] = winners.share(j, to[j]);
    });
  });
  return out;
}

Array max_pool_spread(const Array& x, const Array& g, const WindowAxes& window) {
  const Array input = x.packed();
  const Array outputs = g.packed();
  Array out = Array::zeros(x.shape(), x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    Winners<T> winners(window);
    std::vector<T> shares(static_cast<std::size_t>(window[1].output));
    for_each_row(planes_of(x), window, [&](std::int64_t plane, std::int64_t row, std::int64_t i) {
      const T* from = outputs.data<T>() + row;
      T* to = out.mutable_data<T>() + plane;
      winners.find(i, input.data<T>() + plane);
      for (std::int64_t j = 0; j < window[1].output; ++j) {
        shares[static_cast<std::size_t>(j)] = winners.share(j, winners.through(j, from[j]));
      }
      winners.each(i, input.data<T>() + plane,
                   [to, share = shares.data()](std::int64_t place, std::int64_t j, bool wins) {
                     to[place] += only_if(wins, share[j]);
                   });
    });
  });
  return out;
}

Array avg_pool(const Array& x, const Average& average) {
  const WindowAxes& window = average.window;
  const Array input = x.packed();
  Array out = Array::zeros(output_shape(x, window), x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const std::vector<T> rows = divisors<T>(window[0], average.count_padding);
    const std::vector<T> columns = divisors<T>(window[1], average.count_padding);
    for_each_row(planes_of(x), window, [&](std::int64_t plane, std::int64_t row, std::int64_t i) {
      const T* from = input.data<T>() + plane;
      T* to = out.mutable_data<T>() + row;
      for_each_tap(window, i, [&](std::int64_t place, Range range) {
        for (std::int64_t j = range.begin; j < range.end; ++j) to[j] += from[place + j * window[1].stride];
      });
      for (std::size_t j = 0; j < columns.size(); ++j) to[j] /= rows[static_cast<std::size_t>(i)] * columns[j];
    });
  });
  return out;
}

Array avg_pool_spread(const Array& g, const Average& average) {
  const WindowAxes& window = average.window;
  const Array outputs = g.packed();
  Array out = Array::zeros(input_shape(g, window), g.dtype());
  dispatch(g.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const std::vector<T> rows = divisors<T>(window[0], average.count_padding);
    const std::vector<T> columns = divisors<T>(window[1], average.count_padding);
    std::vector<T> shares(columns.size());
    for_each_row(planes_of(g), window, [&](std::int64_t plane, std::int64_t row, std::int64_t i) {
      const T* from = outputs.data<T>() + row;
      T* to = out.mutable_data<T>() + plane;
      for (std::size_t j = 0; j < shares.size(); ++j) {
        shares[j] = from[j] / (rows[static_cast<std::size_t>(i)] * columns[j]);
      }
      for_each_tap(window, i, [&](std::int64_t place, Range range) {
        for (std::int64_t j = range.begin; j < range.end; ++j) {
          to[place + j * window[1].stride] += shares[static_cast<std::size_t>(j)];
        }
      });
    });
  });
  return out;
}

}  // namespace gradus
