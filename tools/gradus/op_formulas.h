// What an op means in terms of simpler ones, for the table of functions: formulas that the op itself does not print,
// because a drawing says tanh(x) and not more.  A test evaluates each of them and compares.
#pragma once
#include <string>

#include "autograd/math/formula.h"
#include "autograd/math/ops.h"

namespace gradus::command {

// clang-format off
inline auto spelled_out(const Sign&, const Formula& x) { return bind(Greater{}, x, 0.0) - bind(Less{}, x, 0.0); }
inline auto spelled_out(const Expm1&, const Formula& x) { return bind(Exp{}, x) - 1.0; }
inline auto spelled_out(const Exp2&, const Formula& x) { return Formula("2^" + x.text()); }
inline auto spelled_out(const Log2&, const Formula& x) { return bind(Log{}, x) / Formula(ln_2); }
inline auto spelled_out(const Log10&, const Formula& x) { return bind(Log{}, x) / bind(Log{}, Formula(10.0)); }
inline auto spelled_out(const Log1p&, const Formula& x) { return bind(Log{}, 1.0 + x); }
inline auto spelled_out(const Tan&, const Formula& x) { return bind(Sin{}, x) / bind(Cos{}, x); }
inline auto spelled_out(const Sinh&, const Formula& x) { return (bind(Exp{}, x) - bind(Exp{}, -x)) / 2.0; }
inline auto spelled_out(const Cosh&, const Formula& x) { return (bind(Exp{}, x) + bind(Exp{}, -x)) / 2.0; }
inline auto spelled_out(const Tanh&, const Formula& x) { return bind(Sinh{}, x) / bind(Cosh{}, x); }
inline auto spelled_out(const Asinh&, const Formula& x) { return bind(Log{}, x + bind(Sqrt{}, bind(Square{}, x) + 1.0)); }
inline auto spelled_out(const Acosh&, const Formula& x) { return bind(Log{}, x + bind(Sqrt{}, bind(Square{}, x) - 1.0)); }
inline auto spelled_out(const Atanh&, const Formula& x) { return bind(Log{}, (1.0 + x) / (1.0 - x)) / 2.0; }
inline auto spelled_out(const Erfc&, const Formula& x) { return 1.0 - bind(Erf{}, x); }

inline auto spelled_out(const Where&, const Formula& c, const Formula& a, const Formula& b) {
  return Formula(a.text() + " if " + c.text() + " ≠ 0, else " + b.text());
}
inline auto spelled_out(const Maximum&, const Formula& a, const Formula& b) { return bind(Where{}, bind(Greater{}, a, b), a, b); }
inline auto spelled_out(const Minimum&, const Formula& a, const Formula& b) { return bind(Where{}, bind(Less{}, a, b), a, b); }
inline auto spelled_out(const Clamp&, const Formula& x, const Formula& low, const Formula& high) {
  return bind(Minimum{}, bind(Maximum{}, x, low), high);
}
inline auto spelled_out(const Pow&, const Formula& a, const Formula& b) { return Formula(a.text() + "^" + b.text()); }
inline auto spelled_out(const Hypot&, const Formula& a, const Formula& b) {
  return bind(Sqrt{}, bind(Square{}, a) + bind(Square{}, b));
}
inline auto spelled_out(const LogAddExp&, const Formula& a, const Formula& b) {
  return bind(Log{}, bind(Exp{}, a) + bind(Exp{}, b));
}
inline auto spelled_out(const XLogY&, const Formula& a, const Formula& b) { return a * bind(Log{}, b); }

inline auto spelled_out(const Identity&, const Formula& x) { return x; }
inline auto spelled_out(const Step&, const Formula& x) { return bind(Greater{}, x, 0.0); }
inline auto spelled_out(const Relu&, const Formula& x) { return bind(Maximum{}, x, 0.0); }
inline auto spelled_out(const Relu6&, const Formula& x) { return bind(Clamp{}, x, 0.0, 6.0); }
inline auto spelled_out(const Sigmoid&, const Formula& x) { return 1.0 / (1.0 + bind(Exp{}, -x)); }
inline auto spelled_out(const LeakyRelu&, const Formula& x) { return bind(Where{}, bind(Greater{}, x, 0.0), x, Formula("slope") * x); }
inline auto spelled_out(const Elu&, const Formula& x) {
  return bind(Where{}, bind(Greater{}, x, 0.0), x, Formula("alpha") * bind(Expm1{}, x));
}
inline auto spelled_out(const Selu&, const Formula& x) { return 1.0507009873554805 * bind(Elu{}, x, Formula("1.6732632423543772")); }
inline auto spelled_out(const Celu&, const Formula& x) {
  return bind(Where{}, bind(Greater{}, x, 0.0), x, Formula("alpha") * bind(Expm1{}, x / Formula("alpha")));
}
inline auto spelled_out(const Softsign&, const Formula& x) { return x / (1.0 + Formula("abs(" + x.text() + ")")); }
inline auto spelled_out(const HardSigmoid&, const Formula& x) { return bind(Clamp{}, x / 6.0 + 0.5, 0.0, 1.0); }
inline auto spelled_out(const HardTanh&, const Formula& x) { return bind(Clamp{}, x, Formula("low"), Formula("high")); }
inline auto spelled_out(const HardSwish&, const Formula& x) { return x * bind(HardSigmoid{}, x); }
inline auto spelled_out(const Softplus&, const Formula& x) {
  return bind(Log{}, 1.0 + bind(Exp{}, Formula("beta") * x)) / Formula("beta");
}
inline auto spelled_out(const LogSigmoid&, const Formula& x) { return bind(Log{}, bind(Sigmoid{}, x)); }
inline auto spelled_out(const Silu&, const Formula& x) { return x * bind(Sigmoid{}, x); }
inline auto spelled_out(const Mish&, const Formula& x) { return x * bind(Tanh{}, bind(Softplus{}, x)); }
inline auto spelled_out(const Gelu&, const Formula& x) { return x * (1.0 + bind(Erf{}, x / bind(Sqrt{}, Formula(2.0)))) / 2.0; }
inline auto spelled_out(const GeluTanh&, const Formula& x) {
  return x * (1.0 + bind(Tanh{}, bind(Sqrt{}, Formula("(2/π)")) * (x + 0.044715 * Formula(x.text() + "^3")))) / 2.0;
}

// The same for derivatives whose own form is made of helper ops.
inline auto slope(const LeakyRelu&, wrt<0>, const Formula& x) { return bind(Where{}, bind(Greater{}, x, 0.0), 1.0, Formula("slope")); }
inline auto slope(const Relu6&, wrt<0>, const Formula& x) { return bind(Step{}, x) * bind(Step{}, 6.0 - x); }
inline auto slope(const Elu&, wrt<0>, const Formula& x) {
  return bind(Where{}, bind(Greater{}, x, 0.0), 1.0, Formula("alpha") * bind(Exp{}, x));
}
inline auto slope(const Celu&, wrt<0>, const Formula& x) {
  return bind(Where{}, bind(Greater{}, x, 0.0), 1.0, bind(Exp{}, x / Formula("alpha")));
}
inline auto slope(const Softplus&, wrt<0>, const Formula& x) { return bind(Sigmoid{}, Formula("beta") * x); }
inline auto slope(const Softsign&, wrt<0>, const Formula& x) {
  return 1.0 / bind(Square{}, 1.0 + Formula("abs(" + x.text() + ")"));
}
inline auto slope(const HardSigmoid&, wrt<0>, const Formula& x) { return bind(Step{}, x + 3.0) * bind(Step{}, 3.0 - x) / 6.0; }
inline auto slope(const HardTanh&, wrt<0>, const Formula& x) {
  return bind(LessEqual{}, Formula("low"), x) * bind(LessEqual{}, x, Formula("high"));
}
inline auto slope(const Gelu&, wrt<0>, const Formula& x) {
  return (1.0 + bind(Erf{}, x / Formula("√2"))) / 2.0 + x * bind(Exp{}, -bind(Square{}, x) / 2.0) / Formula("√(2·π)");
}
inline auto slope(const GeluTanh&, wrt<0>, const Formula& x) {
  const Formula t("t");
  return (1.0 + t) / 2.0 + x * (1.0 - bind(Square{}, t)) * Formula("√(2/π)") * (0.5 + 0.0670725 * bind(Square{}, x));
}
inline auto slope(const Mish&, wrt<0>, const Formula& x) {
  const Formula t("t");
  return t + x * (1.0 - bind(Square{}, t)) * bind(Sigmoid{}, x);
}
inline auto slope(const Maximum&, wrt<0>, const Formula& a, const Formula& b) {
  return bind(Greater{}, a, b) + bind(Equal{}, a, b) / 2.0;
}
inline auto slope(const Maximum&, wrt<1>, const Formula& a, const Formula& b) {
  return bind(Less{}, a, b) + bind(Equal{}, a, b) / 2.0;
}
inline auto slope(const Minimum&, wrt<0>, const Formula& a, const Formula& b) {
  return bind(Less{}, a, b) + bind(Equal{}, a, b) / 2.0;
}
inline auto slope(const Minimum&, wrt<1>, const Formula& a, const Formula& b) {
  return bind(Greater{}, a, b) + bind(Equal{}, a, b) / 2.0;
}
inline auto slope(const Clamp&, wrt<0>, const Formula& x, const Formula& low, const Formula& high) {
  return bind(LessEqual{}, low, x) * bind(LessEqual{}, x, high);
}
inline auto slope(const Clamp&, wrt<1>, const Formula& x, const Formula& low, const Formula&) { return bind(Less{}, x, low); }
inline auto slope(const Clamp&, wrt<2>, const Formula& x, const Formula&, const Formula& high) { return bind(Greater{}, x, high); }
inline auto slope(const LogAddExp&, wrt<0>, const Formula& a, const Formula& b) { return bind(Sigmoid{}, a - b); }
inline auto slope(const LogAddExp&, wrt<1>, const Formula& a, const Formula& b) { return bind(Sigmoid{}, b - a); }

// What t stands for in the two above.
inline std::string note(const GeluTanh&) { return ", t = 2·y/x − 1"; }
inline std::string note(const Mish&) { return ", t = y/x"; }
// clang-format on

}  // namespace gradus::command
