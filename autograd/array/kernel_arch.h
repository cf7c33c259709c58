// The instruction set that a kernel file is being compiled for.  Included by those files alone.
#pragma once
#include "kernels.h"
#include "simd.h"

namespace gradus {
namespace {

#if defined(GRADUS_KERNELS_AVX512)
using Arch = xsimd::avx512bw;
constexpr detail::Isa isa = detail::Isa::avx512;
constexpr const char* isa_name = "avx512";
#elif defined(GRADUS_KERNELS_AVX2)
using Arch = xsimd::fma3<xsimd::avx2>;
constexpr detail::Isa isa = detail::Isa::avx2;
constexpr const char* isa_name = "avx2";
#elif defined(__aarch64__)
using Arch = xsimd::neon64;
constexpr detail::Isa isa = detail::Isa::baseline;
constexpr const char* isa_name = "baseline";
#else
using Arch = xsimd::sse2;
constexpr detail::Isa isa = detail::Isa::baseline;
constexpr const char* isa_name = "baseline";
#endif

}  // namespace
}  // namespace gradus
