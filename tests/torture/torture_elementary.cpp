#include "tests/torture/torture.h"

namespace gradus::torture {

namespace {

using Unary = Tensor (*)(const Tensor&);
using Binary = Tensor (*)(const Tensor&, const Tensor&);

Expression of_x(Unary f) {
  return [f](const Inputs& in) { return f(in["x"]); };
}
Expression of_x_and_y(Binary f) {
  return [f](const Inputs& in) { return f(in["x"], in["y"]); };
}
Expression x_to_the(double exponent) {
  return [exponent](const Inputs& in) { return pow(in["x"], exponent); };
}

constexpr Unary abs_of = [](const Tensor& x) { return abs(x); };
constexpr Unary log_of = [](const Tensor& x) { return log(x); };
constexpr Unary sqrt_of = [](const Tensor& x) { return sqrt(x); };
constexpr Unary asin_of = [](const Tensor& x) { return asin(x); };
constexpr Unary tanh_of = [](const Tensor& x) { return tanh(x); };
constexpr Unary sigmoid_of = [](const Tensor& x) { return sigmoid(x); };
constexpr Unary softplus_of = [](const Tensor& x) { return softplus(x); };
constexpr Unary clamp_of = [](const Tensor& x) { return clamp(x, 0.0, 1.0); };
constexpr Binary pow_of = [](const Tensor& x, const Tensor& y) { return pow(x, y); };
constexpr Binary atan2_of = [](const Tensor& x, const Tensor& y) { return atan2(x, y); };
constexpr Binary hypot_of = [](const Tensor& x, const Tensor& y) { return hypot(x, y); };
constexpr Binary max_of = [](const Tensor& x, const Tensor& y) { return maximum(x, y); };

}  // namespace

Table elementary() {
  return {
      {"reg-square", [](const Inputs& in) { return in["x"] * in["x"]; }},
      {"reg-reciprocal", [](const Inputs& in) { return 1 / in["x"]; }},
      {"reg-expm1", of_x([](const Tensor& x) { return expm1(x); })},
      {"reg-sin", of_x([](const Tensor& x) { return sin(x); })},
      {"reg-tan", of_x([](const Tensor& x) { return tan(x); })},
      {"reg-asin", of_x(asin_of)},
      {"reg-atan", of_x([](const Tensor& x) { return atan(x); })},
      {"reg-sinh", of_x([](const Tensor& x) { return sinh(x); })},
      {"reg-tanh", of_x(tanh_of)},
      {"reg-asinh", of_x([](const Tensor& x) { return asinh(x); })},
      {"reg-atanh", of_x([](const Tensor& x) { return atanh(x); })},
      {"reg-softplus", of_x(softplus_of)},
      {"reg-gelu-erf", of_x([](const Tensor& x) { return gelu(x); })},
      {"reg-erf", of_x([](const Tensor& x) { return erf(x); })},
      {"reg-elu", of_x([](const Tensor& x) { return elu(x); })},
      {"reg-softsign", of_x([](const Tensor& x) { return softsign(x); })},
      {"reg-cbrt", of_x([](const Tensor& x) { return cbrt(x); })},
      {"reg-pow", of_x_and_y(pow_of)},
      {"reg-atan2", of_x_and_y(atan2_of)},
      {"reg-logaddexp", of_x_and_y([](const Tensor& x, const Tensor& y) { return logaddexp(x, y); })},
      {"abs-at-neg0", of_x(abs_of)},
      {"abs-nan", of_x(abs_of)},
      {"abs-inf", of_x(abs_of)},
      {"relu-at-0", of_x([](const Tensor& x) { return relu(x); })},
      {"sign-at-0", of_x([](const Tensor& x) { return sign(x); })},
      {"sign-nan", of_x([](const Tensor& x) { return sign(x); })},
      {"floor-grad", of_x([](const Tensor& x) { return floor(x); })},
      {"sqrt-at-0", of_x(sqrt_of)},
      {"sqrt-at-neg0", of_x(sqrt_of)},
      {"sqrt-neg", of_x(sqrt_of)},
      {"sqrt-inf", of_x(sqrt_of)},
      {"log-at-0", of_x(log_of)},
      {"log-neg", of_x(log_of)},
      {"log-inf", of_x(log_of)},
      {"log1p-at-minus1", of_x([](const Tensor& x) { return log1p(x); })},
      {"exp-overflow", of_x([](const Tensor& x) { return exp(x); })},
      {"asin-at-1", of_x(asin_of)},
      {"asin-domain", of_x(asin_of)},
      {"tanh-inf", of_x(tanh_of)},
      {"softplus-inf", of_x(softplus_of)},
      {"cbrt-at-0", of_x([](const Tensor& x) { return cbrt(x); })},
      {"div-huge-huge", of_x_and_y([](const Tensor& x, const Tensor& y) { return x / y; })},
      {"max-tie", of_x_and_y(max_of)},
      {"max-nan-left", of_x_and_y(max_of)},
      {"min-nan-right", of_x_and_y([](const Tensor& x, const Tensor& y) { return minimum(x, y); })},
      {"clamp-bounds", of_x(clamp_of)},
      {"clamp-nan", of_x(clamp_of)},
      {"pow-0-half", of_x_and_y(pow_of)},
      {"pow-0-neg1", of_x_and_y(pow_of)},
      {"pow-neg-even", of_x_and_y(pow_of)},
      {"pow-neg-odd", of_x_and_y(pow_of)},
      {"pow-1-inf", of_x_and_y(pow_of)},
      {"pow-nan-0", of_x_and_y(pow_of)},
      {"powconst-0-0", x_to_the(0)},
      {"powconst-0-1", x_to_the(1)},
      {"powconst-0-2", x_to_the(2)},
      {"powconst-neg-int", x_to_the(3)},
      {"atan2-neg0-neg1", of_x_and_y(atan2_of)},
      {"hypot-0-0", of_x_and_y(hypot_of)},
      {"hypot-huge", of_x_and_y(hypot_of)},
      {"where-log", of_x([](const Tensor& x) { return where(ops::greater(x, 0.0), log(x), 0.0); })},
      {"xlogy-0-0", of_x_and_y([](const Tensor& x, const Tensor& y) { return xlogy(x, y); })},
      {"acc-tanh-20", of_x(tanh_of)},
      {"acc-sigmoid-20", of_x(sigmoid_of)},
      {"acc-sigmoid-40", of_x(sigmoid_of)},
      {"acc-sigmoid-350", of_x(sigmoid_of)},
      {"acc-softplus-neg40", of_x(softplus_of)},
      {"acc-logsigmoid", of_x([](const Tensor& x) { return log_sigmoid(x); })},
      {"acc-tanhshrink", of_x([](const Tensor& x) { return x - tanh(x); })},
      {"acc-expm1-tiny", of_x([](const Tensor& x) { return expm1(x); })},
      {"acc-log1p-tiny", of_x([](const Tensor& x) { return log1p(x); })},
      {"acc-no-fma-contraction", of_x_and_y([](const Tensor& x, const Tensor& y) { return x * x - y; })},
      {"acc-denormal-sum", of_x_and_y([](const Tensor& x, const Tensor& y) { return x + y; })},
  };
}

}  // namespace gradus::torture
