// xsimd, with what its version 8 leaves out: fused multiply-adds on AVX-512, without which its functions there take two
// operations for one and round twice.
#pragma once
#include <xsimd/config/xsimd_config.hpp>

#if XSIMD_VERSION_MAJOR == 8 && XSIMD_WITH_AVX512F

#include <xsimd/config/xsimd_arch.hpp>

// Declared before xsimd defines its own fma(), which looks for them there; defined when a batch is known.
namespace xsimd {
template <class T, class A>
class batch;
namespace kernel {
template <class A>
batch<float, A> fma(batch<float, A> const& x, batch<float, A> const& y, batch<float, A> const& z,
                    requires_arch<avx512f>) noexcept;
template <class A>
batch<double, A> fma(batch<double, A> const& x, batch<double, A> const& y, batch<double, A> const& z,
                     requires_arch<avx512f>) noexcept;
template <class A>
batch<float, A> fms(batch<float, A> const& x, batch<float, A> const& y, batch<float, A> const& z,
                    requires_arch<avx512f>) noexcept;
template <class A>
batch<double, A> fms(batch<double, A> const& x, batch<double, A> const& y, batch<double, A> const& z,
                     requires_arch<avx512f>) noexcept;
template <class A>
batch<float, A> fnma(batch<float, A> const& x, batch<float, A> const& y, batch<float, A> const& z,
                     requires_arch<avx512f>) noexcept;
template <class A>
batch<double, A> fnma(batch<double, A> const& x, batch<double, A> const& y, batch<double, A> const& z,
                      requires_arch<avx512f>) noexcept;
template <class A>
batch<float, A> fnms(batch<float, A> const& x, batch<float, A> const& y, batch<float, A> const& z,
                     requires_arch<avx512f>) noexcept;
template <class A>
batch<double, A> fnms(batch<double, A> const& x, batch<double, A> const& y, batch<double, A> const& z,
                      requires_arch<avx512f>) noexcept;
}  // namespace kernel
}  // namespace xsimd

#include <xsimd/xsimd.hpp>

namespace xsimd::kernel {
template <class A>
inline batch<float, A> fma(batch<float, A> const& x, batch<float, A> const& y, batch<float, A> const& z,
                           requires_arch<avx512f>) noexcept {
  return _mm512_fmadd_ps(x, y, z);
}
template <class A>
inline batch<double, A> fma(batch<double, A> const& x, batch<double, A> const& y, batch<double, A> const& z,
                            requires_arch<avx512f>) noexcept {
  return _mm512_fmadd_pd(x, y, z);
}
template <class A>
inline batch<float, A> fms(batch<float, A> const& x, batch<float, A> const& y, batch<float, A> const& z,
                           requires_arch<avx512f>) noexcept {
  return _mm512_fmsub_ps(x, y, z);
}
template <class A>
inline batch<double, A> fms(batch<double, A> const& x, batch<double, A> const& y, batch<double, A> const& z,
                            requires_arch<avx512f>) noexcept {
  return _mm512_fmsub_pd(x, y, z);
}
template <class A>
inline batch<float, A> fnma(batch<float, A> const& x, batch<float, A> const& y, batch<float, A> const& z,
                            requires_arch<avx512f>) noexcept {
  return _mm512_fnmadd_ps(x, y, z);
}
template <class A>
inline batch<double, A> fnma(batch<double, A> const& x, batch<double, A> const& y, batch<double, A> const& z,
                             requires_arch<avx512f>) noexcept {
  return _mm512_fnmadd_pd(x, y, z);
}
template <class A>
inline batch<float, A> fnms(batch<float, A> const& x, batch<float, A> const& y, batch<float, A> const& z,
                            requires_arch<avx512f>) noexcept {
  return _mm512_fnmsub_ps(x, y, z);
}
template <class A>
inline batch<double, A> fnms(batch<double, A> const& x, batch<double, A> const& y, batch<double, A> const& z,
                             requires_arch<avx512f>) noexcept {
  return _mm512_fnmsub_pd(x, y, z);
}
}  // namespace xsimd::kernel

#else

#include <xsimd/xsimd.hpp>

#endif
