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
template <class X>
double times(double adjoint, const Gate<X>& derivative) {
  return chain_product(adjoint, derivative);
}

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
  steps_.assign(1, {{}, 0, leaf});
  values_.assign(1, 0.0);
  attributes_.clear();
  generation_ = ++thread.generations;
}

std::uint32_t Tape::append(const Step& step, double value) {
  steps_.push_back(step);
  values_.push_back(value);
  return static_cast<std::uint32_t>(steps_.size() - 1);
}

void Tape::check(const Scalar& x) const {
  if (!x.is_constant() && x.generation_ != generation_) detail::throw_stale();
}

// Adds to the adjoints of a step's arguments.
template <class Op>
void Tape::pull(const Tape& tape, const Step& step, double value, double adjoint, std::vector<double>& adjoints) {
  Op op{};
  if constexpr (!std::is_empty_v<Op>)
    std::memcpy(static_cast<void*>(&op), &tape.attributes_[step.attributes], sizeof(Op));
  [&]<std::size_t... K>(std::index_sequence<K...>) {
    ((adjoints[step.arguments[K]] +=
      times(adjoint, partial<static_cast<int>(K)>(op, tape.values_[step.arguments[K]]..., value))),
     ...);
  }
  (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
}

std::vector<double> Tape::gradient(const Scalar& y, std::span<const Scalar> x) const {
  check(y);
  for (const Scalar& s : x) check(s);
  constexpr auto pulls = []<class... Op>(OpList<Op...>) { return std::array{&Tape::pull<Op>...}; }(Elementwise{});
  std::vector<double> adjoints(steps_.size(), 0.0);
  adjoints[y.index_] = 1.0;
  for (std::size_t i = y.index_; i > 0; --i) {
    const Step& step = steps_[i];
    if (step.op != leaf) pulls[step.op](*this, step, values_[i], adjoints[i], adjoints);
  }
  std::vector<double> out;
  out.reserve(x.size());
  for (const Scalar& s : x) out.push_back(s.is_constant() ? 0.0 : adjoints[s.index_]);
  return out;
}

}  // namespace gradus
