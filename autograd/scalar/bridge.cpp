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

namespace {

using Slopes = std::shared_ptr<const std::vector<double>>;

/// The slopes of a function at x, recorded as an op that has no derivative: it refuses instead of passing nothing on.
Tensor slopes_at(const Tensor& x, const Slopes& slopes) {
  const auto value = [slopes](TensorList in) {
    const Array flat(Shape{static_cast<std::int64_t>(slopes->size())}, *slopes);
    return Tensor(flat.reshape(in[0].shape()).to(in[0].value().dtype()));
  };
  const auto pullback = [](const Tensor&, TensorList, const Tensor&) -> std::vector<Tensor> {
    throw GraphError(
        "[on_tape] a function in plain loops is differentiable once: its gradient is a number to the graph");
  };
  return custom_op("on_tape_gradient", value, pullback, {x});
}

}  // namespace

Tensor on_tape(const ScalarFunction& f, const Tensor& x) {
  const auto gradient = std::make_shared<std::vector<double>>();
  const auto value = [f, gradient](TensorList in) {
    const std::vector<double> numbers = in[0].to_vector();
    Tape tape;
    std::vector<Scalar> inputs;
    inputs.reserve(numbers.size());
    for (const double v : numbers) inputs.push_back(tape.variable(v));
    const Scalar y = f(inputs);
    if (gradient->empty()) *gradient = tape.gradient(y, inputs);  // of what was recorded, whatever it is asked again
    return Tensor(Array(y.value()).to(in[0].value().dtype()));
  };
  const auto pullback = [gradient](const Tensor& cotangent, TensorList in, const Tensor&) {
    return std::vector<Tensor>{cotangent * slopes_at(in[0], gradient)};
  };
  return custom_op("on_tape", value, pullback, {x});
}

}  // namespace gradus
