// Where the caret stands, whatever the expression is made of.
#include "tools/gradus/language/caret.h"

#include <algorithm>
#include <string>
#include <utility>

#include "autograd/base/error.h"
#include "tests/catch.h"
#include "tools/gradus/language/expression.h"

namespace {

using namespace gradus::command;

std::string caret_at(const std::string& source, std::size_t offset) {
  return caret(source, gradus::ParseError("", offset, 1));
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

/// The two lines of a caret text.
std::pair<std::string, std::string> lines_of(const std::string& text) {
  const std::size_t end = text.find('\n');
  return {text.substr(0, end), text.substr(end + 1, text.size() - end - 2)};
}

}  // namespace

TEST_CASE("the caret stands under the place of the error", "[caret]") {
  CHECK(caret_at("2**3", 2) == "  2**3\n    ^\n");
  CHECK(caret_at("1+", 2) == "  1+\n    ^\n");
  CHECK(caret_at("", 0) == "  \n  ^\n");
  CHECK(caret_at("   ", 3) == "     \n     ^\n");
  CHECK(caret_at("1", 99) == "  1\n   ^\n");
}

TEST_CASE("a parse error of the parser is shown at its place", "[caret]") {
  const std::string source = "\u03b1+sqt(4)";
  try {
    (void)parse(source, {{{"sqrt", 1, 1, {}}}, {"\u03b1"}});
    FAIL("sqt is not a function");
  } catch (const gradus::ParseError& error) {
    CHECK(caret(source, error) == "  \u03b1+sqt(4)\n    ^\n");
  }
}

TEST_CASE("of several lines only the one with the error is shown", "[caret]") {
  CHECK(caret_at("1 +\n2 ? 3\n+ 4", 6) == "  2 ? 3\n    ^\n");
  CHECK(caret_at("1 +\r\n2 ?\r\n", 7) == "  2 ?\n    ^\n");
  CHECK(caret_at("? 1\n2", 0) == "  ? 1\n  ^\n");
  CHECK(caret_at("1\n?", 2) == "  ?\n  ^\n");
}

TEST_CASE("an error at the end of a file stands behind its last word", "[caret]") {
  CHECK(caret_at("1+\n", 3) == "  1+\n    ^\n");
  CHECK(caret_at("1\n+ 2*  \n\n", 10) == "  + 2*  \n      ^\n");
}

TEST_CASE("tabs are copied and wide and combining characters counted", "[caret]") {
  CHECK(caret_at("\t1\t$", 3) == "  \t1\t$\n  \t \t^\n");
  CHECK(caret_at("\u5024\u5024?", 6) == "  \u5024\u5024?\n      ^\n");
  CHECK(caret_at("\uff0b\uac00?", 6) == "  \uff0b\uac00?\n      ^\n");
  CHECK(caret_at("x\u0302\u0303?", 5) == "  x\u0302\u0303?\n   ^\n");
  CHECK(caret_at("1\u0302", 1) == "  1\u0302\n  ^\n");
}

TEST_CASE("nothing that a terminal would obey is printed raw", "[caret]") {
  CHECK(caret_at("1\x1b[2J", 1) == "  1\\x1b[2J\n   ^\n");
  CHECK(caret_at("\x1b$", 1) == "  \\x1b$\n      ^\n");
  CHECK(caret_at(std::string("1\0$", 3), 2) == "  1\\x00$\n       ^\n");
  CHECK(caret_at("\xff$", 1) == "  \\xff$\n      ^\n");
  CHECK(caret_at("\xc2\x9b$", 2) == "  \\x9b$\n      ^\n");
  CHECK(caret_at("\xe2\x80\xae$", 3) == "  \\u202e$\n        ^\n");
}

TEST_CASE("of a long line 80 columns around the caret are shown", "[caret]") {
  const std::string source = repeated("1+", 2499) + "1 ?" + repeated("+2", 2500);
  const auto [text, mark] = lines_of(caret_at(source, 5000));
  CHECK(text.size() <= 80);
  CHECK(text.size() > 70);
  CHECK(text.substr(0, 5) == "  ...");
  CHECK(text.substr(text.size() - 3) == "...");
  CHECK(text[mark.size() - 1] == '?');
  CHECK(mark.size() > 30);
  CHECK(mark.size() < 50);
}

TEST_CASE("a long line is cut only on the side where it goes on", "[caret]") {
  const std::string source(1000, '1');
  const auto [left_text, left_mark] = lines_of(caret_at(source, 3));
  CHECK(left_text == "  " + std::string(72, '1') + "...");
  CHECK(left_mark == "     ^");
  const auto [right_text, right_mark] = lines_of(caret_at(source, 1000));
  CHECK(right_text == "  ..." + std::string(71, '1'));
  CHECK(right_mark == std::string(76, ' ') + "^");
  CHECK(caret_at(std::string(78, '1'), 77) == "  " + std::string(78, '1') + "\n" + std::string(79, ' ') + "^\n");
}

TEST_CASE("long lines of wide characters, escapes and tabs fit 80 columns", "[caret]") {
  const auto [wide_text, wide_mark] = lines_of(caret_at(repeated("\u5024", 500) + "?" + repeated("\u5024", 500), 1500));
  const auto wide_count = std::count(wide_text.begin(), wide_text.end(), '\xe5');
  CHECK(2 + 3 + 2 * wide_count + 1 + 3 <= 80);
  CHECK(wide_count > 30);
  CHECK(wide_mark.size() <= 80);

  const auto [escapes, escape_mark] = lines_of(caret_at(std::string(1000, '\x1b'), 500));
  CHECK(escapes.size() <= 80);
  CHECK(escapes.substr(escape_mark.size() - 1, 4) == "\\x1b");

  const auto [tabs, tab_mark] = lines_of(caret_at(std::string(1000, '\t') + "?", 1000));
  CHECK(8 * std::count(tabs.begin(), tabs.end(), '\t') <= 72);
  CHECK(std::count(tabs.begin(), tabs.end(), '\t') == std::count(tab_mark.begin(), tab_mark.end(), '\t'));
}
