// How formulas are printed: once over the postfix terms with a stack of finished pieces.  A notation says how each kind of
// term looks; which pieces need parentheses is decided here.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formula.h"

namespace gradus::detail {

/// How tightly a piece holds together.
enum Level : int { relation_level, sum_level, product_level, sign_level, power_level, atom_level };

struct Piece {
  std::string text;
  int level = atom_level;
  // Where it begins or ends with a name of one letter, or ends with a number: those are multiplied without a sign.
  std::string first{};
  std::string last{};
  bool is_quotient = false;  // a/b in one line, which the next factor would seem to belong to
  // Of a sum or product that begins with a sign: the same with that in parentheses, to stand right of another sign.
  std::string guarded{};
};

/// "x1" and "w_2" as a word and its subscript; the subscript is empty for other names.
struct SubscriptedName {
  std::string_view word;
  std::string_view subscript;
};
[[nodiscard]] SubscriptedName split_name(std::string_view name);
/// The same where a subscript can be set low, and so may be any word behind one underline: W_xh, x_t.
[[nodiscard]] SubscriptedName subscript_of(std::string_view name);
/// The letter whose name this is: α for alpha; empty for other names.
[[nodiscard]] std::string_view greek_letter(std::string_view name);

class Notation {
 public:
  Notation() = default;
  Notation(const Notation&) = delete;
  Notation& operator=(const Notation&) = delete;
  virtual ~Notation() = default;

  [[nodiscard]] std::string print(std::span<const Formula::Term> terms) const;

 protected:
  using Kind = Formula::Kind;
  /// Whether fractions, powers and roots show by their place what belongs to them.
  [[nodiscard]] virtual bool two_dimensional() const = 0;
  [[nodiscard]] virtual std::string name(std::string_view word) const = 0;
  /// `digits` has no sign.
  [[nodiscard]] virtual std::string number(std::string_view digits) const = 0;
  /// How tightly such a number holds together: 1.5e−7 may be written as a product with a power of ten.
  [[nodiscard]] virtual int level_of_number(std::string_view digits) const = 0;
  [[nodiscard]] virtual std::string parentheses(const std::string& a) const = 0;
  /// A relation among numbers, which is 1 where it holds and else 0.
  [[nodiscard]] virtual std::string indicator(const std::string& a) const { return parentheses(a); }
  [[nodiscard]] virtual std::string negation(const std::string& a) const = 0;
  /// Sums, differences, products, products of matrices and relations; `sign` is the relation's.  `joined`: a product whose
  /// sign may be left out.
  [[nodiscard]] virtual std::string infix(Kind kind, std::string_view sign, std::string a, const std::string& b,
                                          bool joined) const = 0;
  [[nodiscard]] virtual std::string quotient(const std::string& a, const std::string& b) const = 0;
  [[nodiscard]] virtual std::string power(const std::string& a, const std::string& b) const = 0;
  [[nodiscard]] virtual std::string root(std::string_view sign, const std::string& a) const = 0;
  [[nodiscard]] virtual std::string fence(std::string_view left, const std::string& a,
                                          std::string_view right) const = 0;
  [[nodiscard]] virtual std::string call(std::string_view function, std::span<const Piece> x) const = 0;
  [[nodiscard]] virtual std::string transpose(const std::string& a) const = 0;
  [[nodiscard]] virtual std::string derivative(const std::string& a, const std::string& b) const = 0;
  /// Numbers in brackets, of a row or a matrix: those of each row.
  [[nodiscard]] virtual std::string array(std::string_view text) const = 0;

  /// [1, −2] as one row, [[1, 2], [3, 4]] as two; nothing for deeper nesting.
  using Rows = std::vector<std::vector<std::string_view>>;
  [[nodiscard]] static Rows rows_of(std::string_view text);
  /// 1.5e−7 as a mantissa, which is empty where it is 1, and the exponent with its sign; no exponent in other numbers.
  struct Scientific {
    std::string_view mantissa;
    bool negative = false;
    std::string_view exponent{};
  };
  [[nodiscard]] static Scientific scientific(std::string_view digits);
  [[nodiscard]] static int level_of_scientific(std::string_view digits);
  /// A number that may have a sign.
  [[nodiscard]] std::string signed_number(std::string_view digits) const;

 private:
  [[nodiscard]] Piece piece(const Formula::Term& term, std::span<Piece> x) const;
  [[nodiscard]] Piece binary(const Formula::Term& term, Piece& a, Piece& b) const;
  [[nodiscard]] std::string at(Piece& x, int level) const;
};

}  // namespace gradus::detail
