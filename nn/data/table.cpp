#include "nn/data/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autograd/base/error.h"
#include "autograd/base/suggest.h"
#include "autograd/base/text.h"

namespace gradus::nn {

namespace {

void check_column(const Table& table, int column) {
  if (column < 0 || static_cast<std::size_t>(column) >= table.columns.size()) {
    throw ShapeError(fmt::format("[table] column {} is out of range for {} columns", column, table.columns.size()));
  }
}

}  // namespace

double Table::at(std::int64_t row, int column) const {
  check_column(*this, column);
  if (row < 0 || row >= rows) throw ShapeError(fmt::format("[table] row {} is out of range for {} rows", row, rows));
  return values.at(static_cast<std::size_t>(row) * columns.size() + static_cast<std::size_t>(column));
}

int Table::column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) {
    throw ValueError(
        fmt::format("[table] no column {}{}", in_quotes(name), did_you_mean(name, {columns.begin(), columns.end()})));
  }
  if (std::find(found + 1, columns.end(), name) != columns.end()) {
    throw ValueError(fmt::format("[table] more than one column is called {}", in_quotes(name)));
  }
  return static_cast<int>(found - columns.begin());
}

Scaling standardise(Table& table, int column) {
  check_column(table, column);
  const std::string name = in_quotes(table.columns[static_cast<std::size_t>(column)]);
  std::vector<double> x;
  for (std::int64_t row = 0; row < table.rows; ++row) x.push_back(table.at(row, column));
  if (x.empty()) throw ValueError(fmt::format("[standardise] column {} has no rows", name));
  if (!std::all_of(x.begin(), x.end(), [](double v) { return std::isfinite(v); })) {
    throw ValueError(fmt::format("[standardise] column {} holds a number that is not finite", name));
  }
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  if (*low == *high) throw ValueError(fmt::format("[standardise] column {} is constant", name));

  // A power of two brings the numbers near 1, so that no square overflows and no digit is lost.
  const int exponent = std::ilogb(std::max(std::abs(*low), std::abs(*high)));
  const auto n = static_cast<double>(x.size());
  double sum = 0.0;
  for (double& v : x) sum += v = std::scalbn(v, -exponent);
  const double mean = sum / n;
  double squares = 0.0;
  for (double& v : x) {
    v -= mean;
    squares += v * v;
  }
  const double deviation = std::sqrt(squares / n);
  for (std::size_t i = 0; i < x.size(); ++i) {
    table.values[i * table.columns.size() + static_cast<std::size_t>(column)] = x[i] / deviation;
  }
  return {std::scalbn(mean, exponent), std::scalbn(deviation, exponent)};
}

}  // namespace gradus::nn
