#include "autograd/base/json.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "autograd/base/text.h"
#include "tests/catch.h"

using gradus::json_number;
using gradus::json_text;
using nlohmann::json;

TEST_CASE("json: texts", "[json]") {
  CHECK(json_text("") == "\"\"");
  CHECK(json_text("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(json_text(std::string("\0\n\t\x1b\x7f", 5)) == R"("\u0000\n\u0009\u001b\u007f")");
  CHECK(json_text("é ∂ 😀 <b>&") == "\"é ∂ 😀 <b>&\"");
  CHECK(json_text("\u2028\u2029\u0085") == R"("\u2028\u2029\u0085")");
  CHECK(json_text("\xff\xe2\x82z") == "\"\uFFFD\uFFFDz\"");
}

TEST_CASE("json: any bytes make a text that reads back", "[json]") {
  std::mt19937 random(5);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t n = random() % 24; n > 0; --n) text += static_cast<char>(random() % 256);
    const auto read = json::parse(json_text(text)).get<std::string>();  // throws for what is not JSON
    REQUIRE(gradus::is_utf8(read));
    if (gradus::is_utf8(text)) REQUIRE(read == text);
  }
}

TEST_CASE("json: numbers read back as they were", "[json]") {
  CHECK(json_number(1.0) == "1.0");
  CHECK(json_number(-0.0) == "-0.0");
  CHECK(json_number(std::nan("")) == "\"nan\"");
  CHECK(json_number(std::numeric_limits<double>::infinity()) == "\"inf\"");
  CHECK(json_number(-std::numeric_limits<double>::infinity()) == "\"-inf\"");
  for (const double x : {0.1, 1e300, -2.2250738585072014e-308, 5e-324, 1.0 / 3.0, 123456789012345680.0}) {
    CHECK(json::parse(json_number(x)).get<double>() == x);
  }
}
