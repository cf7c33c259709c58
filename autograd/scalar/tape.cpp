#include "autograd/scalar/tape.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/base/error.h"
#include "autograd/math/dual.h"
#include "autograd/scalar/scalar.h"

namespace gradus {

namespace {

struct Thread {
  Tape* innermost = nullptr;
  std::uint32_t generations = 0;
};
constinit thread_local Thread thread{};

double times(double adjoint, One) { return adjoint; }
// A zero adjoint contributes exactly zero (K7).
double times(double adjoint, double derivative) { return adjoint == 0.0 ? 0.0 : adjoint * derivative; }

}  // namespace

void detail::throw_stale() {
  throw GraphError("[scalar] this Scalar was recorded on another tape, or before the tape was cleared");
}

Tape::Tape() : generation_(++thread.generations), outer_(std::exchange(thread.innermost, this)) { clear(); }

Tape::~Tape() { thread.innermost = outer_; }

Tape& Tape::current() {
  if (thread.innermost == nullptr) throw GraphError("[scalar] no tape is open on this thread");
  return *thread.innermost;
}

Scalar Tape::variable(double value) { return {value, record_leaf(value), generation_}; }

void Tape::clear() {
  steps_.assign(1, {0, 0, leaf});
  values_.assign(1, 0.0);
  attributes_.clear();
  generation_ = ++thread.generations;
}

std::uint32_t Tape::record(std::uint8_t op, std::uint32_t a, std::uint32_t b, double value, const Power* attribute) {
  if (attribute != nullptr) {
    b = static_cast<std::uint32_t>(attributes_.size());
    attributes_.push_back(*attribute);
  }
  steps_.push_back({a, b, op});
  values_.push_back(value);
  return static_cast<std::uint32_t>(steps_.size() - 1);
}

void Tape::check(const Scalar& x) const {
  if (!x.is_constant() && x.generation_ != generation_) detail::throw_stale();
}

void Tape::pull(const Step& step, double value, double adjoint, std::vector<double>& adjoints) const {
  const auto apply = [&]<class Op>(const Op& op) {
    const double a = values_[step.a];
    if constexpr (std::same_as<Op, Power>) {
      adjoints[step.a] += times(adjoint, partial<0>(attributes_[step.b], a, value));
    } else if constexpr (Op::arity == 1) {
      adjoints[step.a] += times(adjoint, partial<0>(op, a, value));
    } else {
      const double b = values_[step.b];
      adjoints[step.a] += times(adjoint, partial<0>(op, a, b, value));
      adjoints[step.b] += times(adjoint, partial<1>(op, a, b, value));
    }
  };
  std::uint8_t k = 0;
  for_each_op(Elementwise{}, [&](const auto& op) {
    if (k++ == step.op) apply(op);
  });
}

std::vector<double> Tape::gradient(const Scalar& y, std::span<const Scalar> x) const {
  check(y);
  for (const Scalar& s : x) check(s);
  std::vector<double> adjoints(steps_.size(), 0.0);
  adjoints[y.index_] = 1.0;
  for (std::size_t i = y.index_; i > 0; --i) {
    if (steps_[i].op != leaf) pull(steps_[i], values_[i], adjoints[i], adjoints);
  }
  std::vector<double> out;
  out.reserve(x.size());
  for (const Scalar& s : x) out.push_back(s.is_constant() ? 0.0 : adjoints[s.index_]);
  return out;
}

}  // namespace gradus
