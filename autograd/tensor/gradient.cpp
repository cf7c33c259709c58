#include "autograd/tensor/gradient.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/rule.h"

namespace gradus {

namespace {

using detail::cast_to;
using detail::Leaf;
using detail::Record;

// Where a record stands in the list of the walk that is under way.  The number in the record is only a hint, checked
// against the list, so that it never has to be reset.  Leaves may be shared by the walks of several threads: one that
// another walk has overwritten may be listed twice at first.
std::uint32_t hint(const Record& record) { return __atomic_load_n(&record.slot, __ATOMIC_RELAXED); }
void set_hint(const Record& record, std::uint32_t slot) { __atomic_store_n(&record.slot, slot, __ATOMIC_RELAXED); }

void add(Array& sum, Array&& part) {
  if (!sum) {
    sum = std::move(part);
  } else {
    accumulate(sum, part);
  }
}

void add(Tensor& sum, Tensor&& part) {
  if (!sum) {
    sum = std::move(part);
  } else {
    sum = sum + part;
  }
}

const Array& value_of(const Array& a) { return a; }
const Array& value_of(const Tensor& t) { return t.value(); }

Tensor argument(const Record& record, std::uint32_t k) {
  Record* link = record.links()[k];
  return Tensor(record.kept()[k], Counted<Record>::share(link));
}

void pull(const Record& record, Array&& cotangent, std::uint32_t wanted, Array* out) {
  record.rule->pull(std::move(cotangent), record.arguments(), record.result, wanted, out);
}

void pull(const Record& record, Tensor&& cotangent, std::uint32_t wanted, Tensor* out) {
  std::vector<Tensor> x;
  x.reserve(record.arity);
  for (std::uint32_t k = 0; k < record.arity; ++k) x.push_back(argument(record, k));
  const Tensor y(record.result, Counted<Record>::share(const_cast<Record*>(&record)));
  record.rule->pull(std::move(cotangent), x, y, wanted, out);
}

/// One backward pass.  V says what kind of gradient: Array for numbers, Tensor for a gradient that is recorded itself.
template <class V>
class Walk {
 public:
  /// Lists everything `root` was computed from, newest first, the leaves last.
  explicit Walk(Record* root) {
    std::vector<Record*> leaves;
    leaves.reserve(few);
    records_.reserve(few);
    arguments_.reserve(2 * few);
    collect(root, leaves);
    place(leaves);
    cotangents_.resize(records_.size());
  }

  /// Leaves out what leads to none of `targets`.
  void keep_paths_to(std::span<const Tensor> targets) {
    needed_.assign(records_.size(), 0);
    for (const Tensor& t : targets) {
      targets_.push_back(position(t.record().get()));
      if (targets_.back() != none) needed_[targets_.back()] = 1;
    }
    const std::uint32_t* to = arguments_.data() + arguments_.size();
    for (std::size_t i = computed_; i-- > 0;) {
      to -= records_[i]->arity;
      for (std::uint32_t k = 0; k < records_[i]->arity && needed_[i] == 0; ++k) needed_[i] = is_needed(to[k]) ? 1 : 0;
    }
  }

  /// Cotangents flow from the root, which comes first, to the leaves.
  void run(V seed, bool keep_inner) {
    cotangents_.front() = std::move(seed);
    std::vector<V> parts(widest_);
    const std::uint32_t* next = arguments_.data();
    for (std::size_t i = 0; i < computed_; ++i) {
      const Record& record = *records_[i];
      const std::uint32_t* to = std::exchange(next, next + record.arity);
      if (!cotangents_[i] || !is_needed(static_cast<std::uint32_t>(i))) continue;
      std::uint32_t wanted = 0;
      for (std::uint32_t k = 0; k < record.arity; ++k) wanted |= (is_needed(to[k]) ? 1U : 0U) << k;
      // An inner cotangent that nobody asked for is given away with its memory.
      V cotangent = keep_inner ? cotangents_[i] : std::move(cotangents_[i]);
      pull(record, std::move(cotangent), wanted, parts.data());
      for (std::uint32_t k = 0; k < record.arity; ++k) {
        if (((wanted >> k) & 1U) == 0) continue;
        check(record, k, parts[k]);
        add(cotangents_[to[k]], std::move(parts[k]));
        parts[k] = V();
      }
    }
  }

  /// What reached the k-th target; empty if nothing did.
  [[nodiscard]] const V& at_target(std::size_t k) const {
    static const V nothing;
    return targets_[k] == none ? nothing : cotangents_[targets_[k]];
  }

  [[nodiscard]] bool lists(const Record* record) const { return position(record) != none; }

  template <class F>
  void for_each_leaf(F&& f) {
    for (std::size_t i = computed_; i < records_.size(); ++i) {
      if (cotangents_[i]) f(static_cast<Leaf&>(*records_[i]), cotangents_[i]);
    }
  }

 private:
  static constexpr std::size_t few = 32;  // room to start with, so that a small walk allocates each list once
  static constexpr std::uint32_t none = 0xffffffff;
  static constexpr std::uint32_t leaf_mark = 0x80000000;

  // Where the record stands among the computed ones, or (marked) among the leaves; appended if it is new.
  std::uint32_t visit(Record* record, std::vector<Record*>& leaves) {
    const bool leaf = record->rule == nullptr;
    std::vector<Record*>& list = leaf ? leaves : records_;
    std::uint32_t slot = hint(*record);
    if (slot >= list.size() || list[slot] != record) {
      slot = static_cast<std::uint32_t>(list.size());
      set_hint(*record, slot);
      list.push_back(record);
    }
    return leaf ? slot | leaf_mark : slot;
  }

  void collect(Record* root, std::vector<Record*>& leaves) {
    visit(root, leaves);
    // The list is also the queue of records whose arguments have not been looked at.
    for (std::size_t i = 0; i < records_.size(); ++i) {
      Record* const record = records_[i];
      const std::uint32_t arity = record->arity;
      Record* const* const links = record->links();
      widest_ = std::max<std::size_t>(widest_, arity);
      for (std::uint32_t k = 0; k < arity; ++k) {
        const bool tracked = links[k] != nullptr && links[k]->requires_grad;
        arguments_.push_back(tracked ? visit(links[k], leaves) : none);
      }
    }
  }

  // Newest first, the leaves last, and every argument resolved to its place.  The places are final: a hook that starts
  // a walk of its own may then overwrite the hints.
  void place(std::vector<Record*>& leaves) {
    computed_ = records_.size();
    const auto newer = [](const Record* a, const Record* b) { return a->id > b->id; };
    const bool in_order = std::is_sorted(records_.begin(), records_.end(), newer);
    if (!in_order) std::sort(records_.begin(), records_.end(), newer);
    if (!GRADUS_SINGLE_THREADED) {
      std::sort(leaves.begin(), leaves.end());
      leaves.erase(std::unique(leaves.begin(), leaves.end()), leaves.end());
    }
    records_.insert(records_.end(), leaves.begin(), leaves.end());
    for (std::size_t i = in_order ? computed_ : 0; i < records_.size(); ++i) {
      set_hint(*records_[i], static_cast<std::uint32_t>(i));
    }
    if (!in_order || !GRADUS_SINGLE_THREADED) {
      resolve();
      return;
    }
    for (std::uint32_t& to : arguments_) {
      if (to != none && (to & leaf_mark) != 0) to = (to & ~leaf_mark) + static_cast<std::uint32_t>(computed_);
    }
  }

  void resolve() {
    std::uint32_t* next = arguments_.data();
    for (std::size_t i = 0; i < computed_; ++i) {
      const Record* record = records_[i];
      for (std::uint32_t k = 0; k < record->arity; ++k) {
        const Record* argument = record->links()[k];
        *next++ = argument != nullptr && argument->requires_grad ? position(argument) : none;
      }
    }
  }

  [[nodiscard]] bool is_needed(std::uint32_t i) const { return i != none && (needed_.empty() || needed_[i] != 0); }

  [[nodiscard]] std::uint32_t position(const Record* record) const {
    if (record == nullptr) return none;
    const std::uint32_t slot = hint(*record);
    if (slot < records_.size() && records_[slot] == record) return slot;
    if (record->rule != nullptr) return none;
    // A leaf whose hint the walk of another thread has taken over is found the slow way.
    const auto found = std::find(records_.begin() + static_cast<std::ptrdiff_t>(computed_), records_.end(), record);
    return found == records_.end() ? none : static_cast<std::uint32_t>(found - records_.begin());
  }

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

  std::vector<Record*> records_;
  std::size_t computed_ = 0;  // how many come before the leaves
  std::vector<V> cotangents_;
  std::vector<std::uint32_t>
      arguments_;                     // places of the arguments of each record in turn; none: nothing to reach there
  std::vector<std::uint8_t> needed_;  // empty: all are
  std::vector<std::uint32_t> targets_;
  std::size_t widest_ = 0;
};

void check_root(const Tensor& y, const Array& seed, std::string_view op) {
  if (!seed) throw GraphError(fmt::format("[{}] the seed is empty: it was never given numbers", op));
  if (!y.value().same_shape(seed)) {
    throw ShapeError(
        fmt::format("[{}] the seed is {}, the tensor {}", op, to_string(seed.shape()), to_string(y.shape())));
  }
}

Array ones(const Tensor& y) {
  if (y.size() != 1) {
    throw GraphError(fmt::format("[grad] the tensor is {}: give a seed of that shape, or reduce it to one number",
                                 to_string(y.shape())));
  }
  return Array::full(y.shape(), 1.0, y.dtype());
}

Tensor as_result(Array value) { return Tensor(std::move(value)); }
Tensor as_result(Tensor value) { return value; }

template <class V>
std::vector<Tensor> gradients(const Tensor& y, std::span<const Tensor> x, V seed) {
  std::vector<Tensor> out;
  out.reserve(x.size());
  const auto zeros = [](const Tensor& t) { return Tensor(Array::zeros(t.shape(), t.dtype())); };
  if (!y.requires_grad()) {
    for (const Tensor& t : x) out.push_back(zeros(t));
    return out;
  }
  Walk<V> walk(y.record().get());
  walk.keep_paths_to(x);
  walk.run(std::move(seed), true);
  for (std::size_t k = 0; k < x.size(); ++k) {
    const V& g = walk.at_target(k);
    out.push_back(g ? as_result(g) : zeros(x[k]));
  }
  return out;
}

}  // namespace

std::vector<Tensor> grad(const Tensor& y, std::span<const Tensor> x) { return gradients(y, x, ones(y)); }

std::vector<Tensor> grad(const Tensor& y, std::initializer_list<Tensor> x) {
  return grad(y, std::span<const Tensor>(x.begin(), x.size()));
}

std::vector<Tensor> grad(const Tensor& y, std::span<const Tensor> x, const Array& seed) {
  check_root(y, seed, "grad");
  return gradients(y, x, seed.to(y.dtype()));
}

std::vector<Tensor> recorded_grad(const Tensor& y, std::span<const Tensor> x) {
  return gradients(y, x, Tensor(ones(y)));
}

std::vector<Tensor> recorded_grad(const Tensor& y, std::initializer_list<Tensor> x) {
  return recorded_grad(y, std::span<const Tensor>(x.begin(), x.size()));
}

std::vector<Tensor> recorded_grad(const Tensor& y, std::span<const Tensor> x, const Tensor& seed) {
  check_root(y, seed.value(), "recorded_grad");
  return gradients(y, x, cast_to(seed, y.dtype()));
}

bool connected(const Tensor& y, const Tensor& x) {
  if (!y.requires_grad() || !x.record()) return false;
  Walk<Array> walk(y.record().get());
  return walk.lists(x.record().get());
}

void Tensor::backward() const {
  if (value().size() != 1) {
    throw GraphError(fmt::format("[backward] the tensor is {}: give a seed of that shape, or reduce it to one number",
                                 gradus::to_string(shape())));
  }
  backward(Array::full(shape(), 1.0, dtype()));
}

void Tensor::backward(const Array& seed) const {
  check_root(*this, seed, "backward");
  if (!requires_grad()) {
    throw GraphError("[backward] nothing was recorded: no argument requires a gradient, or recording was off");
  }
  Walk<Array> walk(record_.get());
  walk.run(seed.to(dtype()), false);
  // Nothing can fail any more: either every leaf receives its gradient or none does.
  walk.for_each_leaf([](Leaf& leaf, Array& g) { add(leaf.gradient, std::move(g)); });
}

}  // namespace gradus
