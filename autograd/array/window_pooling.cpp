#include "autograd/array/window_pooling.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "autograd/base/parallel.h"

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

// The taps of a window, and the columns where each lies inside the input.
class Taps {
 public:
  explicit Taps(const WindowAxes& window) : window_(window) {
    for (std::int64_t l = 0; l < window[1].kernel; ++l) inside_.push_back(window[1].inside(l, window[1].all()));
  }

  /// f(place, columns) for each tap of the windows in output row i that lies inside the input: the window at column j
  /// sees place + j · stride there.
  template <class F>
  void each(std::int64_t i, F&& f) const {
    const auto& [vertical, horizontal] = window_;
    for (std::int64_t k = 0; k < vertical.kernel; ++k) {
      const std::int64_t row = i * vertical.stride + vertical.start(k);
      if (row < 0 || row >= vertical.input) continue;
      along([&f, at = row * horizontal.input](std::int64_t place, Range columns) { f(at + place, columns); });
    }
  }
  /// The same for the taps of one row, as if it were the first of the input.
  template <class F>
  void along(F&& f) const {
    std::int64_t place = -window_[1].before;
    for (const Range columns : inside_) {
      f(place, columns);
      place += window_[1].dilation;
    }
  }

 private:
  const WindowAxes& window_;
  std::vector<Range> inside_;
};

// f(step) with the distance between the windows of a row; a constant for the usual ones, whose loops are fast then.
template <class F>
void with_step(const WindowAxes& window, F&& f) {
  switch (window[1].stride) {
    case 1:
      return f(std::integral_constant<std::int64_t, 1>{});
    case 2:
      return f(std::integral_constant<std::int64_t, 2>{});
    default:
      return f(window[1].stride);
  }
}

// f(first plane, the one behind the last) for some planes at a time, on the threads.
template <class F>
void for_some_planes(std::int64_t planes, const WindowAxes& window, F&& f) {
  constexpr std::int64_t grain = 1 << 15;  // numbers that windows see
  const auto& [v, h] = window;
  const std::int64_t seen = std::max<std::int64_t>(v.output * v.kernel * h.output * h.kernel, 1);
  const std::int64_t step = std::max<std::int64_t>(grain / seen, 1);
  detail::parallel_for((planes + step - 1) / step,
                       [&](std::int64_t k) { f(k * step, std::min(planes, (k + 1) * step)); });
}

// f(input plane's place, output row's place, i) for each output row of some planes.
template <class F>
void for_each_row(std::int64_t begin, std::int64_t end, const WindowAxes& window, F&& f) {
  const auto& [vertical, horizontal] = window;
  for (std::int64_t plane = begin; plane < end; ++plane) {
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

template <class T>
T larger(T v, T than) {
  return v > than || v != v ? v : than;
}

// The largest numbers of the windows of a row: first down the columns of the input, then along the row.
template <class T, class Step>
class Largest {
 public:
  Largest(const WindowAxes& window, Step step)
      : window_(window), taps_(window), step_(step), columns_(static_cast<std::size_t>(window[1].input)) {}

  void find(std::int64_t i, const T* plane, T* out) {
    const auto& [vertical, horizontal] = window_;
    std::fill_n(out, horizontal.output, -std::numeric_limits<T>::infinity());
    T* const columns = columns_.data();
    bool any = false;
    for (std::int64_t k = 0; k < vertical.kernel; ++k) {
      const std::int64_t row = i * vertical.stride + vertical.start(k);
      if (row < 0 || row >= vertical.input) continue;
      const T* const from = plane + row * horizontal.input;
      if (any) {
        for (std::int64_t j = 0; j < horizontal.input; ++j) columns[j] = larger(from[j], columns[j]);
      } else {
        std::copy_n(from, horizontal.input, columns);
      }
      any = true;
    }
    if (!any) return;
    taps_.along([=, step = step_](std::int64_t place, Range range) {
      for (std::int64_t j = range.begin; j < range.end; ++j) out[j] = larger(columns[place + j * step], out[j]);
    });
  }
  [[nodiscard]] const Taps& taps() const { return taps_; }

 private:
  const WindowAxes& window_;
  Taps taps_;
  Step step_;
  std::vector<T> columns_;
};

// v, or 0, without a branch: one that depends on the numbers is guessed wrong half of the time.
template <class T>
T only_if(bool condition, T v) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  return std::bit_cast<T>(std::bit_cast<Bits>(v) & (Bits(0) - Bits(condition)));
}

// Which numbers are the largest of their windows in one row, and how many of them there are.
template <class T, class Step>
class Winners {
 public:
  Winners(const WindowAxes& window, Step step)
      : rows_(window, step),
        step_(step),
        largest_(static_cast<std::size_t>(window[1].output)),
        count_(static_cast<std::size_t>(window[1].output)),
        share_(static_cast<std::size_t>(window[1].output)),
        part_(static_cast<std::size_t>(window[1].output)) {}

  void find(std::int64_t i, const T* plane) {
    rows_.find(i, plane, largest_.data());
    unsigned nan = 0;
    for (const T m : largest_) nan |= static_cast<unsigned>(m != m);
    hit_by_nan_ = nan != 0;
    std::ranges::fill(count_, T(0));
    each(i, plane,
         [count = count_.data()](std::int64_t, std::int64_t j, bool wins) { count[j] += wins ? T(1) : T(0); });
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
  /// Adds to each number of the plane its share of the g of every window of the row whose largest number it is.
  void spread(std::int64_t i, const T* plane, const T* g, T* to) {
    const auto width = static_cast<std::int64_t>(share_.size());
    const T* const m = largest_.data();
    const T* const count = count_.data();
    T* const share = share_.data();
    for (std::int64_t j = 0; j < width; ++j) {
      const bool passes = (m[j] == m[j]) | (g[j] == T(0));
      share[j] = (passes ? g[j] : m[j]) / (count[j] > T(1) ? count[j] : T(1));
    }
    if (hit_by_nan_) {
      spread(i, plane, to, [](T v, T largest) { return (v == largest) | (largest != largest); });
    } else {
      spread(i, plane, to, [](T v, T largest) { return v >= largest; });
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
    const T* const m = largest_.data();
    rows_.taps().each(i, [=, step = step_](std::int64_t place, Range columns) {
      for (std::int64_t j = columns.begin; j < columns.end; ++j) {
        f(place + j * step, j, wins(plane[place + j * step], m[j]));
      }
    });
  }

  template <class Wins>
  void spread(std::int64_t i, const T* plane, T* to, const Wins& wins) {
    const T* const m = largest_.data();
    const T* const share = share_.data();
    T* const part = part_.data();
    rows_.taps().each(i, [=, step = step_](std::int64_t place, Range columns) {
      for (std::int64_t j = columns.begin; j < columns.end; ++j) {
        part[j] = only_if(wins(plane[place + j * step], m[j]), share[j]);
      }
      for (std::int64_t j = columns.begin; j < columns.end; ++j) to[place + j * step] += part[j];
    });
  }

  Largest<T, Step> rows_;
  Step step_;
  std::vector<T> largest_;
  std::vector<T> count_;
  std::vector<T> share_;
  std::vector<T> part_;  // of one tap: the share, or 0
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

// f(zero of the array's type, step, first plane, the one behind the last) for all planes.
template <class F>
void for_planes(const Array& x, const WindowAxes& window, F&& f) {
  dispatch(x.dtype(), [&](auto zero) {
    with_step(window, [&](auto step) {
      for_some_planes(planes_of(x), window, [&](std::int64_t begin, std::int64_t end) { f(zero, step, begin, end); });
    });
  });
}

}  // namespace

Array max_pool(const Array& x, const WindowAxes& window) {
  const Array input = x.packed();
  Array out = Array::uninitialized(output_shape(x, window), x.dtype());
  void* const numbers = out.mutable_bytes();
  for_planes(x, window, [&](auto zero, auto step, std::int64_t begin, std::int64_t end) {
    using T = decltype(zero);
    Largest<T, decltype(step)> largest(window, step);
    for_each_row(begin, end, window, [&](std::int64_t plane, std::int64_t row, std::int64_t i) {
      largest.find(i, input.data<T>() + plane, static_cast<T*>(numbers) + row);
    });
  });
  return out;
}

Array max_pool_take(const Array& x, const Array& u, const WindowAxes& window) {
  const Array input = x.packed();
  const Array moved = u.packed();
  Array out = Array::zeros(output_shape(x, window), x.dtype());
  void* const numbers = out.mutable_bytes();
  for_planes(x, window, [&](auto zero, auto step, std::int64_t begin, std::int64_t end) {
    using T = decltype(zero);
    Winners<T, decltype(step)> winners(window, step);
    for_each_row(begin, end, window, [&](std::int64_t plane, std::int64_t row, std::int64_t i) {
      const T* from = moved.data<T>() + plane;
      T* to = static_cast<T*>(numbers) + row;
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
  void* const numbers = out.mutable_bytes();
  for_planes(x, window, [&](auto zero, auto step, std::int64_t begin, std::int64_t end) {
    using T = decltype(zero);
    Winners<T, decltype(step)> winners(window, step);
    for_each_row(begin, end, window, [&](std::int64_t plane, std::int64_t row, std::int64_t i) {
      const T* const seen = input.data<T>() + plane;
      winners.find(i, seen);
      winners.spread(i, seen, outputs.data<T>() + row, static_cast<T*>(numbers) + plane);
    });
  });
  return out;
}

Array avg_pool(const Array& x, const AverageWindow& average) {
  const WindowAxes& window = average.window;
  const Array input = x.packed();
  Array out = Array::zeros(output_shape(x, window), x.dtype());
  void* const numbers = out.mutable_bytes();
  const Taps taps(window);
  for_planes(x, window, [&](auto zero, auto step, std::int64_t begin, std::int64_t end) {
    using T = decltype(zero);
    const std::vector<T> rows = divisors<T>(window[0], average.count_padding);
    const std::vector<T> columns = divisors<T>(window[1], average.count_padding);
    for_each_row(begin, end, window, [&](std::int64_t plane, std::int64_t row, std::int64_t i) {
      const T* from = input.data<T>() + plane;
      T* to = static_cast<T*>(numbers) + row;
      taps.each(i, [=](std::int64_t place, Range range) {
        for (std::int64_t j = range.begin; j < range.end; ++j) to[j] += from[place + j * step];
      });
      const T by = rows[static_cast<std::size_t>(i)];
      for (std::size_t j = 0; j < columns.size(); ++j) to[j] /= by * columns[j];
    });
  });
  return out;
}

Array avg_pool_spread(const Array& g, const AverageWindow& average) {
  const WindowAxes& window = average.window;
  const Array outputs = g.packed();
  Array out = Array::zeros(input_shape(g, window), g.dtype());
  void* const numbers = out.mutable_bytes();
  const Taps taps(window);
  for_planes(g, window, [&](auto zero, auto step, std::int64_t begin, std::int64_t end) {
    using T = decltype(zero);
    const std::vector<T> rows = divisors<T>(window[0], average.count_padding);
    const std::vector<T> columns = divisors<T>(window[1], average.count_padding);
    std::vector<T> shares(columns.size());
    for_each_row(begin, end, window, [&](std::int64_t plane, std::int64_t row, std::int64_t i) {
      const T* from = outputs.data<T>() + row;
      T* to = static_cast<T*>(numbers) + plane;
      const T by = rows[static_cast<std::size_t>(i)];
      for (std::size_t j = 0; j < shares.size(); ++j) shares[j] = from[j] / (by * columns[j]);
      taps.each(i, [=, share = shares.data()](std::int64_t place, Range range) {
        for (std::int64_t j = range.begin; j < range.end; ++j) to[place + j * step] += share[j];
      });
    });
  });
  return out;
}

}  // namespace gradus
