// The namespace for what others call by the same name.
#pragma once

namespace gradus {

/// What std or gradus::nn calls by the same name, so that `using namespace` for all three leaves no name ambiguous: functions
/// beside class templates of std's (ops::stack({a, b}), ops::less(a, b)), and the activations, which are modules in nn.
namespace ops {
struct Identity;
struct Step;
struct Relu;
struct Sigmoid;
struct Tanh;
struct LeakyRelu;
struct Relu6;
struct Elu;
struct Selu;
struct Celu;
struct Softsign;
struct HardSigmoid;
struct HardTanh;
struct HardSwish;
struct Softplus;
struct LogSigmoid;
struct Silu;
struct Mish;
struct Gelu;
struct GeluTanh;
}  // namespace ops

}  // namespace gradus
