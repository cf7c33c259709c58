#include "autograd/replay/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <typeinfo>
#include <unordered_map>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/passed.h"

namespace gradus::detail {

namespace {

bool one_number(const Array& a) {
  return std::ranges::all_of(a.strides(), [](std::int64_t s) { return s == 0; }) || a.size() == 1;
}

// Whether two constants have the same bits, where that is seen at once.
bool same_constant(const Array& a, const Array& b) {
  if (!a.same_shape(b) || a.dtype() != b.dtype() || a.size() == 0) return false;
  if (one_number(a) && one_number(b)) return std::memcmp(a.bytes(), b.bytes(), size_of(a.dtype())) == 0;
  return a.bytes() == b.bytes() && std::ranges::equal(a.strides(), b.strides());
}

std::size_t mixed(std::size_t hash, std::size_t part) { return (hash ^ part) * 0x9e3779b97f4a7c15U + (hash >> 29U); }

// Whether the axes in `mask` are neighbours and all that is left has size 1: gradus::sum then adds in one run.
bool is_one_run(const Shape& shape, std::uint32_t mask) {
  int groups = 0;
  for (int k = 0; k < shape.rank(); ++k) {
    const bool in = ((mask >> k) & 1U) != 0;
    if (in && (k == 0 || ((mask >> (k - 1)) & 1U) == 0)) ++groups;
    if (!in && shape[k] != 1) return false;
  }
  return groups == 1;
}

class Builder {
 public:
  explicit Builder(const ProgramOptions& options) : options_(options) {}

  Program build(std::span<const Tensor> outputs) {
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (!outputs[k].defined()) throw GraphError(fmt::format("[{}] output {} is an empty tensor", options_.op, k));
    }
    for (Record* record : in_order(outputs)) {
      if (record->hooked) refuse(*record, "has a gradient hook, which is not run again");
      if (record->rule == nullptr) {
        add_leaf(record);
      } else if (!is_old(*record)) {
        add_record(*record);
      }
    }
    for (const Tensor& y : outputs) {
      const auto found = value_of_.find(y.record().get());
      program_.outputs.push_back(found == value_of_.end() ? constant(y.value()) : found->second);
    }
    return std::move(program_);
  }

 private:
  [[noreturn]] void refuse(const Record& record, std::string_view why) const {
    const std::string_view name = record.rule == nullptr ? "a leaf" : record.rule->name();
    const std::string called = record.named() ? fmt::format(" '{}'", record.extra->name) : std::string();
    throw GraphError(fmt::format("[{}] {}{} {}", options_.op, name, called, why));
  }
  [[nodiscard]] bool is_old(const Record& record) const { return record.id <= options_.oldest; }

  // Every record that is run again and the leaves and old results it reads, arguments before results.
  std::vector<Record*> in_order(std::span<const Tensor> outputs) const {
    std::unordered_map<const Record*, bool> seen;
    std::vector<Record*> found;
    const auto visit = [&](Record* record) {
      if (record != nullptr && seen.emplace(record, true).second) found.push_back(record);
    };
    for (const Tensor& y : outputs) visit(y.record().get());
    for (std::size_t i = 0; i < found.size(); ++i) {  // the list is the queue too
      Record* record = found[i];
      if (record->rule != nullptr && is_old(*record)) continue;
      for (std::uint32_t k = 0; k < record->arity; ++k) visit(record->links()[k]);
    }
    std::ranges::sort(found, [](const Record* a, const Record* b) { return a->id < b->id; });
    return found;
  }

  int add_value(const Shape& shape, DType dtype) {
    program_.values.push_back({shape, dtype, Array(), -1});
    return static_cast<int>(program_.values.size()) - 1;
  }

  int constant(const Array& a) {
    std::size_t hash = mixed(static_cast<std::size_t>(a.size()), static_cast<std::size_t>(a.dtype()));
    if (a.size() > 0) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, a.bytes(), size_of(a.dtype()));
      hash = mixed(hash, bits);
    }
    const auto [first, last] = constants_.equal_range(hash);
    for (auto it = first; it != last; ++it) {
      if (same_constant(program_.values[static_cast<std::size_t>(it->second)].constant, a)) return it->second;
    }
    const int value = add_value(a.shape(), a.dtype());
    program_.values.back().constant = a;
    constants_.emplace(hash, value);
    return value;
  }

  void add_leaf(Record* leaf) {
    if (!leaf->requires_grad && !(options_.constants_too && leaf->id <= options_.newest_constant)) return;
    const int value = add_value(leaf->result.shape(), leaf->result.dtype());
    program_.inputs.push_back({value, Counted<Record>::share(leaf)});
    value_of_[leaf] = value;
  }

  int argument(const Record& record, std::uint32_t k) {
    const Record* link = record.links()[k];
    if (const auto found = value_of_.find(link); link != nullptr && found != value_of_.end()) return found->second;
    const Array& kept = record.kept()[k];
    if (kept.has_data()) return constant(kept);
    if (link->result.has_data()) return constant(link->result);
    refuse(record, "read a value that was not kept");
  }

  void add_record(const Record& record) {
    std::vector<int> arguments;
    for (std::uint32_t k = 0; k < record.arity; ++k) arguments.push_back(argument(record, k));
    if (op_of<Passed>(*record.rule) != nullptr) {
      value_of_[&record] = arguments[0];
      return;
    }
    const Rule* rule = record.rule;
    if (record.owns_rule) {
      std::unique_ptr<Rule> own = rule->clone();
      if (own == nullptr) refuse(record, "runs a function of yours on numbers, which cannot be run again");
      rule = keep(std::move(own));
    }
    const Shape shape = record.result.shape();
    if (const Mean* mean = op_of<Mean>(*rule); mean != nullptr) {
      value_of_[&record] = add_mean(*mean, arguments[0], shape, record.result.dtype());
      return;
    }
    value_of_[&record] = add_step(rule, std::move(arguments), shape, record.result.dtype());
  }

  const Rule* keep(std::unique_ptr<Rule> rule) {
    program_.rules.push_back(std::move(rule));
    return program_.rules.back().get();
  }

  // As Mean::value does it.
  int add_mean(const Mean& mean, int x, const Shape& shape, DType dtype) {
    const Shape from = program_.values[static_cast<std::size_t>(x)].shape;
    const Rule* sum = keep(std::make_unique<BoxedRule<Sum>>(Sum{{}, mean.axes, mean.keepdims}));
    const int total = add_step(sum, {x}, shape, dtype);
    return add_step(rule_of<Div>().shared, {total, constant(Array::scalar(mean.count(from), dtype))}, shape, dtype);
  }

  int add_step(const Rule* rule, std::vector<int> arguments, const Shape& shape, DType dtype) {
    const ElementwiseLoop loop = rule->elementwise();
    if (loop.kernels != nullptr) {
      for (int& a : arguments) a = widened(a, shape);
    }
    std::size_t hash = typeid(*rule).hash_code();
    for (const int a : arguments) hash = mixed(hash, static_cast<std::size_t>(a));
    const auto [first, last] = steps_.equal_range(hash);
    for (auto it = first; it != last; ++it) {
      const Program::Step& other = program_.steps[it->second];
      const bool same_type = program_.values[static_cast<std::size_t>(other.result)].dtype == dtype;
      if (same_type && other.arguments == arguments && rule->same_as(*other.rule)) {
        ++program_.shared;
        return other.result;
      }
    }
    const int result = add_value(shape, dtype);
    program_.values.back().step = static_cast<int>(program_.steps.size());
    const Sum* sum = op_of<Sum>(*rule);
    const bool whole =
        sum != nullptr && is_one_run(program_.values[static_cast<std::size_t>(arguments[0])].shape, sum->axes);
    steps_.emplace(hash, program_.steps.size());
    program_.steps.push_back({rule, loop, whole, std::move(arguments), result});
    return result;
  }

  // An operand of an elementwise op that is neither of the result's shape nor a single number, as a view that is.
  int widened(int a, const Shape& shape) {
    const Program::Value& value = program_.values[static_cast<std::size_t>(a)];
    if (value.size() == 1 || value.shape == shape) return a;
    const DType dtype = value.dtype;
    return add_step(keep(std::make_unique<BoxedRule<Broadcast>>(Broadcast{{}, shape})), {a}, shape, dtype);
  }

  const ProgramOptions& options_;
  Program program_;
  std::unordered_map<const Record*, int> value_of_;
  std::unordered_multimap<std::size_t, int> constants_;
  std::unordered_multimap<std::size_t, std::size_t> steps_;
};

}  // namespace

Program make_program(std::span<const Tensor> outputs, const ProgramOptions& options) {
  return Builder(options).build(outputs);
}

}  // namespace gradus::detail
