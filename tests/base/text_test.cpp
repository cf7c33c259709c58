#include "autograd/base/text.h"

#include "autograd/base/suggest.h"
#include "tests/catch.h"

using gradus::did_you_mean;
using gradus::in_quotes;
using gradus::is_utf8;
using gradus::printable;

TEST_CASE("text: UTF-8", "[text]") {
  for (const char* good : {"", "abc", "é", "\u20ac", "\U0001F600", "\uD7FF", "\uE000", "\U0010FFFF"}) {
    CHECK(is_utf8(good));
  }
  for (const char* bad : {"\xff", "\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xe2\x82",
                          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xc3("}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("text: quoted for a message", "[text]") {
  CHECK(in_quotes("") == "''");
  CHECK(in_quotes("é = 1") == "'é = 1'");
  CHECK(in_quotes("\x1b[2J\n\x7f\xff") == "'\\x1b[2J\\x0a\\x7f\\xff'");
  CHECK(in_quotes(std::string(1000, 'x')) == "'" + std::string(40, 'x') + "...'");
}

TEST_CASE("text: printable", "[text]") {
  CHECK(printable("α² − 5 €, 中文 😀") == "α² − 5 €, 中文 😀");
  CHECK(printable(std::string("\0\t\r\n", 4)) == "\\x00\\x09\\x0d\\x0a");
  CHECK(printable("\u009b2J\u00ad") == "\\x9b2J\\xad");
  CHECK(printable("\u200b\u202e\u2028\ufeff\ue000\U000e0041") == "\\u200b\\u202e\\u2028\\ufeff\\ue000\\ue0041");
  CHECK(printable("\xe2\x82(\xed\xa0\x80") == "\\xe2\\x82(\\xed\\xa0\\x80");

  CHECK(printable("αβγδ", 4) == "αβγδ");
  CHECK(printable("αβγδ", 3) == "αβγ...");
  CHECK(printable("\x1b\xff\u202e", 2) == "\\x1b\\xff...");
  CHECK(printable("α", 0) == "...");
  CHECK(printable("", 0).empty());
}

TEST_CASE("text: what a mistyped name meant", "[text]") {
  CHECK(did_you_mean("sqtr", {"sin", "sqrt", "square"}) == "; did you mean 'sqrt'?");
  CHECK(did_you_mean("Sigmiod", {"sigmoid"}) == "; did you mean 'sigmoid'?");
  CHECK(did_you_mean("foo", {"sigmoid", "bar"}).empty());
  CHECK(did_you_mean("x", {"y"}).empty());
  CHECK(did_you_mean("", {"", "y"}).empty());
  CHECK(did_you_mean(std::string(1000, 'x'), {std::string_view("x")}).empty());
}
