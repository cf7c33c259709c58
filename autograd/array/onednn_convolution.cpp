#include "autograd/array/onednn_convolution.h"

#if defined(GRADUS_HAVE_ONEDNN)

#include <algorithm>
#include <array>
#include <new>
#include <span>
#include <stdexcept>

#include "autograd/base/parallel.h"

namespace gradus::detail {

namespace {

// oneDNN counts bytes of an image in 32 bits here and there; the margin is for channels that fill up a block.
bool too_large(const ConvolutionCase& c) {
  constexpr std::int64_t most = std::int64_t{1} << 24;
  const auto& [vertical, horizontal] = c.geometry.window;
  return std::max({c.channels * c.in_plane(), c.outputs * c.out_plane(), c.weight_size(), vertical.before,
                   horizontal.before, vertical.behind(), horizontal.behind()}) > most;
}

// The images in parts whose sizes differ by one at most.
class Cut {
 public:
  explicit Cut(const ConvolutionCase& whole) : whole_(whole), parts_(image_parts(whole)) {
    const ConvolutionCase fewer = of(whole.images / parts_);
    const ConvolutionCase more = of((whole.images + parts_ - 1) / parts_);
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
  [[nodiscard]] ConvolutionCase of(std::int64_t images) const {
    ConvolutionCase c = whole_;
    c.images = images;
    return c;
  }

  const ConvolutionCase& whole_;
  std::int64_t parts_;
};

// The images of a part, packed: part by part, so that what a view must copy is still near when it is read, and once
// where all images are one, as in the gradient of a sum.
class Images {
 public:
  Images(const Array& all, const Cut& cut) : all_(all) {
    if (all.strides()[0] == 0) repeated_ = packed(0, cut.of_part(cut.parts() - 1).images);
  }
  [[nodiscard]] Array of(std::int64_t begin, std::int64_t count) const {
    return repeated_ ? repeated_ : packed(begin, count);
  }

 private:
  [[nodiscard]] Array packed(std::int64_t begin, std::int64_t count) const {
    const std::span<const std::int64_t> sizes = all_.sizes();
    const std::array<std::int64_t, 4> part{count, sizes[1], sizes[2], sizes[3]};
    return all_.view(part, all_.strides(), begin * all_.strides()[0]).packed();
  }

  const Array& all_;
  Array repeated_;
};

// The same case as on the calling thread, which has found it: only memory can be lacking.
OneDnnConvolution& found(const ConvolutionCase& c) {
  OneDnnConvolution* const convolution = OneDnnConvolution::find(c);
  if (convolution == nullptr) throw std::bad_alloc();
  return *convolution;
}

// The images of each part by the whole weight.
void by_weight(const Cut& cut, const Array& from, const Array& by, const Array& bias, Array& out) {
  const Array plain = by.packed();
  const float* weight = plain.data<float>();
  OneDnnConvolution& first = *OneDnnConvolution::find(cut.of_part(0));
  Array ordered = Array::uninitialized({first.plain_weight() ? 0 : first.weight_numbers()}, DType::float32);
  if (!first.plain_weight()) {
    first.pack_weight(weight, ordered.mutable_data<float>());
    weight = ordered.data<float>();
  }
  const Array added = bias ? bias.packed() : bias;
  float* const to = out.mutable_data<float>();
  const std::int64_t step = out.strides()[0];
  const Images seen(from, cut);
  parallel_for(cut.parts(), [&](std::int64_t part) {
    const OneDnnThread alone;
    const std::int64_t begin = cut.begin(part);
    const ConvolutionCase c = cut.of_part(part);
    const Array of_part = seen.of(begin, c.images);
    found(c).run(of_part.data<float>(), weight, added ? added.data<float>() : nullptr, to + begin * step);
  });
}

void to_weight(const Cut& cut, const Array& x, const Array& g, Array& out) {
  const std::int64_t numbers = OneDnnConvolution::find(cut.of_part(0))->weight_numbers();
  Array sums = Array::uninitialized({cut.parts(), numbers}, DType::float32);
  float* const to = sums.mutable_data<float>();
  const Images inputs(x, cut);
  const Images outputs(g, cut);
  parallel_for(cut.parts(), [&](std::int64_t part) {
    const OneDnnThread alone;
    const std::int64_t begin = cut.begin(part);
    const ConvolutionCase c = cut.of_part(part);
    const Array seen = inputs.of(begin, c.images);
    const Array from = outputs.of(begin, c.images);
    found(c).run(seen.data<float>(), from.data<float>(), nullptr, to + part * numbers);
  });
  add_up_rows(cut.parts(), numbers, to);
  OneDnnConvolution::find(cut.of_part(0))->unpack_weight(to, out.mutable_data<float>());
}

struct Operands {
  const Array& first;
  const Array& second;
  const Array& bias;
  Array& out;
};

bool by_images(const ConvolutionCase& whole, const Operands& o) {
  const OneDnnThread alone;
  const Cut cut(whole);
  if (OneDnnConvolution::find(cut.of_part(0)) == nullptr) return false;
  if (whole.pass == ConvolutionPass::weight) {
    to_weight(cut, o.first, o.second, o.out);
  } else {
    by_weight(cut, o.first, o.second, o.bias, o.out);
  }
  return true;
}

// A view of [begin, end) along an axis; of nothing where there is no array.
Array range(const Array& a, std::size_t axis, std::int64_t begin, std::int64_t end) {
  if (!a) return a;
  std::array<std::int64_t, 4> sizes{};
  std::ranges::copy(a.sizes(), sizes.begin());
  sizes[axis] = end - begin;
  return a.view(std::span<const std::int64_t>(sizes).first(a.sizes().size()), a.strides(), begin * a.strides()[axis]);
}

// One image has no parts: what is spread over the threads is its outputs or, where those are added up, its channels.
std::int64_t parts_of_one(const ConvolutionCase& c) {
  constexpr std::int64_t least_side = 32;  // narrower parts are slower
  constexpr std::int64_t most_parts = 4;   // each puts the other operand into order anew
  if (c.images > 1 || c.geometry.groups > 1) return 1;
  const std::int64_t side = c.pass == ConvolutionPass::input ? c.channels : c.outputs;
  return std::clamp(wanted_parts(c), std::int64_t{1},
                    std::min(most_parts, std::max<std::int64_t>(side / least_side, 1)));
}

bool by_sides(std::int64_t parts, const ConvolutionCase& whole, const Operands& o) {
  constexpr std::int64_t grain = 16;
  const bool of_input = whole.pass == ConvolutionPass::input;
  const std::int64_t side = of_input ? whole.channels : whole.outputs;
  const auto edge = [=](std::int64_t part) { return part == parts ? side : side / grain * part / parts * grain; };
  const auto of_part = [&](std::int64_t part) {
    ConvolutionCase c = whole;
    (of_input ? c.channels : c.outputs) = edge(part + 1) - edge(part);
    return c;
  };
  {
    const OneDnnThread alone;
    for (std::int64_t part = 0; part < parts; ++part) {
      if (OneDnnConvolution::find(of_part(part)) == nullptr) return false;
    }
  }
  parallel_for(parts, [&](std::int64_t part) {
    const std::int64_t begin = edge(part);
    const std::int64_t end = edge(part + 1);
    const bool of_weight = whole.pass == ConvolutionPass::weight;
    const Array second = range(o.second, of_input || of_weight ? 1 : 0, begin, end);
    const Array bias = range(o.bias, 0, begin, end);
    Array out = range(o.out, of_weight ? 0 : 1, begin, end);
    if (!by_images(of_part(part), {o.first, second, bias, out})) throw std::logic_error("[conv] a part was lost");
  });
  return true;
}

}  // namespace

bool onednn_convolution(ConvolutionPass pass, const Convolution& c, const Array& first, const Array& second,
                        const Array& bias, Array& out) {
  // The images that the window slides over, and those it makes.
  const Array& input = pass == ConvolutionPass::input ? out : first;
  const Array& output = pass == ConvolutionPass::forward ? out : pass == ConvolutionPass::input ? first : second;
  const ConvolutionCase whole{pass, static_cast<bool>(bias), input.sizes()[0], input.sizes()[1], output.sizes()[1], c};
  if (too_large(whole)) return false;
  const Operands operands{first, second, bias, out};
  const std::int64_t parts = parts_of_one(whole);
  return (parts > 1 && by_sides(parts, whole, operands)) || by_images(whole, operands);
}

}  // namespace gradus::detail

#endif
