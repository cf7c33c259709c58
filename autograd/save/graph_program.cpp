#include "autograd/save/graph_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>

#include "autograd/base/error.h"
#include "autograd/base/index.h"
#include "autograd/base/json.h"
#include "autograd/graph/rebuild.h"
#include "autograd/graph/unfold.h"
#include "autograd/math/selection.h"
#include "autograd/save/op_codes.h"
#include "autograd/save/scalar_forms.h"
#include "autograd/tensor/ops/reductions.h"

namespace gradus {

namespace {

using detail::at;
using Numbers = std::vector<int>;

constexpr std::size_t most_instructions = 50000;

constexpr LeafCode::Function cancelling{"cancelling", [](double a, double b, double) {
                                          const double both = a + b;
                                          const double lost = 4.5e-16 * std::max(std::fabs(a), std::fabs(b));
                                          return std::fabs(both) <= lost && std::isfinite(lost) ? 0.0 : both;
                                        }};
constexpr LeafCode::Function rounding{
    "fround", [](double a, double, double) { return static_cast<double>(static_cast<float>(a)); }};

/// A step as elementwise steps on single numbers: which argument and element each of its leaves is.
struct ScalarStep {
  Graph graph;
  std::vector<std::pair<int, std::int64_t>> leaf_of;  // of each slot; argument -1: none
  std::vector<int> numbers;                           // of each slot
};

/// A step that selects the largest or smallest of some numbers, which pairs would share unevenly.
struct ExtremeStep {
  bool is_largest;
  std::vector<std::size_t> group_of;  // of each element, the element of the result
};

class ProgramWriter {
 public:
  ProgramWriter(const Graph& graph, std::int64_t most) : graph_(graph), most_(most) {}

  GraphProgram write() {
    count();
    leaves();
    for (std::size_t s = 0; s < graph_.steps().size(); ++s) forward(s);
    seed();
    for (std::size_t s = graph_.steps().size(); s-- > 0;) backward(s);
    for (std::size_t i = 0; i < graph_.slots().size(); ++i) {
      if (!slot(i).gradient.defined()) out_.gradients[i].clear();
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Slot& slot(std::size_t i) const { return graph_.slots()[i]; }
  [[nodiscard]] const Slot& slot(int i) const { return graph_.slots()[at(i)]; }

  void count() const {
    std::int64_t all = 0;
    for (const Slot& s : graph_.slots()) {
      all += s.shape.size();
      if (all > most_) throw GraphError(fmt::format("[program] the graph has more than {} numbers", most_));
    }
  }

  // ------------------------------------------------------------------------------------------------------ instructions

  /// The same computation is there once.
  int emit(const LeafCode::Function& function, double constant, std::array<int, 3> x) {
    const auto bits = std::bit_cast<std::uint64_t>(constant);
    const auto [found, is_new] =
        known_.try_emplace({function.name, bits, x}, static_cast<int>(out_.instructions.size()));
    if (is_new) {
      if (out_.instructions.size() >= most_instructions) throw GraphError("[program] the program gets too long");
      out_.instructions.push_back({function, constant, x});
    }
    return found->second;
  }
  int constant(double c) { return emit({}, c, {-1, -1, -1}); }

  /// The numbers of a formula whose arguments are these.
  int emit(const LeafCode& formula, std::span<const int> arguments) {
    std::unordered_map<const LeafCode::Node*, int> done;
    std::vector<const LeafCode::Node*> open{formula.node.get()};
    while (!open.empty()) {
      const LeafCode::Node* node = open.back();
      if (done.contains(node)) {
        open.pop_back();
        continue;
      }
      std::array<int, 3> x{-1, -1, -1};
      bool ready = true;
      for (std::size_t k = 0; k < node->x.size() && node->x[k]; ++k) {
        const auto found = done.find(node->x[k].get());
        if (found == done.end()) {
          open.push_back(node->x[k].get());
          ready = false;
        } else {
          x[k] = found->second;
        }
      }
      if (!ready) continue;
      done[node] = node->argument >= 0 ? arguments[at(node->argument)] : emit(node->function, node->constant, x);
      open.pop_back();
    }
    return done.at(formula.node.get());
  }

  template <class Op>
  int apply_op(const Op& op, int a, int b) {
    return emit(op.value(LeafCode::argument(0), LeafCode::argument(1)), std::array{a, b});
  }

  // ------------------------------------------------------------------------------------------------------------ forward

  void leaves() {
    const std::size_t n = graph_.slots().size();
    out_.values.resize(n);
    out_.gradients.resize(n);
    out_.arrows.resize(graph_.steps().size());
    const auto is_input = [&](std::size_t i) { return slot(i).step < 0 && slot(i).differentiated; };
    for (std::size_t i = 0; i < n; ++i) {
      if (!is_input(i)) continue;
      const std::vector<double> numbers = slot(i).value.to_vector();
      for (std::size_t e = 0; e < numbers.size(); ++e) {
        out_.values[i].push_back(static_cast<int>(out_.instructions.size()));
        out_.instructions.emplace_back();
        out_.inputs.push_back({static_cast<int>(i), static_cast<std::int64_t>(e), numbers[e]});
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (slot(i).step >= 0 || is_input(i)) continue;
      for (const double c : slot(i).value.to_vector()) out_.values[i].push_back(constant(c));
    }
  }

  /// The step taken apart by as_scalars(), on leaves whose values, 1, 2, …, say which they are.
  ScalarStep taken_apart(const Graph::Step& step) const {
    std::vector<Tensor> arguments;
    std::vector<std::pair<int, std::int64_t>> elements;
    for (std::size_t a = 0; a < step.arguments.size(); ++a) {
      const Slot& s = slot(step.arguments[a]);
      std::vector<double> names;
      for (std::int64_t e = 0; e < s.shape.size(); ++e) {
        elements.emplace_back(static_cast<int>(a), e);
        names.push_back(static_cast<double>(elements.size()));
      }
      arguments.push_back(variable(Array(s.shape, names).to(s.dtype)));
    }
    std::optional<Tensor> form = detail::scalar_form(*step.rule, arguments);
    const Tensor result = form ? std::move(*form) : detail::apply_rule(*step.rule, arguments);
    ScalarStep out{as_scalars(Graph(result), {100 * most_}), {}, {}};
    for (const Slot& s : out.graph.slots()) {
      const bool is_argument = s.step < 0 && s.differentiated;
      out.leaf_of.push_back(is_argument ? elements[static_cast<std::size_t>(s.value.item()) - 1]
                                        : std::pair<int, std::int64_t>{-1, 0});
    }
    return out;
  }

  /// The numbers of all slots of a step that was taken apart.
  Numbers values_of(const ScalarStep& apart, const Graph::Step& step) {
    Numbers numbers;
    const auto& slots = apart.graph.slots();
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const auto [argument, element] = apart.leaf_of[i];
      if (argument >= 0) {
        numbers.push_back(out_.values[at(step.arguments[at(argument)])][static_cast<std::size_t>(element)]);
      } else if (slots[i].step < 0) {
        numbers.push_back(constant(slots[i].value.item()));
      } else {
        const Graph::Step& inner = apart.graph.steps()[at(slots[i].step)];
        const std::vector<LeafCode> x = arguments_of(inner);
        const int y = emit(code(inner).value(inner.rule->op_struct().op, x), numbers_of(inner.arguments, numbers));
        numbers.push_back(rounded(y, slots[i].dtype));
      }
    }
    return numbers;
  }

  static std::vector<LeafCode> arguments_of(const Graph::Step& step) {
    std::vector<LeafCode> x;
    for (std::size_t k = 0; k < step.arguments.size(); ++k) x.push_back(LeafCode::argument(static_cast<int>(k)));
    return x;
  }
  static Numbers numbers_of(std::span<const int> slots, const Numbers& numbers) {
    Numbers out;
    for (const int i : slots) out.push_back(numbers[at(i)]);
    return out;
  }
  static const detail::OpCode& code(const Graph::Step& step) {
    const detail::OpCode* code = detail::op_code(*step.rule);
    if (code == nullptr) throw GraphError(fmt::format("[program] '{}' has no formula", step.rule->name()));
    return *code;
  }
  int rounded(int y, DType dtype) { return dtype == DType::float32 ? emit(rounding, 0.0, {y, -1, -1}) : y; }

  void forward(std::size_t s) {
    const Graph::Step& step = graph_.steps()[s];
    Numbers& result = out_.values[at(step.result)];
    if (std::optional<ExtremeStep> extreme = extreme_of(step)) {
      result.assign(static_cast<std::size_t>(slot(step.result).shape.size()), -1);
      const Numbers& x = out_.values[at(step.arguments[0])];
      for (std::size_t i = 0; i < x.size(); ++i) {
        int& y = result[extreme->group_of[i]];
        y = y < 0 ? x[i] : extreme->is_largest ? apply_op(Maximum{}, y, x[i]) : apply_op(Minimum{}, y, x[i]);
      }
      steps_.emplace_back(std::move(*extreme));
      return;
    }
    ScalarStep apart = taken_apart(step);
    apart.numbers = values_of(apart, step);
    for (const int i : apart.graph.outputs()) result.push_back(apart.numbers[at(i)]);
    steps_.emplace_back(std::move(apart));
  }

  [[nodiscard]] std::optional<ExtremeStep> extreme_of(const Graph::Step& step) const {
    const bool is_largest = detail::is_op<ExtremeOf<Extreme::largest>>(*step.rule);
    if (!is_largest && !detail::is_op<ExtremeOf<Extreme::smallest>>(*step.rule)) return std::nullopt;
    // Where one number is beyond all others, the result says which group it is in.
    const Shape& shape = slot(step.arguments[0]).shape;
    ExtremeStep out{is_largest, {}};
    for (std::size_t i = 0; i < static_cast<std::size_t>(shape.size()); ++i) {
      std::vector<double> one(static_cast<std::size_t>(shape.size()), 0.0);
      one[i] = is_largest ? 1.0 : -1.0;
      const std::vector<double> found = step.rule->evaluate(std::array{Array(shape, one)}).to_vector();
      out.group_of.push_back(static_cast<std::size_t>(std::ranges::find(found, one[i]) - found.begin()));
    }
    return out;
  }

  // ----------------------------------------------------------------------------------------------------------- backward

  void seed() {
    for (std::size_t i = 0; i < graph_.slots().size(); ++i) {
      out_.gradients[i].assign(out_.values[i].size(), constant(0.0));
    }
    for (const int output : graph_.outputs()) {
      for (int& g : out_.gradients[at(output)]) g = constant(1.0);
    }
  }

  /// Parts of a gradient, added.  Where nothing but a rounding is left of them the sum is 0.
  int sum(int a, int b) {
    const int zero = constant(0.0);
    return a == zero ? b : b == zero ? a : emit(cancelling, 0.0, {a, b, -1});
  }

  /// What each element of each argument receives when the elements of the result have these cotangents.
  std::vector<Numbers> pulled(std::size_t s, const Numbers& cotangents) {
    const Graph::Step& step = graph_.steps()[s];
    if (const auto* extreme = std::get_if<ExtremeStep>(&steps_[s])) return {shared_out(*extreme, step, cotangents)};
    return pulled(std::get<ScalarStep>(steps_[s]), step, cotangents);
  }

  /// Those that are the extreme share the cotangent equally.
  Numbers shared_out(const ExtremeStep& extreme, const Graph::Step& step, const Numbers& cotangents) {
    const Numbers& x = out_.values[at(step.arguments[0])];
    const Numbers& y = out_.values[at(step.result)];
    Numbers is_extreme;
    Numbers how_many(y.size(), constant(0.0));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t group = extreme.group_of[i];
      is_extreme.push_back(apply_op(Equal{}, x[i], y[group]));
      how_many[group] = sum(how_many[group], is_extreme.back());
    }
    Numbers received;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t group = extreme.group_of[i];
      const int share = apply_op(Div{}, is_extreme[i], how_many[group]);
      received.push_back(apply_op(ChainProduct{}, cotangents[group], share));
    }
    return received;
  }

  std::vector<Numbers> pulled(const ScalarStep& apart, const Graph::Step& step, const Numbers& cotangents) {
    const Numbers& values = apart.numbers;
    Numbers gradients(values.size(), constant(0.0));
    for (std::size_t e = 0; e < cotangents.size(); ++e) {
      int& g = gradients[at(apart.graph.outputs()[e])];
      g = sum(g, cotangents[e]);
    }
    for (std::size_t t = apart.graph.steps().size(); t-- > 0;) {
      const Graph::Step& inner = apart.graph.steps()[t];
      const int g = gradients[at(inner.result)];
      if (g == constant(0.0)) continue;
      Numbers known = numbers_of(inner.arguments, values);
      const int y = static_cast<int>(known.size());
      known.insert(known.end(), {values[at(inner.result)], g});
      const std::vector<LeafCode> x = arguments_of(inner);
      for (std::size_t k = 0; k < inner.arguments.size(); ++k) {
        const Slot& argument = apart.graph.slots()[at(inner.arguments[k])];
        if (!argument.differentiated) continue;
        const LeafCode part =
            code(inner).part(inner.rule->op_struct().op, k, LeafCode::argument(y + 1), x, LeafCode::argument(y));
        int& sum_of_parts = gradients[at(inner.arguments[k])];
        sum_of_parts = rounded(sum(sum_of_parts, emit(part, known)), argument.dtype);
      }
    }
    std::vector<Numbers> received;
    for (const int argument : step.arguments) received.emplace_back(out_.values[at(argument)].size(), constant(0.0));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto [argument, element] = apart.leaf_of[i];
      if (argument >= 0) received[at(argument)][static_cast<std::size_t>(element)] = gradients[i];
    }
    return received;
  }

  void backward(std::size_t s) {
    const Graph::Step& step = graph_.steps()[s];
    std::vector<GraphProgram::Arrow>& arrows = out_.arrows[s];
    arrows.resize(step.arguments.size());
    if (!slot(step.result).differentiated) return;
    const bool single = slot(step.result).shape.size() == 1;
    const std::vector<Numbers> received = pulled(s, out_.gradients[at(step.result)]);
    const std::vector<Numbers> slopes = single ? pulled(s, {constant(1.0)}) : std::vector<Numbers>{};
    for (std::size_t k = 0; k < arrows.size(); ++k) {
      const int argument = step.arguments[k];
      if (single && slot(argument).shape.size() == 1) arrows[k].derivative = slopes[k][0];
      if (!slot(argument).differentiated) continue;
      arrows[k].received = received[k];
      Numbers& gradients = out_.gradients[at(argument)];
      for (std::size_t e = 0; e < gradients.size(); ++e) {
        gradients[e] = rounded(sum(gradients[e], received[k][e]), slot(argument).dtype);
      }
    }
  }

  const Graph& graph_;
  std::int64_t most_;
  GraphProgram out_;
  std::map<std::tuple<std::string_view, std::uint64_t, std::array<int, 3>>, int> known_;
  std::vector<std::variant<ScalarStep, ExtremeStep>> steps_;
};

}  // namespace

GraphProgram program_of(const Graph& graph, std::int64_t most_numbers) {
  return ProgramWriter(graph, most_numbers).write();
}

std::vector<double> numbers_of(const GraphProgram& program, std::span<const double> inputs) {
  std::vector<double> numbers(inputs.begin(), inputs.end());
  for (std::size_t k = inputs.size(); k < program.instructions.size(); ++k) {
    const auto& [function, constant, x] = program.instructions[k];
    const auto number = [&](int i) { return i < 0 ? 0.0 : numbers[at(i)]; };
    numbers.push_back(function.compute == nullptr ? constant
                                                  : function.compute(number(x[0]), number(x[1]), number(x[2])));
  }
  return numbers;
}

Graph recorded_at(const Graph& graph, std::span<const double> inputs) {
  std::vector<Slot> slots = graph.slots();
  std::size_t taken = 0;
  bool with_gradients = false;
  for (Slot& slot : slots) {
    with_gradients = with_gradients || slot.gradient.defined();
    if (slot.step >= 0 || !slot.differentiated) continue;
    const auto size = static_cast<std::size_t>(slot.shape.size());
    if (taken + size > inputs.size()) throw GraphError("[program] fewer numbers than the graph has inputs");
    const auto own = inputs.subspan(taken, size);
    slot.value = Array(slot.shape, std::vector<double>(own.begin(), own.end())).to(slot.dtype);
    taken += size;
  }
  Graph again = detail::graph_again(
      {slots, graph.steps(), graph.modules(), graph.outputs()},
      [](const Graph::Step& step, std::span<const Tensor> x) { return detail::apply_rule(*step.rule, x); });
  if (with_gradients) again.compute_gradients();
  return again;
}

std::string instructions_json(const GraphProgram& program) {
  std::string out = "[";
  for (std::size_t k = program.inputs.size(); k < program.instructions.size(); ++k) {
    const GraphProgram::Instruction& next = program.instructions[k];
    if (out.size() > 1) out += ',';
    if (next.function.compute == nullptr) {
      out += json_number(next.constant);
      continue;
    }
    out += fmt::format("[\"{}\"", next.function.name);
    for (const int x : next.x) {
      if (x >= 0) out += fmt::format(",{}", x);
    }
    out += ']';
  }
  return out + "]";
}

}  // namespace gradus
