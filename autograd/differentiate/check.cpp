#include "autograd/differentiate/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/array/random.h"
#include "autograd/base/error.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus {

namespace detail {

namespace {

/// Random weights that tell every element apart: none near 0, none like another.
Tensor weights(const Tensor& like, const Key& key) {
  return Tensor(uniform_array(like.shape(), 0.5, 1.5, key, like.dtype()), Counted<Record>());
}

/// Σ weights · y over several tensors.
Tensor weighted(TensorList y, const Key& key) {
  Tensor total;
  for (std::size_t k = 0; k < y.size(); ++k) {
    const Tensor part = sum(y[k] * weights(y[k], key.part(k)));
    total = total.defined() ? total + part : part;
  }
  return total;
}

/// What is checked at an order: the derivatives of the order below, and the number that Σ weights · these is.
struct Checked {
  Function parts;
  Function number;
};
Checked at_order(const Function& f, int order, const Key& key) {
  const auto number_of = [&key](const Function& parts, int k) -> Function {
    const Key own = key.part(static_cast<std::uint64_t>(k));
    return [parts, own](TensorList x) { return Tensors{weighted(parts(x), own)}; };
  };
  Checked checked{f, number_of(f, 0)};
  for (int k = 1; k < order; ++k) {
    checked.parts = [number = checked.number](TensorList x) { return detail::recorded_grad_or_zeros(number(x)[0], x); };
    checked.number = number_of(checked.parts, k);
  }
  return checked;
}

/// Σ |y|: how large the numbers are that a checked number is added up from.
double size_of(TensorList y) {
  double size = 0.0;
  for (const Tensor& t : y) {
    for (const double number : t.to_vector()) size += std::abs(number);
  }
  return std::isfinite(size) ? size : 0.0;
}

/// The size of x as differences see it, which move it by a tenth of that at first.
double size_of_step(double x) { return std::max(std::abs(x), 0.1); }

struct Difference {
  double slope = std::numeric_limits<double>::quiet_NaN();
  double uncertainty = std::numeric_limits<double>::infinity();
};

/// Ridders' method: central differences at shrinking steps, extrapolated to step 0 in a Neville tableau; the entry that
/// changed least is the best.
template <class F>
Difference ridders(const F& along, double step) {
  constexpr int rows = 10;
  constexpr double shrink = 1.6;
  std::array<std::array<double, rows>, rows> table{};
  Difference best;
  for (int i = 0; i < rows; ++i, step /= shrink) {
    auto& row = table[static_cast<std::size_t>(i)];
    row[0] = (along(step) - along(-step)) / (2.0 * step);
    double factor = shrink * shrink;
    for (std::size_t j = 1; j <= static_cast<std::size_t>(i); ++j, factor *= shrink * shrink) {
      const auto& above = table[static_cast<std::size_t>(i - 1)];
      row[j] = (row[j - 1] * factor - above[j - 1]) / (factor - 1.0);
      const double change = std::max(std::abs(row[j] - row[j - 1]), std::abs(row[j] - above[j - 1]));
      if (change < best.uncertainty) best = {row[j], change};
    }
  }
  return best;
}

double ulp_of(double x, DType dtype) {
  if (!std::isfinite(x)) return std::numeric_limits<double>::infinity();
  const int digits = dtype == DType::float32 ? std::numeric_limits<float>::digits : std::numeric_limits<double>::digits;
  const int least =
      dtype == DType::float32 ? std::numeric_limits<float>::min_exponent : std::numeric_limits<double>::min_exponent;
  const int exponent = x == 0.0 ? least - 1 : std::max(std::ilogb(x), least - 1);
  return std::ldexp(1.0, exponent - digits + 1);
}

class Checker {
 public:
  Checker(TensorList x, const CheckOptions& options) : options_(options), key_{options.seed, 0} {
    DType dtype = DType::float64;
    for (const Tensor& t : x) {
      x_.push_back(Tensor(t.value(), Counted<Record>()));
      wide_.push_back(t.value().to(DType::float64));
      if (t.dtype() == DType::float32) dtype = DType::float32;
    }
    const bool narrow = dtype == DType::float32;
    rounding_ =
        16.0 * (narrow ? double{std::numeric_limits<float>::epsilon()} : std::numeric_limits<double>::epsilon());
    if (options_.tolerance == 0.0) options_.tolerance = narrow ? 1e-3 : 1e-7;
    if (options_.modes == 0.0) options_.modes = narrow ? 1e-4 : 1e-12;
  }

  GradientReport run(const Function& f) {
    for (int order = 1; order <= options_.order; ++order) {
      const auto [parts, number] = at_order(f, order, key_.part(1000));
      const Tensors gradients = value_and_grad(number, x_, Derivative::plain).gradients;
      value_size_ = size_of(evaluate(parts, x_, Derivative::plain).y);
      compare_with_differences(number, gradients, order);
      compare_modes(number, gradients, order);
    }
    return report_;
  }

 private:
  void compare_with_differences(const Function& number, const Tensors& gradients, int order) {
    for (std::size_t k = 0; k < x_.size(); ++k) {
      const std::vector<double> computed = gradients[k].to_vector();
      const std::vector<double> wide = wide_[k].to_vector();
      double largest = 0.0;
      for (const double g : computed) largest = std::max(largest, std::isfinite(g) ? std::abs(g) : 0.0);
      for (std::size_t i = 0; i < computed.size(); ++i) {
        see(computed[i], difference(number, k, i), largest, noise(wide[i]), {order, k, i});
      }
    }
  }

  // By f's values in float64, each with one element moved.
  Difference difference(const Function& number, std::size_t input, std::size_t element) const {
    const std::vector<double> numbers = wide_[input].to_vector();
    const double step = 0.1 * size_of_step(numbers[element]);
    return ridders(
        [&](double by) {
          std::vector<double> moved = numbers;
          moved[element] += by;
          Tensors x;
          const Recording recording;  // a derivative of the order below is taken inside
          for (std::size_t k = 0; k < wide_.size(); ++k) {
            x.push_back(argument_variable(k == input ? Array(wide_[k].shape(), moved) : wide_[k]));
          }
          return number(x)[0].item();
        },
        step);
  }

  // Derivatives that cancel are 0 up to the rounding of the numbers they are the change of: eps·|f|/|x|.
  double noise(double x) const { return rounding_ * value_size_ / size_of_step(x); }

  struct Where {
    int order;
    std::size_t input;
    std::size_t element;
  };
  void see(double computed, const Difference& difference, double largest, double noise, const Where& place) {
    const double apart = std::abs(computed - difference.slope);
    const double size = std::max({std::abs(computed), std::abs(difference.slope), largest});
    const double allowed = options_.tolerance * size + 2.0 * difference.uncertainty + noise;
    const bool sure =
        difference.uncertainty <= 0.01 * size || apart <= options_.tolerance * size + noise || size == 0.0;
    const bool right = apart <= allowed && sure;
    // How far beyond what is allowed; a wrong element is beyond any right one.
    double excess = allowed > 0.0 ? apart / allowed : apart;
    if (!(excess >= 0.0)) excess = std::numeric_limits<double>::infinity();
    if (!right) excess = std::max(excess, 1.0) + 1.0;
    if (!right) report_.ok = false;
    if (seen_ && !(excess > worst_)) return;
    seen_ = true;
    worst_ = excess;
    report_.order = place.order;
    report_.input = place.input;
    report_.element = static_cast<std::int64_t>(place.element);
    report_.computed = computed;
    report_.expected = difference.slope;
    report_.uncertainty = difference.uncertainty;
    report_.ulps = apart / ulp_of(computed, x_[place.input].dtype());
    const double larger = std::max(std::abs(computed), std::abs(difference.slope));
    report_.relative = larger > 0.0 ? apart / larger : apart;
  }

  // ⟨gradient, v⟩ against the tangent along v.
  void compare_modes(const Function& number, const Tensors& gradients, int order) {
    Tensors v;
    for (std::size_t k = 0; k < x_.size(); ++k) {
      v.push_back(weights(x_[k], key_.part(2000 + k).part(static_cast<std::uint64_t>(order))));
    }
    const double forward = jvp(number, x_, v, Derivative::plain).tangents[0].item();
    double reverse = 0.0;
    double size = 0.0;
    double noise_of_all = 0.0;
    for (std::size_t k = 0; k < x_.size(); ++k) {
      const std::vector<double> wide = wide_[k].to_vector();
      const std::vector<double> g = gradients[k].to_vector();
      const std::vector<double> along = v[k].to_vector();
      for (std::size_t i = 0; i < g.size(); ++i) {
        reverse += g[i] * along[i];
        size += std::abs(g[i] * along[i]);
        noise_of_all += noise(wide[i]) * along[i];
      }
    }
    double apart = std::abs(forward - reverse);
    if (apart <= noise_of_all) apart = 0.0;
    const double relative = size > 0.0 ? apart / size : apart;
    if (!(relative <= options_.modes)) report_.ok = false;
    if (!std::isnan(report_.modes) && !(relative <= report_.modes)) report_.modes = relative;
  }

  CheckOptions options_;
  Key key_;
  Tensors x_;
  std::vector<Array> wide_;
  double rounding_ = 0.0;    // of numbers of the dtype, a few steps of it
  double value_size_ = 0.0;  // of what is differentiated at the order
  GradientReport report_;
  bool seen_ = false;
  double worst_ = 0.0;
};

}  // namespace

GradientReport check_gradients(const Function& f, TensorList x, const CheckOptions& options) {
  if (x.empty()) throw GraphError("[check_gradients] there is no tensor to differentiate by");
  if (options.order < 1) throw GraphError(fmt::format("[check_gradients] order {} is none", options.order));
  return Checker(x, options).run(f);
}

}  // namespace detail

std::string GradientReport::to_string() const {
  return fmt::format(
      "{}: worst at element {} of argument {}, order {}: computed {}, by differences {} ± {:.1e} ({:.3g} ulp, relative "
      "{:.1e}); forward and reverse mode {:.1e} apart",
      ok ? "right" : "WRONG", element, input, order, computed, expected, uncertainty, ulps, relative, modes);
}

}  // namespace gradus
