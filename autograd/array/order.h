// Numbers in order along axes: what stands at a place of the ordered row, and back.
#pragma once
#include <cstdint>

#include "array.h"
#include "indices.h"

namespace gradus {

/// Which numbers of an ordered row are meant: so many from a place on.  A place between two is the weighted mean of them.
struct Ranks {
  bool descending = false;
  bool nan_first = false;  ///< else NaN comes last, whichever the direction
  bool shared = false;     ///< equal numbers count as one, each with its share; and NaN anywhere makes all of them NaN
  double first = 0.0;      ///< from 0; whole unless the count is 1
  std::int64_t count = 1;
};

/// x with each of its rows along the axes of the mask replaced by the ranks of it; several axes are one row.  The last axis
/// of the mask has the count, the others size 1.
GRADUS_API Array order_statistics(const Array& x, std::uint32_t mask, const Ranks& ranks);
/// The same places of another array, t: what the numbers of x that are taken are in t.
GRADUS_API Array ordered_like(const Array& t, const Array& x, std::uint32_t mask, const Ranks& ranks);
/// The adjoint of that in t: numbers put, and added, where those of x came from; 0 elsewhere.
GRADUS_API Array order_back(const Array& g, const Array& x, std::uint32_t mask, const Ranks& ranks);
/// The places in its row of what is taken of x.  The first rank is whole, and nothing is shared.
GRADUS_API Indices order_places(const Array& x, std::uint32_t mask, const Ranks& ranks);
/// Whether equal numbers are in what is taken, which so has no derivative.
GRADUS_API bool has_ties(const Array& x, std::uint32_t mask, const Ranks& ranks);

/// The largest or smallest number up to each place along the axes, itself included; NaN from the first one on.
GRADUS_API Array running_extreme(const Array& x, std::uint32_t mask, bool largest);
/// What the numbers that are the extreme up to each place are in another array, t; the mean where several are.
GRADUS_API Array running_like(const Array& t, const Array& x, std::uint32_t mask, bool largest);
/// The adjoint of that in t: each number of g goes, in equal shares, to the places that hold the extreme up to there.
GRADUS_API Array running_back(const Array& g, const Array& x, std::uint32_t mask, bool largest);

}  // namespace gradus
