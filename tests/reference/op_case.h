// How an op becomes an OpCase.  Included by op_table_part.cpp.in alone, which is compiled once for each part of the list.
#pragma once
#include <fmt/format.h>

#include <cmath>
#include <type_traits>
#include <utility>

#include "autograd/array/elementwise.h"
#include "autograd/math/dual.h"
#include "autograd/math/ops.h"
#include "autograd/math/pullback.h"
#include "autograd/math/readable_forms.h"
#include "autograd/tensor/rule.h"
#include "tests/reference/op_table.h"

namespace gradus::reference {

namespace {

/// An op with attributes is tested in more than its default setting.
template <class Op>
std::vector<Op> settings(const Op& op) {
  std::vector<Op> out{op};
  if constexpr (requires { Op::fields; }) {
    out.push_back(op);
    for (const auto& attribute : Op::fields) out.back().*(attribute.member) *= 1.5;
  }
  return out;
}
[[maybe_unused]] std::vector<Power> settings(const Power&) {
  std::vector<Power> out;
  for (const double exponent : {0.0, 1.0, 2.0, 3.0, -1.0, 0.5, 2.5}) out.push_back({{}, exponent, 1.0});
  out.push_back({{}, 2.0, -3.0});
  out.push_back({{}, 2.5, 1.75});
  return out;
}

[[maybe_unused]] std::vector<PowDerivative> settings(const PowDerivative&) {
  std::vector<PowDerivative> out;
  for (const auto& [k, m] : {std::pair{1.0, 0.0}, {0.0, 1.0}, {1.0, 1.0}, {2.0, 0.0}, {0.0, 2.0}, {3.0, 2.0}}) {
    out.push_back({{}, k, m});
  }
  return out;
}
[[maybe_unused]] std::vector<ComplexInverse> settings(const ComplexInverse&) {
  std::vector<ComplexInverse> out;
  for (const double order : {1.0, 2.0, 3.0}) {
    for (const double part : {0.0, 1.0}) out.push_back({{}, order, part});
  }
  return out;
}
[[maybe_unused]] std::vector<NormalDensity> settings(const NormalDensity&) {
  std::vector<NormalDensity> out;
  for (const double order : {0.0, 1.0, 2.0, 5.0}) out.push_back({{}, order});
  return out;
}

[[maybe_unused]] std::vector<Polygamma> settings(const Polygamma&) {
  std::vector<Polygamma> out;
  for (const double order : {0.0, 1.0, 2.0, 5.0}) out.push_back({{}, order});
  return out;
}
[[maybe_unused]] std::vector<SincDerivative> settings(const SincDerivative&) {
  std::vector<SincDerivative> out;
  for (const double order : {1.0, 2.0, 5.0}) out.push_back({{}, order});
  return out;
}
[[maybe_unused]] std::vector<BesselRatio> settings(const BesselRatio&) {
  std::vector<BesselRatio> out;
  for (const double order : {1.0, 2.0, 5.0}) out.push_back({{}, order});
  return out;
}

template <class Op>
std::string label_of(const Op& op) {
  std::string label(Op::name);
  if constexpr (requires { Op::fields; }) {
    for (const auto& attribute : Op::fields) {
      label += fmt::format(" {}={}", attribute.name, op.*(attribute.member));
    }
  }
  return label;
}
[[maybe_unused]] std::string label_of(const Power& op) {
  return fmt::format("pow[{} x^{}]", op.coefficient, op.exponent);
}

template <class Op>
std::vector<double> attributes_of(const Op& op) {
  std::vector<double> out;
  if constexpr (requires { Op::fields; }) {
    for (const auto& attribute : Op::fields) out.push_back(op.*(attribute.member));
  }
  return out;
}

template <class Op>
class OpCaseOf : public OpCase {
 public:
  explicit OpCaseOf(const Op& op) : op_(op) {
    name = Op::name;
    label = label_of(op);
    arity = count;
    internal = Op::internal;
    attributes = attributes_of(op);
    domain = Op::domain;
    worst = Op::worst;
    each_argument([&]<int I>(wrt<I>) { reads[I] = gradus::reads<Op, I>; });
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      pullbacks_ = std::tuple(Pullback<Op, static_cast<int>(I)>{op}...);
    }
    (Arguments{});
  }

  [[nodiscard]] float value(const Point<float>& x) const override { return value_at(x); }
  [[nodiscard]] double value(const Point<double>& x) const override { return value_at(x); }
  [[nodiscard]] Quad value(const Point<Quad>& x) const override { return value_at(x); }
  [[nodiscard]] float partial(std::size_t i, const Point<float>& x, float y) const override {
    return partial_at(i, x, y);
  }
  [[nodiscard]] double partial(std::size_t i, const Point<double>& x, double y) const override {
    return partial_at(i, x, y);
  }
  [[nodiscard]] Quad partial(std::size_t i, const Point<Quad>& x, Quad y) const override { return partial_at(i, x, y); }
  [[nodiscard]] std::optional<float> second(std::size_t i, std::size_t j, const Point<float>& x) const override {
    return second_at(i, j, x);
  }
  [[nodiscard]] std::optional<double> second(std::size_t i, std::size_t j, const Point<double>& x) const override {
    return second_at(i, j, x);
  }
  [[nodiscard]] std::optional<Quad> shown(std::size_t i, const Point<Quad>& x, Quad y) const override {
    std::optional<Quad> out;
    each_argument([&]<int I>(wrt<I>) {
      if (I != static_cast<int>(i)) return;
      spread(x, [&](const auto&... a) {
        if constexpr (is_stated<decltype(stated_derivative<I>(op_, attribute_number, a..., y))>) {
          out = as<Quad>(stated_derivative<I>(op_, attribute_number, a..., y));
        }
      });
    });
    return out;
  }
  [[nodiscard]] double tangent(const Point<double>& x, const Point<double>& v) const override {
    return [&]<std::size_t... K>(std::index_sequence<K...>) { return bind(op_, Dual<double>(x[K], v[K])...).dot; }
    (Arguments{});
  }
  [[nodiscard]] KernelCase value_kernel() const override { return {&kernels().value[index_of<Op>], &op_, count}; }
  [[nodiscard]] KernelCase pullback_kernel(std::size_t i) const override {
    KernelCase out{};
    each_argument([&]<int I>(wrt<I>) {
      const auto& pullback = std::get<static_cast<std::size_t>(I)>(pullbacks_);
      if (I == static_cast<int>(i)) {
        out = {&kernels().pullback[index_of<Op>][i], &pullback, static_cast<std::size_t>(pullback.arity)};
      }
    });
    return out;
  }
  [[nodiscard]] Array apply(std::span<const Array> x) const override {
    return spread(x, [&](const auto&... a) { return bind(op_, a...); });
  }
  [[nodiscard]] Tensor apply(std::span<const Tensor> x) const override {
    return spread(x, [&](const auto&... a) { return bind(op_, a...); });
  }

 private:
  static constexpr auto count = static_cast<std::size_t>(Op::arity);
  using Arguments = std::make_index_sequence<count>;

  template <class F>
  static void each_argument(F&& f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (f(wrt<static_cast<int>(I)>{}), ...); }
    (Arguments{});
  }
  template <class X, class F>
  static auto spread(const X& x, F&& f) {
    return [&]<std::size_t... K>(std::index_sequence<K...>) { return f(x[K]...); }
    (Arguments{});
  }
  template <class T>
  T value_at(const Point<T>& x) const {
    return spread(x, [&](const auto&... a) { return bind(op_, a...); });
  }
  template <class T>
  T partial_at(std::size_t i, const Point<T>& x, const T& y) const {
    T out{};
    each_argument([&]<int I>(wrt<I>) {
      if (I == static_cast<int>(i)) {
        out = spread(x, [&](const auto&... a) { return as<T>(gradus::partial<I>(op_, a..., y)); });
      }
    });
    return out;
  }
  template <class T>
  std::optional<T> second_at(std::size_t i, std::size_t j, const Point<T>& x) const {
    using Inner = Dual<T>;
    using Outer = Dual<Inner>;
    const auto y = [&]<std::size_t... K>(std::index_sequence<K...>) {
      return bind(op_, Outer(Inner(x[K], T(K == j)), Inner(T(K == i), T(0)))...);
    }
    (Arguments{});
    // Where a first derivative is not finite the chain rule's 0 · ∞ says nothing.
    if (!std::isfinite(y.v.v) || !std::isfinite(y.v.dot) || !std::isfinite(y.dot.v)) return std::nullopt;
    return y.dot.dot;
  }
  template <class>
  struct PullbacksOf;
  template <std::size_t... I>
  struct PullbacksOf<std::index_sequence<I...>> {
    using type = std::tuple<Pullback<Op, static_cast<int>(I)>...>;
  };

  Op op_;
  typename PullbacksOf<Arguments>::type pullbacks_;
};

}  // namespace

template <std::size_t part>
void detail::add_op_cases(std::vector<std::pair<std::size_t, std::unique_ptr<OpCase>>>& to) {
  for_each_op_of_part<part, GRADUS_OP_TABLE_PARTS>(Elementwise{}, [&]<class Op>(const Op& op) {
    for (const Op& setting : settings(op)) to.emplace_back(index_of<Op>, std::make_unique<OpCaseOf<Op>>(setting));
  });
}

}  // namespace gradus::reference
