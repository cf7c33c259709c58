// What a host of plug-ins loads: one function, to be called from C, that takes a gradient on the way.
#include <span>

#include "autograd/scalar/scalar.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/tensor.h"

/// d/dx of tanh(x)·x, summed over three equal elements, by a tensor; minus that of one Scalar.
extern "C" __attribute__((visibility("default"))) double plugin_gradient(double at) {
  using namespace gradus;
  const Tensor x = variable(Array({3}, {at, at, at}));
  sum(tanh(x) * x).backward();
  double all = 0.0;
  for (const double g : x.grad().to_vector()) all += g;
  Tape tape;
  const Scalar s = tape.variable(at);
  return all - tape.gradient(tanh(s) * s, std::span(&s, 1)).front();
}
