#include "nn/layers/combining_layers.h"

#include <utility>

#include "autograd/base/error.h"

namespace gradus::nn {

// y = x + f(x)
Tensor Residual::forward(const Tensor& x) { return x + run("body", x); }

Lambda::Lambda(std::function<Tensor(const Tensor&)> f, std::string kind) : f_(std::move(f)), kind_(std::move(kind)) {
  if (!f_) throw ValueError("[lambda] the function is empty");
}

}  // namespace gradus::nn
