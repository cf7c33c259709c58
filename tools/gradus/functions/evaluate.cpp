#include "tools/gradus/functions/evaluate.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/reshape.h"

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
  Tensor result = slice(x, slices);
  for (const int axis : new_axes) result = unsqueeze(result, axis);
  return result;
}

class Machine {
 public:
  explicit Machine(const std::vector<Tensor>& variables) : variables_(variables) {}

  void run(const Instruction& instruction) {
    std::visit([&](const auto& action) { step(action); }, instruction.action);
  }
  [[nodiscard]] Tensor result() const { return stack_.back().as_tensor(); }

 private:
  void step(const Number& n) { stack_.emplace_back(n.value); }
  void step(const Variable& v) { stack_.emplace_back(variables_[v.index]); }
  void step(const Literal& l) {
    stack_.emplace_back(Tensor(Array(Shape(std::span<const std::int64_t>(l.shape)), l.data)));
  }
  void step(const Negate&) {
    Value& top = stack_.back();
    top = top.number ? Value(-*top.number) : Value(-top.tensor);
  }
  void step(const Binary& b) { call(function_of(b.op), 2, {}); }
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

  const std::vector<Tensor>& variables_;
  std::vector<Value> stack_;
};

}  // namespace

Tensor evaluate(const Expression& expression, const std::vector<Tensor>& variables) {
  Machine machine(variables);
  for (const Instruction& instruction : expression.instructions) {
    try {
      machine.run(instruction);
    } catch (const EvaluationError&) {
      throw;
    } catch (const Error& error) {
      throw EvaluationError(error.what(), instruction.offset);
    }
  }
  return machine.result();
}

}  // namespace gradus::command
