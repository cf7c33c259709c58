// The sizes of a convolution, and how its images are cut into parts for the threads.  Inside the library only.
#pragma once
#include <algorithm>
#include <cstdint>

#include "../base/parallel.h"
#include "convolve.h"

namespace gradus::detail {

/// Which of the three convolutions of convolution.h.
enum class ConvolutionPass : std::uint8_t { forward, input, weight };

/// All that a convolution's shapes are made of.
struct ConvolutionCase {
  ConvolutionPass pass = ConvolutionPass::forward;
  bool bias = false;
  std::int64_t images = 0;
  std::int64_t channels = 0;  // of the input, in all groups
  std::int64_t outputs = 0;   // in all groups
  Convolution geometry;

  [[nodiscard]] std::int64_t in_plane() const { return geometry.window[0].input * geometry.window[1].input; }
  [[nodiscard]] std::int64_t out_plane() const { return geometry.window[0].output * geometry.window[1].output; }
  [[nodiscard]] std::int64_t weight_size() const {
    return outputs * (channels / geometry.groups) * geometry.window[0].kernel * geometry.window[1].kernel;
  }
  friend bool operator==(const ConvolutionCase&, const ConvolutionCase&) = default;
};

/// How many parts of about 50 µs there are in the work.
inline std::int64_t wanted_parts(const ConvolutionCase& c) {
  constexpr double least_work = 2.5e6;  // multiplications
  constexpr double most_parts = 64;
  const double work =
      static_cast<double>(c.images) * static_cast<double>(c.weight_size()) * static_cast<double>(c.out_plane());
  return static_cast<std::int64_t>(std::min(work / least_work, most_parts));
}

/// Into how many parts of about equal size the images are cut: as the shapes say, not the number of threads, so that
/// sums over the parts have the same bits for any.
inline std::int64_t image_parts(const ConvolutionCase& c) {
  std::int64_t parts = wanted_parts(c);
  if (c.pass == ConvolutionPass::weight) {
    // Each part has a whole weight to add up at the end: little beside its work, and not much memory.
    constexpr std::int64_t least_positions = 512;
    constexpr std::int64_t most_numbers = std::int64_t{1} << 23;
    constexpr std::int64_t most_weights = 16;
    parts = std::min({parts, c.images * c.out_plane() / least_positions, most_numbers / c.weight_size(), most_weights});
  }
  return std::clamp<std::int64_t>(parts, 1, c.images);
}

/// Adds up `count` rows of numbers, from the first to the last, in the first.
template <Element T>
void add_up_rows(std::int64_t count, std::int64_t length, T* rows) {
  constexpr std::int64_t grain = 1 << 15;
  if (count == 1) return;
  parallel_for((length + grain - 1) / grain, [&](std::int64_t block) {
    const std::int64_t end = std::min(length, (block + 1) * grain);
    for (std::int64_t row = 1; row < count; ++row) {
      const T* const from = rows + row * length;
      for (std::int64_t k = block * grain; k < end; ++k) rows[k] += from[k];
    }
  });
}

}  // namespace gradus::detail
