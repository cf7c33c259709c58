// Small data sets to try things on, drawn by a key: the same key, the same bits.  The classes of a set have as many rows
// as the number of rows allows, and the rows come in an order drawn by the key.
#pragma once
#include <cstdint>

#include "../../autograd/array/random.h"
#include "../../autograd/base/export.h"
#include "dataset.h"

namespace gradus::nn::toy {

/// y = slope·x + intercept, x spread evenly over [−1, 1).  Every `noise` below is the standard deviation of what is
/// added.  All throw ValueError for no rows, and for a negative noise.
[[nodiscard]] GRADUS_API Dataset line(std::int64_t rows, const Key& key, double noise = 0.1, double slope = 2.0,
                                      double intercept = 1.0);

/// y = sin x, x spread evenly over [−π, π).
[[nodiscard]] GRADUS_API Dataset sine(std::int64_t rows, const Key& key, double noise = 0.1);

/// The four corners of the unit square in turn, of class 1 where the two coordinates differ: with four rows and no noise
/// the table of exclusive or.
[[nodiscard]] GRADUS_API Dataset exclusive_or(std::int64_t rows, const Key& key, double noise = 0.0);

/// Two half circles that reach into one another, as scikit-learn's make_moons has them.
[[nodiscard]] GRADUS_API Dataset moons(std::int64_t rows, const Key& key, double noise = 0.1);

/// A circle of radius 1, class 0, around one of radius `factor`, class 1, as scikit-learn's make_circles has them.
/// Throws ValueError unless 0 < factor < 1.
[[nodiscard]] GRADUS_API Dataset circles(std::int64_t rows, const Key& key, double noise = 0.05, double factor = 0.5);

/// `arms` spirals of radius 1 that wind around each other, a class each.  Throws ValueError for fewer than two arms.
[[nodiscard]] GRADUS_API Dataset spirals(std::int64_t rows, const Key& key, double noise = 0.02, double turns = 1.5,
                                         std::int64_t arms = 2);

/// Clouds of the normal distribution around `centres` points of [−10, 10)^features, a class each.  Throws ValueError for
/// no centres and no features.
[[nodiscard]] GRADUS_API Dataset blobs(std::int64_t rows, const Key& key, std::int64_t centres = 3,
                                       double deviation = 1.0, std::int64_t features = 2);
/// The same around the rows of a matrix.
[[nodiscard]] GRADUS_API Dataset blobs(std::int64_t rows, const Key& key, const Tensor& centres,
                                       double deviation = 1.0);

/// n points on a circle around 0: centres for blobs, [n, 2].
[[nodiscard]] GRADUS_API Tensor ring(std::int64_t n, double radius = 1.0);

/// A digit of a font of 3 × 5 points as a picture [12, 12] of zeros and ones: every point is 2 × 2, and the digit starts
/// `down` rows and `right` columns from the corner, 0 to 2 and 0 to 6.  Throws ValueError for what does not fit.
[[nodiscard]] GRADUS_API Tensor digit(std::int64_t digit, std::int64_t down = 1, std::int64_t right = 3);

/// How pictures of digits are drawn.
struct DigitOptions {
  double noise = 0.0;
  bool shifted = true;  ///< At places drawn by the key, else all in the middle.
};
/// Pictures of digits, [rows, 1, 12, 12], their labels 0 to 9.  Noise changes neither digits nor places: with the same key
/// and none of it come the same pictures, clean.
[[nodiscard]] GRADUS_API Dataset digits(std::int64_t rows, const Key& key, const DigitOptions& options = {});

}  // namespace gradus::nn::toy
