#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;
using nn::Column;
using nn::ColumnKind;
using nn::DataFrame;
using nn::DataFrameOptions;
using nn::parse_data_frame;

namespace {

using Words = std::vector<std::string>;

DataFrame frame_of(const std::string& text, const DataFrameOptions& options = {}) {
  return parse_data_frame(text, "data.csv", options);
}

/// The numbers of a column, −1 where one is missing.
std::vector<double> numbers(const Column& column) {
  std::vector<double> values = column.values;
  for (double& x : values) x = std::isnan(x) ? -1.0 : x;
  return values;
}

std::vector<double> only_column(const std::string& text, const DataFrameOptions& options = {}) {
  const DataFrame frame = frame_of(text, options);
  REQUIRE(frame.columns.size() == 1);
  REQUIRE(frame.columns[0].kind == ColumnKind::number);
  return numbers(frame.columns[0]);
}

/// The word of every row.
Words words(const Column& column) {
  Words all;
  for (const double x : column.values) all.push_back(std::isnan(x) ? "" : column.words.at(static_cast<std::size_t>(x)));
  return all;
}

std::string complaint(const std::string& text, const std::string& column = "a") {
  try {
    (void)frame_of(text).column(column);
  } catch (const Error& error) {
    return error.what();
  }
  return "no complaint";
}

Words names(const DataFrame& frame) {
  Words all;
  for (const Column& column : frame.columns) all.push_back(column.name);
  return all;
}

}  // namespace

TEST_CASE("data frame: separators are found out", "[data frame]") {
  for (const char* text :
       {"a,b\n1,2\n3,4\n", "a;b\n1;2\n3;4\n", "a\tb\n1\t2\n3\t4\n", "a|b\r\n1|2\r\n3|4\r\n", "sep=;\na;b\n1;2\n3;4\n",
        "\xEF\xBB\xBFsep=,\r\n\na,b\n1,2\n\n3,4", "\"a\";\"b\"\n1;\"2\"\n3;4", "sep=|\na|b\n1|2\n3|4\n"}) {
    INFO(text);
    const DataFrame frame = frame_of(text);
    CHECK(names(frame) == Words{"a", "b"});
    CHECK(frame.rows == 2);
    CHECK(numbers(frame.column("b")) == std::vector<double>{2, 4});
  }
  // What stands inside quotes separates nothing, and what stands in some lines alone does not either.
  CHECK(frame_of("a;b\n\"x, y\";1\n\"x, y, z\";2\n").columns.size() == 2);
  CHECK(frame_of("a,b\n1,\"x;y\"\n2,z\n").columns.size() == 2);
  CHECK(frame_of("a,b\nx;y,1\nz,2\n").columns.size() == 2);
  CHECK(frame_of("a b\n1\n").columns.size() == 1);
  CHECK(frame_of("a,b;c\n1,2;3\n", {.separator = ','}).columns[1].name == "b;c");
  CHECK_THROWS_WITH(frame_of("a\n1\n", {.separator = 'x'}), "[table] 'x' cannot separate columns");
  CHECK_THROWS_WITH(frame_of("sep=1\na\n"), "[table] '1' cannot separate columns");
}

TEST_CASE("data frame: numbers as they are written", "[data frame]") {
  CHECK(only_column("a\n1\n+2.5\n-3e2\n") == std::vector<double>{1, 2.5, -300});
  CHECK(only_column("a\n1,5\n-12,25\n3\n", {.separator = ';'}) == std::vector<double>{1.5, -12.25, 3});
  CHECK(only_column("a\n\"1,234.5\"\n\"12,345,678\"\n7\n") == std::vector<double>{1234.5, 12345678, 7});
  CHECK(only_column("a\n1.234,5\n2.345\n0,5\n", {.separator = ';'}) == std::vector<double>{1234.5, 2345, 0.5});
  CHECK(only_column("a\n1 234 567\n1\u00A0234,5\n1'000\n", {.separator = ';'}) ==
        std::vector<double>{1234567, 1234.5, 1000});
  CHECK(only_column("a\n\u22125\n\u22122.5\n") == std::vector<double>{-5, -2.5});
  // Among semicolons 1,234 is a decimal comma, among tabs and in quotes thousands.
  CHECK(numbers(frame_of("a;b\n1,234;x\n").columns[0]) == std::vector<double>{1.234});
  CHECK(numbers(frame_of("a\tb\n1,234\tx\n").columns[0]) == std::vector<double>{1234});
  CHECK(numbers(frame_of("a;b\n1,234;x\n", {.decimal = '.'}).columns[0]) == std::vector<double>{1234});
  CHECK(numbers(frame_of("a,b\n\"1,5\",2\n\"2,5\",3\n").columns[0]) == std::vector<double>{1.5, 2.5});
  CHECK_THROWS_WITH(frame_of("a;b\n1,5;\"1,234.5\"\n"),
                    "data.csv:2:1: '1,5' has a decimal comma, and '1,234.5' in line 2 a "
                    "decimal point: say which with --decimal");
  CHECK_THROWS_WITH(frame_of("a\n1\n", {.decimal = ';'}), "[table] decimals stand behind '.' or ',', not ';'");
  CHECK(complaint("a;b\n1,5;1\n2.5;2\n") ==
        "data.csv:3:1: column 'a': '2.5' has a decimal point, and others a decimal comma");
}

TEST_CASE("data frame: units", "[data frame]") {
  const DataFrame frame = frame_of("a;b;c;d\n75 kg;12%;$1,200.50;1,5\n80kg;7 %;$-3;x\n;5%;-$7;y\n");
  CHECK(numbers(frame.columns[0]) == std::vector<double>{75, 80, -1});
  CHECK(frame.columns[0].unit == "kg");
  CHECK(numbers(frame.columns[1]) == std::vector<double>{12, 7, 5});
  CHECK(frame.columns[1].unit == "%");
  CHECK(numbers(frame.columns[2]) == std::vector<double>{1200.5, -3, -7});
  CHECK(frame.columns[2].unit == "$");
  CHECK(only_column("a\n1.200.000 \u20AC\n450.000 \u20AC\n99,5 \u20AC\n", {.separator = ';'}) ==
        std::vector<double>{1200000, 450000, 99.5});
  CHECK(complaint("a,b\n5 kg,1\n3 g,2\n") ==
        "data.csv:3:1: column 'a': '3 g' is in g, others in kg, as '5 kg' in line 2: write all in one unit");
  CHECK(complaint("a,b\n5 kg,1\n3,2\n") ==
        "data.csv:2:1: column 'a': '5 kg' is in kg, others have no unit: write all in one unit");
  // Not every number with letters behind it is one with a unit.
  CHECK(words(frame_of("a,b\n1st,1\n2nd,2\n3rd,3\n").columns[0]) == Words{"1st", "2nd", "3rd"});
}

TEST_CASE("data frame: words, yes and no", "[data frame]") {
  const DataFrame frame = frame_of("a,b,c,d\nred,yes,TRUE,0\nblue,no,false,1\n\"red\",NA,true,0\n, yes ,True,1\n");
  CHECK(frame.columns[0].kind == ColumnKind::text);
  CHECK(frame.columns[0].words == Words{"blue", "red"});
  CHECK(words(frame.columns[0]) == Words{"red", "blue", "red", ""});
  CHECK(frame.columns[1].kind == ColumnKind::logical);
  CHECK(numbers(frame.columns[1]) == std::vector<double>{1, 0, -1, 1});
  CHECK(frame.columns[1].words == Words{"no", "yes"});
  CHECK(frame.columns[1].missing == 1);
  CHECK(numbers(frame.columns[2]) == std::vector<double>{1, 0, 1, 1});
  CHECK(frame.columns[3].kind == ColumnKind::number);
  // Numbers among words are words.
  CHECK(words(frame_of("a,b\n1,0\n2a,0\n1,0\n\"3\",0\n").columns[0]) == Words{"1", "2a", "1", "3"});
  CHECK(frame_of("a,b\nyes,1\nfalse,1\n").columns[0].kind == ColumnKind::text);
  // One word among many numbers is a slip.
  std::string text = "a,b\n";
  for (int i = 0; i < 20; ++i) text += fmt::format("{},1\n", i);
  CHECK(complaint(text + "1O,1\n") == "data.csv:22:1: column 'a': not a number: '1O'");
  CHECK(complaint(text + "inf,1\n") == "data.csv:22:1: column 'a': not a number: 'inf'");
  CHECK(frame_of(text + "1O,1\n").column("b").kind == ColumnKind::number);
}

TEST_CASE("data frame: what is missing", "[data frame]") {
  const DataFrame frame = frame_of("a,b\n1,x\n,?\nNA,n/a\nnan,null\n?,None\n-,x\n#N/A,NaN\n\"\",\"\"\n");
  CHECK(frame.columns[0].missing == 7);
  CHECK(numbers(frame.columns[0]) == std::vector<double>{1, -1, -1, -1, -1, -1, -1, -1});
  CHECK(frame.columns[1].missing == 6);
  CHECK(frame.columns[1].words == Words{"x"});
  const DataFrame nothing = frame_of("a,b\n,1\n,2\n");
  CHECK(nothing.columns[0].missing == 2);
  CHECK(nothing.columns[0].kind == ColumnKind::number);
}

TEST_CASE("data frame: dates are no numbers", "[data frame]") {
  for (const char* date : {"2024-01-31", "31.1.2024", "1/31/24", "2024/1/31 12:30", "2024-01-31T12:30:00Z"}) {
    CHECK(complaint(fmt::format("a,b\n{},1\n{},2\n", date, date)) ==
          fmt::format("data.csv:2:1: column 'a': '{}' is a date, which is no number: leave the column out (--ignore), "
                      "or write what "
                      "matters about it (the year, the month, days since) into columns of numbers",
                      date));
    CHECK(frame_of(fmt::format("a,b\n{},1\n", date)).column("b").kind == ColumnKind::number);
  }
  CHECK(frame_of("a,b\n1-2,1\n").columns[0].kind == ColumnKind::text);
  CHECK(frame_of("a,b\n1.2.3.4,1\n").columns[0].kind == ColumnKind::text);
}

TEST_CASE("data frame: with names and without", "[data frame]") {
  const DataFrame flowers = frame_of("5.1,3.5,setosa\n4.9,3.0,virginica\n");
  CHECK_FALSE(flowers.has_header);
  CHECK(names(flowers) == Words{"c0", "c1", "c2"});
  CHECK(flowers.rows == 2);
  CHECK(frame_of("2019,2020,name\n1,2,Ada\n", {.header = DataFrameOptions::yes}).rows == 1);
  CHECK(frame_of("1,2\n3,4\n").rows == 2);
  CHECK(frame_of("a,b\nc,d\n").rows == 1);
  CHECK(frame_of("a,b\nc,d\n", {.header = DataFrameOptions::no}).rows == 2);
  CHECK(frame_of("x,2020\n1,2\n3,4\n").has_header);
  CHECK(frame_of("a,b\n").rows == 0);
  // R numbers rows, under "" or under no name at all.
  for (const char* text : {"\"\",a,b\n\"1\",5,6\n\"2\",7,8\n", "a,b\n1,5,6\n2,7,8\n"}) {
    const DataFrame numbered = frame_of(text);
    CHECK(names(numbered) == Words{"c0", "a", "b"});
    CHECK(numbered.columns[0].row_numbers);
    CHECK(numbers(numbered.columns[1]) == std::vector<double>{5, 7});
  }
  CHECK_FALSE(frame_of("n,a\n1,5\n2,7\n").columns[0].row_numbers);
  CHECK_FALSE(frame_of(",a\n1,5\n3,7\n").columns[0].row_numbers);
}

TEST_CASE("data frame: what is no table", "[data frame]") {
  CHECK_THROWS_WITH(frame_of(""), "data.csv: the file is empty");
  CHECK_THROWS_WITH(frame_of("\n\n"), "data.csv: no data");
  CHECK_THROWS_WITH(frame_of("sep=;\n"), "data.csv: no data");
  CHECK_THROWS_WITH(frame_of("a,b\n1,2\n3\n"), "data.csv:3:1: 1 field, expected 2");
  CHECK_THROWS_WITH(frame_of("a,b\n1,\xff\n"), "data.csv:2:3: not UTF-8: '\\xff'");
  CHECK_THROWS_WITH(frame_of("a,b\n1,\"x\n"), "data.csv:2:3: quote never closed");
  CHECK_THROWS_WITH(frame_of(std::string("a,b\n1,x\0y\n", 10)), test::ContainsSubstring("NUL byte"));
  CHECK_THROWS_WITH(frame_of("\xFF\xFE"), test::ContainsSubstring("UTF-16"));
  CHECK(complaint("a,b\n1,2\n", "c") == "[table] no column 'c'");
  CHECK(complaint("width,b\n1,2\n", "widht") == "[table] no column 'widht'; did you mean 'width'?");
  CHECK(complaint("a,a\n1,2\n") == "[table] more than one column is called 'a'");
  CHECK_THROWS_AS(nn::read_data_frame("no/such/file.csv"), FileError);
  CHECK(nn::read_data_frame(std::string(GRADUS_TEST_DATA) + "/perceptron.csv").rows == 100);
}

TEST_CASE("data frame: long tables are read in pieces, all the same", "[data frame]") {
  std::string text = "a,b,c\n";
  const int rows = 400'000;  // some 8 MiB
  for (int i = 0; i < rows; ++i) text += fmt::format("{},{},w{}\n", i, 0.5 * i, i % 3);
  const DataFrame frame = frame_of(text);
  REQUIRE(frame.rows == rows);
  bool right = true;
  for (std::size_t i = 0; i < rows; ++i) {
    right = right && frame.columns[0].values[i] == static_cast<double>(i) &&
            frame.columns[1].values[i] == 0.5 * static_cast<double>(i) &&
            frame.columns[2].values[i] == static_cast<double>(i % 3);
  }
  CHECK(right);
  CHECK_THROWS_WITH(frame_of(text + "1\n2\n"), fmt::format("data.csv:{}:1: 1 field, expected 3", rows + 2));
}

// A million rows of twenty numbers: run by tag, and optimised.
TEST_CASE("data frame: throughput", "[.][slow][data frame]") {
  std::string text = "a0";
  for (int k = 1; k < 20; ++k) text += fmt::format(",a{}", k);
  const std::vector<double> values = normal({1'000'000}, 0.0, 1.0, Key{1}).to_vector();
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t k = 0; k < 20; ++k)
      text += fmt::format("{}{:.6g}", k == 0 ? '\n' : ',', values[(i + 7919 * k) % values.size()]);
  }
  const auto start = std::chrono::steady_clock::now();
  const DataFrame frame = frame_of(text);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  CHECK(frame.rows == 1'000'000);
  CHECK(std::abs(frame.columns[19].values[0] - values[7919 * 19 % values.size()]) < 1e-4);
  WARN(fmt::format("{:.0f} MB in {:.2f} s", static_cast<double>(text.size()) / 1e6, elapsed.count()));
  CHECK(elapsed.count() < 1.0);
}

TEST_CASE("data frame: every spelling of a number is the nearest double", "[table]") {
  std::string text = "a;b\n", with_commas = "a;b\n";
  std::vector<double> meant;
  const Key key{17};
  const std::vector<double> sizes = uniform_array({20000}, -25.0, 25.0, key.part(0)).to_vector();
  const std::vector<double> parts = normal_array({20000}, 0.0, 1.0, key.part(1)).to_vector();
  for (std::size_t k = 0; k < sizes.size(); ++k) {
    // Of 0 to 20 decimals, with up to 30 digits in all, some with an exponent.
    const double x = parts[k] * std::pow(10.0, sizes[k]);
    std::string one = k % 5 == 0 ? fmt::format("{}", x) : fmt::format("{:.{}f}", x, k % 21);
    if (k % 7 == 0) one = fmt::format("{:.{}e}", x, k % 18);
    meant.push_back(std::strtod(one.c_str(), nullptr));
    text += one + ";" + std::to_string(k) + "\n";
    std::ranges::replace(one, '.', ',');
    with_commas += one + ";" + std::to_string(k) + "\n";
  }
  for (const auto& [whole, decimal] : {std::pair(text, '.'), std::pair(with_commas, ',')}) {
    const DataFrame frame = frame_of(whole, {.decimal = decimal});
    REQUIRE(frame.rows == std::ssize(meant));
    for (std::size_t k = 0; k < meant.size(); ++k) {
      INFO(k << " with " << decimal);
      REQUIRE(frame.columns[0].values[k] == meant[k]);
      REQUIRE(std::signbit(frame.columns[0].values[k]) == std::signbit(meant[k]));
      REQUIRE(frame.columns[1].values[k] == static_cast<double>(k));
    }
  }
  for (const char* text_of_one :
       {"9007199254740993", "9007199254740992", "0.1", "-0", "123456789012345678", "1e23", "0000000000000000000000001",
        "1.", ".5", "999999999999999999", "9007199254740993.5"}) {
    CHECK(only_column(fmt::format("a\n{}\n2\n", text_of_one))[0] == std::strtod(text_of_one, nullptr));
  }
  // A separator that is the mark as well divides.
  CHECK(frame_of("a,b\n1,2\n3,4\n", {.separator = ',', .decimal = ','}).columns[1].values == std::vector<double>{2, 4});
}
