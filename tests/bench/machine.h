// What one core of this machine can do at most, measured: the floor under every benchmark.
#pragma once

namespace bench {

/// Nanoseconds of a clock that never goes back.
[[nodiscard]] double clock_ns();

/// What a piece of work cannot do without.  Zero: does not count.
struct Needs {
  double flops32 = 0.0;      // float32 operations: additions and multiplications
  double flops64 = 0.0;      // float64 operations
  double bytes = 0.0;        // read from and written to memory
  double working_set = 0.0;  // bytes that are in use at once, which say what level of memory they come from; 0: `bytes`
};

/// Fused multiply-adds of the widest vectors that the processor has, in independent chains.  In operations (two for each)
/// per nanosecond, on one core.
double peak_flops32();
double peak_flops64();

/// Bytes read plus bytes written per nanosecond, by `threads` threads at once, each copying buffers of its own.
struct Bandwidth {
  double level1, level2, level3, memory;
};
const Bandwidth& copy_bandwidth(int threads);

/// The nanoseconds below which the work cannot be done here: its operations at the peak rate, or its bytes at the
/// bandwidth of the memory level that holds them, whichever takes longer.  All is measured once, when first asked for.
double floor_ns(const Needs& needs, int threads = 1);

}  // namespace bench
