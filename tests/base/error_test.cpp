// The family of errors: one root, five kinds, each with what a caller needs to act on it.
#include "autograd/base/error.h"

#include <stdexcept>
#include <string>
#include <type_traits>

#include "tests/catch.h"

using namespace gradus;

TEST_CASE("error: one root catches every kind, and is itself a runtime_error", "[error]") {
  STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, Error>);
  STATIC_REQUIRE(std::is_base_of_v<Error, ShapeError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, GraphError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, ValueError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, FileError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, ParseError>);
}

TEST_CASE("error: the message is what was said", "[error]") {
  CHECK(std::string(ShapeError("[matmul] no").what()) == "[matmul] no");
  CHECK(std::string(GraphError("[grad] no").what()) == "[grad] no");
  CHECK(std::string(ValueError("[sgd] no").what()) == "[sgd] no");
}

TEST_CASE("error: a file error says where in the way that editors understand", "[error]") {
  CHECK(std::string(FileError("data.csv", "no such file").what()) == "data.csv: no such file");
  CHECK(std::string(FileError("data.csv", "not a number", 7).what()) == "data.csv:7: not a number");
  const FileError error("data.csv", "not a number", 7, 3);
  CHECK(std::string(error.what()) == "data.csv:7:3: not a number");
  CHECK(error.path() == "data.csv");
  CHECK(error.line() == 7);
  CHECK(error.column() == 3);
}

TEST_CASE("error: a parse error knows its place in the text", "[error]") {
  const ParseError error("an operand is missing", 5, 4);
  CHECK(std::string(error.what()) == "an operand is missing");
  CHECK(error.offset() == 5);
  CHECK(error.column() == 4);
}

TEST_CASE("error: each kind can be caught alone and copied", "[error]") {
  const auto kind = [](auto thrower) -> std::string {
    try {
      thrower();
    } catch (const ShapeError&) {
      return "shape";
    } catch (const GraphError&) {
      return "graph";
    } catch (const Error&) {
      return "other";
    }
    return "none";
  };
  CHECK(kind([] { throw ShapeError("s"); }) == "shape");
  CHECK(kind([] { throw GraphError("g"); }) == "graph");
  CHECK(kind([] { throw ValueError("v"); }) == "other");
  const FileError first("a", "b", 1, 2);
  const FileError copy = first;
  CHECK(copy.path() == "a");
  CHECK(std::string(copy.what()) == first.what());
}
