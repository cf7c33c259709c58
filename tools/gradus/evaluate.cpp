#include "tools/gradus/evaluate.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include "autograd/tensor/softmax.h"
#include "autograd/tensor/structural.h"
#include "nn/loss.h"

namespace gradus::command {

namespace {

// A value on the stack: a tensor, or a plain number, which takes the dtype of what it meets and may be an exponent.
struct Value {
  Tensor tensor;
  std::optional<double> number;

  Value(Tensor t) : tensor(std::move(t)) {}  // NOLINT: results of ops become values
  Value(double c) : number(c) {}             // NOLINT
  [[nodiscard]] Tensor as_tensor() const { return number ? Tensor(Array(*number)) : tensor; }
};

// The options of a call, as the structural ops want them.
class Options {
 public:
  explicit Options(std::span<const Option> options) : options_(options) {}

  [[nodiscard]] Axes axes(std::string_view name) const {
    const Option* option = find(name);
    if (option == nullptr) return {};
    std::vector<int> axes;
    for (const std::int64_t axis : integers(*option)) {
      if (std::abs(axis) > max_rank)
        throw EvaluationError(fmt::format("{} {} is out of range", name, axis), option->offset);
      axes.push_back(static_cast<int>(axis));
    }
    return Axes(std::span<const int>(axes));
  }
  [[nodiscard]] bool flag(std::string_view name) const {
    const Option* option = find(name);
    if (option == nullptr) return false;
    if (const bool* b = std::get_if<bool>(&option->value)) return *b;
    throw EvaluationError(fmt::format("{} must be true or false", name), option->offset);
  }
  [[nodiscard]] Shape shape(std::string_view name, std::size_t call_offset) const {
    const Option* option = find(name);
    if (option == nullptr) throw EvaluationError(fmt::format("{}=(…) is needed", name), call_offset);
    return Shape(std::span<const std::int64_t>(integers(*option)));
  }

 private:
  [[nodiscard]] const Option* find(std::string_view name) const {
    for (const Option& option : options_) {
      if (option.name == name) return &option;
    }
    return nullptr;
  }
  static std::vector<std::int64_t> integers(const Option& option) {
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&option.value)) return *list;
    const double* number = std::get_if<double>(&option.value);
    if (number == nullptr || std::trunc(*number) != *number || std::abs(*number) > 1e9) {
      throw EvaluationError(fmt::format("{} must be a whole number or a list of them", option.name), option.offset);
    }
    return {static_cast<std::int64_t>(*number)};
  }

  std::span<const Option> options_;
};

Tensor power(const Value& base, const Value& exponent) {
  if (!exponent.number) throw ValueError("[pow] the exponent must be a plain number");
  return pow(base.as_tensor(), *exponent.number);
}

struct Definition {
  Function function;
  std::function<Tensor(std::span<const Value>, const Options&, std::size_t offset)> apply;
};

using Arguments = std::span<const Value>;

std::vector<Definition> make_definitions() {
  std::vector<Definition> list;
  for_each_op(Elementwise{}, [&](const auto& op) {
    using Op = std::remove_cvref_t<decltype(op)>;
    if constexpr (Op::arity == 1 && std::is_empty_v<Op>) {
      list.push_back({{std::string(Op::name), 1, 1, {}},
                      [](Arguments x, const Options&, std::size_t) { return bind(Op{}, x[0].as_tensor()); }});
    }
  });
  const auto reduction = [&](std::string name, Tensor (*f)(const Tensor&, const Axes&, bool)) {
    list.push_back(
        {{std::move(name), 1, 1, {"axis", "axes", "keepdims"}}, [f](Arguments x, const Options& o, std::size_t) {
           const Axes axes = o.axes("axis").all() ? o.axes("axes") : o.axes("axis");
           return f(x[0].as_tensor(), axes, o.flag("keepdims"));
         }});
  };
  reduction("sum", &sum);
  reduction("mean", &mean);
  reduction("logsumexp", &logsumexp);
  list.push_back({{"pow", 2, 2, {}}, [](Arguments x, const Options&, std::size_t) { return power(x[0], x[1]); }});
  list.push_back({{"matmul", 2, 2, {}},
                  [](Arguments x, const Options&, std::size_t) { return matmul(x[0].as_tensor(), x[1].as_tensor()); }});
  list.push_back(
      {{"transpose", 1, 1, {}}, [](Arguments x, const Options&, std::size_t) { return transpose(x[0].as_tensor()); }});
  list.push_back({{"reshape", 1, 1, {"shape"}}, [](Arguments x, const Options& o, std::size_t offset) {
                    return reshape(x[0].as_tensor(), o.shape("shape", offset));
                  }});
  list.push_back({{"broadcast", 1, 1, {"shape"}}, [](Arguments x, const Options& o, std::size_t offset) {
                    return broadcast_to(x[0].as_tensor(), o.shape("shape", offset));
                  }});
  list.push_back({{"mse_loss", 2, 2, {}}, [](Arguments x, const Options&, std::size_t) {
                    return nn::mse_loss(x[0].as_tensor(), x[1].as_tensor());
                  }});
  return list;
}

const std::vector<Definition>& definitions() {
  static const std::vector<Definition> list = make_definitions();
  return list;
}

double on_numbers(BinaryOperator op, double a, double b) {
  switch (op) {
    case BinaryOperator::add:
      return a + b;
    case BinaryOperator::subtract:
      return a - b;
    case BinaryOperator::multiply:
      return a * b;
    case BinaryOperator::divide:
      return a / b;
    case BinaryOperator::power:
      return std::pow(a, b);
    case BinaryOperator::matmul:
      break;
  }
  throw ShapeError("[matmul] two matrices are needed, not numbers");
}

template <class A, class B>
Tensor on_tensors(BinaryOperator op, const A& a, const B& b) {
  switch (op) {
    case BinaryOperator::add:
      return a + b;
    case BinaryOperator::subtract:
      return a - b;
    case BinaryOperator::multiply:
      return a * b;
    case BinaryOperator::divide:
      return a / b;
    default:
      break;
  }
  if constexpr (std::same_as<A, Tensor> && std::same_as<B, Tensor>) {
    return matmul(a, b);
  } else {
    throw ShapeError("[matmul] two matrices are needed, not a number");
  }
}

Value binary(BinaryOperator op, const Value& a, const Value& b) {
  if (a.number && b.number) return on_numbers(op, *a.number, *b.number);
  if (op == BinaryOperator::power) return power(a, b);
  if (a.number) return on_tensors(op, *a.number, b.tensor);
  if (b.number) return on_tensors(op, a.tensor, *b.number);
  return on_tensors(op, a.tensor, b.tensor);
}

class Machine {
 public:
  explicit Machine(const std::vector<Tensor>& variables) : variables_(variables) {}

  void run(const Instruction& instruction) {
    std::visit([&](const auto& action) { step(action, instruction.offset); }, instruction.action);
  }
  [[nodiscard]] Tensor result() const { return stack_.back().as_tensor(); }

 private:
  void step(const Number& n, std::size_t) { stack_.emplace_back(n.value); }
  void step(const Variable& v, std::size_t) { stack_.emplace_back(variables_[v.index]); }
  void step(const Literal& l, std::size_t) {
    stack_.emplace_back(Tensor(Array(Shape(std::span<const std::int64_t>(l.shape)), l.data)));
  }
  void step(const Negate&, std::size_t) {
    Value& top = stack_.back();
    top = top.number ? Value(-*top.number) : Value(-top.tensor);
  }
  void step(const Binary& b, std::size_t) {
    const Value right = std::move(stack_.back());
    stack_.pop_back();
    stack_.back() = binary(b.op, stack_.back(), right);
  }
  void step(const Call& c, std::size_t offset) {
    const std::size_t first = stack_.size() - c.argument_count;
    const Arguments arguments = std::span<const Value>(stack_).subspan(first);
    Value result = definitions()[c.function].apply(arguments, Options(c.options), offset);
    stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(first), stack_.end());
    stack_.push_back(std::move(result));
  }

  const std::vector<Tensor>& variables_;
  std::vector<Value> stack_;
};

}  // namespace

const std::vector<Function>& functions() {
  static const std::vector<Function> list = [] {
    std::vector<Function> names;
    for (const Definition& d : definitions()) names.push_back(d.function);
    return names;
  }();
  return list;
}

std::string expression_help() {
  std::string names;
  for (const Function& f : functions()) names += (names.empty() ? "" : ", ") + f.name;
  return fmt::format(
      "Expressions: + - * / ^ @ (matrix product), parentheses, [[1,2],[3,4]], e, pi, and the functions\n  {}.\n"
      "sum, mean and logsumexp take axis=1 or axis=(0,1) and keepdims=true; reshape and broadcast take shape=(3,2).\n",
      names);
}

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
