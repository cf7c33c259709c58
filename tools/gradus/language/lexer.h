// The words of the expression language: numbers, names, operators and brackets.  Texts in quotes are read on request,
// where one may stand; elsewhere a quote is no part of any expression.  Blanks and what stands between # and the end of
// its line are skipped.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace gradus::command {

/// The longest name that is read, in bytes.
inline constexpr std::size_t max_name_length = 4096;

/// The longest text between quotes that is read, in bytes.
inline constexpr std::size_t max_text_length = 4096;

enum class TokenKind { end, number, name, symbol, exponent };

/// One word of the text it views.
struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;
  std::size_t offset = 0;  ///< of its first byte in the source
  double value = 0.0;      ///< of a number, and of an exponent such as ² or ⁻¹

  [[nodiscard]] bool is(char symbol) const noexcept {
    return kind == TokenKind::symbol && text.size() == 1 && text.front() == symbol;
  }
  [[nodiscard]] bool is(std::string_view symbol) const noexcept { return kind == TokenKind::symbol && text == symbol; }
};

/// How a message names a token: its text in quotes, or "the end".
[[nodiscard]] std::string describe(const Token& token);

/// Reads a text word by word, on demand, so that the first error in the text is the one reported.
/// Copying it is cheap and a copy reads ahead.
class Lexer {
 public:
  explicit Lexer(std::string_view source) noexcept : source_(source) {}

  [[nodiscard]] std::string_view source() const noexcept { return source_; }

  /// Takes the next word.  Throws ParseError for a character no expression has, a malformed number, one that is out of
  /// range, a name that is too long, and bytes that are not UTF-8.
  Token next();

  /// Where the next word begins; the size of the source when there is none.
  [[nodiscard]] std::size_t next_offset() const noexcept;

  /// True when the next word, or the end of the text, is on a later line than the last one.
  [[nodiscard]] bool line_ends() const noexcept;

  /// True when the next word begins with this character.
  [[nodiscard]] bool next_is(char symbol) const noexcept;

  /// True when the next word is a text in quotes, single or double.
  [[nodiscard]] bool text_is_next() const noexcept { return next_is('"') || next_is('\''); }

  /// Takes a text whose quote is next, and gives what is between the quotes; there are no escapes.
  /// Throws ParseError when it is never closed, longer than max_text_length bytes, or holds what cannot be shown.
  std::string_view read_text();

  /// True when the next word follows without a blank.
  [[nodiscard]] bool touches_next() const noexcept { return next_offset() == position_; }

  /// The name behind a '.' that comes next, as in x.T; empty otherwise.
  [[nodiscard]] std::string_view attribute_is_next() const noexcept;

  /// True when the next two words are a name and '='.
  [[nodiscard]] bool option_is_next() const;

  /// Throws ParseError with this message at this byte of the source.
  [[noreturn]] void fail(std::size_t offset, const std::string& message) const;

 private:
  Token read_name();
  Token read_number();
  Token read_exponent();
  [[nodiscard]] double number_value(std::string_view text, std::size_t offset) const;
  std::size_t skip_digits(std::size_t at) const noexcept;
  [[noreturn]] void fail_at_unexpected_character() const;

  std::string_view source_;
  std::size_t position_ = 0;
};

}  // namespace gradus::command
