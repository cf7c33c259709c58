// Float32 products by oneDNN, where the library was built with it.  Inside the library only.
#pragma once
#include <cstdint>

#include "gemm.h"

namespace gradus::detail {

#if defined(GRADUS_HAVE_ONEDNN)
inline constexpr bool have_onednn = true;
#else
inline constexpr bool have_onednn = false;
#endif

/// While one lives, what this thread asks of oneDNN runs on this thread alone: Gradus brings its own threads, and two
/// pools would get into each other's way.
class OneDnnThread {
 public:
  OneDnnThread() noexcept;
  ~OneDnnThread();
  OneDnnThread(const OneDnnThread&) = delete;
  OneDnnThread& operator=(const OneDnnThread&) = delete;

 private:
  int before_;
};

/// Whether oneDNN is there and faster than BLAS for an m × k by k × n product.  Measured on AVX2 and AVX-512: by 8 to 15 %
/// from middle sizes on; slower where the call itself counts or where the result is narrow.
[[nodiscard]] inline bool prefers_onednn(std::int64_t m, std::int64_t n, std::int64_t k) noexcept {
  constexpr std::int64_t fewest = 1 << 15;
  constexpr std::int64_t narrow = 16;
  return have_onednn && n >= narrow && m >= narrow && m * n >= fewest / k;
}

/// gemm (gemm.h) through oneDNN.  Only where prefers_onednn().
void onednn_product(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<float>& a, const MatrixIn<float>& b,
                    float* out, std::int64_t lead, bool accumulate);

}  // namespace gradus::detail
