// Formulas as MathML Core.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "autograd/base/utf8.h"
#include "autograd/math/formula_notation.h"

namespace gradus {

namespace {

/// Text that XML allows, markup escaped, what cannot be shown replaced.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = decode_utf8(text, i);
    i += c.length;
    const char32_t v = c.value;
    const bool not_a_character = (v & 0xFFFEU) == 0xFFFE || (v >= 0xFDD0 && v <= 0xFDEF);
    if (v == '<') {
      out += "&lt;";
    } else if (v == '>') {
      out += "&gt;";
    } else if (v == '&') {
      out += "&amp;";
    } else if (v < 0x20) {
      append_utf8(out, 0x2400 + v);
    } else if ((v >= 0x7F && v < 0xA0) || not_a_character) {
      append_utf8(out, 0xFFFD);
    } else {
      append_utf8(out, v);
    }
  }
  return out;
}

std::string row(const std::string& a) { return "<mrow>" + a + "</mrow>"; }
std::string sign(std::string_view s) { return "<mo>" + escaped(s) + "</mo>"; }
/// A parenthesis or bracket.  In some fonts one that stretches stands apart from what it holds, so it does so only around what
/// is high.
std::string delimiter(std::string_view s, std::string_view around = "") {
  constexpr std::string_view high[] = {"<mfrac", "<mtable", "<msqrt", "<mroot"};
  const bool stretches =
      std::ranges::any_of(high, [&](std::string_view tag) { return around.find(tag) != around.npos; });
  return (stretches ? "<mo>" : "<mo stretchy=\"false\">") + escaped(s) + "</mo>";
}

class MathmlNotation : public detail::Notation {
  bool two_dimensional() const override { return true; }
  std::string name(std::string_view word) const override {
    const auto [letters, subscript] = detail::subscript_of(word);
    const std::string_view greek = detail::greek_letter(letters);
    const std::string identifier = "<mi>" + escaped(greek.empty() ? letters : greek) + "</mi>";
    if (subscript.empty()) return identifier;
    const std::string_view kind = subscript.find_first_not_of("0123456789") == std::string_view::npos ? "mn" : "mi";
    return fmt::format("<msub>{0}<{1}>{2}</{1}></msub>", identifier, kind, escaped(subscript));
  }
  std::string number(std::string_view digits) const override {
    if (digits.find_first_of("0123456789") == std::string_view::npos) {
      return digits == "inf" ? "<mi>∞</mi>" : "<mi>" + escaped(digits) + "</mi>";
    }
    const Scientific parts = scientific(digits);
    if (parts.exponent.empty()) return "<mn>" + escaped(digits) + "</mn>";
    const std::string mantissa = parts.mantissa.empty() ? "" : "<mn>" + escaped(parts.mantissa) + "</mn><mo>·</mo>";
    return row(mantissa + "<msup><mn>10</mn>" +
               row((parts.negative ? "<mo>−</mo><mn>" : "<mn>") + escaped(parts.exponent) + "</mn>") + "</msup>");
  }
  int level_of_number(std::string_view digits) const override { return level_of_scientific(digits); }
  std::string parentheses(const std::string& a) const override {
    return row(delimiter("(", a) + a + delimiter(")", a));
  }
  std::string indicator(const std::string& a) const override { return row("<mn>𝟏</mn><mo>[</mo>" + a + "<mo>]</mo>"); }
  std::string negation(const std::string& a) const override { return row("<mo>−</mo>" + a); }
  std::string infix(Kind kind, std::string_view relation, std::string a, const std::string& b,
                    bool joined) const override {
    switch (kind) {
      case Kind::sum:
        return std::move(a) + "<mo>+</mo>" + b;
      case Kind::difference:
        return std::move(a) + "<mo>−</mo>" + b;
      case Kind::relation:
        return std::move(a) + sign(relation.substr(1, relation.size() - 2)) + b;
      case Kind::matmul:
        return std::move(a) + "<mspace width=\"0.2em\"/>" + b;
      case Kind::elementwise:
        return std::move(a) + "<mo>⊙</mo>" + b;
      default:
        return std::move(a) + (joined ? "<mo>&#x2062;</mo>" : "<mo>·</mo>") + b;
    }
  }
  std::string quotient(const std::string& a, const std::string& b) const override {
    return "<mfrac>" + row(a) + row(b) + "</mfrac>";
  }
  std::string power(const std::string& a, const std::string& b) const override {
    return "<msup>" + row(a) + row(b) + "</msup>";
  }
  std::string root(std::string_view s, const std::string& a) const override {
    return s == "∛" ? "<mroot>" + row(a) + "<mn>3</mn></mroot>" : "<msqrt>" + a + "</msqrt>";
  }
  std::string fence(std::string_view left, const std::string& a, std::string_view right) const override {
    return row(delimiter(left, a) + a + delimiter(right, a));
  }
  std::string call(std::string_view function, std::span<const detail::Piece> x) const override {
    std::string out = "<mi>" + escaped(function == "sigmoid" ? "σ" : function) + "</mi><mo>&#x2061;</mo>";
    std::string arguments;
    for (std::size_t k = 0; k < x.size(); ++k) arguments += (k == 0 ? "" : "<mo>,</mo>") + x[k].text;
    return row(out + delimiter("(", arguments) + arguments + delimiter(")", arguments));
  }
  std::string array(std::string_view text) const override {
    const Rows rows = rows_of(text);
    if (rows.empty()) return "<mtext>" + escaped(text) + "</mtext>";
    if (!text.starts_with("[[")) return row(delimiter("[") + cells(rows[0], "", "", "<mo>,</mo>") + delimiter("]"));
    std::string out;
    for (const auto& numbers : rows) out += "<mtr>" + cells(numbers, "<mtd>", "</mtd>", "") + "</mtr>";
    return row("<mo>(</mo><mtable>" + out + "</mtable><mo>)</mo>");
  }
  std::string cells(std::span<const std::string_view> numbers, std::string_view before, std::string_view after,
                    std::string_view between) const {
    std::string out;
    for (const std::string_view number : numbers) {
      if (!out.empty()) out += between;
      out.append(before).append(signed_number(number)).append(after);
    }
    return out;
  }
  std::string transpose(const std::string& a) const override {
    return "<msup>" + row(a) + "<mi mathvariant=\"normal\">T</mi></msup>";
  }
  std::string derivative(const std::string& a, const std::string& b) const override {
    return "<mfrac>" + row("<mo>∂</mo>" + a) + row("<mo>∂</mo>" + b) + "</mfrac>";
  }
};

}  // namespace

std::string Formula::mathml() const { return row(MathmlNotation().print(terms_)); }

}  // namespace gradus
