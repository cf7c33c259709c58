// Matrices to test with, and products of them in more digits than they are computed with.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "tests/reference/quad.h"
#include "tests/reference/sample.h"

namespace gradus::reference {

/// A matrix in rows, in the numbers that the tests compute with.
struct WideMatrix {
  std::int64_t rows;
  std::int64_t columns;
  std::vector<Wide> numbers;

  Wide& at(std::int64_t i, std::int64_t j) { return numbers[static_cast<std::size_t>(i * columns + j)]; }
  [[nodiscard]] const Wide& at(std::int64_t i, std::int64_t j) const {
    return numbers[static_cast<std::size_t>(i * columns + j)];
  }
};

/// Matrix k of a batch.
inline WideMatrix wide_matrix(const Array& x, std::int64_t k = 0) {
  const Shape shape = x.shape();
  WideMatrix out{shape[shape.rank() - 2], shape[shape.rank() - 1], {}};
  const std::vector<double> all = x.to_vector();
  const std::int64_t size = out.rows * out.columns;
  for (std::int64_t i = 0; i < size; ++i) out.numbers.emplace_back(all[static_cast<std::size_t>(k * size + i)]);
  return out;
}

inline WideMatrix operator*(const WideMatrix& a, const WideMatrix& b) {
  WideMatrix out{a.rows, b.columns, std::vector<Wide>(static_cast<std::size_t>(a.rows * b.columns), Wide(0))};
  for (std::int64_t i = 0; i < a.rows; ++i) {
    for (std::int64_t j = 0; j < b.columns; ++j) {
      for (std::int64_t l = 0; l < a.columns; ++l) out.at(i, j) = out.at(i, j) + a.at(i, l) * b.at(l, j);
    }
  }
  return out;
}

inline WideMatrix transposed(const WideMatrix& a) {
  WideMatrix out{a.columns, a.rows, a.numbers};
  for (std::int64_t i = 0; i < a.rows; ++i) {
    for (std::int64_t j = 0; j < a.columns; ++j) out.at(j, i) = a.at(i, j);
  }
  return out;
}

inline WideMatrix identity_matrix(std::int64_t n) {
  WideMatrix out{n, n, std::vector<Wide>(static_cast<std::size_t>(n * n), Wide(0))};
  for (std::int64_t i = 0; i < n; ++i) out.at(i, i) = Wide(1);
  return out;
}

/// The largest number of a matrix, of either sign.
inline double largest(const WideMatrix& a) {
  double out = 0.0;
  for (const Wide& x : a.numbers) out = std::max(out, std::abs(static_cast<double>(x)));
  return out;
}

/// How far two matrices are apart; NaN where one has a NaN.
inline double distance(const WideMatrix& a, const WideMatrix& b) {
  double out = 0.0;
  for (std::size_t i = 0; i < a.numbers.size(); ++i) {
    const double apart = std::abs(static_cast<double>(a.numbers[i] - b.numbers[i]));
    out = apart > out || apart != apart ? apart : out;
  }
  return out;
}

/// Random matrices whose diagonals outweigh the rest: never near a singular one.
inline Array regular_matrices(Numbers& numbers, const Shape& shape, DType dtype = DType::float64) {
  std::vector<double> values = random_array(numbers, shape, DType::float64, -1.0, 1.0).to_vector();
  const std::int64_t n = shape[shape.rank() - 1];
  for (std::int64_t i = 0; i < shape.size(); ++i) {
    const std::int64_t row = i / n % n;
    if (row == i % n) values[static_cast<std::size_t>(i)] += (row % 2 == 0 ? 1.5 : -1.5) * static_cast<double>(n);
  }
  return Array(shape, values).to(dtype);
}

/// 1/(i + j + 1), the Hilbert matrix.
inline Array hilbert(std::int64_t n) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) values.push_back(1.0 / static_cast<double>(i + j + 1));
  }
  return Array({n, n}, values);
}

}  // namespace gradus::reference
