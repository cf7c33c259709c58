#include "autograd/base/escape.h"

#include <string_view>

#include "tests/catch.h"

using namespace gradus;

TEST_CASE("escape: a line for a terminal shows everything and breaks nowhere", "[escape]") {
  CHECK(text::terminal_line("x₁ \\ \"y\" <&amp;>") == "x₁ \\ \"y\" <&amp;>");
  CHECK(text::terminal_line("a\nb\r\nc\rd") == "a b c d");
  CHECK(text::terminal_line(std::string_view("\x1b[31m\t\0", 7)) == "␛[31m␉␀");
  CHECK(text::terminal_line("\x7f\xff") == "␡\uFFFD");
  CHECK(text::terminal_line("") == "");
}
