// Formulas as people read them: the same op structs, run on notation.
#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include "../base/export.h"
#include "functions.h"

namespace gradus {

/// An expression, held as its terms in postfix order: x y + is x + y.  So neither printing nor destroying one recurses,
/// however deep it is.  It is simplified as a teacher would while it is made: no factor 1, no x + −3.
class GRADUS_API Formula {
 public:
  using interpreted = void;
  using compared_by_ops = void;

  enum class Kind : std::uint8_t {
    name,         // x, w1; any text that holds together
    number,       // 2, −1.5
    negation,     // −a
    sum,          // a + b
    difference,   // a − b
    product,      // a·b
    quotient,     // a/b
    matmul,       // A B, a product of matrices
    elementwise,  // A ⊙ B, number by number
    relation,     // a < b
    power,        // a^b
    root,         // √a
    fence,        // |a|
    function,     // f(a, b, …)
    transpose,    // Aᵀ
    derivative,   // ∂a/∂b
    array,        // [1, −2], [[1, 2], [3, 4]]: numbers in brackets
  };
  struct Term {
    Kind kind;
    std::uint32_t arity = 0;
    std::string word{};   // the name, the digits, the function, the sign of a relation or a root, the left of a fence
    std::string right{};  // of a fence
    // What was put in, before it was rounded to these digits; of a constant's name, its value.
    std::optional<double> exact{};
    // Of a function, the op whose call this is, if any: another op may have its name.
    const std::type_info* op = nullptr;
  };

  explicit Formula(std::string name);
  /// In the shortest digits that read back as the same number.
  explicit Formula(double c);
  explicit Formula(const Irrational& c);
  /// In the shortest digits that tell it from other floats.
  [[nodiscard]] static Formula of_float(float c);
  /// A number that was put in for a name: it is written in these digits, and never simplified away.
  [[nodiscard]] static Formula put_in(std::string digits);
  /// The same of a number that these are digits of.
  [[nodiscard]] static Formula put_in(std::string digits, double exact);
  /// Numbers in brackets as they are nested: [1, −2] is a row, [[1, 2], [3, 4]] a matrix.
  [[nodiscard]] static Formula array(std::string numbers);
  [[nodiscard]] static Formula in_parentheses(const Formula& x);
  /// f(x, y, …), the call of an op, or of no op.
  [[nodiscard]] static Formula call(std::string_view function, std::span<const Formula> x,
                                    const std::type_info* op = nullptr);
  /// The term on these arguments, as it stands.
  [[nodiscard]] static Formula made_of(const Term& last, std::span<const Formula> x);
  [[nodiscard]] static Formula transposed(const Formula& x);
  [[nodiscard]] static Formula matrix_product(const Formula& a, const Formula& b);
  /// A ⊙ B, the products of numbers at the same place; B where A is 1 and A where B is.
  [[nodiscard]] static Formula elementwise_product(const Formula& a, const Formula& b);
  /// ∂y/∂x.
  [[nodiscard]] static Formula partial(const Formula& y, const Formula& x);
  /// a·b as it stands, without simplification.
  [[nodiscard]] static Formula product(const Formula& a, const Formula& b);
  /// a + b + …, without simplification.
  [[nodiscard]] static Formula sum(std::span<const Formula> parts);

  /// In Unicode: x^2 + 1/(a·b), with parentheses where they are needed and nowhere else.
  [[nodiscard]] std::string text() const;
  /// For LaTeX's math mode; names and functions need amsmath.  Any text is made harmless.
  [[nodiscard]] std::string latex() const;
  /// The content of a <math> element of MathML Core: one <mrow>.
  [[nodiscard]] std::string mathml() const;

  /// The formula with other formulas in the place of names; `of` gives the one for a name, or null to keep it.
  template <class F>
  [[nodiscard]] Formula with_names_replaced(F&& of) const {
    Formula out;
    for (const Term& term : terms_) {
      const Formula* other = term.kind == Kind::name ? of(term.word) : nullptr;
      if (other == nullptr) {
        out.terms_.push_back(term);
      } else {
        out.terms_.insert(out.terms_.end(), other->terms_.begin(), other->terms_.end());
      }
    }
    return out;
  }

  /// The formula with its numbers written otherwise, also those in arrays; `of` gives the digits of the next one, from left to
  /// right, for those it has.
  template <class F>
  [[nodiscard]] Formula with_numbers_replaced(F&& of) const {
    Formula out = *this;
    for (Term& term : out.terms_) {
      if (term.kind == Kind::number) term.word = of(term.word);
      if (term.kind == Kind::array) term.word = array_with(term.word, of);
    }
    return out;
  }

  /// The formula with the numbers that were put in written anew; `digits_of` gives the digits of each.
  template <class F>
  [[nodiscard]] Formula with_numbers_written(F&& digits_of) const {
    Formula out = *this;
    for (Term& term : out.terms_) {
      if (term.kind == Kind::number && term.exact) term.word = digits_of(*term.exact);
    }
    return out;
  }

  [[nodiscard]] const std::vector<Term>& terms() const noexcept { return terms_; }

  template <class Op, class... X>
  static Formula interpret(const Op& op, const X&... x) {
    if constexpr (std::same_as<Op, Power>) {
      return power(op.coefficient, op.exponent, x...);
    } else if constexpr (std::same_as<Op, Neg>) {
      return negative(x...);
    } else if constexpr (requires { Op::raises; }) {
      return make({Kind::power, 2}, {&x...});
    } else if constexpr (requires { op.written(x...); }) {
      return op.written(x...);
    } else if constexpr (requires { Op::prefix; }) {
      return make({Kind::root, 1, std::string(Op::prefix)}, {&x...});
    } else if constexpr (requires { Op::left; }) {
      return make({Kind::fence, 1, std::string(Op::left), std::string(Op::right)}, {&x...});
    } else if constexpr (requires { Op::infix; }) {
      return infix(Op::infix, x...);
    } else {
      return call(Op::name, std::array<Formula, sizeof...(X)>{x...}, &typeid(Op));
    }
  }

 private:
  Formula() = default;
  template <class F>
  static std::string array_with(std::string_view text, F& of) {
    constexpr std::string_view between = "[], ";
    std::string out;
    while (!text.empty()) {
      const std::size_t start = std::min(text.find_first_not_of(between), text.size());
      out += text.substr(0, start);
      text.remove_prefix(start);
      const std::size_t end = std::min(text.find_first_of(between), text.size());
      if (end > 0) out += of(std::string(text.substr(0, end)));
      text.remove_prefix(end);
    }
    return out;
  }
  static Formula make(Term last, std::initializer_list<const Formula*> arguments);
  static Formula infix(std::string_view sign, const Formula& a, const Formula& b);
  static Formula negative(const Formula& x);
  static Formula constant(std::string_view name, double value);
  static Formula power(double coefficient, double exponent, const Formula& x);
  /// Whether it is this number, written by a rule and not put in.
  [[nodiscard]] bool is(std::string_view digits) const;

  std::vector<Term> terms_;
  bool put_in_ = false;
};

}  // namespace gradus
