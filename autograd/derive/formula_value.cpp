#include "autograd/derive/formula_value.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <limits>
#include <span>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "autograd/math/ops.h"
#include "autograd/tensor/ops/every_op.h"

namespace gradus::detail {

namespace {

using Kind = Formula::Kind;
using Number = long double;

/// What stands on the stack: numbers, or a word that only a call can use ("alpha=2").
struct Evaluated {
  FormulaValue value;
  std::string_view word{};
};

std::string plain_number(std::string_view word) {
  constexpr std::string_view minus = "−";
  std::string out;
  for (std::size_t i = 0; i < word.size();) {
    const bool is_minus = word.substr(i).starts_with(minus);
    out += is_minus ? '-' : word[i];
    i += is_minus ? minus.size() : 1;
  }
  return out;
}

/// The numbers in brackets, and the brackets without them.
std::optional<FormulaValue> read_array(std::string_view text) {
  FormulaValue out;
  for (std::size_t i = 0; i < text.size();) {
    if (std::string_view("[], ").find(text[i]) != std::string_view::npos) {
      out.brackets += text[i++];
      continue;
    }
    const std::size_t end = std::min(text.find_first_of("[], ", i), text.size());
    const std::optional<Number> number = read_number(text.substr(i, end - i));
    if (!number) return std::nullopt;
    out.numbers.push_back(*number);
    i = end;
  }
  return out;
}

/// f of each place; one number goes with an array.
template <class F>
std::optional<Evaluated> place_by_place(const Evaluated& a, const Evaluated& b, const F& f) {
  const bool fits = a.value.brackets == b.value.brackets || a.value.brackets.empty() || b.value.brackets.empty();
  if (!a.word.empty() || !b.word.empty() || !fits) return std::nullopt;
  const Evaluated& longer = a.value.brackets.empty() ? b : a;
  Evaluated out{{{}, longer.value.brackets}};
  for (std::size_t i = 0; i < longer.value.numbers.size(); ++i) {
    const auto of = [&](const Evaluated& x) { return x.value.numbers[x.value.brackets.empty() ? 0 : i]; };
    out.value.numbers.push_back(f(of(a), of(b)));
  }
  return out;
}

template <class F>
std::optional<Evaluated> place_by_place(const Evaluated& a, const F& f) {
  return place_by_place(a, a, [&](Number x, Number) { return f(x); });
}

/// Takes "alpha=2" for the attribute of that name.
template <class Op>
bool set_attribute(Op& op, std::string_view word) {
  const std::size_t sign = word.find('=');
  const std::optional<Number> number =
      sign == std::string_view::npos ? std::nullopt : read_number(word.substr(sign + 1));
  bool found = false;
  if constexpr (requires { Op::fields; }) {
    const auto set = [&](const auto& field) {
      using T = std::remove_cvref_t<decltype(op.*(field.member))>;
      if constexpr (std::is_same_v<T, double>) {
        if (!number || field.word != word.substr(0, sign)) return;
        op.*(field.member) = static_cast<double>(*number);
        found = true;
      }
    };
    with_fields<Op>([&](const auto&... field) { (set(field), ...); });
  }
  return found;
}

/// The call of a listed op that works number by number.  A user's op may have the name of one of these.
std::optional<Evaluated> call(const std::type_info* function, std::span<const Evaluated> x) {
  if (function == nullptr) return std::nullopt;
  std::vector<double> numbers;
  for (const Evaluated& a : x) {
    if (a.word.empty() && a.value.numbers.size() != 1) return std::nullopt;
    if (a.word.empty()) numbers.push_back(static_cast<double>(a.value.numbers[0]));
  }
  std::optional<Evaluated> out;
  for_each_type(Elementwise{}, [&]<class Op>(std::type_identity<Op>) {
    if (out || *function != typeid(Op) || numbers.size() != std::size_t{Op::arity}) return;
    Op op{};
    for (const Evaluated& a : x) {
      if (!a.word.empty() && !set_attribute(op, a.word)) return;
    }
    const double y = [&]<std::size_t... K>(std::index_sequence<K...>) { return bind(op, numbers[K]...); }
    (std::make_index_sequence<std::size_t{Op::arity}>{});
    out = Evaluated{{{y}, ""}};
  });
  return out;
}

std::optional<Evaluated> compared(std::string_view sign, const Evaluated& a, const Evaluated& b) {
  const auto as = [&](const auto& holds) {
    // What is no number is in no relation to others, and its gradient is none either.
    return place_by_place(a, b, [&](Number x, Number y) {
      return std::isnan(x) || std::isnan(y) ? std::numeric_limits<Number>::quiet_NaN() : holds(x, y) ? 1.0L : 0.0L;
    });
  };
  if (sign == Less::infix) return as(std::less<>());
  if (sign == LessEqual::infix) return as(std::less_equal<>());
  if (sign == Greater::infix) return as(std::greater<>());
  if (sign == GreaterEqual::infix) return as(std::greater_equal<>());
  if (sign == Equal::infix) return as(std::equal_to<>());
  if (sign == NotEqual::infix) return as(std::not_equal_to<>());
  return std::nullopt;
}

std::optional<Evaluated> fenced(std::string_view left, const Evaluated& a) {
  if (left == "(") return a;
  if (left == Abs::left) return place_by_place(a, [](Number x) { return std::fabs(x); });
  if (left == Floor::left) return place_by_place(a, [](Number x) { return std::floor(x); });
  if (left == Ceil::left) return place_by_place(a, [](Number x) { return std::ceil(x); });
  return std::nullopt;
}

std::optional<Evaluated> leaf(const Formula::Term& term, NumbersOf numbers) {
  if (term.kind == Kind::array) {
    std::optional<FormulaValue> array = read_array(term.word);
    return array ? std::optional(Evaluated{std::move(*array)}) : std::nullopt;
  }
  const bool named = term.kind == Kind::name;
  if (term.exact && (named || numbers == NumbersOf::memory)) return Evaluated{{{*term.exact}, ""}};
  if (named) return Evaluated{{}, term.word};
  const std::optional<Number> number = read_number(term.word);
  return number ? std::optional(Evaluated{{{*number}, ""}}) : std::nullopt;
}

std::optional<Evaluated> applied(const Formula::Term& term, std::span<const Evaluated> x) {
  switch (term.kind) {
    case Kind::negation:
      return place_by_place(x[0], [](Number a) { return -a; });
    case Kind::sum:
      return place_by_place(x[0], x[1], [](Number a, Number b) { return a + b; });
    case Kind::difference:
      return place_by_place(x[0], x[1], [](Number a, Number b) { return a - b; });
    case Kind::product:
    case Kind::elementwise:
      return place_by_place(x[0], x[1], [](Number a, Number b) { return a * b; });
    case Kind::quotient:
      return place_by_place(x[0], x[1], [](Number a, Number b) { return a / b; });
    case Kind::power:
      return place_by_place(x[0], x[1], [](Number a, Number b) { return std::pow(a, b); });
    case Kind::root:
      return place_by_place(x[0], [&](Number a) { return term.word == Cbrt::prefix ? std::cbrt(a) : std::sqrt(a); });
    case Kind::relation:
      return compared(term.word, x[0], x[1]);
    case Kind::fence:
      return fenced(term.word, x[0]);
    case Kind::function:
      return call(term.op, x);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<FormulaValue> value_of(std::span<const Formula::Term> terms, NumbersOf numbers) {
  std::vector<Evaluated> stack;
  for (const Formula::Term& term : terms) {
    const std::size_t first = stack.size() - term.arity;
    std::optional<Evaluated> made =
        term.arity == 0 ? leaf(term, numbers) : applied(term, std::span<const Evaluated>(stack).subspan(first));
    if (!made) return std::nullopt;
    stack.resize(first);
    stack.push_back(std::move(*made));
  }
  if (stack.size() != 1 || !stack[0].word.empty()) return std::nullopt;
  return std::move(stack[0].value);
}

namespace {

/// Half a unit in the last of so many digits, or of as many as are written.
Number half_a_unit(std::string_view word, Number x, int digits) {
  if (x == 0.0L || !std::isfinite(x)) return 0.0L;
  std::string_view mantissa = word.substr(0, word.find('e'));
  mantissa.remove_prefix(std::min(mantissa.find_first_of("123456789"), mantissa.size()));
  const auto written = static_cast<int>(std::ranges::count_if(mantissa, [](char c) { return c >= '0' && c <= '9'; }));
  const auto last = static_cast<Number>(std::max(digits, written) - 1);
  return 0.5L * std::pow(10.0L, std::floor(std::log10(std::fabs(x))) - last);
}

}  // namespace

std::optional<long double> read_number(std::string_view word) {
  const std::string plain = plain_number(word);
  if (plain == "nan") return std::numeric_limits<Number>::quiet_NaN();
  if (plain == "inf") return std::numeric_limits<Number>::infinity();
  if (plain == "-inf") return -std::numeric_limits<Number>::infinity();
  const bool numeric = plain.find_first_of("0123456789") != std::string::npos &&
                       plain.find_first_not_of("0123456789.eE+-") == std::string::npos;
  if (!numeric) return std::nullopt;
  char* end = nullptr;
  const Number number = std::strtold(plain.c_str(), &end);
  if (end != plain.c_str() + plain.size()) return std::nullopt;
  return number;
}

std::optional<FormulaValue> value_of(const Formula& formula, NumbersOf numbers) {
  return value_of(std::span(formula.terms()), numbers);
}

std::vector<long double> slack_of(const Formula& formula, int digits) {
  const std::optional<FormulaValue> here = value_of(formula, NumbersOf::print);
  if (!here) return {};
  std::vector<Number> slack(here->numbers.size(), 0.0L);
  if (formula.terms().size() == 1 && formula.terms()[0].kind == Kind::array) {
    for (std::size_t i = 0; i < slack.size(); ++i) slack[i] = half_a_unit("", here->numbers[i], digits);
    return slack;
  }
  std::vector<Formula::Term> terms = formula.terms();
  constexpr std::size_t most_moved = 64;  // more than these are no product, and hardly a line to be read
  std::size_t moved = 0;
  for (Formula::Term& term : terms) {
    if (term.kind != Kind::number || !term.exact) continue;
    const std::optional<Number> printed = read_number(term.word);
    if (!printed || ++moved > most_moved) continue;
    Formula::Term kept = term;
    term.kind = Kind::name;  // computed with, as it stands
    term.exact = static_cast<double>(*printed + half_a_unit(kept.word, *printed, digits));
    if (const auto there = value_of(std::span<const Formula::Term>(terms), NumbersOf::print)) {
      for (std::size_t i = 0; i < slack.size(); ++i) {
        const Number change = std::fabs(there->numbers[i] - here->numbers[i]);
        if (std::isfinite(change)) slack[i] += change;
      }
    }
    term = std::move(kept);
  }
  return slack;
}

}  // namespace gradus::detail
