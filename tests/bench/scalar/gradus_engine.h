// Recording with Gradus: one tape for all, cleared each time, which keeps its memory.
#pragma once
#include <autograd/scalar/scalar.h>
#include <autograd/scalar/tape.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "engine.h"

namespace bench::scalar {

template <>
struct Plain<gradus::Scalar> {
  static double of(const gradus::Scalar& x) { return x.value(); }
};

/// The gradient into memory of the caller's, which tapes can do since they allocate nothing.
template <class Tape>
void write_gradient(const Tape& tape, const gradus::Scalar& y, std::span<const gradus::Scalar> x,
                    std::span<double> out) {
  if constexpr (requires { tape.gradient(y, x, out); }) {
    tape.gradient(y, x, out);
  } else {
    const std::vector<double> gradient = tape.gradient(y, x);
    std::copy(gradient.begin(), gradient.end(), out.begin());
  }
}

struct Recorded {
  gradus::Tape& tape;
  std::vector<gradus::Scalar>& variables;
  [[nodiscard]] std::span<const gradus::Scalar> inputs() const { return variables; }
};

/// An empty tape but for its variables.
inline Recorded record(std::span<const double> x) {
  static gradus::Tape tape;
  static std::vector<gradus::Scalar> variables;
  tape.clear();
  variables.resize(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) variables[i] = tape.variable(x[i]);
  return {tape, variables};
}

}  // namespace bench::scalar
