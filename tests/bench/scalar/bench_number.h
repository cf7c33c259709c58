// What the workloads ask of a number type besides operators and functions found by its arguments.
#pragma once
#include <cmath>

namespace bench::scalar {

using std::cos, std::erfc, std::exp, std::log, std::sin, std::sqrt, std::tanh;

/// The plain value of a number, for branches alone.  Each engine says how.
template <class T>
struct Plain {
  static double of(const T& x) { return static_cast<double>(x); }
};

template <class T>
double plain(const T& x) {
  return Plain<T>::of(x);
}

}  // namespace bench::scalar
