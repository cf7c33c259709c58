#include "autograd/array/onednn_primitive.h"

#if defined(GRADUS_HAVE_ONEDNN)

#include <algorithm>
#include <dnnl.hpp>
#include <list>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "autograd/base/per_thread.h"

namespace gradus::detail {

namespace {

using dnnl::memory;
using Tag = memory::format_tag;

// Never destroyed: threads may let go of their primitives at any time before the process ends.
const dnnl::engine& cpu() {
  static const auto* const engine = new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return *engine;
}

dnnl::stream& this_thread() {
  struct Stream {
    dnnl::stream stream{cpu()};
  };
  static constexpr detail::PerThread<Stream> made;
  return made().stream;
}

memory::desc described(const memory::dims& sizes, Tag tag) { return {sizes, memory::data_type::f32, tag}; }

memory without_numbers(const memory::desc& order) { return {order, cpu(), nullptr}; }

void look_at(memory& m, const float* numbers) { m.set_data_handle(const_cast<float*>(numbers)); }

std::int64_t numbers_of(const memory& m) { return static_cast<std::int64_t>(m.get_desc().get_size() / sizeof(float)); }

// Numbers in the caller's order, and in that of the primitive.
struct Operand {
  memory plain;
  memory ordered;
  dnnl::reorder in;
  dnnl::reorder out;
  bool same;

  Operand(const memory::desc& as_given, const memory::desc& order)
      : plain(without_numbers(as_given)),
        ordered(without_numbers(order)),
        in(plain, ordered),
        out(ordered, plain),
        same(as_given == order) {}

  void pack(const float* from, float* to) {
    look_at(plain, from);
    look_at(ordered, to);
    in.execute(this_thread(), plain, ordered);
  }
  void unpack(const float* from, float* to) {
    look_at(ordered, from);
    look_at(plain, to);
    out.execute(this_thread(), ordered, plain);
  }
};

// The shapes of a case, as oneDNN wants them.
struct Geometry {
  memory::dims input;
  memory::dims weight;
  memory::dims output;
  memory::dims bias;
  memory::dims stride;
  memory::dims dilation;
  memory::dims before;
  memory::dims after;

  explicit Geometry(const ConvolutionCase& c)
      : input{c.images, c.channels, c.geometry.window[0].input, c.geometry.window[1].input},
        weight{c.outputs / c.geometry.groups, c.channels / c.geometry.groups, c.geometry.window[0].kernel,
               c.geometry.window[1].kernel},
        output{c.images, c.outputs, c.geometry.window[0].output, c.geometry.window[1].output},
        bias{c.outputs} {
    if (c.geometry.groups > 1) weight.insert(weight.begin(), c.geometry.groups);
    for (const WindowAxis& a : c.geometry.window) {
      stride.push_back(a.stride);
      dilation.push_back(a.dilation - 1);
      before.push_back(a.before);
      // Inputs behind the last window count as too little padding, which oneDNN works out from the stride.
      after.push_back(std::max<std::int64_t>(a.behind(), 0));
    }
  }

  [[nodiscard]] Tag weight_tag() const { return weight.size() == 5 ? Tag::goihw : Tag::oihw; }
};

// oneDNN's general ways, by products of unfolded images and by plain loops, are slower than those of convolution.cpp.
bool is_fast(std::string_view implementation) {
  return implementation.starts_with("jit") || implementation.starts_with("brg");
}

// Whether so much of the work is spent on channels that only fill up a block that products of unfolded images are
// faster.  Those are slow where each channel is a group.
bool is_wasteful(const memory::dims& weight, const memory::desc& input, const memory::desc& output) {
  const auto useful = [](const memory::desc& m) {
    return static_cast<double>(m.data.dims[1]) / static_cast<double>(m.data.padded_dims[1]);
  };
  const bool one_channel_each = weight.size() == 5 && weight[1] == 1 && weight[2] == 1;
  return one_channel_each ? useful(input) < 0.15 : useful(input) * useful(output) < 0.6;
}

}  // namespace

struct OneDnnConvolution::Parts {
  ConvolutionPass pass;
  Operand input;
  Operand weight;
  Operand output;
  memory bias;
  memory scratch;
  dnnl::primitive work;

  template <class Chosen>
  Parts(ConvolutionPass which, const Geometry& g, const Chosen& chosen, const memory::desc& in, const memory::desc& by,
        const memory::desc& out)
      : pass(which),
        input(described(g.input, Tag::nchw), in),
        weight(described(g.weight, g.weight_tag()), by),
        output(described(g.output, Tag::nchw), out),
        bias(without_numbers(described(g.bias, Tag::x))),
        scratch(without_numbers(chosen.scratchpad_desc())),
        work(chosen) {}

  template <class Chosen>
  static std::unique_ptr<Parts> made(ConvolutionPass pass, const Geometry& g, const Chosen& chosen,
                                     const memory::desc& in, const memory::desc& by, const memory::desc& out) {
    if (!is_fast(chosen.impl_info_str()) || is_wasteful(g.weight, in, out)) return nullptr;
    return std::make_unique<Parts>(pass, g, chosen, in, by, out);
  }

  // Throws dnnl::error where oneDNN has nothing.
  static std::unique_ptr<Parts> make(const ConvolutionCase& c) {
    constexpr auto how = dnnl::algorithm::convolution_direct;  // the other, Winograd's, loses digits
    const Geometry g(c);
    const memory::desc in = described(g.input, Tag::any);
    const memory::desc by = described(g.weight, Tag::any);
    const memory::desc out = described(g.output, Tag::any);
    dnnl::primitive_attr options;
    options.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const memory::desc bias = c.bias ? described(g.bias, Tag::x) : memory::desc();
    const dnnl::convolution_forward::desc forward(dnnl::prop_kind::forward_training, how, in, by, bias, out, g.stride,
                                                  g.dilation, g.before, g.after);
    const dnnl::convolution_forward::primitive_desc first(forward, options, cpu());
    if (c.pass == ConvolutionPass::forward) {
      return made(c.pass, g, first, first.src_desc(), first.weights_desc(), first.dst_desc());
    }
    if (c.pass == ConvolutionPass::input) {
      const dnnl::convolution_backward_data::primitive_desc chosen(
          {how, in, by, out, g.stride, g.dilation, g.before, g.after}, options, cpu(), first);
      return made(c.pass, g, chosen, chosen.diff_src_desc(), chosen.weights_desc(), chosen.diff_dst_desc());
    }
    const dnnl::convolution_backward_weights::primitive_desc chosen(
        {how, in, by, out, g.stride, g.dilation, g.before, g.after}, options, cpu(), first);
    return made(c.pass, g, chosen, chosen.src_desc(), chosen.diff_weights_desc(), chosen.diff_dst_desc());
  }

  void run(const float* first, const float* second, const float* b, float* out) {
    Operand& from = pass == ConvolutionPass::input ? output : input;
    const Array from_buffer = fetched(from, first);
    const Array scratch_buffer = buffer(numbers_of(scratch));
    look_at(scratch, scratch_buffer.data<float>());
    if (pass == ConvolutionPass::weight) {
      const Array other_buffer = fetched(output, second);
      look_at(weight.ordered, out);
      work.execute(this_thread(), {{DNNL_ARG_SRC, input.ordered},
                                   {DNNL_ARG_DIFF_DST, output.ordered},
                                   {DNNL_ARG_DIFF_WEIGHTS, weight.ordered},
                                   {DNNL_ARG_SCRATCHPAD, scratch}});
      return;
    }
    look_at(weight.ordered, second);
    Operand& to = pass == ConvolutionPass::input ? input : output;
    Array to_buffer = buffer(to.same ? 0 : numbers_of(to.ordered));
    float* const ordered = to.same ? out : to_buffer.mutable_data<float>();
    look_at(to.ordered, ordered);
    if (pass == ConvolutionPass::forward) {
      if (b != nullptr) look_at(bias, b);
      std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, from.ordered},
                                                {DNNL_ARG_WEIGHTS, weight.ordered},
                                                {DNNL_ARG_DST, to.ordered},
                                                {DNNL_ARG_SCRATCHPAD, scratch}};
      if (b != nullptr) arguments.emplace(DNNL_ARG_BIAS, bias);
      work.execute(this_thread(), arguments);
    } else {
      work.execute(this_thread(), {{DNNL_ARG_DIFF_DST, from.ordered},
                                   {DNNL_ARG_WEIGHTS, weight.ordered},
                                   {DNNL_ARG_DIFF_SRC, to.ordered},
                                   {DNNL_ARG_SCRATCHPAD, scratch}});
    }
    if (!to.same) to.unpack(ordered, out);
  }

 private:
  static Array buffer(std::int64_t numbers) { return Array::uninitialized({numbers}, DType::float32); }

  // Puts the numbers into the primitive's order; returns the buffer they are in, if they had to move.
  static Array fetched(Operand& operand, const float* numbers) {
    if (operand.same) {
      look_at(operand.ordered, numbers);
      return {};
    }
    Array moved = buffer(numbers_of(operand.ordered));
    operand.pack(numbers, moved.mutable_data<float>());
    return moved;
  }
};

OneDnnConvolution::OneDnnConvolution(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
OneDnnConvolution::~OneDnnConvolution() = default;

OneDnnConvolution* OneDnnConvolution::find(const ConvolutionCase& which) {
  struct Known {
    ConvolutionCase which;
    std::unique_ptr<OneDnnConvolution> made;
  };
  constexpr std::size_t most = 256;  // a deep network has about a hundred
  static constexpr detail::PerThread<std::list<Known>> known_of_thread;
  std::list<Known>& known = known_of_thread();  // the last used first
  const auto at = std::ranges::find(known, which, &Known::which);
  if (at != known.end()) {
    known.splice(known.begin(), known, at);
    return known.front().made.get();
  }
  std::unique_ptr<Parts> parts;
  try {
    parts = Parts::make(which);
  } catch (const dnnl::error&) {  // it has no way, or not for these sizes
  }
  known.push_front({which, parts == nullptr
                               ? nullptr
                               : std::unique_ptr<OneDnnConvolution>(new OneDnnConvolution(std::move(parts)))});
  if (known.size() > most) known.pop_back();
  return known.front().made.get();
}

std::int64_t OneDnnConvolution::weight_numbers() const { return numbers_of(parts_->weight.ordered); }

bool OneDnnConvolution::plain_weight() const { return parts_->weight.same; }

bool OneDnnConvolution::same_weight_order(const OneDnnConvolution& other) const {
  return parts_->weight.ordered.get_desc() == other.parts_->weight.ordered.get_desc();
}

void OneDnnConvolution::pack_weight(const float* plain, float* ordered) { parts_->weight.pack(plain, ordered); }

void OneDnnConvolution::unpack_weight(const float* ordered, float* plain) { parts_->weight.unpack(ordered, plain); }

void OneDnnConvolution::run(const float* first, const float* second, const float* bias, float* out) {
  parts_->run(first, second, bias, out);
}

}  // namespace gradus::detail

#endif
