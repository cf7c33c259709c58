// Parts of a tensor by their place, as NumPy writes them:
//
//   x[0]                 x[0]                    x(mask), x[x > 0.0]       the numbers where a comparison holds
//   x(0, -1)             x[0, −1]                x(Indices{2, 0}, all)     x[[2, 0], :]
//   x(all, range(1, 6, 2))  x[:, 1:6:2]          x.at(0, all) = y          x[0, :] = y: x is a tensor of its own then
//   x(ellipsis, newaxis) x[..., None]            x = x.at(0).add(y)        as in JAX; duplicates add up
//
// C++20 has no x[i, j]: several places stand in parentheses.  Numbers, ranges and newaxis give a slice, without a copy;
// Indices and masks are looked up (take, gather), and broadcast together as in NumPy.  All of it is recorded.  What a mask
// takes is settled when it is used: a graph that is run again with other numbers takes the same places.
//
// `all`, `range`, `ellipsis` and `newaxis` are no names of std, so both namespaces may be used at once.  `any` would be
// one (a class): whether all or some numbers are not 0 is all_of(x) and any_of(x).
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "../../array/indices.h"
#include "../../array/slice.h"
#include "../../base/export.h"
#include "../tensor.h"

namespace gradus {

struct AllPlaces {};
struct RestOfAxes {};
struct NewAxis {};
/// A whole axis: `:`
inline constexpr AllPlaces all{};
/// As many whole axes as are not named: `...`
inline constexpr RestOfAxes ellipsis{};
/// An axis of size 1 that was not there: `None`
inline constexpr NewAxis newaxis{};

/// start:stop:step as in Python, from `start` to before `stop`; {} for what is left out, negative ones count from the end.
[[nodiscard]] inline Slice range(std::optional<std::int64_t> start, std::optional<std::int64_t> stop,
                                 std::int64_t step = 1) {
  return {start, stop, step};
}
/// The first places: `:stop`
[[nodiscard]] inline Slice range(std::int64_t stop) { return {std::nullopt, stop}; }

/// One entry of an index.
class GRADUS_API IndexEntry {
 public:
  enum class Kind : std::uint8_t { slice, ellipsis, newaxis, places, mask };

  /// One place; the axis goes.
  template <AxisNumber I>
  IndexEntry(I place) : slice_(static_cast<std::int64_t>(place)) {}  // NOLINT: x[0] reads as it should
  template <NoAxisNumber T>
  IndexEntry(T) = delete;                                                      // a place is a whole number
  IndexEntry(const Slice& slice) : slice_(slice) {}                            // NOLINT
  IndexEntry(AllPlaces) {}                                                     // NOLINT
  IndexEntry(RestOfAxes) : kind_(Kind::ellipsis) {}                            // NOLINT
  IndexEntry(NewAxis) : kind_(Kind::newaxis) {}                                // NOLINT
  IndexEntry(const Indices& places) : kind_(Kind::places), places_(places) {}  // NOLINT
  /// What a comparison gives: 1 at the places that are meant, 0 elsewhere.  It stands for as many axes as it has.
  /// Throws ValueError when other numbers are used as one.
  IndexEntry(const Tensor& mask) : kind_(Kind::mask), mask_(mask) {}  // NOLINT
  IndexEntry(const Array& mask) : IndexEntry(Tensor(mask)) {}         // NOLINT

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] const Slice& slice() const noexcept { return slice_; }
  [[nodiscard]] const Indices& places() const noexcept { return *places_; }
  [[nodiscard]] const Tensor& mask() const noexcept { return mask_; }

 private:
  Kind kind_ = Kind::slice;
  Slice slice_;
  std::optional<Indices> places_;
  Tensor mask_;
};

/// x[i₀, i₁, …] for a list of entries.  Throws ShapeError for a place out of range and for more entries than axes,
/// ValueError for a step of 0 and for a mask that is none, GraphError for a mask while a function is traced: how many
/// numbers it takes is not known then.
[[nodiscard]] GRADUS_API Tensor part_of(const Tensor& x, std::span<const IndexEntry> index);

/// The places of x that an index names, and what can be done with them.  x keeps its value, whatever is done: results are
/// tensors of their own, with gradients for x and for what was put in.
class GRADUS_API Selection {
 public:
  Selection(const Selection&) = default;
  Selection(const Tensor& x, std::vector<IndexEntry> index) : x_(x), index_(std::move(index)) {}
  /// A selection that assigns: `target` outlives it.
  Selection(Tensor* target, std::vector<IndexEntry> index) : x_(*target), target_(target), index_(std::move(index)) {}

  [[nodiscard]] Tensor get() const { return part_of(x_, index_); }
  operator Tensor() const { return get(); }  // NOLINT: reads as x(…) does

  /// x with v in these places; v is broadcast.  Where Indices name a place twice, the last one counts.  No gradient
  /// reaches what was overwritten.  Throws what reading throws, and ShapeError when v does not broadcast to the places.
  [[nodiscard]] Tensor set(const Tensor& v) const;
  [[nodiscard]] Tensor set(double v) const { return set(constant_like(x_, v)); }
  /// x with v added in these places: as often as Indices name them.
  [[nodiscard]] Tensor add(const Tensor& v) const;
  [[nodiscard]] Tensor add(double v) const { return add(constant_like(x_, v)); }

  // The tensor that at() was asked of becomes the result of set().  x.at(…) += y is x.at(…) = x(…) + y, as in NumPy: what
  // is named twice is added once.  Throws GraphError for a leaf that is differentiated, as Tensor::operator+= does.
  void operator=(const Tensor& v) && { assign(v); }
  void operator=(double v) && { assign(constant_like(x_, v)); }
  void operator=(const Selection& v) && { assign(v.get()); }
  void operator+=(const Tensor& v) && { assign(get() + v); }
  void operator-=(const Tensor& v) && { assign(get() - v); }
  void operator*=(const Tensor& v) && { assign(get() * v); }
  void operator/=(const Tensor& v) && { assign(get() / v); }
  void operator+=(double v) && { assign(get() + v); }
  void operator-=(double v) && { assign(get() - v); }
  void operator*=(double v) && { assign(get() * v); }
  void operator/=(double v) && { assign(get() / v); }

 private:
  void assign(const Tensor& v);

  Tensor x_;
  Tensor* target_ = nullptr;
  std::vector<IndexEntry> index_;
};

template <class... I>
requires IndexEntries<I...> Tensor Tensor::operator()(const I&... index) const {
  const IndexEntry list[] = {index...};
  return part_of(*this, list);
}
template <class... I>
requires IndexEntries<I...> Selection Tensor::at(const I&... index)
&{ return Selection(this, std::vector<IndexEntry>{index...}); }
template <class... I>
requires IndexEntries<I...>
const Selection Tensor::at(const I&... index) const& { return Selection(*this, std::vector<IndexEntry>{index...}); }

/// Goes through x[0], x[1], …: for (const Tensor& row : x).
class GRADUS_API RowIterator {
 public:
  using value_type = Tensor;
  using difference_type = std::int64_t;
  using iterator_concept = std::input_iterator_tag;

  RowIterator() = default;
  RowIterator(const Tensor& x, std::int64_t row) : x_(x), row_(row) {}
  [[nodiscard]] Tensor operator*() const { return x_[row_]; }
  RowIterator& operator++() {
    ++row_;
    return *this;
  }
  void operator++(int) { ++row_; }
  friend bool operator==(const RowIterator& a, const RowIterator& b) noexcept { return a.row_ == b.row_; }

 private:
  Tensor x_;
  std::int64_t row_ = 0;
};

/// Throws ShapeError for a single number, which has no rows.
[[nodiscard]] GRADUS_API RowIterator begin(const Tensor& x);
[[nodiscard]] GRADUS_API RowIterator end(const Tensor& x);

}  // namespace gradus
