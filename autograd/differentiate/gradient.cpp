#include "autograd/differentiate/gradient.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/differentiate/backward.h"
#include "autograd/differentiate/listing.h"
#include "autograd/differentiate/squared_roots.h"
#include "autograd/tensor/anomaly.h"
#include "autograd/tensor/rethrow.h"
#include "autograd/tensor/rule.h"
#include "autograd/tensor/trace.h"

namespace gradus {

namespace {

using detail::add_to;
using detail::cast_to;
using detail::Leaf;
using detail::Listing;
using detail::Record;

const Array& value_of(const Array& a) { return a; }
const Array& value_of(const Tensor& t) { return t.value(); }

void pull(const Record& record, Array&& cotangent, std::uint32_t wanted, Array* out) {
  record.rule->pull(std::move(cotangent), record.arguments(), record.result, wanted, out);
}

void pull(const Record& record, Tensor&& cotangent, std::uint32_t wanted, Tensor* out) {
  const detail::RecordedValues values(record);
  record.rule->pull(std::move(cotangent), values.arguments, values.result, wanted, out);
}

// A gradient of numbers is not differentiated again: it goes through a square and its root one after the other.
std::vector<Array> pull_square(const detail::RootOfSquare&, const Array&) { return {}; }

std::vector<Tensor> pull_square(const detail::RootOfSquare& square, const Tensor& cotangent) {
  return detail::pull_through(square, cotangent);
}

// What a hook does with numbers is not in the trace.
void refuse_hook(const Record& record) {
  if (detail::tracing() == nullptr) return;
  throw GraphError(
      fmt::format("[compile] {} has a gradient hook: its gradient cannot be compiled", detail::described(record)));
}

void show_hooks(const Record& record, Array& cotangent) {
  cotangent = detail::run_hooks(record, Tensor(std::move(cotangent), Counted<Record>())).value();
}
void show_hooks(const Record& record, Tensor& cotangent) {
  refuse_hook(record);
  cotangent = detail::run_hooks(record, std::move(cotangent));
}

/// Frees what was recorded as soon as a walk is past it: the walk that it serves was given its root.  A record that
/// something else holds as well stays as it is.
class Release {
 public:
  Release(const Listing& list, Counted<Record> root) : list_(list), owned_(list.size(), 0) {
    owned_[list.position(root.get())] = 1;
    static_cast<void>(root.detach());
  }
  ~Release() {
    for (std::size_t i = 0; i < owned_.size(); ++i) give_up(list_[i], owned_[i]);
  }
  Release(const Release&) = delete;
  Release& operator=(const Release&) = delete;

  /// The walk is past record i, whose arguments are at the places `to`.  What it owned of them is taken over.
  void pass(std::size_t i, const std::uint32_t* to) {
    Record& record = list_[i];
    // What something else holds is kept until the walk has ended: it may let go at any time, and what lies below is
    // still to be walked.
    if (owned_[i] == 0 || record.refs.count() != owned_[i]) return;
    for (std::uint32_t k = 0; k < record.arity; ++k) {
      if (to[k] == Listing::none) continue;
      ++owned_[to[k]];
      record.links()[k] = nullptr;
    }
    give_up(record, std::exchange(owned_[i], 0));
  }

 private:
  static void give_up(Record& record, std::uint32_t owners) {
    for (; owners > 0; --owners) {
      if (record.refs.release()) Record::destroy(&record);
    }
  }
  const Listing& list_;
  std::vector<std::uint32_t> owned_;  // of each record's owners, how many are this
};

/// One backward pass.  V says what kind of gradient: Array for numbers, Tensor for a gradient that is recorded itself.
template <class V>
class Walk {
 public:
  explicit Walk(std::span<Record* const> roots, std::uint64_t oldest = 0)
      : list_(roots, oldest), oldest_(oldest), cotangents_(list_.size()) {}

  /// Leaves out what leads to none of `targets`.
  void keep_paths_to(std::span<const Tensor> targets) {
    needed_.assign(list_.size(), 0);
    for (const Tensor& t : targets) {
      targets_.push_back(list_.position(t.record().get()));
      if (targets_.back() != none) needed_[targets_.back()] = 1;
    }
    const std::uint32_t* to = list_.arguments().data() + list_.arguments().size();
    for (std::size_t i = list_.computed(); i-- > 0;) {
      const std::uint32_t arity = list_[i].arity;
      to -= arity;
      for (std::uint32_t k = 0; k < arity && needed_[i] == 0; ++k) needed_[i] = is_needed(to[k]) ? 1 : 0;
    }
  }

  /// The cotangent that a root starts with; those of one root given twice are added.
  void seed(const Record* root, V seed) { add_to(cotangents_[list_.position(root)], std::move(seed)); }

  /// Takes over the root of the walk, and frees what leads to it.
  void take(Counted<Record> root) { release_.emplace(list_, std::move(root)); }

  /// Cotangents flow from the roots to the leaves.
  void run(bool keep_inner) {
    const bool watched = detail::watching();
    std::vector<V> parts(list_.widest());
    const std::uint32_t* next = list_.arguments().data();
    const detail::SquaredRoots squares = squared_roots();
    for (std::size_t i = 0; i < list_.computed(); ++i) {
      const Record& record = list_[i];
      const std::uint32_t* to = std::exchange(next, next + record.arity);
      if (!cotangents_[i].defined() || !is_needed(static_cast<std::uint32_t>(i))) continue;
      if (record.hooked) [[unlikely]]
        show_hooks(record, cotangents_[i]);
      std::uint32_t wanted = 0;
      for (std::uint32_t k = 0; k < record.arity; ++k) wanted |= is_needed(to[k]) ? detail::bit_of(k) : 0U;
      if (const detail::RootOfSquare* square = squares.at(i); square != nullptr && wanted != 0) {
        pass_square(*square, cotangents_[i]);
        continue;
      }
      // An inner cotangent that nobody asked for is given away with its memory.
      V cotangent = keep_inner ? cotangents_[i] : std::move(cotangents_[i]);
      try {
        pull(record, std::move(cotangent), wanted, parts.data());
      } catch (...) {
        detail::rethrow_in(fmt::format("the backward pass of {}", detail::described(record)));
      }
      for (std::uint32_t k = 0; k < record.arity; ++k) {
        if ((wanted & detail::bit_of(k)) == 0 || !is_needed(to[k])) continue;
        check(record, k, parts[k]);
        if (watched) [[unlikely]]
          detail::check_cotangent(record, k, value_of(parts[k]));
        add_to(cotangents_[to[k]], std::move(parts[k]));
        parts[k] = V();
      }
      if (release_) release_->pass(i, to);
    }
    for (std::size_t i = list_.computed(); i < list_.size(); ++i) {
      if (list_[i].hooked && cotangents_[i].defined() && list_[i].id > oldest_) [[unlikely]]
        show_hooks(list_[i], cotangents_[i]);
    }
  }

  /// What reached the k-th target; empty if nothing did.
  [[nodiscard]] const V& at_target(std::size_t k) const {
    static const V nothing;
    return targets_[k] == none ? nothing : cotangents_[targets_[k]];
  }

  template <class F>
  void for_each_leaf(F&& f) {
    for (std::size_t i = list_.computed(); i < list_.size(); ++i) {
      if (cotangents_[i].defined()) f(static_cast<Leaf&>(list_[i]), cotangents_[i]);
    }
  }

 private:
  static constexpr std::uint32_t none = Listing::none;

  // Squares of what is not smooth everywhere, where the gradient may be differentiated again.
  [[nodiscard]] detail::SquaredRoots squared_roots() const {
    if (!std::same_as<V, Tensor> || !detail::recording()) return {};
    return detail::SquaredRoots(list_, targets_);
  }

  // The cotangent of a square goes past its root to what that is the root of.
  void pass_square(const detail::RootOfSquare& square, const V& cotangent) {
    std::vector<V> parts = pull_square(square, cotangent);
    for (std::size_t k = 0; k < parts.size(); ++k) {
      if (parts[k].defined() && is_needed(square.arguments[k]))
        add_to(cotangents_[square.arguments[k]], std::move(parts[k]));
    }
  }

  [[nodiscard]] bool is_needed(std::uint32_t i) const { return i != none && (needed_.empty() || needed_[i] != 0); }

  // A rule that returns a gradient of another shape or dtype is a bug that would spread silently.
  static void check(const Record& record, std::uint32_t k, const V& part) {
    const Array& value = value_of(part);
    const Array& argument = record.kept()[k];
    if (!value.same_shape(argument) || value.dtype() != argument.dtype()) [[unlikely]] {
      refuse(record, k, value);
    }
  }
  [[noreturn]] static void refuse(const Record& record, std::uint32_t k, const Array& value) {
    const auto describe = [](const Array& a) { return fmt::format("{} {}", name_of(a.dtype()), to_string(a.shape())); };
    throw ShapeError(fmt::format("[{}] its rule gives argument {}, {}, a gradient that is {}", record.rule->name(), k,
                                 describe(record.kept()[k]), describe(value)));
  }

  Listing list_;
  std::uint64_t oldest_;
  std::vector<V> cotangents_;
  std::vector<std::uint8_t> needed_;  // empty: all are
  std::vector<std::uint32_t> targets_;
  std::optional<Release> release_;
};

Record* tracked(const Tensor& y) { return y.requires_grad() ? y.record().get() : nullptr; }

// The roots of a walk from some tensors; the usual one needs no list.
class Roots {
 public:
  explicit Roots(std::span<const Tensor> y) {
    if (y.size() == 1) {
      one_ = tracked(y[0]);
    } else {
      for (const Tensor& t : y) several_.push_back(tracked(t));
    }
  }
  [[nodiscard]] std::span<Record* const> get() const {
    return several_.empty() ? std::span<Record* const>(&one_, 1) : several_;
  }

 private:
  Record* one_ = nullptr;
  std::vector<Record*> several_;
};

void check_root(const Tensor& y, const Array& seed, std::string_view op) {
  if (!seed.defined()) throw GraphError(fmt::format("[{}] the seed is empty: it was never given numbers", op));
  if (!y.value().same_shape(seed)) {
    throw ShapeError(
        fmt::format("[{}] the seed is {}, the tensor {}", op, to_string(seed.shape()), to_string(y.shape())));
  }
}

template <class Seed>
void check_roots(std::span<const Tensor> y, std::span<const Seed> seeds, std::string_view op) {
  if (y.size() != seeds.size()) {
    throw GraphError(fmt::format("[{}] {} tensors but {} seeds: each needs one", op, y.size(), seeds.size()));
  }
  for (std::size_t k = 0; k < y.size(); ++k) check_root(y[k], value_of(seeds[k]), op);
}

Array ones(const Tensor& y) {
  if (y.size() != 1) {
    throw GraphError(fmt::format("[grad] the tensor is {}: give a seed of that shape, or reduce it to one number",
                                 to_string(y.shape())));
  }
  return Array::full(y.shape(), 1.0, y.dtype());
}

Array as_seed(const Array& seed, DType dtype) { return seed.to(dtype); }
Tensor as_seed(const Tensor& seed, DType dtype) { return cast_to(seed, dtype); }

Tensor as_result(Array value) { return Tensor(std::move(value)); }
Tensor as_result(Tensor value) { return value; }

template <class V>
std::vector<Tensor> gradients(std::span<const Tensor> y, std::span<const Tensor> x, std::span<const V> seeds) {
  std::vector<Tensor> out;
  out.reserve(x.size());
  Walk<V> walk(Roots(y).get());
  walk.keep_paths_to(x);
  for (std::size_t k = 0; k < y.size(); ++k) {
    if (y[k].requires_grad()) walk.seed(tracked(y[k]), as_seed(seeds[k], y[k].dtype()));
  }
  walk.run(true);
  for (std::size_t k = 0; k < x.size(); ++k) {
    const V& g = walk.at_target(k);
    out.push_back(g.defined() ? as_result(g) : Tensor(Array::zeros(x[k].shape(), x[k].dtype())));
  }
  return out;
}

// Numbers; while a function is traced, numbers that hang on its arguments; inside a function that is being
// differentiated, what can be differentiated again.
std::vector<Tensor> plain_gradients(std::span<const Tensor> y, std::span<const Tensor> x,
                                    std::span<const Array> seeds) {
  const bool again = detail::differentiating();
  if (detail::tracing() == nullptr && !again) return gradients(y, x, seeds);
  std::optional<NoGrad> no_grad;
  if (!again) no_grad.emplace();
  std::vector<Tensor> constant_seeds;
  for (const Array& seed : seeds) constant_seeds.emplace_back(seed, Counted<Record>());
  return gradients(y, x, std::span<const Tensor>(constant_seeds));
}

// The same for backward(): what each leaf receives is an effect of the trace.
void trace_backward(std::span<const Tensor> y, std::span<const Array> seeds, detail::Trace& trace) {
  const NoGrad no_grad;
  Walk<Tensor> walk(Roots(y).get());
  for (std::size_t k = 0; k < y.size(); ++k) {
    walk.seed(tracked(y[k]), Tensor(as_seed(seeds[k], y[k].dtype()), Counted<Record>()));
  }
  walk.run(false);
  walk.for_each_leaf([&](Leaf& leaf, Tensor& g) {
    trace.effects.push_back({Counted<Record>::share(&leaf), std::move(g)});
  });
}

template <class V>
std::vector<Tensor> gradients(const Tensor& y, std::span<const Tensor> x, const V& seed) {
  return gradients<V>(std::span(&y, 1), x, std::span(&seed, 1));
}

template <class T>
std::span<const T> as_span(std::initializer_list<T> list) {
  return {list.begin(), list.size()};
}

}  // namespace

template <class V>
std::vector<V> detail::gradients_since(std::uint64_t oldest, const Tensor& y, std::span<const Tensor> x,
                                       const V& seed) {
  std::vector<V> out(x.size());
  if (!y.requires_grad()) return out;
  Walk<V> walk(Roots(std::span(&y, 1)).get(), oldest);
  walk.keep_paths_to(x);
  walk.seed(tracked(y), seed);
  walk.run(true);
  for (std::size_t k = 0; k < x.size(); ++k) out[k] = walk.at_target(k);
  return out;
}

template std::vector<Array> detail::gradients_since(std::uint64_t, const Tensor&, std::span<const Tensor>,
                                                    const Array&);
template std::vector<Tensor> detail::gradients_since(std::uint64_t, const Tensor&, std::span<const Tensor>,
                                                     const Tensor&);

namespace {

// Where nothing was recorded a gradient of zeros would be a guess.
void require_any_recorded(std::span<const Tensor> y, std::string_view op) {
  if (y.empty() || std::ranges::any_of(y, &Tensor::requires_grad)) return;
  throw GraphError(fmt::format("[{}] nothing was recorded: no argument requires a gradient, or recording was off", op));
}

// A recorded gradient may well be a constant, that of a linear function; its own gradient is zeros then, and no mistake.
std::vector<Tensor> differentiable(std::vector<Tensor> gradients) {
  for (Tensor& g : gradients) {
    if (!g.requires_grad() && detail::recording()) g = variable(g.value());
  }
  return gradients;
}

}  // namespace

std::vector<Tensor> detail::grad_or_zeros(std::span<const Tensor> y, std::span<const Tensor> x,
                                          std::span<const Array> seeds) {
  check_roots(y, seeds, "grad");
  return plain_gradients(y, x, seeds);
}

std::vector<Tensor> detail::recorded_grad_or_zeros(std::span<const Tensor> y, std::span<const Tensor> x,
                                                   std::span<const Tensor> seeds) {
  check_roots(y, seeds, "recorded_grad");
  return gradients(y, x, seeds);
}

std::vector<Tensor> detail::grad_or_zeros(const Tensor& y, std::span<const Tensor> x) {
  const Array seed = ones(y);
  return plain_gradients(std::span(&y, 1), x, std::span(&seed, 1));
}

std::vector<Tensor> detail::recorded_grad_or_zeros(const Tensor& y, std::span<const Tensor> x) {
  return gradients(y, x, Tensor(ones(y)));
}

std::vector<Tensor> grad(const Tensor& y, std::span<const Tensor> x) { return grad(y, x, ones(y)); }

std::vector<Tensor> grad(const Tensor& y, std::initializer_list<Tensor> x) { return grad(y, as_span(x)); }

std::vector<Tensor> grad(const Tensor& y, std::span<const Tensor> x, const Array& seed) {
  return grad(std::span(&y, 1), x, std::span(&seed, 1));
}

std::vector<Tensor> grad(std::span<const Tensor> y, std::span<const Tensor> x, std::span<const Array> seeds) {
  check_roots(y, seeds, "grad");
  require_any_recorded(y, "grad");
  std::vector<Tensor> out = plain_gradients(y, x, seeds);
  return detail::differentiating() ? differentiable(std::move(out)) : out;
}

std::vector<Tensor> grad(std::initializer_list<Tensor> y, std::initializer_list<Tensor> x,
                         std::initializer_list<Array> seeds) {
  return grad(as_span(y), as_span(x), as_span(seeds));
}

Tensor grad(const Tensor& y, const Tensor& x) { return std::move(grad(y, std::span(&x, 1))[0]); }

Tensor grad(const Tensor& y, const Tensor& x, const Array& seed) {
  return std::move(grad(y, std::span(&x, 1), seed)[0]);
}

std::vector<Tensor> recorded_grad(const Tensor& y, std::span<const Tensor> x) {
  return recorded_grad(y, x, Tensor(ones(y)));
}

std::vector<Tensor> recorded_grad(const Tensor& y, std::initializer_list<Tensor> x) {
  return recorded_grad(y, as_span(x));
}

std::vector<Tensor> recorded_grad(const Tensor& y, std::span<const Tensor> x, const Tensor& seed) {
  return recorded_grad(std::span(&y, 1), x, std::span(&seed, 1));
}

std::vector<Tensor> recorded_grad(std::span<const Tensor> y, std::span<const Tensor> x, std::span<const Tensor> seeds) {
  check_roots(y, seeds, "recorded_grad");
  require_any_recorded(y, "recorded_grad");
  return differentiable(gradients(y, x, seeds));
}

Tensor recorded_grad(const Tensor& y, const Tensor& x) { return std::move(recorded_grad(y, std::span(&x, 1))[0]); }

Tensor recorded_grad(const Tensor& y, const Tensor& x, const Tensor& seed) {
  return std::move(recorded_grad(y, std::span(&x, 1), seed)[0]);
}

bool connected(const Tensor& y, const Tensor& x) {
  if (!y.requires_grad() || !x.record()) return false;
  const std::array<Record*, 1> root{y.record().get()};
  return Listing(root).position(x.record().get()) != Listing::none;
}

namespace {

// Several threads may add to one leaf; a few locks serve all leaves.
std::mutex& lock_of(const Leaf& leaf) {
  static constinit std::array<std::mutex, 16> locks;
  return locks[std::hash<const Leaf*>()(&leaf) / sizeof(Leaf) % locks.size()];
}

// Nothing can fail any more: either every leaf receives its gradient or none does.
void finish(Walk<Array>& walk) {
  walk.for_each_leaf([](Leaf& leaf, Array& g) {
    const std::lock_guard<std::mutex> guard(lock_of(leaf));
    add_to(leaf.gradient, std::move(g));
  });
}

void require_recorded(const Tensor& y) {
  if (y.requires_grad()) return;
  throw GraphError("[backward] nothing was recorded: no argument requires a gradient, or recording was off");
}

void require_single(const Tensor& y) {
  if (y.value().size() == 1) return;
  throw GraphError(fmt::format("[backward] the tensor is {}: give a seed of that shape, or reduce it to one number",
                               to_string(y.shape())));
}

}  // namespace

void backward(std::span<const Tensor> y, std::span<const Array> seeds) {
  check_roots(y, seeds, "backward");
  for (const Tensor& t : y) require_recorded(t);
  if (detail::Trace* trace = detail::tracing(); trace != nullptr) [[unlikely]]
    return trace_backward(y, seeds, *trace);
  Walk<Array> walk(Roots(y).get());
  for (std::size_t k = 0; k < y.size(); ++k) walk.seed(tracked(y[k]), as_seed(seeds[k], y[k].dtype()));
  walk.run(false);
  finish(walk);
}

void backward(std::initializer_list<Tensor> y, std::initializer_list<Array> seeds) {
  backward(as_span(y), as_span(seeds));
}

void Tensor::backward() const& {
  require_single(*this);
  backward(Array::full(shape(), 1.0, dtype()));
}

void Tensor::backward() && {
  if (detail::tracing() != nullptr) [[unlikely]]
    return std::as_const(*this).backward();
  require_single(*this);
  require_recorded(*this);
  Walk<Array> walk(Roots(std::span<const Tensor>(this, 1)).get());
  walk.seed(tracked(*this), Array::full(shape(), 1.0, dtype()));
  value_ = Array();
  walk.take(std::move(record_));
  walk.run(false);
  finish(walk);
}

void Tensor::backward(const Array& seed) const { gradus::backward(std::span(this, 1), std::span(&seed, 1)); }

}  // namespace gradus
