#include "autograd/math/typeset.h"

#include "tests/catch.h"

using namespace gradus;

TEST_CASE("typeset: names and formulas as people write them", "[typeset]") {
  CHECK(text::subscripted("x1") == "x₁");
  CHECK(text::subscripted("w_2") == "w₂");
  CHECK(text::subscripted("h12") == "h₁₂");
  CHECK(text::subscripted("λ3") == "λ₃");
  CHECK(text::subscripted("w1_11") == "w₁,₁₁");
  CHECK(text::subscripted("x_10_2") == "x₁₀,₂");
  for (const char* same : {"x", "1", "", "_1", "x1y", "layer1.w2", "a b1", "x-1", "line1\nline2"}) {
    CHECK(text::subscripted(same) == same);
  }
  CHECK(text::typeset("x1·w1 + x2·w2") == "x₁w₁ + x₂w₂");
  CHECK(text::typeset("a·b·c") == "abc");
  CHECK(text::typeset("2·x^2") == "2x²");
  CHECK(text::typeset("x·x") == "x·x");
  CHECK(text::typeset("rate·time") == "rate·time");
  CHECK(text::typeset("x·2") == "x·2");
  CHECK(text::typeset("x^0.5") == "x^0.5");
  CHECK(text::typeset("log2(x1)·f(y)") == "log2(x₁)·f(y)");
  CHECK(text::typeset("a·f(y)") == "a·f(y)");
}
