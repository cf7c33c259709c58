#include "autograd/math/formula.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <numbers>

#include "autograd/math/exponential.h"

namespace gradus {

namespace {

constexpr std::string_view minus = "−";

template <class T>
std::string digits_of(T c) {
  std::string digits = fmt::format("{}", c);
  if (digits.front() == '-') digits.replace(0, 1, minus);
  return digits;
}

}  // namespace

Formula::Formula(std::string name) { terms_.push_back({Kind::name, 0, std::move(name)}); }

Formula::Formula(double c) { terms_.push_back({Kind::number, 0, digits_of(c)}); }

Formula::Formula(const Irrational& c) { *this = constant(c.name, c.high); }

/// A constant by its name, "2√(2/π)", as what that says: a product of a number and a root.  A word is what has the value.
Formula Formula::constant(std::string_view name, double value) {
  constexpr std::string_view root = "√";
  constexpr std::string_view dot = "·";
  const std::size_t end = std::min(name.find_first_not_of("0123456789."), name.size());
  if (end > 0) {
    Formula number;
    number.terms_.push_back({Kind::number, 0, std::string(name.substr(0, end))});
    std::string_view rest = name.substr(end);
    if (rest.empty()) return number;
    const bool below = rest.starts_with('/');
    rest.remove_prefix(below ? 1 : rest.starts_with(dot) ? dot.size() : 0);
    const Formula other = constant(rest, value);
    return make({below ? Kind::quotient : Kind::product, 2}, {&number, &other});
  }
  const bool is_root = name.starts_with(root);
  const std::size_t open = is_root ? root.size() : name.find('(');
  if (is_root || (open != std::string_view::npos && name.ends_with(')'))) {
    std::string_view inside = name.substr(open);
    if (inside.starts_with('(')) inside = inside.substr(1, inside.size() - 2);
    const Formula argument = constant(inside, value);
    if (is_root) return make({Kind::root, 1, std::string(root)}, {&argument});
    const std::string_view function = name.substr(0, open);
    return call(function, std::span(&argument, 1), function == Log::name ? &typeid(Log) : nullptr);
  }
  Formula word;
  word.terms_.push_back({Kind::name, 0, std::string(name), "", name == "π" ? std::numbers::pi : value});
  return word;
}

Formula Formula::of_float(float c) {
  Formula f;
  f.terms_.push_back({Kind::number, 0, digits_of(c)});
  return f;
}

Formula Formula::put_in(std::string digits) {
  Formula f;
  f.terms_.push_back({Kind::number, 0, std::move(digits)});
  f.put_in_ = true;
  return f;
}

Formula Formula::put_in(std::string digits, double exact) {
  Formula f = put_in(std::move(digits));
  f.terms_[0].exact = exact;
  return f;
}

Formula Formula::array(std::string numbers) {
  Formula f;
  f.terms_.push_back({Kind::array, 0, std::move(numbers)});
  f.put_in_ = true;
  return f;
}

Formula Formula::in_parentheses(const Formula& x) { return make({Kind::fence, 1, "(", ")"}, {&x}); }

Formula Formula::call(std::string_view function, std::span<const Formula> x, const std::type_info* op) {
  Term last{Kind::function, static_cast<std::uint32_t>(x.size()), std::string(function)};
  last.op = op;
  return made_of(last, x);
}

Formula Formula::made_of(const Term& last, std::span<const Formula> x) {
  Formula f;
  for (const Formula& a : x) f.terms_.insert(f.terms_.end(), a.terms_.begin(), a.terms_.end());
  f.terms_.push_back(last);
  return f;
}

Formula Formula::transposed(const Formula& x) { return make({Kind::transpose, 1}, {&x}); }
Formula Formula::matrix_product(const Formula& a, const Formula& b) { return make({Kind::matmul, 2}, {&a, &b}); }
Formula Formula::partial(const Formula& y, const Formula& x) { return make({Kind::derivative, 2}, {&y, &x}); }
Formula Formula::elementwise_product(const Formula& a, const Formula& b) {
  if (a.is("1")) return b;
  if (b.is("1")) return a;
  if (a.is("−1")) return negative(b);
  if (b.is("−1")) return negative(a);
  return make({Kind::elementwise, 2}, {&a, &b});
}
Formula Formula::product(const Formula& a, const Formula& b) { return make({Kind::product, 2}, {&a, &b}); }

Formula Formula::sum(std::span<const Formula> parts) {
  if (parts.empty()) return Formula(0.0);
  Formula f = parts.front();
  for (const Formula& part : parts.subspan(1)) {
    f.terms_.insert(f.terms_.end(), part.terms_.begin(), part.terms_.end());
    f.terms_.push_back({Kind::sum, 2});
  }
  f.put_in_ = f.put_in_ && parts.size() == 1;
  return f;
}

Formula Formula::make(Term last, std::initializer_list<const Formula*> arguments) {
  Formula f;
  std::size_t size = 1;
  for (const Formula* x : arguments) size += x->terms_.size();
  f.terms_.reserve(size);
  for (const Formula* x : arguments) f.terms_.insert(f.terms_.end(), x->terms_.begin(), x->terms_.end());
  f.terms_.push_back(std::move(last));
  return f;
}

bool Formula::is(std::string_view digits) const {
  return !put_in_ && terms_.size() == 1 && terms_[0].kind == Kind::number && terms_[0].word == digits;
}

namespace {

bool same(std::span<const Formula::Term> a, std::span<const Formula::Term> b) {
  return std::ranges::equal(a, b, [](const Formula::Term& s, const Formula::Term& t) {
    return s.kind == t.kind && s.arity == t.arity && s.word == t.word && s.right == t.right;
  });
}

/// A factor as a power: its base and a whole exponent of one digit.
struct PowerOf {
  std::span<const Formula::Term> base;
  int exponent = 1;
};
PowerOf as_power(std::span<const Formula::Term> terms) {
  using Kind = Formula::Kind;
  if (terms.size() < 3 || terms.back().kind != Kind::power) return {terms, 1};
  const Formula::Term& exponent = terms[terms.size() - 2];
  const bool one_digit =
      exponent.kind == Kind::number && exponent.word.size() == 1 && exponent.word[0] >= '2' && exponent.word[0] <= '9';
  if (!one_digit) return {terms, 1};
  return {terms.first(terms.size() - 2), exponent.word[0] - '0'};
}

}  // namespace

Formula Formula::infix(std::string_view sign, const Formula& a, const Formula& b) {
  if (sign == " + ") {
    if (a.is("0")) return b;
    if (b.is("0")) return a;
    // x + −3 is x − 3, and x + −y is x − y.
    if (const Formula opposite = negative(b); opposite.terms_.size() <= b.terms_.size()) {
      return infix(" − ", a, opposite);
    }
    return make({Kind::sum, 2}, {&a, &b});
  }
  if (sign == " − ") {
    if (b.is("0")) return a;
    if (const Formula opposite = negative(b); opposite.terms_.size() <= b.terms_.size()) {
      return infix(" + ", a, opposite);  // no x − −3
    }
    return make({Kind::difference, 2}, {&a, &b});
  }
  if (sign == "·") {
    if (a.is("1")) return b;
    if (b.is("1")) return a;
    if (a.is("−1")) return negative(b);
    if (b.is("−1")) return negative(a);
    // y·y is y², and y²·y is y³; 3·3 stays, for the two numbers need not stand for the same name.
    const PowerOf left = as_power(a.terms_);
    const PowerOf right = as_power(b.terms_);
    const bool is_number = left.base.size() == 1 && left.base[0].kind == Kind::number;
    if (!is_number && same(left.base, right.base)) {
      Formula base;
      base.terms_.assign(left.base.begin(), left.base.end());
      const Formula exponent(static_cast<double>(left.exponent + right.exponent));
      return make({Kind::power, 2}, {&base, &exponent});
    }
    return make({Kind::product, 2}, {&a, &b});
  }
  if (sign == "/") return b.is("1") ? a : make({Kind::quotient, 2}, {&a, &b});
  if (sign == " @ ") return matrix_product(a, b);
  return make({Kind::relation, 2, std::string(sign)}, {&a, &b});
}

/// −x, without a sign before a sign: then it is no longer than x.
Formula Formula::negative(const Formula& x) {
  const Term& last = x.terms_.back();
  const bool has_sign = last.kind == Kind::negation || (x.terms_.size() == 1 && last.word.starts_with(minus));
  if (x.put_in_ || !has_sign) return make({Kind::negation, 1}, {&x});
  Formula positive = x;
  if (last.kind == Kind::negation) {
    positive.terms_.pop_back();
  } else {
    positive.terms_[0].word.erase(0, minus.size());
  }
  return positive;
}

Formula Formula::power(double coefficient, double exponent, const Formula& x) {
  if (coefficient == 0.0) return Formula(0.0);
  const Formula raised = exponent == 0.0   ? Formula(1.0)
                         : exponent == 1.0 ? x
                                           : [&] {
                                               const Formula e(exponent);
                                               return make({Kind::power, 2}, {&x, &e});
                                             }();
  if (coefficient == 1.0) return raised;
  if (coefficient == -1.0) return negative(raised);
  return infix("·", Formula(coefficient), raised);
}

}  // namespace gradus
