// How the programs of this folder say whether what they computed is right.
#pragma once
#include <gradus/autograd.h>

#include <cstdio>

/// Prints what was found; false where it is more than allowed, or NaN.
inline bool within(const char* what, double error, double allowed) {
  const bool right = error <= allowed;
  std::printf("%s %s: %.2g, at most %.2g\n", right ? "right" : "WRONG", what, error, allowed);
  return right;
}

/// The largest distance between two numbers in the same place.
inline double apart(const gradus::Tensor& a, const gradus::Tensor& b) { return max(abs(a - b)).item(); }
