#include "tools/gradus/functions/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "autograd/math/ops.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/reshape.h"
#include "tools/gradus/functions/stacking.h"

namespace gradus::command {

namespace {

/// The function that each operator stands for, in the order of `operators`.
const Definition& function_of(BinaryOperator op) {
  static const auto table = [] {
    std::array<const Definition*, std::size(operators)> list{};
    for (std::size_t k = 0; k < list.size(); ++k) {
      list[k] = find_definition(operators[k].function);
    }
    return list;
  }();
  const Definition* definition = table[static_cast<std::size_t>(op)];
  if (definition == nullptr) throw std::logic_error("an operator without a function");
  return *definition;
}

/// x[...], where an ellipsis stands for the axes that nothing is said of.
Tensor subscripted(const Tensor& x, std::span<const SubscriptItem> items) {
  using Kind = SubscriptItem::Kind;
  const auto uses_an_axis = [](const SubscriptItem& item) {
    return item.kind == Kind::index || item.kind == Kind::range;
  };
  const auto used = std::count_if(items.begin(), items.end(), uses_an_axis);
  std::vector<Slice> slices;
  std::vector<int> new_axes;  // where they are in the result
  int place = 0;
  for (const SubscriptItem& item : items) {
    if (item.kind == Kind::index) {
      slices.emplace_back(*item.start);
    } else if (item.kind == Kind::range) {
      slices.emplace_back(item.start, item.stop, item.step.value_or(1));
      ++place;
    } else if (item.kind == Kind::new_axis) {
      new_axes.push_back(place++);
    } else {
      for (auto k = used; k < x.rank(); ++k, ++place) slices.emplace_back();
    }
  }
  Tensor result = ops::slice(x, slices);
  for (const int axis : new_axes) result = unsqueeze(result, axis);
  return result;
}

/// The value under a name of its own: what has one already, or is a leaf, keeps it, and the name is a copy's.
Tensor named(Tensor value, const std::string& name) {
  if (value.is_leaf() || !value.name().empty()) value = ops::identity(value);
  if (!value.record()) return Tensor(value.value(), name);  // of constants alone
  value.set_name(name);
  return value;
}

/// An array of its elements along a new first axis: of numbers a constant.
Value array_of(std::span<const Value> elements) {
  std::vector<double> numbers;
  std::vector<Tensor> tensors;
  for (const Value& v : elements) {
    if (v.number) numbers.push_back(*v.number);
    tensors.push_back(v.as_tensor());
  }
  if (numbers.size() == elements.size()) return Tensor(Array({static_cast<std::int64_t>(numbers.size())}, numbers));
  return stacked(std::move(tensors));
}

/// What did not fit into memory, and the size that is to blame, if an option gave it.
EvaluationError too_large(const Instruction& instruction) {
  const auto* call = std::get_if<Call>(&instruction.action);
  if (call == nullptr) return {"the result does not fit into memory", instruction.offset};
  std::size_t offset = instruction.offset;
  std::string advice;
  double largest = 0.0;
  for (const Option& option : call->options) {
    double product = 1.0;
    if (const auto* number = std::get_if<double>(&option.value)) product = std::abs(*number);
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&option.value)) {
      for (const std::int64_t size : *list) product *= std::max(1.0, std::abs(static_cast<double>(size)));
    }
    if (product <= largest) continue;
    largest = product;
    offset = option.offset;
    advice = fmt::format("; {}={} is too large", option.name, to_string(option.value));
  }
  const std::string& name = functions()[call->function].name;
  return {fmt::format("[{}] the result does not fit into memory{}", name, advice), offset};
}

class Machine {
 public:
  Machine(const Expression& expression, const std::vector<Tensor>& variables)
      : expression_(expression), bound_(variables.size()), variables_(variables) {}

  void run(const Instruction& instruction) {
    std::visit([&](const auto& action) { step(action); }, instruction.action);
  }
  [[nodiscard]] std::vector<Tensor> results() const {
    std::vector<Tensor> out;
    for (const Value& value : stack_) out.push_back(value.as_tensor());
    return out;
  }

 private:
  void step(const Number& n) { stack_.emplace_back(n.value); }
  void step(const Variable& v) { stack_.emplace_back(variables_[v.index]); }
  void step(const Literal& l) {
    stack_.emplace_back(Tensor(Array(Shape(std::span<const std::int64_t>(l.shape)), l.data)));
  }
  void step(const Define& d) {
    variables_.push_back(named(stack_.back().as_tensor(), expression_.names[d.index - bound_]));
    stack_.pop_back();
  }
  void step(const Negate&) {
    Value& top = stack_.back();
    top = top.number ? Value(-*top.number) : Value(-top.tensor);
  }
  void step(const Binary& b) { call(function_of(b.op), 2, {}); }
  void step(const ArrayOf& a) { replace(a.count, array_of(std::span<const Value>(stack_).last(a.count))); }
  void step(const Subscript& s) { stack_.back() = subscripted(stack_.back().as_tensor(), s.items); }
  void step(const Call& c) { call(definitions()[c.function], c.argument_count, c.options); }

  void call(const Definition& definition, std::size_t count, std::span<const Option> options) {
    const auto arguments = std::span<const Value>(stack_).last(count);
    replace(count, definition.apply(Invocation(definition.function, arguments, options)));
  }
  void replace(std::size_t count, Value result) {
    stack_.erase(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.push_back(std::move(result));
  }

  const Expression& expression_;
  std::size_t bound_;
  std::vector<Tensor> variables_;  // and what statements have defined
  std::vector<Value> stack_;
};

}  // namespace

std::vector<Tensor> evaluate(const Expression& expression, const std::vector<Tensor>& variables) {
  Machine machine(expression, variables);
  for (const Instruction& instruction : expression.instructions) {
    try {
      machine.run(instruction);
    } catch (const EvaluationError&) {
      throw;
    } catch (const Error& error) {
      throw EvaluationError(error.what(), instruction.offset);
    } catch (const std::bad_alloc&) {
      throw too_large(instruction);
    } catch (const std::length_error&) {
      throw too_large(instruction);
    }
  }
  return machine.results();
}

}  // namespace gradus::command
