#include "machine.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bench {

double clock_ns() {
  using std::chrono::steady_clock;
  return std::chrono::duration<double, std::nano>(steady_clock::now().time_since_epoch()).count();
}

namespace {

constexpr int chains = 12;  // enough to fill two units of a latency of four cycles
constexpr int steps = 2000;

#if defined(__x86_64__)
// Intrinsics, written out for each width: target attributes do not reach into templates.
__attribute__((target("avx512f"))) double multiply_add_avx512(float) {
  __m512 x[chains];
  for (auto& each : x) each = _mm512_set1_ps(0.5F);
  const __m512 a = _mm512_set1_ps(0.5F);
  for (int k = 0; k < steps; ++k) {
#pragma GCC unroll 12
    for (auto& each : x) each = _mm512_fmadd_ps(each, a, a);
  }
  for (const auto& each : x) x[0] = _mm512_add_ps(x[0], each);
  return static_cast<double>(_mm512_cvtss_f32(x[0]));
}

__attribute__((target("avx512f"))) double multiply_add_avx512(double) {
  __m512d x[chains];
  for (auto& each : x) each = _mm512_set1_pd(0.5);
  const __m512d a = _mm512_set1_pd(0.5);
  for (int k = 0; k < steps; ++k) {
#pragma GCC unroll 12
    for (auto& each : x) each = _mm512_fmadd_pd(each, a, a);
  }
  for (const auto& each : x) x[0] = _mm512_add_pd(x[0], each);
  return _mm512_cvtsd_f64(x[0]);
}

__attribute__((target("avx2,fma"))) double multiply_add_avx2(float) {
  __m256 x[chains];
  for (auto& each : x) each = _mm256_set1_ps(0.5F);
  const __m256 a = _mm256_set1_ps(0.5F);
  for (int k = 0; k < steps; ++k) {
#pragma GCC unroll 12
    for (auto& each : x) each = _mm256_fmadd_ps(each, a, a);
  }
  for (const auto& each : x) x[0] = _mm256_add_ps(x[0], each);
  return static_cast<double>(_mm256_cvtss_f32(x[0]));
}

__attribute__((target("avx2,fma"))) double multiply_add_avx2(double) {
  __m256d x[chains];
  for (auto& each : x) each = _mm256_set1_pd(0.5);
  const __m256d a = _mm256_set1_pd(0.5);
  for (int k = 0; k < steps; ++k) {
#pragma GCC unroll 12
    for (auto& each : x) each = _mm256_fmadd_pd(each, a, a);
  }
  for (const auto& each : x) x[0] = _mm256_add_pd(x[0], each);
  return _mm256_cvtsd_f64(x[0]);
}

/// Unlike memcpy without a call's cost, which shows in the first level.
__attribute__((target("avx512f"))) void copy_avx512(char* to, const char* from, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; i += 256) {
#pragma GCC unroll 4
    for (std::size_t k = i; k < i + 256; k += 64) _mm512_storeu_si512(to + k, _mm512_loadu_si512(from + k));
  }
}

__attribute__((target("avx2"))) void copy_avx2(char* to, const char* from, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; i += 256) {
#pragma GCC unroll 8
    for (std::size_t k = i; k < i + 256; k += 32) {
      const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + k));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + k), x);
    }
  }
}
#endif

using Copy = void (*)(char* to, const char* from, std::size_t bytes);

void copy_anywhere(char* to, const char* from, std::size_t bytes) { std::memcpy(to, from, bytes); }

/// The ways to copy a multiple of 256 bytes: which is the fastest depends on the size.
std::vector<Copy> copies() {
  std::vector<Copy> out{copy_anywhere};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) out.push_back(copy_avx2);
  if (__builtin_cpu_supports("avx512f")) out.push_back(copy_avx512);
#endif
  return out;
}

/// What the compiler makes of it for any processor: four lanes of 16 bytes each.
template <class T>
double multiply_add_anywhere(T) {
  constexpr std::size_t lanes = 16 / sizeof(T) * static_cast<std::size_t>(chains);
  T x[lanes];
  std::fill(std::begin(x), std::end(x), T(0.5));
  for (int k = 0; k < steps; ++k) {
    for (T& each : x) each = each * T(0.5) + T(0.5);
  }
  double sum = 0.0;
  for (const T each : x) sum += static_cast<double>(each);
  return sum;
}

volatile double sink = 0.0;

/// Operations per nanosecond of a function that does `flops` of them: the best of many calls.
template <class F>
double best_rate(const F& f, double flops) {
  double best = 0.0;
  const double end = clock_ns() + 30e6;
  while (clock_ns() < end) {
    const double start = clock_ns();
    sink = f();
    best = std::max(best, flops / (clock_ns() - start));
  }
  return best;
}

template <class T>
double peak_flops() {
  const auto flops = [](std::size_t bytes) {
    return 2.0 * steps * chains * static_cast<double>(bytes) / static_cast<double>(sizeof(T));
  };
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return best_rate([] { return multiply_add_avx512(T{}); }, flops(64));
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return best_rate([] { return multiply_add_avx2(T{}); }, flops(32));
  }
#endif
  return best_rate([] { return multiply_add_anywhere(T{}); }, flops(16));
}

std::size_t cache_bytes(int name, std::size_t otherwise) {
  const long bytes = sysconf(name);
  return bytes > 0 ? static_cast<std::size_t>(bytes) : otherwise;
}

struct Caches {
  std::size_t level1 = cache_bytes(_SC_LEVEL1_DCACHE_SIZE, std::size_t{32} << 10U);
  std::size_t level2 = cache_bytes(_SC_LEVEL2_CACHE_SIZE, std::size_t{1} << 20U);
  std::size_t level3 = cache_bytes(_SC_LEVEL3_CACHE_SIZE, std::size_t{16} << 20U);
};

const Caches& caches() {
  static const Caches found;
  return found;
}

struct Free {
  void operator()(char* p) const { std::free(p); }
};
using Buffer = std::unique_ptr<char, Free>;

Buffer buffer(std::size_t bytes) {
  constexpr std::size_t page = 4096;
  Buffer out(static_cast<char*>(std::aligned_alloc(page, bytes / page * page + page)));
  std::memset(out.get(), 1, bytes);
  return out;
}

/// Copies `bytes` from one buffer to another, over and over; bytes read plus written per nanosecond.
double copy_rate(std::size_t bytes, double duration_ns) {
  const Buffer from = buffer(bytes);
  const Buffer to = buffer(bytes);
  const std::size_t repeats = std::max<std::size_t>(1, (std::size_t{1} << 18U) / bytes);
  double best = 0.0;
  const double end = clock_ns() + duration_ns;
  do {
    for (const Copy copy : copies()) {
      const double start = clock_ns();
      for (std::size_t k = 0; k < repeats; ++k) {
        copy(to.get(), from.get(), bytes);
        asm volatile("" : : "r"(to.get()), "r"(from.get()) : "memory");  // neither left out nor done once
      }
      best = std::max(best, 2.0 * static_cast<double>(bytes * repeats) / (clock_ns() - start));
    }
  } while (clock_ns() < end);
  return best;
}

double copy_rate(std::size_t bytes, int threads) {
  constexpr double duration_ns = 60e6;
  if (threads <= 1) return copy_rate(bytes, duration_ns);
  std::vector<double> rates(static_cast<std::size_t>(threads));
  std::vector<std::thread> workers;
  for (double& rate : rates) workers.emplace_back([&rate, bytes] { rate = copy_rate(bytes, duration_ns); });
  for (std::thread& worker : workers) worker.join();
  double sum = 0.0;
  for (const double rate : rates) sum += rate;
  return sum;
}

}  // namespace

double peak_flops32() {
  static const double rate = peak_flops<float>();
  return rate;
}

double peak_flops64() {
  static const double rate = peak_flops<double>();
  return rate;
}

const Bandwidth& copy_bandwidth(int threads) {
  static std::map<int, Bandwidth> measured;
  if (const auto found = measured.find(threads); found != measured.end()) return found->second;
  const Caches& c = caches();
  // Both buffers together fill half of a level: of the third, which cores share, an eighth.
  return measured[threads] = {copy_rate(c.level1 / 4, threads), copy_rate(c.level2 / 4, threads),
                              copy_rate(c.level3 / 16, threads), copy_rate(c.level3 * 4, threads)};
}

double floor_ns(const Needs& needs, int threads) {
  double floor = 0.0;
  if (needs.flops32 > 0.0) floor += needs.flops32 / (peak_flops32() * threads);
  if (needs.flops64 > 0.0) floor += needs.flops64 / (peak_flops64() * threads);
  if (needs.bytes > 0.0) {
    const Bandwidth& rate = copy_bandwidth(threads);
    const double set = needs.working_set > 0.0 ? needs.working_set : needs.bytes;
    const auto within = [set](std::size_t cache) { return set <= static_cast<double>(cache); };
    const double bandwidth = within(caches().level1)   ? rate.level1
                             : within(caches().level2) ? rate.level2
                             : within(caches().level3) ? rate.level3
                                                       : rate.memory;
    floor = std::max(floor, needs.bytes / bandwidth);
  }
  return floor;
}

}  // namespace bench
