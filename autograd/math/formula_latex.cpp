// Formulas for LaTeX.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "autograd/base/utf8.h"
#include "autograd/math/formula_notation.h"

namespace gradus {

namespace {

// Greek letters and signs that names are made of, with what draws them in math mode.
struct Macro {
  char32_t character;
  std::string_view command;
};
constexpr Macro macros[] = {
    {U'α', "\\alpha"},  {U'β', "\\beta"},     {U'γ', "\\gamma"}, {U'δ', "\\delta"},      {U'ε', "\\varepsilon"},
    {U'ζ', "\\zeta"},   {U'η', "\\eta"},      {U'θ', "\\theta"}, {U'ι', "\\iota"},       {U'κ', "\\kappa"},
    {U'λ', "\\lambda"}, {U'μ', "\\mu"},       {U'ν', "\\nu"},    {U'ξ', "\\xi"},         {U'π', "\\pi"},
    {U'ρ', "\\rho"},    {U'σ', "\\sigma"},    {U'τ', "\\tau"},   {U'υ', "\\upsilon"},    {U'φ', "\\varphi"},
    {U'χ', "\\chi"},    {U'ψ', "\\psi"},      {U'ω', "\\omega"}, {U'Γ', "\\Gamma"},      {U'Δ', "\\Delta"},
    {U'Θ', "\\Theta"},  {U'Λ', "\\Lambda"},   {U'Ξ', "\\Xi"},    {U'Π', "\\Pi"},         {U'Σ', "\\Sigma"},
    {U'Φ', "\\Phi"},    {U'Ψ', "\\Psi"},      {U'Ω', "\\Omega"}, {U'∂', "\\partial"},    {U'ŷ', "\\hat{y}"},
    {U'√', "\\surd"},   {U'∑', "\\Sigma"},    {U'∏', "\\prod"},  {U'…', "\\ldots"},      {U'·', "\\cdot"},
    {U'−', "-"},        {U'–', "\\text{--}"}, {U'×', "\\times"}, {U'→', "\\rightarrow"}, {U'⊙', "\\odot"},
    {U'≤', "\\le"},     {U'≥', "\\ge"},       {U'≠', "\\ne"},    {U'∞', "\\infty"},      {U'±', "\\pm"},
};

std::string character(char32_t c) {
  const auto* const macro = std::ranges::find(macros, c, &Macro::character);
  if (macro != std::end(macros)) return fmt::format("{{{}}}", macro->command);
  constexpr std::u32string_view raised = U"⁰¹²³⁴⁵⁶⁷⁸⁹";
  if (c >= U'₀' && c <= U'₉') return fmt::format("{{}}_{{{}}}", static_cast<std::uint32_t>(c - U'₀'));
  if (const std::size_t digit = raised.find(c); digit != raised.npos) return fmt::format("{{}}^{{{}}}", digit);
  // Letters with accents, which every font has, as far as Latin-1 goes.
  const bool accented = c >= U'À' && c <= U'ÿ' && c != U'Ð' && c != U'Þ' && c != U'ð' && c != U'þ' && c != U'÷';
  if (accented) {
    std::string letter;
    append_utf8(letter, c);
    return fmt::format("\\text{{{}}}", letter);
  }
  // What the fonts of plain LaTeX do not have is named.
  return fmt::format("\\text{{U+{:04X}}}", static_cast<std::uint32_t>(c));
}

std::string ascii(char c) {
  switch (c) {
    case '\\':
      return "\\backslash{}";
    case '{':
    case '}':
    case '$':
    case '&':
    case '#':
    case '%':
    case '_':
      return {'\\', c};
    case '^':
      return "\\hat{\\ }";
    case '~':
      return "\\sim{}";
    case ' ':
      return "\\ ";
    default:
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? "\\text{?}" : std::string(1, c);
  }
}

/// Any text in math mode, upright when it is a word.
std::string upright(std::string_view text) {
  std::string out;
  std::size_t letters = 0;
  for (std::size_t i = 0; i < text.size(); ++letters) {
    const CodePoint c = decode_utf8(text, i);
    out += c.value < 0x80 ? ascii(text[i]) : character(c.value);
    i += c.length;
  }
  return letters == 1 ? out : fmt::format("\\mathrm{{{}}}", out);
}

/// The letter that a name spells: alpha is α.  A word is upright, as any text.
std::string letter(std::string_view name) {
  const std::string_view greek = detail::greek_letter(name);
  return greek.empty() ? upright(name) : upright(greek);
}

class LatexNotation : public detail::Notation {
  bool two_dimensional() const override { return true; }
  std::string name(std::string_view text) const override {
    const auto [letters, subscript] = detail::subscript_of(text);
    if (subscript.empty()) return letter(letters);
    const bool is_word = subscript.size() > 2 && subscript.find_first_not_of("0123456789,") != std::string_view::npos;
    return fmt::format("{}_{{{}}}", letter(letters),
                       is_word ? fmt::format("\\mathrm{{{}}}", subscript) : std::string(subscript));
  }
  std::string number(std::string_view digits) const override {
    if (digits == "inf") return "\\infty";
    if (digits.find_first_of("0123456789") == std::string_view::npos) return upright(digits);
    const Scientific parts = scientific(digits);
    if (parts.exponent.empty()) return std::string(digits);
    return fmt::format("{}{}10^{{{}{}}}", parts.mantissa, parts.mantissa.empty() ? "" : " \\cdot ",
                       parts.negative ? "-" : "", parts.exponent);
  }
  int level_of_number(std::string_view digits) const override { return level_of_scientific(digits); }
  std::string parentheses(const std::string& a) const override { return fmt::format("\\left({}\\right)", a); }
  std::string indicator(const std::string& a) const override {
    return fmt::format("\\mathbf{{1}}\\left[{}\\right]", a);
  }
  std::string negation(const std::string& a) const override { return "-" + a; }
  std::string infix(Kind kind, std::string_view sign, std::string a, const std::string& b, bool joined) const override {
    switch (kind) {
      case Kind::sum:
        return std::move(a) + " + " + b;
      case Kind::difference:
        return std::move(a) + " - " + b;
      case Kind::relation:
        return fmt::format("{} {} {}", a, relation(sign), b);
      case Kind::matmul:
        return std::move(a) + " \\, " + b;
      case Kind::elementwise:
        return std::move(a) + " \\odot " + b;
      default:
        return std::move(a) + (joined ? " " : " \\cdot ") + b;
    }
  }
  static std::string relation(std::string_view sign) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> signs{
        {{" ≤ ", "\\le"}, {" ≥ ", "\\ge"}, {" ≠ ", "\\ne"}, {" ← ", "\\leftarrow"}}};
    for (const auto& [text, command] : signs) {
      if (text == sign) return std::string(command);
    }
    const bool is_words = sign.find_first_of("abcdefghijklmnopqrstuvwxyz") != std::string_view::npos;
    return is_words ? fmt::format("\\text{{{}}}", sign) : std::string(sign);
  }
  std::string quotient(const std::string& a, const std::string& b) const override {
    return fmt::format("\\frac{{{}}}{{{}}}", a, b);
  }
  std::string power(const std::string& a, const std::string& b) const override {
    return fmt::format("{{{}}}^{{{}}}", a, b);
  }
  std::string root(std::string_view sign, const std::string& a) const override {
    return fmt::format("\\sqrt{}{{{}}}", sign == "∛" ? "[3]" : "", a);
  }
  std::string fence(std::string_view left, const std::string& a, std::string_view right) const override {
    const auto side = [](std::string_view s) {
      return s == "⌊"   ? "\\lfloor"
             : s == "⌋" ? "\\rfloor"
             : s == "⌈" ? "\\lceil"
             : s == "⌉" ? "\\rceil"
             : s == "(" ? "("
             : s == ")" ? ")"
                        : "|";
    };
    return fmt::format("\\left{} {} \\right{}", side(left), a, side(right));
  }
  std::string call(std::string_view function, std::span<const detail::Piece> x) const override {
    constexpr std::array known{"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"};
    const bool has_macro = std::ranges::find(known, function) != known.end();
    std::string out = has_macro               ? fmt::format("\\{}", function)
                      : function == "sigmoid" ? "\\sigma"
                                              : fmt::format("\\operatorname{{{}}}", plain(function));
    out += "\\left(";
    for (std::size_t k = 0; k < x.size(); ++k) out += (k == 0 ? "" : ", ") + x[k].text;
    return out + "\\right)";
  }
  static std::string plain(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
      const CodePoint c = decode_utf8(text, i);
      out += c.value < 0x80 ? ascii(text[i]) : character(c.value);
      i += c.length;
    }
    return out;
  }
  // Rows end in \cr: Markdown would make one backslash of the usual two.
  std::string array(std::string_view text) const override {
    const Rows rows = rows_of(text);
    if (rows.empty()) return upright(text);
    const bool matrix = text.starts_with("[[");
    std::string out = matrix ? "\\begin{pmatrix} " : "\\left[";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i > 0) out += " \\cr ";
      for (std::size_t k = 0; k < rows[i].size(); ++k) {
        out += (k == 0 ? "" : matrix ? " & " : ",\\ ") + signed_number(rows[i][k]);
      }
    }
    return out + (matrix ? " \\end{pmatrix}" : "\\right]");
  }
  std::string transpose(const std::string& a) const override { return fmt::format("{{{}}}^{{\\mathsf{{T}}}}", a); }
  std::string derivative(const std::string& a, const std::string& b) const override {
    return fmt::format("\\frac{{\\partial {}}}{{\\partial {}}}", a, b);
  }
};

}  // namespace

std::string Formula::latex() const { return LatexNotation().print(terms_); }

}  // namespace gradus
