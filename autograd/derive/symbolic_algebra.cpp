#include "autograd/derive/symbolic_algebra.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "autograd/array/elementwise.h"
#include "autograd/array/print.h"
#include "autograd/derive/symbolic_values.h"
#include "autograd/graph/written_call.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/op_traits.h"

namespace gradus::detail {

namespace {

constexpr std::int64_t largest_part = std::int64_t{1} << 31;
constexpr int largest_size = 160;
constexpr std::size_t most_terms = 48;
constexpr int largest_exponent = 16;

std::string key_of_powers(const Product& a) {
  std::vector<Product::Power> sorted = a.powers;
  std::ranges::sort(sorted, {}, &Product::Power::factor);
  std::string key;
  for (const Product::Power& p : sorted) key += fmt::format("{}^{} ", p.factor, p.exponent);
  return key;
}

std::string key_of_product(const Product& a) {
  return fmt::format("{}/{}·{}", a.coefficient.above, a.coefficient.below, key_of_powers(a));
}

int exponent_of(const Product& a, int factor) {
  const auto found = std::ranges::find(a.powers, factor, &Product::Power::factor);
  return found == a.powers.end() ? 0 : found->exponent;
}

void multiply(Product& a, const Product::Power& p) {
  const auto found = std::ranges::find(a.powers, p.factor, &Product::Power::factor);
  if (found == a.powers.end()) {
    a.powers.push_back(p);
  } else if ((found->exponent += p.exponent) == 0) {
    a.powers.erase(found);
  }
}

/// Terms with the same powers become one; those that cancel go.
void combine_like_terms(std::vector<Product>& terms) {
  std::vector<Product> out;
  std::unordered_map<std::string, std::size_t> places;
  for (Product& term : terms) {
    const auto [place, is_new] = places.emplace(key_of_powers(term), out.size());
    if (is_new) {
      out.push_back(std::move(term));
    } else {
      Fraction& c = out[place->second].coefficient;
      c = c + term.coefficient;
    }
  }
  std::erase_if(out, [](const Product& term) { return term.is_zero(); });
  terms = std::move(out);
}

/// What the coefficients of a sum have in common, as a teacher would take it out: a number that is plain afterwards.
Fraction content_of(std::span<const Product> terms) {
  const auto below = terms.front().coefficient.below;
  std::int64_t common = 0;
  for (const Product& term : terms) {
    if (term.coefficient.below != below) return {1, 1};
    common = std::gcd(common, term.coefficient.above);
  }
  return {common, below};
}

Array power_of(const Array& x, int exponent) {
  if (exponent == 1) return x;
  return bind(Power{{}, static_cast<double>(exponent)}, x);
}

}  // namespace

// ------------------------------------------------------------------------------------------------------------- fractions

Fraction Fraction::of(std::int64_t above, std::int64_t below) {
  if (below == 0) return {0, 0};
  const std::int64_t common = std::gcd(above, below);
  Fraction f{above / common, below / common};
  if (f.below < 0) f = {-f.above, -f.below};
  return std::abs(f.above) < largest_part && f.below < largest_part ? f : Fraction{0, 0};
}

Fraction operator*(const Fraction& a, const Fraction& b) { return Fraction::of(a.above * b.above, a.below * b.below); }

Fraction operator+(const Fraction& a, const Fraction& b) {
  if (!a.known() || !b.known()) return {0, 0};
  const std::int64_t common = std::gcd(a.below, b.below);
  return Fraction::of(a.above * (b.below / common) + b.above * (a.below / common), a.below / common * b.below);
}

Fraction Fraction::read(std::string_view digits) {
  constexpr std::string_view minus = "−";
  const bool negative = digits.starts_with(minus);
  if (negative) digits.remove_prefix(minus.size());
  const std::size_t e = digits.find('e');
  int exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view power = digits.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (error != std::errc() || end != power.data() + power.size()) return {0, 0};
    digits = digits.substr(0, e);
  }
  std::int64_t above = 0;
  bool behind_the_point = false;
  if (digits.empty()) return {0, 0};
  for (const char c : digits) {
    if (c == '.' && !behind_the_point) {
      behind_the_point = true;
      continue;
    }
    if (c < '0' || c > '9' || above > largest_part * 1000) return {0, 0};
    above = above * 10 + (c - '0');
    if (behind_the_point) --exponent;
  }
  std::int64_t below = 1;
  for (; exponent < 0 && below < largest_part * 1000; ++exponent) below *= 10;
  for (; exponent > 0 && above < largest_part * 1000; --exponent) above *= 10;
  return exponent != 0 ? Fraction{0, 0} : of(negative ? -above : above, below);
}

// ----------------------------------------------------------------------------------------------------------------- atoms

Product Algebra::of_factor(Factor&& factor) {
  const int sign = factor.sign;
  const auto [place, is_new] = known_.emplace(factor.key, static_cast<int>(factors_.size()));
  if (is_new) factors_.push_back(std::move(factor));
  return {{sign * this->factor(place->second).sign, 1}, {{place->second, 1}}};
}

Product Algebra::slot(int slot, const Array& value) {
  Factor factor;
  factor.slot = slot;
  factor.key = fmt::format("slot {}", slot);
  if (value.defined() && value.has_data()) factor.value = value.to(DType::float64);
  if (factor.value.defined()) factor.magnitude = bind(Abs{}, factor.value);
  return of_factor(std::move(factor));
}

Product Algebra::constant(const std::string& name, const Array& value) {
  Factor factor;
  factor.term.word = name;
  factor.key = "constant " + name;
  if (value.defined() && value.has_data()) factor.value = value.to(DType::float64);
  if (factor.value.defined()) factor.magnitude = bind(Abs{}, factor.value);
  return of_factor(std::move(factor));
}

std::string Algebra::key_of_arguments(std::span<const Product> x) const {
  std::string key;
  for (const Product& a : x) key += "(" + key_of_product(a) + ")";
  return key;
}

Product Algebra::function(const Formula::Term& term, std::span<const Product> x) {
  Factor factor;
  factor.term = term;
  factor.key = fmt::format("{} {}{}{}", static_cast<int>(term.kind), term.word, term.right, key_of_arguments(x));
  factor.arguments.assign(x.begin(), x.end());
  std::vector<Array> values;
  for (const Product& a : x) {
    if (!a.known()) return Product::unknown();
    factor.size += size(a);
    values.push_back(value(a));
  }
  if (std::ranges::all_of(values, [](const Array& v) { return v.defined(); })) {
    factor.value = value_of_term(term, values);
  }
  if (factor.value.defined()) factor.magnitude = bind(Abs{}, factor.value);
  return bounded(of_factor(std::move(factor)));
}

Product Algebra::op(const Rule& rule, std::span<const Product> x, std::span<const Shape> shapes) {
  Factor factor;
  factor.rule = &rule;
  factor.first = shapes.front();
  factor.arguments.assign(x.begin(), x.end());
  std::vector<Array> values;
  std::vector<Array> magnitudes;
  std::vector<Formula> names;
  for (const Product& a : x) {
    const Array here = a.known() ? value(a) : Array();
    const Shape& shape = shapes[values.size()];
    // A number that is the same everywhere has lost its shape.
    if (!here.defined() || here.size() != shape.size()) return Product::unknown();
    factor.size += size(a);
    values.push_back(here.reshape(shape));
    magnitudes.push_back(magnitude(a).reshape(shape));
    names.push_back(placeholder(names.size()));
  }
  factor.value = rule.evaluate(values).to(DType::float64);
  const bool is_linear = rule.op_struct().traits != nullptr && rule.op_struct().traits->multilinear;
  factor.magnitude = bind(Abs{}, is_linear ? rule.evaluate(magnitudes).to(DType::float64) : factor.value);
  const std::string call = written_call(rule, names, factor.first).text();
  factor.key = fmt::format("op {} {}", call, key_of_arguments(x));
  return bounded(of_factor(std::move(factor)));
}

Product Algebra::reshaped(const Product& a, const Shape& shape) {
  const Array here = a.known() ? value(a) : Array();
  if (!here.defined() || here.size() != shape.size()) return Product::unknown();
  if (here.shape() == shape) return a;
  const bool is_one = a.coefficient == Fraction{1, 1} && a.powers.size() == 1 && a.powers[0].exponent == 1;
  if (is_one && factor(a.powers[0].factor).hidden) {  // back to what it was
    const Product before = factor(a.powers[0].factor).arguments.front();
    return reshaped(before, shape);
  }
  Factor out;
  out.hidden = true;
  out.arguments.push_back(a);
  out.size = size(a);
  out.value = here.reshape(shape);
  out.magnitude = magnitude(a).reshape(shape);
  out.key = fmt::format("as ({}) {}", text::dimensions(shape), key_of_product(a));
  return of_factor(std::move(out));
}

void Algebra::call(const Product& from, const Product& to) {
  if (from.coefficient != Fraction{1, 1} || from.powers.size() != 1 || from.powers[0].exponent != 1) return;
  const Factor& f = factor(from.powers[0].factor);
  if (f.is_sum() || f.slot >= 0) return;
  known_[f.key] = to.powers.front().factor;
}

Formula Algebra::placeholder(std::size_t k) { return Formula(fmt::format("\x01{}", k)); }

Product Algebra::read(const Formula& formula, std::span<const Product> names) {
  using Kind = Formula::Kind;
  std::vector<Product> stack;
  for (const Formula::Term& term : formula.terms()) {
    const std::size_t first = stack.size() - term.arity;
    const std::span<const Product> x = std::span<const Product>(stack).subspan(first);
    const auto quotient = [&] { return times(x[0], power(x[1], -1)); };
    Product made = Product::unknown();
    switch (term.kind) {
      case Kind::name:
        if (term.word.starts_with('\x01')) {
          made = names[static_cast<std::size_t>(std::atoi(term.word.c_str() + 1))];
        } else {
          made = function(term, x);
        }
        break;
      case Kind::number:
        made = {Fraction::read(term.word), {}};
        break;
      case Kind::negation:
        made = negative(x[0]);
        break;
      case Kind::sum:
        made = add(x);
        break;
      case Kind::difference:
        made = add(std::vector{x[0], negative(x[1])});
        break;
      case Kind::product:
      case Kind::elementwise:
        made = times(x[0], x[1]);
        break;
      case Kind::quotient:
        made = quotient();
        break;
      case Kind::power: {
        const Fraction& e = x[1].coefficient;
        const bool is_whole = x[1].powers.empty() && e.below == 1 && std::abs(e.above) <= largest_exponent;
        made = is_whole ? power(x[0], static_cast<int>(e.above)) : function(term, x);
        break;
      }
      case Kind::fence:
        made = term.word == "(" ? x[0] : function(term, x);
        break;
      case Kind::root:
      case Kind::function:
      case Kind::relation:
        made = function(term, x);
        break;
      default:
        return Product::unknown();
    }
    if (!made.known()) return made;
    stack.resize(first);
    stack.push_back(std::move(made));
  }
  return std::move(stack.back());
}

// ------------------------------------------------------------------------------------------------------ products and sums

Product Algebra::bounded(Product a) const {
  return a.known() && size(a) <= largest_size ? std::move(a) : Product::unknown();
}

int Algebra::size(const Product& a) const {
  int total = a.powers.empty() ? 1 : 0;
  for (const Product::Power& p : a.powers) total += factor(p.factor).size;
  return total;
}

Product Algebra::negative(Product a) {
  a.coefficient.above = -a.coefficient.above;
  return a;
}

Product Algebra::times(const Product& a, const Product& b) {
  if (!a.known() || !b.known()) return Product::unknown();
  if (a.is_zero() || b.is_zero()) return number({0, 1});
  Product out = a;
  out.coefficient = a.coefficient * b.coefficient;
  for (const Product::Power& p : b.powers) multiply(out, p);
  return bounded(std::move(out));
}

Product Algebra::power(const Product& a, int exponent) {
  if (!a.known() || (a.is_zero() && exponent < 1)) return Product::unknown();
  if (exponent == 0) return number({1, 1});
  Product out{{1, 1}, {}};
  const Fraction base = exponent < 0 ? Fraction::of(a.coefficient.below, a.coefficient.above) : a.coefficient;
  for (int k = 0; k < std::abs(exponent); ++k) out.coefficient = out.coefficient * base;
  for (const Product::Power& p : a.powers) out.powers.push_back({p.factor, p.exponent * exponent});
  return bounded(std::move(out));
}

Product Algebra::take_common(std::vector<Product>& terms, Sums how) const {
  Product common;
  std::vector<int> seen;
  for (const Product& term : terms) {
    for (const Product::Power& p : term.powers) {
      if (std::ranges::find(seen, p.factor) != seen.end()) continue;
      seen.push_back(p.factor);
      int least = p.exponent;
      int most = p.exponent;
      for (const Product& other : terms) {
        const int e = exponent_of(other, p.factor);
        least = std::min(least, e);
        most = std::max(most, e);
      }
      const int shared = least > 0 || how == Sums::multiplied_out ? least : std::min(most, 0);
      if (shared != 0) common.powers.push_back({p.factor, shared});
    }
  }
  for (Product& term : terms) {
    for (const Product::Power& p : common.powers) multiply(term, {p.factor, -p.exponent});
  }
  return common;
}

bool Algebra::expand(const Product& a, std::vector<Product>& out) const {
  std::vector<Product> made{{a.coefficient, {}}};
  for (const Product::Power& p : a.powers) {
    const Factor& f = factor(p.factor);
    if (!f.is_sum() || p.exponent < 0) {
      for (Product& term : made) multiply(term, p);
      continue;
    }
    for (int k = 0; k < p.exponent; ++k) {
      std::vector<Product> next;
      for (const Product& left : made) {
        for (const Product& right : f.terms) {
          Product term = left;
          term.coefficient = left.coefficient * right.coefficient;
          if (!term.known()) return false;
          for (const Product::Power& q : right.powers) multiply(term, q);
          next.push_back(std::move(term));
        }
      }
      combine_like_terms(next);
      if (next.size() > most_terms) return false;
      made = std::move(next);
    }
  }
  out.insert(out.end(), made.begin(), made.end());
  return true;
}

Product Algebra::add(std::span<const Product> parts) {
  std::vector<Product> terms;
  for (const Product& part : parts) {
    if (!part.known()) return Product::unknown();
    if (!part.is_zero()) terms.push_back(part);
  }
  if (terms.empty()) return number({0, 1});
  if (terms.size() == 1) return terms.front();
  Product common = take_common(terms, sums_);
  // Sums within the sum lose their parentheses; multiplied out, all of them do.
  std::vector<Product> flat;
  for (const Product& term : terms) {
    const bool is_sum = term.powers.size() == 1 && term.powers[0].exponent == 1;
    if (sums_ == Sums::as_they_stand && !is_sum) {
      flat.push_back(term);
    } else if (!expand(term, flat)) {
      return Product::unknown();
    }
  }
  combine_like_terms(flat);
  if (flat.empty()) return number({0, 1});
  if (flat.size() > most_terms) return Product::unknown();
  const Product again = flat.size() > 1 ? take_common(flat, Sums::as_they_stand) : Product{};
  common = times(common, again);
  if (flat.size() == 1) return times(common, flat.front());
  const Fraction content = content_of(flat);
  std::vector<std::pair<std::string, std::size_t>> sorted;
  for (std::size_t k = 0; k < flat.size(); ++k) sorted.emplace_back(key_of_powers(flat[k]), k);
  std::ranges::sort(sorted);
  // A sum and its opposite are one factor, written as the one that came first.
  Factor sum;
  sum.sign = flat[sorted.front().second].coefficient.above < 0 ? -1 : 1;
  sum.key = "sum ";
  sum.size = 0;
  for (Product& term : flat) {
    term.coefficient = term.coefficient * Fraction::of(content.below, content.above);
    if (!term.known()) return Product::unknown();
    sum.size += size(term);
  }
  for (const auto& [powers, k] : sorted) {
    sum.key += key_of_product(sum.sign > 0 ? flat[k] : negative(flat[k])) + "+";
  }
  for (const Product& term : flat) {
    const Array x = value(term);
    const Array m = magnitude(term);
    if (!x.defined() || !m.defined()) {
      sum.value = sum.magnitude = Array();
      break;
    }
    sum.value = sum.value.defined() ? sum.value + x : x;
    sum.magnitude = sum.magnitude.defined() ? sum.magnitude + m : m;
  }
  sum.terms = std::move(flat);
  common.coefficient = common.coefficient * content;
  return bounded(times(common, of_factor(std::move(sum))));
}

Array Algebra::value(const Product& a) const {
  Array out(a.coefficient.value());
  for (const Product::Power& p : a.powers) {
    if (!factor(p.factor).value.defined()) return {};
    out = out * power_of(factor(p.factor).value, p.exponent);
  }
  return out;
}

Array Algebra::magnitude(const Product& a) const {
  Array out(std::fabs(a.coefficient.value()));
  for (const Product::Power& p : a.powers) {
    const Factor& f = factor(p.factor);
    if (!f.value.defined()) return {};
    out = out * power_of(p.exponent > 0 ? f.magnitude : bind(Abs{}, f.value), p.exponent);
  }
  return out;
}

}  // namespace gradus::detail
