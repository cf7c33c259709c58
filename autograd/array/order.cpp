#include "autograd/array/order.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "autograd/array/rows.h"

namespace gradus {

namespace {

constexpr double no_rank = std::numeric_limits<double>::quiet_NaN();

template <class T>
bool comes_before(T a, T b, const Ranks& ranks) {
  const bool a_is_nan = a != a;
  const bool b_is_nan = b != b;
  if (a_is_nan || b_is_nan) return ranks.nan_first ? a_is_nan && !b_is_nan : !a_is_nan && b_is_nan;
  return ranks.descending ? b < a : a < b;
}

template <class T>
bool has_nan(const T* row, std::int64_t n) {
  return std::any_of(row, row + n, [](T v) { return v != v; });
}

/// The shape with the count along the last axis of the mask and 1 along its others.
Shape taken_shape(const Shape& shape, std::uint32_t mask, std::int64_t count) {
  std::vector<std::int64_t> sizes(shape.begin(), shape.end());
  bool last = true;
  for (std::size_t k = sizes.size(); k-- > 0;) {
    if (((mask >> k) & 1U) == 0) continue;
    sizes[k] = last ? count : 1;
    last = false;
  }
  return Shape(std::span<const std::int64_t>(sizes));
}

/// f(row number, row of x) on several threads.
template <class T, class F>
void for_rows(const Rows& rows, const Array& gathered, F&& f) {
  const T* from = gathered.data<T>();
  detail::spread(rows.count(), rows.length() * 8, [&](std::int64_t i) { f(i, from + i * rows.length()); });
}

template <class T>
std::vector<std::int64_t> order_of(const T* row, std::int64_t n, const Ranks& ranks) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) { return comes_before(row[a], row[b], ranks); });
  return order;
}

/// The one or two places that a rank lies between, and how far it is towards the second.
struct RankPlaces {
  std::int64_t low;
  std::int64_t high;
  double weight;
  RankPlaces(double rank, std::int64_t n)
      : low(std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(rank)), 0, n - 1)),
        high(std::min(low + 1, n - 1)),
        weight(rank - static_cast<double>(low)) {
    if (weight <= 0.0) high = low;
  }
};

/// The places of an order that hold a number equal to the one at `place`: [first, second).
template <class T>
std::pair<std::int64_t, std::int64_t> group_at(const T* row, const std::vector<std::int64_t>& order,
                                               std::int64_t place) {
  const auto at = [&](std::int64_t k) { return row[order[static_cast<std::size_t>(k)]]; };
  std::int64_t begin = place;
  std::int64_t end = place + 1;
  while (begin > 0 && at(begin - 1) == at(place)) --begin;
  while (end < static_cast<std::int64_t>(order.size()) && at(end) == at(place)) ++end;
  return {begin, end};
}

/// use(place in the row, weight) for all that a rank is made of, equal numbers in shares.
template <class T>
void shares_of(const T* row, const std::vector<std::int64_t>& order, double rank, const auto& use) {
  const RankPlaces between(rank, static_cast<std::int64_t>(order.size()));
  const auto group = [&](std::int64_t place, double weight) {
    if (weight == 0.0) return;
    const auto [begin, end] = group_at(row, order, place);
    const double share = weight / static_cast<double>(end - begin);
    for (std::int64_t k = begin; k < end; ++k) use(order[static_cast<std::size_t>(k)], share);
  };
  group(between.low, between.high == between.low ? 1.0 : 1.0 - between.weight);
  if (between.high != between.low) group(between.high, between.weight);
}

template <class T>
T interpolated(T* row, std::int64_t n, double rank) {
  const RankPlaces between(rank, n);
  std::nth_element(row, row + between.low, row + n);
  const auto a = static_cast<double>(row[between.low]);
  if (between.high == between.low) return static_cast<T>(a);
  const auto b = static_cast<double>(*std::min_element(row + between.low + 1, row + n));
  const double w = between.weight;
  if (a == b) return static_cast<T>(a);  // infinite ones too
  if (!std::isfinite(b - a)) return static_cast<T>(a * (1.0 - w) + b * w);
  return static_cast<T>(w < 0.5 ? a + (b - a) * w : b - (b - a) * (1.0 - w));
}

}  // namespace

Array order_statistics(const Array& x, std::uint32_t mask, const Ranks& ranks) {
  const Shape shape = taken_shape(x.shape(), mask, ranks.count);
  if (shape.size() == 0) return Array::zeros(shape, x.dtype());
  const Rows rows(x.shape(), mask);
  const Rows results(shape, mask);
  const Array in = rows.gather(x);
  Array out = results.uninitialized(x.dtype());
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* to = out.mutable_data<T>();
    for_rows<T>(rows, in, [&](std::int64_t i, const T* row) {
      std::vector<T> numbers(row, row + rows.length());
      T* result = to + i * ranks.count;
      if (ranks.shared) {
        const bool undefined = has_nan(row, rows.length());
        *result = undefined ? static_cast<T>(no_rank) : interpolated(numbers.data(), rows.length(), ranks.first);
        return;
      }
      std::ranges::stable_sort(numbers, [&](T a, T b) { return comes_before(a, b, ranks); });
      std::copy_n(numbers.begin() + static_cast<std::int64_t>(ranks.first), ranks.count, result);
    });
  });
  return results.scatter(out);
}

Array ordered_like(const Array& t, const Array& x, std::uint32_t mask, const Ranks& ranks) {
  const Shape shape = taken_shape(x.shape(), mask, ranks.count);
  if (shape.size() == 0) return Array::zeros(shape, t.dtype());
  const Rows rows(x.shape(), mask);
  const Rows results(shape, mask);
  const Array in = rows.gather(x);
  const Array moved = rows.gather(t);
  Array out = results.uninitialized(t.dtype());
  dispatch(t.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* to = out.mutable_data<T>();
    const T* from = moved.data<T>();
    for_rows<T>(rows, in, [&](std::int64_t i, const T* row) {
      const std::int64_t n = rows.length();
      const T* own = from + i * n;
      T* result = to + i * ranks.count;
      if (ranks.shared && has_nan(row, n)) {
        const bool moves = std::any_of(own, own + n, [](T v) { return v != T(0); });
        *result = moves ? static_cast<T>(no_rank) : T(0);
        return;
      }
      const std::vector<std::int64_t> order = order_of(row, n, ranks);
      if (ranks.shared) {
        double sum = 0.0;
        shares_of(row, order, ranks.first, [&](std::int64_t place, double share) {
          if (own[place] != T(0)) sum += share * static_cast<double>(own[place]);
        });
        *result = static_cast<T>(sum);
        return;
      }
      const auto first = static_cast<std::int64_t>(ranks.first);
      for (std::int64_t k = 0; k < ranks.count; ++k) result[k] = own[order[static_cast<std::size_t>(first + k)]];
    });
  });
  return results.scatter(out);
}

Array order_back(const Array& g, const Array& x, std::uint32_t mask, const Ranks& ranks) {
  if (x.size() == 0) return Array::zeros(x.shape(), g.dtype());
  const Rows rows(x.shape(), mask);
  const Rows results(taken_shape(x.shape(), mask, ranks.count), mask);
  const Array in = rows.gather(x);
  const Array cotangents = results.gather(g);
  Array out = rows.uninitialized(g.dtype());
  dispatch(g.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* to = out.mutable_data<T>();
    const T* from = cotangents.data<T>();
    for_rows<T>(rows, in, [&](std::int64_t i, const T* row) {
      const std::int64_t n = rows.length();
      const T* own = from + i * ranks.count;
      T* result = to + i * n;
      std::fill_n(result, n, T(0));
      if (ranks.shared && has_nan(row, n)) {
        if (*own != T(0)) std::fill_n(result, n, static_cast<T>(no_rank));
        return;
      }
      const std::vector<std::int64_t> order = order_of(row, n, ranks);
      if (ranks.shared) {
        if (*own == T(0)) return;
        shares_of(row, order, ranks.first, [&](std::int64_t place, double share) {
          result[place] += static_cast<T>(share * static_cast<double>(*own));
        });
        return;
      }
      const auto first = static_cast<std::int64_t>(ranks.first);
      for (std::int64_t k = 0; k < ranks.count; ++k) result[order[static_cast<std::size_t>(first + k)]] = own[k];
    });
  });
  return rows.scatter(out);
}

Indices order_places(const Array& x, std::uint32_t mask, const Ranks& ranks) {
  const Shape shape = taken_shape(x.shape(), mask, ranks.count);
  if (shape.size() == 0) return Indices(shape, {});
  const Rows rows(x.shape(), mask);
  const Rows results(shape, mask);
  const Array in = rows.gather(x);
  Array out = results.uninitialized(DType::float64);
  auto* to = out.mutable_data<double>();
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for_rows<T>(rows, in, [&](std::int64_t i, const T* row) {
      const std::vector<std::int64_t> order = order_of(row, rows.length(), ranks);
      const auto first = static_cast<std::int64_t>(ranks.first);
      for (std::int64_t k = 0; k < ranks.count; ++k) {
        to[i * ranks.count + k] = static_cast<double>(order[static_cast<std::size_t>(first + k)]);
      }
    });
  });
  std::vector<std::int64_t> places;
  for (const double place : results.scatter(out).to_vector()) places.push_back(static_cast<std::int64_t>(place));
  return Indices(shape, std::move(places));
}

bool has_ties(const Array& x, std::uint32_t mask, const Ranks& ranks) {
  if (x.size() == 0 || ranks.count == 0) return false;
  const Rows rows(x.shape(), mask);
  const Array in = rows.gather(x);
  bool found = false;
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (std::int64_t i = 0; i < rows.count() && !found; ++i) {
      const T* row = in.data<T>() + i * rows.length();
      const std::vector<std::int64_t> order = order_of(row, rows.length(), ranks);
      const RankPlaces last(ranks.first + static_cast<double>(ranks.count - 1), rows.length());
      for (std::int64_t k = RankPlaces(ranks.first, rows.length()).low; k <= last.high && !found; ++k) {
        const auto [begin, end] = group_at(row, order, k);
        found = end - begin > 1;
      }
    }
  });
  return found;
}

Array running_extreme(const Array& x, std::uint32_t mask, bool largest) {
  return map_rows(x, mask, [&](const auto* row, std::int64_t n, auto* out) {
    if (n == 0) return;
    auto extreme = row[0];
    for (std::int64_t i = 0; i < n; ++i) {
      const bool further = largest ? row[i] > extreme : row[i] < extreme;
      if (further || row[i] != row[i]) extreme = extreme != extreme ? extreme : row[i];
      out[i] = extreme;
    }
  });
}

Array running_like(const Array& t, const Array& x, std::uint32_t mask, bool largest) {
  return map_rows(t, x, mask, [&](const auto* own, const auto* row, std::int64_t n, auto* out) {
    using T = std::remove_reference_t<decltype(*out)>;
    double sum = 0.0;  // of those that tie, and how many they are
    std::int64_t ties = 0;
    bool undefined = false;
    bool moves = false;
    T extreme = n == 0 ? T(0) : row[0];
    for (std::int64_t i = 0; i < n; ++i) {
      undefined = undefined || row[i] != row[i];
      moves = moves || own[i] != T(0);
      if (largest ? row[i] > extreme : row[i] < extreme) {
        extreme = row[i];
        sum = 0.0;
        ties = 0;
      }
      if (row[i] == extreme) {
        sum += static_cast<double>(own[i]);
        ++ties;
      }
      out[i] = !undefined ? static_cast<T>(sum / static_cast<double>(ties)) : moves ? static_cast<T>(no_rank) : T(0);
    }
  });
}

Array running_back(const Array& g, const Array& x, std::uint32_t mask, bool largest) {
  return map_rows(g, x, mask, [&](const auto* own, const auto* row, std::int64_t n, auto* out) {
    using T = std::remove_reference_t<decltype(*out)>;
    std::fill_n(out, n, T(0));
    const std::int64_t end = std::find_if(row, row + n, [](T v) { return v != v; }) - row;
    for (std::int64_t begin = 0; begin < end;) {
      // From here on this number is the extreme, until one goes further.
      const T extreme = row[begin];
      std::int64_t last = begin;
      std::int64_t ties = 0;
      for (; last < end && !(largest ? row[last] > extreme : row[last] < extreme); ++last) {
        ties += row[last] == extreme ? 1 : 0;
      }
      double received = 0.0;
      for (std::int64_t i = last; i-- > begin;) {
        received += static_cast<double>(own[i]) / static_cast<double>(ties);
        if (row[i] != extreme) continue;
        out[i] = static_cast<T>(received);
        --ties;
      }
      begin = last;
    }
    // A running extreme that is NaN has NaN for its derivative by all that came before, where a gradient arrives.
    std::int64_t reached = n;
    while (reached > end && own[reached - 1] == T(0)) --reached;
    if (reached > end) std::fill_n(out, reached, static_cast<T>(no_rank));
  });
}

}  // namespace gradus
