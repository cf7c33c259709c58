// Every op of the list, recorded: second derivatives from a gradient of a gradient, and forward mode against reverse.
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/reference/op_errors.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

/// The coordinates of some points as one array for each argument.
template <class T>
std::vector<Array> arrays_of(const OpCase& op, const std::vector<Point<T>>& rows) {
  std::vector<Array> out;
  for (std::size_t k = 0; k < op.arity; ++k) {
    std::vector<T> column;
    for (const Point<T>& row : rows) column.push_back(row[k]);
    out.emplace_back(Shape{static_cast<std::int64_t>(rows.size())}, std::span<const T>(column));
  }
  return out;
}

std::vector<Tensor> variables(const std::vector<Array>& arrays) {
  std::vector<Tensor> out;
  for (const Array& a : arrays) out.push_back(variable(a));
  return out;
}

/// Points where the value and all first derivatives are finite in T: beyond, a derivative of them says nothing.
template <class T>
std::vector<Point<T>> finite_points(const OpCase& op) {
  std::vector<Point<T>> out;
  for (const Point<T>& x : inner_points<T>(op, 200)) {
    const T y = op.value(x);
    bool finite = std::isfinite(y);
    for (std::size_t i = 0; i < op.arity; ++i) finite = finite && std::isfinite(op.partial(i, x, y));
    if (finite) out.push_back(x);
  }
  return out;
}

template <class T>
WorstSeen recorded_second_error(const OpCase& op, std::size_t i, std::size_t j) {
  WorstSeen worst;
  const std::vector<Point<T>> rows = finite_points<T>(op);
  const std::vector<Tensor> x = variables(arrays_of(op, rows));
  const Tensor first = recorded_grad(sum(op.apply(x)), x)[i];
  const std::vector<double> second = grad(sum(first), x)[j].to_vector();
  for (std::size_t k = 0; k < rows.size(); ++k) see_second(worst, op, i, j, rows[k], static_cast<T>(second[k]));
  return worst;
}

}  // namespace

TEMPLATE_TEST_CASE("ops on tensors: a gradient of a gradient is the second derivative", "[ops]", float, double) {
  for (const auto& op : op_cases()) {
    for (std::size_t i = 0; i < op->arity; ++i) {
      for (std::size_t j = 0; j < op->arity; ++j) {
        const WorstSeen worst = recorded_second_error<TestType>(*op, i, j);
        INFO(worst.where);
        CHECK(worst.ulps <= second_bound);
      }
    }
  }
}

TEST_CASE("ops on tensors: forward and reverse mode are adjoint", "[ops]") {
  Numbers numbers(14);
  for (const auto& op : op_cases()) {
    const auto rows = inner_points<double>(*op, 200);
    const std::vector<Tensor> x = variables(arrays_of(*op, rows));
    std::vector<double> u(rows.size());
    for (double& c : u) c = numbers.real(-1.0, 1.0);
    const auto vjp = grad(op->apply(x), x, Array(x[0].shape(), u));
    double forward = 0.0;
    double reverse = 0.0;
    double size = 0.0;
    for (std::size_t k = 0; k < rows.size(); ++k) {
      Point<double> v{};
      for (std::size_t i = 0; i < op->arity; ++i) {
        v[i] = numbers.real(-1.0, 1.0);
        const double part = vjp[i].to_vector()[k] * v[i];
        reverse += part;
        size += std::abs(part);
      }
      forward += u[k] * op->tangent(rows[k], v);
    }
    INFO(op->label << ": ⟨u, Jv⟩ = " << forward << ", ⟨Jᵀu, v⟩ = " << reverse);
    CHECK(std::abs(forward - reverse) <= 16 * 0x1p-53 * size);
  }
}

TEST_CASE("ops on tensors: a recording keeps the numbers that its derivative reads, and no others", "[ops]") {
  constexpr std::int64_t many = 1000;  // small arrays are always kept
  for (const auto& op : op_cases()) {
    const std::vector<Tensor> x = variables(std::vector<Array>(op->arity, Array::full({many}, 0.5)));
    const Tensor y = op->apply(x);
    unsigned mask = 0;
    for (std::size_t i = 0; i < op->arity; ++i) mask |= op->reads[i];
    INFO(op->label);
    REQUIRE(y.record());
    for (std::size_t k = 0; k < x.size(); ++k) CHECK(y.record()->kept()[k].has_data() == (((mask >> k) & 1U) != 0));
    CHECK(y.record()->result.has_data() == (((mask >> op->arity) & 1U) != 0));
  }
}

TEST_CASE("ops on tensors: only the arguments that are differentiated decide what is kept", "[ops]") {
  const Tensor x = variable(Array::full({1000}, 0.5));
  const Tensor c(Array::full({1000}, 2.0));
  const Tensor y = x * c;
  CHECK_FALSE(y.record()->kept()[0].has_data());
  CHECK(y.record()->kept()[1].has_data());
}
