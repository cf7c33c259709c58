// oneDNN's convolution primitives, prepared once for each geometry.  Inside the library only.
#pragma once
#include <cstdint>
#include <memory>

#include "convolution_case.h"

namespace gradus::detail {

/// One case, ready to run.  It works on this thread alone and belongs to it; images come and go in rows of planes
/// [n, channels, height, width], the weight in whatever order oneDNN likes best.
class OneDnnConvolution {
 public:
  /// This thread's, prepared on the first call; the least recently used ones are forgotten.  Null where oneDNN has no
  /// fast way.  The next call may end its life.
  static OneDnnConvolution* find(const ConvolutionCase& which);

  ~OneDnnConvolution();
  OneDnnConvolution(const OneDnnConvolution&) = delete;
  OneDnnConvolution& operator=(const OneDnnConvolution&) = delete;

  /// How many numbers a weight in oneDNN's order has, padding included.
  [[nodiscard]] std::int64_t weight_numbers() const;
  /// Whether that order is [outputs, channels, height, width] itself.
  [[nodiscard]] bool plain_weight() const;
  [[nodiscard]] bool same_weight_order(const OneDnnConvolution& other) const;
  void pack_weight(const float* plain, float* ordered);
  void unpack_weight(const float* ordered, float* plain);

  /// In the order of the functions in convolution.h: (x, w) → y, (g, w) → x or (x, g) → w.  The bias may be null only
  /// where the case has none.
  void run(const float* first, const float* second, const float* bias, float* out);

 private:
  struct Parts;
  explicit OneDnnConvolution(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace gradus::detail
