// Formulas in Unicode.
#include "autograd/math/formula_notation.h"

namespace gradus {

namespace {

class TextNotation : public detail::Notation {
  bool two_dimensional() const override { return false; }
  std::string name(std::string_view word) const override { return std::string(word); }
  std::string number(std::string_view digits) const override { return std::string(digits); }
  // 1e−20², without parentheses, would be read as a power in the exponent.
  int level_of_number(std::string_view digits) const override {
    return scientific(digits).exponent.empty() ? detail::atom_level : detail::power_level;
  }
  std::string parentheses(const std::string& a) const override { return "(" + a + ")"; }
  std::string negation(const std::string& a) const override { return "−" + a; }
  std::string infix(Kind kind, std::string_view sign, std::string a, const std::string& b, bool) const override {
    switch (kind) {
      case Kind::sum:
        return std::move(a) + " + " + b;
      case Kind::difference:
        return std::move(a) + " − " + b;
      case Kind::relation:
        return std::move(a) + std::string(sign) + b;
      case Kind::matmul:
        return std::move(a) + " " + b;
      case Kind::elementwise:
        return std::move(a) + " ⊙ " + b;
      default:
        return std::move(a) + "·" + b;
    }
  }
  std::string quotient(const std::string& a, const std::string& b) const override { return a + "/" + b; }
  std::string power(const std::string& a, const std::string& b) const override { return a + "^" + b; }
  std::string root(std::string_view sign, const std::string& a) const override { return std::string(sign) + a; }
  std::string fence(std::string_view left, const std::string& a, std::string_view right) const override {
    return std::string(left) + a + std::string(right);
  }
  std::string call(std::string_view function, std::span<const detail::Piece> x) const override {
    std::string out = std::string(function) + "(";
    for (std::size_t k = 0; k < x.size(); ++k) out += (k == 0 ? "" : ", ") + x[k].text;
    return out + ")";
  }
  std::string array(std::string_view text) const override { return std::string(text); }
  std::string transpose(const std::string& a) const override { return a + "ᵀ"; }
  std::string derivative(const std::string& a, const std::string& b) const override { return "∂" + a + "/∂" + b; }
};

}  // namespace

std::string Formula::text() const { return TextNotation().print(terms_); }

}  // namespace gradus
