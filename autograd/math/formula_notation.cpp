#include "autograd/math/formula_notation.h"

#include <algorithm>
#include <utility>

#include "autograd/base/utf8.h"

namespace gradus::detail {

namespace {

constexpr std::string_view minus = "−";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether it is one letter, perhaps with a subscript: such names are multiplied without a sign.
bool is_short(const SubscriptedName& name) {
  return !name.word.empty() && !is_digit(name.word[0]) && decode_utf8(name.word).length == name.word.size();
}

}  // namespace

SubscriptedName split_name(std::string_view name) {
  std::size_t end = name.size();
  while (end > 0 && is_digit(name[end - 1])) --end;
  if (end == 0 || end == name.size()) return {name, {}};
  std::string_view word = name.substr(0, end);
  if (word.size() > 1 && word.ends_with('_')) word.remove_suffix(1);
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (!std::all_of(word.begin(), word.end(), plain)) return {name, {}};
  return {word, name.substr(end)};
}

SubscriptedName subscript_of(std::string_view name) {
  const SubscriptedName split = split_name(name);
  if (!split.subscript.empty()) return split;
  const std::size_t underline = name.find('_');
  if (underline == 0 || underline == std::string_view::npos || underline + 1 == name.size()) return split;
  const std::string_view behind = name.substr(underline + 1);
  const auto is_plain = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const std::string_view letters = name.substr(0, underline);
  // A name of several words is no letter with a subscript.
  const bool is_letter = decode_utf8(letters).length == letters.size() || !greek_letter(letters).empty();
  if (!is_letter || !std::ranges::all_of(behind, is_plain)) return split;
  return {letters, behind};
}

std::string_view greek_letter(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> letters[] = {
      {"alpha", "α"}, {"beta", "β"},  {"gamma", "γ"}, {"delta", "δ"},  {"epsilon", "ε"}, {"zeta", "ζ"},
      {"eta", "η"},   {"theta", "θ"}, {"kappa", "κ"}, {"lambda", "λ"}, {"mu", "μ"},      {"nu", "ν"},
      {"xi", "ξ"},    {"rho", "ρ"},   {"sigma", "σ"}, {"tau", "τ"},    {"phi", "φ"},     {"chi", "χ"},
      {"psi", "ψ"},   {"omega", "ω"}, {"Gamma", "Γ"}, {"Delta", "Δ"},  {"Theta", "Θ"},   {"Lambda", "Λ"},
      {"Sigma", "Σ"}, {"Phi", "Φ"},   {"Psi", "Ψ"},   {"Omega", "Ω"}};
  for (const auto& [spelled, letter] : letters) {
    if (spelled == name) return letter;
  }
  return {};
}

std::string Notation::print(std::span<const Formula::Term> terms) const {
  std::vector<Piece> stack;
  for (const Formula::Term& term : terms) {
    const std::size_t first = stack.size() - term.arity;
    Piece made = piece(term, std::span<Piece>(stack).subspan(first));
    stack.resize(first);
    stack.push_back(std::move(made));
  }
  return std::move(stack.back().text);
}

Notation::Rows Notation::rows_of(std::string_view text) {
  Rows rows;
  const std::size_t depth = text.find_first_not_of('[');
  if (depth == 0 || depth > 2 || depth == std::string_view::npos) return rows;
  for (std::size_t i = depth; i < text.size();) {
    if (rows.empty() || text[i - 1] == '[') rows.emplace_back();
    const std::size_t end = std::min(text.find_first_of(",]", i), text.size());
    rows.back().push_back(text.substr(i, end - i));
    i = text.find_first_not_of(",[] ", end);
    if (i == std::string_view::npos) break;
  }
  return rows;
}

std::string Notation::signed_number(std::string_view digits) const {
  return digits.starts_with(minus) ? negation(number(digits.substr(minus.size()))) : number(digits);
}

Notation::Scientific Notation::scientific(std::string_view digits) {
  const std::size_t e = digits.find('e');
  if (e == std::string_view::npos || digits.find_first_of("0123456789") > e) return {digits};
  Scientific out{digits.substr(0, e)};
  std::string_view exponent = digits.substr(e + 1);
  out.negative = exponent.starts_with('-') || exponent.starts_with(minus);
  exponent.remove_prefix(std::min(exponent.find_first_of("123456789"), exponent.size() - 1));
  out.exponent = exponent;
  if (out.mantissa == "1") out.mantissa = {};
  return out;
}

int Notation::level_of_scientific(std::string_view digits) {
  const Scientific parts = scientific(digits);
  return parts.exponent.empty() ? atom_level : parts.mantissa.empty() ? power_level : product_level;
}

std::string Notation::at(Piece& x, int level) const {
  if (x.level >= level) return std::move(x.text);
  return x.level == relation_level ? indicator(x.text) : parentheses(x.text);
}

Piece Notation::piece(const Formula::Term& term, std::span<Piece> x) const {
  const bool flat = !two_dimensional();
  const int below_a_bar = flat ? atom_level : relation_level;
  switch (term.kind) {
    case Kind::name: {
      const std::string key = is_short(split_name(term.word)) ? term.word : std::string();
      return {name(term.word), atom_level, key, key};
    }
    case Kind::array:
      return {array(term.word)};
    case Kind::number: {
      if (std::string_view(term.word).starts_with(minus)) {
        return {negation(number(std::string_view(term.word).substr(minus.size()))), sign_level};
      }
      const int level = level_of_number(term.word);
      return {number(term.word), level, "", level == atom_level && is_digit(term.word[0]) ? term.word : ""};
    }
    case Kind::negation:
      return {negation(at(x[0], sign_level + 1)), sign_level};
    case Kind::power: {
      std::string base = at(x[0], power_level + 1);
      return {power(base, at(x[1], below_a_bar)), power_level};
    }
    case Kind::root:
      return {root(term.word, at(x[0], below_a_bar)), power_level};
    case Kind::fence:
      return {fence(term.word, x[0].text, term.right)};
    case Kind::function:
      return {call(term.word, x)};
    case Kind::transpose:
      return {transpose(at(x[0], power_level + 1)), power_level};
    case Kind::derivative: {
      std::string above = at(x[0], atom_level);
      return {derivative(above, at(x[1], atom_level)), power_level};
    }
    default:
      return binary(term, x[0], x[1]);
  }
}

Piece Notation::binary(const Formula::Term& term, Piece& a, Piece& b) const {
  const bool strict = term.kind == Kind::difference || term.kind == Kind::quotient;  // a − (b − c), a/(b/c)
  const auto right = [&](int level) { return b.level == sign_level ? atom_level : level + (strict ? 1 : 0); };
  // What stands on the right, which may not begin with a sign.
  const auto on_the_right = [&](int level) {
    return b.level >= level && !b.guarded.empty() ? std::move(b.guarded) : at(b, level);
  };
  // The piece that begins with a, which may: both ways of writing it.
  const auto written = [&](int level, const auto& join, std::string first = {}, std::string last = {}) {
    const bool open = a.level >= level && (a.level == sign_level || !a.guarded.empty());
    std::string guard = !open ? std::string() : a.level == sign_level ? parentheses(a.text) : std::move(a.guarded);
    std::string left = at(a, level);
    Piece made{join(std::move(left)), level, std::move(first), std::move(last)};
    if (open) made.guarded = join(std::move(guard));
    return made;
  };
  switch (term.kind) {
    case Kind::quotient: {
      if (two_dimensional()) return {quotient(a.text, b.text), power_level};
      const std::string below = on_the_right(right(product_level));
      Piece made = written(product_level, [&](const std::string& above) { return quotient(above, below); });
      made.is_quotient = true;
      return made;
    }
    case Kind::product:
    case Kind::matmul:
    case Kind::elementwise: {
      if (a.is_quotient) a = {parentheses(a.text)};  // (a/b)·c: a/b·c is read both ways
      const bool a_whole = a.level >= product_level;
      const bool b_whole = b.level >= right(product_level);
      const std::string first = a_whole ? a.first : "";
      const std::string last = b_whole ? b.last : "";
      const bool joined = a_whole && b_whole && !a.last.empty() && !b.first.empty() && a.last != b.first;
      const std::string other = on_the_right(right(product_level));
      return written(
          product_level, [&](std::string left) { return infix(term.kind, "", std::move(left), other, joined); }, first,
          last);
    }
    case Kind::relation: {
      std::string left = at(a, sum_level);
      return {infix(term.kind, term.word, std::move(left), at(b, right(sum_level)), false), relation_level};
    }
    default: {
      const std::string other = on_the_right(right(sum_level));
      return written(sum_level, [&](std::string left) { return infix(term.kind, "", std::move(left), other, false); });
    }
  }
}

}  // namespace gradus::detail
