#include "nn/data/csv.h"

#include <fmt/format.h>
#include <unistd.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>

#include "autograd/base/error.h"
#include "autograd/base/file.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"

using gradus::FileError;
using gradus::ShapeError;
using gradus::ValueError;
using gradus::nn::CsvOptions;
using gradus::nn::parse_csv;
using gradus::nn::read_csv;
using gradus::nn::Table;
using nlohmann::json;

namespace {

std::string data(const std::string& name) { return std::string(GRADUS_TEST_DATA) + "/" + name; }

/// A path that is free now and deleted at the end.
class TemporaryPath {
 public:
  TemporaryPath() : path_(std::filesystem::temp_directory_path() / fmt::format("gradus_csv_{}.csv", ::getpid())) {}
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;
  ~TemporaryPath() { std::filesystem::remove(path_); }
  std::string string() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string input_of(const json& test) {
  if (test["input_utf8"].is_string()) return test["input_utf8"];
  const std::string hex = test["input_hex"];
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

CsvOptions options_of(const json& test) {
  CsvOptions options;
  if (test["options"] == "header=no") options.header = CsvOptions::no;
  return options;
}

void check_table(const Table& table, const json& expected) {
  CHECK(table.columns == expected["columns"].get<std::vector<std::string>>());
  REQUIRE(table.rows == static_cast<std::int64_t>(expected["rows"].size()));
  for (std::int64_t row = 0; row < table.rows; ++row) {
    const json& fields = expected["rows"][static_cast<std::size_t>(row)];
    for (std::size_t k = 0; k < fields.size(); ++k) {
      CHECK(table.at(row, static_cast<int>(k)) == std::strtod(fields[k].get<std::string>().c_str(), nullptr));
    }
  }
}

/// The line and column that "CsvError(line 2 col 4: …)" asks for, 0 when it names none.
std::size_t number_after(const std::string& word, const std::string& text) {
  std::smatch match;
  return std::regex_search(text, match, std::regex("\\b" + word + " (\\d+)")) ? std::stoul(match[1]) : 0;
}

void check_error(const std::string& input, CsvOptions options, const std::string& expected) {
  try {
    parse_csv(input, "data.csv", options);
    FAIL("no error");
  } catch (const FileError& error) {
    INFO(error.what());
    const std::size_t line = number_after("line", expected);
    const std::size_t column = number_after("col", expected);
    CHECK(error.path() == "data.csv");
    if (line != 0) CHECK(error.line() == line);
    if (column != 0) CHECK(error.column() == column);
    std::smatch name;
    if (std::regex_search(expected, name, std::regex("column ([a-z]):"))) {
      CHECK_THAT(error.what(), test::ContainsSubstring("column '" + name[1].str() + "'"));
    }
  }
}

std::string message_of(const std::string& input, CsvOptions options = {}) {
  try {
    parse_csv(input, "data.csv", options);
  } catch (const gradus::Error& error) {
    return error.what();
  }
  return "no error";
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

/// Finite doubles of every magnitude.
std::vector<double> random_bit_patterns(std::size_t count) {
  std::mt19937_64 random(1);
  std::vector<double> values;
  while (values.size() < count) {
    const double value = std::bit_cast<double>(random());
    if (std::isfinite(value)) values.push_back(value);
  }
  return values;
}

CsvOptions lenient() {
  CsvOptions options;
  options.allow_nonfinite = true;
  options.missing_as_nan = true;
  return options;
}

}  // namespace

TEST_CASE("csv: every case of the list", "[csv]") {
  const json cases = json::parse(gradus::read_file(data("csv.json")))["cases"];
  int checked = 0;
  for (const json& test : cases) {
    if (test["kind"] != "csv" || test["options"] == "standardise") continue;
    DYNAMIC_SECTION(test["id"].get<std::string>()) {
      if (test["expected"].is_object()) {
        check_table(parse_csv(input_of(test), "data.csv", options_of(test)), test["expected"]);
      } else {
        check_error(input_of(test), options_of(test), test["expected_error"]);
      }
    }
    ++checked;
  }
  CHECK(checked == 35);
}

TEST_CASE("csv: messages name line, column and field", "[csv]") {
  CHECK(message_of("a,b\n1,cat\n") == "data.csv:2:3: column 'b': not a number: 'cat'");
  CHECK(message_of("a,b\n1,\n") == "data.csv:2:3: column 'b': empty field");
  CHECK(message_of("a,b\n1,2\n\n3\n") == "data.csv:4:1: 1 field, expected 2");
  CHECK(message_of("a,b\n1,2,9,\n") == "data.csv:2:1: 4 fields, expected 2");
  CHECK(message_of("é,\"x\n") == "data.csv:1:3: quote never closed");
  CHECK(message_of("\"a\nb\",c\n1,x\n") == "data.csv:3:3: column 'c': not a number: 'x'");
  CHECK(message_of("\xEF\xBB\xBF"
                   "a\n\x1b[2J\xff\n") == "data.csv:2:1: not UTF-8: '\\x1b[2J\\xff'");
  CHECK(message_of("a\n\u22125\n") == "data.csv:2:1: column 'a': not a number: '\u22125' (U+2212 is not '-')");
  CHECK(message_of("a\n1e400\n") == "data.csv:2:1: column 'a': not a finite number: '1e400'");
  CHECK(message_of("") == "data.csv: the file is empty");
  CHECK(message_of("\n \r\n") == "data.csv: no data");
}

TEST_CASE("csv: numbers are rounded correctly at both ends of the range", "[csv]") {
  const double inf = std::numeric_limits<double>::infinity();
  const auto number = [](const std::string& text) { return parse_csv("a\n" + text + "\n", "", lenient()).at(0, 0); };
  CHECK(number("1.7976931348623157e308") == std::numeric_limits<double>::max());
  CHECK(number("1.7976931348623159e308") == inf);
  CHECK(number("-1e999999999999999999999") == -inf);
  CHECK(number("1" + std::string(400, '0')) == inf);
  CHECK(number("1" + std::string(400, '0') + ".5E+1") == inf);
  CHECK(number("0." + std::string(400, '0') + "1e800") == inf);
  CHECK(same_bits(number("1e-999999999999999999999"), 0.0));
  CHECK(same_bits(number("-1e-400"), -0.0));
  CHECK(same_bits(number("-0." + std::string(400, '0') + "1"), -0.0));
  CHECK(number("2e-324") == 0.0);
  CHECK(number("3e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(number("+.5") == 0.5);
  CHECK(number("\" 5. \"") == 5.0);
  CHECK(number("-Infinity") == -inf);
  CHECK(std::isnan(number("NaN")));
  for (const char* text : {"+-1", "++1", "+", "-", ".", "1e", "1e+", "0x10", "1_000", "1 2", "e5", "--1", "1d5"}) {
    CHECK_THAT(message_of(fmt::format("a\n{}\n", text)), test::ContainsSubstring("not a number"));
  }
}

TEST_CASE("csv: options", "[csv]") {
  CsvOptions options;
  SECTION("a header may consist of numbers when it is said to be one") {
    options.header = CsvOptions::yes;
    const Table table = parse_csv("2023,2024\n1,2\n", "", options);
    CHECK(table.columns == std::vector<std::string>{"2023", "2024"});
    CHECK(table.rows == 1);
  }
  SECTION("without a header, text in the first row is an error") {
    options.header = CsvOptions::no;
    CHECK_THAT(message_of("a,b\n1,2\n", options), test::ContainsSubstring("not a number: 'a'"));
  }
  SECTION("missing numbers") {
    options.missing_as_nan = true;
    const Table table = parse_csv("a,b\n,2\n3,\"\"\n", "", options);
    CHECK(std::isnan(table.at(0, 0)));
    CHECK(std::isnan(table.at(1, 1)));
    CHECK(parse_csv("1,\n3,4\n", "", options).rows == 2);
    CHECK(parse_csv("a\n\n1\n", "", options).rows == 2);
    CHECK_THAT(message_of("a\nnan\n", options), test::ContainsSubstring("not a finite number"));
  }
  SECTION("delimiters") {
    options.delimiter = ';';
    CHECK(parse_csv("a;b\n1;2\n", "", options).at(0, 1) == 2.0);
    CHECK_THAT(message_of("a;b\n1,5;2\n", options), test::ContainsSubstring("not a number: '1,5'"));
    options.delimiter = '\t';
    CHECK(parse_csv("a\tb\n1 \t 2\n", "", options).at(0, 1) == 2.0);
    CHECK_THAT(message_of("a\tb\n\t2\n", options), test::ContainsSubstring("empty field"));
    for (const char bad : {'"', '\n', '\r', '5', 'e', '.', '-', '+', '\0', '\xC3'}) {
      options.delimiter = bad;
      CHECK_THROWS_AS(parse_csv("a\n1\n", "", options), ValueError);
    }
  }
}

TEST_CASE("csv: lines", "[csv]") {
  CHECK(parse_csv("a,b\n1,2", "").rows == 1);
  CHECK(parse_csv("\n\r\n  \na,b\r\n1,2\r\n \t\n\n", "").rows == 1);
  CHECK(parse_csv("a,b\n", "").rows == 0);
  CHECK(parse_csv("a\n", "").rows == 0);
  CHECK(message_of("a\n1\n\n2\n") == "data.csv:3:1: column 'a': empty field");
  CHECK_THAT(message_of("a,b\n1,2\r3,4\n"), test::ContainsSubstring("data.csv:2:4: carriage return alone"));
}

TEST_CASE("csv: long lines", "[csv]") {
  const std::size_t mebibyte = std::size_t{1} << 20;
  CHECK_THAT(message_of(std::string(2 * mebibyte, '1')), test::ContainsSubstring("field longer than 1 MiB"));
  CHECK_THAT(message_of("a\n" + std::string(2 * mebibyte, '1')), test::ContainsSubstring("data.csv:2:1: field longer"));
  CHECK_THAT(message_of("a\n\"" + std::string(2 * mebibyte, '1')), test::ContainsSubstring("longer than 1 MiB"));
  CHECK(parse_csv("a\n0." + std::string(mebibyte - 3, '5') + "\n", "").at(0, 0) == 0.5555555555555556);

  std::string text;
  for (int row = 0; row < 2; ++row) {
    for (int k = 0; k < 1'000'000; ++k) text += row == 0 ? "x," : "7,";
    text.back() = '\n';
  }
  const Table table = parse_csv(text, "");
  CHECK(table.columns.size() == 1'000'000);
  CHECK(table.at(0, 999'999) == 7.0);
}

TEST_CASE("csv: what is written reads back bit for bit", "[csv]") {
  Table table{{"x", "=y", "a \"b\", c", " z\n"}, 250'000, random_bit_patterns(1'000'000)};
  table.values[0] = -0.0;
  const TemporaryPath path;
  gradus::nn::write_csv(path.string(), table);
  const Table back = read_csv(path.string());
  CHECK(back.columns == table.columns);
  CHECK(back.rows == table.rows);
  CHECK(std::equal(back.values.begin(), back.values.end(), table.values.begin(), table.values.end(), same_bits));
}

TEST_CASE("csv: text of a table", "[csv]") {
  CHECK(gradus::nn::format_csv({{"x", "@sum", "b\"c"}, 2, {1, 0.1, -2.5, 1e21, 3, 4}}) ==
        "x,\"@sum\",\"b\"\"c\"\n1,0.1,-2.5\n1e+21,3,4\n");
  CHECK_THROWS_AS(gradus::nn::format_csv({{"x", "y"}, 2, {1, 2, 3}}), ShapeError);
}

TEST_CASE("csv: files", "[csv]") {
  const Table table = read_csv(data("perceptron.csv"));
  CHECK(table.columns == std::vector<std::string>{"x", "y"});
  CHECK(table.rows == 100);
  CHECK(table.at(0, 0) == -0.16517799370244202);
  CHECK_THROWS_AS(read_csv(data("no_such_file.csv")), FileError);
  CHECK_THROWS_AS(read_csv(GRADUS_TEST_DATA), FileError);
}

TEST_CASE("csv: '-' is standard input", "[csv]") {
  const int saved = ::dup(STDIN_FILENO);
  REQUIRE(std::freopen(data("perceptron.csv").c_str(), "r", stdin) != nullptr);
  const Table table = read_csv("-");
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  CHECK(table.values == read_csv(data("perceptron.csv")).values);
}

// Ten million rows, about 500 MB: run by name or by tag, not by default.
TEST_CASE("csv: throughput", "[.][slow][csv]") {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  Table table{{"a", "b", "c"}, 10'000'000, {}};
  for (int i = 0; i < 30'000'000; ++i) table.values.push_back(normal(random));
  const TemporaryPath path;
  gradus::nn::write_csv(path.string(), table);
  const auto start = std::chrono::steady_clock::now();
  const Table back = read_csv(path.string());
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const auto size = static_cast<double>(std::filesystem::file_size(path.string()));
  CHECK(back.values == table.values);
  WARN(fmt::format("{:.0f} MB in {:.2f} s: {:.0f} MB/s", size / 1e6, elapsed.count(), size / 1e6 / elapsed.count()));
  CHECK(size / 1e6 / elapsed.count() >= 100);
}

TEST_CASE("columns that are not asked for may hold anything", "[csv]") {
  CsvOptions options;
  options.columns = {"y", "x"};
  const Table table = parse_csv("x,name,y,note\n1,Ada,2,\n3,\"B, C\",4,?\n", "", options);
  CHECK(table.columns == std::vector<std::string>{"x", "y"});  // in the order of the file
  CHECK(table.rows == 2);
  CHECK(table.values == std::vector<double>{1, 2, 3, 4});
  CHECK_THROWS_WITH(parse_csv("x,name,y\n1,Ada,two\n", "data.csv", options),
                    test::ContainsSubstring("column 'y': not a number: 'two'"));
  CHECK_THROWS_WITH(parse_csv("x,name,y\n1,Ada\n", "data.csv", options),
                    test::ContainsSubstring("2 fields, expected 3"));
  CHECK_THROWS_WITH(parse_csv("x,why\n1,2\n", "data.csv", options), test::ContainsSubstring("no column 'y'"));
  CHECK_THROWS_WITH(parse_csv("x,x,y\n1,2,3\n", "data.csv", options), test::ContainsSubstring("more than one column"));
}
