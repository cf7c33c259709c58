// Values written out in full: numbers and arrays of numbers.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "tools/gradus/language/lexer.h"

namespace gradus::command {

/// A number (rank 0) or an array of numbers, rows first.
struct Literal {
  std::vector<std::int64_t> shape;
  std::vector<double> data;
};

/// Takes a number with any signs, or a signed constant such as -inf.  Throws ParseError for anything else.
[[nodiscard]] double read_signed_number(Lexer& lexer);

/// As read_signed_number, for whole numbers.
[[nodiscard]] std::int64_t read_integer(Lexer& lexer);

/// Whether the array whose '[' is next holds plain numbers alone, so far as it goes: then read_array says what is wrong with
/// it.  Otherwise its elements are expressions.
[[nodiscard]] bool plain_array_is_next(Lexer lexer);

/// Takes an array whose '[' is next: `[1, -2, inf]`, `[[1, 2], [3, 4]]`, `[]` (shape [0]), deeper ones alike.  Blanks may
/// stand for commas: `[1 -2]`.  Throws ParseError for ragged rows, elements that are not plain numbers, and brackets nested too deep.
[[nodiscard]] Literal read_array(Lexer& lexer);

/// The value of a binding such as `--var x=[1,2]`: a number, a constant, or an array, and nothing else.
/// Throws ParseError, whose place counts from the start of `text`: missing value, not a number, out of range, and what
/// read_array throws.
[[nodiscard]] Literal parse_literal(std::string_view text);

}  // namespace gradus::command
