// Bindings such as --var x=[1,2]: what a value may be, and what a name may be.
#include "tools/gradus/language/literal.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "tests/catch.h"
#include "tools/gradus/language/names.h"

namespace literal_test {

namespace {

using namespace gradus::command;

using Sizes = std::vector<std::int64_t>;
using Numbers = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// "offset: message", or "accepted".
std::string complaint(const std::string& text) {
  try {
    (void)parse_literal(text);
    return "accepted";
  } catch (const gradus::ParseError& error) {
    return fmt::format("{}: {}", error.offset(), error.what());
  }
}

std::string name_complaint(const std::string& name) {
  try {
    check_binding_name(name, {{{"sin", 1, 1, {}}}, {"x"}});
    return "accepted";
  } catch (const gradus::ValueError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("a bound number has rank 0", "[literal]") {
  CHECK(parse_literal("2").shape.empty());
  CHECK(parse_literal("2").data == Numbers{2});
  CHECK(parse_literal(" -1.5e3 ").data == Numbers{-1500});
  CHECK(parse_literal("+.5").data == Numbers{0.5});
  CHECK(parse_literal("inf").data == Numbers{infinity});
  CHECK(parse_literal("-inf").data == Numbers{-infinity});
  CHECK(std::isnan(parse_literal("nan").data.at(0)));
  CHECK(parse_literal("-pi").data == Numbers{-3.141592653589793});
  CHECK(std::signbit(parse_literal("-0").data.at(0)));
}

TEST_CASE("a bound array has the shape of its brackets", "[literal]") {
  CHECK(parse_literal("[1,2]").shape == Sizes{2});
  CHECK(parse_literal("[ 1 , -2,\n inf ]").data == Numbers{1, -2, infinity});
  CHECK(parse_literal("[[1,2],[3,4]]").shape == Sizes{2, 2});
  CHECK(parse_literal("[[1,2],[3,4]]").data == Numbers{1, 2, 3, 4});
  CHECK(parse_literal("[[[1],[2],[3]]]").shape == Sizes{1, 3, 1});
  CHECK(parse_literal("[]").shape == Sizes{0});
  CHECK(parse_literal("[]").data.empty());
  CHECK(parse_literal("[[]]").shape == Sizes{1, 0});
  CHECK(parse_literal("[[],[]]").shape == Sizes{2, 0});
  CHECK(parse_literal(std::string(16, '[') + "1" + std::string(16, ']')).shape == Sizes(16, 1));
}

TEST_CASE("a value that is no number is refused with its text", "[literal]") {
  CHECK(complaint("") == "0: missing value");
  CHECK(complaint("  ") == "2: missing value");
  CHECK(complaint("1,5") == "1: not a number '1,5'");
  CHECK(complaint("abc") == "0: not a number 'abc'");
  CHECK(complaint("2*3") == "1: not a number '2*3'");
  CHECK(complaint("1 2") == "2: not a number '1 2'");
  CHECK(complaint("-") == "1: not a number '-'");
  CHECK(complaint("1\x1b") == "1: not a number '1\\x1b'");
  CHECK(complaint("1e400") == "0: number out of range");
  CHECK(complaint("-1e400") == "1: number out of range");
  CHECK(complaint("1e") == "2: malformed number: exponent has no digits");
}

TEST_CASE("ragged rows are refused where they differ", "[literal]") {
  CHECK(complaint("[[1,2],[3]]") == "9: ragged rows: this row has fewer than 2 elements, unlike the rows before it");
  CHECK(complaint("[[1],[2,3]]") == "8: ragged rows: this row has more than 1 element, unlike the rows before it");
  CHECK(complaint("[[],[1]]") == "5: ragged rows: this row has more than 0 elements, unlike the rows before it");
  CHECK(complaint("[[1],[]]") == "6: ragged rows: this row has fewer than 1 element, unlike the rows before it");
  CHECK(complaint("[[[1]],[]]") == "8: ragged rows: this row has fewer than 1 element, unlike the rows before it");
  CHECK(complaint("[[1],2]") == "5: ragged rows: expected '[', as in the elements before this one");
  CHECK(complaint("[1,[2]]") == "3: expected a number, found '['");
  CHECK(complaint("[[],[[1]]]") == "5: ragged rows: this row has more than 0 elements, unlike the rows before it");
}

TEST_CASE("an array holds numbers separated by commas or blanks and nothing else", "[literal]") {
  CHECK(complaint("[x,1]") == "1: expected a number, found 'x'");
  CHECK(complaint("[1,]") == "3: expected a number, found ']'");
  CHECK(complaint("[[1,2],[3,4,]]") == "12: expected a number, found ']'");
  CHECK(complaint("[,1]") == "1: expected a number, found ','");
  CHECK(complaint("[1+2]") == "2: expected ',' or ']', found '+'");
  CHECK(parse_literal("[1 2]").data == Numbers{1, 2});
  CHECK(parse_literal("[[1 -2] [3 4]]").shape == Sizes{2, 2});
  CHECK(complaint("[1 - 2]") == "3: expected ',' or ']', found '-'");
  CHECK(complaint("[1 x]") == "3: expected ',' or ']', found 'x'");
  CHECK(complaint("[1)") == "2: expected ',' or ']', found ')'");
  CHECK(complaint("[1") == "2: expected ',' or ']', found the end");
  CHECK(complaint("[") == "1: expected a number, found the end");
  CHECK(complaint("[1]]") == "3: unexpected ']' after the array");
  CHECK(complaint("[1,1e999]") == "3: number out of range");
  CHECK(complaint(std::string(17, '[')) == "16: more than 16 nested brackets");
}

TEST_CASE("names that mean something else cannot be bound", "[literal]") {
  const std::string rule = ": a name is letters, digits and '_', not beginning with a digit, of at most 4096 bytes";
  CHECK(name_complaint("sin") == "'sin' is a function name");
  CHECK(name_complaint("pi") == "'pi' is a constant");
  CHECK(name_complaint("e") == "'e' is a constant");
  CHECK(name_complaint("nan") == "'nan' is a reserved name");
  CHECK(name_complaint("inf") == "'inf' is a reserved name");
  CHECK(name_complaint("\u03c0") == "'\u03c0' is a constant");
  for (const std::string word : {"true", "false", "none", "True", "False", "None"}) {
    CHECK(name_complaint(word) == "'" + word + "' is a reserved name");
  }
  CHECK(name_complaint("") == "missing name: a binding is written NAME=VALUE");
  CHECK(name_complaint("x") == "'x' is bound twice");
  CHECK(name_complaint("1x") == "bad name '1x'" + rule);
  CHECK(name_complaint("a b") == "bad name 'a b'" + rule);
  CHECK(name_complaint("a\x1b") == "bad name 'a\\x1b'" + rule);
  CHECK(name_complaint("a\xff") == "bad name 'a\\xff'" + rule);
  CHECK(name_complaint("\xce") == "bad name '\\xce'" + rule);
  CHECK(name_complaint(std::string(4097, 'a')) == "bad name '" + std::string(40, 'a') + "...'" + rule);
}

TEST_CASE("ordinary, Greek and keyword-like names can be bound", "[literal]") {
  for (const std::string name : {"y", "W1", "_", "grad", "axis", "\u03b1", "\u03b8\u2081", "x\u0302", "\u5024"}) {
    INFO(name);
    CHECK(name_complaint(name) == "accepted");
  }
}

}  // namespace literal_test
