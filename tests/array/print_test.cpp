#include "autograd/array/print.h"

#include <cmath>
#include <limits>
#include <string>

#include "tests/catch.h"

using namespace gradus;

TEST_CASE("print: numbers as people write them", "[print]") {
  CHECK(text::fixed(2.0) == "2.0000");
  CHECK(text::fixed(-0.70710678) == "−0.7071");
  CHECK(text::fixed(0.0) == "0.0000");
  CHECK(text::fixed(-0.0) == "0.0000");
  CHECK(text::brief(-0.0) == "0");
  CHECK(text::fixed(0.123456789, 7) == "0.1234568");
  CHECK(text::digits_apart(Array({}, {1.0}), Array({}, {2.0})) == 4);
  CHECK(text::digits_apart(Array({}, {1.0}), Array({}, {1.0})) == 4);
  CHECK(text::digits_apart(Array({}, {1.0}), Array({}, {1.00001})) == 6);
  CHECK(text::digits_apart(Array({2}, {1.0, 3.0}), Array({2}, {2.0, 3.000001})) == 7);
  CHECK(text::digits_apart(Array(), Array({}, {1.0})) == 4);
  CHECK(text::digits_apart(Array(), Array({}, {1.0}), 7) == 7);
  CHECK(text::digits_apart(Array({}, {1.0}), Array({}, {1.25}), 1) == 2);
  CHECK(text::numbers(Array({2}, {-0.0, -1e-9})) == "[0, −1e−9]");
  CHECK(text::fixed(1.5e-9) == "1.5000e−9");
  CHECK(text::fixed(-1e300) == "−1.0000e300");
  CHECK(text::brief(0.5) == "0.5");
  CHECK(text::brief(-3) == "−3");
  CHECK(text::brief(1e-7) == "1e−7");
  CHECK(text::brief(-std::numeric_limits<double>::infinity()) == "−inf");
  CHECK(text::brief(-std::nan("")) == "nan");
  CHECK(text::dimensions({}) == "scalar");
  CHECK(text::dimensions({64, 16}) == "64×16");
  CHECK(text::numbers(Array({1, 3}, {0.5, 1e-9, 2})) == "[[0.5, 1e−9, 2]]");
  CHECK(text::numbers(Array()) == "—");
}

TEST_CASE("print: brackets stand as the axes do", "[print]") {
  const auto digit = [](double x) { return std::to_string(static_cast<int>(x)); };
  CHECK(text::nested(Array(7.0), digit) == "7");
  CHECK(text::nested(Array({1}, {7}), digit) == "[7]");
  CHECK(text::nested(Array({2, 1, 2}, {1, 2, 3, 4}), digit) == "[[[1, 2]], [[3, 4]]]");
  CHECK(to_string(Array({2, 2}, {0.1, -0.0, 1e300, -2})) == "[[0.1, -0], [1e+300, -2]]");
  CHECK(to_string(Array({1}, {0.1}).to(DType::float32)) == "[0.1]");
  CHECK(to_string(Array::full({2}, -std::nan(""))) == "[nan, nan]");
  CHECK(to_string(Array::zeros({0, 3})) == "[] of shape [0, 3]");
}
