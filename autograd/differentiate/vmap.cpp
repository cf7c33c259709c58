#include "autograd/differentiate/vmap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/differentiate/batched.h"
#include "autograd/tensor/mode.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/trace.h"

namespace gradus::detail {

namespace {

/// The arguments with their examples in front, and how many there are.
struct Examples {
  std::vector<Tensor> x;
  std::vector<bool> mapped;
  std::int64_t count = 0;

  [[nodiscard]] std::vector<Tensor> one(std::int64_t k) const {
    std::vector<Tensor> out;
    for (std::size_t j = 0; j < x.size(); ++j) out.push_back(mapped[j] ? ops::slice(x[j], {Slice(k)}) : x[j]);
    return out;
  }
};

Tensor with_axis_in_front(const Tensor& x, int axis) {
  if (axis == 0) return x;
  std::vector<int> order{axis};
  for (int k = 0; k < x.rank(); ++k) {
    if (k != axis) order.push_back(k);
  }
  return permute(x, order);
}

Examples examples(std::span<const Tensor> x, std::span<const MappedAxis> axes) {
  if (!axes.empty() && axes.size() != x.size()) {
    throw GraphError(fmt::format("[vmap] {} axes but {} arguments: each needs one", axes.size(), x.size()));
  }
  Examples out;
  bool any = false;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const MappedAxis axis = axes.empty() ? MappedAxis(0) : axes[j];
    out.mapped.push_back(axis.has_value());
    out.x.push_back(axis ? with_axis_in_front(x[j], normalize_axis(*axis, x[j].rank(), "vmap")) : x[j]);
    if (!axis) continue;
    const std::int64_t count = out.x.back().shape()[0];
    if (any && count != out.count) {
      throw GraphError(fmt::format("[vmap] argument {} has {} examples, those before have {}", j, count, out.count));
    }
    out.count = count;
    any = true;
  }
  if (!any) throw GraphError("[vmap] no argument is mapped over");
  if (out.count == 0) throw GraphError("[vmap] there are no examples");
  return out;
}

// Inside a function that is traced itself, the examples are run one after the other.
std::vector<Tensor> one_by_one(const Function& f, const Examples& examples) {
  std::vector<std::vector<Tensor>> results;
  for (std::int64_t k = 0; k < examples.count; ++k) {
    const std::vector<Tensor> y = f(examples.one(k));
    results.resize(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) results[i].push_back(y[i]);
  }
  std::vector<Tensor> out;
  for (const std::vector<Tensor>& list : results) out.push_back(ops::stack(list));
  return out;
}

/// f run on the first example, and all that it computed from it.
class Traced {
 public:
  Traced(const Function& f, const Examples& examples) {
    std::vector<Tensor> first;
    {
      const NoGrad no_grad;
      first = examples.one(0);
    }
    const Recording recording;
    const Trace trace;
    for (std::size_t j = 0; j < first.size(); ++j) {
      // A variable of its own, so that what f captures is not taken for its argument.
      x_.push_back(examples.mapped[j] ? argument_variable(first[j].value()) : examples.x[j]);
    }
    const Differentiating inside;
    y_ = f(x_);
    for (const Tensor& y : y_) {
      if (y.record()) list(y.record().get(), trace.oldest());
    }
    std::ranges::sort(records_, [](const Record* a, const Record* b) { return a->id < b->id; });
  }

  /// The results for all examples: every op on all of them together, oldest first.
  [[nodiscard]] std::vector<Tensor> run_many(const Examples& examples) const {
    std::unordered_map<const Record*, Tensor> many;
    for (std::size_t j = 0; j < x_.size(); ++j) {
      if (examples.mapped[j]) many.emplace(x_[j].record().get(), examples.x[j]);
    }
    std::vector<Tensor> x;
    std::vector<std::uint8_t> is_many;
    for (const Record* record : records_) {
      x.clear();
      is_many.clear();
      for (std::uint32_t k = 0; k < record->arity; ++k) {
        Record* link = record->links()[k];
        const auto found = many.find(link);
        is_many.push_back(found != many.end() ? 1 : 0);
        x.push_back(found != many.end() ? found->second : Tensor(record->kept()[k], Counted<Record>::share(link)));
      }
      if (std::ranges::find(is_many, 1) == is_many.end()) continue;  // the same for all
      many.emplace(record, apply_many(*record, x, is_many, examples.count));
    }
    std::vector<Tensor> out;
    for (const Tensor& y : y_) {
      const auto found = many.find(y.record().get());
      out.push_back(found != many.end() && y.record() ? found->second
                                                      : broadcast_to(y, in_front(examples.count, y.shape())));
    }
    return out;
  }

 private:
  // What was recorded in the trace below a record, it included.
  void list(Record* from, std::uint64_t oldest) {
    std::vector<Record*> open{from};
    while (!open.empty()) {
      Record* record = open.back();
      open.pop_back();
      if (record == nullptr || record->id <= oldest || !seen_.insert(record).second) continue;
      if (record->rule == nullptr) continue;
      records_.push_back(record);
      open.insert(open.end(), record->links(), record->links() + record->arity);
    }
  }

  std::vector<Tensor> x_, y_;
  std::vector<Record*> records_;
  std::unordered_set<const Record*> seen_;
};

}  // namespace

std::vector<Tensor> vmap(const Function& f, std::span<const Tensor> x, std::span<const MappedAxis> axes) {
  const Examples all = examples(x, axes);
  if (tracing() != nullptr) return one_by_one(f, all);
  return Traced(f, all).run_many(all);
}

}  // namespace gradus::detail
