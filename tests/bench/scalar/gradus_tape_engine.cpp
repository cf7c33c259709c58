#include "tests/bench/scalar/gradus_engine.h"

namespace bench::scalar {

namespace {

struct Gradus {
  template <class F>
  static constexpr bool takes = true;

  static double gradient(const auto& f, std::span<const double> x, std::span<double> out) {
    const Recorded recorded = record(x);
    const gradus::Scalar y = f(recorded.inputs());
    write_gradient(recorded.tape, y, recorded.inputs(), out);
    return y.value();
  }

  static double jacobian(const auto& f, std::span<const double> x, std::span<double> out) {
    const Recorded recorded = record(x);
    double sum = 0.0;
    for (const auto y = f(recorded.inputs()); const gradus::Scalar& each : y) {
      write_gradient(recorded.tape, each, recorded.inputs(), out.first(x.size()));
      out = out.subspan(x.size());
      sum += each.value();
    }
    return sum;
  }
};

}  // namespace

Gradient gradus_gradient(const Workload& workload) { return gradient_by<Gradus>(workload); }

}  // namespace bench::scalar
