// Every op of the list, recorded: second derivatives from a gradient of a gradient, and forward mode against reverse.
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "autograd/tensor/gradient.h"
#include "autograd/tensor/structural.h"
#include "tests/catch.h"
#include "tests/reference/op_errors.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

/// The coordinates of some points as one array for each argument.
template <class T, std::size_t N>
std::vector<Array> arrays_of(const std::vector<std::array<T, N>>& rows) {
  std::vector<Array> out;
  for (std::size_t k = 0; k < N; ++k) {
    std::vector<T> column;
    for (const auto& row : rows) column.push_back(row[k]);
    out.emplace_back(Shape{static_cast<std::int64_t>(rows.size())}, std::span<const T>(column));
  }
  return out;
}

template <class Op>
Tensor applied(const Op& op, const std::vector<Tensor>& x) {
  if constexpr (Op::arity == 1) {
    return bind(op, x[0]);
  } else {
    return bind(op, x[0], x[1]);
  }
}

std::vector<Tensor> variables(const std::vector<Array>& arrays) {
  std::vector<Tensor> out;
  for (const Array& a : arrays) out.push_back(variable(a));
  return out;
}

/// Points where the value and all first derivatives are finite in T: beyond, a derivative of them says nothing.
template <class T, class Op>
std::vector<Point<Op, T>> finite_points(const Op& op) {
  std::vector<Point<Op, T>> out;
  for (const auto& x : points<T, Op>(300)) {
    bool finite = std::isfinite(value_at(op, x));
    for_each_argument<Op>([&](auto i) { finite = finite && std::isfinite(partial_at<i()>(op, x, value_at(op, x))); });
    if (finite) out.push_back(x);
  }
  return out;
}

template <class T, int I, int J, class Op>
Worst recorded_second_error(const Op& op) {
  Worst worst;
  const auto rows = finite_points<T>(op);
  const std::vector<Tensor> x = variables(arrays_of(rows));
  const Tensor first = recorded_grad(sum(applied(op, x)), x)[I];
  const std::vector<double> second = grad(sum(first), x)[J].to_vector();
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const Slope exact = exact_second<I, J>(op, widened(rows[k]));
    const Slope nearby = exact_second<I, J>(op, one_ulp_away(rows[k]));
    worst.see(op, label(op), rows[k], static_cast<T>(second[k]), exact, abs(nearby.value - exact.value));
  }
  return worst;
}

Array magnitude(const Array& a) {
  std::vector<double> numbers = a.to_vector();
  for (double& v : numbers) v = std::abs(v);
  return Array(a.shape(), numbers);
}

}  // namespace

TEMPLATE_TEST_CASE("ops on tensors: a gradient of a gradient is the second derivative", "[ops]", float, double) {
  for_each_setting([](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    for_each_argument<Op>([&](auto i) {
      for_each_argument<Op>([&](auto j) {
        const Worst worst = recorded_second_error<TestType, i(), j()>(op);
        INFO("∂²/∂x" << i() << "∂x" << j() << " of " << worst.where);
        CHECK(worst.ulps <= second_bound);
      });
    });
  });
}

TEST_CASE("ops on tensors: forward and reverse mode are adjoint", "[ops]") {
  Numbers numbers(14);
  for_each_setting([&](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    auto rows = points<double, Op>(200);
    rows.resize(200);
    const std::vector<Array> at = arrays_of(rows);
    const Array u = random_array(numbers, at[0].shape());
    std::vector<Array> v;
    for (std::size_t k = 0; k < at.size(); ++k) v.push_back(random_array(numbers, at[0].shape()));

    const auto jvp = [&]<std::size_t... K>(std::index_sequence<K...>) {
      return bind(op, Dual<Array>(at[K], v[K])...).dot;
    }
    (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
    const std::vector<Tensor> x = variables(at);
    const auto vjp = grad(applied(op, x), x, u);

    double forward = sum(Tensor(u * jvp)).item();
    double reverse = 0.0;
    double size = sum(Tensor(magnitude(u * jvp))).item();
    for (std::size_t k = 0; k < x.size(); ++k) {
      reverse += sum(Tensor(vjp[k].value() * v[k])).item();
      size += sum(Tensor(magnitude(vjp[k].value() * v[k]))).item();
    }
    INFO(label(op) << ": ⟨u, Jv⟩ = " << forward << ", ⟨Jᵀu, v⟩ = " << reverse);
    CHECK(std::abs(forward - reverse) <= 8 * 0x1p-53 * size);
  });
}

TEST_CASE("ops on tensors: a recording keeps the numbers that its derivative reads, and no others", "[ops]") {
  constexpr std::int64_t many = 1000;  // small arrays are always kept
  for_each_setting([&](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    const std::vector<Tensor> x = variables(std::vector<Array>(Op::arity, Array::full({many}, 0.5)));
    const Tensor y = applied(op, x);
    unsigned mask = 0;
    for_each_argument<Op>([&](auto i) { mask |= reads<Op, i()>; });
    INFO(label(op));
    REQUIRE(y.record());
    for (std::size_t k = 0; k < x.size(); ++k) CHECK(y.record()->kept()[k].has_data() == (((mask >> k) & 1U) != 0));
    CHECK(y.record()->result.has_data() == (((mask >> Op::arity) & 1U) != 0));
  });
}

TEST_CASE("ops on tensors: only the arguments that are differentiated decide what is kept", "[ops]") {
  const Tensor x = variable(Array::full({1000}, 0.5));
  const Tensor c(Array::full({1000}, 2.0));
  const Tensor y = x * c;
  CHECK_FALSE(y.record()->kept()[0].has_data());
  CHECK(y.record()->kept()[1].has_data());
}
