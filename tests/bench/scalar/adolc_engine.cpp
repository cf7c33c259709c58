#include <adolc/adolc.h>

#include <algorithm>
#include <memory>
#include <variant>

#include "engine.h"

// In the library, but not in its headers.
adub erf(const badouble& x);

namespace bench::scalar {

template <>
struct Plain<adouble> {
  static double of(const adouble& x) { return x.value(); }
};

}  // namespace bench::scalar

// ADOL-C has no erfc.
inline adub erfc(const badouble& x) { return 1.0 - erf(x); }

namespace bench::scalar {

namespace {

struct AdolC {
  template <class F>
  static constexpr bool takes = true;
  static inline short tag = 0;
  // How many entries a buffer has: enough, so that no tape is written to a file, and no more, because they are allocated
  // for each tape.
  static inline unsigned buffer = 0;

  template <class F>
  static void trace(const F& f, std::span<const double> x, const auto& finish) {
    trace_on(tag, 1, buffer, buffer, buffer, buffer);
    {
      std::vector<adouble> variables(x.size());
      for (std::size_t i = 0; i < x.size(); ++i) variables[i] <<= x[i];
      finish(f(std::span<const adouble>(variables)));
    }
    trace_off();
  }

  static double gradient(const auto& f, std::span<const double> x, std::span<double> out) {
    double value = 0.0;
    trace(f, x, [&](adouble y) { y >>= value; });
    double seed = 1.0;
    fos_reverse(tag, 1, static_cast<int>(x.size()), &seed, out.data());
    return value;
  }

  static double jacobian(const auto& f, std::span<const double> x, std::span<double> out) {
    double sum = 0.0;
    std::size_t outputs = 0;
    trace(f, x, [&](auto y) {
      outputs = y.size();
      for (adouble& each : y) {
        double value = 0.0;
        each >>= value;
        sum += value;
      }
    });
    std::vector<double> seeds(outputs * outputs, 0.0);
    std::vector<double*> seed_rows;
    std::vector<double*> rows;
    for (std::size_t k = 0; k < outputs; ++k) {
      seeds[k * outputs + k] = 1.0;
      seed_rows.push_back(&seeds[k * outputs]);
      rows.push_back(&out[k * x.size()]);
    }
    const int m = static_cast<int>(outputs);
    fov_reverse(tag, m, static_cast<int>(x.size()), m, seed_rows.data(), rows.data());
    return sum;
  }
};

/// A tape for each workload: a tag keeps the buffers it had, and their cost.
struct OwnTape {
  static inline short tags = 0;
  short tag = ++tags;
  bool used = false;
  OwnTape() = default;
  ~OwnTape() {
    if (used) removeTape(tag, ADOLC_REMOVE_COMPLETELY);
  }
  OwnTape(const OwnTape&) = delete;
  OwnTape& operator=(const OwnTape&) = delete;
};

}  // namespace

Gradient adolc_gradient(const Workload& workload) {
  const bool by_rows = std::holds_alternative<Bundle>(workload);
  const double operations = by_rows ? 200.0 : count_operations(workload);
  const double inputs = by_rows ? Bundle::row_inputs : static_cast<double>(gradient_size(workload));
  const auto buffer = static_cast<unsigned>(std::min(8.0 * (operations + inputs) + 4096.0, 4e9));
  const auto tape = std::make_shared<OwnTape>();
  return [tape, buffer, gradient = gradient_by<AdolC>(workload)](std::span<double> out) {
    AdolC::tag = tape->tag;
    tape->used = true;
    AdolC::buffer = buffer;
    return gradient(out);
  };
}

}  // namespace bench::scalar
