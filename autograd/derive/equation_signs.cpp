#include "autograd/derive/equation_signs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autograd/array/print.h"
#include "autograd/derive/formula_value.h"
#include "autograd/math/typeset.h"

namespace gradus::detail {

namespace {

using Places = std::vector<long double>;

/// How far apart two sides are, in units of what the last digit of the right one leaves open.
struct Distance {
  long double last_places = 0.0L;
  long double relative = 0.0L;
};

Distance distance(long double left, long double right, long double slack) {
  if (left == right || (std::isnan(left) && std::isnan(right))) return {};
  constexpr long double infinity = std::numeric_limits<long double>::infinity();
  if (!std::isfinite(left) || !std::isfinite(right)) return {infinity, infinity};
  const long double apart = std::fabs(left - right);
  const long double size = std::fmax(std::fabs(left), std::fabs(right));
  constexpr long double of_computing = 1e-15L;  // the functions of the left side are computed in float64
  const long double open = slack + of_computing * size;
  return {open == 0.0L ? infinity : apart / open, apart / size};
}

/// The largest distance of all places; nothing when a side is not made of numbers.
std::optional<Distance> distance(const Formula& left, const Formula& right, int digits) {
  const auto a = value_of(left, NumbersOf::print);
  const auto b = value_of(right, NumbersOf::print);
  if (!a || !b || a->brackets != b->brackets || a->numbers.size() != b->numbers.size()) return std::nullopt;
  const Places slack = slack_of(right, digits);
  Distance worst;
  for (std::size_t i = 0; i < slack.size(); ++i) {
    const Distance here = distance(a->numbers[i], b->numbers[i], slack[i]);
    if (!(here.last_places <= worst.last_places)) worst = here;
  }
  return worst;
}

constexpr long double agrees = 1.0L;
/// Rounding of a few numbers on the left may move the last digit by so much; more, and digits have cancelled.
constexpr long double rounded_only = 3.0L;

std::string with_sign_of_zero(double x, int digits) {
  return x == 0.0 && std::signbit(x) ? "−0" : derivation_number(x, digits);
}

/// The side with the sign of its zeros, or with as many more digits as make it true.
std::optional<Formula> written_better(const Formula& left, const Formula& right, int digits) {
  for (int more = digits; more <= text::most_digits; ++more) {
    Formula better = left.with_numbers_written([&](double x) { return with_sign_of_zero(x, more); });
    if (const auto d = distance(better, right, digits); d && d->last_places <= agrees) return better;
  }
  return std::nullopt;
}

/// Of g·slope, the slope: how it is written, and what it comes to with the numbers before they were rounded.
struct Slope {
  std::string text;
  std::optional<FormulaValue> value;
};
Slope slope_in(const Formula& side, bool has_gradient) {
  const std::vector<Formula::Term>& terms = side.terms();
  std::string written = text::typeset(side.text());
  const std::string gradient = terms.front().word + "·";
  const bool is_product = has_gradient && terms.size() > 2 && terms.back().kind == Formula::Kind::product;
  if (!is_product || !written.starts_with(gradient)) return {std::move(written), value_of(side, NumbersOf::memory)};
  return {written.substr(gradient.size()), value_of(std::span(terms).subspan(1, terms.size() - 2), NumbersOf::memory)};
}

/// Why a side is left out.
std::string words_on(const Formula& left, const Formula& right, Phase phase, bool has_gradient) {
  const Slope formula = slope_in(left, has_gradient);
  const std::string result = slope_in(right, has_gradient).text;
  const auto any = [&](auto&& is) {
    return formula.value && std::ranges::any_of(formula.value->numbers, [&](long double x) { return is(x); });
  };
  const bool no_value = any([](long double x) { return std::isnan(x); });
  if (no_value || any([](long double x) { return std::isinf(x); })) {
    return fmt::format("{} {}: by convention the {} is {} here.", formula.text,
                       no_value ? "has no value" : "is infinite", phase == Phase::backward ? "derivative" : "result",
                       result);
  }
  const std::optional<FormulaValue> found = value_of(right, NumbersOf::memory);
  if (found && std::ranges::any_of(found->numbers, [](long double x) { return std::isnan(x); })) {
    return fmt::format("It is {} only where there is a result: here it is {}.", formula.text, result);
  }
  return fmt::format("The digits of {} cancel: {} is computed another way, which keeps them.", formula.text, result);
}

void settle(Equation& equation, Phase phase, std::string& text, int digits) {
  equation.approximate.resize(equation.sides.size(), false);
  // The result's own gradient of 1 is not written: what the slope is multiplied by has a name among the symbols.
  const bool has_gradient = std::ranges::any_of(
      std::span(equation.sides).subspan(1, std::min(equation.symbolic, equation.sides.size()) - 1),
      [](const Formula& side) {
        return std::ranges::any_of(side.terms(), [](const Formula::Term& term) {
          return term.kind == Formula::Kind::derivative || (term.kind == Formula::Kind::name && term.word == "G");
        });
      });
  // A side of symbols that holds none but constants comes to a number too.
  for (std::size_t k = equation.sides.size(); k-- > std::max<std::size_t>(equation.symbolic, 1);) {
    Formula& left = equation.sides[k - 1];
    const Formula& right = equation.sides[k];
    const std::optional<Distance> apart = distance(left, right, digits);
    if (!apart || apart->last_places <= agrees) continue;
    if (!(apart->last_places <= rounded_only)) {
      if (auto better = written_better(left, right, digits)) {
        left = std::move(*better);
        continue;
      }
      const auto meant = value_of(left, NumbersOf::memory);
      const auto found = value_of(right, NumbersOf::memory);
      constexpr long double same = 1e-6L;
      const bool is_meant = meant && found && meant->numbers.size() == 1 && found->numbers.size() == 1 &&
                            distance(meant->numbers[0], found->numbers[0], 0.0L).relative <= same;
      // "∂f/∂x = 1" is said of every point, and nothing holds where there is no result.
      const bool nowhere = found && found->numbers.size() == 1 && std::isnan(found->numbers[0]);
      const bool stays =
          !nowhere && (k == equation.symbolic || is_meant || left.terms().size() == 1 ||
                       (left.terms().back().kind == Formula::Kind::sum && meant && std::isfinite(meant->numbers[0])));
      if (!stays) {
        const std::string why = words_on(left, right, phase, has_gradient);
        const bool told =
            text.find("by convention") != std::string::npos && why.find("by convention") != std::string::npos;
        if (!told && text.find(why) == std::string::npos) text += (text.empty() ? "" : " ") + why;
        equation.sides.erase(equation.sides.begin() + static_cast<std::ptrdiff_t>(k - 1));
        equation.approximate.erase(equation.approximate.begin() + static_cast<std::ptrdiff_t>(k - 1));
        if (k == equation.symbolic) --equation.symbolic;
        continue;
      }
    }
    equation.approximate[k] = true;
  }
}

}  // namespace

std::string_view sign_between(const Formula& left, const Formula& right, int digits) {
  const std::optional<Distance> apart = distance(left, right, digits);
  return apart && !(apart->last_places <= agrees) ? "≈" : "=";
}

void settle_signs(Derivation& derivation) {
  for (DerivationStep& step : derivation.steps) {
    for (Equation& equation : step.equations) settle(equation, step.phase, step.text, derivation.digits);
  }
}

}  // namespace gradus::detail
