#include "autograd/scalar/bridge.h"

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "autograd/array/array.h"
#include "autograd/base/error.h"

namespace gradus {

Scalar read_scalar(const Tensor& x, std::int64_t index) {
  if (index < 0 || index >= x.size()) {
    throw ShapeError(fmt::format("[read_scalar] element {} of a tensor of {}", index, x.size()));
  }
  const Array packed = x.value().packed().to(DType::float64);
  return Tape::current().variable(packed.data<double>()[index]);
}

Tensor to_tensor(const Scalar& x) { return Tensor(x.value()); }

Tensor on_tape(const ScalarFunction& f, const Tensor& x) {
  const auto gradient = std::make_shared<std::vector<double>>();
  const auto value = [&f, gradient](TensorList in) {
    const std::vector<double> numbers = in[0].to_vector();
    Tape tape;
    std::vector<Scalar> inputs;
    inputs.reserve(numbers.size());
    for (const double v : numbers) inputs.push_back(tape.variable(v));
    const Scalar y = f(inputs);
    *gradient = tape.gradient(y, inputs);
    return Tensor(Array(y.value()).to(in[0].value().dtype()));
  };
  const auto pullback = [gradient](const Tensor& cotangent, TensorList in, const Tensor&) {
    const Array slopes = Array(Shape{static_cast<std::int64_t>(gradient->size())}, *gradient);
    return std::vector<Tensor>{cotangent * Tensor(slopes.reshape(in[0].shape()).to(in[0].value().dtype()))};
  };
  return custom_op("on_tape", value, pullback, {x});
}

}  // namespace gradus
