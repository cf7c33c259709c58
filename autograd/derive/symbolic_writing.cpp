#include "autograd/derive/symbolic_writing.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "autograd/graph/written_call.h"
#include "autograd/math/ops.h"

namespace gradus::detail {

namespace {

/// A coefficient's size as a factor and a divisor: 3, 0.1 or 2/3.
struct WrittenFraction {
  Formula above;
  std::int64_t below;
};

WrittenFraction written_fraction(const Fraction& f) {
  constexpr std::int64_t plain = 16;  // people write fractions of small numbers, and decimals of others
  const std::int64_t above = std::abs(f.above);
  std::int64_t rest = f.below;
  while (rest % 2 == 0) rest /= 2;
  while (rest % 5 == 0) rest /= 5;
  const bool is_fraction = f.below <= plain && f.below != 10 && above <= plain;
  if (rest == 1 && !is_fraction) return {Formula(static_cast<double>(above) / static_cast<double>(f.below)), 1};
  return {Formula(static_cast<double>(above)), f.below};
}

bool is_letter_for_one(const Array& value) { return !value.defined() || value.size() == 1; }

class LetterWriter {
 public:
  LetterWriter(const Algebra& algebra, const LetterOf& letter) : algebra_(algebra), letter_(letter) {}

  [[nodiscard]] Formula product(const Product& a) const {
    return turned_by(a) < 0 && a.coefficient.above < 0 ? unsigned_product(a, true).first : unsigned_product(a).first;
  }

 private:
  /// The product without its sign, and the sign; or with the sign before the first factor: −2·x/y.
  [[nodiscard]] std::pair<Formula, bool> unsigned_product(const Product& a, bool with_sign = false) const {
    const int turned = turned_by(a);
    const bool negative = a.coefficient.above < 0 && turned < 0;
    const auto [number, divisor] = written_fraction(a.coefficient);
    std::optional<Formula> above;
    std::optional<Formula> below;
    if (divisor != 1) below = Formula(static_cast<double>(divisor));
    if (number.text() != "1") above = with_sign ? Formula::interpret(Neg{}, number) : number;
    bool needs_sign = with_sign && !above;
    const auto array_factors = std::ranges::count_if(
        a.powers, [&](const Product::Power& p) { return !is_letter_for_one(algebra_.factor(p.factor).value); });
    // What is one number stands before arrays.
    bool last_is_array = false;
    for (const bool arrays : {false, true}) {
      for (const Product::Power& p : a.powers) {
        const Factor& f = algebra_.factor(p.factor);
        if (is_letter_for_one(f.value) == arrays) continue;
        Formula one = factor(f, p.factor == turned);
        if (arrays && array_factors > 1 && is_matrix_product(one)) one = Formula::in_parentheses(one);
        if (std::abs(p.exponent) != 1)
          one = Formula::interpret(Power{{}, static_cast<double>(std::abs(p.exponent))}, one);
        std::optional<Formula>& side = p.exponent > 0 ? above : below;
        if (needs_sign && p.exponent > 0) {
          one = Formula::interpret(Neg{}, one);
          needs_sign = false;
        }
        const bool elementwise = arrays && p.exponent > 0 && last_is_array;
        side = !side         ? one
               : elementwise ? Formula::elementwise_product(*side, one)
                             : Formula::interpret(Mul{}, *side, one);
        last_is_array = last_is_array || (arrays && p.exponent > 0);
      }
    }
    Formula out = above.value_or(Formula(needs_sign ? -1.0 : 1.0));
    if (a.is_zero()) out = Formula(0.0);
    if (below) out = Formula::interpret(Div{}, out, *below);
    return {std::move(out), negative};
  }

  /// The sum that takes in the sign of a negative product: −(y − a) is a − y.  −1 where none does.
  [[nodiscard]] int turned_by(const Product& a) const {
    if (a.coefficient.above >= 0) return -1;
    const auto turns = [&](const Product::Power& p) { return p.exponent % 2 != 0 && turns_well(p.factor); };
    const auto found = std::ranges::find_if(a.powers, turns);
    return found == a.powers.end() ? -1 : found->factor;
  }

  /// Whether the opposite of a factor begins with what is not subtracted.
  [[nodiscard]] bool turns_well(int factor) const {
    const auto known = turns_well_.find(factor);
    if (known != turns_well_.end()) return known->second;
    const bool turns = std::ranges::any_of(algebra_.factor(factor).terms, [&](const Product& term) {
      return term.coefficient.above < 0 && turned_by(term) < 0;
    });
    turns_well_.emplace(factor, turns);
    return turns;
  }

  [[nodiscard]] Formula factor(const Factor& f, bool turned) const {
    if (f.is_sum()) return sum(f, turned);
    if (f.slot >= 0) return letter_(f.slot);
    if (f.hidden) return product(f.arguments.front());
    std::vector<Formula> x;
    for (const Product& argument : f.arguments) x.push_back(product(argument));
    if (f.rule == nullptr) return Formula::made_of(f.term, x);
    // Where there is one axis to run along, it goes without saying.
    const bool one_axis = std::ranges::count_if(f.first, [](std::int64_t n) { return n != 1; }) <= 1;
    const auto write = [&] { return one_axis ? f.rule->formula(x) : written_call(*f.rule, x, f.first); };
    Formula out = write();
    if (!is_matrix_product(out)) return out;
    for (Formula& factor : x) {
      if (is_product(factor)) factor = Formula::in_parentheses(factor);
    }
    return write();
  }

  // Products of matrices and products number by number do not mix without parentheses.
  [[nodiscard]] static bool is_matrix_product(const Formula& f) {
    return f.terms().back().kind == Formula::Kind::matmul;
  }
  [[nodiscard]] static bool is_product(const Formula& f) {
    const Formula::Kind kind = f.terms().back().kind;
    return kind == Formula::Kind::elementwise || kind == Formula::Kind::product || kind == Formula::Kind::quotient;
  }

  /// What is not subtracted comes first.
  [[nodiscard]] Formula sum(const Factor& f, bool turned) const {
    std::vector<std::pair<Formula, bool>> terms;
    for (const Product& term : f.terms) {
      terms.push_back(unsigned_product(turned ? Algebra::negative(term) : term));
    }
    const auto first = std::ranges::find(terms, false, &std::pair<Formula, bool>::second);
    if (first != terms.end()) std::rotate(terms.begin(), first, first + 1);
    Formula out = terms.front().first;
    if (terms.front().second) {
      const Product& leading = f.terms.front();
      out = unsigned_product(turned ? Algebra::negative(leading) : leading, true).first;
    }
    for (std::size_t k = 1; k < terms.size(); ++k) {
      const auto& [size, negative] = terms[k];
      out = negative ? Formula::interpret(Sub{}, out, size) : Formula::interpret(Add{}, out, size);
    }
    return out;
  }

  const Algebra& algebra_;
  const LetterOf& letter_;
  mutable std::unordered_map<int, bool> turns_well_;
};

}  // namespace

Formula written(const Algebra& algebra, const Product& product, const LetterOf& letter) {
  return LetterWriter(algebra, letter).product(product);
}

}  // namespace gradus::detail
