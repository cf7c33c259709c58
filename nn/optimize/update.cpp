#include "nn/optimize/update.h"

#include <cstring>
#include <string_view>

#include "autograd/base/parallel.h"

namespace gradus::nn::detail {

namespace {

UpdateTable chosen_update_kernels() {
  [[maybe_unused]] const std::string_view isa = kernels().isa;
#if defined(GRADUS_HAVE_AVX512_KERNELS)
  if (isa == "avx512") return fill_update_kernels<gradus::detail::Isa::avx512>();
#endif
#if defined(GRADUS_HAVE_AVX2_KERNELS)
  if (isa == "avx2") return fill_update_kernels<gradus::detail::Isa::avx2>();
#endif
#if defined(GRADUS_HAVE_BASELINE_KERNELS)
  return fill_update_kernels<gradus::detail::Isa::baseline>();
#else
  __builtin_unreachable();  // kernels() has chosen a set that was built
#endif
}

// Makes an array the one owner of its numbers, side by side.
void make_own(Array& a) {
  if (a.unique() && a.contiguous()) return;
  const Array from = a.packed();
  Array own = Array::uninitialized_like(from);
  std::memcpy(own.mutable_bytes(), from.bytes(), static_cast<std::size_t>(from.size()) * size_of(from.dtype()));
  a = std::move(own);
}

}  // namespace

const UpdateTable& update_kernels() {
  static const UpdateTable table = chosen_update_kernels();
  return table;
}

void run_update(const Update& update, const PerType<UpdateKernel>& kernels, const Tensor& parameter,
                std::span<Array> state, double fill) {
  auto& leaf = static_cast<gradus::detail::Leaf&>(*parameter.record());
  const Array g = leaf.gradient.to(leaf.result.dtype()).packed();
  make_own(leaf.result);
  for (Array& s : state) {
    if (s.defined()) {
      make_own(s);
    } else {
      s = Array::full(leaf.result.shape(), fill, leaf.result.dtype());
    }
  }
  const DType dtype = leaf.result.dtype();
  const UpdateKernel kernel = kernels[static_cast<std::size_t>(dtype)];
  const auto width = static_cast<std::int64_t>(size_of(dtype));
  gradus::detail::parallel_ranges(leaf.result.size(), 1, 64, [&](std::int64_t begin, std::int64_t end) {
    const auto from_here = [&](void* start) -> void* { return static_cast<std::byte*>(start) + begin * width; };
    std::array<void*, 3> kept{};
    for (std::size_t k = 0; k < state.size(); ++k) kept[k] = from_here(state[k].mutable_bytes());
    kernel(update, end - begin, from_here(leaf.result.mutable_bytes()),
           static_cast<const std::byte*>(g.bytes()) + begin * width, kept.data());
  });
}

}  // namespace gradus::nn::detail
