#include "autograd/derive/step_remarks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "autograd/base/index.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/derivation_numbers.h"
#include "autograd/derive/derivation_parts.h"
#include "autograd/derive/derivation_words.h"
#include "autograd/derive/formula_value.h"
#include "autograd/graph/written_call.h"
#include "autograd/math/ops.h"
#include "autograd/math/typeset.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

constexpr std::int64_t most_looked_at = 64;

std::optional<std::vector<Array>> values_of_arguments(const Graph& graph, const Graph::Step& step) {
  std::vector<Array> x;
  for (const int argument : step.arguments) {
    const Slot& slot = graph.slots()[at(argument)];
    if (!slot.value.defined() || !slot.value.has_data() || slot.shape.size() > most_looked_at) return std::nullopt;
    x.push_back(slot.value);
  }
  return x;
}

/// A number beside x that it can be told from: what is smooth there has almost the same slope.
double beside(double x, DType dtype, double steps) {
  const bool narrow = dtype == DType::float32;
  const double near_zero = narrow ? 1e-12 : 1e-15;
  const double unit = narrow ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
  return x + steps * (x == 0.0 ? near_zero : 4.0 * unit * std::fabs(x));
}

/// What an op gives, and its slope, where one number of an argument is moved.
struct Point {
  double value = 0.0;
  double slope = 0.0;
  double size = 0.0;  // of what was added up to the value, which may cancel
};

class Neighbours {
 public:
  Neighbours(const Rule& rule, const std::vector<Array>& x, std::size_t k, std::size_t place)
      : rule_(rule), x_(x), k_(k), place_(place) {}

  [[nodiscard]] Point at_steps(double steps) const {
    std::vector<Array> x = x_;
    std::vector<double> numbers = x[k_].to_vector();
    numbers[place_] = beside(numbers[place_], x[k_].dtype(), steps);
    x[k_] = Array(x[k_].shape(), numbers).to(x[k_].dtype());
    const Array y = rule_.evaluate(x);
    std::vector<Array> out(x.size());
    rule_.pull(Array::full(y.shape(), 1.0, y.dtype()), x, y, 1U << k_, out.data());
    Point point;
    for (const double number : y.to_vector()) {
      point.value += number;
      point.size += std::fabs(number);
    }
    point.slope = out[k_].defined() ? out[k_].to_vector()[place_] : 0.0;
    return point;
  }

 private:
  const Rule& rule_;
  const std::vector<Array>& x_;
  std::size_t k_;
  std::size_t place_;
};

/// What is on both sides of a number at which there is no derivative.
struct Break {
  bool jumps = false;
  double left = 0.0, right = 0.0;  // slopes, or where it jumps values
  double taken = 0.0;              // what is handed back as the slope
};

/// A kink: the slopes of the two sides differ, and each is the same further out.  A jump: the values do.
std::optional<Break> break_at(const Neighbours& near) {
  const Point here = near.at_steps(0.0);
  const Point left = near.at_steps(-1.0);
  const Point right = near.at_steps(1.0);
  const auto finite = [](const Point& p) { return std::isfinite(p.value) && std::isfinite(p.slope); };
  if (!finite(here) || !finite(left) || !finite(right)) return std::nullopt;
  const Point far_left = near.at_steps(-2.0);
  const Point far_right = near.at_steps(2.0);
  constexpr double hardly = 1e-3;
  const auto breaks = [&](double gap, double bend_left, double bend_right, double size) {
    return gap > 1e-6 * size && std::fabs(bend_left) <= hardly * gap && std::fabs(bend_right) <= hardly * gap;
  };
  const double step = std::fabs(right.value - left.value);
  if (breaks(step, far_left.value - left.value, far_right.value - right.value, std::max(left.size, right.size))) {
    return Break{true, left.value, right.value, here.slope};
  }
  if (breaks(std::fabs(right.slope - left.slope), far_left.slope - left.slope, far_right.slope - right.slope,
             std::max(std::fabs(left.slope), std::fabs(right.slope)))) {
    return Break{false, left.slope, right.slope, here.slope};
  }
  return std::nullopt;
}

}  // namespace

std::string words_on_kink(const Graph& graph, const Graph::Step& step, const std::vector<std::string>& names,
                          int digits) {
  const auto x = values_of_arguments(graph, step);
  if (!x || step.rule->kind() == OpKind::layout || step.rule->op_struct().type == nullptr || step.rule->is_affine()) {
    return {};
  }
  const auto number = [&](double value) { return derivation_number(value, digits); };
  const std::string_view op = written_name(*step.rule);
  for (std::size_t k = 0; k < x->size(); ++k) {
    if (!graph.slots()[at(step.arguments[k])].gradient.defined()) continue;
    const std::vector<double> numbers = (*x)[k].to_vector();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto found = break_at(Neighbours(*step.rule, *x, k, i));
      if (!found) continue;
      const std::string where = numbers.size() == 1 ? fmt::format("At {} = {}", names[k], number(numbers[i]))
                                                    : fmt::format("Where {} is {}", names[k], number(numbers[i]));
      if (found->jumps) {
        return fmt::format("{} {} jumps: there is no derivative, and {} is taken by convention.", where, op,
                           number(found->taken));
      }
      return fmt::format(
          "{} {} has a kink, with slope {} on the left and {} on the right: there is no derivative, and {} "
          "is taken by convention.",
          where, op, number(found->left), number(found->right), number(found->taken));
    }
  }
  return {};
}

namespace {

/// The numbers of one place of all arguments, and of the result last, put in; arguments of one number serve every place.
std::vector<Formula> numbers_at(std::span<const Array> x, const Array& y, std::int64_t place, int digits) {
  std::vector<Formula> numbers;
  const auto add = [&](const Array& a) {
    numbers.push_back(put_in(a.to_vector()[a.size() == 1 ? 0 : static_cast<std::size_t>(place)], digits));
  };
  for (const Array& a : x) add(a);
  add(y);
  return numbers;
}

/// "0/0 has no value", unless it has.
std::string words_on_value(const Formula& formula) {
  const auto value = value_of(formula, NumbersOf::memory);
  if (!value || std::isfinite(value->numbers[0])) return {};
  return fmt::format("{} {}", text::typeset(formula.text()),
                     std::isnan(value->numbers[0]) ? "has no value" : "is infinite");
}

/// f(place) of an op that works number by number on arrays, until it says something.
template <class F>
std::string first_place(const Graph& graph, const Graph::Step& step, const F& f) {
  const auto x = values_of_arguments(graph, step);
  const Array& y = graph.slots()[at(step.result)].value;
  if (!x || !y.defined() || !y.has_data() || y.size() == 1 || y.size() > most_looked_at) return {};
  if (step.rule->elementwise().kernels == nullptr) return {};
  if (std::ranges::any_of(*x, [&](const Array& a) { return a.size() != 1 && a.size() != y.size(); })) return {};
  for (std::int64_t place = 0; place < y.size(); ++place) {
    if (std::string words = f(*x, y, place); !words.empty()) return words;
  }
  return {};
}

}  // namespace

std::string words_on_convention_forward(const Graph& graph, const Graph::Step& step, int digits) {
  return first_place(graph, step, [&](std::span<const Array> x, const Array& y, std::int64_t place) -> std::string {
    const double result = y.to_vector()[static_cast<std::size_t>(place)];
    if (!std::isfinite(result)) return {};
    const std::vector<Formula> numbers = numbers_at(x, y, place, digits);
    const std::string words = words_on_value(forward_formula(*step.rule, std::span(numbers).first(x.size()), Shape{}));
    return words.empty()
               ? words
               : fmt::format("{}: by convention the result is {} there.", words, derivation_number(result, digits));
  });
}

std::string words_on_convention_backward(const Graph& graph, const Graph::Step& step, int digits) {
  return first_place(graph, step, [&](std::span<const Array> x, const Array& y, std::int64_t place) -> std::string {
    const std::vector<Formula> numbers = numbers_at(x, y, place, digits);
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (!graph.slots()[at(step.arguments[k])].gradient.defined()) continue;
      const auto slope = slope_of(*step.rule, k, std::span(numbers).first(x.size()), numbers.back());
      const std::string words = slope ? words_on_value(*slope) : std::string();
      if (words.empty()) continue;
      std::vector<Array> out(x.size());
      step.rule->pull(Array::full(y.shape(), 1.0, y.dtype()), x, y, 1U << k, out.data());
      const std::vector<double> slopes = out[k].to_vector();
      const double taken = slopes[slopes.size() == 1 ? 0 : static_cast<std::size_t>(place)];
      if (std::isfinite(taken)) {
        return fmt::format("{}: by convention the derivative is {} there.", words, derivation_number(taken, digits));
      }
    }
    return {};
  });
}

RoundingErrors::RoundingErrors(const Graph& graph) : graph_(graph), errors_(graph.slots().size(), 0.0) {
  for (const Graph::Step& step : graph.steps()) errors_[at(step.result)] = of_step(step);
}

double RoundingErrors::of_step(const Graph::Step& step) const {
  const Slot& result = graph_.slots()[at(step.result)];
  const auto x = values_of_arguments(graph_, step);
  if (!x || !result.value.defined() || !result.value.has_data() || result.shape.size() != 1) return 0.0;
  if (std::ranges::any_of(*x, [](const Array& a) { return a.size() != 1; })) return 0.0;
  const double y = result.value.item();
  if (!std::isfinite(y)) return 0.0;
  double error = 0.0;
  std::uint32_t all = 0;
  for (std::size_t k = 0; k < x->size(); ++k) all |= 1U << k;
  std::vector<Array> slopes(x->size());
  bool moves = false;
  step.rule->pull(Array::full(result.shape, 1.0, result.dtype), *x, result.value, all, slopes.data());
  for (std::size_t k = 0; k < x->size(); ++k) {
    const double slope = slopes[k].defined() ? slopes[k].item() : 0.0;
    moves = moves || slope != 0.0;
    const double own = errors_[at(step.arguments[k])];
    if (own != 0.0 && std::isfinite(slope)) error += std::fabs(slope) * own;
  }
  const auto number = [&](std::size_t k) { return static_cast<long double>((*x)[k].item()); };
  const auto off = [&](long double exact) {
    return static_cast<double>(std::fabs(exact - static_cast<long double>(y)));
  };
  if (is_op<Add>(*step.rule)) return error + off(number(0) + number(1));
  if (is_op<Sub>(*step.rule)) return error + off(number(0) - number(1));
  if (is_op<Mul>(*step.rule)) return error + off(number(0) * number(1));
  if (is_op<Div>(*step.rule)) return error + off(number(0) / number(1));
  if (!moves) return error;  // flat there: relu, round
  // A function of a number: half a unit, unless its value is one that functions have exactly, and others beside it have not.
  const double unit =
      result.dtype == DType::float32 ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
  const Neighbours near(*step.rule, *x, 0, 0);
  constexpr double far = 1e9;  // as wide as that, nothing has the same value again but what was rounded to it
  const bool saturated = near.at_steps(-far).value == y || near.at_steps(far).value == y;
  const bool simple = std::fabs(y) <= 1024.0 && y * 8.0 == std::round(y * 8.0);
  return error + (simple && !saturated ? 0.0 : 0.5 * unit * std::fabs(y));
}

std::string RoundingErrors::words_on_lost_digits(const Graph::Step& step, const std::vector<std::string>& names) const {
  if (!is_op<Add, Sub>(*step.rule)) return {};
  const double error = errors_[at(step.result)];
  if (error == 0.0) return {};
  const double y = graph_.slots()[at(step.result)].value.item();
  constexpr double few = 4.0;
  if (std::fabs(y) > few * error) return {};
  std::string rounded;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (errors_[at(step.arguments[k])] == 0.0) continue;
    rounded += (rounded.empty() ? "" : " and ") + names[k];
  }
  const bool one = !rounded.empty() && rounded.find(" and ") == std::string::npos;
  std::string words = fmt::format(
      "All digits are lost here: {} {} rounded before, by as much as the whole {}. What follows from it is "
      "rounding, not mathematics.",
      rounded.empty() ? "the terms" : rounded, one ? "was" : "were", is_op<Add>(*step.rule) ? "sum" : "difference");
  // Of the value of a function there often is another function that does not need the difference.
  const bool of_function = std::ranges::any_of(step.arguments, [&](int argument) {
    const int made_by = graph_.slots()[at(argument)].step;
    return made_by >= 0 && errors_[at(argument)] != 0.0 &&
           !is_op<Add, Sub, Mul, Div>(*graph_.steps()[at(made_by)].rule);
  });
  if (of_function) {
    words += " log_sigmoid, log_softmax, bce_with_logits, log1p and expm1 are there to do without such a difference.";
  }
  return words;
}

}  // namespace gradus::detail
