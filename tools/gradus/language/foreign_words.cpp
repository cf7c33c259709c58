#include "tools/gradus/language/foreign_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "autograd/base/text.h"

namespace gradus::command {
namespace {

struct Word {
  std::string_view foreign;
  std::string_view here;
};

constexpr Word functions_elsewhere[] = {
    // mathematics
    {"ln", "log(x)"},
    {"lg", "log10(x)"},
    {"ld", "log2(x)"},
    {"log_2", "log2(x)"},
    {"log_10", "log10(x)"},
    {"logarithm", "log(x)"},
    {"arcsin", "asin(x)"},
    {"arccos", "acos(x)"},
    {"arctan", "atan(x)"},
    {"arcsinh", "asinh(x)"},
    {"arccosh", "acosh(x)"},
    {"arctanh", "atanh(x)"},
    {"arsinh", "asinh(x)"},
    {"arcosh", "acosh(x)"},
    {"artanh", "atanh(x)"},
    {"arctan2", "atan2(y, x)"},
    {"tg", "tan(x)"},
    {"th", "tanh(x)"},
    {"sh", "sinh(x)"},
    {"ch", "cosh(x)"},
    {"cot", "1/tan(x)"},
    {"ctg", "1/tan(x)"},
    {"sec", "1/cos(x)"},
    {"csc", "1/sin(x)"},
    {"sgn", "sign(x)"},
    {"signum", "sign(x)"},
    {"root", "sqrt(x)"},
    {"σ", "sigmoid(x)"},
    {"Σ", "sum(x)"},
    {"Π", "prod(x)"},
    {"θ", "step(x)"},
    {"Φ", "0.5*(1 + erf(x/sqrt(2)))"},
    {"heaviside", "step(x)"},
    {"logistic", "sigmoid(x)"},
    {"expit", "sigmoid(x)"},
    {"derivative", "grad(f, x)"},
    {"gradient", "grad(f, x)"},
    {"nabla", "grad(f, x)"},
    {"D", "grad(f, x)"},
    {"if", "where(condition, a, b)"},
    {"ifelse", "where(condition, a, b)"},
    {"cases", "where(condition, a, b)"},
    // NumPy, PyTorch, JAX, MATLAB
    {"fabs", "abs(x)"},
    {"absolute", "abs(x)"},
    {"power", "pow(x, y)"},
    {"sqr", "square(x)"},
    {"clip", "clamp(x, low, high)"},
    {"average", "mean(x)"},
    {"avg", "mean(x)"},
    {"variance", "var(x)"},
    {"stddev", "std(x)"},
    {"amax", "max(x)"},
    {"amin", "min(x)"},
    {"fmax", "max(x, y)"},
    {"fmin", "min(x, y)"},
    {"product", "prod(x)"},
    {"remainder", "mod(x, y)"},
    {"fix", "trunc(x)"},
    {"gammaln", "lgamma(x)"},
    {"loggamma", "lgamma(x)"},
    {"psi", "digamma(x)"},
    {"trigamma", "polygamma(x)"},
    {"ndtr", "norm_cdf(x)"},
    {"percentile", "quantile(x, 0.25)"},
    {"swish", "silu(x)"},
    {"mm", "A @ B"},
    {"bmm", "A @ B"},
    {"inner", "a @ b"},
    {"inverse", "inv(A)"},
    {"determinant", "det(A)"},
    {"slogdet", "logabsdet(A)"},
    {"logdet", "logabsdet(A)"},
    {"chol", "cholesky(A)"},
    {"linsolve", "solve(A, b)"},
    {"eig", "eigh(A)"},
    {"eigvals", "eigvalsh(A)"},
    {"pinverse", "pinv(A)"},
    {"matrix_exp", "expm(A)"},
    {"mpow", "matrix_power(A, 2)"},
    {"cat", "concat(a, b, axis=0)"},
    {"concatenate", "concat(a, b, axis=0)"},
    {"view", "reshape(x, (2, 3))"},
    {"expand", "broadcast_to(x, (2, 3))"},
    {"tile", "repeat(x, (2, 3))"},
    {"permute_dims", "permute(x, (1, 0))"},
    {"array", "[1, 2, 3]"},
    {"tensor", "[1, 2, 3]"},
    {"mse_loss", "mse(prediction, target)"},
    {"l1_loss", "mae(prediction, target)"},
    {"nll_loss", "nll(log_probabilities, labels)"},
    {"huber_loss", "huber(prediction, target)"},
    {"smooth_l1_loss", "smooth_l1(prediction, target)"},
    {"binary_cross_entropy", "bce(p, target)"},
    {"binary_cross_entropy_with_logits", "bce_with_logits(x, target)"},
    {"randn", "normal((2, 3))"},
    {"rand", "uniform((2, 3))"},
    {"jacrev", "jacobian(f, x)"},
    {"jacfwd", "jacobian(f, x)"},
};

constexpr std::string_view modules[] = {"np", "numpy", "torch", "math", "jnp",   "jax", "F",   "nn",
                                        "tf", "keras", "scipy", "sp",   "cmath", "std", "Math"};

constexpr Word attributes[] = {
    {"T", "transpose"}, {"mT", "transpose"}, {"t", "transpose"}, {"dot", "matmul"}, {"view", "reshape"}, {"pow", "pow"},
};

constexpr Word between[] = {
    {"if", "; a choice is where(condition, a, b)"},
    {"else", "; a choice is where(condition, a, b)"},
    {"and", "; for 'and' between comparisons multiply them: (a < b)*(b < c)"},
    {"or", "; for 'or' between comparisons take the larger: max(a < b, b < c)"},
    {"mod", "; the remainder is mod(x, y)"},
};

constexpr Word more_arguments[] = {
    {"log", "; to another base it is log(x)/log(base), or log2(x), log10(x)"},
    {"exp", "; a power of another base is base^x"},
    {"sqrt", "; another root is x^(1/n)"},
    {"atan", "; of two coordinates it is atan2(y, x)"},
    {"abs", "; the length of a vector is norm(x)"},
    {"maximum", "; max takes any number of them"},
    {"minimum", "; min takes any number of them"},
    {"matmul", "; write A @ B @ C"},
    {"grad", "; of several variables it is one grad(f, x) for each"},
};

template <std::size_t N>
std::string_view look_up(const Word (&table)[N], std::string_view word) noexcept {
  const auto found = std::find_if(std::begin(table), std::end(table), [&](const Word& w) { return w.foreign == word; });
  return found == std::end(table) ? std::string_view() : found->here;
}

}  // namespace

std::string_view written_here(std::string_view function) noexcept { return look_up(functions_elsewhere, function); }

bool is_foreign_module(std::string_view name) noexcept {
  return std::find(std::begin(modules), std::end(modules), name) != std::end(modules);
}

std::string without_attribute(std::string_view value, std::string_view attribute) {
  const std::string_view known = look_up(attributes, attribute);
  return fmt::format("{}({})", printable(known.empty() ? attribute : known), printable(value));
}

std::string_view advice_for_word_between(std::string_view word) noexcept { return look_up(between, word); }

std::string_view advice_for_more_arguments(std::string_view function) noexcept {
  return look_up(more_arguments, function);
}

}  // namespace gradus::command
