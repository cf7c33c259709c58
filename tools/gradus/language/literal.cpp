#include "tools/gradus/language/literal.h"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>

#include "autograd/base/error.h"
#include "autograd/base/shape.h"
#include "autograd/base/text.h"
#include "tools/gradus/language/names.h"

namespace gradus::command {
namespace {

/// The number or constant the token is, if it is one.
std::optional<double> number_in(const Token& token) {
  if (token.kind == TokenKind::number) return token.value;
  if (token.kind != TokenKind::name) return std::nullopt;
  const Constant* constant = find_constant(token.text);
  return constant == nullptr ? std::nullopt : std::optional(constant->value);
}

/// Takes signs; true when together they mean minus.
bool read_signs(Lexer& lexer) {
  bool negative = false;
  while (lexer.next_is('-') || lexer.next_is('+')) {
    if (lexer.next().is('-')) negative = !negative;
  }
  return negative;
}

/// Whether another element comes next with no more than a blank before it.  A sign belongs to an element when it touches it
/// alone: [1 -2] holds two numbers.
bool element_follows_blank(const Lexer& lexer) {
  if (lexer.touches_next()) return false;
  Lexer ahead = lexer;
  if (ahead.next_is('[')) return true;
  const Token token = ahead.next();
  if (token.is('-') || token.is('+')) {
    if (!ahead.touches_next()) return false;
    return number_in(ahead.next()).has_value();
  }
  return number_in(token).has_value();
}

/// Reads nested brackets with a counter for each open one, so that depth costs no stack.
class ArrayReader {
 public:
  explicit ArrayReader(Lexer& lexer) : lexer_(lexer) {}

  Literal read() {
    open_row();
    while (!counts_.empty()) {
      if (element_is_due_) {
        read_element();
      } else {
        read_separator();
      }
    }
    return {std::move(shape_), std::move(data_)};
  }

 private:
  static constexpr std::int64_t unknown = -1;

  void open_row() {
    const Token bracket = lexer_.next();
    if (rank_ != 0 && counts_.size() == rank_) lexer_.fail(bracket.offset, "expected a number, found '['");
    if (counts_.size() == max_rank) {
      lexer_.fail(bracket.offset, fmt::format("more than {} nested brackets", max_rank));
    }
    counts_.push_back(0);
    if (shape_.size() < counts_.size()) shape_.push_back(unknown);
    element_is_due_ = true;
  }

  void close_row(const Token& bracket) {
    std::int64_t& expected = shape_[counts_.size() - 1];
    if (expected == unknown) expected = counts_.back();
    if (expected != counts_.back()) fail_as_ragged(bracket.offset);
    counts_.pop_back();
    element_is_due_ = false;
  }

  void read_element() {
    if (counts_.back() == 0 && lexer_.next_is(']')) {
      if (rank_ == 0) rank_ = counts_.size();
      close_row(lexer_.next());
      return;
    }
    count_element(lexer_.next_offset());
    if (lexer_.next_is('[')) {
      open_row();
      return;
    }
    if (rank_ == 0) rank_ = counts_.size();
    if (counts_.size() != rank_) {
      lexer_.fail(lexer_.next_offset(), "ragged rows: expected '[', as in the elements before this one");
    }
    data_.push_back(read_signed_number(lexer_));
    element_is_due_ = false;
  }

  void count_element(std::size_t offset) {
    const std::int64_t expected = shape_[counts_.size() - 1];
    if (expected == unknown || counts_.back() < expected || lexer_.next_is(']')) {
      ++counts_.back();
    } else {
      fail_as_ragged(offset);
    }
  }

  void read_separator() {
    if (element_follows_blank(lexer_)) {
      element_is_due_ = true;
      return;
    }
    const Token token = lexer_.next();
    if (token.is(',')) {
      element_is_due_ = true;
    } else if (token.is(']')) {
      close_row(token);
    } else {
      lexer_.fail(token.offset, fmt::format("expected ',' or ']', found {}", describe(token)));
    }
  }

  [[noreturn]] void fail_as_ragged(std::size_t offset) const {
    const std::int64_t expected = shape_[counts_.size() - 1];
    const bool short_row = counts_.back() < expected;
    lexer_.fail(offset, fmt::format("ragged rows: this row has {} than {} element{}, unlike the rows before it",
                                    short_row ? "fewer" : "more", expected, expected == 1 ? "" : "s"));
  }

  Lexer& lexer_;
  std::vector<std::int64_t> shape_;
  std::vector<double> data_;
  std::vector<std::int64_t> counts_;  // elements read so far in each open bracket
  std::size_t rank_ = 0;              // 0 until the first number or empty row shows it
  bool element_is_due_ = true;
};

}  // namespace

double read_signed_number(Lexer& lexer) {
  const bool negative = read_signs(lexer);
  const Token token = lexer.next();
  const auto number = number_in(token);
  if (!number) lexer.fail(token.offset, fmt::format("expected a number, found {}", describe(token)));
  return negative ? -*number : *number;
}

bool plain_array_is_next(Lexer lexer) {
  try {
    std::size_t depth = 0;
    bool after_element = false;
    while (true) {
      const bool next_element = after_element && element_follows_blank(lexer);
      const Token token = lexer.next();
      const bool is_sign = token.is('-') || token.is('+');
      if (token.is('[')) {
        if (after_element && !next_element) return true;
        if (++depth > max_rank) return true;
        after_element = false;
      } else if (token.is(']')) {
        if (--depth == 0) return true;
        after_element = true;
      } else if (token.is(',')) {
        after_element = false;
      } else if (is_sign) {
        if (after_element && !next_element) return false;
        after_element = false;
      } else if (number_in(token)) {
        after_element = true;
      } else {
        return token.kind == TokenKind::end;
      }
    }
  } catch (const ParseError&) {
    return true;
  }
}

std::int64_t read_integer(Lexer& lexer) {
  constexpr double exact_up_to = 9007199254740992.0;  // 2^53
  const std::size_t offset = lexer.next_offset();
  const double value = read_signed_number(lexer);
  if (std::trunc(value) != value) lexer.fail(offset, "expected an integer");
  if (std::abs(value) > exact_up_to) {
    lexer.fail(offset, fmt::format("the number is too large: {} is no index, size or axis", value));
  }
  return static_cast<std::int64_t>(value);
}

Literal read_array(Lexer& lexer) { return ArrayReader(lexer).read(); }

Literal parse_literal(std::string_view text) {
  Lexer lexer(text);
  if (lexer.next_offset() == text.size()) lexer.fail(text.size(), "missing value");
  if (lexer.next_is('[')) {
    Literal array = read_array(lexer);
    const Token rest = lexer.next();
    if (rest.kind != TokenKind::end) {
      lexer.fail(rest.offset, fmt::format("unexpected {} after the array", describe(rest)));
    }
    return array;
  }
  const bool negative = read_signs(lexer);
  const Token token = lexer.next();
  const auto number = number_in(token);
  const std::size_t trouble = number ? lexer.next_offset() : token.offset;
  if (!number || trouble != text.size()) lexer.fail(trouble, fmt::format("not a number {}", in_quotes(text)));
  return {{}, {negative ? -*number : *number}};
}

}  // namespace gradus::command
