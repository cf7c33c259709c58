#include "autograd/array/onednn_convolution.h"

#if defined(GRADUS_HAVE_ONEDNN)

#include <algorithm>
#include <utility>

#include "autograd/base/parallel.h"

namespace gradus::detail {

namespace {

double multiplications(const ConvolutionCase& c) {
  const auto& [vertical, horizontal] = c.geometry.window;
  return static_cast<double>(c.images) * static_cast<double>(c.outputs) *
         static_cast<double>(c.channels / c.geometry.groups) *
         static_cast<double>(vertical.kernel * horizontal.kernel) *
         static_cast<double>(vertical.output * horizontal.output);
}

std::int64_t weight_size(const ConvolutionCase& c) {
  return c.outputs * (c.channels / c.geometry.groups) * c.geometry.window[0].kernel * c.geometry.window[1].kernel;
}

// oneDNN counts bytes of an image in 32 bits here and there; the margin is for channels that fill up a block.
bool too_large(const ConvolutionCase& c) {
  constexpr std::int64_t most = std::int64_t{1} << 24;
  const auto& [vertical, horizontal] = c.geometry.window;
  return std::max({c.channels * vertical.input * horizontal.input, c.outputs * vertical.output * horizontal.output,
                   weight_size(c)}) > most ||
         std::max(vertical.before, horizontal.before) > most;
}

// The images are cut into parts whose sizes differ by one at most: as the shapes say, not the number of threads, for
// the sake of equal bits.
class Cut {
 public:
  explicit Cut(const ConvolutionCase& whole) : whole_(whole), parts_(wanted(whole)) {
    ConvolutionCase fewer = of(whole.images / parts_);
    ConvolutionCase more = of((whole.images + parts_ - 1) / parts_);
    // Weights are put into order once for all parts.
    if (fewer == more) return;
    const OneDnnConvolution* const a = OneDnnConvolution::find(fewer);
    const OneDnnConvolution* const b = OneDnnConvolution::find(more);
    if (a == nullptr || b == nullptr || !a->same_weight_order(*b)) parts_ = 1;
  }

  [[nodiscard]] std::int64_t parts() const { return parts_; }
  [[nodiscard]] std::int64_t begin(std::int64_t part) const { return part * whole_.images / parts_; }
  [[nodiscard]] ConvolutionCase of_part(std::int64_t part) const { return of(begin(part + 1) - begin(part)); }

 private:
  static std::int64_t wanted(const ConvolutionCase& c) {
    constexpr double least_work = 5e6;  // about 100 µs
    constexpr std::int64_t most_parts = 64;
    std::int64_t parts = static_cast<std::int64_t>(std::min(multiplications(c) / least_work, double{most_parts}));
    if (c.pass == ConvolutionPass::weight) {
      // Each part has a whole weight to add up at the end: little beside its work, and not much memory.
      constexpr std::int64_t least_positions = 512;
      constexpr std::int64_t most_numbers = 1 << 23;
      const std::int64_t plane = c.geometry.window[0].output * c.geometry.window[1].output;
      parts = std::min({parts, c.images * plane / least_positions, most_numbers / weight_size(c), std::int64_t{16}});
    }
    return std::clamp<std::int64_t>(parts, 1, c.images);
  }

  [[nodiscard]] ConvolutionCase of(std::int64_t images) const {
    ConvolutionCase c = whole_;
    c.images = images;
    return c;
  }

  const ConvolutionCase& whole_;
  std::int64_t parts_;
};

// The images of each part by the whole weight.
void by_weight(const Cut& cut, const ConvolutionCase& c, const float* from, const float* weight, const float* bias,
               float* out) {
  const auto& [vertical, horizontal] = c.geometry.window;
  std::int64_t step = c.channels * vertical.input * horizontal.input;
  std::int64_t out_step = c.outputs * vertical.output * horizontal.output;
  if (c.pass == ConvolutionPass::input) std::swap(step, out_step);
  OneDnnConvolution& first = *OneDnnConvolution::find(cut.of_part(0));
  Array ordered = Array::uninitialized({first.plain_weight() ? 0 : first.weight_numbers()}, DType::float32);
  if (!first.plain_weight()) {
    first.pack_weight(weight, ordered.mutable_data<float>());
    weight = ordered.data<float>();
  }
  parallel_for(cut.parts(), [&](std::int64_t part) {
    const OneDnnThread alone;
    const std::int64_t at = cut.begin(part);
    OneDnnConvolution::find(cut.of_part(part))->run(from + at * step, weight, bias, out + at * out_step);
  });
}

// Adds up `count` rows of numbers, from the first to the last, in the first.
void add_up(std::int64_t count, std::int64_t length, float* rows) {
  constexpr std::int64_t grain = 1 << 15;
  parallel_for((length + grain - 1) / grain, [&](std::int64_t block) {
    const std::int64_t end = std::min(length, (block + 1) * grain);
    for (std::int64_t row = 1; row < count; ++row) {
      const float* const from = rows + row * length;
      for (std::int64_t k = block * grain; k < end; ++k) rows[k] += from[k];
    }
  });
}

void to_weight(const Cut& cut, const ConvolutionCase& c, const float* x, const float* g, float* out) {
  const auto& [vertical, horizontal] = c.geometry.window;
  const std::int64_t step = c.channels * vertical.input * horizontal.input;
  const std::int64_t g_step = c.outputs * vertical.output * horizontal.output;
  OneDnnConvolution& first = *OneDnnConvolution::find(cut.of_part(0));
  if (cut.parts() == 1 && first.plain_weight()) return first.run(x, g, nullptr, out);
  const std::int64_t numbers = first.weight_numbers();
  Array sums = Array::uninitialized({cut.parts(), numbers}, DType::float32);
  float* const to = sums.mutable_data<float>();
  parallel_for(cut.parts(), [&](std::int64_t part) {
    const OneDnnThread alone;
    const std::int64_t at = cut.begin(part);
    OneDnnConvolution::find(cut.of_part(part))->run(x + at * step, g + at * g_step, nullptr, to + part * numbers);
  });
  add_up(cut.parts(), numbers, to);
  OneDnnConvolution::find(cut.of_part(0))->unpack_weight(to, out);
}

}  // namespace

bool onednn_convolution(const ConvolutionCase& whole, const float* first, const float* second, const float* bias,
                        float* out) {
  if (too_large(whole)) return false;
  const OneDnnThread alone;
  const Cut cut(whole);
  if (OneDnnConvolution::find(cut.of_part(0)) == nullptr) return false;
  if (whole.pass == ConvolutionPass::weight) {
    to_weight(cut, whole, first, second, out);
  } else {
    by_weight(cut, whole, first, second, bias, out);
  }
  return true;
}

}  // namespace gradus::detail

#endif
