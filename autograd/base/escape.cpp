#include "autograd/base/escape.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <utility>

#include "autograd/base/utf8.h"

namespace gradus::text {

namespace {

constexpr char32_t replacement = 0xFFFD;

/// What is shown for a code point that XML forbids or nobody can see.
char32_t visible(char32_t c) {
  if (c < 0x20) return 0x2400 + c;
  if (c == 0x7F) return 0x2421;
  const bool c1 = c >= 0x80 && c < 0xA0;
  const bool not_a_character = (c & 0xFFFEU) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
  return c1 || not_a_character ? replacement : c;
}

/// Whether no rewriting below touches the character.
constexpr auto is_plain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) plain[c] = true;
  for (const char c : {'"', '\'', '&', '<', '>', '\\'}) plain[static_cast<unsigned char>(c)] = false;
  return plain;
}();

/// The same for labels of Mermaid, in which much has a meaning: quotes, Markdown, comments, formulas, even words before
/// a colon.
constexpr auto is_letter_or_digit = [] {
  std::array<bool, 256> plain{};
  for (const auto& [first, last] : {std::pair{'a', 'z'}, {'A', 'Z'}, {'0', '9'}}) {
    for (int c = first; c <= last; ++c) plain[static_cast<std::size_t>(c)] = true;
  }
  return plain;
}();

/// Writes the text, made visible; `escape` gives what stands for a character, or "" for itself.
template <class Escape>
void rewrite(std::string& out, std::string_view text, Escape&& escape,
             const std::array<bool, 256>& is_kept = is_plain) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t plain = i;
    while (plain < text.size() && is_kept[static_cast<unsigned char>(text[plain])]) ++plain;
    out += text.substr(i, plain - i);
    i = plain;
    if (i == text.size()) break;
    auto [c, length, valid] = decode_utf8(text, i);
    if (c == '\r') {
      c = '\n';
      if (text.substr(i, 2) == "\r\n") ++length;
    }
    i += length;
    if (c < 0x80) {
      const auto escaped = escape(static_cast<char>(c));
      out += escaped;
      if (!escaped.empty()) continue;
    }
    append_utf8(out, visible(c));
  }
}

constexpr std::string_view markup(char c) { return c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : ""; }

constexpr std::string_view xml(char c) { return c == '"' ? "&quot;" : c == '\'' ? "&#39;" : markup(c); }

}  // namespace

void append_quote_label(std::string& out, std::string_view text) {
  out += '"';
  rewrite(out, text, [](char c) -> std::string_view {
    return c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : markup(c);
  });
  out += '"';
}

void append_html_label(std::string& out, std::string_view text) {
  if (text.empty()) out += ' ';
  // Graphviz puts the name of the node in the place of \N here too.
  rewrite(out, text, [](char c) -> std::string_view { return c == '\n' ? "<BR/>" : c == '\\' ? "\\\\" : xml(c); });
}

std::string mermaid_label(std::string_view text) {
  std::string out;
  const auto escape = [&](char c) -> std::string {
    if (c == '\n') return "<br/>";
    if (c == ' ' && !out.empty() && out.back() != ' ' && out.back() != '>') return " ";  // others would be lost
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return "";
    // Mermaid looks for $$formulas$$ when it has decoded the label; nobody sees what stands between the signs.
    constexpr std::string_view zero_width_space = "\u200B";
    const bool second_dollar = c == '$' && out.ends_with("#36;");
    return fmt::format("{}#{};", second_dollar ? zero_width_space : "", static_cast<int>(c));
  };
  rewrite(out, text, escape, is_letter_or_digit);
  return out;
}

std::string quote_label(std::string_view text) {
  std::string out;
  append_quote_label(out, text);
  return out;
}

std::string xml_text(std::string_view text) {
  std::string out;
  rewrite(out, text, [](char c) -> std::string_view { return c == '\n' ? "\n" : xml(c); });
  return out;
}

std::string html_label(std::string_view text) {
  std::string out;
  append_html_label(out, text);
  return out;
}

std::string terminal_line(std::string_view text) {
  std::string out;
  // Nothing but a line break has a meaning here; its own picture would be read as a part of the text.
  rewrite(out, text, [](char c) -> std::string_view { return c == '\n' ? " " : ""; });
  return out;
}

}  // namespace gradus::text
