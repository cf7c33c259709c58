#include "nn/data/table.h"

#include <limits>

#include "autograd/base/error.h"
#include "nn/data/csv.h"
#include "tests/catch.h"

using gradus::ShapeError;
using gradus::ValueError;
using gradus::nn::Scaling;
using gradus::nn::standardise;
using gradus::nn::Table;

TEST_CASE("table: a column by name", "[table]") {
  const Table table{{"length", "width", "length"}, 0, {}};
  CHECK(table.column("width") == 1);
  CHECK_THROWS_WITH(table.column("Witdh"), "[table] no column 'Witdh'; did you mean 'width'?");
  CHECK_THROWS_WITH(table.column("weight of it"), "[table] no column 'weight of it'");
  CHECK_THROWS_AS(table.column("length"), ValueError);
}

TEST_CASE("table: indices are checked", "[table]") {
  const Table table{{"a", "b"}, 2, {1, 2, 3, 4}};
  CHECK(table.at(1, 0) == 3);
  CHECK_THROWS_AS(table.at(2, 0), ShapeError);
  CHECK_THROWS_AS(table.at(-1, 0), ShapeError);
  CHECK_THROWS_AS(table.at(0, 2), ShapeError);
  CHECK_THROWS_AS(table.at(0, -1), ShapeError);
}

TEST_CASE("table: standardise", "[table]") {
  Table table{{"a", "b"}, 4, {1, 10, 1, 20, 5, 30, 5, 40}};
  const Scaling scaling = standardise(table, 0);
  CHECK(scaling.mean == 3.0);
  CHECK(scaling.deviation == 2.0);
  CHECK(table.values == std::vector<double>{-1, 10, -1, 20, 1, 30, 1, 40});
}

TEST_CASE("table: standardise neither overflows nor underflows", "[table]") {
  for (const double size : {1e308, 1.0, 1e-300, 4.9e-324}) {
    Table table{{"a"}, 2, {-size, size}};
    const Scaling scaling = standardise(table, 0);
    CHECK(table.values == std::vector<double>{-1, 1});
    CHECK(scaling.mean == 0.0);
    CHECK(scaling.deviation == size);
  }
}

TEST_CASE("table: standardise refuses what has no spread", "[table]") {
  Table one_row = gradus::nn::parse_csv("a,b\n1,2\n", "");
  CHECK_THROWS_AS(standardise(one_row, 0), ValueError);
  CHECK(one_row.values == std::vector<double>{1, 2});
  Table constant{{"a"}, 3, {0.1, 0.1, 0.1}};
  CHECK_THROWS_WITH(standardise(constant, 0), "[standardise] column 'a' is constant");
  Table empty{{"a"}, 0, {}};
  CHECK_THROWS_AS(standardise(empty, 0), ValueError);
  Table hole{{"a"}, 2, {1, std::numeric_limits<double>::quiet_NaN()}};
  CHECK_THROWS_AS(standardise(hole, 0), ValueError);
  CHECK_THROWS_AS(standardise(hole, 1), ShapeError);
}
